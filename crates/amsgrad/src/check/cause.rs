//! What is likely wrong with a gradient that differs.

use core::fmt;

/// A mistake that explains every slope that differs. Coordinates count from 0.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// These components are left as they were.
    NotWritten {
        /// Which, of those checked.
        coordinates: Vec<usize>,
    },
    /// These components are added to what was there.
    Accumulated {
        /// Which, of those checked.
        coordinates: Vec<usize>,
    },
    /// The gradient belongs to the point that was evaluated before.
    Stale,
    /// Every component has the wrong sign.
    Sign,
    /// These components have the wrong sign.
    SignOf {
        /// Which.
        coordinates: Vec<usize>,
    },
    /// The gradient is the right one times a number.
    Factor {
        /// The number: what the gradient is to be divided by.
        factor: f64,
        /// The same in words, where it is a likely one: `2`, `1/2`, `n`, `1/n`, their negatives.
        likely: Option<&'static str>,
    },
    /// Two components have changed places.
    Swapped {
        /// The one.
        first: usize,
        /// The other.
        second: usize,
    },
    /// The components are the right ones in another order.
    Permuted,
    /// Value and gradient take the variables in opposite orders.
    ArgumentOrder,
    /// The gradient is 0 throughout, and the slopes are not.
    Zero,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWritten { coordinates } => write!(f, "{} not written", Listed(coordinates)),
            Self::Accumulated { coordinates } => {
                write!(f, "{} added to what was there, not set", Listed(coordinates))
            }
            Self::Stale => write!(f, "the gradient belongs to the point that was evaluated before"),
            Self::Sign => write!(f, "every component has the wrong sign"),
            Self::SignOf { coordinates } => write!(f, "{} of the wrong sign", Listed(coordinates)),
            Self::Factor { factor, likely: Some(likely) } => {
                write!(f, "the gradient is {likely} times the right one ({factor})")
            }
            Self::Factor { factor, likely: None } => {
                write!(f, "the gradient is {factor} times the right one")
            }
            Self::Swapped { first, second } => {
                write!(f, "components {first} and {second} have changed places")
            }
            Self::Permuted => write!(f, "the components are the right ones in another order"),
            Self::ArgumentOrder => write!(f, "value and gradient take the variables in opposite orders"),
            Self::Zero => write!(f, "the gradient is 0 throughout"),
        }
    }
}

/// A few coordinates, with the verb.
struct Listed<'a>(&'a [usize]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 8;
        let shown: Vec<String> = self.0.iter().take(MOST).map(ToString::to_string).collect();
        match self.0.len() {
            1 => write!(f, "component {} is", shown.join("")),
            len if len > MOST => write!(f, "components {} and {} more are", shown.join(", "), len - MOST),
            _ => write!(f, "components {} are", shown.join(", ")),
        }
    }
}
