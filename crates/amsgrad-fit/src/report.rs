//! The outcome of a fit: parameters, errors, and how good it is.

use core::sync::atomic::Ordering;

use crate::descend::Descent;
use crate::loss::Loss;
use crate::model::Model;
use crate::objective::{Counts, Goal, Objective};
use crate::outcome::Status;
use crate::settings::Settings;
use crate::space::Space;
use crate::statistics::Uncertainty;
use crate::student;
use crate::sum;

/// What came of a fit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// How the fit ended.
    pub status: Status,
    /// The parameters, in the order of the model.
    pub parameters: Vec<Estimate>,
    /// The correlation of each pair of parameters, by rows; none where one of them has no error.
    pub correlation: Vec<Vec<Option<f64>>>,
    /// Sets of parameters of which only a combination is determined by the data.
    pub undetermined: Vec<Vec<String>>,
    /// The number of rows.
    pub rows: usize,
    /// Rows less free parameters.
    pub degrees_of_freedom: usize,
    /// The minimized cost: half the sum of squares for least squares, the sum of losses, or the sum of terms.
    pub cost: f64,
    /// The sum of squared residuals, each divided by its sigma or times its weight's root.
    pub residual_sum_of_squares: Option<f64>,
    /// That sum per degree of freedom.
    pub reduced_chi_square: Option<f64>,
    /// The share of the data's variance that the model explains.
    pub r_squared: Option<f64>,
    /// Akaike's criterion, for least squares and likelihoods.
    pub aic: Option<f64>,
    /// The Bayesian criterion, for least squares and likelihoods.
    pub bic: Option<f64>,
    /// Half the width of a 95 % interval in standard errors.
    pub quantile: f64,
    /// The covariance of the parameters by rows; NaN where one is not determined.
    pub covariance: Vec<f64>,
    /// How often the rows were evaluated.
    pub evaluations: Evaluations,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Its standard error; none on a bound and where the data do not determine it.
    pub standard_error: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Whether it lies on one of its bounds.
    pub at_bound: bool,
}

/// What the descents of a fit took. What only some of the rows were evaluated for, and the errors at the end, are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evaluations {
    /// Starts.
    pub starts: u64,
    /// Steps of all descents.
    pub steps: u64,
    /// Evaluations of the model at every row.
    pub values: u64,
    /// Evaluations of the model and its derivatives at every row.
    pub gradients: u64,
}

impl Evaluations {
    pub(crate) fn of(counts: &Counts, steps: u64, starts: u64) -> Self {
        Self {
            starts,
            steps,
            values: counts.values.load(Ordering::Relaxed),
            gradients: counts.gradients.load(Ordering::Relaxed),
        }
    }
}

impl Uncertainty {
    /// Nothing is known.
    pub(crate) fn none(count: usize) -> Self {
        Self {
            covariance: vec![f64::NAN; count * count],
            undetermined: Vec::new(),
            free: count,
            squares: None,
        }
    }
}

impl Outcome {
    pub(crate) fn new(
        model: &Model,
        settings: &Settings,
        space: &Space,
        objective: &Objective<'_>,
        descent: &Descent,
        uncertainty: &Uncertainty,
        evaluations: Evaluations,
    ) -> Self {
        let names = model.parameters();
        let (count, rows, free) = (names.len(), objective.columns.rows, uncertainty.free);
        let degrees = rows.saturating_sub(free);
        let known = settings.noise.is_known();
        let residuals = matches!(objective.goal, Goal::Residuals { .. });
        // Errors that no residual scales are the normal distribution's.
        let scaled = !(model.is_likelihood() || known && settings.loss == Loss::Squares);
        let quantile = student::quantile(scaled.then_some(degrees.max(1)));
        let variance = |i: usize| uncertainty.covariance[i * count + i];
        let error = |place: usize| {
            let on_bound = space.at_bound(&descent.point, place);
            let variance = variance(place);
            (!on_bound && variance.is_finite() && variance >= 0.0).then(|| variance.sqrt())
        };
        let errors: Vec<Option<f64>> = (0..count).map(error).collect();
        let estimate = |(place, name): (usize, &String)| {
            let value = descent.point[place];
            let interval = errors[place].map(|error| (value - quantile * error, value + quantile * error));
            let at_bound = space.at_bound(&descent.point, place);
            Estimate { name: name.clone(), value, standard_error: errors[place], interval, at_bound }
        };
        let pair = |i: usize, j: usize| {
            let (a, b) = (errors[i]?, errors[j]?);
            let share = uncertainty.covariance[i * count + j] / (a * b);
            if i == j { Some(1.0) } else { share.is_finite().then_some(share.clamp(-1.0, 1.0)) }
        };
        let squares = uncertainty.squares.filter(|squares| squares.is_finite());
        let reduced = squares.filter(|_| degrees > 0).map(|squares| squares / degrees as f64);
        let least_squares = residuals && settings.loss == Loss::Squares;
        let deviance = match (least_squares, residuals, squares) {
            (true, _, Some(squares)) if known => Some(squares),
            (true, _, Some(squares)) => Some(rows as f64 * libm::log(squares / rows as f64)),
            (_, false, _) if model.is_likelihood() => Some(2.0 * descent.value),
            _ => None,
        };
        let criterion = |price: f64| deviance.map(|deviance| deviance + price * free as f64);
        Self {
            status: descent.status,
            parameters: names.iter().enumerate().map(estimate).collect(),
            correlation: (0..count).map(|i| (0..count).map(|j| pair(i, j)).collect()).collect(),
            undetermined: uncertainty
                .undetermined
                .iter()
                .map(|set| set.iter().map(|place| names[*place].clone()).collect())
                .collect(),
            rows,
            degrees_of_freedom: degrees,
            cost: descent.value,
            residual_sum_of_squares: squares,
            reduced_chi_square: reduced,
            r_squared: squares.and_then(|squares| explained(objective, squares)),
            aic: criterion(2.0),
            bic: criterion(libm::log(rows as f64)),
            quantile,
            covariance: uncertainty.covariance.clone(),
            evaluations,
        }
    }

    /// Returns a parameter by its name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Estimate> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// 1 - the residuals' share of the sum of squares around the mean.
fn explained(objective: &Objective<'_>, squares: f64) -> Option<f64> {
    let Goal::Residuals { data, .. } = objective.goal else { return None };
    let weight = |row: usize| objective.weights.map_or(1.0, |weights| weights[row] * weights[row]);
    let [total, sum] = sum::over(data.len(), |row| [weight(row), weight(row) * data[row]]);
    let mean = sum / total;
    let [spread] = sum::over(data.len(), |row| [weight(row) * (data[row] - mean) * (data[row] - mean)]);
    (spread > 0.0).then(|| 1.0 - squares / spread)
}
