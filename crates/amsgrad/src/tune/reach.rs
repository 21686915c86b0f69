//! How good a run was: when it arrived, or how far it came.

use core::cmp::Ordering;

/// What a run came to. A run that arrived is better than one that did not, an earlier one better than a later; of others the
/// lower cost is better, and a cost that is not finite is worst.
///
/// ```
/// use amsgrad::tune::Reach;
///
/// let mut runs = [Reach::Cost(0.5), Reach::Arrived { steps: 90 }, Reach::Cost(f64::NAN), Reach::Arrived { steps: 20 }];
/// runs.sort_by(Reach::total_cmp);
/// assert_eq!(runs[..3], [Reach::Arrived { steps: 20 }, Reach::Arrived { steps: 90 }, Reach::Cost(0.5)]);
/// assert_eq!(Reach::median(&runs), Reach::Cost(0.5)); // of an even number the worse of the two in the middle
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// It came to its target.
    Arrived {
        /// After how many steps.
        steps: u64,
    },
    /// It did not; this is the best value it came to, or its negative where the greatest is looked for.
    Cost(f64),
}

impl Reach {
    /// Compares two runs; the better one is less.
    #[must_use]
    pub fn total_cmp(&self, other: &Self) -> Ordering {
        let cost = |cost: f64| if cost.is_finite() { cost } else { f64::INFINITY };
        match (self, other) {
            (Self::Arrived { steps }, Self::Arrived { steps: others }) => steps.cmp(others),
            (Self::Arrived { .. }, Self::Cost(_)) => Ordering::Less,
            (Self::Cost(_), Self::Arrived { .. }) => Ordering::Greater,
            (Self::Cost(one), Self::Cost(another)) => cost(*one).total_cmp(&cost(*another)),
        }
    }

    /// Returns the run in the middle, the worse of two; of none, an infinite cost.
    #[must_use]
    pub fn median(runs: &[Self]) -> Self {
        let mut sorted = runs.to_vec();
        sorted.sort_by(Self::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(Self::Cost(f64::INFINITY))
    }
}

/// Returns the lower quartile, the median and the upper quartile, linear between two numbers; numbers that are not finite are
/// the greatest. NaN where there is none.
///
/// ```
/// assert_eq!(amsgrad::tune::quartiles(&[4.0, 1.0, 3.0, 2.0, 5.0]), [2.0, 3.0, 4.0]);
/// assert_eq!(amsgrad::tune::quartiles(&[1.0, 2.0])[1], 1.5);
/// ```
#[must_use]
pub fn quartiles(values: &[f64]) -> [f64; 3] {
    let mut sorted: Vec<f64> =
        values.iter().map(|value| if value.is_finite() { *value } else { f64::INFINITY }).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return [f64::NAN; 3] };
    [0.25, 0.5, 0.75].map(|share| {
        let place = share * last as f64;
        let (below, above) = (sorted[place as usize], sorted[(place.ceil() as usize).min(last)]);
        if below == above { below } else { below + (place - place.floor()) * (above - below) }
    })
}

/// Returns up to `count` numbers from `low` to `high` in equal ratios, each with two digits: as good as all, and easy to type
/// again. None where the range is not one of positive numbers.
///
/// ```
/// use amsgrad::tune::ratios;
/// assert_eq!(ratios(0.01, 1.0, 5), [0.01, 0.032, 0.1, 0.32, 1.0]);
/// assert_eq!(ratios(0.5, 0.5, 5), [0.5]);
/// ```
#[must_use]
pub fn ratios(low: f64, high: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    let number = |i: usize| {
        let number = ratio(low, high, i as f64 / last);
        format!("{number:.1e}").parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
    };
    let mut numbers: Vec<f64> = (0..count).filter_map(number).collect();
    numbers.dedup();
    numbers
}

/// Returns the number at a share of the way from `low` to `high`, both above 0, in equal ratios.
///
/// ```
/// assert!((amsgrad::tune::ratio(0.01, 1.0, 0.5) - 0.1).abs() < 1e-15);
/// ```
#[must_use]
pub fn ratio(low: f64, high: f64, share: f64) -> f64 {
    libm::exp(libm::log(low) * (1.0 - share) + libm::log(high) * share)
}
