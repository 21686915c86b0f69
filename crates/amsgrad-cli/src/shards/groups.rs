//! The fits of groups of rows, as shards hold them and reports tell them.

use amsgrad_fit::{Fit, FitError, Group, Groups, Outcome, Status, Table};
use serde::{Deserialize, Serialize};

use super::exact;
use crate::table::told;

/// What is kept of the fit of one group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// What its rows share.
    pub labels: Vec<String>,
    /// The number of its rows.
    pub rows: usize,
    /// Each parameter, and its standard error; NaN where there is none.
    #[serde(with = "exact::numbers")]
    pub parameters: Vec<f64>,
    /// The sum of squared residuals, or the cost of a sum of terms; NaN where there is none.
    #[serde(with = "exact::number")]
    pub cost: f64,
    /// How the fit ended, or why it could not begin.
    pub status: String,
    /// Whether a minimum was found.
    pub converged: bool,
}

/// What the groups of a table have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// What tells the table from any other.
    pub data: String,
    /// The number of groups.
    pub groups: usize,
    /// The names of the parameters.
    pub parameters: Vec<String>,
    /// Whether the costs are sums of squares.
    pub squares: bool,
}

impl Row {
    /// Takes from the outcome of a group's fit, which had this number of parameters, what is kept.
    #[must_use]
    pub fn new(outcome: Result<Outcome, FitError>, parameters: usize) -> Self {
        let (labels, rows) = (Vec::new(), 0);
        match outcome {
            Ok(outcome) => {
                let of = |one: &amsgrad_fit::Estimate| [one.value, one.standard_error.unwrap_or(f64::NAN)];
                Self {
                    labels,
                    rows,
                    parameters: outcome.parameters.iter().flat_map(of).collect(),
                    cost: outcome.residual_sum_of_squares.unwrap_or(outcome.cost),
                    status: outcome.status.name().to_owned(),
                    converged: outcome.status == Status::Converged,
                }
            }
            Err(error) => {
                let (parameters, status) = (vec![f64::NAN; 2 * parameters], error.to_string());
                Self { labels, rows, parameters, cost: f64::NAN, status, converged: false }
            }
        }
    }

    /// Returns the result of a group together with its labels.
    #[must_use]
    pub fn of(group: Group<Self>) -> Self {
        Self { labels: group.labels, rows: group.rows, ..group.result }
    }
}

impl Shared {
    /// Tells what the groups of this table have in common.
    #[must_use]
    pub fn new(fit: &Fit<'_>, table: &Table, groups: &Groups<'_>) -> Self {
        Self {
            data: told(table),
            groups: groups.count(),
            parameters: fit.model().parameters().to_vec(),
            squares: fit.model().has_response(),
        }
    }
}
