//! Where the objective may be evaluated.

use crate::error::Error;
use crate::error::setting::SettingError;
use crate::number::Real;
use crate::number::policy::maximum;

mod ball;
mod blocks;
mod bounds;
mod double;
mod intersection;
mod simplex;
mod weights;

pub use ball::Ball;
use ball::Sphere;
pub use blocks::Blocks;
use blocks::Parts;
pub use bounds::Bounds;
pub(crate) use bounds::{Sides, clipped, gradient_norm, projected, side_error};
pub use intersection::Intersection;
use intersection::Meeting;
use simplex::Shares;
pub use simplex::Simplex;

/// Beyond it whole numbers are no longer exact, so that a number drawn between bounds so far out says nothing about the size
/// of the solution.
pub const FAR: f64 = 9_007_199_254_740_992.0;

/// The set that every evaluated point lies in, the start included.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Constraint {
    /// All points.
    #[default]
    None,
    /// A lower and an upper bound for each coordinate.
    Box(Bounds),
    /// The points within a radius of a center.
    Ball(Ball),
    /// The points whose coordinates are 0 or more and sum to a total.
    Simplex(Simplex),
    /// The part of a ball or a simplex that lies in a box.
    Intersection(Intersection),
    /// A constraint for each of some blocks of coordinates.
    Blocks(Blocks),
}

impl From<Bounds> for Constraint {
    fn from(bounds: Bounds) -> Self {
        Self::Box(bounds)
    }
}

impl From<Ball> for Constraint {
    fn from(ball: Ball) -> Self {
        Self::Ball(ball)
    }
}

impl From<Simplex> for Constraint {
    fn from(simplex: Simplex) -> Self {
        Self::Simplex(simplex)
    }
}

impl From<Intersection> for Constraint {
    fn from(both: Intersection) -> Self {
        Self::Intersection(both)
    }
}

impl From<Blocks> for Constraint {
    fn from(blocks: Blocks) -> Self {
        Self::Blocks(blocks)
    }
}

