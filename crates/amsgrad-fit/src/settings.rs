//! What a fit may be told besides model and data.

use amsgrad::{AmsGrad, AnyRule, LearningRate};

use crate::FitError;
use crate::loss::Loss;
use crate::model::Model;
use crate::names::meant;
use crate::space::Space;

/// The settings of a fit. The default is least squares with unknown errors, without bounds, from starts found by the
/// scale of the data.
///
/// ```
/// use amsgrad_fit::{Loss, Settings};
/// let settings = Settings { loss: Loss::Huber(1.5), ..Settings::default() };
/// assert_eq!(settings.seed, 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What a residual costs.
    pub loss: Loss,
    /// What is known of the errors of the data.
    pub noise: Noise,
    /// Lower and upper bounds of parameters by name; infinite where a side is open.
    pub bounds: Vec<(String, (f64, f64))>,
    /// Groups of parameters that are at least 0 and sum to 1.
    pub simplices: Vec<Vec<String>>,
    /// Start values by name. All parameters, or none where starts are drawn.
    pub start: Vec<(String, f64)>,
    /// The number of starts to draw from the bounds.
    pub starts: Option<usize>,
    /// The seed of the starts and mini-batches that are drawn.
    pub seed: u64,
    /// How the cost is minimized.
    pub method: Method,
    /// The most steps of each descent; 500 by default, 20000 for a first-order rule alone, without limit if that has a
    /// limit of epochs.
    pub steps: Option<u64>,
}

/// What is known of the errors of the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Noise {
    /// Nothing: every row counts the same, and the residuals tell the size of the errors.
    #[default]
    Unknown,
    /// The standard deviation of every row.
    Sigma(f64),
    /// The standard deviations, in a column.
    SigmaColumn(String),
    /// Weights of the squared residuals, or of the terms of a sum, in a column; their common factor has no meaning.
    Weights(String),
}

impl Noise {
    /// Whether the size of the noise is known, so that residuals do not tell it.
    pub(crate) fn is_known(&self) -> bool {
        matches!(self, Self::Sigma(_) | Self::SigmaColumn(_))
    }
}

/// How the cost is minimized.
#[derive(Clone, Debug, Default)]
pub enum Method {
    /// AMSGrad where a start needs it, then Levenberg-Marquardt for residuals or Newton's method for sums.
    #[default]
    Staged,
    /// A first-order rule alone.
    FirstOrder(FirstOrder),
}

/// A first-order rule alone, over all rows or mini-batches of them.
///
/// The rule moves parameters that are scaled to size 1, and the largest gradient component at the start is 1, so the same learning
/// rates suit models of all units: 0.01 moves a parameter by about 1 % of its size per step.
///
/// ```
/// use amsgrad::AnyRule;
/// use amsgrad_fit::{Fit, FirstOrder, Method, Model, Settings, Table};
///
/// let x: Vec<f64> = (0..1000).map(|i| f64::from(i) * 1e-3).collect();
/// let y: Vec<f64> = x.iter().map(|x| 30.0 * x + 4.0).collect();
/// let table = Table::new([("x", x), ("y", y)])?;
/// let model = Model::parse("y ~ a*x + b", table.names())?;
///
/// let rule = AnyRule::named("adam")?;
/// let method = FirstOrder { rule, batch: Some(50), epochs: Some(100), ..FirstOrder::default() };
/// let start = vec![("a".to_owned(), 20.0), ("b".to_owned(), 1.0)];
/// let settings = Settings { method: Method::FirstOrder(method), start, ..Settings::default() };
/// let outcome = Fit::new(&model, settings)?.run(&table, &|| false)?;
/// assert!(outcome.parameter("a").is_some_and(|a| (a.value - 30.0).abs() < 0.1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FirstOrder {
    /// The update rule; its own learning rate is not used.
    pub rule: AnyRule,
    /// The learning rate. Without one, steps shrink from 5 % of a parameter's size by a cosine, four times over where there
    /// are no mini-batches.
    pub learning_rate: Option<LearningRate>,
    /// The number of rows per step; all of them where there is none.
    pub batch: Option<usize>,
    /// The most passes over all rows.
    pub epochs: Option<u64>,
}

