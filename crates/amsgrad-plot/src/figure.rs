//! A finished figure, ready to be rendered in any format.

use crate::colors::Rgb;
use crate::scene::Item;
use crate::{Format, PlotError, Style, pdf, raster, svg};

/// A finished figure. The same data and style always give the same bytes.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Width and height in pixels.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dpi: u32,
    /// None where it is transparent.
    pub(crate) ground: Option<Rgb>,
    /// The whole title, for readers that show or speak it.
    pub(crate) title: String,
    pub(crate) items: Vec<Item>,
}

impl Figure {
    pub(crate) fn new(style: &Style) -> Figure {
        let [width, height] = style.pixels();
        let ground = (!style.transparent).then(|| style.ground());
        Figure { width, height, dpi: style.dpi, ground, title: style.title.clone(), items: Vec::new() }
    }

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
