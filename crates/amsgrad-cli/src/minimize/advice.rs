//! What a run shows about its settings.

use amsgrad::outcome::Quantity;
use amsgrad::{Constraint, Status};

use super::plan::Plan;
use super::solve::Solved;
use crate::text::shown;

/// How far a run goes that runs away, in sizes of its start.
const FAR: f64 = 1e9;

/// A line for each thing worth knowing; often none.
pub(super) fn lines(plan: &Plan<'_>, solved: &Solved) -> Vec<String> {
    let mut lines: Vec<String> = at_the_end(plan, solved).into_iter().collect();
    lines.extend(frozen(plan, solved));
    lines.extend(on_a_bound(plan, solved));
    lines.extend(started_outside(plan, solved));
    lines.extend(began_elsewhere(plan, solved));
    lines
}

/// What to do about the way the run ended.
fn at_the_end(plan: &Plan<'_>, solved: &Solved) -> Option<String> {
    let outcome = &solved.outcome;
    let fell = outcome.best.step == outcome.last.step || outcome.last.value.is_infinite();
    let line = match &outcome.status {
        Status::NonFinite { step: 1.., quantity: Quantity::Value { value } }
            if *value == f64::INFINITY.copysign(if plan.settings.maximize { 1.0 } else { -1.0 }) =>
        {
            "the value falls without end; set bounds"
        }
        Status::NonFinite { step: 1.., quantity: Quantity::HugeGradient { .. } } if fell => {
            "the value falls without end, as far as the rule's numbers reach; set bounds"
        }
        Status::NonFinite { quantity: Quantity::HugeGradient { .. }, .. }
        | Status::NonFinite { step: 0, .. } => {
            "the function is not finite at the start, or far too steep; start elsewhere or set bounds"
        }
        Status::NonFinite { .. } => {
            "the steps led out of where the function is finite; try a smaller learning rate or bounds"
        }
        Status::NoImprovement { .. } if solved.search.is_some() => {
            "no rate finds a better value, though the gradient is not 0: the best point lies at a kink, or the values \
             are too coarse to tell"
        }
        Status::StepLimit | Status::EvaluationLimit | Status::TimeLimit => return at_a_limit(plan, solved),
        _ => return None,
    };
    Some(line.to_owned())
}

/// Where trials from within the bounds found a better valley than that of the start.
fn began_elsewhere(plan: &Plan<'_>, solved: &Solved) -> Option<String> {
    let (Constraint::Box(bounds), Some(_)) = (&plan.constraint, &solved.search) else { return None };
    let first = &solved.outcome.history.entries().first().filter(|entry| entry.step == 0)?.point;
    let start = plan.starts.get(solved.best)?;
    let inside = |(x, (lower, upper)): (&f64, &(f64, f64))| x.clamp(*lower, *upper);
    let moved = start.iter().zip(bounds.sides()).map(inside).zip(first).any(|(x, first)| x != *first);
    (moved && !plan.settings.f32).then(|| {
        let point: Vec<String> = first.iter().take(4).map(|x| shown(*x)).collect();
        let more = if first.len() > 4 { ", ..." } else { "" };
        format!(
            "a trial from ({}{more}), within the bounds, found a better valley than that of the start",
            point.join(", ")
        )
    })
}

