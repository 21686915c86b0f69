//! `amsgrad compare`: rules beside each other, from the same starts.

use std::path::PathBuf;

use amsgrad::AnyRule;
use amsgrad::tune::Rounds;
use serde_json::Value;

use super::Ending;
use crate::failure::Failure;
use crate::keep::KeepArgs;
use crate::keep::runs::Runs;
use crate::minimize::pictures::{Axis, Look, Wanted};
use crate::minimize::plan::Plan;
use crate::minimize::score::Score;
use crate::minimize::settings::Settings;
use crate::minimize::solve::rate_across;
use crate::minimize::study::{Study, draw_for_tuning};
use crate::minimize::vary::{Vary, vary};
use crate::target::Target;
use crate::watch::Watch;
use crate::{files, output, text};

mod contender;
mod pictures;
mod report;

use contender::Contender;

const RULES: &str = "amsgrad,amsgrad:torch,adam,adagrad,momentum,gradient-descent";

const EXAMPLES: &str = "Examples:
  amsgrad compare '(1-x)^2 + 100*(y-x^2)^2' --bounds -2..2 --plot values.png --paths paths.png
  amsgrad compare --problem levy --rules amsgrad,adam,adam:beta2=0.99
  amsgrad compare 'x^2 + 30*y^2' --rules amsgrad:paper,amsgrad:torch --as-given --lr 0.01
  amsgrad compare --problem rastrigin --checkpoint rules.jsonl";

