//! A box: a lower and an upper bound for each coordinate.

use crate::error::setting::{Allowed, SettingError, check};
use crate::number::policy::maximum;
use crate::number::{Number, Real};

/// A lower and an upper bound for each coordinate; an open side is infinite.
///
/// On a box the projection in any weighted norm, so also the paper's, is clipping.
///
/// ```
/// use amsgrad::Bounds;
/// let bounds = Bounds::new([(-1.5, 4.0), (0.0, f64::INFINITY)])?;
/// assert_eq!(bounds.dimension(), 2);
/// assert!(Bounds::new([(1.0, 0.0)]).is_err());
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    sides: Vec<(f64, f64)>,
}

impl Bounds {
    /// Creates a box from a pair (lower, upper) per coordinate.
    ///
    /// # Errors
    /// A bound is NaN, a lower bound is above its upper one, or a side holds no finite number.
    pub fn new(sides: impl Into<Vec<(f64, f64)>>) -> Result<Self, SettingError> {
        let sides = sides.into();
        for (i, (lower, upper)) in sides.iter().enumerate() {
            if !(lower <= upper && *lower < f64::INFINITY && *upper > f64::NEG_INFINITY) {
                let allowed = "a lower bound not above the upper one";
                return Err(side_error(i, (*lower, *upper), allowed));
            }
        }
        Ok(Self { sides })
    }

    /// Creates a box with the same bounds for each of `dimension` coordinates.
    ///
    /// # Errors
    /// As for [`Bounds::new`]; more coordinates than there is memory for.
    pub fn cube(dimension: usize, lower: f64, upper: f64) -> Result<Self, SettingError> {
        let mut sides = Vec::new();
        let room = sides.try_reserve_exact(dimension).is_ok();
        check(room, "the dimension of the bounds", dimension, "as many as there is memory for")?;
        sides.resize(dimension, (lower, upper));
        Self::new(sides)
    }

    /// Creates a box from pairs that are known to be in order and finite.
    pub(crate) fn known(sides: Vec<(f64, f64)>) -> Self {
        Self { sides }
    }

    /// Returns the number of coordinates.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.sides.len()
    }

    /// Returns the pair (lower, upper) of each coordinate.
    #[must_use]
    pub fn sides(&self) -> &[(f64, f64)] {
        &self.sides
    }

    /// Returns whether the point lies in the box, its faces included.
    #[must_use]
    pub fn contains(&self, point: &[f64]) -> bool {
        point.len() == self.sides.len()
            && point.iter().zip(&self.sides).all(|(x, (lower, upper))| (lower..=upper).contains(&x))
    }

    /// Returns the bounds in another number type, rounded inwards.
    pub(crate) fn rounded<T: Real>(&self) -> Result<Sides<T>, SettingError> {
        let mut result = Sides { lower: Vec::new(), upper: Vec::new() };
        for (i, (lower, upper)) in self.sides.iter().enumerate() {
            let (mut low, mut high) = (T::from_f64(*lower), T::from_f64(*upper));
            if low.to_f64() < *lower {
                low = low.next_up();
            }
            if high.to_f64() > *upper {
                high = high.next_down();
            }
            let holds_a_number = low <= high && low < T::INFINITY && high > -T::INFINITY;
            if !holds_a_number {
                let allowed = format!("bounds with a finite {} between them", T::NAME);
                return Err(side_error(i, (*lower, *upper), allowed));
            }
            result.lower.push(low);
            result.upper.push(high);
        }
        Ok(result)
    }
}

/// [`Bounds`] in the number type that runs.
#[derive(Clone, Debug)]
pub(crate) struct Sides<T> {
    lower: Vec<T>,
    upper: Vec<T>,
}

impl<T: Real> Sides<T> {
    /// Returns the bounds of one coordinate; of one that does not exist, none.
    pub(crate) fn of(&self, coordinate: usize) -> (T, T) {
        let at = |sides: &[T], none: T| sides.get(coordinate).copied().unwrap_or(none);
        (at(&self.lower, -T::INFINITY), at(&self.upper, T::INFINITY))
    }

