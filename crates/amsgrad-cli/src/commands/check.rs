//! `amsgrad check`: is the gradient the gradient of the value?

use std::io::Write as _;

use amsgrad::check::{GradientCheck, GradientReport, Verdict};
use amsgrad::random::Uniform;
use amsgrad::{Bounds, VectorizedObjective as _};
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::target::{Target, TargetArgs};
use crate::{output, text};

/// Compare the gradient of a formula or a named problem with differences of its values, at many points.
///
/// Each slope is estimated with six steps and extrapolated; where the estimates do not settle, at a kink or where values
/// are not finite, the slope is told as unclear instead of judged. Exit code 1 where a gradient differs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: TargetArgs,

    /// Where points are drawn: LOWER..UPPER for all variables or NAME=LOWER..UPPER,... [default: the problem's domain,
    /// or -2..2]
    #[arg(long, value_name = "BOUNDS", allow_hyphen_values = true)]
    bounds: Option<String>,

    /// How many points
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value = "100", value_parser = text::positive)]
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

/// One point and what was found there.
struct Checked {
    point: Vec<f64>,
    report: GradientReport,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let target = args.target.target()?;
    target.has_variables()?;
    let sides =
        text::closed_bounds(args.bounds.as_deref(), target.variables(), target.domain(), (-2.0, 2.0))?;
    let points = match &args.at {
        Some(at) => vec![text::point("--at", at, target.variables())?],
        None => {
            let mut uniform = Uniform::numpy(args.seed);
            let mut draw =
                || sides.iter().map(|(lower, upper)| lower + uniform.next() * (upper - lower)).collect();
            (0..args.points).map(|_| draw()).collect()
        }
    };
    let mut check = GradientCheck::default();
    if args.at.is_none() {
        check.constraint = Bounds::new(sides).map_err(|error| Failure::input("--bounds", error))?.into();
    }
    let at = |point: Vec<f64>| {
        let report = check.run(&mut (&target), &point);
        let report = report.map_err(|error| Failure::Input(error.to_string()))?;
        Ok(Checked { point, report })
    };
    let checked = points.into_iter().map(at).collect::<Result<Vec<Checked>, Failure>>()?;
    let differing = checked.iter().filter(|checked| checked.report.disagrees()).count();
    if args.json {
        output::print_json(&document(&target, &checked, differing))?;
    } else {
        tell(&target, &checked, differing)?;
    }
    Ok(if differing > 0 { Ending::RunFailed } else { Ending::Done })
}

fn tell(target: &Target, checked: &[Checked], differing: usize) -> Result<(), Failure> {
    let mut out = output::stdout();
    writeln!(out, "check   {}", target.formula())?;
    if let [one] = checked {
        writeln!(out, "{}", one.report)?;
    } else {
        let worst = checked.iter().map(|checked| checked.report.relative_error()).fold(0.0, f64::max);
        let unclear = checked.iter().filter(|checked| is_unclear(&checked.report)).count();
        writeln!(out, "points  {} agree, {differing} differ", checked.len() - differing - unclear)?;
        if unclear > 0 {
            writeln!(
                out,
                "        {unclear} have a slope that differences cannot judge (a kink, noise or no finite value)"
            )?;
        }
        writeln!(out, "error   {} at most, relative to the gradient", text::shown(worst))?;
        if let Some(bad) = checked.iter().find(|checked| checked.report.disagrees()) {
            writeln!(out, "\nat {:?}:\n{}", bad.point, bad.report)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Whether no slope there differs, but some could not be judged.
fn is_unclear(report: &GradientReport) -> bool {
    !report.disagrees()
        && report
            .coordinates
            .iter()
            .any(|(_, slope)| !matches!(slope.verdict, Verdict::Agrees | Verdict::Differs))
}

fn document(target: &Target, checked: &[Checked], differing: usize) -> Value {
    let entry = |checked: &Checked| {
        let report = &checked.report;
        let slopes = report.coordinates.iter().map(|(coordinate, slope)| {
            json!({ "coordinate": coordinate, "gradient": slope.gradient, "difference": slope.difference })
        });
        json!({
            "point": checked.point,
            "value": report.value,
            "differs": report.disagrees(),
            "relative_error": report.relative_error(),
            "slopes": slopes.collect::<Vec<_>>(),
            "cause": report.cause.as_ref().map(ToString::to_string),
        })
    };
    json!({
        "formula": target.formula(),
        "variables": target.variables(),
        "points": checked.len(),
        "differing": differing,
        "checks": checked.iter().map(entry).collect::<Vec<_>>(),
    })
}
