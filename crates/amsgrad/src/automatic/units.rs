//! The units of a problem: what each coordinate and the gradient are measured in, so that a run has the same steps in any.
//!
//! All factors are powers of two, so that no digit is lost between the two sides.

use core::ops::ControlFlow;

use crate::constraint::{Region, Sides};
use crate::history::{Record, RunView};
use crate::number::Real;
use crate::objective::{Cost, Objective, ObjectiveError};
use crate::position::Position;
use crate::run::Observe;

/// What a coordinate is measured in, and by what a gradient component is multiplied.
#[derive(Clone, Debug)]
pub(super) struct Units<T> {
    pub(super) scales: Vec<T>,
    pub(super) factors: Vec<T>,
}

impl<T: Real> Units<T> {
    /// Returns the units of the problem as it is given.
    pub(super) fn plain(dimension: usize) -> Self {
        let ones = vec![T::from_f64(1.0); dimension];
        Self { scales: ones.clone(), factors: ones }
    }

    /// Returns units in which coordinates are as large as these lengths, and this gradient as 1.
    pub(super) fn new(lengths: &[f64], gradient: &[T]) -> Self {
        // Twice the exponent of the smallest number fits between it and the largest.
        let most = 1 - exponent(T::MIN_POSITIVE.to_f64());
        let scales: Vec<i32> = lengths.iter().map(|length| exponent(*length).clamp(-most, most)).collect();
        let sizes = gradient.iter().zip(&scales).filter(|(g, _)| g.to_f64() != 0.0 && g.is_finite());
        let size = sizes.map(|(g, scale)| exponent(g.to_f64()) + scale).max().unwrap_or(0);
        let number = |exponent: i32| T::from_f64(power_of_two(exponent.clamp(-most, most)));
        Self {
            factors: scales.iter().map(|scale| number(scale - size)).collect(),
            scales: scales.into_iter().map(number).collect(),
        }
    }

    /// Returns the point in these units.
    pub(super) fn measure(&self, point: &[T]) -> Vec<T> {
        point.iter().zip(&self.scales).map(|(x, scale)| *x / *scale).collect()
    }

    /// Writes the point that is `measured` in these units, within the sides of a box.
    pub(super) fn restore(&self, measured: &[T], sides: Option<&Sides<T>>, point: &mut [T]) {
        for (x, (z, scale)) in point.iter_mut().zip(measured.iter().zip(&self.scales)) {
            *x = *z * *scale;
        }
        // Among subnormal numbers the product is rounded.
        if let Some(sides) = sides {
            sides.clip(point);
        }
    }

    /// Returns the region in these units.
    pub(super) fn region(&self, region: &Region<T>) -> Region<T> {
        region.divided(&self.scales)
    }

    /// Returns a tolerance in these units: where all components are within it, those of the problem are within `tolerance`.
    pub(super) fn tolerance(&self, tolerance: f64) -> f64 {
        tolerance * self.factors.iter().fold(f64::INFINITY, |least, factor| least.min(factor.to_f64()))
    }

    /// Writes the gradient in these units.
    fn scale_gradient(&self, gradient: &mut [T]) {
        gradient.iter_mut().zip(&self.factors).for_each(|(g, factor)| *g = *g * *factor);
    }
}

/// An objective in units.
pub(super) struct Measured<'a, T: Real> {
    pub(super) objective: &'a mut dyn Objective<T>,
    pub(super) units: &'a Units<T>,
    /// Where the objective may be evaluated, in the problem's units.
    pub(super) region: &'a Region<T>,
    /// 1 to minimize, -1 to maximize.
    pub(super) sign: T,
    pub(super) point: Vec<T>,
}

impl<T: Real> Objective<T> for Measured<'_, T> {
    fn evaluate(&mut self, measured: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        self.units.restore(measured, self.region.sides(), &mut self.point);
        let value = self.objective.evaluate(&self.point, gradient)?;
        self.region.tame(&self.point, gradient, self.sign);
        self.units.scale_gradient(gradient);
        Ok(value)
    }

    fn cost(&self, dimension: usize) -> Cost {
        self.objective.cost(dimension)
    }
}

/// Shows a run in units as one of the problem, its steps counted from those before it.
pub(super) struct Restored<'a, T: Real> {
    pub(super) observer: &'a mut dyn Observe<T>,
    pub(super) units: &'a Units<T>,
    /// Where the objective may be evaluated, in the problem's units.
    pub(super) region: &'a Region<T>,
    /// 1 to minimize, -1 to maximize.
    pub(super) sign: T,
    /// Steps of the legs before this one, less those that its memory counts.
    pub(super) offset: u64,
    /// Whether the next evaluation repeats one that has been shown.
    pub(super) repeats: bool,
    /// Whether this is the one evaluation at the end of a run.
    pub(super) ends: bool,
    /// How many evaluations are shown.
    pub(super) shown: u64,
    /// The best value of the legs before this one.
    pub(super) best_value: T,
}

impl<T: Real> Observe<T> for Restored<'_, T> {
    fn looks(&self) -> bool {
        self.observer.looks()
    }

    fn notify(&mut self, record: &Record<'_, T>) -> ControlFlow<()> {
        if core::mem::take(&mut self.repeats) {
            return ControlFlow::Continue(());
        }
        self.shown += 1;
        self.show(record, |observer, record| observer.notify(record))
    }

    fn last(&mut self, record: &Record<'_, T>) {
        if self.ends {
            self.show(record, |observer, record| observer.last(record));
        }
    }
}

impl<T: Real> Restored<'_, T> {
    fn show<O>(
        &mut self,
        record: &Record<'_, T>,
        show: impl FnOnce(&mut dyn Observe<T>, &Record<'_, T>) -> O,
    ) -> O {
        let mut point = record.point.to_vec();
        self.units.restore(record.point, self.region.sides(), &mut point);
        let gradient: Vec<T> =
            record.gradient.iter().zip(&self.units.factors).map(|(g, factor)| *g / *factor).collect();
        let better = self.sign * self.best_value < self.sign * record.best_value;
        let record = Record {
            step: self.offset.wrapping_add(record.step),
            point: &point,
            value: record.value,
            gradient: &gradient,
            best_value: if better { self.best_value } else { record.best_value },
            run: &Behind { run: record.run, region: self.region, sign: self.sign },
        };
        show(self.observer, &record)
    }
}

/// The run behind a record in the problem's units. Learning rates and memory stay in those of the run.
struct Behind<'a, T: Real> {
    run: &'a dyn RunView<T>,
    region: &'a Region<T>,
    sign: T,
}

impl<T: Real> RunView<T> for Behind<'_, T> {
    fn schedule(&self, name: &str) -> Option<f64> {
        self.run.schedule(name)
    }

    fn slot(&self, name: &str, dimension: usize) -> Option<Vec<T>> {
        self.run.slot(name, dimension)
    }

    fn gradient_norm(&self, point: &[T], gradient: &[T]) -> T {
        self.region.clone().gradient_norm(point, gradient, self.sign)
    }

    fn position(&self) -> Position<T> {
        self.run.position()
    }
}

/// Returns the exponent of a number's magnitude: the whole part of its logarithm to base 2, at least -1022.
pub(super) fn exponent(number: f64) -> i32 {
    ((number.to_bits() >> 52) & 0x7ff).max(1) as i32 - 1023
}

/// Returns 2 to a power from -1022 to 1023.
pub(super) fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent.clamp(-1022, 1023) + 1023) as u64) << 52)
}
