//! A few numbers computed as if nothing rare happened, which remember whether that was so.

#![allow(clippy::suspicious_arithmetic_impl, reason = "marks are joined beside the arithmetic")]

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::{Lane, Real};

/// The numbers that plain ones would be, as long as they are not marked as rare.
///
/// A branch for every rare case lengthens the chain of dependent operations, on which a small problem waits: what
/// follows it may come from either side. One look at the marks of a whole step does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Watched<T, const N: usize> {
    pub(crate) numbers: [T; N],
    /// Not 0 where something should have been flushed, divided by 0 or corrected. Of the type of the numbers, for between
    /// types of different sizes there is a gap, and copying it from step to step costs more than the step.
    mark: T,
}

impl<T: Real, const N: usize> Watched<T, N> {
    #[inline(always)]
    pub(crate) fn new(numbers: [T; N]) -> Self {
        Self { numbers, mark: T::default() }
    }

    /// Whether they may not be what plain numbers would be.
    #[inline(always)]
    pub(crate) fn is_rare(&self) -> bool {
        self.mark != T::default()
    }

    #[inline(always)]
    fn marked(numbers: [T; N], rare: bool) -> Self {
        Self { numbers, mark: if rare { T::from_f64(1.0) } else { T::default() } }
    }

    /// The same numbers, marked if one of others is rare.
    #[inline(always)]
    fn watching(self, others: [T; N], rare: impl Fn(T) -> bool) -> Self {
        Self::marked(self.numbers, others.iter().fold(self.is_rare(), |any, number| any | rare(*number)))
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $operator:tt;)*) => {$(
        impl<T: Real, const N: usize> $trait for Watched<T, N> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let numbers = core::array::from_fn(|i| self.numbers[i] $operator other.numbers[i]);
                Self::marked(numbers, self.is_rare() | other.is_rare())
            }
        }
    )*};
}

operators! {
    Add add +;
    Sub sub -;
    Mul mul *;
    Div div /;
}

impl<T: Real, const N: usize> Neg for Watched<T, N> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self::marked(self.numbers.map(|number| -number), self.is_rare())
    }
}

macro_rules! each {
    ($($method:ident $([$argument:ident])?;)*) => {$(
        #[inline(always)]
        fn $method(self $(, $argument: Self)?) -> Self {
            let numbers = core::array::from_fn(|i| self.numbers[i].$method($($argument.numbers[i])?));
            Self::marked(numbers, self.is_rare() $(| $argument.is_rare())?)
        }
    )*};
}

macro_rules! choices {
    ($($method:ident $operator:tt;)*) => {$(
        #[inline(always)]
        fn $method(self, other: Self, yes: Self, no: Self) -> Self {
            let chosen = |i| if self.numbers[i] $operator other.numbers[i] { yes.numbers[i] } else { no.numbers[i] };
            Self::marked(core::array::from_fn(chosen), self.is_rare() | other.is_rare() | yes.is_rare() | no.is_rare())
        }
    )*};
}

impl<T: Real, const N: usize> Lane for Watched<T, N> {
    type Real = T;

    const WIDTH: usize = N;

    #[inline(always)]
    fn splat(value: T) -> Self {
        Self::new([value; N])
    }

    #[inline(always)]
    fn from_fn(element: impl FnMut(usize) -> T) -> Self {
        Self::new(core::array::from_fn(element))
    }

    #[inline(always)]
    fn element(&self, index: usize) -> T {
        self.numbers[index.min(N - 1)]
    }

    choices! {
        if_less <;
        if_at_most <=;
        if_equal ==;
    }

    // Zeros, which a long run ends with, are not rare.
    #[inline(always)]
    fn flushed(self) -> Self {
        self.watching(self.numbers, |x| (x.abs() < T::MIN_POSITIVE) & (x != T::default()))
    }

    #[inline(always)]
    fn flushed_square(self) -> Self {
        self.flushed()
    }

    #[inline(always)]
    fn descend(self, numerator: Self, denominator: Self) -> Self {
        let moved = (self - numerator / denominator).flushed();
        moved.watching(denominator.numbers, |number| number == T::default())
    }

    #[inline(always)]
    fn corrected_by(self, factor: Self) -> Self {
        self.watching(factor.numbers, |number| number != T::from_f64(1.0))
    }

    for_each_function! { each }
}
