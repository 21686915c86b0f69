//! Pictures of functions and runs.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use amsgrad::{Constraint, Number, Pack, VectorizedObjective as _};
use amsgrad_plot::{Field, Figure, Format, Ground, Levels, PlotError, Profile, Scale, Style, Trajectory};

pub(crate) use self::look::{Axis, Look};
pub(crate) use self::progress::progress;

use super::history::Line;
use super::plan::Plan;
use crate::failure::Failure;
use crate::files::Draft;
use crate::output;
use crate::target::Target;

pub(crate) mod basins;
mod look;
mod progress;

/// Samples along each side of a surface or a contour.
const SAMPLES: usize = 301;
/// Bands of a contour.
const BANDS: usize = 50;
/// How many samples are evaluated side by side.
const BLOCK: usize = 16;

/// A rectangle: the x interval and the y interval.
pub(crate) type View = [(f64, f64); 2];

/// A picture file that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    argument: &'static str,
    path: PathBuf,
    format: Format,
}

impl Wanted {
    /// The format is what the file's name ends in. A folder that cannot be written is found now, not after the work.
    pub(crate) fn new(argument: &'static str, path: &Path) -> Result<Self, Failure> {
        let format = Format::from_path(path).map_err(|error| Failure::input(argument, error))?;
        drop(Draft::new(argument, path)?);
        Ok(Self { argument, path: path.to_owned(), format })
    }

    /// Writes it as [`write`](Self::write) does, and tells so; where there is nothing to draw, that is told instead.
    pub(crate) fn write_or_tell(&self, figure: Result<Figure, PlotError>) -> Result<(), Failure> {
        if let Err(PlotError::NothingToDraw { what }) = figure {
            output::note(&format!("no picture {}: {what}", self.path.display()));
            return Ok(());
        }
        self.write(figure)?;
        output::note(&format!("wrote {}", self.path.display()));
        Ok(())
    }

    /// Draws and writes it, whole or not at all.
    pub(crate) fn write(&self, figure: Result<Figure, PlotError>) -> Result<(), Failure> {
        let bytes = figure.and_then(|figure| figure.render(self.format));
        let bytes = bytes.map_err(|error| match error {
            PlotError::Domain { .. } => Failure::input("--bounds", error),
            PlotError::LogDomain { .. } => Failure::input("--log", error),
            PlotError::Encode { .. } => Failure::input(self.argument, error),
            other => Failure::Input(other.to_string()),
        })?;
        let mut draft = Draft::new(self.argument, &self.path)?;
        draft.write_all(&bytes).map_err(|error| draft.failed(&error))?;
        draft.finish()
    }
}

/// Draws the function over its plane as a surface, with a run on it if there is one.
pub(crate) fn surface(
    target: &Target,
    view: View,
    run: Option<(&[Line], bool)>,
    look: impl Into<Look>,
) -> Result<Figure, PlotError> {
    let look = look.into();
    let (field, levels) = sample(target, view, &look)?;
    let points = run.map(|(lines, _)| plane_points(lines)).unwrap_or_default();
    let trajectory = run.map(|(lines, maximize)| Trajectory::new(&points).best(best(lines, maximize)));
    amsgrad_plot::surface(&field, levels.scale, trajectory, &style(target, &look))
}

pub(crate) fn contour(target: &Target, view: View, look: impl Into<Look>) -> Result<Figure, PlotError> {
    let look = look.into();
    let (field, levels) = sample(target, view, &look)?;
    amsgrad_plot::contour(&field, levels, &style(target, &look))
}

/// Draws the points of a run over the contour and marks the best one.
pub(crate) fn path(
    target: &Target,
    view: View,
    lines: &[Line],
    maximize: bool,
    look: impl Into<Look>,
) -> Result<Figure, PlotError> {
    path_on(&ground(target, view, look)?, lines, maximize)
}

/// Draws the contour that several pictures share.
pub(crate) fn ground(target: &Target, view: View, look: impl Into<Look>) -> Result<Ground, PlotError> {
    let look = look.into();
    let (field, levels) = sample(target, view, &look)?;
    Ground::new(&field, levels, &style(target, &look))
}

/// Draws the points of a run over a contour and marks the best one.
pub(crate) fn path_on(ground: &Ground, lines: &[Line], maximize: bool) -> Result<Figure, PlotError> {
    let points = plane_points(lines);
    ground.path(Trajectory::new(&points).best(best(lines, maximize)))
}

/// Draws the paths of several runs over the contour.
pub(crate) fn paths(
    target: &Target,
    view: View,
    paths: &[(&str, Vec<[f64; 2]>)],
    look: &Look,
) -> Result<Figure, PlotError> {
    let (field, levels) = sample(target, view, look)?;
    amsgrad_plot::paths(&field, levels, paths, &style(target, look))
}

