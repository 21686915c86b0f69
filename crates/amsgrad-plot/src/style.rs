//! How a figure looks, apart from its data.

use crate::colors::Rgb;
use crate::{Colors, PlotError};

/// The least and the greatest width and height of a figure in inches, and of its longer side in pixels.
const INCHES: (f64, f64) = (1.0, 100.0);
const PIXELS: (f64, f64) = (100.0, 12_000.0);
/// The least font size in points. The greatest is a twelfth of the shorter side.
const SMALLEST_FONT: f64 = 3.0;
/// Points in an inch.
const POINTS: f64 = 72.0;

/// The look of a figure: texts, colors and size. Every figure ignores what it has no use for.
///
/// ```
/// use amsgrad_plot::{Colors, Style};
///
/// let for_a_column = Style { width: 3.3, height: 2.5, font_size: 8.0, ..Style::default() };
/// for_a_column.validate()?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Text above the figure; may be empty. A title that is too long is set smaller, then in two
    /// lines, and shortened with an ellipsis beyond.
    pub title: String,
    /// Text along the x axis, shortened where it does not fit; may be empty. Default `x`.
    pub x_label: String,
    /// Text along the y axis, shortened where it does not fit; may be empty. Default `y`.
    pub y_label: String,
    /// Text along the color bar and the z axis; may be empty. Default `f(x, y)`.
    pub z_label: String,
    /// Color map for heights and bands. Default viridis.
    pub colors: Colors,
    /// Width in inches, 1 to 100. Default 6.4.
    pub width: f64,
    /// Height in inches, 1 to 100. Default 4.8.
    pub height: f64,
    /// Pixels per inch in PNG, and in the parts of SVG and PDF that are pixels. Each side has 100
    /// to 12000 pixels. Default 250.
    pub dpi: u32,
    /// Size of the axes' labels in points; title and numbers are in proportion, and so is the
    /// width of lines. At least 3, and at most a twelfth of the shorter side. Default 10.
    pub font_size: f64,
    /// Light text and lines, for a dark ground. Default false.
    pub dark: bool,
    /// No ground at all: what lies behind the figure shows through. Default false.
    pub transparent: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            title: String::new(),
            x_label: "x".to_owned(),
            y_label: "y".to_owned(),
            z_label: "f(x, y)".to_owned(),
            colors: Colors::default(),
            width: 6.4,
            height: 4.8,
            dpi: 250,
            font_size: 10.0,
            dark: false,
            transparent: false,
        }
    }
}

impl Style {
    /// Checks every field's range; the figure functions call it too.
    ///
    /// # Errors
    /// [`PlotError::Style`] naming the field, its value and what is allowed.
    pub fn validate(&self) -> Result<(), PlotError> {
        let largest_font = self.width.min(self.height) * POINTS / 12.0;
        let dpi = f64::from(self.dpi);
        let inside = |field, value: f64, (least, most): (f64, f64), of: &str| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            let rounded = |number: f64| (number * 1000.0).round() / 1000.0;
            let allowed = format!("{} to {} {of}", rounded(least), rounded(most));
            let value = format!("{:?}", rounded(value)).trim_end_matches(".0").to_owned();
            Err(PlotError::Style { field, value, allowed })
        };
        inside("width", self.width, INCHES, "inches")?;
        inside("height", self.height, INCHES, "inches")?;
        inside("dpi", dpi, (1.0, PIXELS.1), "pixels per inch")?;
        inside("dpi", dpi, self.dpi_for_size(), "pixels per inch for a figure of this size")?;
        inside("font_size", self.font_size, (SMALLEST_FONT, largest_font), "points for a figure of this size")
    }

    /// Returns the least and the most pixels per inch that a figure of this size may have.
    fn dpi_for_size(&self) -> (f64, f64) {
        let (shorter, longer) = (self.width.min(self.height), self.width.max(self.height));
        ((PIXELS.0 / shorter).ceil(), (PIXELS.1 / longer).floor())
    }

    /// Returns width and height in whole pixels.
    pub(crate) fn pixels(&self) -> [u32; 2] {
        [self.width, self.height].map(|inches| (inches * f64::from(self.dpi)).round() as u32)
    }

    /// Returns the size of everything that does not carry data: a label is 36 units high.
    pub(crate) fn unit(&self) -> f64 {
        self.font_size * f64::from(self.dpi) / POINTS / 36.0
    }

    /// Returns the color of text, frames and ticks.
    pub(crate) fn ink(&self) -> Rgb {
        if self.dark { [0xee; 3] } else { [0; 3] }
    }

    /// Returns the color that everything is drawn on; for a transparent figure, the likely one.
    pub(crate) fn ground(&self) -> Rgb {
        if self.dark { [0x12; 3] } else { [0xff; 3] }
    }

    /// Returns a shade between ground and ink, from 0 to 1.
    pub(crate) fn shade(&self, part: f64) -> Rgb {
        let (ground, ink) = (self.ground(), self.ink());
        [0, 1, 2]
            .map(|i| (f64::from(ground[i]) + part * (f64::from(ink[i]) - f64::from(ground[i]))).round() as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_out_of_range_are_named() {
        Style::default().validate().unwrap();
        assert_eq!(Style::default().pixels(), [1600, 1200]);
        let message = |style: Style| style.validate().unwrap_err().to_string();
        assert_eq!(
            message(Style { width: 0.5, ..Style::default() }),
            "style field `width` is 0.5: allowed is 1 to 100 inches"
        );
        assert_eq!(
            message(Style { dpi: 4000, ..Style::default() }),
            "style field `dpi` is 4000: allowed is 21 to 1875 pixels per inch for a figure of this size"
        );
        assert_eq!(
            message(Style { width: 3.0, height: 2.0, font_size: 13.0, ..Style::default() }),
            "style field `font_size` is 13: allowed is 3 to 12 points for a figure of this size"
        );
        assert!(Style { height: f64::NAN, ..Style::default() }.validate().is_err());
        assert!(Style { font_size: f64::INFINITY, ..Style::default() }.validate().is_err());
    }
}
