//! A model over data: what its rows cost, as it is typed.

use amsgrad_fit::{Fit, FitError, Model, Names, Noise, Settings, Source, Table};
use amsgrad_formula::constant;
use serde::{Serialize, Serializer};

use crate::failure::Failure;
use crate::table::{TableArgs, refused};
use crate::{output, text};

/// What a row costs.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct CostArgs {
    /// Standard deviation of the data: a column or a number. Parameter errors then do not depend on the residuals
    #[arg(
        long,
        value_name = "COLUMN|NUMBER",
        allow_negative_numbers = true,
        help_heading = "Cost",
        value_parser = sigma,
        conflicts_with = "weights"
    )]
    #[serde(serialize_with = "as_typed", skip_serializing_if = "Option::is_none")]
    sigma: Option<Noise>,

    /// A column of weights for the squared residuals; their common factor has no meaning
    #[arg(long, value_name = "COLUMN", help_heading = "Cost")]
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<String>,

    /// What a residual costs: squares, huber:D, soft-l1:D, cauchy:D or absolute [default: squares]
    #[arg(long, value_name = "LOSS", help_heading = "Cost")]
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<String>,

    /// Maximize the sum over the rows of this log-density instead
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true, help_heading = "Cost")]
    #[serde(skip_serializing_if = "Option::is_none")]
    log_likelihood: Option<String>,

    /// Minimize the sum over the rows of this expression instead
    #[arg(
        long,
        value_name = "EXPR",
        allow_hyphen_values = true,
        help_heading = "Cost",
        conflicts_with = "log_likelihood"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    minimize_sum: Option<String>,
}

/// The standard deviation of the data: a number for all rows, or a column.
fn sigma(text: &str) -> Result<Noise, String> {
    match text::number(text) {
        Ok(sigma) if sigma > 0.0 => Ok(Noise::Sigma(sigma)),
        Ok(_) => Err("is not a standard deviation; use a column, or a number above 0".to_owned()),
        Err(_) => Ok(Noise::SigmaColumn(text.to_owned())),
    }
}

fn as_typed<S: Serializer>(sigma: &Option<Noise>, serializer: S) -> Result<S::Ok, S::Error> {
    match sigma {
        Some(Noise::Sigma(sigma)) => serializer.serialize_f64(*sigma),
        Some(Noise::SigmaColumn(name)) => serializer.serialize_str(name),
        _ => serializer.serialize_none(),
    }
}

impl CostArgs {
    /// Returns the option that is given, if one is.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let options = [
            ("--sigma", self.sigma.is_some()),
            ("--weights", self.weights.is_some()),
            ("--loss", self.loss.is_some()),
        ];
        let option = options.into_iter().find(|(_, given)| *given).map(|(option, _)| option);
        option.or(self.sum().map(|(option, _)| option))
    }

    /// Returns the expression of a sum, with its option, where there is one.
    pub(crate) fn sum(&self) -> Option<(&'static str, &str)> {
        let likelihood = self.log_likelihood.as_deref().map(|text| ("--log-likelihood", text));
        likelihood.or(self.minimize_sum.as_deref().map(|text| ("--minimize-sum", text)))
    }

    /// Returns the settings of a fit that say what a row costs.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        let weights = self.weights.clone().map(Noise::Weights);
        let loss = self.loss.as_deref().map(str::parse).transpose();
        Ok(Settings {
            loss: loss.map_err(|error: String| Failure::input("--loss", error))?.unwrap_or_default(),
            noise: self.sigma.clone().or(weights).unwrap_or_default(),
            ..Settings::default()
        })
    }

    /// Returns the model, `typed` under `argument` where it is no sum, over the columns of a table. Tells which names may have
    /// been meant otherwise; `parameters` are those that options name.
    pub(crate) fn model(
        &self,
        (argument, typed): (&str, Option<&str>),
        source: &Source,
        parameters: &[String],
        definitions: &[String],
    ) -> Result<Model, Failure> {
        let require = |option, name: &Option<String>| {
            name.iter().try_for_each(|name| source.require(option, name)).map_err(|error| refused(&error))
        };
        let sigma = match &self.sigma {
            Some(Noise::SigmaColumn(name)) => Some(name.clone()),
            _ => None,
        };
        require("sigma", &sigma)?;
        require("weights", &self.weights)?;
        let names = Names { columns: source.names(), parameters, definitions };
        let (argument, text, model) = match (self.sum(), typed) {
            (Some((option, _)), Some(model)) => {
                let reason = format!("takes the place of the model '{model}'; leave one of them out");
                return Err(Failure::input(option, reason));
            }
            (Some((option, text)), None) if option == "--minimize-sum" => {
                (option, text, Model::sum(text, names))
            }
            (Some((option, text)), None) => (option, text, Model::log_likelihood(text, names)),
            (None, Some(text)) => (argument, text, Model::parse(text, names)),
            (None, None) => {
                return Err(Failure::input(argument, "is missing; give a model such as 'y ~ a*t + b'"));
            }
        };
        let model = model.map_err(|error| match error {
            FitError::Formula(error) => Failure::formula(argument, text, definitions, &error),
            error => Failure::input(argument, error.to_string()),
        })?;
        for name in model.constants() {
            let value = text::shown(constant(name).unwrap_or(f64::NAN));
            output::note(&format!(
                "note: '{name}' is the constant {value} here; --bounds {name}=.. makes it a parameter"
            ));
        }
        for (parameter, column) in model.doubts(source.names()) {
            output::note(&format!(
                "note: '{parameter}' is taken as a parameter; the column '{column}' is not used"
            ));
        }
        Ok(model)
    }
}

/// Reads what a fit needs of a table, and the columns that name groups.
pub(crate) fn read(
    fit: &Fit<'_>,
    args: &TableArgs,
    source: Source,
    labels: &[String],
) -> Result<Table, Failure> {
    let mut columns = fit.model().columns();
    let others = fit.settings().column().filter(|name| !columns.iter().any(|one| one == name));
    columns.extend(others.map(str::to_owned));
    args.read(source, &columns, labels)
}
