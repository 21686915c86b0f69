//! The cost of a model over data.

use amsgrad::{Elementary, VectorizedObjective as _};
use amsgrad_fit::{Cost, Fit, Settings, Table};

use crate::cost::{self, CostArgs};
use crate::failure::Failure;
use crate::table::{TableArgs, refused, told};

/// A model as it is typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed<'a> {
    /// None where a sum takes its place.
    pub(super) model: Option<&'a str>,
    /// Names that points and bounds give a number: parameters, whatever else they may mean.
    pub(super) parameters: &'a [String],
    pub(super) definitions: &'a [String],
}

/// A model over data, whose parameters are the variables.
#[derive(Debug)]
pub(crate) struct Fitted {
    cost: Cost,
    settings: Settings,
    table: Table,
}

impl Fitted {
    /// Reads the table.
    pub(super) fn new(
        typed: Typed<'_>,
        cost: &CostArgs,
        table: &TableArgs,
        data: &str,
    ) -> Result<Self, Failure> {
        let Typed { model, parameters, definitions } = typed;
        if model.is_some_and(|model| !model.contains('~')) && cost.sum().is_none() {
            let reason = "needs a model for FORMULA, with '~' between data and model, such as 'y ~ a*t + b'";
            return Err(Failure::input("--data", reason));
        }
        // A table that is wrong is named by its option, as other options are.
        let of_data = |failure: Failure| {
            failure.named(|line| if line.starts_with("--") { line } else { format!("--data: {line}") })
        };
        let source = table.open(data).map_err(of_data)?;
        let model = cost.model(("FORMULA", model), &source, parameters, definitions)?;
        let settings = cost.settings()?;
        let fit = Fit::new(&model, settings.clone()).map_err(|error| refused(&error))?;
        let table = cost::read(&fit, table, source, &[]).map_err(of_data)?;
        let cost = fit.cost(&table).map_err(|error| of_data(refused(&error)))?;
        Ok(Self { cost, settings, table })
    }

    /// Returns what tells the data from any other.
    pub(super) fn data(&self) -> String {
        told(&self.table)
    }

    /// Returns the least cost that a fit finds, with the parameters between these sides, or anywhere where there are none;
    /// infinite where it finds none.
    pub(crate) fn least_cost(&self, sides: &[(f64, f64)], stop: &(dyn Fn() -> bool + Sync)) -> f64 {
        let bounds = self.parameters().iter().cloned().zip(sides.iter().copied()).collect();
        let settings = Settings { bounds, ..self.settings.clone() };
        let outcome = Fit::new(self.cost.model(), settings).and_then(|fit| fit.run(&self.table, stop));
        outcome.ok().map(|outcome| outcome.cost).filter(|cost| cost.is_finite()).unwrap_or(f64::INFINITY)
    }

    pub(super) fn parameters(&self) -> &[String] {
        self.cost.model().parameters()
    }

    /// The model as it was typed, or what is summed.
    pub(super) fn formula(&self) -> String {
        let model = self.cost.model();
        match (model.has_response(), model.is_likelihood()) {
            (true, _) => model.text().to_owned(),
            (false, true) => format!("minus the sum of {}", model.text()),
            (false, false) => format!("the sum of {}", model.text()),
        }
    }

    pub(super) fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        self.cost.evaluate(point, gradient, scratch)
    }
}
