//! Where the formula meets memory: the coordinates of a run, the memory of its rule, and the step over both.

use core::fmt::Debug;

use crate::constraint::Sides;
use crate::number::{Array, Number, Pack, Real};
use crate::rule::{About, Clock, Rule, rounded, splat};
use crate::schedule::Schedule;
use crate::state::{Slot, State, StateError};
use crate::transform::{GradientTransform, Transform};

mod guard;
mod lines;
mod norm;
mod pass;
mod registers;

pub(crate) use guard::{Look, Refused};
pub(crate) use lines::{LineMemory, LineRule, numbers_of_lines};
pub(crate) use norm::Norm;
pub(crate) use pass::step_slice;
pub(crate) use registers::{Exactly, PackRule};

/// Where a run keeps its coordinates: [`Registers`](registers::Registers) for a few, [`Lines`](lines::Lines) for many. The loop over either
/// is the same.
pub(crate) trait Storage<T: Real> {
    /// One number per coordinate.
    type Point: AsRef<[T]> + AsMut<[T]> + Clone;
    /// The bounds of all coordinates.
    type Sides;

    /// Stores the numbers of a point.
    fn point(numbers: &[T]) -> Self::Point;

    /// Copies one point over another.
    fn copy(from: &Self::Point, to: &mut Self::Point);

    /// Stores the bounds of a box.
    fn sides(sides: &Sides<T>) -> Self::Sides;

    /// Moves the point to the nearest in the box.
    fn clip(x: &mut Self::Point, sides: &Self::Sides);

    /// Returns whether every coordinate is finite.
    fn is_finite(x: &Self::Point) -> bool;

    /// Returns whether every gradient component may reach the rule.
    fn accepts(
        x: &Self::Point,
        gradient: &Self::Point,
        transform: Option<&GradientTransform<T>>,
        limit: T,
    ) -> bool;

    /// Returns the largest gradient component, in a box less what points out of it.
    fn gradient_norm(x: &Self::Point, gradient: &Self::Point, sides: Option<&Self::Sides>, sign: T) -> T;
}

/// What a run needs of its rule, and its memory: in the packs of the storage.
pub(crate) trait Update<T: Real> {
    type Storage: Storage<T>;
    /// Coordinates side by side.
    type Number: Number<Real = T>;
    /// The memory of the rule for all coordinates.
    type Memory;
    /// What was the same for every coordinate in one step, to weigh them by.
    type Coefficients;

    /// Returns what is fixed of the rule.
    fn about(&self) -> About;

    /// Returns the setting called `name` where it is a schedule.
    fn schedule(&self, name: &str) -> Option<&Schedule>;

    /// Creates the memory before the first step, or `None` where there is not enough room.
    fn memory(&self, dimension: usize) -> Option<Self::Memory>;

    /// Returns the numbers in the memory: the slots of one pack of coordinates after those of the other.
    fn numbers(memory: &Self::Memory) -> &[Self::Number];

    /// Returns the same to be written.
    fn numbers_mut(memory: &mut Self::Memory) -> &mut [Self::Number];

    /// Moves the point by one step.
    fn step(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut <Self::Storage as Storage<T>>::Point,
        gradient: &<Self::Storage as Storage<T>>::Point,
        memory: &mut Self::Memory,
    ) -> Self::Coefficients;

    /// Returns the weights in a projection of the coordinates in one pack, as the step with these coefficients left it.
    fn weight(&self, coefficients: &Self::Coefficients, memory: &Self::Memory, pack: usize) -> Self::Number;
}

/// A rule behind an indirection, as far as nothing is computed.
pub trait Described: Debug + Send + Sync {
    /// Returns what is fixed of the rule.
    fn about(&self) -> About;

    /// Returns the setting called `name` where it is a schedule.
    fn schedule(&self, name: &str) -> Option<&Schedule>;
}

impl<R: Rule> Described for R {
    fn about(&self) -> About {
        About::of::<R>()
    }

    fn schedule(&self, name: &str) -> Option<&Schedule> {
        Rule::schedule(self, name)
    }
}

/// The memory of a rule behind an indirection, in packs of `N` coordinates.
#[derive(Clone, Debug)]
pub struct PackMemory<T, const N: usize> {
    /// The slots of one pack of coordinates after those of the other.
    pub(crate) numbers: Vec<Pack<T, N>>,
    /// The coefficients of the last step.
    coefficients: Vec<T>,
}

impl<T: Real, const N: usize> PackMemory<T, N> {
    fn new(numbers: Vec<Pack<T, N>>) -> Self {
        Self { numbers, coefficients: Vec::new() }
    }

