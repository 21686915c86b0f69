//! Numbers in JSON that come back to the bit: those that are not finite, which JSON lacks, under their names.
//!
//! ```
//! #[derive(serde::Serialize)]
//! struct Run {
//!     #[serde(with = "amsgrad_cli::shards::exact::number")]
//!     value: f64,
//! }
//! assert_eq!(serde_json::to_string(&Run { value: f64::INFINITY }).unwrap(), r#"{"value":"inf"}"#);
//! ```

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// A number that comes back as it was.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Exact(f64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { serializer.collect_str(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Exact;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, \"NaN\", \"inf\" or \"-inf\"")
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Exact, E> {
                Ok(Exact(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Exact, E> {
                Ok(Exact(number as f64))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Exact, E> {
                Ok(Exact(number as f64))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Exact, E> {
                name.parse().map(Exact).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Number)
    }
}

/// One number.
pub mod number {
    use super::{Deserialize as _, Deserializer, Exact, Serialize as _, Serializer};

    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        Exact(*number).serialize(serializer)
    }

    /// Reads it.
    ///
    /// # Errors
    /// Something else is there.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Exact::deserialize(deserializer).map(|number| number.0)
    }
}

/// A list of numbers.
pub mod numbers {
    use super::{Deserialize as _, Deserializer, Exact, Serializer};

    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(numbers: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(numbers.iter().map(|number| Exact(*number)))
    }

    /// Reads it.
    ///
    /// # Errors
    /// Something else is there.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        let numbers = Vec::<Exact>::deserialize(deserializer)?;
        Ok(numbers.into_iter().map(|number| number.0).collect())
    }
}

/// Why a run ended, by its name.
pub mod exit {
    use amsgrad::Exit;

    use super::{Deserialize as _, Deserializer, Error as _, Serializer};

    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(exit.name())
    }

    /// Reads it.
    ///
    /// # Errors
    /// Something else is there.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Exit, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = Exit::ALL.into_iter().find(|exit| exit.name() == name);
        known.ok_or_else(|| D::Error::custom(format!("there is no ending '{name}'")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_number_comes_back() {
        let numbers = [
            0.1,
            -0.0,
            3.0,
            1e300,
            f64::MIN_POSITIVE / 3.0,
            1.0_f64.next_up(),
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        let text = serde_json::to_string(&numbers.map(Exact)).unwrap();
        let back: Vec<Exact> = serde_json::from_str(&text).unwrap();
        assert!(back.iter().zip(numbers).all(|(a, b)| a.0.to_bits() == b.to_bits()), "{text}");
        assert_eq!(serde_json::to_string(&Exact(-f64::NAN)).unwrap(), "\"NaN\"");
        assert!(serde_json::from_str::<Exact>("\"NaN\"").unwrap().0.is_nan());
        assert!(serde_json::from_str::<Exact>("\"one\"").is_err());
    }
}
