//! Where two ways of running a rule differ.

use super::ways::{Refusal, Trace};
use crate::number::Real;
use crate::state::State;

impl Refusal {
    /// Returns whether both tell something, and not the same.
    pub(super) fn differs(self, other: Self) -> bool {
        let known = self.component.zip(other.component);
        self.step != other.step || known.is_some_and(|(one, other)| one != other)
    }
}

/// Returns where the ends of two traces differ, as far as both show them.
pub(super) fn difference<T: Real>(expected: &Trace<T>, found: &Trace<T>) -> Option<String> {
    if expected.refused != found.refused {
        return Some(format!("{:?} is refused instead of {:?}", found.refused, expected.refused));
    }
    let points = expected.points.iter().rev().zip(found.points.iter().rev());
    let moved = points.map(|(expected, found)| differing("x", expected, found)).find(Option::is_some);
    let states = expected.states.last().zip(found.states.last());
    moved.flatten().or_else(|| states.and_then(|(expected, found)| state_difference(expected, found)))
}

fn state_difference<T: Real>(expected: &State<T>, found: &State<T>) -> Option<String> {
    let clock = |state: &State<T>| (state.step, state.beta_product.to_bits(), state.slots.len());
    if clock(expected) != clock(found) || expected.rule != found.rule {
        let show = |state: &State<T>| format!("{} after {} steps", state.rule, state.step);
        return Some(format!("the state is {} instead of {}", show(found), show(expected)));
    }
    let slots = expected.slots.iter().zip(&found.slots);
    slots
        .map(|(expected, found)| differing(&expected.name, &expected.values, &found.values))
        .find(Option::is_some)?
}

/// Returns the first number whose bits differ.
pub(super) fn differing<T: Real>(name: &str, expected: &[T], found: &[T]) -> Option<String> {
    if expected.len() != found.len() {
        return Some(format!("{name} has {} numbers instead of {}", found.len(), expected.len()));
    }
    let bits = |x: &T| x.to_f64().to_bits();
    let differs = |(_, (expected, found)): &(usize, (&T, &T))| bits(expected) != bits(found);
    let (i, (expected, found)) = expected.iter().zip(found).enumerate().find(differs)?;
    Some(format!("{name} of coordinate {i} is {found:?} instead of {expected:?}"))
}
