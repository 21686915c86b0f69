//! `amsgrad problems`: the named test problems.

use std::io::Write as _;
use std::path::PathBuf;

use amsgrad::problem::{Function, Problem};
use amsgrad_plot::Colors;
use serde::Serialize;
use serde_json::json;

use super::Ending;
use crate::failure::Failure;
use crate::minimize::pictures::{self, Wanted};
use crate::target::{self, Target};
use crate::{output, text};

const EXAMPLES: &str = "Examples:
  amsgrad problems
  amsgrad problems himmelblau --plot himmelblau.svg
  amsgrad problems sphere --dimension 3 --json";

/// List the named test problems; or tell and draw one.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// One problem to tell about; all where none is named
    #[arg(hide_possible_values = true, value_parser = text::AnyProblem)]
    name: Option<String>,

    /// Its number of variables
    #[arg(long, short = 'n', allow_negative_numbers = true, value_name = "N", default_value = "2", value_parser = text::up_to_million, requires = "name")]
    dimension: usize,

    /// Draw its contour in two variables to this file, .png, .svg or .pdf
    #[arg(long, value_name = "FILE", requires = "name")]
    plot: Option<PathBuf>,

    /// The picture's color map
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = text::one_of::<Colors>(Colors::ALL.map(Colors::name)), default_value = "viridis", requires = "plot")]
    colors: Colors,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    match &args.name {
        Some(name) => one(args, name),
        None => all(args),
    }
}

fn all(args: &Args) -> Result<Ending, Failure> {
    let two =
        |function: &Function| Problem::new(*function, 2).map_err(|error| Failure::Input(error.to_string()));
    let problems = Function::ALL.iter().map(two).collect::<Result<Vec<Problem>, Failure>>()?;
    if args.json {
        output::print_json(&json!({ "problems": problems.iter().map(document).collect::<Vec<_>>() }))?;
        return Ok(Ending::Done);
    }
    let mut out = output::stdout();
    writeln!(out, "{:<18}{:<11}formula", "name", "variables")?;
    for problem in problems {
        writeln!(out, "{:<18}{:<11}{}", problem.name(), variables(&problem), problem.formula())?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn one(args: &Args, name: &str) -> Result<Ending, Failure> {
    let problem = target::problem("NAME", name, args.dimension)?;
    let wanted = args.plot.as_deref().map(|path| Wanted::new("--plot", path)).transpose()?;
    let domain = problem.domain();
    if let Some(wanted) = wanted {
        let [x, y] = domain.sides() else {
            let reason = format!("needs a problem of 2 variables, not {}; use --dimension 2", args.dimension);
            return Err(Failure::input("--plot", reason));
        };
        let target = Target::named(problem);
        wanted.write(pictures::contour(&target, [*x, *y], args.colors))?;
    }
    if args.json {
        output::print_json(&document(&problem))?;
        return Ok(Ending::Done);
    }
    let mut out = output::stdout();
    writeln!(out, "{}", problem.name())?;
    writeln!(out, "  formula:   {}", problem.formula())?;
    writeln!(out, "  source:    {}", problem.source())?;
    writeln!(out, "  variables: {}", variables(&problem))?;
    if let Some((lower, upper)) = domain.sides().first() {
        let same = domain.sides().iter().all(|side| side == &(*lower, *upper));
        let side = |(lower, upper): &(f64, f64)| format!("{lower}..{upper}");
        let shown = || domain.sides().iter().map(side).collect::<Vec<_>>().join(" x ");
        writeln!(out, "  domain:    {}", if same { side(&(*lower, *upper)) } else { shown() })?;
    }
    if let Some(minimum) = problem.minimum() {
        writeln!(out, "  minimum:   {minimum:?}")?;
    }
    for minimizer in problem.minimizers().iter().filter(|minimizer| minimizer.len() <= 10) {
        writeln!(out, "    at       {minimizer:?}")?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn variables(problem: &Problem) -> String {
    let allowed = problem.dimensions();
    let (least, most) = (allowed.start(), allowed.end());
    if least == most { least.to_string() } else { format!("{least} or more") }
}

/// A problem as a document, which is made while it is printed: it may have many variables.
#[derive(Serialize)]
struct Document {
    name: &'static str,
    formula: &'static str,
    source: &'static str,
    dimensions: [usize; 2],
    domain: Vec<(f64, f64)>,
    minimum: Option<f64>,
    minimizers: Vec<Vec<f64>>,
}

fn document(problem: &Problem) -> Document {
    Document {
        name: problem.name(),
        formula: problem.formula(),
        source: problem.source(),
        dimensions: [*problem.dimensions().start(), *problem.dimensions().end()],
        domain: problem.domain().sides().to_vec(),
        minimum: problem.minimum(),
        minimizers: problem.minimizers(),
    }
}
