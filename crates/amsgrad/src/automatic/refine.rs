//! The legs after the first: from the best point, in units by the curvature there, at the rate that trials find best.

use super::legs::{Automatic, STEPS, Stretch, schedule};
use super::stationary;
use super::units::{Units, exponent, power_of_two};
use crate::constraint::equal_weights;
use crate::error::Error;
use crate::number::Real;
use crate::number::policy::maximum;
use crate::outcome::{Stationary, Status, Test};
use crate::random::Uniform;
use crate::trail::Round;

/// Rates that are tried, as powers of `RATIO` times the last one, and whether they decay.
const RATES: [(i32, bool); 7] =
    [(-2, false), (-1, false), (0, false), (1, false), (2, false), (0, true), (1, true)];
const RATIO: f64 = 5.0;
/// Largest number of steps per trial; it grows by half from round to round.
const LONGEST: u64 = 300;
/// A leg is continued while the value falls, twice as long each time, up to this many times the steps of a trial.
const CONTINUED: u64 = 16;
/// Up to this many coordinates the curvature is measured one by one; beyond, along random directions.
const ONE_BY_ONE: usize = 100;
const DIRECTIONS: usize = 8;
/// Number of rounds in a row that gain next to nothing, after which a run ends.
const SLOW_ROUNDS: u32 = 3;
/// What a round gains next to nothing by, beside the value.
const SLOW: f64 = 1e-12;
/// The promised gain that counts as converged, beside what the run has gained.
const CONVERGED: f64 = 1e-12;
/// The promised gain with which no further round is made, beside what the run has gained.
const NOTHING_LEFT: f64 = 1e-30;

/// The least change of a slope, as a share of the largest, that lengths make up for.
const SHALLOWEST: f64 = 1e-14;

/// What gradient and curvature say at a point.
struct Slope {
    /// What the value can still fall by, if the curvature along each coordinate were all.
    promise: f64,
    /// The length over which the slope along each coordinate changes.
    lengths: Option<Vec<f64>>,
}

