//! The pictures of a comparison: values, paths, effective learning rates.

use std::ops::ControlFlow;

use amsgrad::diagnose::StepSizes;
use amsgrad::tune::quartiles;
use amsgrad_plot::{Axes, Figure, PlotError, Scale, Series};
use rayon::prelude::*;

use super::args::Args;
use super::contender::Contender;
use crate::failure::Failure;
use crate::minimize::history::Line;
use crate::minimize::pictures::{self, Axis};
use crate::minimize::plan::Plan;
use crate::minimize::score::Goal;
use crate::minimize::solve::trace as observe;
use crate::minimize::study::Study;

/// A point is drawn after this many times the evaluations of the one before.
const RATIO: f64 = 1.03;
/// Coordinates whose effective learning rates are drawn.
const COORDINATES: usize = 4;
/// The sides of a panel in inches.
const PANEL: [f64; 2] = [4.2, 3.2];

/// The runs of one rule.
pub(super) struct Traced {
    label: String,
    /// Of each start: the best values so far, and after how many evaluations.
    values: Vec<Vec<(u64, f64)>>,
    /// From the first start: the points, and the effective learning rates with the steps they belong to.
    path: Vec<Vec<f64>>,
    sizes: Vec<(u64, Vec<f64>)>,
}

/// Which evaluations are drawn, out of many.
struct Due(u64);

impl Due {
    fn is_now(&mut self, count: u64) -> bool {
        let now = count >= self.0;
        if now {
            self.0 = ((count as f64 * RATIO) as u64).max(count + 1);
        }
        now
    }
}

/// Makes the runs once more, step by step.
pub(super) fn trace(
    study: &Study<'_>,
    contenders: &[Contender],
    starts: &[Vec<f64>],
) -> Result<Vec<Traced>, Failure> {
    let run = |contender: &Contender| {
        let mut traced = Traced {
            label: contender.label.clone(),
            values: Vec::new(),
            path: Vec::new(),
            sizes: Vec::new(),
        };
        let cost = |value: f64| if study.plan.settings.maximize { -value } else { value };
        for (i, start) in starts.iter().enumerate() {
            let (mut due, mut best, mut sizes, mut values) =
                (Due(1), f64::NAN, StepSizes::default(), Vec::new());
            let ended = observe(&study.plan, study.watch, &contender.rule, start, &mut |seen| {
                let count = seen.step() + 1;
                best = cost(seen.value()).min(best);
                let now = due.is_now(count);
                if now {
                    values.push((count, cost(best)));
                }
                if i == 0 {
                    traced.path.push(seen.point());
                    let rates = seen.step_sizes(&mut sizes);
                    traced.sizes.extend(rates.filter(|_| now).map(|rates| (seen.step(), rates)));
                }
                ControlFlow::Continue(())
            })?;
            values.push((ended.steps + 1, cost(best)));
            traced.values.push(values);
        }
        Ok(traced)
    };
    contenders.par_iter().map(run).collect()
}

/// What the pictures are made of.
pub(super) struct Picture<'a> {
    pub(super) args: &'a Args,
    pub(super) plan: &'a Plan<'a>,
    pub(super) goal: Option<Goal>,
    pub(super) traced: &'a [Traced],
}

impl Picture<'_> {
    /// Draws the median of the best values so far, with a band between the quartiles.
    pub(super) fn values(&self) -> Result<Figure, PlotError> {
        let cost = |value: f64| if self.args.settings.maximize { -value } else { value };
        let all = self.traced.iter().flat_map(|traced| &traced.values).flatten();
        let reached = all.map(|(_, value)| cost(*value)).fold(f64::INFINITY, f64::min);
        let best = self.goal.map_or(reached, |goal| cost(goal.best).min(reached));
        let end =
            self.traced.iter().flat_map(|traced| &traced.values).flatten().map(|(count, _)| *count).max();
        let series = |traced: &Traced| {
            let mut counts: Vec<u64> =
                traced.values.iter().flatten().map(|(count, _)| *count).chain(end).collect();
            counts.sort_unstable();
            counts.dedup();
            let at = |values: &Vec<(u64, f64)>, count: u64| {
                let before = values.partition_point(|(other, _)| *other <= count).checked_sub(1);
                before.map_or(f64::INFINITY, |before| cost(values[before].1) - best)
            };
            let (mut points, mut band) = (Vec::new(), Vec::new());
            for count in counts {
                let gaps: Vec<f64> = traced.values.iter().map(|values| at(values, count)).collect();
                let [low, median, high] = quartiles(&gaps);
                points.push([count as f64, median]);
                band.push([count as f64, low, high]);
            }
            let band = if traced.values.len() > 2 { band } else { Vec::new() };
            Series::new(traced.label.clone(), points).band(band)
        };
        let series: Vec<Series> = self.traced.iter().map(series).collect();
        let positive =
            series.iter().flat_map(|one| &one.points).any(|point| point[1] > 0.0 && point[1].is_finite());
        let scale = if positive { Scale::Log } else { Scale::Linear };
        let axes =
            Axes { x: self.args.look.scale(Axis::X).unwrap_or(Scale::Log), ..self.args.look.axes(scale) };
        let label = if self.args.settings.maximize {
            "best known \u{2212} value"
        } else {
            "value \u{2212} best known"
        };
        amsgrad_plot::curves(
            &series,
            axes,
            &self.args.look.style(&self.plan.target.title(), ["evaluations", label, ""]),
        )
    }

    /// Draws the paths from the first start over one contour.
    pub(super) fn paths(&self) -> Result<Figure, PlotError> {
        let line = |point: &Vec<f64>| Line { point: point.clone(), ..Line::default() };
        let lines: Vec<Line> = self.traced.iter().flat_map(|traced| &traced.path).map(line).collect();
        if lines.is_empty() {
            return Err(PlotError::NothingToDraw { what: "no run made a step".to_owned() });
        }
        let view = pictures::view_of(self.plan, &lines);
        let plane = |point: &Vec<f64>| point.first_chunk().copied();
        let paths: Vec<(&str, Vec<[f64; 2]>)> = self
            .traced
            .iter()
            .map(|traced| (traced.label.as_str(), traced.path.iter().filter_map(plane).collect()))
            .collect();
        pictures::paths(self.plan.target, view, &paths, &self.args.look)
    }

    /// Draws the effective learning rates of the first coordinates.
    pub(super) fn step_sizes(&self) -> Result<Figure, PlotError> {
        let variables = self.plan.target.variables();
        let count = variables.len().min(COORDINATES);
        let look = self.args.look.panels([PANEL[0] * count as f64, PANEL[1]], [count, 1]);
        let axes = Axes { x: look.scale(Axis::X).unwrap_or(Scale::Log), ..look.axes(Scale::Log) };
        let panel = |(i, name): (usize, &String)| {
            let series = |traced: &Traced| {
                let point = |(step, rates): &(u64, Vec<f64>)| Some([*step as f64, *rates.get(i)?]);
                Series::new(traced.label.clone(), traced.sizes.iter().filter_map(point).collect::<Vec<_>>())
            };
            let series: Vec<Series> = self.traced.iter().map(series).collect();
            let style = look.style(&format!("Effective learning rate of {name}"), ["step", "", ""]);
            amsgrad_plot::curves(&series, axes, &style)
        };
        let panels: Result<Vec<Figure>, PlotError> =
            variables.iter().take(count).enumerate().map(panel).collect();
        panels?
            .into_iter()
            .reduce(Figure::beside)
            .ok_or_else(|| PlotError::NothingToDraw { what: "there is no coordinate".to_owned() })
    }
}
