//! `amsgrad minimize`: find a minimum of what is typed.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::files::{self, Draft};
use crate::json::{List, Run, Spool};
use crate::keep::KeepArgs;
use crate::keep::checkpoint::Keeper;
use crate::keep::starts::Starts;
use crate::minimize::ended::Ended;
use crate::minimize::history::{self, Line};
use crate::minimize::lines::Lines;
use crate::minimize::minima::{Minimum, minima};
use crate::minimize::pictures::{self, Axis, Look, Wanted};
use crate::minimize::plan::Plan;
use crate::minimize::recorder::Recorder;
use crate::minimize::report;
use crate::minimize::settings::Settings;
use crate::minimize::shards;
use crate::minimize::solve::{Kept, Solved, solve_from};
use crate::output;
use crate::shards::{Call, Job, Shard, ShardArgs};
use crate::target::Target;
use crate::watch::Watch;

const EXAMPLES: &str = "Examples:
  amsgrad minimize '(1-x)^2 + 100*(y-x^2)^2' --bounds -2..2
  amsgrad minimize '(x-3)^2 + y^2' --start x=0,y=1 --learning-rate 0.1 --plot path.svg
  amsgrad minimize --problem rastrigin --starts 64 --seed 1 --json
  amsgrad minimize 'sum(i, 1, n, (x[i] - i)^2)' -n 9 --steps 2000 --checkpoint run.ckpt";

/// Minimize a formula, a named problem, or the cost of a model over data.
///
/// The gradient is exact. Where no learning rate is given, trials find one from step to step, and the run goes on until no
/// rate finds a better value. Exit code 1 where the run fails or is stopped by a signal such as Ctrl-C; its outcome is
/// printed all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,

    /// Read settings from this TOML file; what is typed here wins
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    config: Option<PathBuf>,

    /// Write the effective settings to this TOML file, to repeat the run exactly
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    save_config: Option<PathBuf>,

    /// Write every step to this file, .csv or .jsonl
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    history: Option<PathBuf>,

    /// Draw the run to this file, .png, .svg or .pdf: the path over a contour in two dimensions, else the curve
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    plot: Option<PathBuf>,

    /// Draw value and gradient against the step to this file, .png, .svg or .pdf
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    curve: Option<PathBuf>,

    #[command(flatten)]
    keep: KeepArgs,

    #[command(flatten)]
    look: Look,

    #[command(flatten)]
    shard: ShardArgs,

    /// Print every step in the tutorial's style, but with the start as step 0; with --json, add them to the document
    #[arg(long)]
    trace: bool,

    /// Print one JSON document: settings, outcome, and with --trace every step
    #[arg(long)]
    json: bool,
}

impl Args {
    /// Refuses two outputs of one name.
    fn names_apart(&self) -> Result<(), Failure> {
        let [checkpoint, resume] = self.keep.files();
        files::apart(&[
            checkpoint,
            resume,
            ("--save-config", &self.save_config),
            ("--history", &self.history),
            ("--plot", &self.plot),
            ("--curve", &self.curve),
        ])
    }

    /// What is kept of the work, or of a shard of it.
    fn kept(&self, settings: &Settings, target: &Target, shard: Option<Shard>) -> Result<Kept, Failure> {
        const COMMAND: &str = "minimize";
        let Some(place) = self.keep.place()? else { return Ok(Kept::Nothing) };
        let mut identity = target.identity(settings);
        if settings.starts.is_some_and(|starts| starts > 1) {
            if let Some(shard) = shard {
                identity["shard"] = shard.to_string().into();
            }
            return Ok(Kept::Starts(Starts::open(place, COMMAND, identity)?));
        }
        let is_made_of_all =
            self.trace || self.history.is_some() || self.plot.is_some() || self.curve.is_some();
        let mut keeper = Keeper::open(place, COMMAND, identity)?;
        keeper.track(is_made_of_all, target.variables().len(), settings.rule.rule()?.slots())?;
        if keeper.is_torch() && settings.start.is_some() {
            let reason =
                "cannot be used here: the file of PyTorch holds the point to go on from; leave it out";
            return Err(Failure::input("--start", reason));
        }
        if keeper.is_torch() && settings.rule.learning_rate()?.is_none() {
            let reason = "is missing; a run that PyTorch began continues at a learning rate that is given";
            return Err(Failure::input("--learning-rate", reason));
        }
        Ok(Kept::Run(Box::new(keeper)))
    }

    /// Refuses a look that no picture of the run has, or that there is no picture for.
    fn look(&self, variables: usize) -> Result<(), Failure> {
        let axes: &[Axis] = match (&self.plot, &self.curve) {
            (None, None) => return self.look.is_for_nothing(),
            (Some(_), None) if variables == 2 => &[Axis::Z],
            (Some(_), Some(_)) if variables == 2 => &[Axis::X, Axis::Y, Axis::Z],
            _ => &[Axis::X, Axis::Y],
        };
        self.look.check(axes)
    }
}

