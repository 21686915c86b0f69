//! The frameworks' AMSGrads and how they differ: by three numbers per step.

use core::fmt;
use core::str::FromStr;

use crate::error::setting::{Allowed, SettingError};

/// Whose AMSGrad: each dialect is a choice of a_t, c_t and e_t in the one formula of [`AmsGrad`](crate::AmsGrad).
///
/// With `B1 = 1 - beta1^t` and `B2 = 1 - beta2^t`:
///
/// | dialect | a_t | c_t | e_t | who computes it |
/// |---|---|---|---|---|
/// | `Paper` | alpha_t | 1 | epsilon | Reddi, Kale, Kumar 2018, Algorithm 2; Optimisers.jl |
/// | `Torch` | alpha_t sqrt(B2) / B1 | 1 | epsilon sqrt(B2) | PyTorch, burn |
/// | `Keras` | alpha_t sqrt(B2) / B1 | 1 | epsilon | Keras, TensorFlow, Chainer, ensmallen |
/// | `Optax` | alpha_t / B1 | 1 / B2 | epsilon | Optax |
/// | `OptaxRaw` | alpha_t / B1 | 1 | epsilon | Optax with `bias_correction_nu=False` |
///
/// With a beta1 that changes, B1 is 1 less the product of its values so far. (PyTorch, where betas are edited between
/// steps, uses the power of the current beta1 there.)
///
/// ```
/// use amsgrad::Dialect;
/// assert_eq!("optax-raw".parse(), Ok(Dialect::OptaxRaw));
/// assert_eq!(Dialect::ALL.map(|dialect| dialect.name()), ["paper", "torch", "keras", "optax", "optax-raw"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// The paper's own form, without bias correction.
    #[default]
    Paper,
    /// PyTorch's: the maximum is taken before the correction, epsilon is added after it.
    Torch,
    /// Keras's: like PyTorch's with epsilon added before the correction ("epsilon hat").
    Keras,
    /// Optax's: the maximum is taken of the corrected second moment.
    Optax,
    /// Optax's with `bias_correction_nu=False`: only the first moment is corrected.
    OptaxRaw,
}

/// The three numbers of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DialectNumbers {
    /// a_t, the factor of the first moment.
    pub a: f64,
    /// c_t, the factor of the second moment inside the maximum.
    pub c: f64,
    /// e_t, what is added to the root.
    pub e: f64,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 5] = [Self::Paper, Self::Torch, Self::Keras, Self::Optax, Self::OptaxRaw];

    /// Returns the name, as it is parsed and printed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Torch => "torch",
            Self::Keras => "keras",
            Self::Optax => "optax",
            Self::OptaxRaw => "optax-raw",
        }
    }

    /// Returns a_t, c_t and e_t as formulas.
    #[must_use]
    pub fn formulas(self) -> [&'static str; 3] {
        match self {
            Self::Paper => ["alpha_t", "1", "epsilon"],
            Self::Torch => ["alpha_t * sqrt(B2) / B1", "1", "epsilon * sqrt(B2)"],
            Self::Keras => ["alpha_t * sqrt(B2) / B1", "1", "epsilon"],
            Self::Optax => ["alpha_t / B1", "1 / B2", "epsilon"],
            Self::OptaxRaw => ["alpha_t / B1", "1", "epsilon"],
        }
    }

    /// Returns who computes it.
    #[must_use]
    pub fn users(self) -> &'static str {
        match self {
            Self::Paper => "Reddi, Kale, Kumar 2018, Algorithm 2; Optimisers.jl",
            Self::Torch => "PyTorch Adam and AdamW with amsgrad=True, burn, candle-optimisers",
            Self::Keras => "Keras, TensorFlow, Chainer, ensmallen",
            Self::Optax => "Optax",
            Self::OptaxRaw => "Optax with bias_correction_nu=False",
        }
    }

    /// Returns whether a_t or c_t hold a bias correction.
    #[must_use]
    pub fn corrects(self) -> bool {
        self != Self::Paper
    }

    /// Returns the numbers of a step with learning rate `alpha` and corrections `b1`, `b2`, each above 0 and at most 1.
    #[inline]
    #[must_use]
    pub fn numbers(self, alpha: f64, epsilon: f64, b1: f64, b2: f64) -> DialectNumbers {
        let (a, c, e) = match self {
            Self::Paper => (alpha, 1.0, epsilon),
            Self::Torch => (alpha * b2.sqrt() / b1, 1.0, epsilon * b2.sqrt()),
            Self::Keras => (alpha * b2.sqrt() / b1, 1.0, epsilon),
            Self::Optax => (alpha / b1, 1.0 / b2, epsilon),
            Self::OptaxRaw => (alpha / b1, 1.0, epsilon),
        };
        DialectNumbers { a, c, e }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Dialect {
    type Err = SettingError;

    fn from_str(name: &str) -> Result<Self, SettingError> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name).ok_or_else(|| {
            SettingError::new("dialect", name, Allowed::OneOf(Self::ALL.map(Self::name).into()))
        })
    }
}
