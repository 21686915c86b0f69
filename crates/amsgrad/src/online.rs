//! Losses that come one after the other, and the regret: what was lost by not knowing them beforehand.
//!
//! In round t a point x_t is played, then the loss f_t becomes known. After T rounds the regret is the sum of all f_t(x_t) less
//! that sum at the fixed point where it is least. A method learns if its average regret, R_T / T, falls to 0.

use crate::constraint::Constraint;
use crate::error::Error;
use crate::minimizer::Minimizer;
use crate::objective::{Objective, ObjectiveError};
use crate::outcome::Iterate;
use crate::start::Start;

mod regret;
mod theorem4;

pub use regret::LinearRegret;
pub use theorem4::Theorem4;

/// A sequence of losses as an objective: evaluation t is the loss of round t, from 1 on.
///
/// The losses are a closure of the round, a point and a gradient to be written, which can be asked for any round again. A run's
/// best value says nothing here, for every round has a loss of its own; look at the last point and at the regret. The sequence
/// remembers its rounds, so lend it to the run and ask it afterwards.
///
/// ```
/// use amsgrad::online::Online;
/// use amsgrad::{Bounds, Minimizer, Schedule};
///
/// // The target is now 1, now 3; on average 2 is best.
/// let mut losses = Online::new(|t, x: &[f64], gradient: &mut [f64]| {
///     let target = if t % 2 == 0 { 1.0 } else { 3.0 };
///     gradient[0] = 2.0 * (x[0] - target);
///     (x[0] - target) * (x[0] - target)
/// });
/// let domain = Bounds::new([(-10.0, 10.0)])?;
/// Minimizer::new(&mut losses)
///     .within(domain.clone())
///     .learning_rate(Schedule::inverse_sqrt(1.0))
///     .start([-5.0])
///     .steps(999)
///     .run()?;
/// let best = losses.best_fixed_point(domain.clone(), [0.0])?;
/// assert_eq!(losses.rounds(), 1000);
/// assert!((best.point[0] - 2.0).abs() < 1e-6 && (best.value - 1.0).abs() < 1e-9);
/// assert!(losses.average_regret(domain, [0.0])? < 0.5);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Online<F> {
    losses: F,
    rounds: u64,
    loss: f64,
}

impl<F: FnMut(u64, &[f64], &mut [f64]) -> f64> Online<F> {
    /// Creates the sequence before its first round.
    pub fn new(losses: F) -> Self {
        Self { losses, rounds: 0, loss: 0.0 }
    }

    /// Returns the number of rounds so far.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Returns the sum of all losses so far.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// Finds the fixed point at which the rounds so far would have cost least, with their mean as its value: a run from `start`
    /// that evaluates every round again in each of its steps. The minimum is that of all points if the losses are convex.
    ///
    /// # Errors
    /// As for [`Minimizer::run`].
    pub fn best_fixed_point(
        &mut self,
        within: impl Into<Constraint>,
        start: impl Into<Start>,
    ) -> Result<Iterate<f64>, Error> {
        let (losses, rounds) = (&mut self.losses, self.rounds);
        let mut one = Vec::new();
        let mean = |x: &[f64], gradient: &mut [f64]| {
            one.resize(x.len(), 0.0);
            gradient.fill(0.0);
            let mut value = 0.0;
            for round in 1..=rounds {
                value += losses(round, x, &mut one) / rounds as f64;
                gradient.iter_mut().zip(&one).for_each(|(sum, g)| *sum += g / rounds as f64);
            }
            value
        };
        Ok(Minimizer::new(mean).within(within).start(start).run()?.best)
    }

    /// Returns the regret per round, against [`best_fixed_point`](Online::best_fixed_point).
    ///
    /// # Errors
    /// As for [`Minimizer::run`].
    pub fn average_regret(
        &mut self,
        within: impl Into<Constraint>,
        start: impl Into<Start>,
    ) -> Result<f64, Error> {
        Ok(self.loss / self.rounds.max(1) as f64 - self.best_fixed_point(within, start)?.value)
    }
}

/// Lent to a run, to be asked afterwards.
impl<F: FnMut(u64, &[f64], &mut [f64]) -> f64> Objective<f64> for &mut Online<F> {
    fn evaluate(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64, ObjectiveError> {
        self.rounds += 1;
        let loss = (self.losses)(self.rounds, point, gradient);
        self.loss += loss;
        Ok(loss)
    }
}
