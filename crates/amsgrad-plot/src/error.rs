//! What can go wrong, with the data that made it go wrong.

use std::path::PathBuf;

use crate::colors::Colors;
use crate::format::Format;
use crate::limits::{BANDS, SAMPLES};

/// Why a figure could not be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// One side of the plotted rectangle is empty, reversed or not finite.
    #[error(
        "domain of {axis} from {low:?} to {high:?}: allowed are finite ends with low < high and a finite width"
    )]
    Domain {
        /// `"x"` or `"y"`.
        axis: &'static str,
        /// The lower end as given.
        low: f64,
        /// The upper end as given.
        high: f64,
    },
    /// A logarithmic axis has an end that is not positive.
    #[error("domain of {axis} from {low:?} to {high:?} on a logarithmic axis: allowed are positive ends")]
    LogDomain {
        /// `"x"` or `"y"`.
        axis: &'static str,
        /// The lower end as given.
        low: f64,
        /// The upper end as given.
        high: f64,
    },
    /// The sampling grid has too few or too many nodes.
    #[error(
        "grid of {columns} x {rows} samples: allowed are 2 or more each way and at most {} in all",
        SAMPLES
    )]
    Grid {
        /// Samples along x as given.
        columns: usize,
        /// Samples along y as given.
        rows: usize,
    },
    /// The number of values is not columns times rows.
    #[error("{found} values for a grid that needs {expected}")]
    ValueCount {
        /// Columns times rows.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// The number of contour bands is out of range.
    #[error("{count} contour bands: allowed are 1 to {}", BANDS)]
    Levels {
        /// The count as given.
        count: usize,
    },
    /// A field of [`crate::Style`] is out of range.
    #[error("style field `{field}` is {value}: allowed is {allowed}")]
    Style {
        /// The field's name.
        field: &'static str,
        /// The value as given.
        value: String,
        /// What the field may be.
        allowed: String,
    },
    /// No value can be drawn: none given, none finite, or none positive on a log axis.
    #[error("nothing to draw: {what}")]
    NothingToDraw {
        /// What is missing.
        what: String,
    },
    /// The best point's index is not one of the points.
    #[error("best point {index} of a path with {points} points: allowed are 0 to {}", .points.saturating_sub(1))]
    BestPoint {
        /// The index as given.
        index: usize,
        /// How many points the path has.
        points: usize,
    },
    /// No format of this name.
    #[error("unknown picture format `{given}`: allowed are {}", Format::names())]
    UnknownFormat {
        /// The name as given.
        given: String,
    },
    /// The file name does not tell the format.
    #[error("no picture format in the file name `{}`: it must end in {}", .path.display(), Format::extensions())]
    NoFormat {
        /// The path as given.
        path: PathBuf,
    },
    /// No color map of this name.
    #[error("unknown color map `{given}`: allowed are {}", Colors::names())]
    UnknownColors {
        /// The name as given.
        given: String,
    },
    /// An encoder failed; the figure itself was sound.
    #[error("cannot encode the figure as {format}: {reason}")]
    Encode {
        /// The format being written.
        format: Format,
        /// The encoder's words.
        reason: String,
    },
    /// The embedded font could not be read.
    #[error("cannot read the embedded font: {0}")]
    Font(#[from] ttf_parser::FaceParsingError),
}
