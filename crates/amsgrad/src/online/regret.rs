//! The regret of linear losses, of which the best fixed point is a corner.

use crate::constraint::Bounds;

/// Keeps the regret of losses that are linear, up to a constant each, over a box.
///
/// For convex losses it is an upper bound of the regret, since each lies above its tangent at the point played.
///
/// ```
/// use amsgrad::Bounds;
/// use amsgrad::online::LinearRegret;
///
/// let mut regret = LinearRegret::over(&Bounds::cube(1, -1.0, 1.0)?);
/// regret.add(&[0.5], 1.0, &[2.0]); // 2 x at 0.5
/// regret.add(&[0.0], 0.0, &[-1.0]); // -x at 0
/// assert_eq!(regret.best_fixed_point(), [-1.0]);
/// assert_eq!((regret.total(), regret.average()), (2.0, 1.0)); // 1 instead of -1
/// # Ok::<(), amsgrad::error::SettingError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearRegret {
    sides: Vec<(f64, f64)>,
    rounds: u64,
    /// The sums of all losses, of their constants, and of their slopes.
    loss: f64,
    constants: f64,
    slopes: Vec<f64>,
}

impl LinearRegret {
    /// Creates the regret before the first round.
    #[must_use]
    pub fn over(bounds: &Bounds) -> Self {
        let sides = bounds.sides().to_vec();
        Self { slopes: vec![0.0; sides.len()], sides, rounds: 0, loss: 0.0, constants: 0.0 }
    }

    /// Adds a round: the point played, the loss there and its gradient.
    pub fn add(&mut self, point: &[f64], loss: f64, gradient: &[f64]) {
        let linear: f64 = point.iter().zip(gradient).map(|(x, g)| x * g).sum();
        self.rounds += 1;
        self.loss += loss;
        self.constants += loss - linear;
        self.slopes.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g);
    }

    /// Returns the number of rounds so far.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Returns the corner of the box at which the rounds so far would have cost least; of a side along which all cost the same,
    /// the lower end.
    #[must_use]
    pub fn best_fixed_point(&self) -> Vec<f64> {
        let end = |(slope, side): (&f64, &(f64, f64))| if *slope < 0.0 { side.1 } else { side.0 };
        self.slopes.iter().zip(&self.sides).map(end).collect()
    }

    /// Returns R_T: the sum of all losses less that sum at the best fixed point.
    #[must_use]
    pub fn total(&self) -> f64 {
        let least =
            self.slopes.iter().zip(&self.sides).map(|(slope, side)| (slope * side.0).min(slope * side.1));
        self.loss - (self.constants + least.sum::<f64>())
    }

    /// Returns R_T / T; 0 before the first round.
    #[must_use]
    pub fn average(&self) -> f64 {
        self.total() / self.rounds.max(1) as f64
    }
}
