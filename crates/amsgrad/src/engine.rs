//! Where the formula meets the machine: a rule's memory for a vector of parameters, and the pass over both.

use crate::decay::Preparation;
use crate::number::{Array, Number};
use crate::rule::{Clock, Rule, rounded};
use crate::state::{Slot, State, StateError};

pub(crate) mod batch;
mod lanes;
pub(crate) mod machine;
pub(crate) mod norm;
mod pass;
mod room;
mod search;

use machine::Kernel;
#[cfg(feature = "measure")]
pub(crate) use pass::AHEAD;
use pass::{Pass, load};
pub(crate) use room::{filled, room};
pub(crate) use search::{Line, first_bad, first_bad_slope};

/// The memory of a rule for `dimension` parameters, `L::WIDTH` of them side by side.
///
/// Coordinates that share a pack keep their memory together (all of m, then all of v, ...), so a pass over a long
/// vector reads and writes one stream besides parameters and gradients, and never two that collide in the cache.
#[derive(Clone, Debug)]
pub(crate) struct Engine<L: Number, R: Rule> {
    clock: Clock,
    memory: Vec<R::Memory<L>>,
    dimension: usize,
}

impl<L: Number, R: Rule> Engine<L, R> {
    /// The memory before the first step, or `None` where there is not room enough for it.
    pub(crate) fn new(dimension: usize) -> Option<Self> {
        // More than any machine holds; a rule without memory would not find out by itself.
        const MOST: usize = 1 << 40;
        if dimension > MOST {
            return None;
        }
        let zero = <R::Memory<L> as Array<L>>::from_fn(|_| L::constant(0.0));
        let packs = dimension.div_ceil(L::WIDTH);
        let memory = filled(room(packs)?, packs, zero);
        Some(Self { clock: Clock::default(), memory, dimension })
    }

    /// One step: `x` moves by the rule, given the gradient there. Both hold `dimension` numbers. The coefficients it was
    /// made with are the answer.
    #[inline(always)]
    pub(crate) fn step(
        &mut self,
        rule: &R,
        preparation: &Preparation,
        x: &mut [L::Real],
        gradient: &[L::Real],
    ) -> R::Coefficients<L> {
        self.clock.advance();
        let coefficients = rounded::<R, L>(rule.coefficients(&mut self.clock));
        let prepare = preparation.now(|| self.clock.value(rule.learning_rate()));
        // Cut to what a caller's array may tell the compiler: a short loop is unrolled then.
        let Some(memory) = self.memory.get_mut(..x.len().div_ceil(L::WIDTH)) else { return coefficients };
        let pass = Pass::<L, R> { coefficients, prepare, x, gradient, memory };
        if L::WIDTH == 1 {
            pass.run()
        } else {
            pass.run_wide()
        }
        coefficients
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The weight of every coordinate in a projection, as the step with these coefficients left it.
    pub(crate) fn weights(&self, coefficients: R::Coefficients<L>) -> impl Iterator<Item = L::Real> {
        let pack = move |memory: &R::Memory<L>| R::weight(coefficients, *memory);
        (0..self.dimension).map(move |i| {
            self.memory.get(i / L::WIDTH).map_or(L::Real::default(), |m| pack(m).element(i % L::WIDTH))
        })
    }

    /// One of the rule's slots for every coordinate, by its place in [`Rule::SLOTS`].
    pub(crate) fn slot(&self, slot: usize) -> Vec<L::Real> {
        let pack = |i: usize| self.memory.get(i / L::WIDTH)?.as_slice().get(slot);
        (0..self.dimension).filter_map(|i| Some(pack(i)?.element(i % L::WIDTH))).collect()
    }

    /// Everything that is needed to go on later, under its names.
    pub(crate) fn state(&self) -> State<L::Real> {
        State {
            rule: R::NAME.into(),
            step: self.clock.step(),
            beta_product: self.clock.beta_product(),
            dimension: self.dimension,
            slots: R::SLOTS
                .iter()
                .enumerate()
                .map(|(i, name)| Slot { name: (*name).into(), values: self.slot(i) })
                .collect(),
            apart: Vec::new(),
        }
    }

    /// The memory as it was saved.
    pub(crate) fn from_state(state: &State<L::Real>) -> Result<Self, StateError> {
        let slots = state.checked_slots(R::NAME, R::SLOTS)?;
        let dimension = state.dimension;
        let mut engine = Self::new(dimension).ok_or(StateError::TooLarge { dimension })?;
        engine.clock = Clock::resumed(state.step, state.beta_product);
        for (pack, memory) in engine.memory.iter_mut().enumerate() {
            *memory = Array::from_fn(|slot| {
                let rest = slots.get(slot).and_then(|values| values.get(pack * L::WIDTH..));
                load(rest.unwrap_or_default())
            });
        }
        Ok(engine)
    }
}
