//! `amsgrad basins`: who ends where.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use amsgrad::rule::Setting;
use serde::Serialize;
use serde_json::json;

use super::Ending;
use crate::failure::Failure;
use crate::minimize::basins::{Grid, Place, Places, rate};
use crate::minimize::pictures::{self, Look, Slice, Wanted};
use crate::minimize::plan::Plan;
use crate::minimize::settings::Settings;
use crate::minimize::shards;
use crate::minimize::solve::{Kept, Solved, solve_from};
use crate::shards::{Call, ShardArgs};
use crate::target::Target;
use crate::watch::Watch;
use crate::{output, text};

/// The most starts along a side.
const MOST: usize = 1000;
/// The number of places listed.
const LISTED: usize = 20;

const RATE: &str = "alpha: a number, or a schedule such as '0.1/sqrt(t)' or 'cosine(0.1, 0, 5000)' [default: the smallest \
                    with which a sample of the runs comes to rest]";

const TOLERANCE: &str = "Stop when no component of the gradient is larger [default: 1e-6]";

const EXAMPLES: &str = "Examples:
  amsgrad basins --problem himmelblau --output basins.png
  amsgrad basins 'sin(x)*sin(y) + 0.1*x' --bounds -4..4 --title '' -o basins.svg
  amsgrad basins --problem rastrigin --dimension 3 --plane 'x[1],x[3]' --shade -o basins.png";

/// Draw which minimum is reached from where.
///
/// Runs from a grid of starts over the bounds of a function of two variables, or of two of its variables, and colors each
/// start by the place where its run ends. The settings are those of `minimize`, except for the learning rate: where none
/// is given, the smallest one is taken with which a sample of the runs comes to rest, since larger ones leap over
/// valleys. Runs that do not come to rest are gray; more steps may help.
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("steps", |steps| steps.help("Limit of steps per start [default: 5000]")),
    mut_arg("gradient_tolerance", |tolerance| tolerance.help(TOLERANCE)),
    mut_arg("learning_rate", |rate| rate.help(RATE)),
    mut_arg("starts", |starts| starts.hide(true)),
    mut_arg("seed", |seed| seed.hide(true)),
    mut_arg("numpy_seed", |seed| seed.hide(true)),
)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,

    /// The two variables along which the starts lie, such as x,y; the others begin at --start, or in the middle of their
    /// bounds. Needed where there are more than two
    #[arg(long, value_name = "NAMES", help_heading = "Where")]
    plane: Option<String>,

    /// The number of starts along each side, 2 to 1000
    #[arg(long, value_name = "N", value_parser = text::positive, default_value = "300", help_heading = "Where")]
    side: usize,

    /// The picture, .png, .svg or .pdf
    #[arg(long, short, value_name = "FILE", required_unless_present = "shard", help_heading = "Files")]
    output: Option<PathBuf>,

    /// Make a color lighter the more steps a run takes
    #[arg(long, help_heading = "Picture")]
    shade: bool,

    #[command(flatten)]
    look: Look,

    #[command(flatten)]
    shard: ShardArgs,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// All that decides where the runs end.
#[derive(Serialize)]
struct Deciding<'a> {
    #[serde(flatten)]
    settings: &'a Settings,
    plane: &'a Option<String>,
    side: usize,
    /// As it is given or found.
    rate: Option<String>,
}

