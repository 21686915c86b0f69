//! What a residual costs.

use core::fmt;
use core::str::FromStr;

/// What a residual r costs, r divided by its sigma. The scale D is where large residuals begin to count less.
///
/// ```
/// use amsgrad_fit::Loss;
/// assert_eq!("huber:1.5".parse(), Ok(Loss::Huber(1.5)));
/// assert_eq!(Loss::SoftL1(2.0).to_string(), "soft-l1:2");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Loss {
    /// r^2 / 2: least squares.
    #[default]
    Squares,
    /// r^2 / 2 up to D, then D |r| - D^2 / 2.
    Huber(f64),
    /// D^2 (sqrt(1 + (r/D)^2) - 1).
    SoftL1(f64),
    /// D^2 / 2 ln(1 + (r/D)^2).
    Cauchy(f64),
    /// |r|: least absolute deviations.
    Absolute,
}

/// A loss at one residual: its value, the weight of robust statistics, which is its first derivative over r, and its second
/// derivative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LossAt {
    pub(crate) value: f64,
    pub(crate) weight: f64,
    pub(crate) bend: f64,
}

impl Loss {
    /// Returns the loss at a residual.
    #[inline]
    pub(crate) fn cost(self, r: f64) -> LossAt {
        let square = 0.5 * r * r;
        match self {
            Self::Squares => LossAt { value: square, weight: 1.0, bend: 1.0 },
            Self::Huber(d) if r.abs() <= d => LossAt { value: square, weight: 1.0, bend: 1.0 },
            Self::Huber(d) => LossAt { value: d * (r.abs() - 0.5 * d), weight: d / r.abs(), bend: 0.0 },
            Self::SoftL1(d) => {
                let z = (r / d) * (r / d);
                let root = (1.0 + z).sqrt();
                // (root - 1), without cancellation.
                LossAt {
                    value: d * d * (z / (root + 1.0)),
                    weight: 1.0 / root,
                    bend: 1.0 / (root * root * root),
                }
            }
            Self::Cauchy(d) => {
                let z = (r / d) * (r / d);
                let share = 1.0 / (1.0 + z);
                LossAt { value: 0.5 * d * d * libm::log1p(z), weight: share, bend: (1.0 - z) * share * share }
            }
            Self::Absolute => {
                LossAt { value: r.abs(), weight: if r == 0.0 { 0.0 } else { 1.0 / r.abs() }, bend: 0.0 }
            }
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Squares => f.write_str("squares"),
            Self::Huber(scale) => write!(f, "huber:{scale}"),
            Self::SoftL1(scale) => write!(f, "soft-l1:{scale}"),
            Self::Cauchy(scale) => write!(f, "cauchy:{scale}"),
            Self::Absolute => f.write_str("absolute"),
        }
    }
}

impl FromStr for Loss {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, scale) = text.split_once(':').map_or((text, None), |(name, scale)| (name, Some(scale)));
        let scale = || {
            let positive = |scale: &f64| scale.is_finite() && *scale > 0.0;
            let scale: Option<f64> = scale.and_then(|scale| scale.trim().parse().ok()).filter(positive);
            scale.ok_or_else(|| format!("'{text}' needs a positive scale, as in {name}:1.5"))
        };
        match (name, text) {
            (_, "squares") => Ok(Self::Squares),
            (_, "absolute") => Ok(Self::Absolute),
            ("huber", _) => Ok(Self::Huber(scale()?)),
            ("soft-l1", _) => Ok(Self::SoftL1(scale()?)),
            ("cauchy", _) => Ok(Self::Cauchy(scale()?)),
            _ => {
                Err(format!("'{text}' is no loss; allowed: squares, huber:D, soft-l1:D, cauchy:D, absolute"))
            }
        }
    }
}
