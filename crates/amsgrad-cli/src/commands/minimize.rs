//! `amsgrad minimize`: find a minimum of what is typed.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use amsgrad::Constraint;
use amsgrad_plot::Colors;
use serde_json::{Map, Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::files::Draft;
use crate::minimize::history::{self, Line};
use crate::minimize::pictures::{self, Look, Wanted};
use crate::minimize::plan::Plan;
use crate::minimize::report;
use crate::minimize::settings::Settings;
use crate::minimize::solve::{Seen, Solved, solve};
use crate::target::Target;
use crate::watch::Watch;
use crate::{json, numpy, output, text};

/// Minimise a formula or a named problem.
///
/// The gradient is exact. Where no learning rate is given, short trial runs find one within the limit of steps, and the
/// report says how to repeat the run without them. Exit code 1 where the run fails or is stopped by Ctrl-C; its outcome
/// is printed all the same.
#[derive(Debug, clap::Args)]
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

    /// The colour map of the contour
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = text::one_of::<Colors>(Colors::ALL.map(Colors::name)), default_value = "viridis", help_heading = "Files")]
    colors: Colors,

    /// Print every step in the tutorial's style; with --json, add every step to the document
    #[arg(long)]
    trace: bool,

    /// Print one JSON document: settings, outcome, and with --trace every step
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let settings = match &args.config {
        Some(file) => args.settings.clone().over(file)?,
        None => args.settings.clone(),
    };
    let target = settings.target.target()?;
    target.has_variables()?;
    let plan = Plan::new(&settings, &target)?;
    let wanted = |argument, path: &Option<PathBuf>| {
        path.as_deref().map(|path| Wanted::new(argument, path)).transpose()
    };
    let (plot, curve) = (wanted("--plot", &args.plot)?, wanted("--curve", &args.curve)?);
    let save = args.save_config.as_deref().map(|path| Draft::new("--save-config", path)).transpose()?;
    let mut show = Show::new(args, &target, plot.is_some() || curve.is_some())?;

    let most = plan.stop.steps.saturating_mul(plan.starts.len() as u64);
    let watch = Watch::new(most)?;
    let solved = solve(&plan, &watch, &mut |seen, slots| show.see(seen, slots))?;
    drop(watch);
    let Show { lines, history, trace, failed, .. } = show;
    failed.map_or(Ok(()), Err)?;

    let effective = effective(&settings, &plan, &solved);
    if let Some(history) = history {
        history.finish()?;
    }
    if let Some(mut save) = save {
        let text = effective.to_file()?;
        save.write_all(text.as_bytes()).map_err(|error| save.failed(&error))?;
        save.finish()?;
    }
    if args.json {
        output::print_json(&document(&effective, &plan, &solved, args.trace.then_some(trace)))?;
    } else {
        let mut out = output::stdout();
        report::write(&mut out, &plan, &solved, !args.trace)?;
        out.flush()?;
    }
    draw(&plan, &solved, &lines, args.colors, plot, curve)?;
    let stopped = matches!(solved.outcome.status, amsgrad::Status::Stopped);
    Ok(if solved.outcome.status.is_failure() || stopped { Ending::RunFailed } else { Ending::Done })
}

/// Makes the pictures that are asked for.
fn draw(
    plan: &Plan<'_>,
    solved: &Solved,
    lines: &[Line],
    colors: Colors,
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
    let look = Look::of_run(colors, format!("{}{rate}", solved.rule));
    let progress = || pictures::progress(&plan.target.title(), lines, maximize, &look);
    if let Some(plot) = plot {
        let bounded = matches!(&plan.constraint, Constraint::Box(bounds) if bounds.sides() == plan.domain);
        let view = pictures::view(&plan.domain, bounded, lines);
        plot.write(match plan.target.variables().len() {
            1 => pictures::curve(plan.target, view[0], Some((lines, maximize)), &look),
            2 => pictures::path(plan.target, view, lines, maximize, &look),
            _ => progress(),
        })?;
    }
    curve.map_or(Ok(()), |curve| curve.write(progress()))
}

/// What is done with every step of the run that is reported.
struct Show {
    prints: bool,
    traces: bool,
    keeps: bool,
    lines: Vec<Line>,
    trace: Vec<Value>,
    history: Option<history::Writer>,
    failed: Option<Failure>,
}

impl Show {
    fn new(args: &Args, target: &Target, keeps: bool) -> Result<Self, Failure> {
        let history =
            args.history.as_deref().map(|path| history::Writer::new(path, target.variables())).transpose()?;
        Ok(Self {
            prints: args.trace && !args.json,
            traces: args.trace && args.json,
            keeps,
            lines: Vec::new(),
            trace: Vec::new(),
            history,
            failed: None,
        })
    }

    fn see(&mut self, seen: &dyn Seen, slots: &[&str]) -> ControlFlow<()> {
        match self.try_see(seen, slots) {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failed = Some(failure);
                ControlFlow::Break(())
            }
        }
    }

    fn try_see(&mut self, seen: &dyn Seen, slots: &[&str]) -> Result<(), Failure> {
        if self.prints {
            writeln!(
                output::stdout(),
                ">{} f({}) = {:?}",
                seen.step(),
                numpy::vector(&seen.point()),
                seen.value()
            )?;
        }
        if self.traces {
            self.trace.push(seen.document(slots));
        }
        if self.keeps {
            let (step, value, gradient_norm, point) =
                (seen.step(), seen.value(), seen.gradient_norm(), seen.point());
            self.lines.push(Line { step, value, gradient_norm, point });
        }
        self.history.as_mut().map_or(Ok(()), |history| history.write(seen, slots))
    }
}

/// The settings that make the same run again: what was found or taken by default is written out.
fn effective(settings: &Settings, plan: &Plan<'_>, solved: &Solved) -> Settings {
    let value = |name: &str| {
        let setting = solved.rule_settings.iter().find(|(known, _)| *known == name);
        setting.and_then(|(_, value)| value.to_string().parse().ok())
    };
    let mut effective = settings.clone();
    effective.rule = Some(solved.rule.to_owned());
    effective.learning_rate = value("learning_rate");
    effective.beta1 = value("beta1");
    effective.beta2 = value("beta2");
    effective.epsilon = value("epsilon");
    effective.dialect = value("dialect");
    effective.steps = Some(solved.steps);
    effective.gradient_tolerance = plan.stop.gradient;
    if settings.start.is_none() && settings.numpy_seed.is_none() {
        effective.seed = Some(settings.seed.unwrap_or(0));
    }
    effective
}

fn document(settings: &Settings, plan: &Plan<'_>, solved: &Solved, trace: Option<Vec<Value>>) -> Value {
    let mut effective = serde_json::to_value(settings).unwrap_or_default();
    if let (Value::Object(effective), Some(search)) = (&mut effective, &solved.search) {
        let search = json!({ "candidates": search.candidates, "steps": search.steps });
        effective.insert("search".into(), search);
    }
    let mut document = json::run(effective, trace, &solved.outcome);
    if let (Value::Object(document), true) = (&mut document, solved.starts.len() > 1) {
        let starts = solved.starts.iter().zip(&plan.starts).map(|(ended, start)| {
            let mut entry = Map::new();
            entry.insert("start".into(), start.iter().copied().collect());
            entry.insert("status".into(), ended.status.into());
            entry.insert("value".into(), ended.value.into());
            entry.insert("steps".into(), ended.steps.into());
            Value::from(entry)
        });
        document.insert("best_start".into(), solved.best.into());
        document.insert("starts".into(), starts.collect());
    }
    document
}
