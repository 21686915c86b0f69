//! What `amsgrad diagnose` is told.

use std::path::PathBuf;

use crate::minimize::pictures::Look;
use crate::minimize::settings::Settings;
use crate::text;

const EXAMPLES: &str = "Examples:
  amsgrad diagnose '(1-x)^2 + 100*(y-x^2)^2' --bounds -2..2 --plot rates.png
  amsgrad diagnose 'y ~ a*exp(-b*t)' --data decay.csv --bounds a=0..9,b=0..3
  amsgrad diagnose --problem beale --lr 0.1 --json";

/// Tell whether AMSGrad would help, and why.
///
/// Runs Adam and AMSGrad from the same starts with the same settings, so that the maximum is all they differ by. Tells how
/// often and where Adam's effective learning rates grow, whether one huge gradient holds back AMSGrad's, and whether the result
/// differs by more than chance. The learning rate is the one given, or the best for Adam.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("rule", |rule| rule.hide(true)))]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) settings: Settings,

    /// The share of the way from the median start to the best value known that may be left when a run has arrived
    #[arg(long, allow_negative_numbers = true, value_name = "SHARE", value_parser = text::tolerance, default_value = "1e-6", help_heading = "When to stop")]
    pub(super) reach: f64,

    /// Draw the effective learning rates of both rules from the first start, a panel per coordinate, to this file
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub(super) plot: Option<PathBuf>,

    #[command(flatten)]
    pub(super) look: Look,

    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}
