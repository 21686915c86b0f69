//! The distinct minima that many starts came to.

use amsgrad::{Exit, VectorizedObjective as _};

use super::ended::Ended;
use super::plan::Plan;
use super::solve::Solved;

/// Ends nearer to each other than this share of the domain, along every coordinate, are one minimum.
const NEAR: f64 = 1e-3;
/// Their values differ by no more than this share of what runs gain, the median of as many of them.
const EQUAL: f64 = 1e-6;
const SAMPLE: usize = 64;

/// A minimum, or a maximum where that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Minimum<'a> {
    /// The end of the best run that came there.
    pub(crate) point: &'a [f64],
    pub(crate) value: f64,
    /// Number of runs that ended there.
    pub(crate) runs: usize,
}

/// Returns the minima to which runs converged, the best first.
pub(crate) fn minima<'a>(plan: &Plan<'_>, solved: &'a Solved) -> Vec<Minimum<'a>> {
    let equal = EQUAL * gain(plan, solved);
    let near: Vec<f64> = plan.domain.iter().map(|(lower, upper)| NEAR * (upper - lower)).collect();
    let converged = |ended: &&Ended| matches!(ended.exit, Exit::Converged | Exit::Edge);
    let ends = solved.starts.iter().filter(converged);
    let ends = ends.map(|ended| (ended.last_point.as_slice(), ended.last_value));
    gathered(ends, &near, equal, plan.settings.maximize)
}

/// Returns by how much runs better the value of their start, the median of a sample.
fn gain(plan: &Plan<'_>, solved: &Solved) -> f64 {
    let (mut gradient, mut scratch) = (vec![0.0; plan.domain.len()], Vec::new());
    let mut better = |(start, ended): (&Vec<f64>, &Ended)| {
        let value = plan.target.evaluate(start, &mut gradient, &mut scratch);
        (value - ended.value).abs()
    };
    let every = solved.starts.len().div_ceil(SAMPLE).max(1);
    let sample = plan.starts.iter().zip(&solved.starts).step_by(every);
    let mut gains: Vec<f64> = sample.map(&mut better).filter(|gain| gain.is_finite()).collect();
    gains.sort_unstable_by(f64::total_cmp);
    gains.get(gains.len() / 2).copied().unwrap_or(0.0)
}

fn gathered<'a>(
    ends: impl Iterator<Item = (&'a [f64], f64)>,
    near: &[f64],
    equal: f64,
    maximize: bool,
) -> Vec<Minimum<'a>> {
    let cost = |value: f64| if maximize { -value } else { value };
    let mut ends: Vec<(&[f64], f64)> = ends.collect();
    ends.sort_by(|(_, a), (_, b)| cost(*a).total_cmp(&cost(*b)));
    let mut minima: Vec<Minimum<'a>> = Vec::new();
    for (point, value) in ends {
        let same = |known: &&mut Minimum<'_>| {
            let mut sides = point.iter().zip(known.point).zip(near);
            sides.all(|((a, b), near)| (a - b).abs() <= *near)
        };
        // Values rise, so what is as good was met last.
        let alike = minima.iter_mut().rev().take_while(|known| cost(value) - cost(known.value) <= equal);
        match alike.into_iter().find(same) {
            Some(known) => known.runs += 1,
            None => minima.push(Minimum { point, value, runs: 1 }),
        }
    }
    minima
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_at_one_place_and_of_one_value_are_one_minimum() {
        let ends =
            [([0.0, 1.0], 2.0), ([5.0, 1.0], 1.0), ([0.001, 1.0], 2.0), ([5.0, 1.0], 3.0), ([9.0, 1.0], 1.0)];
        let found = |maximize| {
            let ends = ends.iter().map(|(point, value)| (point.as_slice(), *value));
            let minima = gathered(ends, &[0.01, 0.01], 1e-6, maximize);
            minima.iter().map(|minimum| (minimum.point[0], minimum.value, minimum.runs)).collect::<Vec<_>>()
        };
        assert_eq!(found(false), [(5.0, 1.0, 1), (9.0, 1.0, 1), (0.0, 2.0, 2), (5.0, 3.0, 1)]);
        assert_eq!(found(true), [(5.0, 3.0, 1), (0.0, 2.0, 2), (5.0, 1.0, 1), (9.0, 1.0, 1)]);
    }
}