impl Constraint {
    /// Returns the number of coordinates, where the constraint says it.
    #[must_use]
    pub fn dimension(&self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Box(bounds) => Some(bounds.dimension()),
            Self::Ball(ball) => Some(ball.dimension()),
            Self::Simplex(simplex) => Some(simplex.dimension()),
            Self::Intersection(both) => Some(both.dimension()),
            Self::Blocks(blocks) => Some(blocks.dimension()),
        }
    }

    /// Returns whether an objective may be evaluated at the point.
    ///
    /// ```
    /// use amsgrad::{Ball, Constraint};
    /// let disc = Constraint::from(Ball::new([0.0, 0.0], 1.0)?);
    /// assert!(disc.contains(&[0.6, 0.8]) && !disc.contains(&[1.0, 1.0]));
    /// # Ok::<(), amsgrad::error::SettingError>(())
    /// ```
    #[must_use]
    pub fn contains(&self, point: &[f64]) -> bool {
        match self {
            Self::None => true,
            Self::Box(bounds) => bounds.contains(point),
            Self::Ball(ball) => ball.contains(point),
            Self::Simplex(simplex) => simplex.contains(point),
            Self::Intersection(both) => both.contains(point),
            Self::Blocks(blocks) => {
                point.len() == blocks.dimension()
                    && blocks.blocks().all(|(places, constraint)| {
                        constraint.contains(&places.iter().map(|place| point[*place]).collect::<Vec<_>>())
                    })
            }
        }
    }

    /// Returns a box with finite sides to draw points from. Sides that are open, or so far out that a number drawn between them
    /// says nothing, are closed at a distance of 2, or at -1 and 1 where both are; a ball and a simplex have the box around them.
    ///
    /// ```
    /// use amsgrad::{Bounds, Constraint};
    /// let bounds = Constraint::from(Bounds::new([(3.0, f64::INFINITY), (-5.0, 5.0)])?);
    /// assert_eq!(bounds.drawing_box(2), [(3.0, 5.0), (-5.0, 5.0)]);
    /// # Ok::<(), amsgrad::error::SettingError>(())
    /// ```
    #[must_use]
    pub fn drawing_box(&self, dimension: usize) -> Vec<(f64, f64)> {
        let closed = |(lower, upper): &(f64, f64)| match (lower.abs() <= FAR, upper.abs() <= FAR) {
            (true, true) => (*lower, *upper),
            (true, false) => (*lower, lower + 2.0),
            (false, true) => (upper - 2.0, *upper),
            (false, false) => (-1.0_f64.max(*lower), 1.0_f64.min(*upper)),
        };
        match self {
            Self::Box(bounds) => bounds.sides().iter().map(closed).collect(),
            Self::Ball(ball) if ball.radius() <= FAR => {
                ball.center().iter().map(|x| (x - ball.radius(), x + ball.radius())).collect()
            }
            Self::Simplex(simplex) => vec![(0.0, simplex.total()); dimension],
            Self::Intersection(both) => both.clip(both.set().drawing_box(dimension)),
            _ => vec![(-1.0, 1.0); dimension],
        }
    }

    /// Returns a box with finite sides around what is likely to matter: the sides of a box, open ones closed at a distance
    /// of 2 from the other; what a ball or a simplex spans; elsewhere 1 to either side of the start.
    pub(crate) fn domain(&self, start: &[f64]) -> Vec<(f64, f64)> {
        let closed = |((lower, upper), x): (&(f64, f64), &f64)| match (lower.abs() <= FAR, upper.abs() <= FAR)
        {
            (true, true) => (*lower, *upper),
            (true, false) => (*lower, lower + 2.0),
            (false, true) => (upper - 2.0, *upper),
            (false, false) => (x - 1.0, x + 1.0),
        };
        match self {
            Self::Box(bounds) => bounds.sides().iter().zip(start).map(closed).collect(),
            Self::Ball(ball) => {
                ball.center().iter().map(|c| (c - ball.radius(), c + ball.radius())).collect()
            }
            Self::Simplex(simplex) => vec![(0.0, simplex.total()); start.len()],
            Self::None => start.iter().map(|x| (x - 1.0, x + 1.0)).collect(),
            Self::Intersection(both) => both.clip(both.set().domain(start)),
            Self::Blocks(blocks) => blocks.fill(Self::None.domain(start), |places, constraint| {
                constraint.domain(&places.iter().map(|place| start[*place]).collect::<Vec<_>>())
            }),
        }
    }

    /// Returns the sides of each coordinate that are bounds to draw points between: both finite, and not so far out that no
    /// whole number lies between two numbers there.
    pub(crate) fn near_sides(&self, dimension: usize) -> Vec<Option<(f64, f64)>> {
        let near = |side: &(f64, f64)| Some(*side).filter(|(l, u)| l.abs() <= FAR && u.abs() <= FAR);
        match self {
            Self::Box(bounds) => bounds.sides().iter().map(near).collect(),
            Self::Blocks(blocks) => {
                let none = vec![None; dimension];
                blocks.fill(none, |places, constraint| constraint.near_sides(places.len()))
            }
            _ => vec![None; dimension],
        }
    }

    /// Returns how long a coordinate is at this point: half the width of its bounds; elsewhere its size, that of the largest
    /// where it is 0, and 1 where all are.
    pub(crate) fn lengths(&self, point: &[f64]) -> Vec<f64> {
        let largest = point.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let size = |x: &f64| [x.abs(), largest].into_iter().find(|size| *size > 0.0).unwrap_or(1.0);
        let half = |(x, side): (&f64, Option<(f64, f64)>)| match side {
            Some((lower, upper)) if lower < upper => (upper - lower) / 2.0,
            _ => size(x),
        };
        match self {
            Self::Ball(ball) if ball.radius() <= FAR => vec![ball.radius(); point.len()],
            Self::Simplex(simplex) => vec![simplex.total(); point.len()],
            Self::Intersection(both) => {
                let lengths = both.set().lengths(point).into_iter().zip(both.bounds().sides());
                let half = |(length, (lower, upper)): (f64, &(f64, f64))| match upper - lower {
                    width if width > 0.0 => length.min(width / 2.0),
                    _ => length,
                };
                lengths.map(half).collect()
            }
            Self::Blocks(blocks) => blocks.fill(Self::None.lengths(point), |places, constraint| {
                constraint.lengths(&places.iter().map(|place| point[*place]).collect::<Vec<_>>())
            }),
            _ => point.iter().zip(self.near_sides(point.len())).map(half).collect(),
        }
    }

    /// Returns the same set in the number type that runs, never larger.
    pub(crate) fn region<T: Real>(&self) -> Result<Region<T>, SettingError> {
        let shape = match self {
            Self::None => Shape::Everywhere,
            Self::Box(bounds) => Shape::Box(bounds.rounded()?),
            Self::Ball(ball) => Shape::Ball(ball.rounded()?),
            Self::Simplex(simplex) => Shape::Simplex(simplex.rounded()?),
            Self::Intersection(both) => Shape::Intersection(both.rounded()?),
            Self::Blocks(blocks) => Shape::Blocks(blocks.rounded()?),
        };
        let dimension = match shape {
            Shape::Ball(_) | Shape::Simplex(_) | Shape::Intersection(_) => self.dimension().unwrap_or(0),
            _ => 0,
        };
        Ok(Region { shape, mapped: Vec::with_capacity(dimension) })
    }
}