pub(crate) fn run(args: &Args, call: Call<'_>) -> Result<Ending, Failure> {
    args.names_apart()?;
    let settings = match &args.config {
        Some(file) => args.settings.clone().over(file)?,
        None => args.settings.clone(),
    };
    let target = settings.target()?;
    target.has_variables()?;
    let plan = Plan::new(&settings, &target)?;
    args.look(target.variables().len())?;
    let watch = Watch::new(plan.stop.step_limit().saturating_mul(plan.starts.len() as u64));
    let job = call.job(&args.shard, &target.identity(&settings))?;
    let mut kept = match &job {
        Job::Merge(_) => Kept::Nothing,
        _ => args.kept(&settings, &target, job.shard())?,
    };
    let ends = match shards::ends(job, &plan, &mut kept, &watch)? {
        ControlFlow::Continue(ends) => ends,
        ControlFlow::Break(ending) => return Ok(ending),
    };
    let wanted = |argument, path: &Option<PathBuf>| {
        path.as_deref().map(|path| Wanted::new(argument, path)).transpose()
    };
    let (plot, curve) = (wanted("--plot", &args.plot)?, wanted("--curve", &args.curve)?);
    let save = args.save_config.as_deref().map(|path| Draft::new("--save-config", path)).transpose()?;
    let history = args.history.as_deref();
    let mut recorder = Recorder::default();
    recorder.prints = args.trace && !args.json;
    recorder.trace = if args.trace && args.json { Some(Spool::new()?) } else { None };
    recorder.history = history.map(|path| history::Writer::new(path, target.variables())).transpose()?;
    recorder.lines = (plot.is_some() || curve.is_some()).then(|| Lines::new(settings.maximize));

    let solved = recorder.observe(|observe| {
        solve_from(&plan, ends, &mut kept, &watch, &mut |seen, slots| {
            watch.saw(seen.step(), seen.value(), settings.maximize);
            observe(seen, slots)
        })
    })?;
    watch.clear();
    // A file that could not be written does not keep the outcome from being told.
    let kept = recorder.finish(history, solved.observed);
    let effective = effective(&settings, &plan, &solved);
    let saved = save.map_or(Ok(()), |save| save.fill(effective.to_file()?.as_bytes()));
    if args.json {
        output::print_json(&document(&effective, &plan, &solved, recorder.trace.take()))?;
    } else {
        let mut out = output::stdout();
        report::write(&mut out, &plan, &solved, !args.trace)?;
        out.flush()?;
    }
    drop(watch);
    let drawn = draw(
        &plan,
        &solved,
        &recorder.lines.map(Lines::into_vec).unwrap_or_default(),
        &args.look,
        plot,
        curve,
    );
    kept.and(saved).and(drawn)?;
    let stopped = matches!(solved.outcome.status, amsgrad::Status::Stopped);
    Ok(if solved.outcome.status.is_failure() || stopped { Ending::RunFailed } else { Ending::Done })
}

/// Makes the pictures that are asked for.
fn draw(
    plan: &Plan<'_>,
    solved: &Solved,
    lines: &[Line],
    look: &Look,
    plot: Option<Wanted>,
    curve: Option<Wanted>,
) -> Result<(), Failure> {
    if lines.is_empty() {
        if plot.is_some() || curve.is_some() {
            output::note("no picture: the run that is reported has no step to draw");
        }
        return Ok(());
    }
    let maximize = plan.settings.maximize;
    let rate = solved.rule_settings.iter().find(|(name, _)| *name == "learning_rate");
    let rate = rate.map(|(_, rate)| format!(", learning rate {rate}")).unwrap_or_default();
    let look = look.of_run(format!("{}{rate}", solved.rule));
    let progress = || pictures::progress(&plan.target.title(), lines, maximize, &look);
    if let Some(plot) = plot {
        let view = pictures::view_of(plan, lines);
        plot.write(match plan.target.variables().len() {
            1 => pictures::curve(plan.target, view[0], Some((lines, maximize)), &look),
            2 => pictures::path(plan.target, view, lines, maximize, &look),
            _ => progress(),
        })?;
    }
    curve.map_or(Ok(()), |curve| curve.write(progress()))
}

/// The settings that make the same run again: what was found or taken by default is written out.
fn effective(settings: &Settings, plan: &Plan<'_>, solved: &Solved) -> Settings {
    let mut effective = settings.clone();
    effective.rule.fill(solved.rule, &solved.rule_settings);
    effective.steps = Some(plan.stop.step_limit());
    effective.gradient_tolerance = plan.stop.gradient;
    if settings.start.is_none() && settings.numpy_seed.is_none() {
        effective.seed = Some(settings.seed.unwrap_or(0));
    }
    effective
}

fn document<'a>(
    settings: &Settings,
    plan: &'a Plan<'_>,
    solved: &'a Solved,
    trace: Option<Spool>,
) -> impl Serialize + use<'a> {
    let mut effective = serde_json::to_value(settings).unwrap_or_default();
    if let (Value::Object(effective), Some(search)) = (&mut effective, &solved.search) {
        let search = json!({ "candidates": search.candidates, "steps": search.steps });
        effective.insert("search".into(), search);
    }
    let mut document = Run::new(effective, trace, &solved.outcome);
    if solved.starts.len() > 1 {
        let start = |(ended, start): (&Ended, &Vec<f64>)| {
            let end = json!({ "point": ended.last_point, "value": ended.last_value });
            json!({ "start": start, "status": ended.exit.name(), "value": ended.value, "steps": ended.steps, "end": end })
        };
        let minimum = |minimum: &Minimum<'_>| json!({ "point": minimum.point, "value": minimum.value, "runs": minimum.runs });
        document.best_start = Some(solved.best);
        document.minima = Some(minima(plan, solved).iter().map(minimum).collect());
        document.starts = Some(List(move || solved.starts.iter().zip(&plan.starts).map(start)));
    }
    document
}
