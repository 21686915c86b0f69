//! `amsgrad tune`: settings of a rule that are good for a problem.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use amsgrad::AnyRule;
use amsgrad::tune::Rounds;
use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::files::Draft;
use crate::keep::KeepArgs;
use crate::keep::runs::Runs;
use crate::minimize::pictures::{Axis, Look, Wanted};
use crate::minimize::plan::Plan;
use crate::minimize::score::{Goal, Score};
use crate::minimize::settings::Settings;
use crate::minimize::shards;
use crate::minimize::solve::rate_across;
use crate::minimize::study::{Items, Study};
use crate::minimize::vary::{Values, Vary, vary};
use crate::shards::{Call, Job, ShardArgs};
use crate::watch::Watch;
use crate::{files, output, text};

mod candidates;
mod picture;
mod report;

use candidates::{Candidate, candidates};
use report::Tuned;

/// Learning rates are tried from this many times the one whose first step crosses the domain, down to this share of it.
const LARGEST: f64 = 10.0;
const SMALLEST: f64 = 1e-5;

const EXAMPLES: &str = "Examples:
  amsgrad tune '(1-x)^2 + 100*(y-x^2)^2' --bounds -2..2 --plot rates.png
  amsgrad tune --problem booth --rule adam --vary lr=0.01..10 --vary beta1=0.5,0.9 --plot map.png
  amsgrad tune --problem levy --samples 50 --vary lr=1e-4..10 --checkpoint runs.jsonl";

/// Find settings that are good for a problem.
///
/// Tries settings from many starts on all cores, and takes those whose median run arrives first at the best value known, up to
/// a share of what the median start is worse by, or comes nearest to it. How good they are is told from other starts. With
/// --checkpoint every run is kept, and a search that was interrupted continues where it stopped.
#[derive(Debug, clap::Args, Serialize)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    #[serde(flatten)]
    settings: Settings,

    /// A setting to try values of: beta1=0.8,0.9, or a range such as lr=1e-4..1; may be given several times [default:
    /// learning rates of every size]
    #[arg(long, value_name = "SETTING=VALUES", value_parser = vary, help_heading = "Search")]
    vary: Vec<Vary>,

    /// Which settings are tried: a grid, or random ones (grid and random from every start; halving from few at first, the
    /// better half from twice as many, and so on)
    #[arg(long, value_enum, default_value = "halving", help_heading = "Search")]
    method: Method,

    /// Number of values of each range in a grid
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "24", help_heading = "Search")]
    points: usize,

    /// Number of random settings; with --method halving these take the place of the grid [default: 100]
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, help_heading = "Search")]
    samples: Option<usize>,

    /// Number of starts that settings are chosen by
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "16", help_heading = "Search")]
    seeds: usize,

    /// Number of other starts that tell how good the chosen settings are
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::up_to_million, default_value = "16", help_heading = "Search")]
    check: usize,

    /// End the search after this number of runs, or after a time such as 30s or 5min
    #[arg(long, value_name = "RUNS|TIME", value_parser = budget, help_heading = "Search")]
    #[serde(skip)]
    budget: Option<Budget>,

    /// The share of the way from the median start to the best value known that may be left when a run has arrived
    #[arg(long, allow_negative_numbers = true, value_name = "SHARE", value_parser = text::tolerance, default_value = "1e-6", help_heading = "Search")]
    reach: f64,

    /// Write the best settings to this TOML file, for `amsgrad minimize --config`
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    #[serde(skip)]
    save_config: Option<PathBuf>,

    /// Draw how good the values of the first setting are, or of the first two as a map, to this file
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    #[serde(skip)]
    plot: Option<PathBuf>,

    #[command(flatten)]
    #[serde(skip)]
    look: Look,

    #[command(flatten)]
    #[serde(skip)]
    keep: KeepArgs,

    #[command(flatten)]
    #[serde(skip)]
    shard: ShardArgs,

    /// Print one JSON document
    #[arg(long)]
    #[serde(skip)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Method {
    Grid,
    Random,
    Halving,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Budget {
    Runs(u64),
    Time(Duration),
}

