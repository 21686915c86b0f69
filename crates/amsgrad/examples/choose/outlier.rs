//! One huge gradient: what it costs a rule that never forgets.

use amsgrad::rule::Rule;
use amsgrad::{Error, Minimizer, Schedule, Status};

pub(crate) const TITLE: &str = "### One outlier\n
Steps until the sum of squares of 10 variables, from 0.1, 0.2, ..., 1 at the start, is below 1e-6, where the gradient of
the tenth step is multiplied by the number above; learning rate 0.01. A dash where 1,000,000 are not enough:";

const FACTORS: [f64; 4] = [1.0, 1e1, 1e2, 1e3];
const LIMIT: u64 = 1_000_000;

pub(crate) fn names() -> Vec<String> {
    FACTORS.iter().map(|factor| factor.to_string()).collect()
}

pub(crate) fn steps<R: Rule>(rule: &impl Fn(Schedule) -> R) -> Result<Vec<String>, Error> {
    FACTORS.iter().map(|factor| cell(rule(0.01.into()), *factor)).collect()
}

fn cell(rule: impl Rule, factor: f64) -> Result<String, Error> {
    let mut calls = 0;
    let outlier = |x: &[f64], gradient: &mut [f64]| {
        calls += 1;
        let scale = if calls == 10 { factor } else { 1.0 };
        let slopes = x.iter().map(|x| scale * 2.0 * x);
        gradient.iter_mut().zip(slopes).for_each(|(slope, value)| *slope = value);
        x.iter().map(|x| x * x).sum::<f64>()
    };
    let start: [f64; 10] = core::array::from_fn(|i| (i as f64 + 1.0) / 10.0);
    let outcome = Minimizer::new(outlier).rule(rule).start(start).target(1e-6).steps(LIMIT).run()?;
    let arrived = matches!(outcome.status, Status::TargetReached { .. });
    Ok(if arrived { outcome.counts.steps.to_string() } else { "-".into() })
}