impl<T: Real> Automatic<'_, T> {
    /// Returns the round after the first leg, which had this rate.
    pub(super) fn first_round(&self, rate: f64) -> Round {
        let steps = (self.most.min(self.most_calls).min(STEPS) / 1000).max(5);
        Round { rate, steps, slow: 0, improved: (self.made(), self.least()) }
    }

    /// Runs legs until no rate finds a better value, and returns how the run ended by itself; `None` at a limit.
    pub(super) fn refine(&mut self, round: Round) -> Result<Option<(Status, Option<Stationary>)>, Error> {
        let Round { mut rate, mut steps, mut slow, mut improved } = round;
        while self.ended.is_none() {
            self.mark(Round { rate, steps, slow, improved });
            let (point, value) = (self.best.point.clone(), self.least());
            let Some((_, gradient)) = self.look(&point) else { break };
            if let Some(status) = self.tolerated(&point, &gradient) {
                return Ok(Some((status, None)));
            }
            let slope = self.slope(&point, &gradient, rate);
            if slope.promise <= self.nothing_left() || slow >= SLOW_ROUNDS {
                match self.settle(slope.promise) {
                    Some(settled) => return Ok(Some(settled)),
                    None => {
                        slow = 0;
                        continue;
                    }
                }
            }
            if !self.has_room(steps) {
                self.rest(&point, rate)?;
                break;
            }
            if let Some(lengths) = slope.lengths {
                self.units = Units::new(&lengths, &gradient);
            }
            let mut best: Option<(f64, f64, bool)> = None;
            for (power, decays) in RATES {
                let rate = rate * power_of(RATIO, power);
                let trial = self.trial(Stretch::new(&point, schedule(rate, decays, steps), steps), value)?;
                if trial.value < best.map_or(value, |(least, ..)| least) {
                    best = Some((trial.value, rate, decays));
                }
            }
            if best.is_none() {
                // Much smaller first, then much larger.
                let mut found = self.leap(&point, value, rate, steps)?;
                if found.is_none() {
                    found = self.leap(&point, value, rate * 1e18, steps)?;
                }
                best = found.map(|rate| (value, rate, false));
            }
            let Some((_, found, decays)) = best else {
                if !self.has_room(steps) {
                    self.rest(&point, rate)?;
                    break;
                }
                match self.settle(slope.promise) {
                    Some(settled) => return Ok(Some(settled)),
                    None => continue,
                }
            };
            rate = found;
            self.round(&point, rate, decays, steps)?;
            let gain = value - self.least();
            slow = if gain <= SLOW * self.least().abs() { slow + 1 } else { 0 };
            if let Some(status) = self.changed_little(&point, gain) {
                return Ok(Some((status, None)));
            }
            if let Some(patience) = self.setup.stop.patience {
                if improved.1 - self.least() > patience.improvement {
                    improved = (self.made(), self.least());
                } else if self.made() - improved.0 >= patience.steps {
                    return Ok(Some((Status::NoImprovement { steps: patience.steps }, None)));
                }
            }
            steps = (steps * 3 / 2).min(LONGEST);
        }
        Ok(None)
    }

    /// Makes a leg, and continues it while the value falls.
    fn round(&mut self, point: &[T], rate: f64, decays: bool, steps: u64) -> Result<(), Error> {
        let mut least = self.least();
        let mut end = self.leg(Stretch::new(point, schedule(rate, decays, steps), steps))?;
        let mut length = steps;
        while let Some((last, memory)) = end.take().filter(|_| !decays) {
            let gain = least - self.least();
            if self.is_over() || length > CONTINUED * steps || gain <= self.nothing_left() {
                break;
            }
            least = self.least();
            end = self.leg(Stretch {
                memory: Some(memory),
                ..Stretch::new(&last, schedule(rate, false, length), length)
            })?;
            length *= 2;
        }
        Ok(())
    }

    /// Makes the steps that are left, too few for trials.
    fn rest(&mut self, point: &[T], rate: f64) -> Result<(), Error> {
        let steps = self.left();
        self.leg(Stretch::new(point, schedule(rate, true, steps), steps)).map(drop)
    }

    /// Returns the gain below which a round can change nothing but the last digits.
    fn nothing_left(&self) -> f64 {
        let last_digit = 0.1 * T::EPSILON.to_f64() * self.least().abs();
        last_digit.max(NOTHING_LEFT * (self.first - self.least()))
    }

    /// Returns how the run ends where no rate finds a better value; `None` where the value falls beside the best point, which
    /// has moved there.
    fn settle(&mut self, promise: f64) -> Option<(Status, Option<Stationary>)> {
        let (found, lower) = stationary::around(self);
        if let Some(lower) = lower {
            (self.best, self.seen) = (lower, false);
            return None;
        }
        let digits = 100.0 * T::EPSILON.to_f64() * self.least().abs();
        let tolerance = digits.max(CONVERGED * (self.first - self.least()).min(f64::MAX));
        let status = if promise <= tolerance {
            Status::Converged { test: Test::Gain, measured: promise, tolerance }
        } else {
            Status::NoImprovement { steps: self.steps - self.best.step }
        };
        Some((status, found))
    }

    /// Returns the end by a tolerance on changes, where the last round changed as little: each of its trials took as many
    /// steps as it needed, at rates from small to large.
    fn changed_little(&self, before: &[T], gain: f64) -> Option<Status> {
        let stop = &self.setup.stop;
        let (mut moved, mut size) = (T::default(), T::from_f64(1.0));
        for (x, before) in self.best.point.iter().zip(before) {
            (moved, size) = (maximum(moved, (*x - *before).abs()), maximum(size, x.abs()));
        }
        let point = (Test::PointChange, moved.to_f64() / size.to_f64(), stop.point_change);
        let value = (Test::ValueChange, gain / self.least().abs().max(1.0), stop.value_change);
        [point, value].into_iter().find_map(|(test, measured, tolerance)| {
            let tolerance = tolerance.filter(|tolerance| measured <= *tolerance)?;
            Some(Status::Converged { test, measured, tolerance })
        })
    }

    /// Measures the curvature along the coordinates by differences of gradients.
    fn slope(&mut self, point: &[T], gradient: &[T], rate: f64) -> Slope {
        let dimension = point.len();
        if !self.setup.region.is_separate() || !self.setup.transform.is_plain() {
            // The gradient mapping mixes the coordinates: the curvature is taken for what the run has gained over a length.
            let length = self.lengths.iter().copied().fold(self.setup.region.radius(), f64::max);
            let reached = self.norm(point, gradient) * length;
            let promise =
                if reached == 0.0 { 0.0 } else { reached * (reached / (self.first - self.least())) };
            return Slope { promise, lengths: None };
        }
        let mut curvature = vec![0.0; dimension];
        let step = |i: usize, units: &Units<T>| {
            let least = rate * 1e-6 * units.scales[i].to_f64();
            T::from_f64((point[i].abs().to_f64() * 1e-6).max(least))
        };
        if dimension <= ONE_BY_ONE {
            for i in 0..dimension {
                let mut beside = point.to_vec();
                beside[i] = beside[i] + step(i, &self.units);
                curvature[i] = self.difference(point, gradient, beside, i);
            }
        } else {
            for direction in 0..DIRECTIONS as u64 {
                let mut uniform = Uniform::numpy_spawned(1, direction);
                let mut beside = point.to_vec();
                for (i, x) in beside.iter_mut().enumerate() {
                    let step = step(i, &self.units);
                    *x = if uniform.next() < 0.5 { *x - step } else { *x + step };
                }
                self.setup.region.project(&mut beside, &mut equal_weights());
                let Some((_, there)) = self.look(&beside) else { continue };
                for (i, curvature) in curvature.iter_mut().enumerate() {
                    let moved = (beside[i] - point[i]).to_f64();
                    if moved != 0.0 {
                        *curvature += (there[i] - gradient[i]).to_f64() / moved / DIRECTIONS as f64;
                    }
                }
            }
        }
        let curvature: Vec<f64> = curvature.into_iter().map(f64::abs).collect();
        let mut promise = 0.0;
        for i in 0..dimension {
            let g = self.setup.region.component(i, point[i], gradient[i], self.sign).to_f64();
            promise += if g == 0.0 { 0.0 } else { g * (g / curvature[i]) };
        }
        let scales: Vec<f64> = self.units.scales.iter().map(|scale| scale.to_f64()).collect();
        Slope { promise, lengths: lengths(&scales, &curvature) }
    }

    /// Returns the curvature along a coordinate; 0 where it cannot be told.
    fn difference(&mut self, point: &[T], gradient: &[T], mut beside: Vec<T>, i: usize) -> f64 {
        let step = beside[i] - point[i];
        for _ in 0..2 {
            self.setup.region.project(&mut beside, &mut equal_weights());
            let moved = (beside[i] - point[i]).to_f64();
            if moved != 0.0
                && let Some((_, there)) = self.look(&beside)
            {
                return (there[i] - gradient[i]).to_f64() / moved;
            }
            beside[i] = point[i] - step;
        }
        0.0
    }
}

