//! `amsgrad reproduce`: the experiments of the AMSGrad paper, run anew.

use std::path::PathBuf;

use amsgrad::error::SettingError;
use amsgrad::{AdaGrad, Adam, AmsGrad, AnyRule, GradientDescent, Schedule};
use clap::ValueEnum;
use serde_json::{Value, json};

use self::track::{Sequence, Track};
use super::Ending;
use crate::failure::Failure;
use crate::minimize::pictures::{Axis, Look, Wanted};
use crate::text::{self, Text};
use crate::watch::Watch;

mod counterexample;
mod theorem4;
mod track;

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
    what: What,

    /// Number of rounds [default: 5000000; 300000 for section3, 1000000 for theorem4]
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::natural, help_heading = "Our choices")]
    steps: Option<u64>,

    /// alpha_t of Adam and AMSGrad [default: 1/sqrt(t); 0.5/sqrt(t) for section3]
    #[arg(long, visible_aliases = ["lr", "alpha"], allow_negative_numbers = true, value_name = "RATE", value_parser = text::fixed_rate, help_heading = "Our choices")]
    learning_rate: Option<Text>,

    /// x_1, from -1 to 1
    #[arg(long, value_name = "X", allow_hyphen_values = true, value_parser = text::number, default_value = "0", help_heading = "Our choices")]
    start: f64,

    /// The seed of the stochastic losses, as NumPy's default_rng(SEED).random
    #[arg(long, allow_negative_numbers = true, value_name = "SEED", value_parser = text::count, default_value = "1", help_heading = "Our choices")]
    seed: u64,

    /// C in the losses of section3, above 2
    #[arg(long, value_name = "C", allow_hyphen_values = true, value_parser = text::number, default_value = "3", help_heading = "Our choices")]
    slope: f64,

    /// beta1_t of theorem4 [default: 0.9 * 0.99^(t-1)]
    #[arg(long, allow_negative_numbers = true, value_name = "DECAY", value_parser = text::beta1, help_heading = "Our choices")]
    beta1: Option<Text>,

    /// The picture, .png, .svg or .pdf
    #[arg(long, short, value_name = "FILE", help_heading = "Files")]
    output: Option<PathBuf>,

    #[command(flatten)]
    look: Look,

    /// Print one JSON document, with every row that the picture shows
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Figure1,
    Section3,
    Theorem4,
}

impl Args {
    fn steps(&self) -> u64 {
        self.steps.unwrap_or(match self.what {
            What::Figure1 => 5_000_000,
            What::Section3 => 300_000,
            What::Theorem4 => 1_000_000,
        })
    }

    fn alpha(&self) -> Result<Schedule, Failure> {
        let given = self.learning_rate.as_ref().map(ToString::to_string);
        let alpha = if self.what == What::Section3 { 0.5 } else { 1.0 };
        let refused = |error: SettingError| Failure::input("--learning-rate", error);
        given.map_or(Ok(Schedule::inverse_sqrt(alpha)), |given| given.parse().map_err(refused))
    }

    /// Refuses what the experiment has no use for or no room for.
    fn check(&self) -> Result<(), Failure> {
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
            Some(_) => counterexample::look(&self.look, self.what).check(&[Axis::X, Axis::Y]),
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    args.check()?;
    let wanted = args.output.as_deref().map(|path| Wanted::new("--output", path)).transpose()?;
    let watch = Watch::without_end();
    let figure = match args.what {
        What::Theorem4 => theorem4::run(args, &watch)?,
        _ => counterexample::run(args, &watch)?,
    };
    let stopped = watch.interrupted();
    if let Some(wanted) = wanted {
        wanted.write_or_tell(figure)?;
    }
    Ok(if stopped { Ending::RunFailed } else { Ending::Done })
}

/// The rules beside each other: Adam and AMSGrad as the paper has them, and two more for context.
fn rules(alpha: &Schedule, beta1: f64, beta2: f64, largest: f64) -> Vec<AnyRule> {
    let adam = Adam::new(alpha.clone()).beta1(beta1).beta2(beta2).epsilon(0.0).bias_correction(false);
    let amsgrad = AmsGrad::new(alpha.clone()).beta1(beta1).beta2(beta2).epsilon(0.0);
    // Its own sum of squares makes the rate fall.
    let adagrad = AdaGrad::new(alpha.at(1)).epsilon(0.0);
    let descent = GradientDescent::new(alpha.scaled(1.0 / largest));
    vec![adam.into(), amsgrad.into(), adagrad.into(), descent.into()]
}

/// The document that all experiments share.
fn document(args: &Args, stated: Value, chosen: Value, stopped: bool) -> serde_json::Map<String, Value> {
    let mut document = serde_json::Map::new();
    let what = args.what.to_possible_value().map(|value| value.get_name().to_owned());
    document.insert("experiment".into(), what.into());
    document.insert("source".into(), "Reddi, Kale, Kumar 2018".into());
    document.insert("stated".into(), stated);
    document.insert("chosen".into(), chosen);
    document.insert("stopped".into(), json!(stopped));
    document
}
