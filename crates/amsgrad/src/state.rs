//! A rule's memory as plain vectors under their names, to look at, to save and to resume from.

use core::ops::Range;
use std::borrow::Cow;

use crate::group::GroupError;
use crate::number::Real;

#[cfg(feature = "serde")]
mod saved;
#[cfg(feature = "safetensors")]
mod torch;

/// What an optimizer carries from step to step: the memory of the rule, the clock, and the position in a finite sum.
///
/// With the parameters themselves this is all that is needed to resume bit for bit, in another process too: with the feature
/// `serde` it is written and read in any format of that crate. What is read must have the version and the number type that
/// are asked for, a number in each slot for each parameter, and the numbers that were written to the last bit.
#[derive(Clone, Debug, PartialEq)]
pub struct State<T> {
    /// The rule's name, [`Rule::NAME`](crate::rule::Rule::NAME).
    pub rule: Cow<'static, str>,
    /// How many steps have been made.
    pub step: u64,
    /// The product of beta1 (Nadam: of mu) over all steps, which a bias correction with a changing beta1 needs; 1 for
    /// rules without.
    pub beta_product: f64,
    /// How many coordinates there are; 0 before the first step.
    pub dimension: usize,
    /// The number of examples of a finite sum that were looked at; 0 for other objectives.
    pub examples: u64,
    /// The memory of every coordinate, a vector for each name.
    pub slots: Vec<Slot<T>>,
    /// The coordinates that have made another number of steps, for they were frozen a while; mostly none.
    pub apart: Vec<Apart>,
}

/// Coordinates that have made fewer steps than the rest, for their [`Group`](crate::Group) was frozen.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Apart {
    /// Which coordinates.
    pub range: Range<usize>,
    /// How many steps they have made.
    pub step: u64,
    /// The product of beta1 over these steps; 1 for rules without.
    pub beta_product: f64,
}

/// One named vector of a state, a number for each coordinate.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Slot<T> {
    /// `m`, `v`, `v_hat`, ... as in the rule's formula.
    pub name: Cow<'static, str>,
    /// A number for each coordinate.
    pub values: Vec<T>,
}

/// Why a state does not fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The state is another rule's and lacks a slot.
    #[error(
        "the state of rule {found} has no {slot}, which {rule} needs; add one (for AMSGrad after Adam: a copy of its second moment)"
    )]
    MissingSlot {
        /// The rule that is to resume.
        rule: &'static str,
        /// The rule whose state it is.
        found: String,
        /// The slot that is missing.
        slot: &'static str,
    },
    /// The state is of a rule whose slots of the same names hold something else.
    #[error(
        "the state is of rule {found}; allowed for {rule}: its own, or among amsgrad, adam and adamx one another's"
    )]
    OtherRule {
        /// The rule that is to resume.
        rule: &'static str,
        /// The rule whose state it is.
        found: String,
    },
    /// A slot has the wrong length.
    #[error("{slot} holds {found} numbers; allowed: one for each of the {expected} parameters")]
    Length {
        /// The slot.
        slot: String,
        /// How many parameters there are.
        expected: usize,
        /// How many numbers it holds.
        found: usize,
    },
    /// A slot holds a number that no run leaves behind.
    #[error(
        "{slot} at coordinate {coordinate} is {value}; allowed: finite numbers, 0 or more for second moments"
    )]
    Value {
        /// The slot.
        slot: String,
        /// The coordinate, from 0.
        coordinate: usize,
        /// The number.
        value: f64,
    },
    /// The product of beta1 is out of range.
    #[error("the product of beta1 is {value}; allowed: from 0 to 1")]
    BetaProduct {
        /// The number.
        value: f64,
    },
    /// The groups of the optimizer that is to resume do not fit.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The memory does not fit.
    #[error("the state of {dimension} parameters does not fit into memory")]
    TooLarge {
        /// How many parameters there are.
        dimension: usize,
    },
}

