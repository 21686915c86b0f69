//! How a picture looks, as it is asked for.

use amsgrad_plot::{Axes, Colors, PlotError, Scale, Style};
use clap::ValueEnum;

use crate::failure::Failure;
use crate::text;

const PICTURE: &str = "Picture";

/// The look of a picture. What a kind of picture has no use for is ignored.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Look {
    /// Color map [default: viridis]
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = text::one_of::<Colors>(Colors::ALL.map(Colors::name)), help_heading = PICTURE)]
    colors: Option<Colors>,

    /// Width and height in in, cm, mm or pt, such as 3.3x2.5in [default: 6.4x4.8in]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = PICTURE)]
    size: Option<Size>,

    /// Text above the picture instead of the formula; '' for none
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, help_heading = PICTURE)]
    title: Option<String>,

    /// Text along an axis: x=TEXT, y=TEXT, or z=TEXT for heights and colors; may be given several times
    #[arg(long = "label", value_name = "AXIS=TEXT", value_parser = label, help_heading = PICTURE)]
    labels: Vec<(Axis, String)>,

    /// Logarithmic axes, with commas between; z stands for heights and colors [default: what suits the values]
    #[arg(long, value_name = "AXES", value_delimiter = ',', value_enum, help_heading = PICTURE)]
    log: Option<Vec<Axis>>,

    /// Number of color bands of a contour, 1 to 256 [default: 50]
    #[arg(long, value_name = "N", value_parser = text::positive, help_heading = PICTURE)]
    levels: Option<usize>,

    /// Size of the axes' labels in points; title, numbers and lines are in proportion [default: 10]
    #[arg(long, value_name = "POINTS", value_parser = text::number, help_heading = PICTURE)]
    font_size: Option<f64>,

    /// Pixels per inch of a .png [default: 250]
    #[arg(long, value_name = "N", value_parser = text::pixels, help_heading = PICTURE)]
    dpi: Option<u32>,

    /// Light text and lines on a dark background
    #[arg(long, help_heading = PICTURE)]
    dark: bool,

    /// No background: what lies behind the picture shows through
    #[arg(long, help_heading = PICTURE)]
    transparent: bool,

    /// What the title says about the run, after the formula.
    #[arg(skip)]
    run: Option<String>,

    /// The panel that this is the look of, where the picture has several.
    #[arg(skip)]
    panel: Option<Panel>,
}

/// A panel of a picture: the size of the whole where none is asked for, and the shares of its width and height.
#[derive(Clone, Copy, Debug)]
struct Panel {
    size: Size,
    shares: [f64; 2],
}

/// An axis; z is that of heights and colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Axis {
    X,
    Y,
    Z,
}

/// Width and height in inches.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    width: f64,
    height: f64,
}

impl From<Colors> for Look {
    fn from(colors: Colors) -> Self {
        Self { colors: Some(colors), ..Self::default() }
    }
}

impl From<&Look> for Look {
    fn from(look: &Look) -> Self {
        look.clone()
    }
}

impl Look {
    /// Returns this look for a picture of a run, which the title then names.
    pub(crate) fn of_run(&self, run: String) -> Self {
        Self { run: Some(run), ..self.clone() }
    }

    /// Returns the look of each of `across` by `down` panels of one picture, which is `width` by `height` inches where nothing
    /// else is asked for. A title that is given goes before those of the panels.
    pub(crate) fn panels(&self, size: [f64; 2], panels: [usize; 2]) -> Self {
        self.part(size, panels.map(|number| 1.0 / number as f64))
    }

    /// Returns this look with `dpi` pixels per inch, unless a number is asked for.
    pub(crate) fn at_dpi(&self, dpi: u32) -> Self {
        Self { dpi: self.dpi.or(Some(dpi)), ..self.clone() }
    }

    /// Returns the look of a part of a picture that is `width` by `height` inches where nothing else is asked for.
    pub(crate) fn part(&self, [width, height]: [f64; 2], shares: [f64; 2]) -> Self {
        Self { panel: Some(Panel { size: Size { width, height }, shares }), ..self.clone() }
    }

    /// Refuses options of a picture where there is none.
    pub(crate) fn is_for_nothing(&self) -> Result<(), Failure> {
        let given = [
            ("--colors", self.colors.is_some()),
            ("--size", self.size.is_some()),
            ("--title", self.title.is_some()),
            ("--label", !self.labels.is_empty()),
            ("--log", self.log.is_some()),
            ("--levels", self.levels.is_some()),
            ("--font-size", self.font_size.is_some()),
            ("--dpi", self.dpi.is_some()),
            ("--dark", self.dark),
            ("--transparent", self.transparent),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((option, _)) => Err(Failure::input(option, "is for a picture; name the file of one too")),
            None => Ok(()),
        }
    }