    /// Returns whether every gradient component that is not finite, or larger than `limit`, points out of the box.
    pub(crate) fn ends_at(&self, x: &[T], gradient: &[T], sign: T, limit: T) -> bool {
        x.iter().zip(gradient).enumerate().all(|(i, (x, g))| {
            let (lower, upper) = self.of(i);
            g.abs() <= limit || projected(*x, *g, lower, upper, sign) == T::default()
        })
    }

    /// Returns the sides of the part that lies between two numbers in every coordinate.
    pub(super) fn between(&self, least: T, most: T) -> Result<Self, SettingError> {
        let clip = |side: &[T]| side.iter().map(|side| clipped(*side, least, most)).collect();
        for (i, (lower, upper)) in self.lower.iter().zip(&self.upper).enumerate() {
            if *lower > most || *upper < least {
                let allowed = format!("bounds that hold a number from {least} to {most}");
                return Err(side_error(i, (lower.to_f64(), upper.to_f64()), allowed));
            }
        }
        Ok(Self { lower: clip(&self.lower), upper: clip(&self.upper) })
    }

    /// Returns the sides of the points whose coordinates are divided by `scales`.
    pub(crate) fn divided(&self, scales: &[T]) -> Self {
        let divided = |side: &[T]| side.iter().zip(scales).map(|(side, scale)| *side / *scale).collect();
        Self { lower: divided(&self.lower), upper: divided(&self.upper) }
    }

    #[inline(always)]
    fn each<N: Number<Real = T>>(&self) -> impl Iterator<Item = (N, N)> {
        self.lower.iter().zip(&self.upper).map(|(lower, upper)| (N::splat(*lower), N::splat(*upper)))
    }

    /// Moves one point, or one point per element of `x`, to the nearest in the box.
    #[inline(always)]
    pub(crate) fn clip<N: Number<Real = T>>(&self, x: &mut [N]) {
        for (x, (lower, upper)) in x.iter_mut().zip(self.each::<N>()) {
            *x = clipped(*x, lower, upper);
        }
    }

    /// Returns the largest gradient component less what points out of the box.
    #[inline(always)]
    fn gradient_norm<N: Number<Real = T>>(&self, x: &[N], gradient: &[N], sign: N) -> N {
        let points = x.iter().zip(gradient).zip(self.each::<N>());
        points.fold(N::constant(0.0), |most, ((x, g), (lower, upper))| {
            maximum(most, projected(*x, *g, lower, upper, sign))
        })
    }
}

/// Returns the largest gradient component, in a box less what points out of it.
#[inline(always)]
pub(crate) fn gradient_norm<N: Number>(
    sides: Option<&Sides<N::Real>>,
    x: &[N],
    gradient: &[N],
    sign: N,
) -> N {
    match sides {
        Some(sides) => sides.gradient_norm(x, gradient, sign),
        None => gradient.iter().fold(N::constant(0.0), |most, g| maximum(most, g.abs())),
    }
}

/// Returns the number nearest to `x` between the bounds.
#[inline(always)]
pub(crate) fn clipped<N: Number>(x: N, lower: N, upper: N) -> N {
    upper.if_less(x, upper, x.if_less(lower, lower, x))
}

/// Returns the magnitude of a gradient component, 0 where it points out of the box: uphill at the lower bound, downhill at
/// the upper one.
#[inline(always)]
pub(crate) fn projected<N: Number>(x: N, gradient: N, lower: N, upper: N, sign: N) -> N {
    let (zero, uphill, size) = (N::constant(0.0), sign * gradient, gradient.abs());
    let size = x.if_at_most(lower, zero.if_less(uphill, zero, size), size);
    upper.if_at_most(x, uphill.if_less(zero, zero, size), size)
}

/// Returns the error about the bounds of coordinate `i`.
pub(crate) fn side_error(i: usize, (lower, upper): (f64, f64), allowed: impl Into<Allowed>) -> SettingError {
    SettingError::new("bounds", format!("{lower}..{upper}"), allowed).at(i)
}
