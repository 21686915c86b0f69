//! How good the values of a setting are: a curve with a band, or a map of two settings.

use amsgrad::tune::{Reach, quartiles};
use amsgrad_plot::{Axes, Figure, PlotError, Scale, Series};

use super::report::{Ranked, Tuned};
use crate::minimize::pictures::Axis;
use crate::minimize::score::Score;

/// A number for each candidate along one setting; `None` where a value is no number.
struct Numbers {
    name: String,
    of: Vec<Option<f64>>,
}

impl Numbers {
    /// The settings that are numbers and have several values.
    fn all(tuned: &Tuned<'_>) -> Vec<Numbers> {
        let axis = |(i, axis): (usize, &crate::minimize::vary::Vary)| {
            let of: Vec<Option<f64>> =
                tuned.candidates.iter().map(|candidate| candidate.values[i].parse().ok()).collect();
            Numbers { name: axis.setting.replace('_', " "), of }
        };
        let several = |numbers: &Numbers| numbers.steps().len() > 1 && numbers.of.iter().all(Option::is_some);
        tuned.axes.iter().enumerate().map(axis).filter(several).collect()
    }

    /// The numbers in rising order, each once.
    fn steps(&self) -> Vec<f64> {
        let mut steps: Vec<f64> = self.of.iter().copied().flatten().collect();
        steps.sort_unstable_by(f64::total_cmp);
        steps.dedup();
        steps
    }

    /// Logarithmic where the numbers are laid so.
    fn scale(&self) -> Scale {
        let steps = self.steps();
        match (steps.first(), steps.last()) {
            (Some(low), Some(high)) if *low > 0.0 && high / low > 20.0 => Scale::Log,
            _ => Scale::Linear,
        }
    }
}

/// What is drawn of a run: the steps it took to arrive, the limit where it did not; or how far its value is from the best known.
struct Measure {
    steps: bool,
    limit: f64,
    best: f64,
    maximize: bool,
}

impl Measure {
    fn of(tuned: &Tuned<'_>) -> Self {
        let maximize = tuned.args.settings.maximize;
        let cost = |value: f64| if maximize { -value } else { value };
        let least = tuned.scores.values().map(|score| cost(score.value)).fold(f64::INFINITY, f64::min);
        let best = tuned.goal.map_or(least, |goal| cost(goal.best).min(least));
        let steps = tuned.ranking.iter().any(|ranked| matches!(ranked.reach, Reach::Arrived { .. }));
        Self { steps, limit: tuned.plan.stop.step_limit() as f64, best, maximize }
    }

    fn value(&self, score: &Score) -> f64 {
        match self.steps {
            true if score.arrived => (score.steps as f64).max(1.0),
            true => self.limit,
            false if score.failed => f64::INFINITY,
            false => (if self.maximize { -score.value } else { score.value }) - self.best,
        }
    }

    fn name(&self) -> &'static str {
        if self.steps { "steps to arrive" } else { "distance from the best value known" }
    }

    /// The quartiles of a candidate's runs.
    fn quartiles(&self, tuned: &Tuned<'_>, candidate: usize) -> [f64; 3] {
        let scores = tuned.scores.range((candidate, 0)..(candidate + 1, 0));
        quartiles(&scores.map(|(_, score)| self.value(score)).collect::<Vec<_>>())
    }
}

/// Draws the first setting that is a number, or the first two as a map. Of candidates that differ in other settings the best
/// is drawn.
pub(super) fn draw(tuned: &Tuned<'_>) -> Result<Figure, PlotError> {
    let numbers = Numbers::all(tuned);
    let measure = Measure::of(tuned);
    let title = format!(
        "{}, {}",
        tuned.plan.target.title(),
        tuned.candidates.first().map_or("", |candidate| candidate.rule.name())
    );
    match numbers.as_slice() {
        [] => {
            let what = "no setting that was tried is a number with several values";
            Err(PlotError::NothingToDraw { what: what.to_owned() })
        }
        [x, y, ..] if x.steps().len() * y.steps().len() <= 4 * tuned.candidates.len() => {
            map(tuned, &measure, x, y, &title)
        }
        [x, ..] => curve(tuned, &measure, x, &title),
    }
}

/// The best candidates with each number, in the order of the ranking.
fn best_with<'a>(tuned: &'a Tuned<'_>, has: impl Fn(usize) -> bool) -> Option<&'a Ranked> {
    tuned.ranking.iter().find(|ranked| has(ranked.candidate))
}

fn curve(tuned: &Tuned<'_>, measure: &Measure, x: &Numbers, title: &str) -> Result<Figure, PlotError> {
    let (mut points, mut band) = (Vec::new(), Vec::new());
    for step in x.steps() {
        if let Some(best) = best_with(tuned, |candidate| x.of[candidate] == Some(step)) {
            let [low, median, high] = measure.quartiles(tuned, best.candidate);
            points.push([step, median]);
            band.push([step, low, high]);
        }
    }
    let look = &tuned.args.look;
    let positive = points.iter().any(|point| point[1] > 0.0 && point[1].is_finite());
    let axes = Axes {
        x: look.scale(Axis::X).unwrap_or(x.scale()),
        ..look.axes(if positive { Scale::Log } else { Scale::Linear })
    };
    let series = [Series::new("", points).band(band)];
    amsgrad_plot::curves(&series, axes, &look.style(title, [&x.name, measure.name(), ""]))
}

fn map(
    tuned: &Tuned<'_>,
    measure: &Measure,
    x: &Numbers,
    y: &Numbers,
    title: &str,
) -> Result<Figure, PlotError> {
    let (across, up) = (x.steps(), y.steps());
    let mut values = Vec::new();
    for row in &up {
        for column in &across {
            let here = |candidate: usize| x.of[candidate] == Some(*column) && y.of[candidate] == Some(*row);
            let best = best_with(tuned, here);
            values.push(best.map_or(f64::NAN, |best| measure.quartiles(tuned, best.candidate)[1]));
        }
    }
    let look = &tuned.args.look;
    let positive = values.iter().any(|value| *value > 0.0 && value.is_finite());
    let scale = look.scale(Axis::Z).unwrap_or(if positive { Scale::Log } else { Scale::Linear });
    let axes =
        Axes { x: look.scale(Axis::X).unwrap_or(x.scale()), y: look.scale(Axis::Y).unwrap_or(y.scale()) };
    let style = look.style(title, [&x.name, &y.name, measure.name()]);
    amsgrad_plot::heat(&across, &up, &values, axes, scale, &style)
}
