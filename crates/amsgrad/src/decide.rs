//! The decisions of a run, each written once over the number type: is this evaluation acceptable, is it better, is the run
//! over. Single runs, batches and the optimizer call these; none has a decision of its own.

use crate::number::policy::maximum;
use crate::number::{Number, Real};
use crate::transform::GradientTransform;

/// Whether all numbers of an evaluation are acceptable: finite, and no gradient component larger than the memory of the rule
/// can hold.
///
/// The answer is gathered by arithmetic: 0 times finite numbers is 0, 0 times any other is NaN. Chains of selects between
/// constants would become logic on single bits of masks, which is slower.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acceptance<N> {
    /// 0, or NaN once a number was not finite.
    finite: N,
    /// The largest magnitude of a gradient component.
    largest: N,
}

impl<N: Number> Acceptance<N> {
    /// Starts with nothing seen.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { finite: N::constant(0.0), largest: N::constant(0.0) }
    }

    /// Looks at a number that must be finite.
    #[inline(always)]
    pub(crate) fn see(&mut self, number: N) {
        self.finite = self.finite * number;
    }

    /// Looks at a gradient component: `scaled` before it is clipped, `entering` as it reaches the rule.
    #[inline(always)]
    pub(crate) fn see_gradient(&mut self, scaled: N, entering: N) {
        self.see(scaled);
        // A spoiled parameter can spoil what enters; the maximum alone would forget a NaN.
        self.see(entering);
        self.largest = maximum(self.largest, entering.abs());
    }

    /// Looks at a raw gradient component at `x` that is transformed on its way to the rule.
    #[inline(always)]
    pub(crate) fn see_transformed(&mut self, transform: Option<&GradientTransform<N>>, x: N, gradient: N) {
        match transform {
            None => {
                self.see(gradient);
                self.largest = maximum(self.largest, gradient.abs());
            }
            Some(transform) => self.see_gradient(transform.scaled(gradient), transform.gradient(x, gradient)),
        }
    }

    /// Returns the largest magnitude seen; NaN where a number was not finite.
    #[inline(always)]
    pub(crate) fn worst(self) -> N {
        self.finite + self.largest
    }

    /// Returns whether everything seen is acceptable in every element.
    #[inline(always)]
    pub(crate) fn accepts(self, limit: N::Real) -> bool {
        self.worst().all_at_most(N::splat(limit))
    }
}

/// Returns `value` times `sign`, to be compared: less is better; infinite where it is not finite, which is never better.
#[inline(always)]
pub(crate) fn comparable<N: Number>(sign: N, value: N) -> N {
    let most = N::splat(N::Real::INFINITY.next_down());
    value.abs().if_at_most(most, sign * value, N::constant(f64::INFINITY))
}

/// Selects `yes` where a comparable value is better than the best so far, that is strictly less.
#[inline(always)]
pub(crate) fn if_better<N: Number>(comparable: N, best: N, yes: N, no: N) -> N {
    comparable.if_less(best, yes, no)
}

/// Why a run is over, as a number of the type that runs, so that each element of a pack can have its own.
pub(crate) mod exit {
    pub(crate) const GOES_ON: f64 = 0.0;
    pub(crate) const CONVERGED: f64 = 1.0;
    pub(crate) const TARGET_REACHED: f64 = 2.0;
    pub(crate) const NON_FINITE: f64 = 3.0;
}

/// What ends a run by the numbers of one evaluation, in the number type that runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tests<N> {
    /// The largest gradient component that counts as converged; below 0 for none.
    tolerance: N,
    /// The comparable value that is good enough; NaN for none.
    target: N,
}

impl<T: Real> Tests<T> {
    /// Rounds both limits down, so that being at most the one is being at most the other.
    pub(crate) fn new(tolerance: Option<f64>, comparable_target: Option<f64>) -> Self {
        let down = |limit: f64| {
            let rounded = T::from_f64(limit);
            if rounded.to_f64() > limit { rounded.next_down() } else { rounded }
        };
        Self {
            tolerance: down(tolerance.unwrap_or(-1.0)),
            target: down(comparable_target.unwrap_or(f64::NAN)),
        }
    }

    /// Returns the same tests in every element.
    #[inline(always)]
    pub(crate) fn splat<N: Number<Real = T>>(self) -> Tests<N> {
        Tests { tolerance: N::splat(self.tolerance), target: N::splat(self.target) }
    }
}

impl<N: Number> Tests<N> {
    /// Returns why a run ends, or `goes_on`: the gradient is tested before the target.
    #[inline(always)]
    pub(crate) fn exit(&self, gradient_norm: N, comparable: N) -> N {
        let goes_on = N::constant(exit::GOES_ON);
        let exit = comparable.if_at_most(self.target, N::constant(exit::TARGET_REACHED), goes_on);
        gradient_norm.if_at_most(self.tolerance, N::constant(exit::CONVERGED), exit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_finite_is_not_accepted_wherever_it_stands() {
        let accepts = |numbers: [f64; 3]| {
            let mut acceptance = Acceptance::new();
            numbers.into_iter().for_each(|g| acceptance.see_gradient(g, g));
            acceptance.accepts(1e10)
        };
        assert!(accepts([0.0, -1e10, 1e-320]));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e10_f64.next_up(), -1e11] {
            for place in 0..3 {
                let mut numbers = [1.0, 0.0, -2.0];
                numbers[place] = bad;
                assert!(!accepts(numbers), "{numbers:?}");
            }
        }
    }

    #[test]
    fn only_finite_values_are_better() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(comparable(1.0, value), f64::INFINITY);
            assert_eq!(comparable(-1.0, value), f64::INFINITY);
        }
        assert_eq!(if_better(comparable(-1.0, 3.0), -2.0, 1.0, 0.0), 1.0);
        assert_eq!(if_better(2.0, 2.0, 1.0, 0.0), 0.0);
    }

    #[test]
    fn the_gradient_is_tested_before_the_target_and_neither_where_it_is_not_set() {
        let both = Tests::<f64>::new(Some(0.0), Some(1.0));
        assert_eq!(both.exit(0.0, 0.5), exit::CONVERGED);
        assert_eq!(both.exit(0.1, 1.0), exit::TARGET_REACHED);
        assert_eq!(both.exit(0.1, 1.1), exit::GOES_ON);
        assert_eq!(Tests::<f64>::new(None, None).exit(0.0, f64::NEG_INFINITY), exit::GOES_ON);
    }
}
