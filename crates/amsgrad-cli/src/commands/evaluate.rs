//! `amsgrad evaluate`: value and gradient at a point.

use std::io::Write as _;

use amsgrad::VectorizedObjective as _;
use serde_json::{Map, Value};

use super::Ending;
use crate::failure::Failure;
use crate::target::{Target, TargetArgs};
use crate::{output, text};

const EXAMPLES: &str = "Examples:
  amsgrad evaluate 'x^2*y + sin(y)' --at 1,2
  amsgrad evaluate 'a*x^2' --let a=3 --at x=2 --show-gradient
  amsgrad evaluate --problem himmelblau --at 3,2 --json";

/// Print the value and the gradient of a formula or a named problem at a point.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    target: TargetArgs,

    /// The point, a number for each variable, such as 1,2 or x=1,y=2; a formula without variables needs none
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    at: Option<String>,

    /// Print the gradient as formulas
    #[arg(long)]
    show_gradient: bool,

    /// Compute in 32-bit numbers instead of 64-bit ones
    #[arg(long)]
    f32: bool,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let target = args.target.target(&[&args.at])?;
    let variables = target.variables();
    let symbolic = if args.show_gradient { Some(symbolic(&target)?) } else { None };
    let point = match &args.at {
        Some(at) => Some(text::point("--at", at, variables)?),
        None if variables.is_empty() => Some(Vec::new()),
        None if args.show_gradient => None,
        None => {
            let (count, names) = (variables.len(), text::names(variables));
            let plural = if count == 1 { "" } else { "s" };
            let reason = format!("is missing; give {count} number{plural}, one for each variable ({names})");
            return Err(Failure::input("--at", reason));
        }
    };
    let answer = point.map(|point| answer(args, &target, &point));
    let mut document = Map::new();
    document.insert("formula".into(), target.formula().into());
    document.insert("variables".into(), variables.into());
    if let Some((value, gradient)) = &answer {
        document.insert("value".into(), (*value).into());
        document.insert("gradient".into(), gradient.iter().copied().collect());
    }
    if let Some(symbolic) = &symbolic {
        document.insert("gradient_formulas".into(), symbolic.clone().into());
    }
    if args.json {
        output::print_json(&Value::from(document))?;
        return Ok(Ending::Done);
    }
    let mut out = output::stdout();
    if let Some((value, gradient)) = answer {
        writeln!(out, "value = {value:?}")?;
        for (name, derivative) in variables.iter().zip(gradient) {
            writeln!(out, "d/d{name} = {derivative:?}")?;
        }
    }
    for (name, derivative) in variables.iter().zip(symbolic.unwrap_or_default()) {
        writeln!(out, "d/d{name} = {derivative}")?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn symbolic(target: &Target) -> Result<Vec<String>, Failure> {
    match target {
        Target::Formula(formula) => Ok(formula.gradient().map(|partial| partial.to_string()).collect()),
        Target::Problem(..) | Target::Fit(_) => Err(Failure::input(
            "--show-gradient",
            "only a formula by itself has a symbolic gradient; leave out --problem and --data",
        )),
    }
}

fn answer(args: &Args, target: &Target, point: &[f64]) -> (f64, Vec<f64>) {
    let mut gradient = vec![0.0; point.len()];
    if args.f32 {
        let (point, mut narrow) =
            (point.iter().map(|x| *x as f32).collect::<Vec<_>>(), vec![0.0_f32; point.len()]);
        let value = target.evaluate(&point, &mut narrow, &mut Vec::new());
        gradient.iter_mut().zip(narrow).for_each(|(wide, narrow)| *wide = narrow.into());
        return (value.into(), gradient);
    }
    let value = target.evaluate(point, &mut gradient, &mut Vec::new());
    (value, gradient)
}
