//! A constraint for each block of coordinates.

use super::{Constraint, Region};
use crate::error::setting::SettingError;
use crate::number::Real;
use crate::number::policy::maximum;

/// Constraints over blocks of coordinates, such as weights on a simplex beside means in a box. Coordinates in no block
/// are free.
///
/// ```
/// use amsgrad::{Blocks, Bounds, Minimizer, Simplex};
///
/// let constraint = Blocks::new(4)
///     .block([0, 3], Simplex::new(2)?)?
///     .block([1], Bounds::new([(0.0, 1.0)])?)?;
/// // The nearest point of that set to this one.
/// let to = [0.9, 5.0, -2.0, 0.5];
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     (0..4).for_each(|i| gradient[i] = x[i] - to[i]);
///     gradient.iter().map(|g| 0.5 * g * g).sum::<f64>()
/// })
/// .within(constraint)
/// .learning_rate(0.05)
/// .start([0.5, 0.5, 0.5, 0.5])
/// .gradient_tolerance(1e-8)
/// .run()?;
/// for (x, expected) in outcome.best.point.iter().zip([0.7, 1.0, -2.0, 0.3]) {
///     assert!((x - expected).abs() < 1e-6);
/// }
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    dimension: usize,
    blocks: Vec<(Vec<usize>, Constraint)>,
}

impl Blocks {
    /// Creates a constraint of this many coordinates that are all free.
    #[must_use]
    pub fn new(dimension: usize) -> Self {
        Self { dimension, blocks: Vec::new() }
    }

    /// Keeps the coordinates at `places`, in their order, inside `constraint`.
    ///
    /// # Errors
    /// A place is beyond the dimension, in two blocks or twice in one, or the constraint has another number of coordinates.
    pub fn block(
        mut self,
        places: impl Into<Vec<usize>>,
        constraint: impl Into<Constraint>,
    ) -> Result<Self, SettingError> {
        let (places, constraint) = (places.into(), constraint.into());
        let mut taken = self.taken();
        for place in &places {
            let Some(taken) = taken.get_mut(*place) else {
                let allowed = format!("a number below {}", self.dimension);
                return Err(SettingError::new("place of a block", place, allowed));
            };
            if core::mem::replace(taken, true) {
                return Err(SettingError::new("place of a block", place, "each place once"));
            }
        }
        if let Some(dimension) = constraint.dimension().filter(|dimension| *dimension != places.len()) {
            let allowed = format!("{dimension}, the dimension of its constraint");
            return Err(SettingError::new("number of places of a block", places.len(), allowed));
        }
        self.blocks.push((places, constraint));
        Ok(self)
    }

    /// Returns which coordinates are in a block.
    fn taken(&self) -> Vec<bool> {
        let mut taken = vec![false; self.dimension];
        self.blocks.iter().flat_map(|(places, _)| places).for_each(|place| taken[*place] = true);
        taken
    }

    /// Returns the number of coordinates.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Returns the places and the constraint of each block.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = (&[usize], &Constraint)> {
        self.blocks.iter().map(|(places, constraint)| (places.as_slice(), constraint))
    }

    /// Returns `all`, one thing per coordinate, with those of each block in place.
    pub(super) fn fill<V>(&self, mut all: Vec<V>, of: impl Fn(&[usize], &Constraint) -> Vec<V>) -> Vec<V> {
        for (places, constraint) in &self.blocks {
            let part = of(places, constraint);
            places.iter().zip(part).for_each(|(place, one)| all[*place] = one);
        }
        all
    }

    /// The blocks in the number type that runs.
    pub(super) fn rounded<T: Real>(&self) -> Result<Parts<T>, SettingError> {
        let part = |(places, constraint): &(Vec<usize>, Constraint)| {
            let region = constraint.region()?;
            Ok(Part { places: places.clone(), region, x: Vec::new(), beside: Vec::new() })
        };
        let taken = self.taken();
        Ok(Parts {
            parts: self.blocks.iter().map(part).collect::<Result<_, SettingError>>()?,
            free: (0..self.dimension).filter(|place| !taken[*place]).collect(),
            weights: Vec::new(),
        })
    }
}

/// [`Blocks`] in the number type that runs, and the memory of their projections.
#[derive(Clone, Debug)]
pub(crate) struct Parts<T> {
    parts: Vec<Part<T>>,
    free: Vec<usize>,
    weights: Vec<T>,
}

#[derive(Clone, Debug)]
struct Part<T> {
    places: Vec<usize>,
    region: Region<T>,
    /// The block's coordinates, and their weights or slopes.
    x: Vec<T>,
    beside: Vec<T>,
}

impl<T: Real> Part<T> {
    /// Gathers the block's coordinates and what belongs to them.
    fn gather(&mut self, x: &[T], beside: &[T]) {
        self.x.clear();
        self.x.extend(self.places.iter().map(|place| x[*place]));
        self.beside.clear();
        self.beside.extend(self.places.iter().map(|place| beside[*place]));
    }
}

impl<T: Real> Parts<T> {
    pub(super) fn project(&mut self, x: &mut [T], weights: &mut dyn Iterator<Item = T>) {
        self.weights.clear();
        self.weights.extend(weights.take(x.len()));
        for part in &mut self.parts {
            part.gather(x, &self.weights);
            part.region.project(&mut part.x, &mut part.beside.iter().copied());
            part.places.iter().zip(&part.x).for_each(|(place, inside)| x[*place] = *inside);
        }
    }

    pub(super) fn gradient_norm(&mut self, x: &[T], gradient: &[T], sign: T) -> T {
        let free = self.free.iter().map(|place| gradient[*place].abs());
        let free = free.fold(T::default(), maximum);
        self.parts.iter_mut().fold(free, |most, part| {
            part.gather(x, gradient);
            maximum(most, part.region.gradient_norm(&part.x, &part.beside, sign))
        })
    }
}
