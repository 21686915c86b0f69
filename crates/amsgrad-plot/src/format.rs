//! The file formats a figure can take.

use std::fmt;

mod parse;

/// A picture file format.
///
/// ```
/// use amsgrad_plot::Format;
///
/// assert_eq!("svg".parse::<Format>()?, Format::Svg);
/// assert_eq!(Format::from_path("run/path.PNG")?, Format::Png);
/// assert!(Format::from_path("run/path.gif").is_err());
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Pixels: 8 bits per color, with opacity where the ground is transparent.
    #[default]
    Png,
    /// Vectors for pages. Text is text, in Noto Sans or what the reader has instead, at the width
    /// it has in Noto Sans.
    Svg,
    /// Vectors for print: one page; text is text, its font embedded.
    Pdf,
}

impl Format {
    /// Every format, in the order they are listed to people.
    pub const ALL: [Format; 3] = [Format::Png, Format::Svg, Format::Pdf];

    /// Returns the format's name, which is also its file extension.
    pub fn name(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Svg => "svg",
            Format::Pdf => "pdf",
        }
    }

    fn find(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn names() -> String {
        Format::ALL.map(Format::name).join(", ")
    }

    pub(crate) fn extensions() -> String {
        Format::ALL.map(|format| format!(".{}", format.name())).join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
