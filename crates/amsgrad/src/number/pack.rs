//! Several numbers side by side, computed element by element.

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::elementary::for_each_function;
use super::{Elementary, Number, Real, Sealed};

/// `W` numbers side by side. Inside a function compiled for a wide instruction set its operations become vector
/// instructions; the bits of each element are those of the same operation on one number.
///
/// ```
/// use amsgrad::{Number, Pack};
/// let roots = Pack([1.0_f64, 4.0, 9.0, 16.0]).sqrt();
/// assert_eq!(roots, Pack([1.0, 2.0, 3.0, 4.0]));
/// ```
///
/// A pack lies at a multiple of 64 bytes, a line of the cache, so that no vector is split between two.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Pack<T, const W: usize>(
    /// The elements.
    pub [T; W],
);

/// A pack this wide or wider is computed in a loop, which without optimization takes a fifth of the time.
const MANY: usize = if cfg!(debug_assertions) { 0 } else { 16 };

/// Computes every element. Few are computed by themselves, and stay in registers; many in a loop that is inlined whole, so that
/// it becomes vectors.
macro_rules! elements {
    ($i:ident in $pack:ident => $element:expr) => {{
        if W < MANY {
            return Self(core::array::from_fn(|$i| $element));
        }
        let mut result = $pack;
        let mut $i = 0;
        while $i < W {
            result.0[$i] = $element;
            $i += 1;
        }
        result
    }};
}

macro_rules! operators {
    ($($trait:ident $method:ident $operator:tt;)*) => {$(
        impl<T: Real, const W: usize> $trait for Pack<T, W> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                elements!(i in self => self.0[i] $operator other.0[i])
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

impl<T: Real, const W: usize> Neg for Pack<T, W> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        elements!(i in self => -self.0[i])
    }
}

/// The same operation on every element.
macro_rules! each {
    ($($method:ident $([$argument:ident])?;)*) => {$(
        #[inline(always)]
        fn $method(self $(, $argument: Self)?) -> Self {
            elements!(i in self => self.0[i].$method($($argument.0[i])?))
        }
    )*};
}

impl<T: Real, const W: usize> Sealed for Pack<T, W> {}

impl<T: Real, const W: usize> Number for Pack<T, W> {
    type Real = T;

    const WIDTH: usize = W;

    #[inline(always)]
    fn splat(value: T) -> Self {
        Self([value; W])
    }

    #[inline(always)]
    fn from_fn(element: impl FnMut(usize) -> T) -> Self {
        Self(core::array::from_fn(element))
    }

    #[inline(always)]
    fn element(&self, index: usize) -> T {
        const { assert!(W > 0, "a pack holds at least one number") }
        self.0[index.min(W - 1)]
    }

    #[inline(always)]
    fn if_less(self, other: Self, yes: Self, no: Self) -> Self {
        elements!(i in self => if self.0[i] < other.0[i] { yes.0[i] } else { no.0[i] })
    }

    #[inline(always)]
    fn if_at_most(self, other: Self, yes: Self, no: Self) -> Self {
        elements!(i in self => if self.0[i] <= other.0[i] { yes.0[i] } else { no.0[i] })
    }

    #[inline(always)]
    fn if_equal(self, other: Self, yes: Self, no: Self) -> Self {
        elements!(i in self => if self.0[i] == other.0[i] { yes.0[i] } else { no.0[i] })
    }

    #[inline(always)]
    fn all_at_most(self, other: Self) -> bool {
        (0..W).fold(true, |all, i| all & (self.0[i] <= other.0[i]))
    }

    each! {
        sqrt;
        abs;
        copysign[sign];
    }
}

/// The same function of every element, in a loop that is inlined whole, so that it becomes vectors where the function has no
/// branch.
macro_rules! each_in_turn {
    ($($method:ident $([$argument:ident])?;)*) => {$(
        #[inline(always)]
        fn $method(mut self $(, $argument: Self)?) -> Self {
            for i in 0..W {
                self.0[i] = self.0[i].$method($($argument.0[i])?);
            }
            self
        }
    )*};
}

impl<T: Real, const W: usize> Elementary for Pack<T, W> {
    for_each_function! { each_in_turn }
}