/// Whether the value was still falling, or went up and down.
fn at_a_limit(plan: &Plan<'_>, solved: &Solved) -> Option<String> {
    if solved.search.is_some() {
        if ran_away(plan, solved) {
            return Some("the value falls without end, as far as the run went; set bounds".to_owned());
        }
        return Some(
            "the limit came before the run had settled; try more --steps, bounds, or --starts 64".to_owned(),
        );
    }
    let sign = if plan.settings.maximize { -1.0 } else { 1.0 };
    let values: Vec<f64> = solved.outcome.history.entries().iter().map(|entry| sign * entry.value).collect();
    let late = values.get(values.len() - values.len() / 4..)?;
    let (first, last) = (late.first()?, late.last()?);
    let best = values.iter().copied().fold(f64::INFINITY, f64::min);
    let fall = values.first()? - best;
    let rises = late.windows(2).filter(|pair| matches!(pair, [a, b] if b > a)).count();
    let swing = late.iter().copied().fold(f64::NEG_INFINITY, f64::max) - best;
    if late.len() < 8 {
        return None;
    }
    // A rate that has run out has settled what went up and down before.
    let rates: Vec<f64> =
        solved.outcome.history.entries().iter().filter_map(|entry| entry.learning_rate).collect();
    let most = rates.iter().copied().fold(0.0, f64::max);
    let ran_out = rates.last().is_some_and(|last| *last < 0.1 * most);
    if !ran_out && rises * 4 > late.len() && swing > 1e-3 * fall.abs() {
        return Some(format!(
            "the value goes up and down by {} at the end; try a smaller or decaying learning rate",
            shown(swing)
        ));
    }
    (first - last > 1e-3 * fall.abs() && rises * 10 < late.len()).then(|| {
        "the value was still falling at the limit; try more steps or a larger learning rate".to_owned()
    })
}

/// Whether the best point is the last one, and far away from the start.
fn ran_away(plan: &Plan<'_>, solved: &Solved) -> bool {
    let size = |point: &[f64]| point.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let outcome = &solved.outcome;
    let start = plan.starts.get(solved.best).map_or(0.0, |start| size(start));
    let length = if start > 0.0 { start } else { 1.0 };
    outcome.best.step == outcome.last.step && size(&outcome.best.point) > FAR * length
}

/// A coordinate whose steps one huge gradient has shortened for ever.
fn frozen(plan: &Plan<'_>, solved: &Solved) -> Option<String> {
    let state = &solved.outcome.state;
    let (v, v_hat) = (state.slot("v")?, state.slot("v_hat")?);
    if !matches!(solved.outcome.status, Status::StepLimit | Status::EvaluationLimit | Status::TimeLimit) {
        return None;
    }
    let gradient = &solved.outcome.history.entries().last()?.gradient;
    let tolerance = plan.stop.gradient.unwrap_or(0.0);
    let stuck = |i: &usize| v_hat[*i] > 1e8 * v[*i] && gradient[*i].abs() > tolerance && v[*i] > 0.0;
    let i = (0..v.len().min(v_hat.len()).min(gradient.len())).find(stuck)?;
    Some(format!(
        "{} takes steps {} times shorter than its gradients now ask for, since AMSGrad remembers the largest one; \
         try another start or --rule adam",
        plan.target.variables()[i],
        shown((v_hat[i] / v[i]).sqrt().round())
    ))
}

fn on_a_bound(plan: &Plan<'_>, solved: &Solved) -> Option<String> {
    let bounds = match &plan.constraint {
        Constraint::Box(bounds) => bounds,
        Constraint::Intersection(both) => both.bounds(),
        _ => return None,
    };
    let point = &solved.outcome.best.point;
    let touches = |(x, (lower, upper)): (&f64, &(f64, f64))| (x <= lower || x >= upper) && lower < upper;
    let names = plan.target.variables().iter();
    let on: Vec<&str> = names
        .zip(point.iter().zip(bounds.sides()).map(touches))
        .filter_map(|(name, touches)| touches.then_some(name.as_str()))
        .take(4)
        .collect();
    (!on.is_empty()).then(|| {
        format!("the best point lies on a bound of {}; beyond it there may be better", on.join(", "))
    })
}

fn started_outside(plan: &Plan<'_>, solved: &Solved) -> Option<String> {
    let start = plan.starts.get(solved.best)?;
    // A start drawn for a simplex lies beside it always.
    let was_drawn = plan.settings.start.is_none() && !matches!(plan.constraint, Constraint::Box(_));
    (!was_drawn && !plan.constraint.contains(start))
        .then(|| "the start lay outside and was moved to the nearest point inside".to_owned())
}
