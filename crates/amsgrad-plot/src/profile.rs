//! A function of one variable, with or without a run on it.

use crate::canvas::Canvas;
use crate::curves::Axes;
use crate::look::Look;
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::trajectory::{self, Trajectory, Way};
use crate::visible::runs;
use crate::{Figure, PlotError, Style, adaptive};

/// A function of one variable, sampled where it bends most.
///
/// The line is drawn as smooth as a figure can show it, with tens of thousands of samples if need
/// be. Where the function has no value, jumps or has a pole, the line is broken, and what grows
/// beyond all bounds at a pole does not set the scale of the axis.
///
/// ```
/// use amsgrad_plot::{Axes, Format, Profile, Style, Trajectory, profile};
///
/// let parabola = Profile::sample((-1.0, 4.0), Axes::default(), |x| (x - 2.0) * (x - 2.0))?;
/// let run = [[0.0, 4.0], [1.0, 1.0], [1.8, 0.04]];
/// let figure = profile(&parabola, Some(Trajectory::new(&run)), &Style::default())?;
/// let svg = figure.render(Format::Svg)?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    x: Axis,
    y: Axis,
    points: Vec<[f64; 2]>,
}

impl Profile {
    /// Samples `f` from `x.0` to `x.1`, both ends included.
    ///
    /// # Errors
    /// [`PlotError::Domain`] when the interval is empty or not finite; [`PlotError::LogDomain`] when
    /// it is not positive on a logarithmic axis; [`PlotError::NothingToDraw`] when no value has a place on the y axis.
    pub fn sample(x: (f64, f64), axes: Axes, f: impl FnMut(f64) -> f64) -> Result<Profile, PlotError> {
        let (low, high) = x;
        if !(low < high && (high - low).is_finite()) {
            return Err(PlotError::Domain { axis: "x", low, high });
        }
        if axes.x == Scale::Log && low <= 0.0 {
            return Err(PlotError::LogDomain { axis: "x", low, high });
        }
        let range = Range { low, high };
        let line = adaptive::line(range, [axes.x, axes.y], f).ok_or_else(|| {
            let what = "the function has no value that has a place on the y axis (finite, and positive on a logarithmic axis)";
            PlotError::NothingToDraw { what: what.to_owned() }
        })?;
        let y = match axes.y {
            Scale::Linear => Range::around(line.y.low, line.y.high),
            Scale::Log => Range::around_positive(line.y.low, line.y.high),
        };
        Ok(Profile {
            x: Axis { range, scale: axes.x },
            y: Axis { range: y.padded(axes.y, 0.05), scale: axes.y },
            points: line.points,
        })
    }
}

/// Draws the line of a function of one variable. A run on it, whose points are pairs of x and f(x), is
/// drawn as in [`path`](crate::path); the line then tells the function from the run.
///
/// # Errors
/// A [`PlotError`] when the style is out of range, or the run has no point or no such best one.
pub fn profile(
    profile: &Profile,
    trajectory: Option<Trajectory<'_>>,
    style: &Style,
) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    trajectory.map_or(Ok(()), Trajectory::validate)?;
    let Profile { x, y, points } = profile;
    let header = if trajectory.is_some() { trajectory::header(&canvas) } else { 0.0 };
    let layout = Layout { x: x.clone(), y: y.clone(), color_bar: None, key: 0.0, header, equal: false };
    let plane = Plane::new(&canvas, &layout);
    plane.grid(&mut canvas);
    let place = |[a, b]: [f64; 2]| Some([x.range.place(x.scale, a)?, y.range.place(y.scale, b)?]);
    let places: Vec<_> = points.iter().map(|&point| place(point)).collect();
    let parts: Vec<Vec<_>> =
        runs(&places).into_iter().map(|run| run.into_iter().map(|at| plane.area.at(at)).collect()).collect();
    Look::of(0, false, style).draw(&mut canvas, &parts);
    plane.draw(&mut canvas);
    if let Some(trajectory) = trajectory {
        trajectory.draw(&mut canvas, Way::OnGround, place, plane.area);
    }
    Ok(canvas.finish())
}
