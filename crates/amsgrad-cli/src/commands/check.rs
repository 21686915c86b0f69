//! `amsgrad check`: is the gradient the gradient of the value?

use std::io::Write as _;

use amsgrad::check::{GradientCheck, GradientReport, Verdict};
use amsgrad::objective::Vectorized;
use amsgrad::random::Uniform;
use amsgrad::{Bounds, Objective as _, ObjectiveError};
use serde::Serialize;
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::json::Spool;
use crate::target::{Target, TargetArgs};
use crate::watch::Watch;
use crate::{output, signals, text};

const EXAMPLES: &str = "Examples:
  amsgrad check 'x^2*y + sin(y)' --bounds -2..2
  amsgrad check 'abs(x)' --at 0
  amsgrad check --problem rosenbrock --dimension 3 --points 1000";

/// Compare the gradient of a formula or a named problem with differences of its values, at many points.
///
/// Each derivative is estimated with six steps and extrapolated. Where the estimates do not settle, at a kink or where
/// values are not finite, it is reported as unclear instead of judged. Exit code 1 where a gradient differs.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    target: TargetArgs,

    /// Where points are drawn: LOWER..UPPER for all variables or NAME=LOWER..UPPER,... [default: the problem's domain,
    /// or -2..2]
    #[arg(long, value_name = "BOUNDS", allow_hyphen_values = true)]
    bounds: Option<String>,

    /// The number of points
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value = "100", value_parser = text::up_to_million)]
    points: usize,

    /// The seed of the draw
    #[arg(long, allow_negative_numbers = true, value_name = "SEED", default_value = "0", value_parser = text::count)]
    seed: u64,

    /// Check at this point alone
    #[arg(long, value_name = "POINT", allow_hyphen_values = true, conflicts_with_all = ["points", "seed"])]
    at: Option<String>,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What was found at the points so far.
#[derive(Default)]
struct Found {
    points: usize,
    differing: usize,
    unclear: usize,
    /// The greatest relative error.
    worst: f64,
    /// The point that is told in full: the only one, or the first that differs.
    told: Option<(Vec<f64>, GradientReport)>,
    /// Every point, for the document.
    checks: Option<Spool>,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let target = args.target.target(&[&args.bounds, &args.at])?;
    target.has_variables()?;
    let sides =
        text::closed_bounds(args.bounds.as_deref(), target.variables(), target.domain(), (-2.0, 2.0))?;
    let at = args.at.as_deref().map(|at| text::point("--at", at, target.variables())).transpose()?;
    let mut check = GradientCheck::default();
    if at.is_none() {
        let bounds = Bounds::new(sides.as_slice()).map_err(|error| Failure::input("--bounds", error))?;
        check.constraint = bounds.into();
    }
    let wanted = if at.is_some() { 1 } else { args.points };
    let checks = if args.json { Some(Spool::new()?) } else { None };
    let mut found = Found { checks, ..Found::default() };
    let mut uniform = Uniform::numpy(args.seed);
    let watch = Watch::new(wanted as u64);
    let mut exact = Vectorized::new(&target);
    // One point of many variables takes many evaluations.
    let mut objective = |x: &[f64], gradient: &mut [f64]| match signals::came() {
        true => Err(ObjectiveError::new("stopped by a signal")),
        false => exact.evaluate(x, gradient),
    };
    while found.points < wanted && !watch.interrupted() {
        let mut draw =
            || sides.iter().map(|(lower, upper)| lower + uniform.next() * (upper - lower)).collect();
        let point = at.clone().unwrap_or_else(&mut draw);
        let report = check.run(&mut objective, &point);
        if watch.interrupted() {
            break;
        }
        found.add(point, report?)?;
        watch.batch_done(0, 1);
    }
    watch.clear();
    if let Some(checks) = found.checks {
        output::print_json(&Document {
            formula: target.formula(),
            variables: target.variables(),
            points: found.points,
            differing: found.differing,
            stopped: found.points < wanted,
            checks,
        })?;
    } else {
        found.tell(&target)?;
    }
    let stopped = found.points < wanted;
    if stopped {
        output::note(&format!("stopped by a signal after {} of {wanted} points", found.points));
    }
    Ok(if found.differing > 0 || stopped { Ending::RunFailed } else { Ending::Done })
}

impl Found {
    fn add(&mut self, point: Vec<f64>, report: GradientReport) -> Result<(), Failure> {
        self.points += 1;
        self.differing += usize::from(report.disagrees());
        self.unclear += usize::from(is_unclear(&report));
        self.worst = self.worst.max(report.relative_error());
        if let Some(checks) = &mut self.checks {
            checks.push(&document(&point, &report))?;
        }
        if self.points == 1 || (self.differing == 1 && report.disagrees()) {
            self.told = Some((point, report));
        }
        Ok(())
    }

    fn tell(&self, target: &Target) -> Result<(), Failure> {
        let mut out = output::stdout();
        writeln!(out, "check   {}", target.formula())?;
        match &self.told {
            Some((_, report)) if self.points == 1 => writeln!(out, "{report}")?,
            told => {
                let agreeing = self.points - self.differing - self.unclear;
                writeln!(out, "points  {agreeing} agree, {} differ", self.differing)?;
                if self.unclear > 0 {
                    let why = "cannot be judged by differences (a kink, noise or no finite value)";
                    writeln!(out, "        {} {why}", self.unclear)?;
                }
                writeln!(out, "error   {} at most, relative to the gradient", text::shown(self.worst))?;
                if let Some((point, report)) = told.as_ref().filter(|(_, report)| report.disagrees()) {
                    writeln!(out, "\nat {point:?}:\n{report}")?;
                }
            }
        }
        Ok(out.flush()?)
    }
}

/// Returns whether no derivative there differs, but some could not be judged.
fn is_unclear(report: &GradientReport) -> bool {
    !report.disagrees()
        && report
            .coordinates
            .iter()
            .any(|(_, found)| !matches!(found.verdict, Verdict::Agrees | Verdict::Differs))
}

#[derive(Serialize)]
struct Document<'a> {
    formula: String,
    variables: &'a [String],
    points: usize,
    differing: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stopped: bool,
    checks: Spool,
}

fn document(point: &[f64], report: &GradientReport) -> Value {
    let components = report.coordinates.iter().map(|(coordinate, found)| {
        json!({ "coordinate": coordinate, "gradient": found.gradient, "difference": found.difference })
    });
    json!({
        "point": point,
        "value": report.value,
        "differs": report.disagrees(),
        "relative_error": report.relative_error(),
        "components": components.collect::<Vec<_>>(),
        "cause": report.cause.as_ref().map(ToString::to_string),
    })
}