/// Draws a function of one variable, with a run on it if there is one.
pub(crate) fn curve(
    target: &Target,
    side: (f64, f64),
    run: Option<(&[Line], bool)>,
    look: impl Into<Look>,
) -> Result<Figure, PlotError> {
    let look = look.into();
    let mut scratch = Vec::new();
    let value = |x| target.evaluate(&[x], &mut [0.0], &mut scratch);
    let profile = Profile::sample(side, look.axes(Scale::Linear), value)?;
    let point = |line: &Line| [line.point.first().copied().unwrap_or(f64::NAN), line.value];
    let points: Vec<[f64; 2]> = run.map(|(lines, _)| lines.iter().map(point).collect()).unwrap_or_default();
    let trajectory = run.map(|(lines, maximize)| Trajectory::new(&points).best(best(lines, maximize)));
    let label = target.variables().first().map_or("x", String::as_str);
    let style = look.style(&target.title(), [label, &target.value_name(), ""]);
    amsgrad_plot::profile(&profile, trajectory, &style)
}

fn plane_points(lines: &[Line]) -> Vec<[f64; 2]> {
    lines.iter().filter_map(|line| line.point.first_chunk().copied()).collect()
}

fn best(lines: &[Line], maximize: bool) -> usize {
    let cost = |line: &Line| if maximize { -line.value } else { line.value };
    lines.iter().enumerate().min_by(|a, b| cost(a.1).total_cmp(&cost(b.1))).map_or(0, |(i, _)| i)
}

fn style(target: &Target, look: &Look) -> Style {
    style_along(target, [0, 1], look)
}

/// Returns the style of a picture with these variables along its sides.
fn style_along(target: &Target, axes: [usize; 2], look: &Look) -> Style {
    let label = |side: usize| target.variables().get(axes[side]).map_or("", String::as_str);
    look.style(&target.title(), [label(0), label(1), &target.value_name()])
}

/// Returns the function over a rectangle, and the bands that suit it.
fn sample(target: &Target, view: View, look: &Look) -> Result<(Field, Levels), PlotError> {
    let field = field(target, view)?;
    let scale = look.scale(Axis::Z).unwrap_or_else(|| scale(field.values()));
    Ok((field, Levels { count: look.bands().unwrap_or(BANDS), scale, lines: true }))
}

/// A plane through a point, along two of the coordinates.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) axes: [usize; 2],
    pub(crate) through: Vec<f64>,
}

impl Slice {
    /// Returns the point of the plane at these two coordinates.
    pub(crate) fn at<N: Number<Real = f64>>(&self, [x, y]: [N; 2]) -> Vec<N> {
        let mut point: Vec<N> = self.through.iter().map(|coordinate| N::splat(*coordinate)).collect();
        for (axis, coordinate) in self.axes.into_iter().zip([x, y]) {
            point[axis] = coordinate;
        }
        point
    }

    /// Returns the two coordinates of a point.
    pub(crate) fn of(&self, point: &[f64]) -> [f64; 2] {
        self.axes.map(|axis| point.get(axis).copied().unwrap_or(f64::NAN))
    }
}

/// Samples the function over a rectangle, in packs.
fn field(target: &Target, view: View) -> Result<Field, PlotError> {
    slice(target, view, &Slice { axes: [0, 1], through: vec![0.0; 2] })
}

/// Samples the function over a rectangle of a plane, in packs.
pub(crate) fn slice(target: &Target, view: View, plane: &Slice) -> Result<Field, PlotError> {
    let ([x_range, y_range], samples) = (view, SAMPLES);
    let node = |column, row| Field::node(x_range, y_range, samples, samples, column, row);
    let (mut gradient, mut scratch) = (vec![Pack([0.0; BLOCK]); plane.through.len()], Vec::new());
    let mut values = Vec::with_capacity(samples * samples);
    for row in 0..samples {
        for first in (0..samples).step_by(BLOCK) {
            let at = [0, 1].map(|axis| Pack::from_fn(|i| node((first + i).min(samples - 1), row)[axis]));
            let Pack(block) = target.evaluate(&plane.at(at), &mut gradient, &mut scratch);
            values.extend(block.into_iter().take(samples - first));
        }
    }
    Field::from_values(x_range, y_range, samples, samples, values)
}

/// Chooses the logarithmic scale where no value is negative and half of them lie in the lowest sixth.
fn scale(values: &[f64]) -> Scale {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let steep = match (sorted.first(), sorted.get(sorted.len() / 2), sorted.last()) {
        (Some(least), Some(middle), Some(most)) => *least >= 0.0 && *middle < most / 6.0,
        _ => false,
    };
    if steep { Scale::Log } else { Scale::Linear }
}

/// Where to look at runs of this plan.
pub(crate) fn view_of(plan: &Plan<'_>, lines: &[Line]) -> View {
    let bounded = matches!(&plan.constraint, Constraint::Box(bounds) if bounds.sides() == plan.domain);
    view(&plan.domain, bounded, lines)
}

/// Where to look at a run: the box it was given, sides that are open closed around the points.
pub(crate) fn view(domain: &[(f64, f64)], bounded: bool, lines: &[Line]) -> View {
    let side = |axis: usize| {
        if let (true, Some(side)) = (bounded, domain.get(axis)) {
            return *side;
        }
        let along = lines.iter().filter_map(|line| line.point.get(axis)).copied().filter(|x| x.is_finite());
        let (least, most) = along.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let margin = (0.2 * (most - least)).max(1e-3 * least.abs().max(most.abs())).max(1e-6);
        (least - margin, most + margin)
    };
    [side(0), side(1)]
}
