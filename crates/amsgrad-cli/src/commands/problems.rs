//! `amsgrad problems`: the named test problems.

use std::io::Write as _;
use std::path::PathBuf;

use amsgrad::problem::{Function, Problem};
use amsgrad_plot::Colors;
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::minimize::pictures::{self, Wanted};
use crate::target::{Target, TargetArgs};
use crate::{output, text};

/// List the named test problems; or tell and draw one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One problem to tell about; all where none is named
    name: Option<String>,

    /// Its number of variables
    #[arg(long, short = 'n', allow_negative_numbers = true, value_name = "N", default_value = "2", value_parser = text::positive, requires = "name")]
    dimension: usize,

    /// Draw its contour in two variables to this file, .png, .svg or .pdf
    #[arg(long, value_name = "FILE", requires = "name")]
    plot: Option<PathBuf>,

    /// The picture's colour map
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
    let of = TargetArgs {
        problem: Some(name.to_owned()),
        dimension: Some(args.dimension),
        ..TargetArgs::default()
    };
    let target = of.target()?;
    let Target::Problem(problem, _) = &target else { return Ok(Ending::Done) };
    let wanted = args.plot.as_deref().map(|path| Wanted::new("--plot", path)).transpose()?;
    let domain = problem.domain();
    if let Some(wanted) = wanted {
        let [x, y] = domain.sides() else {
            return Err(Failure::input(
                "--plot",
                format!("{} variables; allowed: --dimension 2", args.dimension),
            ));
        };
        wanted.write(pictures::contour(&target, [*x, *y], args.colors))?;
    }
    if args.json {
        output::print_json(&document(problem))?;
        return Ok(Ending::Done);
    }
    let mut out = output::stdout();
    writeln!(out, "{}", problem.name())?;
    writeln!(out, "  formula:   {}", problem.formula())?;
    writeln!(out, "  source:    {}", problem.source())?;
    writeln!(out, "  variables: {}", variables(problem))?;
    if let Some((lower, upper)) = domain.sides().first() {
        let same = domain.sides().iter().all(|side| side == &(*lower, *upper));
        let shown: Vec<String> =
            domain.sides().iter().map(|(lower, upper)| format!("{lower}..{upper}")).collect();
        writeln!(out, "  domain:    {}", if same { format!("{lower}..{upper}") } else { shown.join(" x ") })?;
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

fn document(problem: &Problem) -> Value {
    json!({
        "name": problem.name(),
        "formula": problem.formula(),
        "source": problem.source(),
        "dimensions": [problem.dimensions().start(), problem.dimensions().end()],
        "domain": problem.domain().sides(),
        "minimum": problem.minimum(),
        "minimizers": problem.minimizers(),
    })
}
