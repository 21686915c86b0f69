//! What changes from step to step besides the memory.

use core::hint::cold_path;

use crate::power::{Power, Powers};
use crate::schedule::Schedule;

/// How far a run has come: the step count, and what rules with scheduled decay rates carry along with it. A saved state is
/// the memory of every coordinate and these two numbers.
///
/// There are two: one that knows every schedule, and one for small problems that knows the commonest and makes no calls.
pub trait Clock {
    /// The step being made: 1 for the first.
    fn step(&self) -> u64;

    /// The product of beta1 over all steps so far (of Nadam's mu).
    fn beta_product(&self) -> f64;

    /// `base^step`, correctly rounded.
    fn power_at(&mut self, base: f64, step: u64) -> f64;

    /// The value of `schedule` at another step than this, such as the next.
    fn value_at(&mut self, schedule: &Schedule, step: u64) -> f64;

    /// Carries `product` along as the product so far, for rules with a product of their own such as Nadam's of mu. To
    /// be called once a step, in place of [`multiply_beta`](Clock::multiply_beta).
    fn carry(&mut self, product: f64) -> f64;

    /// The value of `schedule` at this step.
    #[inline(always)]
    fn value(&mut self, schedule: &Schedule) -> f64 {
        self.value_at(schedule, self.step())
    }

    /// `base^t` at this step, correctly rounded.
    #[inline(always)]
    fn power(&mut self, base: f64) -> f64 {
        self.power_at(base, self.step())
    }

    /// The product of beta1 up to and with this step, of which `beta` is the value now. To be called once a step.
    ///
    /// While beta1 is constant this is the correctly rounded power beta1^t; from the first change on it is the
    /// running product.
    #[inline(always)]
    fn multiply_beta(&mut self, schedule: &Schedule, beta: f64) -> f64 {
        let constant = matches!(schedule, Schedule::Constant(_))
            && self.power_at(beta, self.step().saturating_sub(1)) == self.beta_product();
        let product = if constant { self.power(beta) } else { self.beta_product() * beta };
        self.carry(product)
    }
}

/// The clock of a run, which knows every schedule.
///
/// ```
/// use amsgrad::rule::{Clock, Rule, StepClock};
/// use amsgrad::AmsGrad;
/// let mut clock = StepClock::resumed(3, 1.0);
/// assert_eq!(clock.power(0.5), 0.125);
/// let [beta1, ..] = AmsGrad::tutorial().coefficients(&mut clock);
/// assert_eq!(beta1, clock.power(0.9));
/// ```
#[derive(Clone, Debug)]
pub struct StepClock {
    step: u64,
    beta_product: f64,
    powers: Powers,
}

impl Default for StepClock {
    #[inline]
    fn default() -> Self {
        Self::resumed(0, 1.0)
    }
}

impl StepClock {
    /// The clock of a run that has made `step` steps, the product of whose beta1 is `beta_product`.
    #[inline]
    #[must_use]
    pub fn resumed(step: u64, beta_product: f64) -> Self {
        Self { step, beta_product, powers: Powers::default() }
    }

    /// On to the next step.
    pub(crate) fn advance(&mut self) {
        self.step = self.step.saturating_add(1);
    }

    /// One that goes on from here without calls.
    #[inline(always)]
    pub(crate) fn quick(&self) -> QuickClock {
        let mut powers = self.powers.first_two();
        let values = powers.each_mut().map(|power| [f64::NAN, power.next(self.step).unwrap_or(f64::NAN)]);
        let lost = values.iter().any(|[_, now]| now.is_nan());
        QuickClock { step: self.step, beta_product: self.beta_product, powers, values, lost }
    }

    /// Goes on from where `clock` was after `steps` steps.
    #[inline(always)]
    pub(crate) fn catch_up(&mut self, clock: QuickClock, steps: u64, beta_product: f64) {
        self.step = self.step.saturating_add(steps);
        self.beta_product = beta_product;
        self.powers.set_first_two(clock.powers);
    }
}

impl Clock for StepClock {
    #[inline(always)]
    fn step(&self) -> u64 {
        self.step
    }

    #[inline(always)]
    fn beta_product(&self) -> f64 {
        self.beta_product
    }

    #[inline(always)]
    fn power_at(&mut self, base: f64, step: u64) -> f64 {
        self.powers.of(base, step)
    }

    #[inline(always)]
    fn value_at(&mut self, schedule: &Schedule, step: u64) -> f64 {
        schedule.at_with(step, &mut self.powers)
    }

    #[inline]
    fn carry(&mut self, product: f64) -> f64 {
        self.beta_product = product;
        product
    }
}

/// A clock that makes no calls, around which all registers of a small problem's loop would have to be saved: it knows
/// constants, and the powers of two bases from one step to the next. Asked for anything else it is lost, whatever it
/// answers.
#[derive(Clone, Debug)]
pub(crate) struct QuickClock {
    step: u64,
    beta_product: f64,
    powers: [Power; 2],
    /// Of each, at the step before and at this.
    values: [[f64; 2]; 2],
    lost: bool,
}

impl QuickClock {
    /// On to the next step.
    #[inline(always)]
    pub(crate) fn advance(&mut self) {
        self.step = self.step.saturating_add(1);
        for (power, values) in self.powers.iter_mut().zip(&mut self.values) {
            let now = power.next(self.step);
            self.lost |= now.is_none();
            *values = [values[1], now.unwrap_or(f64::NAN)];
        }
    }

    /// Whether it does not know what it was asked for.
    #[inline(always)]
    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }
}

impl Clock for QuickClock {
    #[inline(always)]
    fn step(&self) -> u64 {
        self.step
    }

    #[inline(always)]
    fn beta_product(&self) -> f64 {
        self.beta_product
    }

    #[inline(always)]
    fn power_at(&mut self, base: f64, step: u64) -> f64 {
        let [first, second] = &self.powers;
        let values = if first.is_of(base) {
            self.values[0]
        } else {
            cold_path();
            self.lost |= !second.is_of(base);
            self.values[1]
        };
        if step == self.step {
            return values[1];
        }
        self.lost |= step.wrapping_add(1) != self.step;
        values[0]
    }

    #[inline(always)]
    fn value_at(&mut self, schedule: &Schedule, step: u64) -> f64 {
        match schedule {
            Schedule::Constant(value) => *value,
            Schedule::Power { base } => self.power_at(*base, step),
            _ => {
                self.lost = true;
                f64::NAN
            }
        }
    }

    #[inline(always)]
    fn carry(&mut self, product: f64) -> f64 {
        self.beta_product = product;
        product
    }
}