pub(crate) fn run(args: &Args, call: Call<'_>) -> Result<Ending, Failure> {
    let Args { settings, plane, side, .. } = args;
    let others = [
        ("--start", settings.start.is_some() && plane.is_none()),
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
    let target = settings.target()?;
    let axes = axes(plane.as_deref(), &target)?;
    args.look.check(&[])?;
    let mut plan = Plan::new(settings, &target)?;
    let view = axes.map(|axis| plan.domain[axis]);
    let names = axes.map(|axis| target.variables()[axis].clone());
    text::with_width(&view, &names)?;
    let through = match (&settings.start, plan.starts.first()) {
        (Some(_), Some(start)) => start.clone(),
        _ => plan.domain.iter().map(|(lower, upper)| 0.5 * lower + 0.5 * upper).collect(),
    };
    let plane = Slice { axes, through };
    let grid = Grid::new(view, plane.clone(), *side);
    plan.starts = grid.starts();
    let mut plan = plan.at_one_rate()?;

    let watch = Watch::new(plan.stop.step_limit().saturating_mul(plan.starts.len() as u64));
    let tried = match plan.learning_rate {
        Some(_) => None,
        None => {
            let (rate, tried) = rate::find(&plan, axes, &plan.starts, &watch)?;
            plan.learning_rate = Some(rate);
            Some(tried)
        }
    };
    let rate = plan.learning_rate.as_ref().map(ToString::to_string);
    let deciding = Deciding { settings, plane: &args.plane, side: *side, rate };
    let job = call.job(&args.shard, &target.identity(&deciding))?;
    let ends = match shards::ends(job, &plan, &mut Kept::Nothing, &watch)? {
        ControlFlow::Continue(ends) => ends,
        ControlFlow::Break(ending) => return Ok(ending),
    };
    let output = args.output.as_deref().ok_or_else(|| {
        Failure::input(
            "--output",
            "is missing in the shards; add it after --, such as -- --output basins.png",
        )
    })?;
    let wanted = Wanted::new("--output", output)?;
    let solved = solve_from(&plan, ends, &mut Kept::Nothing, &watch, &mut |_, _| ControlFlow::Continue(()))?;
    let interrupted = watch.interrupted();
    watch.clear();
    let field = pictures::slice(&target, view, &plane).map_err(|error| Failure::input("--bounds", error))?;
    let places = grid.places(&plan, &solved.starts, &field);
    if args.json {
        output::print_json(&document(&grid, &places, &solved, plan.stop.step_limit()))?;
    } else {
        report(&places, &solved, tried, &names)?;
    }
    if interrupted {
        output::note("stopped by a signal: runs that had not ended count as not at rest");
    }
    if places.list.is_empty() {
        output::note("no picture: no run came to rest; try more --steps or a larger --gradient-tolerance");
        return Ok(Ending::RunFailed);
    }
    wanted.write(pictures::basins::basins(&target, (view, axes), &places, *side, args.shade, &args.look))?;
    output::note(&format!("wrote {}", output.display()));
    Ok(if interrupted { Ending::RunFailed } else { Ending::Done })
}

/// The two variables along which the starts lie.
fn axes(plane: Option<&str>, target: &Target) -> Result<[usize; 2], Failure> {
    let Some(plane) = plane else {
        return match target.variables().len() {
            0..=2 => target.has_exactly(2).map(|()| [0, 1]),
            found => {
                let reason = format!("is missing, and the function has {found} variables; name two of them");
                Err(Failure::input("--plane", reason))
            }
        };
    };
    let named: Vec<&str> = plane.split(',').map(str::trim).collect();
    let place = |name: &&str| {
        let names = target.variables();
        names.iter().position(|known| known == name).ok_or_else(|| {
            let meant = text::meant(name, names.iter().map(String::as_str));
            Failure::input("--plane", format!("there is no variable '{name}'{meant}; name two"))
        })
    };
    match named.iter().map(place).collect::<Result<Vec<usize>, _>>()?[..] {
        [x, y] if x != y => Ok([x, y]),
        _ => Err(Failure::input("--plane", format!("'{plane}' is not two variables; use two such as x,y"))),
    }
}

/// Runs that came to rest nowhere.
fn moving(places: &Places, count: usize) -> usize {
    count - places.list.iter().map(|place| place.runs).sum::<usize>()
}

fn learning_rate(solved: &Solved) -> Option<&Setting> {
    solved.rule_settings.iter().find_map(|(name, value)| (*name == "learning_rate").then_some(value))
}

fn document(grid: &Grid, places: &Places, solved: &Solved, steps: u64) -> serde_json::Value {
    let place = |place: &Place| json!({ "point": grid.point(place, &solved.starts), "value": place.value, "best": place.best, "runs": place.runs, "converged": place.arrived });
    json!({
        "starts": solved.starts.len(),
        "steps": steps,
        "learning_rate": learning_rate(solved).map(ToString::to_string),
        "places": places.list.iter().map(place).collect::<Vec<_>>(),
        "not_at_rest": moving(places, solved.starts.len()),
    })
}

/// The best places, one per line, and what the others come to.
fn report(
    places: &Places,
    solved: &Solved,
    tried: Option<usize>,
    variables: &[String],
) -> Result<(), Failure> {
    let count = solved.starts.len();
    let share = |runs: usize| format!("{:.1} %", 100.0 * runs as f64 / count as f64);
    let mut out = output::stdout();
    if let (Some(tried), Some(rate)) = (tried, learning_rate(solved)) {
        let of = if tried > 1 {
            format!("the smallest of {tried} tried")
        } else {
            "the smallest tried".to_owned()
        };
        writeln!(out, "learning rate {rate}: {of}; with it the runs come to rest\n")?;
    }
    let names = variables.iter().map(|name| format!("{name:<14}")).collect::<String>();
    writeln!(out, "{:<14}{names}runs", "value")?;
    for place in places.list.iter().take(LISTED) {
        let numbers = [places.told(place), place.point[0], place.point[1]];
        let shown = numbers.map(|number| format!("{:<14}", text::shown(number))).concat();
        writeln!(out, "{shown}{}", share(place.runs))?;
    }
    let mut rest = |what: String, runs: usize| match runs {
        0 => Ok(()),
        _ => writeln!(out, "{what:<42}{}", share(runs)),
    };
    let beyond = places.list.get(LISTED..).unwrap_or_default();
    rest(format!("{} other places", beyond.len()), beyond.iter().map(|place| place.runs).sum())?;
    rest("not at rest at the limit of steps".to_owned(), moving(places, count))?;
    let kinks = places.list.iter().map(|place| place.runs - place.arrived).sum();
    if kinks > 0 {
        writeln!(
            out,
            "\n{} of the runs used up their steps at a place that is lower than all around it",
            share(kinks)
        )?;
    }
    out.flush()?;
    Ok(())
}
