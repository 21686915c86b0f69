//! A finished figure.

use crate::colors::Rgb;
use crate::scene::{Item, Point};
use crate::style::Style;

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

    /// Returns one figure with `right` to the right of this one.
    ///
    /// ```
    /// use amsgrad_plot::{Axes, Format, Series, Style, curves};
    ///
    /// let half = Style { width: 3.2, ..Style::default() };
    /// let value = curves(&[Series::from_values("", 0, &[3.0, 1.0])], Axes::default(), &half)?;
    /// let rate = curves(&[Series::from_values("", 0, &[0.1, 0.05])], Axes::default(), &half)?;
    /// let both = value.beside(rate).render(Format::Svg)?;
    /// assert!(String::from_utf8_lossy(&both).contains("width=\"6.4in\" height=\"4.8in\""));
    /// # Ok::<(), amsgrad_plot::PlotError>(())
    /// ```
    #[must_use]
    pub fn beside(self, right: Figure) -> Figure {
        let (width, height) = (self.width + right.width, self.height.max(right.height));
        let by = [f64::from(self.width), 0.0];
        self.with(right, by, [width, height])
    }

    /// Returns one figure with `below` under this one.
    #[must_use]
    pub fn above(self, below: Figure) -> Figure {
        let (width, height) = (self.width.max(below.width), self.height + below.height);
        let by = [0.0, f64::from(self.height)];
        self.with(below, by, [width, height])
    }

    fn with(mut self, other: Figure, by: Point, [width, height]: [u32; 2]) -> Figure {
        self.items.extend(other.items.into_iter().map(|item| item.moved(by)));
        let titles = [std::mem::take(&mut self.title), other.title];
        let title = titles
            .iter()
            .filter(|title| !title.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("; ");
        Figure { width, height, title, ..self }
    }
}