/// Compare update rules from the same starts.
///
/// Each rule's learning rate is tuned first: for every rule the same number of settings is tried, from starts that are not
/// compared. A run has arrived when it has come to the best value known, up to a share of what the median start is worse by.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,

    /// The rules, with commas between: a name, then a dialect or settings behind colons, such as adam:beta2=0.99
    #[arg(long, value_name = "RULES", default_value = RULES, help_heading = "Comparison")]
    rules: String,

    /// Number of settings that are tried for each rule
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "24", help_heading = "Comparison")]
    trials: usize,

    /// Another setting to tune, such as beta1=0.8,0.9; rules that do not know it try more learning rates instead; may be
    /// given several times
    #[arg(long, value_name = "SETTING=VALUES", value_parser = vary, help_heading = "Comparison")]
    vary: Vec<Vary>,

    /// Take the learning rates as they are, without tuning
    #[arg(long, conflicts_with_all = ["trials", "vary"], help_heading = "Comparison")]
    as_given: bool,

    /// The share of the way from the median start to the best value known that may be left when a run has arrived
    #[arg(long, allow_negative_numbers = true, value_name = "SHARE", value_parser = text::tolerance, default_value = "1e-6", help_heading = "Comparison")]
    reach: f64,

    /// Draw the values against evaluations to this file: medians, and bands between the quartiles
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    plot: Option<PathBuf>,

    /// Draw the paths from the first start over one contour to this file, of a function of two variables
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    paths: Option<PathBuf>,

    /// Draw the effective learning rate of each coordinate, from the first start, to this file
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    step_sizes: Option<PathBuf>,

    #[command(flatten)]
    keep: KeepArgs,

    #[command(flatten)]
    look: Look,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Args {
    /// The files that are asked for, each with its option.
    fn outputs(&self) -> [(&'static str, &Option<PathBuf>); 3] {
        [("--plot", &self.plot), ("--paths", &self.paths), ("--step-sizes", &self.step_sizes)]
    }

    /// What must be the same for runs to be the same. Which rules and settings are tried is not in it: others may be added.
    fn identity(&self) -> Value {
        let mut identity = serde_json::to_value(&self.settings).unwrap_or_default();
        identity["reach"] = self.reach.into();
        identity
    }

    fn check(&self, target: &Target) -> Result<(), Failure> {
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

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let target = args.settings.target.target()?;
    target.has_variables()?;
    args.check(&target)?;
    let mut wanted = Vec::new();
    for (option, path) in args.outputs() {
        wanted.push(path.as_deref().map(|path| Wanted::new(option, path)).transpose()?);
    }
    let mut settings = args.settings.clone();
    let compared = draw_for_tuning(&mut settings);
    let plan = Plan::new(&settings, &target)?;
    let mut contenders = contender::all(args)?;
    let watch = Watch::without_end();
    let mut kept = Runs::open(args.keep.place()?, "compare", &args.identity())?;
    let (study, goal, starts) = Study::beside(plan, compared, args.reach, &watch, &mut kept)?;
    let (starts, tuning) = (&starts[..], &study.plan.starts[..]);
    let tried = if args.as_given { 0 } else { args.trials.saturating_mul(tuning.len()) };
    let runs = tried.saturating_add(starts.len()).saturating_mul(contenders.len()) as u64;
    watch.expect(runs.saturating_mul(study.plan.stop.step_limit()));
    for contender in &mut contenders {
        if !args.as_given {
            tune(&study, contender, args.trials, &args.vary, (&mut kept, compared))?;
        }
        if !watch.interrupted() {
            contender.scores = study.kept_runs(&mut kept, &contender.rule, 0, starts)?;
        }
    }
    drop(kept);
    contender::rank(&mut contenders, settings.maximize);
    let stopped = watch.interrupted();
    let traced = if wanted.iter().any(Option::is_some) && !stopped {
        pictures::trace(&study, &contenders, starts)?
    } else {
        Vec::new()
    };
    watch.clear();
    let comparison = report::Comparison {
        args,
        plan: &study.plan,
        goal,
        contenders: &contenders,
        starts,
        tuning,
        stopped,
    };
    if args.json {
        output::print_json(&comparison.document())?;
    } else {
        comparison.write(&mut output::stdout())?;
    }
    let arrived = contenders.iter().flat_map(|contender| &contender.scores).any(|score| !score.failed);
    let ending = if arrived && !stopped { Ending::Done } else { Ending::RunFailed };
    if traced.is_empty() {
        if wanted.iter().any(Option::is_some) {
            output::note("no picture: stopped before the runs to draw");
        }
        return Ok(ending);
    }
    let picture = pictures::Picture { args, plan: &study.plan, goal, traced: &traced };
    let draw = [pictures::Picture::values, pictures::Picture::paths, pictures::Picture::step_sizes];
    for (wanted, draw) in wanted.iter().zip(draw) {
        if let Some(wanted) = wanted {
            wanted.write_or_tell(draw(&picture))?;
        }
    }
    Ok(ending)
}

/// Tries settings for a rule, from the starts of the study, and gives it the best ones. The first of the starts has a number
/// among those that are kept.
fn tune(
    study: &Study<'_>,
    contender: &mut Contender,
    trials: usize,
    vary: &[Vary],
    (kept, first): (&mut Runs, usize),
) -> Result<(), Failure> {
    let across = rate_across(&study.plan, study.watch, &contender.rule)?;
    let candidates = contender.candidates(across, trials, vary)?;
    let starts = &study.plan.starts;
    let mut rounds = Rounds::all(candidates.len(), starts.len());
    let mut scores = kept.scores(&candidates, first, starts.len());
    let made = |candidate: usize, start: usize, score: &Score| {
        kept.keep(&candidates[candidate], first + start, score);
        Ok(())
    };
    study.search(&candidates, starts, &mut rounds, &mut scores, made, || false)?;
    if let Some(best) = rounds.ranking().first().and_then(|best| candidates.get(*best)) {
        contender.rule = best.clone();
        contender.tried = candidates.len();
    }
    Ok(())
}

/// Returns the rule at the best of `trials` learning rates, from the starts of the study.
pub(super) fn at_best_rate(study: &Study<'_>, rule: AnyRule, trials: usize) -> Result<AnyRule, Failure> {
    let mut contender = Contender::new(rule.name(), rule.clone(), None);
    tune(study, &mut contender, trials, &[], (&mut Runs::default(), 0))?;
    Ok(contender.rule)
}