/// A constraint in the number type that runs.
#[derive(Clone, Debug)]
pub(crate) struct Region<T> {
    shape: Shape<T>,
    /// Room for a point of the gradient mapping.
    mapped: Vec<T>,
}

/// The kinds of region, with the memory their projections need.
#[derive(Clone, Debug)]
enum Shape<T> {
    Everywhere,
    Box(Sides<T>),
    Ball(Sphere<T>),
    Simplex(Shares<T>),
    Intersection(Meeting<T>),
    Blocks(Parts<T>),
}

impl<T: Real> Shape<T> {
    fn project(&mut self, x: &mut [T], weights: &mut dyn Iterator<Item = T>) {
        match self {
            Self::Everywhere => {}
            Self::Box(sides) => sides.clip(x),
            Self::Ball(sphere) => sphere.project(x, weights),
            Self::Simplex(shares) => shares.project(x, weights),
            Self::Intersection(meeting) => meeting.project(x, weights),
            Self::Blocks(parts) => parts.project(x, weights),
        }
    }
}

impl<T: Real> Region<T> {
    /// Returns the sides of a box, where the region is one.
    pub(crate) fn sides(&self) -> Option<&Sides<T>> {
        match &self.shape {
            Shape::Box(sides) => Some(sides),
            _ => None,
        }
    }

    /// Returns the region of the points whose coordinates are divided by `scales`, all 1 where it is neither a box nor
    /// everywhere.
    pub(crate) fn divided(&self, scales: &[T]) -> Self {
        match &self.shape {
            Shape::Box(sides) => Self { shape: Shape::Box(sides.divided(scales)), mapped: Vec::new() },
            _ => self.clone(),
        }
    }

    /// Returns the size of one component of a gradient, 0 where it points out of a box; of balls and simplices, which mix the
    /// coordinates, its magnitude.
    pub(crate) fn component(&self, coordinate: usize, x: T, gradient: T, sign: T) -> T {
        let (lower, upper) = self.sides().map_or((-T::INFINITY, T::INFINITY), |sides| sides.of(coordinate));
        projected(x, gradient, lower, upper, sign)
    }

    /// Returns whether a side of a box holds a coordinate that did not move, though the value falls inwards: what pushed it
    /// out is the rule's memory.
    pub(crate) fn holds(&self, before: &[T], x: &[T], gradient: &[T], sign: T) -> bool {
        let Some(sides) = self.sides() else { return false };
        before.iter().zip(x.iter().zip(gradient)).enumerate().any(|(i, (before, (x, g)))| {
            let (lower, upper) = sides.of(i);
            let at_side = *x <= lower || *x >= upper;
            before == x && at_side && lower < upper && self.component(i, *x, *g, sign) > T::default()
        })
    }

    /// Replaces gradient components that are infinite where they point out of the region: of a box by 0, of a simplex by the
    /// largest of the others. No step can follow them.
    pub(crate) fn tame(&self, x: &[T], gradient: &mut [T], sign: T) {
        if gradient.iter().all(|g| g.is_finite()) || !self.ends_at(x, gradient, sign, T::INFINITY.next_down())
        {
            return;
        }
        let zero = T::default();
        let mut outward = zero;
        if self.is_simplex() {
            let finite = gradient.iter().filter(|g| g.is_finite());
            outward = finite.fold(zero, |most, g| maximum(most, g.abs()));
        }
        let infinite = gradient.iter_mut().filter(|g| !g.is_finite());
        infinite.for_each(|g| *g = if *g < zero { zero - outward } else { outward });
    }

    /// Returns whether the value falls so steeply out of the region at `x` that its gradient cannot be used: every component
    /// that is not finite, or larger than `limit`, points out of a side of the box, or below 0 in a simplex.
    pub(crate) fn ends_at(&self, x: &[T], gradient: &[T], sign: T, limit: T) -> bool {
        match &self.shape {
            Shape::Box(sides) => sides.ends_at(x, gradient, sign, limit),
            Shape::Intersection(meeting) => meeting.sides().ends_at(x, gradient, sign, limit),
            Shape::Simplex(_) => {
                let outward = |(x, g): (&T, &T)| g.abs() <= limit || *x == T::default() && sign * *g > limit;
                x.iter().zip(gradient).all(outward)
            }
            _ => false,
        }
    }

