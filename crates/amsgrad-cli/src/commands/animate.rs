//! `amsgrad animate`: a run that is drawn as it goes.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use amsgrad::diagnose::StepSizes;
use amsgrad_plot::{Animation, Axes, Figure, Ground, PlotError, Scale, Series};
use rayon::prelude::*;

use super::Ending;
use crate::failure::Failure;
use crate::files::Draft;
use crate::json::Run;
use crate::minimize::history::Line;
use crate::minimize::pictures::{self, Axis, Look};
use crate::minimize::plan::Plan;
use crate::minimize::report;
use crate::minimize::settings::Settings;
use crate::minimize::solve::solve;
use crate::watch::Watch;
use crate::{output, text};

/// The size of the picture in inches, and the pixels per inch, where nothing else is asked for.
const SIZE: [f64; 2] = [10.0, 5.0];
const DPI: u32 = 100;
/// The share of the height that the effective learning rates take.
const BENEATH: f64 = 0.36;
/// Coordinates whose effective learning rates are drawn.
const COORDINATES: usize = 6;
/// The last frame stays for this many milliseconds.
const LAST: u16 = 2000;
/// Steps that are kept; longer runs are thinned.
const STEPS: usize = 1 << 16;
/// Frames that are drawn at once.
const TOGETHER: usize = 8;

const EXAMPLES: &str = "Examples:
  amsgrad animate '(1-x)^2 + 100*(y-x^2)^2' --start -1.2,1 --lr 0.05 --output run.png
  amsgrad animate --problem himmelblau --rule momentum --lr 0.005 --delay 40 --output run.png";

/// Draw a run as it goes: an animated PNG.
///
/// The path grows over the contour of a function of two variables, or over the curve of one; the value is beside it, the
/// effective learning rates of the coordinates beneath. What is still to come is faint. The settings are those of `minimize`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("starts", |starts| starts.hide(true)))]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,

    /// Number of frames, 2 to 1000, fewer if the run has fewer steps; they lie closer together at its beginning
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::positive, default_value = "100", help_heading = "Picture")]
    frames: usize,

    /// Time from one frame to the next in milliseconds, 1 to 60000
    #[arg(long, allow_negative_numbers = true, value_name = "MS", value_parser = text::positive, default_value = "60", help_heading = "Picture")]
    delay: usize,

    /// The animation, a .png or .apng
    #[arg(long, short, value_name = "FILE", help_heading = "Files")]
    output: PathBuf,

    #[command(flatten)]
    look: Look,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Args {
    fn check(&self, variables: usize) -> Result<(), Failure> {
        let ending = self.output.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        if !matches!(ending.as_deref(), Some("png" | "apng")) {
            let reason =
                format!("'{}' is no animated PNG; use a name ending in .png or .apng", self.output.display());
            return Err(Failure::input("--output", reason));
        }
        if !(2..=1000).contains(&self.frames) {
            return Err(Failure::input(
                "--frames",
                format!("'{}' is out of range; use 2 to 1000", self.frames),
            ));
        }
        if !(1..=60_000).contains(&self.delay) {
            return Err(Failure::input(
                "--delay",
                format!("'{}' is out of range; use 1 to 60000", self.delay),
            ));
        }
        let parts = Parts::new(&self.look, variables);
        let axes: &[Axis] = if variables == 2 { &[Axis::X, Axis::Y, Axis::Z] } else { &[Axis::X, Axis::Y] };
        [&parts.beside, &parts.beneath].into_iter().try_for_each(|part| part.check(axes))
    }
}

/// The looks of the parts: the path, the value beside it, the rates beneath.
struct Parts {
    path: Option<Look>,
    beside: Look,
    beneath: Look,
}

impl Parts {
    fn new(look: &Look, variables: usize) -> Self {
        let look = look.at_dpi(DPI);
        let above = 1.0 - BENEATH;
        let path = (variables <= 2).then(|| look.part(SIZE, [0.5, above]));
        let beside = look.part(SIZE, [if path.is_some() { 0.5 } else { 1.0 }, above]);
        Self { path, beside, beneath: look.part(SIZE, [1.0, BENEATH]) }
    }
}

