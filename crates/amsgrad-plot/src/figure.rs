//! A finished figure, ready to be written in any format.

use std::io::Write as _;
use std::path::Path;

use crate::scene::Item;
use crate::{Format, PlotError, Style, pdf, raster, svg};

/// A finished figure. The same data and style always give the same bytes.
#[derive(Clone, Debug)]
pub struct Figure {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The whole title, for readers that show or speak it.
    pub(crate) title: String,
    pub(crate) items: Vec<Item>,
}

impl Figure {
    pub(crate) fn new(style: &Style) -> Figure {
        let Style { width, height, ref title, .. } = *style;
        Figure { width, height, title: title.clone(), items: Vec::new() }
    }

    /// The figure's bytes in the given format.
    ///
    /// # Errors
    /// [`PlotError::Encode`] if the encoder fails, which valid figures do not bring about.
    pub fn render(&self, format: Format) -> Result<Vec<u8>, PlotError> {
        match format {
            Format::Png => raster::png(self),
            Format::Svg => svg::svg(self),
            Format::Pdf => pdf::pdf(self),
        }
    }

    /// Writes the figure to a file, whole or not at all: the bytes go to a new file in the same
    /// folder, are synced, and take the place of `path` at once.
    ///
    /// # Errors
    /// As [`Figure::render`], and [`PlotError::Write`] with the system's reason.
    pub fn write(&self, path: impl AsRef<Path>, format: Format) -> Result<(), PlotError> {
        let path = path.as_ref();
        let bytes = self.render(format)?;
        replace(path, &bytes).map_err(|source| PlotError::Write { path: path.to_owned(), source })
    }
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file, not private as temporary files are; the user's umask still applies.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
