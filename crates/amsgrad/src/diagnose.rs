//! What a rule does to a run, seen from its records.

use crate::history::Record;
use crate::number::Real;

/// Measures the effective learning rate of each coordinate: how far a step moves it per unit of what the rule follows, which is
/// its first moment, called `m`, or for rules without one the gradient. For AMSGrad that is a_t / (sqrt(v_hat) + e_t).
///
/// ```
/// use amsgrad::diagnose::StepSizes;
/// use amsgrad::{GradientDescent, Minimizer, Record};
/// use std::ops::ControlFlow;
///
/// let mut sizes = StepSizes::default();
/// let mut seen = Vec::new();
/// Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     x[0] * x[0]
/// })
/// .rule(GradientDescent::new(0.25))
/// .start([1.0])
/// .steps(3)
/// .run_observed(|record: &Record<'_, f64>| {
///     seen.extend(sizes.see(record));
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(seen, [[0.25], [0.25], [0.25]]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepSizes {
    point: Vec<f64>,
    gradient: Vec<f64>,
}

impl StepSizes {
    /// Takes in the next record of a run, from its start on, and returns the rates of the step that led there: NaN where a
    /// coordinate had nothing to follow. `None` at the start.
    pub fn see<T: Real>(&mut self, record: &Record<'_, T>) -> Option<Vec<f64>> {
        let numbers = |values: &[T]| values.iter().map(|value| value.to_f64()).collect::<Vec<f64>>();
        let point = numbers(record.point);
        let followed = record.slot("m").map_or_else(|| self.gradient.clone(), |m| numbers(&m));
        let rates = point
            .iter()
            .zip(&self.point)
            .zip(&followed)
            .map(|((x, before), m)| if *m == 0.0 { f64::NAN } else { ((x - before) / m).abs() });
        let rates = (record.step > 0 && !self.point.is_empty()).then(|| rates.collect());
        self.gradient = numbers(record.gradient);
        self.point = point;
        rates
    }
}
