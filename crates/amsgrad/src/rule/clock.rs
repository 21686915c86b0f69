//! What changes from step to step besides the memory.

use crate::power::Powers;
use crate::schedule::Schedule;

/// How far a run has come: the step count, and what rules with scheduled decay rates carry along with it. A saved state is
/// the memory of every coordinate and these two numbers.
///
/// ```
/// use amsgrad::rule::Clock;
/// let mut clock = Clock::resumed(3, 1.0);
/// assert_eq!(clock.power(0.5), 0.125);
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    step: u64,
    beta_product: f64,
    powers: Powers,
}

impl Default for Clock {
    #[inline]
    fn default() -> Self {
        Self::resumed(0, 1.0)
    }
}

impl Clock {
    /// Returns the clock of a run that has made `step` steps, the product of whose beta1 is `beta_product`.
    #[inline]
    #[must_use]
    pub fn resumed(step: u64, beta_product: f64) -> Self {
        Self { step, beta_product, powers: Powers::default() }
    }

    /// Advances to the next step.
    #[inline(always)]
    pub fn advance(&mut self) {
        self.step = self.step.saturating_add(1);
    }

    /// Returns the step being made: 1 for the first.
    #[inline(always)]
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Returns the product of beta1 over all steps so far (of Nadam's mu).
    #[inline(always)]
    #[must_use]
    pub fn beta_product(&self) -> f64 {
        self.beta_product
    }

    /// Returns `base^t` at this step, correctly rounded.
    #[inline(always)]
    pub fn power(&mut self, base: f64) -> f64 {
        self.powers.of(base, self.step)
    }

    /// Returns the value of `schedule` at this step.
    #[inline(always)]
    pub fn value(&mut self, schedule: &Schedule) -> f64 {
        self.value_at(schedule, self.step)
    }

    /// Returns the value of `schedule` at this step where it is only looked at: compiled once.
    #[inline(never)]
    pub(crate) fn shown(&self, schedule: &Schedule) -> f64 {
        self.clone().value(schedule)
    }

    /// Returns the value of `schedule` at another step than this, such as the next.
    #[inline(always)]
    pub fn value_at(&mut self, schedule: &Schedule, step: u64) -> f64 {
        match schedule {
            Schedule::Constant(value) => *value,
            Schedule::Power { base } => self.powers.of(*base, step),
            _ => schedule.at_with(step, &mut self.powers),
        }
    }

    /// Carries `product` along as the product so far, for rules with a product of their own such as Nadam's of mu. To
    /// be called once per step, in place of [`multiply_beta`](Clock::multiply_beta).
    #[inline(always)]
    pub fn carry(&mut self, product: f64) -> f64 {
        self.beta_product = product;
        product
    }

    /// Returns the product of beta1 up to and with this step, of which `beta` is the value now. To be called once per step.
    ///
    /// While beta1 is constant this is the correctly rounded power beta1^t; from the first change on it is the
    /// running product.
    #[inline(always)]
    pub fn multiply_beta(&mut self, schedule: &Schedule, beta: f64) -> f64 {
        let constant = matches!(schedule, Schedule::Constant(_))
            && self.powers.of(beta, self.step.saturating_sub(1)) == self.beta_product;
        let product = if constant { self.power(beta) } else { self.beta_product * beta };
        self.carry(product)
    }
}
