//! What is seen of a run at a step.

use amsgrad::diagnose::{Diagnosis, StepSizes};
use amsgrad::{Real, Record};

/// A record whatever its number type, or one read back.
pub(crate) trait Seen {
    fn step(&self) -> u64;
    fn point(&self) -> Vec<f64>;
    fn value(&self) -> f64;
    fn gradient(&self) -> Vec<f64>;
    fn gradient_norm(&self) -> f64;
    fn learning_rate(&self) -> Option<f64>;
    fn beta1(&self) -> Option<f64>;
    fn slot(&self, name: &str) -> Option<Vec<f64>>;
    /// One that is read back is not studied.
    fn step_sizes(&self, _: &mut StepSizes) -> Option<Vec<f64>> {
        None
    }
    fn diagnose(&self, _: &mut Diagnosis) {}
}

impl<T: Real> Seen for Record<'_, T> {
    fn step(&self) -> u64 {
        self.step
    }
    fn point(&self) -> Vec<f64> {
        self.point.iter().map(|x| x.to_f64()).collect()
    }
    fn value(&self) -> f64 {
        self.value.to_f64()
    }
    fn gradient(&self) -> Vec<f64> {
        self.gradient.iter().map(|x| x.to_f64()).collect()
    }
    fn gradient_norm(&self) -> f64 {
        Record::gradient_norm(self).to_f64()
    }
    fn learning_rate(&self) -> Option<f64> {
        Record::learning_rate(self)
    }
    fn beta1(&self) -> Option<f64> {
        Record::beta1(self)
    }
    fn slot(&self, name: &str) -> Option<Vec<f64>> {
        Some(Record::slot(self, name)?.iter().map(|x| x.to_f64()).collect())
    }
    fn step_sizes(&self, sizes: &mut StepSizes) -> Option<Vec<f64>> {
        sizes.see(self)
    }
    fn diagnose(&self, diagnosis: &mut Diagnosis) {
        diagnosis.see(self);
    }
}
