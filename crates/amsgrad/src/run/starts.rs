//! Where the runs of a batch begin.

use core::ops::Range;

use crate::constraint::{Bounds, Constraint, side_error};
use crate::error::Error;
use crate::error::setting::SettingError;
use crate::number::Real;
use crate::random::Uniform;

/// The first points of many runs.
///
/// ```
/// use amsgrad::{Bounds, Starts};
///
/// let given = Starts::points(2, vec![0.0, 0.0, 1.0, -1.0])?;
/// assert_eq!(given.count(), 2);
/// let drawn = Starts::random(1_000_000, 7).over(Bounds::cube(2, -2.0, 2.0)?);
/// assert_eq!(drawn.count(), 1_000_000);
/// # Ok::<(), amsgrad::error::SettingError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Starts(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Points { dimension: usize, coordinates: Vec<f64> },
    Random { count: usize, seed: u64, domain: Option<Bounds> },
}

impl Starts {
    /// Starts from these points, one after the other, each of `dimension` coordinates. A point that is not finite ends
    /// as [`Exit::NonFinite`](crate::Exit::NonFinite) before its first step, its coordinate NaN; the others run on.
    ///
    /// # Errors
    /// The coordinates are not a whole number of points.
    pub fn points(dimension: usize, coordinates: Vec<f64>) -> Result<Self, SettingError> {
        if dimension == 0 || !coordinates.len().is_multiple_of(dimension) {
            let allowed = format!("a multiple of the dimension, which is {dimension} and must be 1 or more");
            return Err(SettingError::new(
                "the number of coordinates of the starts",
                coordinates.len(),
                allowed,
            ));
        }
        Ok(Self(Kind::Points { dimension, coordinates }))
    }

    /// Starts from `count` points, drawn evenly from the box that the run is constrained to.
    ///
    /// Each has a random stream of its own, so a point depends on the seed and its place alone: point i is what NumPy
    /// draws with `default_rng(SeedSequence(seed, spawn_key=(i,))).random(n)`.
    #[must_use]
    pub fn random(count: usize, seed: u64) -> Self {
        Self(Kind::Random { count, seed, domain: None })
    }

    /// Draws from this box instead. Points that are given stay.
    #[must_use]
    pub fn over(mut self, bounds: Bounds) -> Self {
        if let Kind::Random { domain, .. } = &mut self.0 {
            *domain = Some(bounds);
        }
        self
    }

    /// Returns the number of points.
    #[must_use]
    pub fn count(&self) -> usize {
        match &self.0 {
            Kind::Points { dimension, coordinates } => coordinates.len() / dimension,
            Kind::Random { count, .. } => *count,
        }
    }

    /// Returns the first few points.
    pub(crate) fn first<T: Real>(&self, most: usize, constraint: &Constraint) -> Result<Vec<Vec<T>>, Error> {
        let sides = self.sides(constraint)?;
        let coordinates = self.coordinates::<T>(0..self.count().min(most), sides, 1);
        let dimension = self.dimension().unwrap_or(sides.len());
        Ok(coordinates.chunks_exact(dimension.max(1)).map(<[T]>::to_vec).collect())
    }

    pub(crate) fn dimension(&self) -> Option<usize> {
        match &self.0 {
            Kind::Points { dimension, .. } => Some(*dimension),
            Kind::Random { domain, .. } => domain.as_ref().map(Bounds::dimension),
        }
    }

    /// Returns the box to draw from, where points are drawn.
    pub(crate) fn sides<'a>(&'a self, constraint: &'a Constraint) -> Result<&'a [(f64, f64)], Error> {
        match (&self.0, constraint) {
            (Kind::Points { .. }, _) => Ok(&[]),
            (Kind::Random { domain: Some(bounds), .. }, _) | (_, Constraint::Box(bounds)) => {
                let open = |(lower, upper): &(f64, f64)| !(upper - lower).is_finite();
                match bounds.sides().iter().position(open) {
                    None => Ok(bounds.sides()),
                    Some(i) => {
                        let allowed = "finite bounds, to draw starts from them";
                        Err(side_error(i, bounds.sides()[i], allowed).into())
                    }
                }
            }
            _ => Err(Error::NoStart),
        }
    }

    /// Returns the coordinates of some starts, drawn from `sides` if they are random, and of the last of them again and
    /// again until their number is a multiple of `width`.
    pub(crate) fn coordinates<T: Real>(
        &self,
        some: Range<usize>,
        sides: &[(f64, f64)],
        width: usize,
    ) -> Vec<T> {
        let dimension = self.dimension().unwrap_or(sides.len());
        let length = some.len().next_multiple_of(width) * dimension;
        let mut written = Vec::with_capacity(length);
        match &self.0 {
            Kind::Points { coordinates, .. } => {
                let coordinates = coordinates.get(some.start * dimension..some.end * dimension);
                // An infinite one must not be moved into a box.
                let number = |x: &f64| T::from_f64(if x.is_finite() { *x } else { f64::NAN });
                written.extend(coordinates.unwrap_or_default().iter().map(number));
            }
            Kind::Random { seed, .. } => {
                for index in some {
                    let mut uniform = Uniform::numpy_spawned(*seed, index as u64);
                    let mut between = |(lower, upper): &(f64, f64)| lower + uniform.next() * (upper - lower);
                    written.extend(sides.iter().map(|side| T::from_f64(between(side))));
                }
            }
        }
        let last = written.len().saturating_sub(dimension)..written.len();
        while written.len() < length {
            written.extend_from_within(last.clone());
        }
        written
    }
}
