//! The policy for NaN, zero denominators, subnormal and infinite numbers: each decision once, over [`Number`].
//!
//! Rules of your own are written with the same functions:
//!
//! ```
//! use amsgrad::number::policy::{descend, flush, maximum};
//!
//! assert!(maximum(1.0, f64::NAN).is_nan()); // the new number counts, a NaN too
//! assert_eq!(flush(-1e-310), -0.0); // state that decays does not end among the subnormal numbers
//! assert_eq!(descend(3.0, 1.0, 0.0, 0.0), 3.0); // 1/0 moves nothing
//! ```

use super::{Number, Real};

/// A pack this wide may be all there is.
const FEW: usize = 8;

/// Keeps the compiler from making a select of the branch that this stands in: what a branch guesses, nothing waits for.
#[inline(always)]
fn keep_branch() {
    core::hint::black_box(());
}

/// Returns the running maximum of AMSGrad: `if kept > new { kept } else { new }`, so a NaN in `new` is kept.
#[inline(always)]
pub fn maximum<N: Number>(kept: N, new: N) -> N {
    new.if_less(kept, kept, new)
}

/// Replaces a magnitude below the smallest normal number by a zero of the same sign; everything else, NaN included, is
/// kept.
///
/// State that decays would otherwise end among the subnormal numbers, where x86 processors compute 5 to 12 times slower.
#[inline(always)]
pub fn flush<N: Number>(x: N) -> N {
    let zero = N::constant(0.0).copysign(x);
    x.abs().if_less(N::splat(N::Real::MIN_POSITIVE), zero, x)
}

/// Does what [`flush`] does, with a branch that the processor guesses, so that what follows need not wait for it: for a few
/// numbers, each on the critical path.
#[inline(always)]
pub(crate) fn flush_ahead<N: Number>(x: N) -> N {
    let flushed = flush(x);
    if (x - flushed).abs().all_at_most(N::constant(0.0)) {
        return x;
    }
    keep_branch();
    flushed
}

/// Does what [`flush`] does for numbers that are not negative, such as a sum of squares, with one operation less.
#[inline(always)]
pub fn flush_square<N: Number>(x: N) -> N {
    x.if_less(N::splat(N::Real::MIN_POSITIVE), N::constant(0.0), x)
}

/// Replaces an infinite number by the largest finite one of the same sign; everything else, NaN included, is kept.
///
/// For state that a quotient by next to nothing, or a setting beyond the range of the type, would make infinite.
#[inline(always)]
pub fn saturate<N: Number>(x: N) -> N {
    let most = N::splat(N::Real::INFINITY.next_down());
    most.if_less(x.abs(), most.copysign(x), x)
}

/// Returns `factor * x`, for a factor that is 1 in most runs: the product, one multiplication on the critical path of a
/// small problem, is left out where it changes nothing.
#[inline(always)]
pub fn scale<N: Number>(factor: N, x: N) -> N {
    if (factor - N::constant(1.0)).abs().all_at_most(N::constant(0.0)) {
        return x;
    }
    // A select waits for the product. Where many packs are under way nobody waits, and a branch takes longer.
    if N::WIDTH <= FEW {
        keep_branch();
    }
    factor * x
}

/// Returns `numerator / denominator`, and 0 where the denominator is 0.
#[inline(always)]
pub fn quotient<N: Number>(numerator: N, denominator: N) -> N {
    let (zero, one) = (N::constant(0.0), N::constant(1.0));
    denominator.if_equal(zero, zero, numerator) / denominator.if_equal(zero, one, denominator)
}

/// Returns `x - numerator / (sqrt(square) + epsilon)`; where that denominator is 0 the element does not move.
///
/// The denominator of an adaptive rule is 0 only where no gradient has been seen yet (or its square underflowed);
/// other software computes 0/0 there. A root is 0 only where its square is, so the rare case is selected before the root
/// is taken: the selects run beside it instead of after it.
#[inline(always)]
pub fn descend<N: Number>(x: N, numerator: N, square: N, epsilon: N) -> N {
    let (zero, one) = (N::constant(0.0), N::constant(1.0));
    if N::splat(N::Real::MIN_POSITIVE).all_at_most(epsilon) {
        return x - numerator / (square.sqrt() + epsilon);
    }
    keep_branch();
    // 0 where square and epsilon both are; a subnormal square counts as 0, as it is stored.
    let either = square.if_less(N::splat(N::Real::MIN_POSITIVE), epsilon, one);
    let numerator = either.if_equal(zero, zero, numerator);
    let epsilon = either.if_equal(zero, one, epsilon);
    x - numerator / (square.sqrt() + epsilon)
}