    /// Refuses what a picture with these axes cannot have, naming the option.
    pub(crate) fn check(&self, axes: &[Axis]) -> Result<(), Failure> {
        if self.log.iter().flatten().any(|axis| !axes.contains(axis)) {
            let names: Vec<_> = axes.iter().filter_map(ValueEnum::to_possible_value).collect();
            let names: Vec<&str> = names.iter().map(|name| name.get_name()).collect();
            let way = match names.as_slice() {
                [] => "this picture has no logarithmic axes; leave it out".to_owned(),
                names => format!("this picture has other axes; use {}", names.join(", ")),
            };
            return Err(Failure::input("--log", way));
        }
        if let Some(levels @ 257..) = self.levels {
            return Err(Failure::input("--levels", format!("'{levels}' is out of range; use 1 to 256")));
        }
        match self.style("", ["", "", ""]).validate() {
            Err(PlotError::Style { field, value, allowed }) => {
                let option = match field {
                    "font_size" => "--font-size",
                    "dpi" => "--dpi",
                    _ => "--size",
                };
                let side = if option == "--size" { format!(" (the {field})") } else { String::new() };
                Err(Failure::input(option, format!("'{value}'{side} is out of range; use {allowed}")))
            }
            other => other.map_err(|error| Failure::input("--size", error)),
        }
    }

    /// Returns the style, with this title and these labels where none are given.
    pub(crate) fn style(&self, title: &str, labels: [&str; 3]) -> Style {
        let plain = Style::default();
        let label = |axis: Axis, known: &str| {
            let given = self.labels.iter().rev().find(|(one, _)| *one == axis);
            given.map_or(known, |(_, text)| text).to_owned()
        };
        let title = match (&self.title, &self.run) {
            (Some(given), _) if self.panel.is_some() && !given.is_empty() => format!("{given}: {title}"),
            (Some(given), _) => given.clone(),
            (None, Some(run)) => format!("{title}, {run}"),
            (None, None) => title.to_owned(),
        };
        let whole = Size { width: plain.width, height: plain.height };
        let Panel { size, shares } = self.panel.unwrap_or(Panel { size: whole, shares: [1.0; 2] });
        let size = self.size.unwrap_or(size);
        Style {
            title,
            x_label: label(Axis::X, labels[0]),
            y_label: label(Axis::Y, labels[1]),
            z_label: label(Axis::Z, labels[2]),
            colors: self.colors.unwrap_or_default(),
            width: size.width * shares[0],
            height: size.height * shares[1],
            dpi: self.dpi.unwrap_or(plain.dpi),
            font_size: self.font_size.unwrap_or(plain.font_size),
            dark: self.dark,
            transparent: self.transparent,
        }
    }

    /// Returns the scale of an axis, if any are given.
    pub(crate) fn scale(&self, axis: Axis) -> Option<Scale> {
        let log = self.log.as_ref()?;
        Some(if log.contains(&axis) { Scale::Log } else { Scale::Linear })
    }

    /// Returns the scales of a curve, where `y` is what suits it.
    pub(crate) fn axes(&self, y: Scale) -> Axes {
        Axes { x: self.scale(Axis::X).unwrap_or_default(), y: self.scale(Axis::Y).unwrap_or(y) }
    }

    pub(super) fn bands(&self) -> Option<usize> {
        self.levels
    }
}

fn size(text: &str) -> Result<Size, String> {
    const ALLOWED: &str = "is not WIDTHxHEIGHT with a unit (in, cm, mm or pt); use one such as 3.3x2.5in";
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let per_inch = match text[number.len()..].to_ascii_lowercase().as_str() {
        "in" | "" => 1.0,
        "cm" => 2.54,
        "mm" => 25.4,
        "pt" => 72.0,
        _ => return Err(ALLOWED.to_owned()),
    };
    let (width, height) = number.split_once(['x', 'X', '\u{d7}']).ok_or(ALLOWED)?;
    let inches = |side: &str| text::number(side).map(|side| side / per_inch).map_err(|_| ALLOWED.to_owned());
    Ok(Size { width: inches(width)?, height: inches(height)? })
}

fn label(text: &str) -> Result<(Axis, String), String> {
    let allowed = || "names no axis; use x=TEXT, y=TEXT or z=TEXT".to_owned();
    let (axis, label) = text.split_once('=').ok_or_else(allowed)?;
    let axis = Axis::from_str(axis.trim(), true).map_err(|_| allowed())?;
    Ok((axis, label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_every_unit() {
        let inches = |text| size(text).map(|size| [size.width, size.height]);
        assert_eq!(inches("3.3x2.5in"), Ok([3.3, 2.5]));
        assert_eq!(inches("3.3 x 2.5"), Ok([3.3, 2.5]));
        assert_eq!(inches("25.4X50.8mm"), Ok([1.0, 2.0]));
        assert_eq!(inches("144x72pt"), Ok([2.0, 1.0]));
        for wrong in ["", "3in", "axb", "3x", "3x2px", "x"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn labels_name_their_axis() {
        assert_eq!(label("x=time [s]"), Ok((Axis::X, "time [s]".to_owned())));
        assert_eq!(label("Z="), Ok((Axis::Z, String::new())));
        assert!(label("time").is_err() && label("t=time").is_err());
    }
}
