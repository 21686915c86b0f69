//! `amsgrad tutorial`: the tutorial's run, line for line, and its three pictures.

use std::io::{BufWriter, StdoutLock, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use amsgrad::error::SettingError;
use amsgrad::{AmsGrad, AnyRule, Bounds, Minimizer, Outcome, Record, Rule as _, Start};
use amsgrad_plot::{Colors, Format};
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::files::Draft;
use crate::json::{Run, Spool};
use crate::text::Text;
use crate::{json, numpy, output, text};

mod pictures;
mod problem;

use problem::{DOMAIN, objective};

const EXAMPLES: &str = "Examples:
  amsgrad tutorial
  amsgrad tutorial --plots pictures
  amsgrad tutorial --rule adam --alpha 0.02 --steps 60 --seed 3";

/// Run the AMSGrad tutorial: 100 steps on f(x, y) = x^2 + y^2, printed as its own program prints them.
///
/// The tutorial "Gradient Descent Optimization With AMSGrad From Scratch" prints a listing and an output, and the output
/// was not made by that listing: the listing adds 1e-8 to the root in the denominator, the output was computed without
/// it. The last digits differ from the first steps on. The default here is the published output (epsilon 0); `--listing`
/// runs the listing as printed (epsilon 1e-8).
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Run the listing as printed (epsilon 1e-8) instead of what its published output was made with (epsilon 0)
    #[arg(long)]
    listing: bool,

    /// Another seed of the start, as numpy.random.seed(SEED)
    #[arg(long, allow_negative_numbers = true, value_name = "SEED", default_value = "1", value_parser = text::seed_32)]
    seed: u32,

    /// Another number of steps, up to a million
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value = "100", value_parser = text::up_to_million)]
    steps: usize,

    /// Another learning rate, a number or a schedule [default: 0.007]
    #[arg(long, visible_aliases = ["learning-rate", "lr"], allow_negative_numbers = true, value_name = "RATE", value_parser = text::fixed_rate)]
    alpha: Option<Text>,

    /// Another decay of the first moment, a number or a schedule [default: 0.9^t, as in the tutorial]
    #[arg(long, allow_negative_numbers = true, value_name = "DECAY", value_parser = text::beta1)]
    beta1: Option<Text>,

    /// Another decay of the second moment [default: 0.99]
    #[arg(long, allow_negative_numbers = true, value_name = "DECAY", value_parser = text::beta2)]
    beta2: Option<Text>,

    /// Another update rule, with its own defaults where no option sets them; `amsgrad rules` lists them
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = text::one_of::<String>(text::rules()), default_value = "amsgrad", conflicts_with = "listing")]
    rule: String,

    /// Also write the three pictures surface, contour and path into this folder, made if need be
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,

    /// The pictures' file format
    #[arg(long, value_name = "FORMAT", ignore_case = true, value_parser = text::one_of::<Format>(Format::ALL.map(Format::name)), default_value = "png", requires = "plots")]
    format: Format,

    /// The pictures' color map, jet as in the tutorial
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = text::one_of::<Colors>(Colors::ALL.map(Colors::name)), default_value = "jet", requires = "plots")]
    colors: Colors,

    /// Print the run as one JSON document: settings, every step, outcome
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    if let Some(folder) = &args.plots {
        if folder.exists() && !folder.is_dir() {
            let reason = format!("{} is a file; give a folder, which is made if need be", folder.display());
            return Err(Failure::input("--plots", reason));
        }
        pictures::prepare(folder)?;
        // Whether files can be made there is found before the work.
        drop(Draft::new("--plots", &folder.join(format!("surface.{}", args.format)))?);
    }
    let path = run_with(args, rule(args)?)?;
    if let Some(folder) = &args.plots {
        pictures::write(folder, args.format, args.colors, &path)?;
    }
    Ok(Ending::Done)
}

/// The tutorial's rule; another one keeps its own settings but for the tutorial's learning rate.
fn rule(args: &Args) -> Result<AnyRule, Failure> {
    if args.rule == AmsGrad::NAME {
        let tutorial = AmsGrad::tutorial();
        return Ok(if args.listing { tutorial.epsilon(1e-8) } else { tutorial }.into());
    }
    let unknown = |_| format!("there is no '{}'; 'amsgrad rules' lists all", args.rule);
    let mut rule = AnyRule::named(&args.rule).map_err(|error| Failure::input("--rule", unknown(error)))?;
    rule.set("learning_rate", "0.007")?;
    Ok(rule)
}

/// Runs and prints; the points of the run.
fn run_with(args: &Args, mut rule: AnyRule) -> Result<Vec<[f64; 2]>, Failure> {
    for (option, name, value) in [
        ("--alpha", "learning_rate", &args.alpha),
        ("--beta1", "beta1", &args.beta1),
        ("--beta2", "beta2", &args.beta2),
    ] {
        if let Some(value) = value {
            let refused = |error: SettingError| Failure::input(option, error);
            rule.set(name, &value.to_string()).map_err(refused)?;
        }
    }
    let mut printer = Printer { out: output::stdout(), trace: None, path: Vec::new(), failed: None };
    if args.json {
        printer.trace = Some(Spool::new()?);
    }
    let domain = Bounds::cube(2, DOMAIN.0, DOMAIN.1)?;
    let start = Start::numpy_legacy(args.seed).over(domain);
    let run = Minimizer::new(objective).rule(rule.clone()).start(start).steps(args.steps as u64).timed();
    let outcome = run.run_observed(|record| printer.see(record, rule.slots()))?;
    printer.finish(settings(args, &rule), &outcome)
}

/// Prints every step, or keeps it for the document.
struct Printer {
    out: BufWriter<StdoutLock<'static>>,
    trace: Option<Spool>,
    path: Vec<[f64; 2]>,
    failed: Option<Failure>,
}

impl Printer {
    fn see(&mut self, record: &Record<'_, f64>, slots: &[&str]) -> ControlFlow<()> {
        if let [x, y] = *record.point {
            self.path.push([x, y]);
        }
        let written = match (&mut self.trace, record.step.checked_sub(1)) {
            (Some(trace), _) => trace.push(&json::record(record, slots)),
            (None, Some(step)) => {
                let point = numpy::vector(record.point);
                writeln!(self.out, ">{step} f({point}) = {:.5}", record.value).map_err(Failure::from)
            }
            (None, None) => Ok(()),
        };
        self.failed = written.err();
        if self.failed.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn finish(mut self, settings: Value, outcome: &Outcome<f64>) -> Result<Vec<[f64; 2]>, Failure> {
        self.failed.map_or(Ok(()), Err)?;
        if self.trace.is_some() {
            serde_json::to_writer_pretty(&mut self.out, &Run::<()>::new(settings, self.trace, outcome))
                .map_err(std::io::Error::from)?;
            writeln!(self.out)?;
        } else {
            let last = &outcome.last;
            writeln!(self.out, "Done!\nf({}) = {:.6}", numpy::vector(&last.point), last.value)?;
        }
        self.out.flush()?;
        Ok(self.path)
    }
}

fn settings(args: &Args, rule: &AnyRule) -> Value {
    let mut settings = json::settings(rule);
    settings.insert("formula".into(), "x^2 + y^2".into());
    settings.insert("domain".into(), json!([[DOMAIN.0, DOMAIN.1], [DOMAIN.0, DOMAIN.1]]));
    settings.insert("start".into(), json!({ "generator": "numpy.random.seed", "seed": args.seed }));
    settings.insert("steps".into(), args.steps.into());
    settings.into()
}
