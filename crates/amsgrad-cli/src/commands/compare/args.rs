//! What `amsgrad compare` is told.

use std::path::PathBuf;

use serde_json::Value;

use crate::failure::Failure;
use crate::keep::KeepArgs;
use crate::minimize::pictures::{Axis, Look};
use crate::minimize::settings::Settings;
use crate::minimize::vary::{Vary, vary};
use crate::target::Target;
use crate::{files, text};

const RULES: &str = "amsgrad,amsgrad:torch,adam,adagrad,momentum,gradient-descent";

const EXAMPLES: &str = "Examples:
  amsgrad compare '(1-x)^2 + 100*(y-x^2)^2' --bounds -2..2 --plot values.png --paths paths.png
  amsgrad compare --problem levy --rules amsgrad,adam,adam:beta2=0.99
  amsgrad compare 'x^2 + 30*y^2' --rules amsgrad:paper,amsgrad:torch --as-given --lr 0.01
  amsgrad compare 'y ~ a*exp(-b*t)' --data decay.csv --bounds a=0..9,b=0..3
  amsgrad compare --problem rastrigin --checkpoint rules.jsonl";

/// Compare update rules from the same starts.
///
/// Each rule's learning rate is tuned first: for every rule the same number of settings is tried, from starts that are not
/// compared. A run has arrived when it has come to the best value known, up to a share of what the median start is worse by.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("rule", |rule| rule.hide(true)))]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) settings: Settings,

    /// The rules, with commas between: a name, then a dialect or settings behind colons, such as adam:beta2=0.99
    #[arg(long, value_name = "RULES", default_value = RULES, help_heading = "Comparison")]
    pub(super) rules: String,

    /// Number of settings that are tried for each rule
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "24", help_heading = "Comparison")]
    pub(super) trials: usize,

    /// Another setting to tune, such as beta1=0.8,0.9; rules that do not know it try more learning rates instead; may be
    /// given several times
    #[arg(long, value_name = "SETTING=VALUES", value_parser = vary, help_heading = "Comparison")]
    pub(super) vary: Vec<Vary>,

    /// Take the learning rates as they are, without tuning
    #[arg(long, conflicts_with_all = ["trials", "vary"], help_heading = "Comparison")]
    pub(super) as_given: bool,

    /// The share of the way from the median start to the best value known that may be left when a run has arrived
    #[arg(long, allow_negative_numbers = true, value_name = "SHARE", value_parser = text::tolerance, default_value = "1e-6", help_heading = "Comparison")]
    pub(super) reach: f64,

    /// Draw the values against evaluations to this file: medians, and bands between the quartiles
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub(super) plot: Option<PathBuf>,

    /// Draw the paths from the first start over one contour to this file, of a function of two variables
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub(super) paths: Option<PathBuf>,

    /// Draw the effective learning rate of each coordinate, from the first start, to this file
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub(super) step_sizes: Option<PathBuf>,

    #[command(flatten)]
    pub(super) keep: KeepArgs,

    #[command(flatten)]
    pub(super) look: Look,

    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

impl Args {
    /// The files that are asked for, each with its option.
    pub(super) fn outputs(&self) -> [(&'static str, &Option<PathBuf>); 3] {
        [("--plot", &self.plot), ("--paths", &self.paths), ("--step-sizes", &self.step_sizes)]
    }

    /// What must be the same for runs to be the same. Which rules and settings are tried is not in it: others may be added.
    pub(super) fn identity(&self, target: &Target) -> Value {
        let mut identity = target.identity(&self.settings);
        identity["reach"] = self.reach.into();
        identity
    }

    pub(super) fn check(&self, target: &Target) -> Result<(), Failure> {
        let settings = &self.settings;
        if settings.rule.name.is_some() {
            return Err(Failure::input("--rule", "names one rule; list those to compare in --rules"));
        }
        let outputs = self.outputs();
        files::apart(&self.keep.files().into_iter().chain(outputs).collect::<Vec<_>>())?;
        if self.paths.is_some() {
            target.has_exactly(2)?;
        }
        match (outputs.iter().all(|(_, path)| path.is_none()), &self.paths) {
            (true, _) => self.look.is_for_nothing(),
            (false, None) => self.look.check(&[Axis::X, Axis::Y]),
            (false, Some(_)) => self.look.check(&[Axis::X, Axis::Y, Axis::Z]),
        }
    }
}
