//! The file formats a figure can take.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::PlotError;

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

    /// Returns the format that a file's extension asks for, in small or capital letters.
    ///
    /// # Errors
    /// [`PlotError::NoFormat`] when there is no extension or it is none of [`Format::ALL`].
    pub fn from_path(path: impl AsRef<Path>) -> Result<Format, PlotError> {
        let path = path.as_ref();
        path.extension()
            .and_then(|extension| extension.to_str())
            .and_then(Format::find)
            .ok_or_else(|| PlotError::NoFormat { path: path.to_owned() })
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

impl FromStr for Format {
    type Err = PlotError;

    fn from_str(name: &str) -> Result<Format, PlotError> {
        Format::find(name).ok_or_else(|| PlotError::UnknownFormat { given: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
            assert_eq!(Format::from_path(format!("a.b/c.{format}")).unwrap(), format);
        }
    }

    #[test]
    fn errors_name_what_is_allowed() {
        let message = "jpeg".parse::<Format>().unwrap_err().to_string();
        assert_eq!(message, "unknown picture format `jpeg`: allowed are png, svg, pdf");
        let message = Format::from_path("figure").unwrap_err().to_string();
        assert_eq!(message, "no picture format in the file name `figure`: it must end in .png, .svg, .pdf");
    }
}
