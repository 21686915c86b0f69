//! How a figure looks, apart from its data.

use crate::{Colors, PlotError};

/// The least and the greatest width and height of a figure.
const SIDE: (u32, u32) = (300, 8000);

/// The look of a figure: texts, colours and size. Every figure ignores what it has no use for.
///
/// ```
/// use amsgrad_plot::{Colors, Style};
///
/// let style = Style { title: "Rosenbrock".to_owned(), colors: Colors::Jet, ..Style::default() };
/// style.validate()?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Text above the figure, wrapped to two lines and shortened with an ellipsis beyond; may be empty.
    pub title: String,
    /// Text along the x axis, shortened where it does not fit; may be empty. Default `x`.
    pub x_label: String,
    /// Text along the y axis, shortened where it does not fit; may be empty. Default `y`.
    pub y_label: String,
    /// Text along the colour bar and the z axis; may be empty. Default `f(x, y)`.
    pub z_label: String,
    /// Colour map for heights and bands. Default viridis.
    pub colors: Colors,
    /// Width in pixels, 300 to 8000. Default 1600.
    pub width: u32,
    /// Height in pixels, 300 to 8000. Default 1200.
    pub height: u32,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            title: String::new(),
            x_label: "x".to_owned(),
            y_label: "y".to_owned(),
            z_label: "f(x, y)".to_owned(),
            colors: Colors::default(),
            width: 1600,
            height: 1200,
        }
    }
}

impl Style {
    /// Checks every field's range; the figure functions call it too.
    ///
    /// # Errors
    /// [`PlotError::Style`] naming the field, its value and what is allowed.
    pub fn validate(&self) -> Result<(), PlotError> {
        for (field, value) in [("width", self.width), ("height", self.height)] {
            if value < SIDE.0 || value > SIDE.1 {
                let allowed = format!("{} to {} pixels", SIDE.0, SIDE.1);
                return Err(PlotError::Style { field, value: value.to_string(), allowed });
            }
        }
        Ok(())
    }

    /// The size of everything that does not carry data, relative to a figure of 1600 by 1200.
    pub(crate) fn unit(&self) -> f64 {
        (f64::from(self.width) / 1600.0).min(f64::from(self.height) / 1200.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_out_of_range_are_named() {
        Style::default().validate().unwrap();
        let error = Style { width: 299, ..Style::default() }.validate().unwrap_err();
        assert_eq!(error.to_string(), "style field `width` is 299: allowed is 300 to 8000 pixels");
        assert!(Style { height: 8001, ..Style::default() }.validate().is_err());
    }
}
