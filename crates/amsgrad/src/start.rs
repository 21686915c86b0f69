//! Where a run begins.

use crate::constraint::{Bounds, Constraint, side_error};
use crate::error::Error;
use crate::error::setting::{Allowed, SettingError};
use crate::random::Uniform;

/// The first point of a run: given, or drawn from a box.
///
/// A start outside the constraint is moved to the nearest point inside before anything is evaluated.
///
/// ```
/// use amsgrad::{Bounds, Start};
/// let square = Bounds::cube(2, -1.0, 1.0)?;
/// assert_eq!(Start::numpy_legacy(1).over(square).draw()?, [-0.165955990594852, 0.4406489868843162]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Start {
    /// This point.
    Point(Vec<f64>),
    /// A point drawn from a box.
    Random {
        /// Whose random numbers.
        generator: Generator,
        /// The box; where there is none, the run's constraint.
        domain: Option<Bounds>,
    },
}

/// A stream of random numbers and its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Generator {
    /// `numpy.random.default_rng(seed).random`, PCG64.
    Numpy(u64),
    /// `numpy.random.seed(seed)` with `numpy.random.rand`, MT19937.
    NumpyLegacy(u32),
}

impl Generator {
    /// Returns the stream from its beginning.
    #[must_use]
    pub fn stream(self) -> Uniform {
        match self {
            Self::Numpy(seed) => Uniform::numpy(seed),
            Self::NumpyLegacy(seed) => Uniform::numpy_legacy(seed),
        }
    }
}

impl Start {
    /// Starts at a point that is drawn as NumPy's `default_rng(seed).random` draws it.
    #[must_use]
    pub fn seed(seed: u64) -> Self {
        Self::Random { generator: Generator::Numpy(seed), domain: None }
    }

    /// Starts at a point that is drawn as `numpy.random.seed(seed)` and `rand` draw it.
    #[must_use]
    pub fn numpy_legacy(seed: u32) -> Self {
        Self::Random { generator: Generator::NumpyLegacy(seed), domain: None }
    }

    /// Draws from this box instead of the run's constraint. A point that is given stays.
    #[must_use]
    pub fn over(mut self, bounds: Bounds) -> Self {
        if let Self::Random { domain, .. } = &mut self {
            *domain = Some(bounds);
        }
        self
    }

    /// Returns the point, where the box to draw from is given.
    ///
    /// # Errors
    /// There is no box, or it has an open side; a given point is not finite.
    pub fn draw(&self) -> Result<Vec<f64>, Error> {
        self.clone().within(&Constraint::None)
    }

    /// Returns the point of a run under `constraint`: lower + u * (upper - lower) for each coordinate in order.
    pub(crate) fn within(self, constraint: &Constraint) -> Result<Vec<f64>, Error> {
        match (self, constraint) {
            (Self::Point(point), _) => match point.iter().position(|x| !x.is_finite()) {
                None => Ok(point),
                Some(i) => {
                    let value = point.get(i).copied().unwrap_or(f64::NAN);
                    Err(SettingError::new("start", value, Allowed::Finite).at(i).into())
                }
            },
            (Self::Random { generator, domain: Some(bounds) }, _) => {
                draw_from(&bounds, &mut generator.stream())
            }
            (Self::Random { generator, domain: None }, Constraint::Box(bounds)) => {
                draw_from(bounds, &mut generator.stream())
            }
            (Self::Random { .. }, _) => Err(Error::NoStart),
        }
    }
}

fn draw_from(bounds: &Bounds, uniform: &mut Uniform) -> Result<Vec<f64>, Error> {
    let coordinate = |(i, (lower, upper)): (usize, &(f64, f64))| {
        let point = lower + uniform.next() * (upper - lower);
        if point.is_finite() {
            return Ok(point);
        }
        Err(side_error(i, (*lower, *upper), "finite bounds, to draw a start from them").into())
    };
    bounds.sides().iter().enumerate().map(coordinate).collect()
}

impl From<Vec<f64>> for Start {
    fn from(point: Vec<f64>) -> Self {
        Self::Point(point)
    }
}

impl From<&[f64]> for Start {
    fn from(point: &[f64]) -> Self {
        Self::Point(point.into())
    }
}

impl<const N: usize> From<[f64; N]> for Start {
    fn from(point: [f64; N]) -> Self {
        Self::Point(point.into())
    }
}
