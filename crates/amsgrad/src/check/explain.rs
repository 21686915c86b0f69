//! Finds the mistake that explains a gradient that differs.

use super::cause::Cause;
use super::report::{GradientReport, Slope, Verdict};

/// What the gradient was under several conditions.
pub(super) struct Gradients {
    /// At the point, in a slice that held another point's.
    pub(super) here: Vec<f64>,
    /// The same in a slice of ones.
    pub(super) over_ones: Vec<f64>,
    /// At the point whose coordinates are in the opposite order; empty where there is none.
    pub(super) reversed: Vec<f64>,
}

/// Returns the first mistake that explains all coordinates that could be judged.
pub(super) fn find(report: &GradientReport, gradients: &Gradients) -> Option<Cause> {
    let Gradients { here: gradient, over_ones, reversed } = gradients;
    let judged: Vec<&(usize, Slope)> =
        report.coordinates.iter().filter(|(_, slope)| slope.is_judged()).collect();
    let wrong: Vec<&(usize, Slope)> =
        judged.iter().filter(|(_, s)| s.verdict == Verdict::Differs).copied().collect();
    if wrong.is_empty() {
        return None;
    }
    let fits = |value: f64, slope: &Slope| {
        let size = value.abs().max(slope.difference.abs());
        (value - slope.difference).abs() <= report.tolerance * size + 10.0 * slope.uncertainty
    };
    let indices =
        |of: &dyn Fn(usize) -> bool| wrong.iter().map(|(i, _)| *i).filter(|i| of(*i)).collect::<Vec<usize>>();
    let unwritten = indices(&|i| gradient[i] == 0.0 && over_ones[i] == 1.0);
    if unwritten.len() == wrong.len() {
        return Some(Cause::NotWritten { coordinates: unwritten });
    }
    if wrong.iter().all(|(i, slope)| fits(over_ones[*i] - 1.0, slope)) {
        return Some(Cause::Accumulated { coordinates: indices(&|_| true) });
    }
    if judged.iter().all(|(i, slope)| fits(over_ones[*i], slope)) {
        return Some(Cause::Stale);
    }
    if judged.iter().all(|(_, slope)| slope.gradient == 0.0) {
        return Some(Cause::Zero);
    }
    if wrong.iter().all(|(_, slope)| fits(-slope.gradient, slope)) {
        let all = judged.iter().all(|(_, slope)| fits(-slope.gradient, slope));
        return Some(if all && judged.len() > 1 || report.dimension == 1 {
            Cause::Sign
        } else {
            Cause::SignOf { coordinates: indices(&|_| true) }
        });
    }
    factor(&judged, report.dimension, &fits)
        .or_else(|| order(&judged, &wrong, &fits))
        .or_else(|| opposite(&judged, reversed, &fits))
}

/// Returns the gradient of f(y, x) for f(x, y), or the value of one for the gradient of the other, or both.
fn opposite(
    judged: &[&(usize, Slope)],
    reversed: &[f64],
    fits: &dyn Fn(f64, &Slope) -> bool,
) -> Option<Cause> {
    let fit = |component: &dyn Fn(usize) -> Option<f64>| {
        judged.iter().all(|(i, slope)| component(*i).is_some_and(|g| fits(g, slope)))
    };
    let straight = fit(&|i| reversed.get(i).copied());
    let back = fit(&|i| reversed.get(reversed.len().checked_sub(i + 1)?).copied());
    (straight || back).then_some(Cause::ArgumentOrder)
}

fn factor(judged: &[&(usize, Slope)], dimension: usize, fits: &dyn Fn(f64, &Slope) -> bool) -> Option<Cause> {
    let n = dimension as f64;
    let named = [
        (2.0, "2"),
        (0.5, "1/2"),
        (-2.0, "-2"),
        (-0.5, "-1/2"),
        (n, "n"),
        (1.0 / n, "1/n"),
        (-n, "-n"),
        (-1.0 / n, "-1/n"),
    ];
    for (factor, likely) in named {
        if judged.iter().all(|(_, slope)| fits(slope.gradient / factor, slope)) {
            return Some(Cause::Factor { factor, likely: Some(likely) });
        }
    }
    // One component is always some multiple.
    let largest = judged
        .iter()
        .map(|(_, slope)| slope)
        .max_by(|a, b| a.difference.abs().total_cmp(&b.difference.abs()))?;
    let factor = largest.gradient / largest.difference;
    let fitting = judged.iter().all(|(_, slope)| fits(slope.gradient / factor, slope));
    let several = judged.iter().filter(|(_, slope)| slope.gradient != 0.0).count() > 1;
    (several && fitting && factor.is_finite()).then_some(Cause::Factor { factor, likely: None })
}

fn order(
    judged: &[&(usize, Slope)],
    wrong: &[&(usize, Slope)],
    fits: &dyn Fn(f64, &Slope) -> bool,
) -> Option<Cause> {
    if let [(first, a), (second, b)] = wrong {
        let swapped = fits(a.gradient, b) && fits(b.gradient, a);
        return swapped.then_some(Cause::Swapped { first: *first, second: *second });
    }
    let (mut left, mut right): (Vec<&Slope>, Vec<&Slope>) =
        (judged.iter().map(|(_, s)| s).collect(), judged.iter().map(|(_, s)| s).collect());
    left.sort_by(|a, b| a.gradient.total_cmp(&b.gradient));
    right.sort_by(|a, b| a.difference.total_cmp(&b.difference));
    left.iter().zip(&right).all(|(a, b)| fits(a.gradient, b)).then_some(Cause::Permuted)
}
