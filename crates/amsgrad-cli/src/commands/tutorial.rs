//! `amsgrad tutorial`: the tutorial's run, line for line, and its three pictures.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use amsgrad::{AmsGrad, Bounds, Minimizer, Outcome, Record, Rule as _, Start};
use amsgrad_plot::{Colors, Format};
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::{json, numpy, output, text};

mod pictures;

/// Run the AMSGrad tutorial: 100 steps on f(x, y) = x^2 + y^2, printed as its own program prints them.
///
/// The tutorial "Gradient Descent Optimization With AMSGrad From Scratch" prints a listing and an output, and the output
/// was not made by that listing: the listing adds 1e-8 to the root in the denominator, the output was computed without
/// it. The last digits differ from the first steps on. The default here is the published output (epsilon 0); `--listing`
/// runs the listing as printed (epsilon 1e-8).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run the listing as printed (epsilon 1e-8) instead of what its published output was made with (epsilon 0)
    #[arg(long)]
    listing: bool,

    /// Also write the three pictures surface, contour and path into this folder, made if need be
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,

    /// The pictures' file format
    #[arg(long, value_name = "FORMAT", ignore_case = true, value_parser = text::one_of::<Format>(Format::ALL.map(Format::name)), default_value = "png", requires = "plots")]
    format: Format,

    /// The pictures' colour map, jet as in the tutorial
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = text::one_of::<Colors>(Colors::ALL.map(Colors::name)), default_value = "jet", requires = "plots")]
    colors: Colors,

    /// Print the run as one JSON document: settings, every step, outcome
    #[arg(long)]
    json: bool,
}

/// The tutorial's objective.
fn objective(x: &[f64], gradient: &mut [f64]) -> f64 {
    gradient[0] = 2.0 * x[0];
    gradient[1] = 2.0 * x[1];
    x[0] * x[0] + x[1] * x[1]
}

const STEPS: u64 = 100;
const SEED: u32 = 1;
/// Lower and upper bound of both coordinates: the start is drawn from there, the run is free to leave.
const DOMAIN: (f64, f64) = (-1.0, 1.0);

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    if let Some(folder) = &args.plots {
        pictures::prepare(folder)?;
    }
    let rule = if args.listing { AmsGrad::tutorial().epsilon(1e-8) } else { AmsGrad::tutorial() };
    let (mut out, mut written) = (output::stdout(), Ok(()));
    let mut trace = Vec::new();
    let mut path: Vec<[f64; 2]> = Vec::new();
    let outcome = minimize(&rule, |record| {
        if let [x, y] = *record.point {
            path.push([x, y]);
        }
        if args.json {
            trace.push(json::record(record, AmsGrad::SLOTS));
        } else if let Some(step) = record.step.checked_sub(1) {
            written = writeln!(out, ">{step} f({}) = {:.5}", numpy::vector(record.point), record.value);
        }
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    if args.json {
        output::print_json(&json::run(settings(&rule), Some(trace), &outcome))?;
    } else {
        let last = &outcome.last;
        writeln!(out, "Done!\nf({}) = {:.6}", numpy::vector(&last.point), last.value)?;
        out.flush()?;
    }
    if let Some(folder) = &args.plots {
        pictures::write(folder, args.format, args.colors, &path)?;
    }
    Ok(Ending::Done)
}

fn minimize(
    rule: &AmsGrad,
    observe: impl FnMut(&Record<'_, f64>) -> ControlFlow<()>,
) -> Result<Outcome<f64>, Failure> {
    let run = || {
        let domain = Bounds::cube(2, DOMAIN.0, DOMAIN.1)?;
        let start = Start::numpy_legacy(SEED).over(domain);
        Minimizer::new(objective).rule(rule.clone()).start(start).steps(STEPS).timed().run_observed(observe)
    };
    run().map_err(|error: amsgrad::Error| Failure::Input(error.to_string()))
}

fn settings(rule: &AmsGrad) -> Value {
    let mut settings = json::settings(rule);
    settings.insert("formula".into(), "x^2 + y^2".into());
    settings.insert("domain".into(), json!([[DOMAIN.0, DOMAIN.1], [DOMAIN.0, DOMAIN.1]]));
    settings.insert("start".into(), json!({ "generator": "numpy.random.seed", "seed": SEED }));
    settings.insert("steps".into(), STEPS.into());
    settings.into()
}
