//! The first leg: from where, and how far its steps reach.

use super::legs::{Automatic, STEPS, Stretch, schedule};
use super::units::{Units, exponent, power_of_two};
use crate::error::Error;
use crate::number::Real;
use crate::random::Uniform;

/// Rates that are tried from the start: each this share of the one before, the first twice a coordinate's length.
const RATES: usize = 8;
const SHARE: f64 = 0.3;
/// Points within the bounds from which shorter trials are made, at these rates in turn.
const ELSEWHERE: u64 = 40;
const RATES_ELSEWHERE: [f64; 3] = [0.2, 0.06, 0.02];
/// A trial from the start takes this share of all steps, one from elsewhere that.
const LONG: u64 = 50;
const SHORT: u64 = 200;
/// Largest number of further rates tried beyond the outermost ones.
const FURTHER: usize = 20;
/// Steps of a trial that tells only whether a rate is too large.
const FEW: u64 = 50;

/// A trial that may become the first leg.
struct Tried<T> {
    from: Vec<T>,
    rate: f64,
    steps: u64,
    value: f64,
}

impl<T: Real> Automatic<'_, T> {
    /// Explores, and makes the first leg; returns its rate. `None` where there is nothing to go on from.
    pub(super) fn explore(&mut self, sides: &[Option<(f64, f64)>]) -> Result<Option<f64>, Error> {
        if self.most == 0
            || self.most_calls < 3
            || self.setup.report.as_ref().is_some_and(|report| report.disagrees())
        {
            return Ok(None);
        }
        let start = self.setup.x.clone();
        let looked = self.look(&start);
        let gradient = looked.as_ref().map_or(&[][..], |(_, gradient)| gradient);
        if let Some((value, gradient)) = &looked {
            self.best.value = *value;
            self.see_first(self.norm(&start, gradient));
        }
        self.first = self.least();
        let separate = self.setup.region.is_separate() && self.setup.transform.is_plain();
        let reach = if separate {
            self.units = Units::new(&self.lengths, gradient);
            1.0
        } else {
            self.lengths.iter().copied().fold(0.0, f64::max)
        };
        let all = self.most.min(self.most_calls).min(STEPS);
        let (long, short) = ((all / LONG).max(1), (all / SHORT).max(1));
        let mut tried = Vec::new();
        let mut rate = 2.0 * reach;
        // Few steps leave time for few rates, which then lie further apart.
        let count = ((all / 4) as usize).clamp(1, RATES);
        for _ in 0..count {
            self.attempt(&mut tried, start.clone(), rate, long)?;
            (0..RATES / count).for_each(|_| rate *= SHARE);
        }
        if sides.iter().any(Option::is_some) && separate {
            for (rate, index) in RATES_ELSEWHERE.iter().cycle().zip(0..ELSEWHERE) {
                let point = self.elsewhere(&start, sides, index);
                self.attempt(&mut tried, point, rate * reach, short)?;
            }
        }
        let elsewhere = tried.split_off(count);
        if looked.is_some()
            && tried.iter().all(|tried| tried.value >= self.first)
            && let Some(rate) = self.leap(&start, self.first, rate, FEW)?
        {
            self.attempt(&mut tried, start.clone(), rate, short)?;
        }
        for _ in 0..FURTHER {
            let better =
                |a: &&Tried<T>, b: &&Tried<T>| a.value.total_cmp(&b.value).then(b.rate.total_cmp(&a.rate));
            let best = tried.iter().min_by(better).map_or(rate, |tried| tried.rate);
            let rates = || tried.iter().map(|tried| tried.rate);
            let next = if rates().all(|rate| rate >= best) {
                best / 10.0
            } else if rates().all(|rate| rate <= best) {
                best * 10.0
            } else {
                break;
            };
            if looked.is_none() || !next.is_normal() {
                break;
            }
            self.attempt(&mut tried, start.clone(), next, short)?;
        }
        tried.extend(elsewhere);
        let best = tried.into_iter().min_by(|a, b| a.value.total_cmp(&b.value));
        let Some(best) = best.filter(|best| best.value < self.first && self.ended.is_none()) else {
            return Ok(looked.map(|_| rate));
        };
        if self.first == f64::INFINITY {
            // What the run gains counts from the first value there is.
            self.first = best.value;
        }
        self.leg(Stretch::new(&best.from, schedule(best.rate, true, best.steps), best.steps))?;
        Ok(Some(best.rate))
    }

    fn attempt(
        &mut self,
        tried: &mut Vec<Tried<T>>,
        from: Vec<T>,
        rate: f64,
        steps: u64,
    ) -> Result<(), Error> {
        let stretch = Stretch::new(&from, schedule(rate, true, steps), steps);
        let value = self.trial(stretch, f64::NAN)?.value;
        tried.push(Tried { from, rate, steps, value });
        Ok(())
    }

    /// Returns a point within the bounds: the start moved by a random share of their width, around from one bound to the
    /// other.
    fn elsewhere(&self, start: &[T], sides: &[Option<(f64, f64)>], index: u64) -> Vec<T> {
        let mut uniform = Uniform::numpy_spawned(0, index);
        let moved = |(x, side): (&T, &Option<(f64, f64)>)| {
            let shift = uniform.next();
            let Some((lower, upper)) = side.filter(|(lower, upper)| lower < upper) else { return *x };
            let share = ((x.to_f64() - lower) / (upper - lower) + shift).fract();
            T::from_f64(lower + share * (upper - lower))
        };
        start.iter().zip(sides).map(moved).collect()
    }

    /// Returns a rate whose steps find a better value than that at `from`, by bisection of its exponent between those too
    /// large and those that change nothing.
    pub(super) fn leap(
        &mut self,
        from: &[T],
        value: f64,
        largest: f64,
        steps: u64,
    ) -> Result<Option<f64>, Error> {
        let (mut large, mut small) = (exponent(largest) + 1, -1022);
        let mut found = None;
        while large - small > 1 && self.has_room(steps) {
            let middle = (large + small).div_euclid(2);
            let rate = power_of_two(middle);
            let trial = self.trial(Stretch::new(from, schedule(rate, false, steps), steps), value)?;
            if trial.value < value {
                (found, small) = (Some(rate), middle);
            } else if trial.moved {
                large = middle;
            } else {
                small = middle;
            }
        }
        Ok(found)
    }
}
