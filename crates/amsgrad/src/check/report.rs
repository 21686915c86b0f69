//! What a gradient check found.

use core::fmt;

use super::cause::Cause;
use super::slope::{Estimate, State};

/// What a [`GradientCheck`](super::GradientCheck) found. It prints as a few lines of text.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientReport {
    /// How many coordinates the point has.
    pub dimension: usize,
    /// The objective's value at the point.
    pub value: f64,
    /// The relative error that is allowed.
    pub tolerance: f64,
    /// The slopes along the coordinates that were checked, with their indices from 0.
    pub coordinates: Vec<(usize, Slope)>,
    /// The slopes along random directions.
    pub directions: Vec<Slope>,
    /// Whether two evaluations at the same point gave two values.
    pub changing: bool,
    /// What is likely wrong, where slopes differ in a way that is known.
    pub cause: Option<Cause>,
}

/// One slope by the gradient and by differences of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// What the gradient says.
    pub gradient: f64,
    /// What the differences say.
    pub difference: f64,
    /// How far off the differences may be.
    pub uncertainty: f64,
    /// How both compare.
    pub verdict: Verdict,
}

/// How a slope of the gradient compares with the differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// They agree.
    Agrees,
    /// They differ by more than tolerance and uncertainty.
    Differs,
    /// The function has a kink here, and the gradient lies between the slopes on its sides.
    Kink,
    /// Cannot be judged: the values are too noisy, or change too fast beside the point, for differences to tell.
    Noise,
    /// A value near the point, or the gradient, is not finite, or the objective failed.
    NonFinite,
    /// The bounds leave no room to move.
    Fixed,
}

/// Differences that may be off by more than this share of the slope do not tell it by themselves.
const UNSURE: f64 = 0.01;

impl Slope {
    pub(super) fn judge(gradient: f64, estimate: Estimate, tolerance: f64) -> Self {
        let Estimate { slope: difference, uncertainty, floor, kink, state } = estimate;
        let size = gradient.abs().max(difference.abs());
        let allowed = tolerance * size + 10.0 * uncertainty;
        let verdict = match state {
            State::Fixed => Verdict::Fixed,
            State::NonFinite => Verdict::NonFinite,
            State::Known if !gradient.is_finite() => Verdict::NonFinite,
            State::Known => match kink {
                Some((low, high)) if gradient >= low - allowed && gradient <= high + allowed => Verdict::Kink,
                Some(_) => Verdict::Differs,
                None if (gradient - difference).abs() > allowed => Verdict::Differs,
                None if uncertainty > UNSURE * size && uncertainty > 1000.0 * floor => Verdict::Noise,
                None => Verdict::Agrees,
            },
        };
        Self { gradient, difference, uncertainty, verdict }
    }

    /// Returns |gradient - difference| / max(|gradient|, |difference|); 0 where both are 0.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        let size = self.gradient.abs().max(self.difference.abs());
        if size == 0.0 { 0.0 } else { (self.gradient - self.difference).abs() / size }
    }

    /// Returns whether the differences are sure of the slope, but for a small share.
    pub(super) fn is_sure(&self) -> bool {
        self.uncertainty <= UNSURE * self.gradient.abs().max(self.difference.abs())
    }

    /// Returns whether the differences tell something.
    pub(super) fn is_judged(&self) -> bool {
        matches!(self.verdict, Verdict::Agrees | Verdict::Differs)
    }
}

impl GradientReport {
    /// Returns whether some derivative differs.
    #[must_use]
    pub fn disagrees(&self) -> bool {
        self.slopes().any(|slope| slope.verdict == Verdict::Differs)
    }

    /// Returns the coordinate whose gradient is off by most, measured by what the differences leave open; `None` where
    /// none could be judged.
    #[must_use]
    pub fn worst(&self) -> Option<(usize, &Slope)> {
        let excess = |slope: &Slope| {
            let size = slope.gradient.abs().max(slope.difference.abs());
            (slope.gradient - slope.difference).abs()
                / (self.tolerance * size + 10.0 * slope.uncertainty + f64::MIN_POSITIVE)
        };
        let judged = self.coordinates.iter().filter(|(_, slope)| slope.is_judged());
        judged.max_by(|(_, a), (_, b)| excess(a).total_cmp(&excess(b))).map(|(i, slope)| (*i, slope))
    }

    /// Returns the length of the difference of both gradients over that of the longer one, of the coordinates that
    /// could be judged; 0 where both are 0.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        let judged = || self.coordinates.iter().map(|(_, slope)| slope).filter(|slope| slope.is_judged());
        let largest = judged().fold(0.0_f64, |most, s| most.max(s.gradient.abs()).max(s.difference.abs()));
        let length = |of: fn(&Slope) -> f64| {
            let squares = judged().map(|slope| (of(slope) / largest) * (of(slope) / largest));
            squares.sum::<f64>().sqrt()
        };
        if largest == 0.0 {
            return 0.0;
        }
        length(|s| s.gradient - s.difference) / length(|s| s.gradient).max(length(|s| s.difference))
    }

    /// Returns how many derivatives, along coordinates and directions, were judged so.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.slopes().filter(|slope| slope.verdict == verdict).count()
    }

    fn slopes(&self) -> impl Iterator<Item = &Slope> {
        self.coordinates.iter().map(|(_, slope)| slope).chain(&self.directions)
    }
}

/// A number of two digits, in powers of ten only where it is small.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0.0 => f.write_str("0"),
            number if number < 1e-3 => write!(f, "{number:.1e}"),
            number => write!(f, "{number:.3}"),
        }
    }
}

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differs = |slopes: &mut dyn Iterator<Item = &Slope>| {
            slopes.filter(|slope| slope.verdict == Verdict::Differs).count()
        };
        let wrong = differs(&mut self.coordinates.iter().map(|(_, slope)| slope));
        let summary = match (self.disagrees(), self.count(Verdict::Agrees)) {
            (true, _) => "differs from the differences of values",
            (false, 0) => "could not be judged",
            (false, _) => "agrees with the differences of values",
        };
        writeln!(f, "the gradient {summary}")?;
        let checked = self.coordinates.len();
        write!(f, "coordinates: {wrong} of {checked} differ")?;
        if checked < self.dimension {
            write!(f, " (of {} in all)", self.dimension)?;
        }
        writeln!(
            f,
            ", relative error {} in all, {:.0e} allowed",
            Short(self.relative_error()),
            self.tolerance
        )?;
        let total = self.directions.len();
        write!(f, "random directions: {} of {total} differ", differs(&mut self.directions.iter()))?;
        if let Some((coordinate, Slope { gradient, difference, uncertainty, .. })) = self.worst() {
            let relation = format_args!("the gradient is {gradient:e}, the values give {difference:e}");
            write!(f, "\nworst coordinate: {coordinate}, where {relation} (give or take {uncertainty:.0e})")?;
        }
        for (verdict, why) in [
            (Verdict::Kink, "lie at a kink, where the gradient is one of many"),
            (
                Verdict::Noise,
                "could not be judged: the values are too noisy or change too fast beside the point",
            ),
            (Verdict::NonFinite, "could not be judged: a value is not finite or the objective failed"),
            (Verdict::Fixed, "could not be judged: the bounds leave no room"),
        ] {
            let count = self.count(verdict);
            if count > 0 {
                write!(f, "\n{count} derivatives {why}")?;
            }
        }
        if self.changing {
            write!(f, "\ntwo evaluations at the same point gave two values")?;
        }
        match &self.cause {
            Some(cause) => write!(f, "\nlikely cause: {cause}"),
            None => Ok(()),
        }
    }
}