/// A run as it is drawn.
struct Film<'a> {
    plan: &'a Plan<'a>,
    parts: Parts,
    lines: Vec<Line>,
    /// The effective learning rates that led to each line.
    rates: Vec<Vec<f64>>,
    title: String,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let settings = &args.settings;
    if settings.starts.is_some() {
        return Err(Failure::input("--starts", "cannot be used here, where one run is drawn; leave it out"));
    }
    let target = settings.target()?;
    target.has_variables()?;
    args.check(target.variables().len())?;
    let plan = Plan::new(settings, &target)?;
    let draft = Draft::new("--output", &args.output)?;
    let watch = Watch::new(plan.stop.step_limit());
    let (mut lines, mut rates, mut sizes) = (Vec::new(), Vec::new(), StepSizes::default());
    let (mut every, mut seen_so_far) = (1, 0_u64);
    let solved = solve(&plan, &watch, &mut |seen, _| {
        let now = seen.step_sizes(&mut sizes).unwrap_or_default();
        if seen_so_far.is_multiple_of(every) {
            let (step, value, gradient_norm) = (seen.step(), seen.value(), seen.gradient_norm());
            lines.push(Line { step, value, gradient_norm, point: seen.point() });
            rates.push(now);
        }
        seen_so_far += 1;
        if lines.len() > STEPS {
            (lines, rates) = (halved(&mut lines), halved(&mut rates));
            every *= 2;
        }
        watch.saw(seen.step(), seen.value(), settings.maximize);
        ControlFlow::Continue(())
    })?;
    watch.clear();
    if args.json {
        let effective = serde_json::to_value(settings).unwrap_or_default();
        output::print_json(&Run::<()>::new(effective, None, &solved.outcome))?;
    } else {
        let mut out = output::stdout();
        report::write(&mut out, &plan, &solved, true)?;
        out.flush()?;
    }
    let stopped = watch.interrupted();
    let failed = solved.outcome.status.is_failure() || stopped;
    if lines.is_empty() || stopped {
        output::note("no picture: the run was stopped, or has no step to draw");
        return Ok(Ending::RunFailed);
    }
    let title = format!("{}, {}", target.title(), solved.rule);
    let film =
        Film { plan: &plan, parts: Parts::new(&args.look, target.variables().len()), lines, rates, title };
    match film.drawn(args, &watch)? {
        None => output::note("no picture: stopped while it was drawn"),
        Some(bytes) => {
            draft.fill(&bytes)?;
            output::note(&format!("wrote {}", args.output.display()));
        }
    }
    Ok(if failed || watch.interrupted() { Ending::RunFailed } else { Ending::Done })
}

/// Every second one.
fn halved<T>(all: &mut Vec<T>) -> Vec<T> {
    std::mem::take(all).into_iter().step_by(2).collect()
}

