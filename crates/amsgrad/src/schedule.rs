//! Settings that change with the step: learning rate and beta1.

use crate::error::setting::{Allowed, SettingError, check};
use crate::power::Powers;

mod text;

/// A number for every step t = 1, 2, 3, ...
///
/// Any schedule serves for the learning rate and for beta1. A plain number is a constant schedule.
///
/// ```
/// use amsgrad::Schedule;
///
/// let decaying = Schedule::inverse_sqrt(0.1);
/// assert_eq!(decaying.to_string(), "0.1 / sqrt(t)");
/// assert_eq!(decaying.at(4), 0.05);
///
/// let tutorial = Schedule::power(0.9);
/// assert_eq!(tutorial.samples(3), [0.9, 0.81, 0.7290000000000001]);
///
/// let warm = Schedule::cosine(1.0, 0.0, 5).warm_up(4);
/// assert_eq!(warm.samples(4), [0.25, 0.5, 0.75, 1.0]);
/// assert_eq!(warm.at(8), 0.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Schedule {
    /// The same number always.
    Constant(f64),
    /// `base^t`: the tutorial's beta1. Base from 0 to 1.
    Power {
        /// The number raised to the step.
        base: f64,
    },
    /// `initial * factor^(t-1)`: the paper's `beta1 * lambda^(t-1)` (Reddi, Kale, Kumar 2018, Corollary 1).
    Exponential {
        /// The value at step 1.
        initial: f64,
        /// What each step multiplies by, from 0 to 1.
        factor: f64,
    },
    /// `initial / t`: the other schedule of the paper's corollary.
    Inverse {
        /// The value at step 1.
        initial: f64,
    },
    /// `initial / (1 + decay * (t-1))`: the decaying learning rate of PyTorch's `Adagrad`, Keras's `InverseTimeDecay`.
    InverseTime {
        /// The value at step 1.
        initial: f64,
        /// How fast it falls, finite and 0 or more.
        decay: f64,
    },
    /// `initial / sqrt(t)`: the learning rate of the paper's Theorem 4.
    InverseSqrt {
        /// The value at step 1.
        initial: f64,
    },
    /// A straight line from the value at step 1 to the value at step `steps`, which stays.
    Linear {
        /// The value at step 1.
        from: f64,
        /// The value from step `steps` on.
        to: f64,
        /// The step at which the line ends, at least 1.
        steps: u64,
    },
    /// Half a wave of the cosine from the value at step 1 to the value at step `steps`, which stays.
    Cosine {
        /// The value at step 1.
        from: f64,
        /// The value from step `steps` on.
        to: f64,
        /// The step at which the wave ends, at least 1.
        steps: u64,
    },
    /// A straight rise from `then(1) / steps` at step 1 to `then(1)` at step `steps`, and `then` from there on.
    WarmUp {
        /// The step that is the first of `then`, at least 1.
        steps: u64,
        /// What follows.
        then: Box<Schedule>,
    },
    /// A constant from each listed step on: (first step, value), first steps rising from 1.
    Piecewise(Vec<(u64, f64)>),
}

impl From<f64> for Schedule {
    fn from(value: f64) -> Self {
        Self::Constant(value)
    }
}

