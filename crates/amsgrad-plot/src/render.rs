//! A figure in each format.

use crate::{Figure, Format, PlotError, pdf, raster, svg};

impl Figure {
    /// Returns the figure's bytes in the given format. Writing them to a file is the caller's part.
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
}
