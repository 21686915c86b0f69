//! Formats by their names.

use std::path::Path;
use std::str::FromStr;

use crate::{Format, PlotError};

impl Format {
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
