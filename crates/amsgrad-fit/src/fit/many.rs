//! Fits of many rows: a sample of them shows the way, and all are needed for the last steps alone.

use super::{DESCENT, Fit};
use crate::descend::{Descent, Problem};
use crate::found::Found;
use crate::keep::Nothing;
use crate::objective::Objective;
use crate::outcome::Status;
use crate::sample::Sample;

/// Rows from which on a fit begins among one of each `SHARE` of them.
const MANY: usize = 1 << 14;
const SHARE: usize = 16;
/// The standard errors by which a parameter found among some of the rows must differ from 0.
const CERTAIN: f64 = 10.0;

impl Fit<'_> {
    /// The best end from one start, for a loss with a curvature.
    pub(super) fn among_many(
        &self,
        objective: &Objective<'_>,
        start: Vec<f64>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Found {
        let whole = |start| self.smooth(objective, start, stop, &Nothing);
        if objective.columns.rows < MANY {
            return whole(start);
        }
        let sample = Sample::drawn(objective, SHARE, self.settings.seed);
        let few = sample.objective(objective);
        let begun = self.among_many(&few, start.clone(), stop);
        if begun.descent.status == Status::Stopped {
            let Descent { point, status, steps, .. } = begun.descent;
            return Found::new(point.clone(), objective.value(&point), status, steps, begun.scale);
        }
        if !begun.descent.status.is_converged() || !self.is_certain(&few, &begun) {
            return whole(start);
        }
        let Found { descent, scale } = begun;
        let problem =
            Problem { objective, space: &self.space, scale: &scale, linear: &[], limit: DESCENT, stop };
        let polished = problem.polish(descent.point);
        if !polished.status.is_converged() || !self.settles(objective, &polished) {
            return whole(start);
        }
        Found { descent: Descent { steps: descent.steps + polished.steps, ..polished }, scale }
    }

    /// Whether rows that are a sample of many show every part of the model beyond doubt. Where they do not, what they
    /// lead to may be their noise.
    fn is_certain(&self, few: &Objective<'_>, found: &Found) -> bool {
        let doubt = self.uncertainty(few, found);
        let count = found.descent.point.len();
        found.descent.point.iter().enumerate().all(|(place, x)| {
            let error = doubt.covariance[place * count + place].sqrt();
            x.abs() >= CERTAIN * error
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Fit, FitError, Model, Outcome, Settings, Table};

    const ROWS: usize = 2 * super::MANY;

    fn noise(row: usize) -> f64 {
        let mixed = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / (1_u64 << 53) as f64
            - 0.5
    }

    fn fitted(
        model: &str,
        start: &[(&str, f64)],
        columns: [(&'static str, Vec<f64>); 2],
    ) -> Result<Outcome, FitError> {
        let table = Table::new(columns)?;
        let start = start.iter().map(|(name, x)| ((*name).to_owned(), *x)).collect();
        let model = Model::parse(model, table.names())?;
        Fit::new(&model, Settings { start, ..Settings::default() })?.run(&table, &|| false)
    }

    fn values(outcome: &Outcome) -> Vec<f64> {
        outcome.parameters.iter().map(|one| one.value).collect()
    }

    #[test]
    fn few_passes_over_all_rows_lead_to_where_their_gradient_is_none() -> Result<(), FitError> {
        let t: Vec<f64> = (0..ROWS).map(|row| row as f64 * 8.0 / ROWS as f64).collect();
        let y: Vec<f64> =
            t.iter().enumerate().map(|(row, t)| 5.0 * (-0.6 * t).exp() + 1.0 + noise(row)).collect();
        let outcome = fitted(
            "y ~ a*exp(-b*t) + c",
            &[("a", 1.0), ("b", 1.0), ("c", 0.0)],
            [("t", t.clone()), ("y", y.clone())],
        )?;
        assert!(outcome.status.is_converged() && outcome.evaluations.gradients <= 7, "{outcome:?}");
        let [a, b, c] = values(&outcome)[..] else { panic!("{outcome:?}") };
        let (mut sums, mut sizes) = ([0.0; 3], [0.0; 3]);
        for (t, y) in t.iter().zip(&y) {
            let e = (-b * t).exp();
            let residual = a * e + c - y;
            for (j, partial) in [e, -a * t * e, 1.0].into_iter().enumerate() {
                sums[j] += residual * partial;
                sizes[j] += (residual * partial).abs();
            }
        }
        for (sum, size) in sums.iter().zip(sizes) {
            assert!(sum.abs() < 1e-13 * size, "{sums:?} of {size}");
        }
        Ok(())
    }

    #[test]
    fn a_peak_that_few_rows_cannot_be_sure_of_is_found_by_all() -> Result<(), FitError> {
        let x: Vec<f64> = (0..ROWS).map(|row| row as f64).collect();
        let place = 0.618 * ROWS as f64;
        let peak = |x: f64| 0.5 * (-((x - place) / 20.0).powi(2)).exp();
        let y = x.iter().enumerate().map(|(row, x)| peak(*x) + noise(row)).collect();
        let start = [("h", 1.0), ("m", place + 15.0), ("w", 30.0)];
        let outcome = fitted("y ~ h*exp(-((x - m)/w)^2)", &start, [("x", x), ("y", y)])?;
        assert!(outcome.status.is_converged(), "{outcome:?}");
        for (one, truth) in outcome.parameters.iter().zip([0.5, place, 20.0]) {
            let error = one.standard_error.unwrap_or(0.0);
            assert!((one.value - truth).abs() < 4.0 * error && error < 10.0, "{one:?} {truth}");
        }
        Ok(())
    }

    #[test]
    fn no_period_of_the_rows_goes_unseen() -> Result<(), FitError> {
        for period in [16, 128] {
            let channel: Vec<f64> = (0..ROWS).map(|row| (row % period) as f64).collect();
            let y = channel.iter().enumerate().map(|(row, c)| 2.0 + 3.0 * c + 0.1 * noise(row)).collect();
            let outcome = fitted("y ~ a + b*c", &[("a", 1.0), ("b", 1.0)], [("c", channel), ("y", y)])?;
            let [a, b] = values(&outcome)[..] else { panic!("{outcome:?}") };
            assert!((a - 2.0).abs() < 1e-2 && (b - 3.0).abs() < 1e-3, "{a} {b}");
            assert!(outcome.evaluations.gradients <= 7, "{outcome:?}");
        }
        Ok(())
    }
}