    /// Returns whether the coordinates are shares of a total.
    fn is_simplex(&self) -> bool {
        match &self.shape {
            Shape::Simplex(_) => true,
            Shape::Intersection(meeting) => meeting.is_simplex(),
            _ => false,
        }
    }

    /// Returns how far a point of the region may be from where it is most likely, a ball's center; 0 where that is not known.
    pub(crate) fn radius(&self) -> f64 {
        match &self.shape {
            Shape::Ball(sphere) => sphere.radius(),
            Shape::Intersection(meeting) => meeting.radius(),
            _ => 0.0,
        }
    }

    /// Returns whether coordinates may be measured in units of their own.
    pub(crate) fn is_separate(&self) -> bool {
        matches!(self.shape, Shape::Everywhere | Shape::Box(_))
    }

    /// Returns whether there is no constraint at all.
    pub(crate) fn is_everywhere(&self) -> bool {
        matches!(self.shape, Shape::Everywhere)
    }

    /// Moves `x` to the nearest point of the region, in the norm that weighs coordinate i with the i-th of `weights`,
    /// which are consumed only where they matter. A coordinate that is not finite may stay so.
    pub(crate) fn project(&mut self, x: &mut [T], weights: &mut dyn Iterator<Item = T>) {
        self.shape.project(x, weights);
    }

    /// Returns how far `x` is from stationary: 0 at a stationary point. `sign` is 1 to minimize, -1 to maximize.
    ///
    /// The largest component of the gradient, in a box less what points out of it; in a ball and a simplex the largest
    /// of x - P(x - gradient), where P is the Euclidean projection. That is the gradient itself while x - gradient is
    /// inside, and changes without a jump on the way to the boundary. A gradient that would be lost beside the point is
    /// multiplied before, and the difference divided. Over blocks, the largest of theirs.
    pub(crate) fn gradient_norm(&mut self, x: &[T], gradient: &[T], sign: T) -> T {
        if let Shape::Everywhere | Shape::Box(_) = self.shape {
            return gradient_norm(self.sides(), x, gradient, sign);
        }
        if let Shape::Blocks(parts) = &mut self.shape {
            return parts.gradient_norm(x, gradient, sign);
        }
        let most = T::INFINITY.next_down();
        let stride = stride(x, gradient);
        let stepped = |(x, g): (&T, &T)| {
            let y = *x - sign * stride * *g;
            // The difference of finite numbers may pass the largest number.
            if y.abs() <= most { y } else { most.copysign(y) }
        };
        self.mapped.clear();
        self.mapped.extend(x.iter().zip(gradient).map(stepped));
        self.shape.project(&mut self.mapped, &mut equal_weights());
        if self.mapped.iter().zip(x.iter().zip(gradient)).all(|(mapped, pair)| *mapped == stepped(pair)) {
            // Inside, without what a gradient that is small beside the point loses.
            return gradient_norm(None, x, gradient, sign);
        }
        self.mapped.iter_mut().zip(x).for_each(|(mapped, x)| *mapped = (*x - *mapped) / stride);
        gradient_norm(None, x, &self.mapped, sign)
    }
}

/// Returns the power of two by which a gradient is multiplied so that a step along it is seen beside the point: 1 unless it is
/// smaller than this share of it.
fn stride<T: Real>(x: &[T], gradient: &[T]) -> T {
    const SEEN: f64 = 1e-8;
    let largest =
        |numbers: &[T]| numbers.iter().fold(0.0_f64, |most, number| most.max(number.abs().to_f64()));
    let (size, step) = (SEEN * largest(x), largest(gradient));
    let is_unseen = step > 0.0 && step < size && size.is_finite();
    let doublings = if is_unseen { libm::ilogb(size / step).clamp(0, 100) } else { 0 };
    T::from_f64(libm::scalbn(1.0, doublings))
}

/// Returns the weights of the Euclidean norm.
pub(crate) fn equal_weights<T: Real>() -> impl Iterator<Item = T> {
    core::iter::repeat(T::from_f64(1.0))
}

pub(crate) fn check_dimension(
    what: &'static str,
    found: usize,
    expected: Option<usize>,
) -> Result<(), Error> {
    match expected {
        Some(expected) if found != expected => Err(Error::Dimension { what, expected, found }),
        _ => Ok(()),
    }
}
