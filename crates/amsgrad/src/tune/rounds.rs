//! Which runs of a search come next.

use core::ops::Range;

use super::Reach;

/// The rounds of a search among candidates, each of which is run from a number of seeds.
///
/// Either there is one round, of every candidate from every seed, or candidates are halved: the first round takes few seeds,
/// the better half goes on to twice as many, and so on until the last round, in which the last ones have run from all. The
/// runs of a round depend on nothing but the rounds before, so they may be made in any order, at once, or read from a file.
///
/// ```
/// use amsgrad::tune::{Reach, Rounds};
///
/// let costs = [3.0, 1.0, 2.0, 4.0];
/// let mut rounds = Rounds::halving(4, 8);
/// let mut runs = 0;
/// while let Some((candidates, seeds)) = rounds.next_round() {
///     runs += candidates.len() * seeds.len();
///     rounds.close(|candidate, _seeds| Reach::Cost(costs[candidate]));
/// }
/// assert_eq!(rounds.ranking(), [1, 2, 0, 3]);
/// assert_eq!(runs, 4 * 4 + 2 * 4); // not 4 * 8
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rounds {
    /// Candidates that are left, then those that fell out, the last first.
    order: Vec<usize>,
    left: usize,
    seen: usize,
    seeds: usize,
    rounds: u32,
}

impl Rounds {
    /// Creates one round of every candidate from every seed.
    #[must_use]
    pub fn all(candidates: usize, seeds: usize) -> Self {
        Self { order: (0..candidates).collect(), left: candidates, seen: 0, seeds, rounds: 1 }
    }

    /// Creates rounds that halve the candidates.
    #[must_use]
    pub fn halving(candidates: usize, seeds: usize) -> Self {
        let rounds = candidates.max(2).ilog2().max(1);
        Self { rounds, ..Self::all(candidates, seeds) }
    }

    /// Returns the candidates of the next round and the seeds they are to run from; `None` at the end.
    #[must_use]
    pub fn next_round(&self) -> Option<(&[usize], Range<usize>)> {
        let rounds = self.rounds.checked_sub(1)?;
        let until = self.seeds.checked_shr(rounds).unwrap_or(0).max(1).min(self.seeds);
        Some((self.order.get(..self.left)?, self.seen.min(until)..until))
    }

    /// Closes a round: `reach` tells how a candidate did from the first seeds, whose number it is given. Of equal candidates the
    /// first stays.
    pub fn close(&mut self, reach: impl Fn(usize, usize) -> Reach) {
        self.close_with(&reach);
    }

    fn close_with(&mut self, reach: &dyn Fn(usize, usize) -> Reach) {
        let Some((candidates, Range { end, .. })) = self.next_round() else { return };
        let mut ranked: Vec<(Reach, usize)> =
            candidates.iter().map(|candidate| (reach(*candidate, end), *candidate)).collect();
        ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (place, (_, candidate)) in self.order.iter_mut().zip(ranked) {
            *place = candidate;
        }
        self.rounds -= 1;
        self.seen = end;
        if self.rounds > 0 {
            self.left = self.left.div_ceil(2);
        }
    }

    /// Returns the number of runs that are left to make, however they end.
    ///
    /// ```
    /// use amsgrad::tune::Rounds;
    /// assert_eq!((Rounds::all(4, 8).runs(), Rounds::halving(4, 8).runs()), (32, 24));
    /// ```
    #[must_use]
    pub fn runs(&self) -> u64 {
        let (mut rest, mut runs) = (self.clone(), 0_u64);
        while let Some((candidates, seeds)) = rest.next_round() {
            runs = runs.saturating_add((candidates.len() as u64).saturating_mul(seeds.len() as u64));
            rest.close(|_, _| Reach::Cost(0.0));
        }
        runs
    }

    /// Returns the candidates, the best first.
    #[must_use]
    pub fn ranking(&self) -> &[usize] {
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_takes_every_run() {
        let mut rounds = Rounds::all(3, 5);
        assert_eq!(rounds.next_round(), Some((&[0, 1, 2][..], 0..5)));
        rounds.close(|candidate, _| Reach::Cost(-(candidate as f64)));
        assert_eq!((rounds.next_round(), rounds.ranking()), (None, &[2, 1, 0][..]));
    }

    #[test]
    fn halving_ends_with_all_seeds_and_spares_runs() {
        for (candidates, seeds) in [(1, 1), (2, 3), (7, 8), (24, 20), (100, 1), (3, 0)] {
            let (mut rounds, mut runs, mut last) = (Rounds::halving(candidates, seeds), 0, 0);
            while let Some((some, range)) = rounds.next_round() {
                runs += some.len() * range.len();
                last = range.end;
                rounds.close(|candidate, _| Reach::Cost((candidate as f64 - 1.2).abs()));
            }
            assert_eq!((last, rounds.ranking().len()), (seeds, candidates));
            assert!(
                runs <= candidates * seeds && (candidates < 24 || seeds < 2 || 2 * runs < candidates * seeds)
            );
            assert!(candidates < 3 || rounds.ranking()[0] == 1);
        }
    }
}