    /// Returns the slots of one pack.
    fn slots<R: Rule>(&self, pack: usize) -> R::Memory<Pack<T, N>> {
        match Array::first_of(&self.numbers[pack * R::SLOTS.len()..]) {
            Some(slots) => slots,
            None => unreachable!("every pack has all slots"),
        }
    }

    /// Returns the weights of the coordinates in one pack, as the last step left them.
    fn weight<R: Rule>(&self, pack: usize) -> Pack<T, N> {
        weight::<R, _>(kept::<R, T>(&self.coefficients), self.slots::<R>(pack))
    }
}

/// Opens a step: advances the clock, and returns the coefficients and the gradient transform of this step, in which clipping by
/// norm multiplies by `shorten`.
#[inline(always)]
pub(crate) fn begin_step<R: Rule, T: Real>(
    rule: &R,
    clock: &mut Clock,
    transform: Option<&Transform>,
    shorten: f64,
) -> (R::Coefficients<T>, Option<GradientTransform<T>>) {
    clock.advance();
    let coefficients = rounded::<R, T>(rule.coefficients(clock));
    let transform =
        transform.and_then(|transform| transform.at(|| clock.value(rule.learning_rate()), shorten));
    (coefficients, transform)
}

/// Opens a step and keeps its coefficients: a function of its own, compiled once for packs and lines. Each is stored from its
/// register, as the length of the copy is known, and read by itself: a processor waits where it reads several at once that were just
/// written one by one.
#[inline(never)]
fn begin_kept<R: Rule, T: Real>(
    rule: &R,
    clock: &mut Clock,
    transform: Option<&Transform>,
    kept: &mut Vec<T>,
) -> Option<GradientTransform<T>> {
    let (coefficients, transform) = begin_step::<R, T>(rule, clock, transform, 1.0);
    let coefficients = coefficients.as_slice();
    kept.resize(coefficients.len(), T::default());
    kept[..coefficients.len()].copy_from_slice(coefficients);
    transform
}

/// Returns the coefficients that were kept.
#[inline(always)]
fn kept<R: Rule, T: Real>(coefficients: &[T]) -> R::Coefficients<T> {
    Array::from_fn(|i| coefficients.get(i).copied().unwrap_or_default())
}

/// Returns the weights of the coordinates in a pack, as the step with these coefficients left `memory`.
#[inline(always)]
pub(crate) fn weight<R: Rule, N: Number>(coefficients: R::Coefficients<N::Real>, memory: R::Memory<N>) -> N {
    R::weight(splat::<R, N>(coefficients), memory)
}

/// Returns the elements of the first packs, as many as there are coordinates.
pub(crate) fn elements<N: Number>(
    packs: impl Iterator<Item = N>,
    dimension: usize,
) -> impl Iterator<Item = N::Real> {
    packs.flat_map(|pack| (0..N::WIDTH).map(move |i| pack.element(i))).take(dimension)
}

// The memory of any rule as numbers: the slots of one pack of coordinates after those of the other.

/// Returns one of the slots for every coordinate.
pub(crate) fn slot<N: Number>(numbers: &[N], slots: usize, dimension: usize, slot: usize) -> Vec<N::Real> {
    elements(numbers.iter().skip(slot).step_by(slots.max(1)).copied(), dimension).collect()
}

/// Returns everything needed to resume later, under its names.
#[inline(never)]
pub(crate) fn state<N: Number>(
    rule: &About,
    numbers: &[N],
    dimension: usize,
    clock: &Clock,
) -> State<N::Real> {
    let slot = |(i, name): (usize, &&'static str)| Slot {
        name: (*name).into(),
        values: slot(numbers, rule.slots.len(), dimension, i),
    };
    State {
        rule: rule.name.into(),
        step: clock.step(),
        beta_product: clock.beta_product(),
        dimension,
        examples: 0,
        slots: rule.slots.iter().enumerate().map(slot).collect(),
        apart: Vec::new(),
    }
}

/// Restores the memory as it was saved, and returns the clock.
#[inline(never)]
pub(crate) fn restore<N: Number>(
    rule: &About,
    numbers: &mut [N],
    state: &State<N::Real>,
) -> Result<Clock, StateError> {
    let values = state.checked_slots(rule.name, rule.slots)?;
    for (pack, memory) in numbers.chunks_exact_mut(rule.slots.len().max(1)).enumerate() {
        for (number, values) in memory.iter_mut().zip(&values) {
            *number = pass::load(values.get(pack * N::WIDTH..).unwrap_or_default());
        }
    }
    Ok(Clock::resumed(state.step, state.beta_product))
}
