//! `amsgrad plot`: pictures of a formula or of a saved run.

use std::path::PathBuf;

use amsgrad_plot::Colors;
use clap::ValueEnum;

use super::Ending;
use crate::failure::Failure;
use crate::minimize::history::{self, Line};
use crate::minimize::pictures::{self, View, Wanted};
use crate::target::{Target, TargetArgs};
use crate::{output, text};

/// Draw a formula, a named problem or a saved run.
///
/// surface and contour show a function of two variables; path shows a run saved with `minimize --history` over the
/// contour; curve shows value and gradient of a saved run against the step, or a function of one variable.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to draw
    #[arg(value_enum)]
    kind: Kind,

    #[command(flatten)]
    target: TargetArgs,

    /// The part of the plane: LOWER..UPPER for all variables or NAME=LOWER..UPPER,... [default: the problem's domain,
    /// the saved run's surroundings, or -1..1]
    #[arg(long, value_name = "BOUNDS", allow_hyphen_values = true)]
    bounds: Option<String>,

    /// A run saved by `minimize --history`, .csv or .jsonl
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,

    /// The saved run looked for a maximum: mark the greatest value as the best
    #[arg(long)]
    maximize: bool,

    /// The colour map
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = text::one_of::<Colors>(Colors::ALL.map(Colors::name)), default_value = "viridis")]
    colors: Colors,

    /// The picture, .png, .svg or .pdf
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Surface,
    Contour,
    Path,
    Curve,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let wanted = Wanted::new("--output", &args.output)?;
    let lines = args.history.as_deref().map(history::read).transpose()?;
    let figure = match (args.kind, &lines) {
        (Kind::Curve, Some(lines)) => {
            let title = args.target.formula.clone().or(args.target.problem.clone()).unwrap_or_default();
            pictures::progress(&title, lines)
        }
        (Kind::Curve, None) => {
            let target = args.target.target()?;
            of_so_many_variables(&target, 1)?;
            let sides = sides(args, &target)?.first().copied().unwrap_or((-1.0, 1.0));
            pictures::curve(&target, sides)
        }
        (Kind::Path, None) => {
            return Err(Failure::input("--history", "is needed for a path; allowed: a saved run"));
        }
        (kind, lines) => {
            let target = args.target.target()?;
            of_so_many_variables(&target, 2)?;
            let other = lines.iter().flatten().find(|line| line.point.len() != 2);
            if let (Kind::Path, Some(line)) = (kind, other) {
                let reason = format!("a run over {} variables; allowed for a path: 2", line.point.len());
                return Err(Failure::input("--history", reason));
            }
            let view = view(args, &target, lines.as_deref())?;
            match (kind, lines) {
                (Kind::Surface, _) => pictures::surface(&target, view, args.colors),
                (Kind::Path, Some(lines)) => pictures::path(&target, view, lines, args.maximize, args.colors),
                _ => pictures::contour(&target, view, args.colors),
            }
        }
    };
    wanted.write(figure)?;
    output::note(&format!("wrote {}", args.output.display()));
    Ok(Ending::Done)
}

pub(super) fn of_so_many_variables(target: &Target, expected: usize) -> Result<(), Failure> {
    let names = target.variables();
    if names.len() == expected {
        return Ok(());
    }
    let plural = if names.len() == 1 { "" } else { "s" };
    let reason = format!("has {} variable{plural} ({}); allowed: {expected}", names.len(), names.join(", "));
    Err(Failure::input("FORMULA", reason))
}

fn view(args: &Args, target: &Target, lines: Option<&[Line]>) -> Result<View, Failure> {
    if let (None, None, Some(lines)) = (&args.bounds, target.domain(), lines) {
        return Ok(pictures::view(&[], false, lines));
    }
    match sides(args, target)?.as_slice() {
        [x, y] => Ok([*x, *y]),
        _ => Err(Failure::input("--bounds", "allowed: an interval for each of two variables")),
    }
}

fn sides(args: &Args, target: &Target) -> Result<Vec<(f64, f64)>, Failure> {
    text::closed_bounds(args.bounds.as_deref(), target.variables(), target.domain(), (-1.0, 1.0))
}