impl Film<'_> {
    /// Draws all frames; `None` where a signal comes meanwhile.
    fn drawn(&self, args: &Args, watch: &Watch) -> Result<Option<Vec<u8>>, Failure> {
        let refused = |error: PlotError| match error {
            PlotError::Domain { .. } => Failure::input("--bounds", error),
            error => Failure::input("--output", error),
        };
        let frames = self.frames(args.frames);
        let ground = self.ground().map_err(refused)?;
        let mut animation = Animation::new(frames.len() as u32);
        for some in frames.chunks(TOGETHER) {
            if watch.interrupted() {
                return Ok(None);
            }
            let pixels = |count: &usize| self.frame(*count, ground.as_ref())?.pixels();
            let pixels: Result<Vec<_>, PlotError> = some.par_iter().map(pixels).collect();
            for (count, pixels) in some.iter().zip(pixels.map_err(refused)?) {
                let delay = if *count == self.lines.len() { LAST } else { args.delay as u16 };
                animation.push(pixels, delay).map_err(refused)?;
            }
        }
        animation.finish().map(Some).map_err(refused)
    }

    /// Returns how many lines each frame shows: more and more between one and the next.
    fn frames(&self, count: usize) -> Vec<usize> {
        let all = self.lines.len();
        let lines = |i: usize| {
            let share = i as f64 / (count - 1) as f64;
            (1.0 + share * share * (all - 1) as f64).round() as usize
        };
        let mut frames: Vec<usize> = Vec::new();
        for i in 0..count {
            let next = frames.last().map_or(1, |last| last + 1).max(lines(i));
            frames.extend((next <= all).then_some(next));
        }
        frames
    }

    /// Draws the contour, the same in every frame; `None` where the function is not one of two variables.
    fn ground(&self) -> Result<Option<Ground>, PlotError> {
        let look = self.parts.path.as_ref().filter(|_| self.plan.target.variables().len() == 2);
        let view = || pictures::view_of(self.plan, &self.lines);
        look.map(|look| pictures::ground(self.plan.target, view(), look)).transpose()
    }

    /// Draws the first `count` lines.
    fn frame(&self, count: usize, ground: Option<&Ground>) -> Result<Figure, PlotError> {
        let so_far = self.lines.get(..count).unwrap_or(&self.lines);
        let maximize = self.plan.settings.maximize;
        let beside = self.values(so_far)?;
        let above = match (&self.parts.path, ground) {
            (None, _) => beside,
            (_, Some(ground)) => pictures::path_on(ground, so_far, maximize)?.beside(beside),
            (Some(look), None) => {
                let [side, _] = pictures::view_of(self.plan, &self.lines);
                let run = Some((so_far, maximize));
                pictures::curve(self.plan.target, side, run, look)?.beside(beside)
            }
        };
        Ok(match self.sizes(count)? {
            None => above,
            Some(beneath) => above.above(beneath),
        })
    }

    /// The value against the step; what is to come is faint.
    fn values(&self, so_far: &[Line]) -> Result<Figure, PlotError> {
        let cost = |line: &Line| if self.plan.settings.maximize { -line.value } else { line.value };
        let positive = self.lines.iter().all(|line| line.value > 0.0 || !line.value.is_finite());
        let least = self.lines.iter().map(cost).fold(f64::INFINITY, f64::min);
        let y = |line: &Line| if positive { line.value } else { cost(line) - least };
        let series = |lines: &[Line]| {
            Series::new("", lines.iter().map(|line| [line.step as f64, y(line)]).collect::<Vec<_>>())
        };
        let all = [Series { faint: true, ..series(&self.lines) }, series(so_far)];
        let above = |line: &Line| y(line) > 0.0 && y(line).is_finite();
        let scale = if self.lines.iter().any(above) { Scale::Log } else { Scale::Linear };
        let label = match (positive, self.plan.settings.maximize) {
            (true, _) => "value",
            (false, false) => "value \u{2212} least",
            (false, true) => "greatest \u{2212} value",
        };
        let look = &self.parts.beside;
        amsgrad_plot::curves(&all, look.axes(scale), &look.style(&self.title, ["step", label, ""]))
    }

    /// The effective learning rates against the step; `None` where no coordinate moved.
    fn sizes(&self, count: usize) -> Result<Option<Figure>, PlotError> {
        let series = |i: usize, count: usize, name: &str| {
            let rates = self.lines.iter().zip(&self.rates).take(count);
            let point = |(line, rates): (&Line, &Vec<f64>)| Some([line.step as f64, *rates.get(i)?]);
            Series::new(name, rates.filter_map(point).collect::<Vec<_>>())
        };
        let named = self.plan.target.variables().iter().enumerate().take(COORDINATES);
        let all: Vec<Series> = named
            .flat_map(|(i, name)| {
                [Series { faint: true, ..series(i, self.lines.len(), "") }, series(i, count, name)]
            })
            .collect();
        let drawable = |point: &[f64; 2]| point[1] > 0.0 && point[1].is_finite();
        if !all.iter().flat_map(|series| &series.points).any(drawable) {
            return Ok(None);
        }
        let look = &self.parts.beneath;
        let axes = Axes { x: look.scale(Axis::X).unwrap_or_default(), y: Scale::Log };
        let style = look.style("", ["step", "effective rate", ""]);
        amsgrad_plot::curves(&all, axes, &style).map(Some)
    }
}
