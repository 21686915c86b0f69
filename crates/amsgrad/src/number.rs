//! The numbers a formula may use: one `f32`, one `f64`, or a [`Pack`] of either.
//!
//! An update rule, a test function or a typed formula is written once over [`Number`] (arithmetic) or [`Elementary`]
//! (arithmetic and elementary functions); a single point, a long vector and a batch of starts all run that one function.
//! Every operation acts on each element by itself and is exactly rounded by IEEE 754 (`+ - * / sqrt`), exact (`abs`,
//! comparisons), or taken from the `libm` crate, so the bits of an element do not depend on the width of the pack, the
//! instruction set or the machine.

use core::fmt::{Debug, Display};
use core::ops::{Add, Div, Mul, Neg, Sub};

mod elementary;
mod exponential;
mod pack;
pub mod policy;
mod scalar;

pub use elementary::Elementary;
pub use pack::Pack;

/// Only this crate's numbers are numbers: what holds for all of them is known.
mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// One number or a pack of numbers, computed element by element.
///
/// ```
/// use amsgrad::{Number, Pack};
///
/// fn rosenbrock<N: Number>(x: N, y: N) -> N {
///     let (a, b) = (N::constant(1.0) - x, y - x * x);
///     a * a + N::constant(100.0) * b * b
/// }
/// assert_eq!(rosenbrock(0.5_f64, 0.5), 6.5);
/// assert_eq!(rosenbrock(0.5_f32, 0.5), 6.5);
/// assert_eq!(rosenbrock(Pack([0.5, 1.0]), Pack([0.5, 1.0])), Pack([6.5, 0.0]));
/// ```
pub trait Number:
    Sealed
    + Copy
    + Debug
    + PartialEq
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The type of one element.
    type Real: Real;

    /// Number of elements computed at once.
    const WIDTH: usize;

    /// Returns the same number in every element.
    fn splat(value: Self::Real) -> Self;

    /// Builds each element from its index, 0 to `WIDTH - 1`.
    fn from_fn(element: impl FnMut(usize) -> Self::Real) -> Self;

    /// Returns the element at `index`; an index past the end returns the last element.
    fn element(&self, index: usize) -> Self::Real;

    /// Returns a constant, rounded once to the element type, in every element.
    #[inline(always)]
    fn constant(value: f64) -> Self {
        Self::splat(Self::Real::from_f64(value))
    }

    /// Returns the correctly rounded square root.
    fn sqrt(self) -> Self;

    /// Returns the magnitude.
    fn abs(self) -> Self;

    /// Returns the magnitude of `self` with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;

    /// Returns `if self < other { yes } else { no }`, element by element; a NaN on either side selects `no`.
    fn if_less(self, other: Self, yes: Self, no: Self) -> Self;

    /// Returns `if self <= other { yes } else { no }`, element by element; a NaN on either side selects `no`.
    fn if_at_most(self, other: Self, yes: Self, no: Self) -> Self;

    /// Returns `if self == other { yes } else { no }`, element by element; a NaN on either side selects `no`.
    fn if_equal(self, other: Self, yes: Self, no: Self) -> Self;

    /// Returns whether every element is at most its counterpart; with a NaN on either side it is not.
    fn all_at_most(self, other: Self) -> bool;
}

/// One floating-point number, `f32` or `f64`: what points, gradients and states are made of.
///
/// ```
/// use amsgrad::Real;
///
/// fn mean<T: Real>(values: &[T]) -> f64 {
///     values.iter().map(|value| value.to_f64()).sum::<f64>() / values.len() as f64
/// }
/// assert_eq!(mean(&[1.0_f32, 2.0]), 1.5);
/// ```
pub trait Real: Elementary<Real = Self> + PartialOrd + Display + Default {
    /// The name of the type as Rust writes it.
    const NAME: &'static str;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The smallest positive normal number.
    const MIN_POSITIVE: Self;
    /// Positive infinity.
    const INFINITY: Self;

    /// Returns the nearest number of this type, ties to even.
    fn from_f64(value: f64) -> Self;
    /// Returns the same number as an `f64`; exact.
    fn to_f64(self) -> f64;
    /// Returns whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Returns the least number greater than `self`.
    fn next_up(self) -> Self;
    /// Returns the greatest number less than `self`.
    fn next_down(self) -> Self;
}

/// Returns the same numbers in `f64`; exact.
pub(crate) fn to_f64<T: Real>(numbers: &[T]) -> Vec<f64> {
    numbers.iter().map(|number| number.to_f64()).collect()
}

/// A few numbers of one kind side by side: a rule's coefficients, or the state it keeps for one coordinate.
///
/// Implemented by arrays alone; it lets a rule say `type Memory<N: Number> = [N; 3]`.
pub trait Array<L>: Copy {
    /// Builds each number from its index.
    fn from_fn(number: impl FnMut(usize) -> L) -> Self;
    /// Returns the first of some numbers, if there are enough.
    fn first_of(numbers: &[L]) -> Option<Self>;
    /// Returns all of them in order.
    fn as_slice(&self) -> &[L];
    /// Returns those of several, one after the other.
    fn flat(several: &[Self]) -> &[L];
    /// Returns the same to be written.
    fn flat_mut(several: &mut [Self]) -> &mut [L];
}

impl<L: Copy, const N: usize> Array<L> for [L; N] {
    #[inline(always)]
    fn from_fn(number: impl FnMut(usize) -> L) -> Self {
        core::array::from_fn(number)
    }

    #[inline(always)]
    fn first_of(numbers: &[L]) -> Option<Self> {
        numbers.first_chunk().copied()
    }

    #[inline(always)]
    fn as_slice(&self) -> &[L] {
        self
    }

    fn flat(several: &[Self]) -> &[L] {
        several.as_flattened()
    }

    fn flat_mut(several: &mut [Self]) -> &mut [L] {
        several.as_flattened_mut()
    }
}
