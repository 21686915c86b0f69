//! `amsgrad basins`: who ends where.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use amsgrad_plot::{Colors, Field};
use serde_json::json;

use super::Ending;
use crate::failure::Failure;
use crate::minimize::basins::{Grid, Place};
use crate::minimize::pictures::{self, View, Wanted};
use crate::minimize::plan::Plan;
use crate::minimize::settings::Settings;
use crate::minimize::solve::solve;
use crate::watch::Watch;
use crate::{output, text};

/// The most starts along a side.
const MOST: usize = 1000;
/// The number of places listed.
const LISTED: usize = 20;

const EXAMPLES: &str = "Examples:
  amsgrad basins --problem himmelblau --side 100 --output basins.png
  amsgrad basins 'sin(x)*sin(y) + 0.1*x' --bounds -4..4 --side 50 -o basins.svg";

/// Draw which minimum is reached from where.
///
/// Runs from a grid of starts over the bounds of a function of two variables, and colours each start by the place where
/// its run ends. The settings are those of `minimize`. Runs that do not converge are grey; more steps may help.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,

    /// The number of starts along each side, 2 to 1000
    #[arg(long, value_name = "N", value_parser = text::positive, default_value = "400", help_heading = "Where")]
    side: usize,

    /// The picture, .png, .svg or .pdf
    #[arg(long, short, value_name = "FILE", help_heading = "Files")]
    output: PathBuf,

    /// The colour map
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = text::one_of::<Colors>(Colors::ALL.map(Colors::name)), default_value = "viridis", help_heading = "Files")]
    colors: Colors,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let Args { settings, side, .. } = args;
    let others = [
        ("--start", settings.start.is_some()),
        ("--starts", settings.starts.is_some()),
        ("--seed", settings.seed.is_some()),
        ("--numpy-seed", settings.numpy_seed.is_some()),
    ];
    if let Some((name, _)) = others.iter().find(|(_, given)| *given) {
        return Err(Failure::input(name, "cannot be used here, where the starts are a grid; use --side"));
    }
    if !(2..=MOST).contains(side) {
        return Err(Failure::input("--side", format!("'{side}' is out of range; use 2 to {MOST}")));
    }
    let target = settings.target.target()?;
    target.has_exactly(2)?;
    let wanted = Wanted::new("--output", &args.output)?;
    let mut plan = Plan::new(settings, &target)?;
    text::with_width(&plan.domain, target.variables())?;
    let [x, y] = *plan.domain.as_slice() else { return Ok(Ending::Done) };
    let grid = Grid::new([x, y], *side);
    plan.starts = grid.starts();

    let watch = Watch::new(plan.stop.step_limit().saturating_mul(plan.starts.len() as u64));
    let solved = solve(&plan, &watch, &mut |_, _| ControlFlow::Continue(()))?;
    let interrupted = watch.interrupted();
    watch.clear();
    let (places, numbers) = grid.places(&solved.starts, settings.maximize);
    let count = solved.starts.len();
    if args.json {
        let place = |place: &Place| json!({ "point": place.point, "value": place.value, "runs": place.runs });
        let places: Vec<_> = places.iter().map(place).collect();
        output::print_json(&json!({ "starts": count, "steps": solved.steps, "places": places }))?;
    } else {
        report(&places, count, target.variables())?;
    }
    if places.is_empty() {
        output::note("no picture: no run converged; try more --steps or a larger --gradient-tolerance");
        return Ok(Ending::RunFailed);
    }
    wanted.write(draw(&places, numbers, [x, y], *side, &pictures::style(&target, args.colors)))?;
    output::note(&format!("wrote {}", args.output.display()));
    Ok(if interrupted { Ending::RunFailed } else { Ending::Done })
}

fn draw(
    places: &[Place],
    numbers: Vec<f64>,
    [x, y]: View,
    side: usize,
    style: &amsgrad_plot::Style,
) -> Result<amsgrad_plot::Figure, amsgrad_plot::PlotError> {
    let points: Vec<[f64; 2]> = places.iter().map(|place| place.point).collect();
    amsgrad_plot::basins(&Field::from_values(x, y, side, side, numbers)?, &points, style)
}

/// The best places, one a line, and what the others come to.
fn report(places: &[Place], count: usize, variables: &[String]) -> Result<(), Failure> {
    let share = |runs: usize| format!("{:.1} %", 100.0 * runs as f64 / count as f64);
    let mut out = output::stdout();
    let names = variables.iter().map(|name| format!("{name:<14}")).collect::<String>();
    writeln!(out, "{:<14}{names}runs", "value")?;
    for place in places.iter().take(LISTED) {
        let numbers = [place.value, place.point[0], place.point[1]];
        let shown = numbers.map(|number| format!("{:<14}", text::shown(number))).concat();
        writeln!(out, "{shown}{}", share(place.runs))?;
    }
    let rest: usize = places.iter().skip(LISTED).map(|place| place.runs).sum();
    if rest > 0 {
        writeln!(out, "{:<42}{}", format!("{} other places", places.len() - LISTED), share(rest))?;
    }
    let nowhere = count - places.iter().map(|place| place.runs).sum::<usize>();
    if nowhere > 0 {
        writeln!(out, "{:<42}{}", "nowhere: not converged", share(nowhere))?;
    }
    out.flush()?;
    Ok(())
}
