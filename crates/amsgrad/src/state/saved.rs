//! A state in a file (feature `serde`).

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::{Apart, Slot, State};
use crate::number::Real;

#[cfg(test)]
mod tests;

/// The version of the format that is written and read.
const VERSION: u32 = 1;

/// The document, as it is written and read.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "State", deny_unknown_fields)]
struct Document<Text, Slots, Parts> {
    #[serde(deserialize_with = "supported")]
    version: u32,
    number: Text,
    rule: Text,
    step: u64,
    beta_product: f64,
    dimension: usize,
    examples: u64,
    slots: Slots,
    apart: Parts,
    /// Of all numbers, bit for bit; as hexadecimal digits, for not every format has whole numbers of 64 bits.
    checksum: String,
}

fn supported<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        other => Err(D::Error::custom(format_args!("a state of version {other}; allowed: {VERSION}"))),
    }
}

impl<T: Real + Serialize> Serialize for State<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = Document {
            version: VERSION,
            number: T::NAME,
            rule: &*self.rule,
            step: self.step,
            beta_product: self.beta_product,
            dimension: self.dimension,
            examples: self.examples,
            slots: &self.slots,
            apart: &self.apart,
            checksum: self.checksum(),
        };
        document.serialize(serializer)
    }
}

impl<'de, T: Real + Deserialize<'de>> Deserialize<'de> for State<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Document::<String, Vec<Slot<T>>, Vec<Apart>>::deserialize(deserializer)?;
        if document.number != T::NAME {
            let found = document.number;
            return Err(D::Error::custom(format_args!("a state in {found}; allowed: {}", T::NAME)));
        }
        let state = Self {
            rule: document.rule.into(),
            step: document.step,
            beta_product: document.beta_product,
            dimension: document.dimension,
            examples: document.examples,
            slots: document.slots,
            apart: document.apart,
        };
        let dimension = state.dimension;
        if let Some(Slot { name, values }) = state.slots.iter().find(|slot| slot.values.len() != dimension) {
            let found = values.len();
            let what = format_args!(
                "{name} holds {found} numbers; allowed: one for each of the {dimension} parameters"
            );
            return Err(D::Error::custom(what));
        }
        if state.checksum() != document.checksum {
            let what = "the numbers of the state are not the ones that were saved; with serde_json, enable its feature `float_roundtrip`";
            return Err(D::Error::custom(what));
        }
        Ok(state)
    }
}

impl<T: Real> State<T> {
    /// Returns a number that depends on every bit of the floating-point numbers: text may round them.
    fn checksum(&self) -> String {
        let apart = self.apart.iter().map(|apart| apart.beta_product);
        let slots = self.slots.iter().flat_map(|slot| slot.values.iter().map(|value| value.to_f64()));
        let numbers = core::iter::once(self.beta_product).chain(apart).chain(slots);
        let sum = numbers.fold(0, |sum: u64, number| {
            (sum.rotate_left(5) ^ number.to_bits()).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        format!("{sum:016x}")
    }
}
