//! Color maps by their names.

use std::str::FromStr;

use crate::{Colors, PlotError};

impl FromStr for Colors {
    type Err = PlotError;

    fn from_str(name: &str) -> Result<Colors, PlotError> {
        Colors::ALL
            .into_iter()
            .find(|colors| colors.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| PlotError::UnknownColors { given: name.to_owned() })
    }
}
