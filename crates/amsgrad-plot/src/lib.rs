//! Figures of functions and of optimization runs: plain numbers in, a picture out.
//!
//! | figure | shows |
//! |---|---|
//! | [`surface`] | the height of a function over a rectangle, in space |
//! | [`contour`] | the same from above, in bands of color |
//! | [`path`] | that contour with a run's points over it |
//! | [`paths`] | that contour with several runs over it |
//! | [`profile`] | a function of one variable, with or without a run's points |
//! | [`basins`] | the plane colored by where runs end that start there |
//! | [`measured`] | measurements, a curve through them with its band, and residuals |
//! | [`measured_plane`] | measurements over the contour of a function of two variables |
//! | [`heat`] | what each pair of settings came to, in colors |
//! | [`curves`] | series against step, on linear or logarithmic axes |
//!
//! Each returns a [`Figure`], which may be put [beside](Figure::beside) or [above](Figure::above) another, and is rendered to
//! the bytes of a PNG, SVG or PDF file ([`Format`]).
//! A [`Field`] holds the samples of a function of two variables, a [`Profile`] those of a function
//! of one; a [`Style`] the texts, colors and size.
//!
//! ```
//! use amsgrad_plot::{Colors, Field, Format, Style, Trajectory, path};
//!
//! let field = Field::sample((-1.0, 1.0), (-1.0, 1.0), 101, 101, |x, y| x * x + y * y)?;
//! let points = [[-0.8, 0.6], [-0.5, 0.3], [-0.1, 0.1], [0.0, 0.0]];
//! let style = Style { title: "x^2 + y^2".to_owned(), colors: Colors::Jet, ..Style::default() };
//! let figure = path(&field, 50, Trajectory::new(&points), &style)?;
//! let svg = figure.render(Format::Svg)?;
//! assert!(svg.len() < 1_000_000);
//! # Ok::<(), amsgrad_plot::PlotError>(())
//! ```
//!
//! # What holds for every figure
//! - The same input gives the same bytes: no clock, no random ids, no hash order.
//! - No font is needed anywhere: Noto Sans is inside the program. In SVG and PDF text stays text, to
//!   be found, copied and read aloud; a PDF holds the part of the font that it needs.
//! - Samples that are not finite are left blank; they neither fail nor widen a range, and poles do
//!   not either. Ranges from 1e-300 to 1e300 work, and so do constant fields and ranges of a few
//!   neighboring numbers.
//! - The work is linear in the number of points; of long runs, what could not be seen is left out.
//! - Labels lie inside the picture and apart from each other; what has no room ends in an ellipsis.
//! - Nothing panics on any input; errors name what was wrong and what is allowed.
//!
//! # How it works
//! A figure is a short list of shapes in pixels, painted in order; PNG, SVG and PDF are written
//! from the same list. The bands of a contour are nested regions, each painted over the one below
//! it, so no two shapes share an edge and no seam can show, and the vector formats stay small.
//! Surfaces, whose thousands of facets would show seams as vectors, are drawn as pixels from the
//! far side to the near one, at four times the resolution.
//!
//! # Why a layer of its own
//! The plotting crate that draws both contours and surfaces without system libraries, kuva, was tried on
//! the picture this crate exists for, 50 bands of a bowl on 101 by 101 samples. It showed seams
//! between cells, took 10 MB for the SVG, kept no equal aspect and put labels over each other on
//! the surface. What is left to do beyond drawing shapes (tiny-skia), reading glyphs (ttf-parser)
//! and writing files (png, pdf-writer, subsetter) is small and is here; so is sampling a curve until it
//! is smooth, which no crate does.

mod adaptive;
mod animation;
mod basins;
mod canvas;
mod colorbar;
mod colors;
mod contour;
mod curves;
mod decimal;
mod ends;
mod error;
mod field;
mod figure;
mod format;
mod heat;
mod laid;
mod legend;
mod limits;
mod lines;
mod look;
mod marks;
mod measured;
mod measured_plane;
mod mesh;
mod paths;
mod pdf;
mod plane;
mod profile;
mod range;
mod raster;
mod region;
mod render;
mod scene;
mod simplify;
mod space;
mod strip;
mod style;
mod surface;
mod svg;
mod text;
mod ticks;
mod trajectory;
mod typeset;
mod visible;
mod wrap;

pub use animation::{Animation, Pixels};
pub use basins::{Basin, basins};
pub use colors::Colors;
pub use contour::{Ground, Levels, contour, path};
pub use curves::{Axes, Series, curves};
pub use error::PlotError;
pub use field::Field;
pub use figure::Figure;
pub use format::Format;
pub use heat::heat;
pub use measured::{Measured, measured};
pub use measured_plane::measured_plane;
pub use paths::paths;
pub use profile::{Profile, profile};
pub use range::Scale;
pub use style::Style;
pub use surface::surface;
pub use trajectory::Trajectory;
pub use typeset::typeset;
