//! Pictures of functions and runs.

use std::path::{Path, PathBuf};

use amsgrad::{Number as _, Pack, VectorizedObjective as _};
use amsgrad_plot::{
    Axes, Colors, Field, Figure, Format, Levels, PlotError, Scale, Series, Style, Trajectory,
};

use super::history::Line;
use crate::failure::Failure;
use crate::files::Draft;
use crate::target::Target;

/// Samples along each side of a surface or a contour.
const SAMPLES: usize = 301;
/// Samples along a curve.
const CURVE_SAMPLES: usize = 1001;
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

    /// Draws and writes it.
    pub(crate) fn write(&self, figure: Result<Figure, PlotError>) -> Result<(), Failure> {
        let written = figure.and_then(|figure| figure.write(&self.path, self.format));
        written.map_err(|error| Failure::input(self.argument, error))
    }
}

pub(crate) fn style(target: &Target, colors: Colors) -> Style {
    let label = |i: usize| target.variables().get(i).cloned().unwrap_or_default();
    let names = target.variables().join(", ");
    let z_label = if names.len() <= 12 { format!("f({names})") } else { "f".to_owned() };
    Style { title: target.title(), x_label: label(0), y_label: label(1), z_label, colors, ..Style::default() }
}

pub(crate) fn surface(target: &Target, view: View, colors: Colors) -> Result<Figure, PlotError> {
    amsgrad_plot::surface(&sample(target, view)?.0, &style(target, colors))
}

pub(crate) fn contour(target: &Target, view: View, colors: Colors) -> Result<Figure, PlotError> {
    let (field, levels) = sample(target, view)?;
    amsgrad_plot::contour(&field, levels, &style(target, colors))
}

/// The points of a run over the contour; the best one is marked.
pub(crate) fn path(
    target: &Target,
    view: View,
    lines: &[Line],
    maximize: bool,
    colors: Colors,
) -> Result<Figure, PlotError> {
    let points: Vec<[f64; 2]> = lines.iter().filter_map(|line| line.point.first_chunk().copied()).collect();
    let cost = |line: &Line| if maximize { -line.value } else { line.value };
    let best = lines.iter().enumerate().min_by(|a, b| cost(a.1).total_cmp(&cost(b.1))).map_or(0, |(i, _)| i);
    let (field, levels) = sample(target, view)?;
    let trajectory = Trajectory::new(&points).best(best);
    amsgrad_plot::path(&field, levels, trajectory, &style(target, colors))
}

/// Value and gradient norm against the step.
pub(crate) fn progress(title: &str, lines: &[Line]) -> Result<Figure, PlotError> {
    let least = lines.iter().map(|line| line.value).fold(f64::INFINITY, f64::min);
    // Where values are not all positive a logarithm shows their distance from the least one.
    let (name, shift) = if least > 0.0 { ("value", 0.0) } else { ("value less the least", least) };
    let series = |name: &str, y: &dyn Fn(&Line) -> f64| {
        Series::new(name, lines.iter().map(|line| [line.step as f64, y(line)]).collect::<Vec<_>>())
    };
    let all = [
        series(name, &|line| line.value - shift),
        series("largest gradient component", &|line| line.gradient_norm),
    ];
    let drawable = all.iter().any(|series| series.points.iter().any(|[_, y]| *y > 0.0 && y.is_finite()));
    let axes = Axes { y: if drawable { Scale::Log } else { Scale::Linear }, ..Axes::default() };
    amsgrad_plot::curves(&all, axes, &curve_style(title, "step", ""))
}

/// A function of one variable.
pub(crate) fn curve(target: &Target, (from, to): (f64, f64)) -> Result<Figure, PlotError> {
    let mut scratch = Vec::new();
    let points = (0..CURVE_SAMPLES).map(|i| {
        let x = from + (to - from) * (i as f64 / (CURVE_SAMPLES - 1) as f64);
        [x, target.evaluate(&[x], &mut [0.0], &mut scratch)]
    });
    let series = [Series::new("", points.collect::<Vec<_>>())];
    let label = target.variables().first().map_or("x", String::as_str);
    amsgrad_plot::curves(
        &series,
        Axes::default(),
        &curve_style(&target.title(), label, &format!("f({label})")),
    )
}

fn curve_style(title: &str, x_label: &str, y_label: &str) -> Style {
    let (title, x_label, y_label) = (title.to_owned(), x_label.to_owned(), y_label.to_owned());
    Style { title, x_label, y_label, ..Style::default() }
}

/// The function over a rectangle, computed in packs, and the bands that suit it.
fn sample(target: &Target, view: View) -> Result<(Field, Levels), PlotError> {
    let [x_range, y_range] = view;
    let node = |column, row| Field::node(x_range, y_range, SAMPLES, SAMPLES, column, row);
    let (mut gradient, mut scratch) = ([Pack([0.0; BLOCK]); 2], Vec::new());
    let mut values = Vec::with_capacity(SAMPLES * SAMPLES);
    for row in 0..SAMPLES {
        for first in (0..SAMPLES).step_by(BLOCK) {
            let [x, y] = [0, 1].map(|axis| Pack::from_fn(|i| node((first + i).min(SAMPLES - 1), row)[axis]));
            let Pack(block) = target.evaluate(&[x, y], &mut gradient, &mut scratch);
            values.extend(block.into_iter().take(SAMPLES - first));
        }
    }
    let levels = levels(&values);
    Ok((Field::from_values(x_range, y_range, SAMPLES, SAMPLES, values)?, levels))
}

/// Bands of equal width; of equal ratio where no value is negative and half of them lie in the lowest tenth.
fn levels(values: &[f64]) -> Levels {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let steep = match (sorted.first(), sorted.get(sorted.len() / 2), sorted.last()) {
        (Some(least), Some(middle), Some(most)) => *least >= 0.0 && *middle < 0.1 * most,
        _ => false,
    };
    Levels { count: BANDS, scale: if steep { Scale::Log } else { Scale::Linear } }
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
