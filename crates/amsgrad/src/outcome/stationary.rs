//! What a point is at which a run ends.

use core::fmt;

/// What a point is that is no minimum (no maximum, where the run maximizes) though its gradient is 0 or nearly so.
///
/// ```
/// use amsgrad::{Constraint, Stationary};
///
/// let mut saddle = |x: &[f64], gradient: &mut [f64]| {
///     (gradient[0], gradient[1]) = (2.0 * x[0], -2.0 * x[1]);
///     x[0] * x[0] - x[1] * x[1]
/// };
/// let found = Stationary::at(&mut saddle, &Constraint::None, &[0.0, 0.0], false)?;
/// assert_eq!(found, Some(Stationary::Saddle));
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stationary {
    /// The value is less in some of the directions that were looked along, and greater in none.
    Maximum,
    /// The value is greater in some directions and less in none, though the run maximizes.
    Minimum,
    /// The value is less in some directions, and greater in others.
    Saddle,
    /// The value is the same in every direction.
    Plateau,
}

impl Stationary {
    /// Returns one word for machines, such as `saddle`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Maximum => "maximum",
            Self::Minimum => "minimum",
            Self::Saddle => "saddle",
            Self::Plateau => "plateau",
        }
    }
}

impl fmt::Display for Stationary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Maximum => "a maximum: the value falls around the point",
            Self::Minimum => "a minimum: the value rises around the point",
            Self::Saddle => "a saddle: the value falls in some directions and rises in others",
            Self::Plateau => "a plateau: the value does not depend on the variables here",
        })
    }
}