impl Schedule {
    /// Creates a schedule with the same number always.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self::Constant(value)
    }

    /// Creates `base^t`.
    #[must_use]
    pub fn power(base: f64) -> Self {
        Self::Power { base }
    }

    /// Creates `initial * factor^(t-1)`.
    #[must_use]
    pub fn exponential(initial: f64, factor: f64) -> Self {
        Self::Exponential { initial, factor }
    }

    /// Creates `initial / t`.
    #[must_use]
    pub fn inverse(initial: f64) -> Self {
        Self::Inverse { initial }
    }

    /// Creates `initial / (1 + decay * (t-1))`.
    #[must_use]
    pub fn inverse_time(initial: f64, decay: f64) -> Self {
        Self::InverseTime { initial, decay }
    }

    /// Creates `initial / sqrt(t)`.
    #[must_use]
    pub fn inverse_sqrt(initial: f64) -> Self {
        Self::InverseSqrt { initial }
    }

    /// Creates a straight line over the first `steps` steps.
    #[must_use]
    pub fn linear(from: f64, to: f64, steps: u64) -> Self {
        Self::Linear { from, to, steps }
    }

    /// Creates half a wave of the cosine over the first `steps` steps.
    #[must_use]
    pub fn cosine(from: f64, to: f64, steps: u64) -> Self {
        Self::Cosine { from, to, steps }
    }

    /// Puts a straight rise over `steps` steps before this schedule. More than 64 rises, one before the other, are refused
    /// where the schedule is used.
    #[must_use]
    pub fn warm_up(self, steps: u64) -> Self {
        if self.rises() > MOST_RISES {
            // Refused already.
            return self;
        }
        Self::WarmUp { steps, then: Box::new(self) }
    }

    /// Creates a constant from each listed step on: (first step, value).
    #[must_use]
    pub fn piecewise(pieces: impl Into<Vec<(u64, f64)>>) -> Self {
        Self::Piecewise(pieces.into())
    }

    /// Returns `factor` times this schedule, up to the rounding of each of its numbers.
    ///
    /// ```
    /// use amsgrad::Schedule;
    /// assert_eq!(Schedule::inverse_sqrt(0.5).warm_up(10).scaled(2.0), Schedule::inverse_sqrt(1.0).warm_up(10));
    /// ```
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut scaled = self.clone();
        match &mut scaled {
            Self::Power { base } => scaled = Self::exponential(factor * *base, *base),
            Self::Constant(value)
            | Self::Exponential { initial: value, .. }
            | Self::Inverse { initial: value }
            | Self::InverseTime { initial: value, .. }
            | Self::InverseSqrt { initial: value } => *value *= factor,
            Self::Linear { from, to, .. } | Self::Cosine { from, to, .. } => {
                *from *= factor;
                *to *= factor;
            }
            Self::WarmUp { then, .. } => **then = then.scaled(factor),
            Self::Piecewise(pieces) => pieces.iter_mut().for_each(|(_, value)| *value *= factor),
        }
        scaled
    }

    /// Returns the value at step `step`; steps count from 1, and 0 counts as 1.
    #[must_use]
    pub fn at(&self, step: u64) -> f64 {
        self.at_with(step, &mut Powers::default())
    }

    /// Returns the values at steps 1 to `count`; none where they do not fit in memory.
    #[must_use]
    pub fn samples(&self, count: u64) -> Vec<f64> {
        let (mut powers, mut values) = (Powers::default(), Vec::new());
        if usize::try_from(count).is_ok_and(|count| values.try_reserve_exact(count).is_ok()) {
            values.extend((1..=count).map(|step| self.at_with(step, &mut powers)));
        }
        values
    }

    /// Returns the value at step `step`, with powers carried on from the step before.
    pub(crate) fn at_with(&self, step: u64, powers: &mut Powers) -> f64 {
        let step = step.max(1);
        match self {
            Self::Constant(value) => *value,
            Self::Power { base } => powers.of(*base, step),
            Self::Exponential { initial, factor } => initial * powers.of(*factor, step - 1),
            Self::Inverse { initial } => initial / step as f64,
            Self::InverseTime { initial, decay } => initial / (1.0 + decay * (step - 1) as f64),
            Self::InverseSqrt { initial } => initial / (step as f64).sqrt(),
            Self::Linear { from, to, steps } => match fraction(step, *steps) {
                Some(way) => from + (to - from) * way,
                None => *to,
            },
            Self::Cosine { from, to, steps } => match fraction(step, *steps) {
                Some(way) => to + (from - to) * ((1.0 + libm::cos(core::f64::consts::PI * way)) / 2.0),
                None => *to,
            },
            Self::WarmUp { steps, then } if step < *steps => {
                then.at_with(1, powers) * (step as f64 / *steps as f64)
            }
            Self::WarmUp { steps, then } => then.at_with(step - (*steps).max(1) + 1, powers),
            Self::Piecewise(pieces) => {
                let after = pieces.partition_point(|(first, _)| *first <= step);
                after.checked_sub(1).and_then(|i| pieces.get(i)).map_or(f64::NAN, |(_, value)| *value)
            }
        }
    }

    /// Checks that every value is finite and at least 0: what a learning rate needs.
    ///
    /// # Errors
    /// Names `field`, the schedule, and what is allowed.
    pub fn validate_rate(&self, field: &'static str) -> Result<(), SettingError> {
        let good = |value: f64| value.is_finite() && value >= 0.0;
        self.validate_range(field, good, &Allowed::NonNegativeSchedule)
    }

    /// Checks that every value is at least 0 and below 1: what beta1 needs.
    ///
    /// # Errors
    /// Names `field`, the schedule, and what is allowed.
    pub fn validate_decay(&self, field: &'static str) -> Result<(), SettingError> {
        self.validate_range(field, |value| (0.0..1.0).contains(&value), &Allowed::DecaySchedule)
    }

    /// Returns the number of warm-ups around each other.
    fn rises(&self) -> usize {
        let (mut schedule, mut rises) = (self, 0);
        while let Self::WarmUp { then, .. } = schedule {
            (schedule, rises) = (then, rises + 1);
        }
        rises
    }

    /// No schedule leaves the range of its own numbers, so these decide for every step.
    fn validate_range(
        &self,
        field: &'static str,
        good: fn(f64) -> bool,
        allowed: &Allowed,
    ) -> Result<(), SettingError> {
        let all = |values: &[f64]| check(values.iter().copied().all(good), field, self, allowed.clone());
        let factor =
            |value: f64| check((0.0..=1.0).contains(&value), field, self, "a base or factor from 0 to 1");
        let end = |steps: u64| check(steps >= 1, field, self, "a last step of at least 1");
        match self {
            Self::Constant(value) => all(&[*value]),
            Self::Power { base } => factor(*base).and(all(&[*base])),
            Self::Exponential { initial, factor: each } => factor(*each).and(all(&[*initial])),
            Self::Inverse { initial } | Self::InverseSqrt { initial } => all(&[*initial]),
            Self::InverseTime { initial, decay } => {
                let falling = decay.is_finite() && *decay >= 0.0;
                check(falling, field, self, "a finite decay, 0 or more").and(all(&[*initial]))
            }
            Self::Linear { from, to, steps } | Self::Cosine { from, to, steps } => {
                end(*steps).and(all(&[*from, *to]))
            }
            Self::WarmUp { steps, then } => {
                check(
                    self.rises() <= MOST_RISES,
                    field,
                    "a schedule",
                    "at most 64 warm-ups around each other",
                )?;
                end(*steps).and_then(|()| then.validate_range(field, good, allowed))
            }
            Self::Piecewise(pieces) => {
                let rising = pieces.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
                let whole = pieces.first().is_some_and(|piece| piece.0 == 1) && rising;
                check(whole, field, self, "pieces whose first steps rise from 1")?;
                pieces.iter().try_for_each(|piece| all(&[piece.1]))
            }
        }
    }
}