impl Default for FirstOrder {
    fn default() -> Self {
        let rule = AnyRule::from(AmsGrad::default());
        Self { rule, learning_rate: None, batch: None, epochs: None }
    }
}

impl Settings {
    /// Returns the names of all parameters that the settings mention.
    #[must_use]
    pub fn parameters(&self) -> Vec<String> {
        let bounds = self.bounds.iter().map(|(name, _)| name);
        let start = self.start.iter().map(|(name, _)| name);
        bounds.chain(start).chain(self.simplices.iter().flatten()).cloned().collect()
    }

    /// Returns the column that `noise` names.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match &self.noise {
            Noise::SigmaColumn(name) | Noise::Weights(name) => Some(name),
            Noise::Unknown | Noise::Sigma(_) => None,
        }
    }

    /// The space of the parameters.
    pub(crate) fn space(&self, model: &Model) -> Result<Space, FitError> {
        let mut sides = vec![(f64::NEG_INFINITY, f64::INFINITY); model.parameters().len()];
        let mut seen = Vec::new();
        for (name, (lower, upper)) in &self.bounds {
            let place = place("bounds", model, name)?;
            if seen.contains(&place) {
                return Err(FitError::setting("bounds", format!("'{name}' is bounded twice")));
            }
            seen.push(place);
            if lower.is_nan() || upper.is_nan() || lower > upper {
                let what = format!("{name}={lower}..{upper} is no interval; the lower side comes first");
                return Err(FitError::setting("bounds", what));
            }
            if *lower == f64::INFINITY || *upper == f64::NEG_INFINITY {
                return Err(FitError::setting("bounds", format!("{name}={lower}..{upper} holds no number")));
            }
            sides[place] = (*lower, *upper);
        }
        let mut simplices = Vec::new();
        let mut members = Vec::new();
        for group in &self.simplices {
            let mut places = Vec::new();
            for name in group {
                let place = place("simplex", model, name)?;
                if members.contains(&place) {
                    return Err(FitError::setting("simplex", format!("'{name}' is named twice")));
                }
                if seen.contains(&place) {
                    let what = format!("'{name}' has bounds; on a simplex it is from 0 to 1");
                    return Err(FitError::setting("simplex", what));
                }
                members.push(place);
                places.push(place);
                sides[place] = (0.0, 1.0);
            }
            if places.len() < 2 {
                return Err(FitError::setting("simplex", "needs two parameters or more"));
            }
            simplices.push(places);
        }
        Ok(Space { sides, simplices })
    }

    /// The start that is given, a number for each parameter that has one.
    pub(crate) fn given(&self, model: &Model) -> Result<Vec<Option<f64>>, FitError> {
        let mut given = vec![None; model.parameters().len()];
        for (name, value) in &self.start {
            let place = place("start", model, name)?;
            if given[place].is_some() {
                return Err(FitError::setting("start", format!("'{name}' is given twice")));
            }
            if !value.is_finite() {
                return Err(FitError::setting("start", format!("'{name}' is not finite")));
            }
            given[place] = Some(*value);
        }
        Ok(given)
    }
}

/// The place of a parameter.
fn place(setting: &'static str, model: &Model, name: &str) -> Result<usize, FitError> {
    let parameters = model.parameters();
    parameters.iter().position(|known| known == name).ok_or_else(|| {
        if model.predictors().iter().any(|known| known == name) {
            return FitError::setting(setting, format!("'{name}' is a column, not a parameter"));
        }
        let meant = match meant(name, parameters) {
            Some(near) => format!("; did you mean '{near}'?"),
            None => format!("; it has {}", parameters.join(", ")),
        };
        FitError::setting(setting, format!("'{name}' is no parameter of the model{meant}"))
    })
}