/// Returns lengths over which the slope changes alike along all coordinates, on average as long as `scales`; `None` where no
/// slope changes.
fn lengths(scales: &[f64], curvature: &[f64]) -> Option<Vec<f64>> {
    let change = |(scale, curvature): (&f64, &f64)| curvature * scale * scale;
    let changes: Vec<f64> = scales.iter().zip(curvature).map(change).collect();
    let largest = changes.iter().copied().filter(|change| change.is_finite()).fold(0.0, f64::max);
    if largest == 0.0 {
        return None;
    }
    let known = |change: &f64| if change.is_finite() { change.max(largest * SHALLOWEST) } else { largest };
    let factors: Vec<f64> = changes.iter().map(|change| (largest / known(change)).sqrt()).collect();
    let mean = factors.iter().map(|factor| exponent(*factor)).sum::<i32>() / factors.len() as i32;
    let length = |(scale, factor): (&f64, &f64)| scale * (factor * power_of_two(-mean));
    Some(scales.iter().zip(&factors).map(length).collect())
}

/// Returns a small power by products alone.
fn power_of(base: f64, power: i32) -> f64 {
    let magnitude = (0..power.abs()).fold(1.0, |product, _| product * base);
    if power < 0 { 1.0 / magnitude } else { magnitude }
}
