//! `amsgrad plot`: pictures of a formula or of a saved run.

use std::path::PathBuf;

use amsgrad_plot::{Figure, PlotError};
use clap::ValueEnum;

use super::Ending;
use crate::failure::Failure;
use crate::minimize::history::{self, Line};
use crate::minimize::pictures::{self, Axis, Look, Wanted};
use crate::target::{Target, TargetArgs};
use crate::{output, text};

/// Draw a formula, a named problem or a saved run.
///
/// surface and contour show a function of two variables; path shows a run saved with `minimize --history` over the
/// contour, or on the curve of a function of one variable; curve shows value and gradient of a saved run against the
/// step, or a function of one variable. surface shows a saved run too.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to draw
    #[arg(value_enum)]
    kind: Kind,

    #[command(flatten)]
    target: TargetArgs,

    /// The part that is shown: LOWER..UPPER for all variables or NAME=LOWER..UPPER,... [default: the problem's domain,
    /// the saved run's surroundings, or -1..1]
    #[arg(long, value_name = "BOUNDS", allow_hyphen_values = true)]
    bounds: Option<String>,

    /// A run saved by `minimize --history`, .csv or .jsonl
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,

    /// The saved run looked for a maximum: mark the greatest value as the best
    #[arg(long)]
    maximize: bool,

    #[command(flatten)]
    look: Look,

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

impl Kind {
    /// Returns the axes that may be logarithmic.
    fn axes(self) -> &'static [Axis] {
        match self {
            Self::Surface | Self::Contour => &[Axis::Z],
            Self::Curve => &[Axis::X, Axis::Y],
            // One or two variables.
            Self::Path => &[Axis::X, Axis::Y, Axis::Z],
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let wanted = Wanted::new("--output", &args.output)?;
    args.look.check(args.kind.axes())?;
    let lines = args.history.as_deref().map(history::read).transpose()?;
    let figure = match (args.kind, lines.as_deref()) {
        (Kind::Curve, Some(lines)) => {
            pictures::progress(&args.target.title(), lines, args.maximize, &args.look)
        }
        (Kind::Path, None) => {
            return Err(Failure::input(
                "--history",
                "is missing but needed for a path; give a run that `minimize --history` saved",
            ));
        }
        (kind, lines) => drawn(args, kind, lines)?,
    };
    wanted.write(figure)?;
    output::note(&format!("wrote {}", args.output.display()));
    Ok(Ending::Done)
}

/// Draws the function, with the saved run where the kind has a place for it.
fn drawn(args: &Args, kind: Kind, lines: Option<&[Line]>) -> Result<Result<Figure, PlotError>, Failure> {
    let target = args.target.target(&[&args.bounds])?;
    let variables = target.variables().len();
    let look = &args.look;
    match kind {
        Kind::Curve => target.has_exactly(1)?,
        Kind::Path if variables == 1 => {}
        _ => target.has_exactly(2)?,
    }
    if let Some(line) = lines.into_iter().flatten().find(|line| line.point.len() != variables) {
        let reason = format!("is a run over {} variables; use one over {variables}", line.point.len());
        return Err(Failure::input("--history", reason));
    }
    let run = lines.map(|lines| (lines, args.maximize));
    let sides = sides(args, &target, lines)?;
    Ok(match (kind, sides.as_slice(), lines) {
        (_, [side], _) => pictures::curve(&target, *side, run, look),
        (Kind::Surface, [x, y], _) => pictures::surface(&target, [*x, *y], run, look),
        (Kind::Path, [x, y], Some(lines)) => pictures::path(&target, [*x, *y], lines, args.maximize, look),
        (_, [x, y], _) => pictures::contour(&target, [*x, *y], look),
        _ => {
            return Err(Failure::input(
                "--bounds",
                "leaves a variable without an interval; give one to each",
            ));
        }
    })
}

/// Returns what is shown of each variable.
fn sides(args: &Args, target: &Target, lines: Option<&[Line]>) -> Result<Vec<(f64, f64)>, Failure> {
    let variables = target.variables();
    if let (None, None, Some(lines)) = (&args.bounds, target.domain(), lines) {
        let view = pictures::view(&[], false, lines);
        return Ok(view.into_iter().take(variables.len()).collect());
    }
    let sides = text::closed_bounds(args.bounds.as_deref(), variables, target.domain(), (-1.0, 1.0))?;
    text::with_width(&sides, variables)?;
    Ok(sides)
}
