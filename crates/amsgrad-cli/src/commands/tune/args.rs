//! What `amsgrad tune` is told.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::keep::KeepArgs;
use crate::minimize::pictures::{Axis, Look};
use crate::minimize::settings::Settings;
use crate::minimize::vary::{Vary, vary};
use crate::shards::ShardArgs;
use crate::target::Target;
use crate::{files, text};

const EXAMPLES: &str = "Examples:
  amsgrad tune '(1-x)^2 + 100*(y-x^2)^2' --bounds -2..2 --plot rates.png
  amsgrad tune --problem booth --rule adam --vary lr=0.01..10 --vary beta1=0.5,0.9 --plot map.png
  amsgrad tune 'y ~ a*exp(-b*t)' --data decay.csv --bounds a=0..9,b=0..3 --rule adam
  amsgrad tune --problem levy --samples 50 --vary lr=1e-4..10 --checkpoint runs.jsonl";

/// Find settings that are good for a problem.
///
/// Tries settings from many starts on all cores, and takes those whose median run arrives first at the best value known, up to
/// a share of what the median start is worse by, or comes nearest to it. How good they are is told from other starts. With
/// --checkpoint every run is kept, and a search that was interrupted continues where it stopped.
#[derive(Debug, clap::Args, Serialize)]
#[command(after_help = EXAMPLES, mut_arg("starts", |starts| starts.hide(true)))]
pub(crate) struct Args {
    #[command(flatten)]
    #[serde(flatten)]
    pub(super) settings: Settings,

    /// A setting to try values of: beta1=0.8,0.9, or a range such as lr=1e-4..1; may be given several times [default:
    /// learning rates of every size]
    #[arg(long, value_name = "SETTING=VALUES", value_parser = vary, help_heading = "Search")]
    pub(super) vary: Vec<Vary>,

    /// Which settings are tried: a grid, or random ones (grid and random from every start; halving from few at first, the
    /// better half from twice as many, and so on)
    #[arg(long, value_enum, default_value = "halving", help_heading = "Search")]
    pub(super) method: Method,

    /// Number of values of each range in a grid
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "24", help_heading = "Search")]
    pub(super) points: usize,

    /// Number of random settings; with --method halving these take the place of the grid [default: 100]
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, help_heading = "Search")]
    pub(super) samples: Option<usize>,

    /// Number of starts that settings are chosen by
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "16", help_heading = "Search")]
    pub(super) seeds: usize,

    /// Number of other starts that tell how good the chosen settings are
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "16", help_heading = "Search")]
    pub(super) check: usize,

    /// End the search after this number of runs, or after a time such as 30s or 5min
    #[arg(long, value_name = "RUNS|TIME", value_parser = budget, help_heading = "Search")]
    #[serde(skip)]
    pub(super) budget: Option<Budget>,

    /// The share of the way from the median start to the best value known that may be left when a run has arrived
    #[arg(long, allow_negative_numbers = true, value_name = "SHARE", value_parser = text::tolerance, default_value = "1e-6", help_heading = "Search")]
    pub(super) reach: f64,

    /// Write the best settings to this TOML file, for `amsgrad minimize --config`
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    #[serde(skip)]
    pub(super) save_config: Option<PathBuf>,

    /// Draw how good the values of the first setting are, or of the first two as a map, to this file
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    #[serde(skip)]
    pub(super) plot: Option<PathBuf>,

    #[command(flatten)]
    #[serde(skip)]
    pub(super) look: Look,

    #[command(flatten)]
    #[serde(skip)]
    pub(super) keep: KeepArgs,

    #[command(flatten)]
    #[serde(skip)]
    pub(super) shard: ShardArgs,

    /// Print one JSON document
    #[arg(long)]
    #[serde(skip)]
    pub(super) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Method {
    Grid,
    Random,
    Halving,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Budget {
    Runs(u64),
    Time(Duration),
}

pub(super) fn budget(text: &str) -> Result<Budget, String> {
    match text::natural(text) {
        Ok(runs) => Ok(Budget::Runs(runs)),
        Err(_) if text.trim().ends_with(|c: char| c.is_ascii_alphabetic()) => {
            let time = text::duration(text)?;
            Ok(Budget::Time(Duration::try_from_secs_f64(time).unwrap_or(Duration::MAX)))
        }
        Err(_) => Err("is neither a number of runs nor a time; use one such as 1000, 30s or 5min".to_owned()),
    }
}

impl Args {
    /// What must be the same for runs to be the same. Which settings are tried is not in it: others may be added.
    pub(super) fn identity(&self, target: &Target) -> Value {
        let mut identity = target.identity(&self.settings);
        let more = json!({ "seeds": self.seeds, "check": self.check, "reach": self.reach });
        if let (Value::Object(identity), Value::Object(more)) = (&mut identity, more) {
            identity.extend(more);
        }
        identity
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.settings.starts.is_some() {
            return Err(Failure::input("--starts", "cannot be used here; use --seeds and --check"));
        }
        if self.method == Method::Grid && self.samples.is_some() {
            return Err(Failure::input(
                "--samples",
                "cannot be used with a grid; use --method random or halving",
            ));
        }
        if self.shard.is_given() && self.method == Method::Halving {
            let reason = "the rounds of halving depend on each other; use --method grid or random";
            return Err(Failure::input("--shard", reason));
        }
        if self.shard.is_given() && self.budget.is_some() {
            let reason =
                "cannot be used with --shard, whose runs are all needed; use fewer --samples or --points";
            return Err(Failure::input("--budget", reason));
        }
        for (i, axis) in self.vary.iter().enumerate() {
            if self.vary[..i].iter().any(|other| other.setting == axis.setting) {
                return Err(Failure::input(
                    "--vary",
                    format!("{} is there twice; give it once", axis.setting),
                ));
            }
        }
        let [checkpoint, resume] = self.keep.files();
        let outputs = [checkpoint, resume, ("--save-config", &self.save_config), ("--plot", &self.plot)];
        files::apart(&outputs)?;
        match self.plot {
            None => self.look.is_for_nothing(),
            Some(_) => self.look.check(&[Axis::X, Axis::Y, Axis::Z]),
        }
    }
}
