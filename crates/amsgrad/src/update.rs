//! Where the formula meets memory: the coordinates of a run, the state of its rule, and the step over both.

use crate::constraint::Sides;
use crate::dispatch::Kernel;
use crate::number::{Array, Number, Real};
use crate::rule::{Clock, Rule, rounded};
use crate::state::{Slot, State, StateError};
use crate::transform::{GradientTransform, Transform};

mod guard;
mod norm;
mod pass;
mod registers;
mod vectors;

pub(crate) use guard::{Look, Refused};
pub(crate) use norm::Norm;
pub(crate) use pass::Line;
pub(crate) use registers::{Exactly, UpTo};
pub(crate) use vectors::Vectors;

/// Where a run keeps its coordinates and the memory of its rule: [`Registers`](registers::Registers) for a few, [`Vectors`]
/// for many. The loop over either is the same.
pub(crate) trait Storage<T: Real> {
    /// What the formula runs on: coordinates side by side.
    type Number: Number<Real = T>;
    /// One number per coordinate.
    type Point: AsRef<[T]> + AsMut<[T]> + Clone;
    /// The memory of the rule for all coordinates.
    type Memory<R: Rule>;
    /// The bounds of all coordinates.
    type Sides;

    /// Stores the numbers of a point.
    fn point(numbers: &[T]) -> Self::Point;

    /// Copies one point over another.
    fn copy(from: &Self::Point, to: &mut Self::Point);

    /// Stores the bounds of a box.
    fn sides(sides: &Sides<T>) -> Self::Sides;

    /// Creates the memory before the first step, or `None` where there is not enough room.
    fn memory<R: Rule>(dimension: usize) -> Option<Self::Memory<R>>;

    /// Runs a loop over this storage: with the best instructions where the numbers stay in it.
    #[inline(always)]
    fn accelerate<K: Kernel>(kernel: K) -> K::Output {
        kernel.run()
    }

    /// Returns the memory pack by pack: coordinates `i * WIDTH` and following in pack `i`.
    fn packs<R: Rule>(memory: &Self::Memory<R>) -> &[R::Memory<Self::Number>];

    /// Returns the same to be written.
    fn packs_mut<R: Rule>(memory: &mut Self::Memory<R>) -> &mut [R::Memory<Self::Number>];

    /// Returns the origin.
    fn zeros(dimension: usize) -> Self::Point;

    /// Moves the point by one step of the rule.
    fn step<R: Rule>(
        coefficients: R::Coefficients<Self::Number>,
        transform: Option<GradientTransform<Self::Number>>,
        x: &mut Self::Point,
        gradient: &Self::Point,
        memory: &mut Self::Memory<R>,
    );

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

/// Opens a step: advances the clock, and returns the coefficients and the gradient transform of this step, in which clipping by
/// norm multiplies by `shorten`.
#[inline(always)]
pub(crate) fn begin_step<R: Rule, N: Number>(
    rule: &R,
    clock: &mut Clock,
    transform: Option<&Transform>,
    shorten: f64,
) -> (R::Coefficients<N>, Option<GradientTransform<N>>) {
    clock.advance();
    let coefficients = rounded::<R, N>(rule.coefficients(clock));
    let transform =
        transform.and_then(|transform| transform.at(|| clock.value(rule.learning_rate()), shorten));
    (coefficients, transform)
}

/// Returns the weight of every coordinate in a projection, as the step with these coefficients left it.
pub(crate) fn weights<R: Rule, N: Number>(
    packs: &[R::Memory<N>],
    coefficients: R::Coefficients<N>,
    dimension: usize,
) -> impl Iterator<Item = N::Real> {
    let elements = move |memory: &R::Memory<N>| {
        let weight = R::weight(coefficients, *memory);
        (0..N::WIDTH).map(move |i| weight.element(i))
    };
    packs.iter().flat_map(elements).take(dimension)
}

/// Returns one of the rule's slots for every coordinate, by its place in [`Rule::SLOTS`].
pub(crate) fn slot<R: Rule, N: Number>(
    packs: &[R::Memory<N>],
    dimension: usize,
    slot: usize,
) -> Vec<N::Real> {
    slot_of(R::Memory::<N>::flat(packs), R::SLOTS.len(), dimension, slot)
}

/// Returns everything needed to resume later, under its names.
pub(crate) fn state<R: Rule, N: Number>(
    packs: &[R::Memory<N>],
    dimension: usize,
    clock: &Clock,
) -> State<N::Real> {
    state_of(R::NAME, R::SLOTS, R::Memory::<N>::flat(packs), dimension, clock)
}

/// Restores the memory as it was saved, and returns the clock.
pub(crate) fn restore<R: Rule, N: Number>(
    packs: &mut [R::Memory<N>],
    state: &State<N::Real>,
) -> Result<Clock, StateError> {
    restore_to(R::NAME, R::SLOTS, R::Memory::<N>::flat_mut(packs), state)
}

// The same whatever the rule, so that each is compiled once per width of packs: `numbers` are the slots of one pack after those
// of the other.

fn slot_of<N: Number>(numbers: &[N], slots: usize, dimension: usize, slot: usize) -> Vec<N::Real> {
    let number = |i: usize| Some(numbers.get(i / N::WIDTH * slots + slot)?.element(i % N::WIDTH));
    (0..dimension).filter_map(number).collect()
}

#[inline(never)]
fn state_of<N: Number>(
    rule: &'static str,
    slots: &'static [&'static str],
    numbers: &[N],
    dimension: usize,
    clock: &Clock,
) -> State<N::Real> {
    let slot = |(i, name): (usize, &&'static str)| Slot {
        name: (*name).into(),
        values: slot_of(numbers, slots.len(), dimension, i),
    };
    State {
        rule: rule.into(),
        step: clock.step(),
        beta_product: clock.beta_product(),
        dimension,
        examples: 0,
        slots: slots.iter().enumerate().map(slot).collect(),
        apart: Vec::new(),
    }
}

#[inline(never)]
fn restore_to<N: Number>(
    rule: &'static str,
    slots: &'static [&'static str],
    numbers: &mut [N],
    state: &State<N::Real>,
) -> Result<Clock, StateError> {
    let values = state.checked_slots(rule, slots)?;
    for (pack, memory) in numbers.chunks_exact_mut(slots.len().max(1)).enumerate() {
        for (number, values) in memory.iter_mut().zip(&values) {
            *number = pass::load(values.get(pack * N::WIDTH..).unwrap_or_default());
        }
    }
    Ok(Clock::resumed(state.step, state.beta_product))
}