/// Largest number of warm-ups nested in each other.
const MOST_RISES: usize = 64;

/// Returns how much of the way from step 1 to step `steps` is done, or `None` at its end.
fn fraction(step: u64, steps: u64) -> Option<f64> {
    (step < steps).then(|| (step - 1) as f64 / (steps - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn closed_forms(initial in 1e-6..10.0_f64, step in 1..100_000_u64) {
            let t = step as f64;
            prop_assert_eq!(Schedule::constant(initial).at(step), initial);
            prop_assert_eq!(Schedule::inverse(initial).at(step), initial / t);
            prop_assert_eq!(Schedule::inverse_time(initial, 1.0).at(step), initial / t);
            prop_assert_eq!(Schedule::inverse_time(initial, 0.5).at(step), initial / ((t + 1.0) / 2.0));
            prop_assert_eq!(Schedule::inverse_sqrt(initial).at(step), initial / t.sqrt());
            let decayed = Schedule::exponential(initial, 0.999).at(step);
            let closed = initial * libm::exp((t - 1.0) * libm::log(0.999));
            prop_assert!((decayed - closed).abs() <= 1e-11 * closed);
        }

        #[test]
        fn lines_and_waves_end_where_they_say(from in -1.0..1.0_f64, to in -1.0..1.0_f64, steps in 2..1000_u64, at in 0.0..1.0_f64) {
            for schedule in [Schedule::linear(from, to, steps), Schedule::cosine(from, to, steps)] {
                prop_assert!((schedule.at(1) - from).abs() <= 1e-15);
                prop_assert_eq!(schedule.at(steps), to);
                prop_assert_eq!(schedule.at(steps + 17), to);
            }
            let step = 1 + (at * (steps - 1) as f64) as u64;
            let way = (step - 1) as f64 / (steps - 1) as f64;
            let line = from * (1.0 - way) + to * way;
            prop_assert!((Schedule::linear(from, to, steps).at(step) - line).abs() <= 1e-14);
            let wave = to + 0.5 * (from - to) * (1.0 + (core::f64::consts::PI * way).cos());
            prop_assert!((Schedule::cosine(from, to, steps).at(step) - wave).abs() <= 1e-14);
        }

        #[test]
        fn a_warm_up_joins_without_a_jump(rate in 1e-6..1.0_f64, steps in 1..100_u64) {
            let warm = Schedule::inverse_sqrt(rate).warm_up(steps);
            prop_assert_eq!(warm.at(steps), rate);
            prop_assert_eq!(warm.at(steps + 3), Schedule::inverse_sqrt(rate).at(4));
            prop_assert_eq!(warm.at(1), rate * (1.0 / steps as f64));
        }

        #[test]
        fn a_valid_schedule_stays_in_its_range(a in -0.5..1.5_f64, b in -0.5..1.5_f64, steps in 0..50_u64) {
            let schedules = [
                Schedule::constant(a), Schedule::power(a), Schedule::exponential(a, b), Schedule::inverse(a),
                Schedule::inverse_time(a, b), Schedule::inverse_sqrt(a), Schedule::linear(a, b, steps), Schedule::cosine(a, b, steps),
                Schedule::linear(a, b, steps).warm_up(7), Schedule::piecewise([(1, a), (steps, b)]),
            ];
            for schedule in schedules {
                if schedule.validate_decay("beta1").is_ok() {
                    prop_assert!(schedule.samples(60).iter().all(|v| (0.0..1.0).contains(v)), "{}", schedule);
                }
            }
        }
    }

    #[test]
    fn pieces() {
        let schedule = Schedule::piecewise([(1, 0.1), (30, 0.01)]);
        assert_eq!([1, 29, 30, 1000].map(|t| schedule.at(t)), [0.1, 0.1, 0.01, 0.01]);
        assert!(schedule.validate_rate("learning_rate").is_ok());
        assert!(Schedule::piecewise([(2, 0.1)]).validate_rate("learning_rate").is_err());
        assert!(Schedule::piecewise([]).validate_rate("learning_rate").is_err());
        assert!(Schedule::piecewise([]).at(3).is_nan());
    }

    #[test]
    fn errors_name_the_schedule() {
        let error = Schedule::power(1.5).validate_decay("beta1").unwrap_err();
        assert_eq!(error.to_string(), "beta1 is 1.5^t; allowed: a base or factor from 0 to 1");
    }

    #[test]
    fn warm_ups_around_each_other_have_a_limit() {
        let nested = |count| (0..count).fold(Schedule::constant(0.1), |inner, _| inner.warm_up(2));
        let checked =
            |schedule: Schedule| schedule.validate_range("learning_rate", |_| true, &Allowed::Finite);
        assert!(checked(nested(MOST_RISES)).is_ok());
        let error = checked(nested(200_000)).unwrap_err();
        assert_eq!(error.allowed.to_string(), "at most 64 warm-ups around each other");
    }
}
