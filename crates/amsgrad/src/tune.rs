//! Finding settings by short trial runs.

pub(crate) mod automatic;
mod reach;
mod rounds;

pub use crate::outcome::Search;
pub use reach::{Reach, quartiles, ratio, ratios};
pub use rounds::Rounds;

/// One candidate and how it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial<C> {
    /// What was tried.
    pub candidate: C,
    /// What its last trial came to; less is better, NaN is worst.
    pub score: f64,
    /// How many steps its last trial had.
    pub steps: u64,
}

/// Successive halving (Jamieson, Talwalkar 2016): every candidate gets a short trial, the better half a trial of twice the
/// length, and so on to the last one, so that each round costs the same.
///
/// `budget` is the number of steps of all trials together; `trial` runs a candidate from the beginning for a number of steps
/// and returns its score, less being better. The best candidate comes first, the others in the order in which they fell
/// out; of equal ones the earlier stays. Where the budget is too small for a step each, the rounds are left out.
///
/// ```
/// use amsgrad::tune::halving;
/// let rates = [1.0, 0.1, 0.01, 0.001];
/// let trials = halving(rates, 24, |rate, steps| (1.0 - rate * steps as f64).abs());
/// assert_eq!(trials[0].candidate, 0.1);
/// ```
pub fn halving<C>(
    candidates: impl IntoIterator<Item = C>,
    budget: u64,
    mut trial: impl FnMut(&C, u64) -> f64,
) -> Vec<Trial<C>> {
    let mut left: Vec<Trial<C>> =
        candidates.into_iter().map(|candidate| Trial { candidate, score: f64::NAN, steps: 0 }).collect();
    let mut fallen = Vec::new();
    // As often as the candidates can be halved, rounding up.
    let rounds = left.len().saturating_sub(1).checked_ilog2().map_or(1, |log| u64::from(log) + 1);
    while left.len() > 1 {
        let steps = budget / rounds / left.len() as u64;
        if steps > 0 {
            for entry in &mut left {
                entry.score = trial(&entry.candidate, steps);
                entry.steps = steps;
            }
        }
        // Stable, and NaN last whatever its sign.
        left.sort_by(|a, b| a.score.is_nan().cmp(&b.score.is_nan()).then(a.score.total_cmp(&b.score)));
        let mut out = left.split_off(left.len().div_ceil(2));
        out.append(&mut fallen);
        fallen = out;
    }
    left.append(&mut fallen);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_kept_and_nan_loses() {
        let mut spent = 0;
        let trials = halving(0..14, 1250, |candidate, steps| {
            spent += steps;
            if *candidate == 0 { f64::NAN } else { (f64::from(*candidate) - 7.2).abs() }
        });
        assert!(spent <= 1250 && spent > 1000, "{spent}");
        assert_eq!(trials[0].candidate, 7);
        assert_eq!(trials.len(), 14);
        assert!(trials[13].score.is_nan());
    }

    #[test]
    fn nothing_and_too_little() {
        assert!(halving(Vec::<u8>::new(), 10, |_, _| 0.0).is_empty());
        let trials = halving([3, 1], 1, |_, _| unreachable!("no step to spend"));
        assert_eq!((trials[0].candidate, trials[0].steps), (3, 0));
    }
}