impl<T> State<T> {
    /// Returns the slot of this name.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<&[T]> {
        self.slots.iter().find(|slot| slot.name == name).map(|slot| slot.values.as_slice())
    }
}

impl<T: Real> State<T> {
    /// Returns the state before the first step of the rule called `rule`.
    pub(crate) fn empty(rule: &'static str, slots: &[&'static str]) -> Self {
        let slot = |name: &&'static str| Slot { name: (*name).into(), values: Vec::new() };
        Self {
            rule: rule.into(),
            step: 0,
            beta_product: 1.0,
            dimension: 0,
            examples: 0,
            slots: slots.iter().map(slot).collect(),
            apart: Vec::new(),
        }
    }

    /// Returns the state of the coordinates in `range`, all of which have made the same steps.
    pub(crate) fn part(&self, range: Range<usize>) -> Result<Self, GroupError> {
        let meets = |apart: &&Apart| apart.range.start < range.end && range.start < apart.range.end;
        let (step, beta_product) = match self.apart.iter().find(meets) {
            None => (self.step, self.beta_product),
            Some(Apart { range: Range { start, end }, step, .. })
                if range.start < *start || *end < range.end =>
            {
                return Err(GroupError::Cut { start: *start, end: *end, step: *step });
            }
            Some(apart) => (apart.step, apart.beta_product),
        };
        let slot = |slot: &Slot<T>| Slot {
            name: slot.name.clone(),
            values: slot.values.get(range.clone()).unwrap_or_default().to_vec(),
        };
        Ok(Self {
            rule: self.rule.clone(),
            step,
            beta_product,
            dimension: range.len(),
            examples: self.examples,
            slots: self.slots.iter().map(slot).collect(),
            apart: Vec::new(),
        })
    }

    /// Returns the same state in `f64`; exact.
    #[must_use]
    pub fn to_f64(&self) -> State<f64> {
        self.map(T::to_f64)
    }

    pub(crate) fn map<U>(&self, f: impl Fn(T) -> U) -> State<U> {
        let slot = |slot: &Slot<T>| Slot {
            name: slot.name.clone(),
            values: slot.values.iter().map(|value| f(*value)).collect(),
        };
        State {
            rule: self.rule.clone(),
            step: self.step,
            beta_product: self.beta_product,
            dimension: self.dimension,
            examples: self.examples,
            slots: self.slots.iter().map(slot).collect(),
            apart: self.apart.clone(),
        }
    }

    /// Returns the values of the slots that a rule needs, in its order.
    pub(crate) fn checked_slots(
        &self,
        rule: &'static str,
        names: &[&'static str],
    ) -> Result<Vec<&[T]>, StateError> {
        // What m and v of these hold is the same; a rule without memory takes any state.
        let kin = |rule: &str| ["amsgrad", "adam", "adamx"].contains(&rule);
        if self.rule != rule && !names.is_empty() && !(kin(rule) && kin(&self.rule)) {
            return Err(StateError::OtherRule { rule, found: self.rule.to_string() });
        }
        if !(0.0..=1.0).contains(&self.beta_product) {
            return Err(StateError::BetaProduct { value: self.beta_product });
        }
        let slot = |name: &&'static str| {
            let missing = || StateError::MissingSlot { rule, found: self.rule.to_string(), slot: name };
            let values = self.slot(name).ok_or_else(missing)?;
            if values.len() != self.dimension {
                let (expected, found) = (self.dimension, values.len());
                return Err(StateError::Length { slot: (*name).into(), expected, found });
            }
            // v and v_hat, and the u of AdaMax.
            let second_moment = name.starts_with(['v', 'u']);
            let good = |value: &T| value.is_finite() && !(second_moment && *value < T::default());
            match values.iter().position(|value| !good(value)) {
                None => Ok(values),
                Some(i) => {
                    let value = values.get(i).map_or(f64::NAN, |value| value.to_f64());
                    Err(StateError::Value { slot: (*name).into(), coordinate: i, value })
                }
            }
        };
        names.iter().map(slot).collect()
    }
}
