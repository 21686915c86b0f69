//! What `amsgrad reproduce` is told.

use std::path::PathBuf;

use amsgrad::Schedule;
use amsgrad::error::SettingError;
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::minimize::pictures::{Axis, Look};
use crate::text::{self, Text};

/// The sides of a panel in inches.
const PANEL: [f64; 2] = [4.2, 3.6];

const EXAMPLES: &str = "Examples:
  amsgrad reproduce figure1 --output figure1.png
  amsgrad reproduce section3 --slope 5
  amsgrad reproduce theorem4 --beta1 0.9/t --output theorem4.svg";

/// Run the experiments of the AMSGrad paper.
///
/// The paper is \"On the Convergence of Adam and Beyond\", Reddi, Kale, Kumar 2018. figure1 plays its synthetic losses, online
/// and stochastic, by Adam, AMSGrad, AdaGrad and gradient descent; section3 those of its Section 3; theorem4 computes the bound
/// of its Theorem 4 along a run of AMSGrad. What the paper does not state is told as our choice, and can be changed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to run
    #[arg(value_enum)]
    pub(super) what: What,

    /// Number of rounds [default: 5000000; 300000 for section3, 1000000 for theorem4]
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::natural, help_heading = "Our choices")]
    pub(super) steps: Option<u64>,

    /// alpha_t of Adam and AMSGrad [default: 1/sqrt(t); 0.5/sqrt(t) for section3]
    #[arg(long, visible_aliases = ["lr", "alpha"], allow_negative_numbers = true, value_name = "RATE", value_parser = text::fixed_rate, help_heading = "Our choices")]
    pub(super) learning_rate: Option<Text>,

    /// x_1, from -1 to 1
    #[arg(long, value_name = "X", allow_hyphen_values = true, value_parser = text::number, default_value = "0", help_heading = "Our choices")]
    pub(super) start: f64,

    /// The seed of the stochastic losses, as NumPy's default_rng(SEED).random
    #[arg(long, allow_negative_numbers = true, value_name = "SEED", value_parser = text::count, default_value = "1", help_heading = "Our choices")]
    pub(super) seed: u64,

    /// C in the losses of section3, above 2
    #[arg(long, value_name = "C", allow_hyphen_values = true, value_parser = text::number, default_value = "3", help_heading = "Our choices")]
    pub(super) slope: f64,

    /// beta1_t of theorem4 [default: 0.9 * 0.99^(t-1)]
    #[arg(long, allow_negative_numbers = true, value_name = "DECAY", value_parser = text::beta1, help_heading = "Our choices")]
    pub(super) beta1: Option<Text>,

    /// The picture, .png, .svg or .pdf
    #[arg(long, short, value_name = "FILE", help_heading = "Files")]
    pub(super) output: Option<PathBuf>,

    #[command(flatten)]
    pub(super) look: Look,

    /// Print one JSON document, with every row that the picture shows
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    Figure1,
    Section3,
    Theorem4,
}

impl Args {
    pub(super) fn steps(&self) -> u64 {
        self.steps.unwrap_or(match self.what {
            What::Figure1 => 5_000_000,
            What::Section3 => 300_000,
            What::Theorem4 => 1_000_000,
        })
    }

    pub(super) fn alpha(&self) -> Result<Schedule, Failure> {
        let given = self.learning_rate.as_ref().map(ToString::to_string);
        let alpha = if self.what == What::Section3 { 0.5 } else { 1.0 };
        let refused = |error: SettingError| Failure::input("--learning-rate", error);
        given.map_or(Ok(Schedule::inverse_sqrt(alpha)), |given| given.parse().map_err(refused))
    }

    /// Refuses what the experiment has no use for or no room for.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if !(-1.0..=1.0).contains(&self.start) {
            let reason = format!("'{}' is out of range; use -1 to 1", text::shown(self.start));
            return Err(Failure::input("--start", reason));
        }
        if self.what != What::Theorem4 && self.beta1.is_some() {
            return Err(Failure::input(
                "--beta1",
                "is stated by the paper here; leave it out, or use theorem4",
            ));
        }
        match self.output {
            None => self.look.is_for_nothing(),
            Some(_) if self.what == What::Theorem4 => self.look.check(&[Axis::X, Axis::Y]),
            Some(_) => look(&self.look, self.what).check(&[Axis::X, Axis::Y]),
        }
    }
}

/// The look of each panel.
pub(super) fn look(look: &Look, what: What) -> Look {
    let panels = if what == What::Figure1 { 3 } else { 2 };
    look.panels([PANEL[0] * panels as f64, PANEL[1]], [panels, 1])
}

/// The document that all experiments share.
pub(super) fn document(
    args: &Args,
    stated: Value,
    chosen: Value,
    stopped: bool,
) -> serde_json::Map<String, Value> {
    let mut document = serde_json::Map::new();
    let what = args.what.to_possible_value().map(|value| value.get_name().to_owned());
    document.insert("experiment".into(), what.into());
    document.insert("source".into(), "Reddi, Kale, Kumar 2018".into());
    document.insert("stated".into(), stated);
    document.insert("chosen".into(), chosen);
    document.insert("stopped".into(), json!(stopped));
    document
}