fn budget(text: &str) -> Result<Budget, String> {
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
    fn identity(&self) -> Value {
        let mut identity = serde_json::to_value(&self.settings).unwrap_or_default();
        let more = json!({ "seeds": self.seeds, "check": self.check, "reach": self.reach });
        if let (Value::Object(identity), Value::Object(more)) = (&mut identity, more) {
            identity.extend(more);
        }
        identity
    }

    fn check(&self) -> Result<(), Failure> {
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

pub(crate) fn run(args: &Args, call: Call<'_>) -> Result<Ending, Failure> {
    args.check()?;
    let target = args.settings.target.target()?;
    target.has_variables()?;
    let mut settings = args.settings.clone();
    if settings.start.is_none() {
        settings.starts = Some(args.seeds.saturating_add(args.check));
    }
    let plan = Plan::new(&settings, &target)?;
    let rule = settings.rule.rule_at_its_rate()?;
    let job = call.job(&args.shard, args)?;
    // A shard has no report, and so no files beside it.
    let file = |path: &'_ Option<PathBuf>| path.clone().filter(|_| job.shard().is_none());
    let wanted = file(&args.plot).map(|path| Wanted::new("--plot", &path)).transpose()?;
    let save = file(&args.save_config).map(|path| Draft::new("--save-config", &path)).transpose()?;

    let watch = Watch::without_end();
    let mut kept = match &job {
        Job::Merge(_) => Runs::default(),
        _ => Runs::open(args.keep.place()?, "tune", &args.identity())?,
    };
    let goal = match &job {
        Job::Merge(parts) => parts.found()?,
        _ => kept.goal(|| Goal::of(&plan, args.reach, &watch), || watch.interrupted())?,
    };
    let mut plan = plan.at_one_rate()?;
    plan.stop.target = goal.map(|goal| goal.target);
    let starts = plan.starts.clone();
    let (starts, checks) =
        if settings.start.is_some() { (&starts[..], &starts[..0]) } else { starts.split_at(args.seeds) };
    let study = Study { plan, watch: &watch, shard: job.shard() };
    let axes = axes(args, &study, &rule)?;
    let candidates: Vec<Candidate> = candidates(args, &rule, &axes)?;
    let rules: Vec<_> = candidates.iter().map(|candidate| candidate.rule.clone()).collect();
    let items = Items { candidates: candidates.len(), starts: starts.len() };
    let mut scores = kept.scores(&rules, 0, starts.len());
    let read = scores.len();
    let part = match job {
        Job::Whole => None,
        Job::Part(part) => Some(part),
        Job::Merge(parts) => {
            scores = shards::scores(&parts, items)?;
            None
        }
    };

    let mut rounds = match args.method {
        Method::Halving => Rounds::halving(rules.len(), starts.len()),
        Method::Grid | Method::Random => Rounds::all(rules.len(), starts.len()),
    };
    let runs = (rounds.runs() + checks.len() as u64).saturating_sub(read as u64);
    let runs = study.shard.map_or(runs, |shard| shard.share(runs));
    watch.expect(runs.saturating_mul(study.plan.stop.step_limit()));
    let (began, made) = (Instant::now(), AtomicU64::new(0));
    let over = || match args.budget {
        Some(Budget::Runs(runs)) => made.load(Ordering::Relaxed) >= runs,
        Some(Budget::Time(time)) => began.elapsed() >= time,
        None => false,
    };
    let keep = |candidate: usize, start: usize, score: &Score| {
        made.fetch_add(1, Ordering::Relaxed);
        kept.keep(&rules[candidate], start, score);
        Ok(())
    };
    let whole = study.search(&rules, starts, &mut rounds, &mut scores, keep, over)?;
    if let Some(part) = part {
        watch.clear();
        return shards::print(part, goal, &scores, items);
    }
    let ranking = report::ranking(&study, &candidates, &scores);
    let mut checked = match ranking.first() {
        Some(best) if !watch.interrupted() => {
            study.kept_runs(&mut kept, &rules[best.candidate], starts.len(), checks)?
        }
        _ => Vec::new(),
    };
    let stopped = watch.interrupted();
    if stopped {
        checked.clear();
    }
    watch.clear();
    drop(kept);
    let tuned = Tuned {
        args,
        plan: &study.plan,
        goal,
        axes: &axes,
        candidates: &candidates,
        ranking: &ranking,
        scores: &scores,
        starts: starts.len(),
        checked: &checked,
        whole,
        stopped,
    };
    if args.json {
        output::print_json(&tuned.document())?;
    } else {
        let mut out = output::stdout();
        tuned.write(&mut out)?;
        out.flush()?;
    }
    let saved = match (save, tuned.best()) {
        (Some(save), Some(best)) => save.fill(best.to_file()?.as_bytes()),
        _ => Ok(()),
    };
    saved.and(wanted.map_or(Ok(()), |wanted| wanted.write_or_tell(picture::draw(&tuned))))?;
    let good = ranking.first().is_some_and(|best| best.finite);
    Ok(if stopped || !good { Ending::RunFailed } else { Ending::Done })
}

/// What is varied: what is asked for, and learning rates of every size where nothing says which.
fn axes(args: &Args, study: &Study<'_>, rule: &AnyRule) -> Result<Vec<Vary>, Failure> {
    let mut axes = args.vary.clone();
    for axis in &axes {
        if !axis.is_of(rule) {
            let known: Vec<&str> = rule.settings().into_iter().map(|(name, _)| name).collect();
            let reason =
                format!("{} has no setting '{}'; use {}", rule.name(), axis.setting, known.join(", "));
            return Err(Failure::input("--vary", reason));
        }
    }
    let given = args.settings.rule.learning_rate.as_ref().is_some_and(|rate| rate.to_string() != "auto");
    if !given && axes.iter().all(|axis| axis.setting != "learning_rate") {
        let across = rate_across(&study.plan, study.watch, rule)?;
        let values = Values::Range(across * SMALLEST, across * LARGEST);
        axes.insert(0, Vary { setting: "learning_rate".to_owned(), values });
    }
    Ok(axes)
}
