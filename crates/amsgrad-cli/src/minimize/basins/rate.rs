//! A learning rate small enough to follow valleys.

use std::ops::ControlFlow;

use amsgrad::{Schedule, Stop};

use super::Pit;
use crate::failure::Failure;
use crate::minimize::ended::Ended;
use crate::minimize::plan::Plan;
use crate::minimize::solve::{Solved, solve};
use crate::watch::Watch;

/// The first steps to try, as shares of the shorter side: from these up to that many doublings.
const SHARE: f64 = 4e-3;
const DOUBLINGS: i32 = 8;
/// The starts that are tried.
pub(super) const SAMPLE: usize = 64;
/// A larger rate must bring this many more runs to rest.
const WORTH: f64 = 1.05;

/// Finds the smallest learning rate with which as many runs of a sample come to rest as with any other, or nearly so:
/// larger ones leap over valleys, and a picture would show the leaps. Also returns the number of rates that were tried.
pub(crate) fn find(
    plan: &Plan<'_>,
    axes: [usize; 2],
    sample: &[Vec<f64>],
    watch: &Watch,
) -> Result<(Schedule, usize), Failure> {
    let sample = sample.get(..SAMPLE).unwrap_or(sample);
    let width = plan.domain.iter().map(|(lower, upper)| upper - lower).fold(f64::INFINITY, f64::min);
    let unit = first_step(plan, sample, SHARE * width, watch)?;
    let (mut best, mut most, mut tried) = (Schedule::Constant(SHARE * width / unit), 0, 0);
    for doubling in 0..DOUBLINGS {
        let rate = SHARE * width / unit * f64::from(1 << doubling);
        // Two digits are as good as all, and easy to type again.
        let rate = format!("{rate:.1e}").parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
        let Some(rate) = rate.map(Schedule::Constant) else { continue };
        let pit = Pit::new(plan, axes);
        let solved = run(plan, sample, rate.clone(), plan.stop.clone(), watch)?;
        let at_rest = solved.starts.iter().filter(|ended| pit.end(ended).is_some()).count();
        tried += 1;
        if tried == 1 || at_rest as f64 > WORTH * f64::from(most) {
            (best, most) = (rate, at_rest as u32);
        }
        if at_rest == sample.len() || watch.interrupted() {
            break;
        }
    }
    Ok((best, tried))
}

/// Returns how far a first step leads per learning rate, the median of the sample: about 3 for most rules, the gradient
/// for some.
fn first_step(plan: &Plan<'_>, sample: &[Vec<f64>], rate: f64, watch: &Watch) -> Result<f64, Failure> {
    let mut stop = Stop::default();
    stop.steps = Some(1);
    let solved = run(plan, sample, Schedule::Constant(rate), stop, watch)?;
    let moved = |(from, ended): (&Vec<f64>, &Ended)| {
        let along = from.iter().zip(&ended.last_point).map(|(a, b)| (b - a).abs());
        along.fold(0.0, f64::max) / rate
    };
    let mut steps: Vec<f64> = sample.iter().zip(&solved.starts).map(moved).collect();
    steps.retain(|step| *step > 0.0 && step.is_finite());
    steps.sort_unstable_by(f64::total_cmp);
    Ok(steps.get(steps.len() / 2).copied().unwrap_or(1.0))
}

fn run(
    plan: &Plan<'_>,
    starts: &[Vec<f64>],
    rate: Schedule,
    stop: Stop,
    watch: &Watch,
) -> Result<Solved, Failure> {
    let plan = Plan { starts: starts.to_vec(), learning_rate: Some(rate), stop, ..plan.clone() };
    solve(&plan, watch, &mut |_, _| ControlFlow::Continue(()))
}
