//! Models as they are typed: what is data, what is a parameter.

use std::borrow::Cow;

use amsgrad_formula::{Derivatives, Formula};

use crate::names::{Names, no_column, slip};
use crate::rows::Columns;
use crate::{FitError, Table};

/// The constants of the language that are common names of parameters too.
const CONFUSED: [&str; 2] = ["e", "tau"];

/// What a model is compared with.
#[derive(Clone, Debug)]
enum Kind {
    /// What is left of `~`, over its columns.
    Response(Box<Formula>),
    /// Nothing: its sum is minimized.
    Sum,
    /// Nothing: its sum is a log-likelihood, to be maximized.
    LogLikelihood,
}

/// A model and the names in it: columns of a table are data, all others are parameters.
///
/// ```
/// use amsgrad_fit::Model;
/// let columns = ["t", "y", "dy"].map(String::from);
/// let model = Model::parse("y ~ a*exp(-b*t) + c", &columns)?;
/// assert_eq!(model.parameters(), ["a", "b", "c"]);
/// assert_eq!(model.predictors(), ["t"]);
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    text: String,
    definitions: Vec<String>,
    kind: Kind,
    /// Over the parameters, then the predictors.
    formula: Formula,
    by_parameters: Derivatives,
    parameters: Vec<String>,
    predictors: Vec<String>,
    /// The names that are constants here, and may have been meant as parameters.
    constants: Vec<String>,
    /// The places of parameters in which the model is linear, all of them together.
    linear: Vec<usize>,
}

impl Model {
    /// Parses `response ~ model`.
    ///
    /// # Errors
    /// A side or a definition is not a formula, the left side has a name that is no column, or there is not exactly one
    /// `~`.
    pub fn parse<'a>(text: &str, names: impl Into<Names<'a>>) -> Result<Self, FitError> {
        let names = names.into();
        let mut sides = text.splitn(3, '~');
        let (Some(left), Some(right), None) = (sides.next(), sides.next(), sides.next()) else {
            let what = "needs one '~' between data and model, as in 'y ~ a*exp(-b*t) + c'";
            return Err(FitError::Model(format!("the model '{text}' {what}")));
        };
        let response = Formula::parse(left, &names.options().by_appearance(names.columns))?;
        if let Some(name) = response.variables().iter().find(|name| !names.columns.contains(name)) {
            return Err(FitError::Model(format!("left of '~', {}", no_column(name, names.columns))));
        }
        if response.variables().is_empty() {
            let what = format!("left of '~' no column is named; allowed: {}", names.columns.join(", "));
            return Err(FitError::Model(what));
        }
        // Spaces in place of the left side, so that errors point into the whole text.
        let padded = format!("{}{right}", " ".repeat(left.len() + 1));
        Self::build(text, &padded, Kind::Response(Box::new(response)), names)
    }

    /// Parses an expression whose sum over the rows is to be minimized.
    ///
    /// # Errors
    /// As for [`parse`](Model::parse).
    pub fn sum<'a>(text: &str, names: impl Into<Names<'a>>) -> Result<Self, FitError> {
        Self::build(text, text, Kind::Sum, names.into())
    }

    /// Parses the logarithm of a density, whose sum over the rows is to be maximized.
    ///
    /// # Errors
    /// As for [`parse`](Model::parse).
    pub fn log_likelihood<'a>(text: &str, names: impl Into<Names<'a>>) -> Result<Self, FitError> {
        let names = names.into();
        // What is written is parsed by itself first, so that an error shows it as it is.
        Formula::parse(text, &names.options())?;
        Self::build(text, &format!("-({text})"), Kind::LogLikelihood, names)
    }

    fn build(text: &str, expression: &str, kind: Kind, names: Names<'_>) -> Result<Self, FitError> {
        let Names { columns, parameters: named, definitions } = names;
        let variables = columns.iter().chain(named).map(String::as_str).chain(CONFUSED);
        let all = Formula::parse(expression, &names.options().by_appearance(variables))?;
        let (predictors, free): (Vec<String>, Vec<String>) =
            all.variables().iter().cloned().partition(|name| columns.contains(name));
        let (constants, parameters): (Vec<String>, Vec<String>) =
            free.into_iter().partition(|name| CONFUSED.contains(&name.as_str()) && !named.contains(name));
        if parameters.is_empty() {
            let constants = match constants.as_slice() {
                [] => String::new(),
                names => format!(" or a constant ({})", names.join(", ")),
            };
            return Err(FitError::Model(format!(
                "the model '{text}' has no parameter: every name is a column{constants}"
            )));
        }
        let options = names.options().variables(parameters.iter().chain(&predictors).cloned());
        let formula = Formula::parse(expression, &options)?;
        let linear = linear(&formula, &parameters);
        let by_parameters = formula.derivatives(0..parameters.len());
        let (text, definitions) = (text.to_owned(), definitions.to_vec());
        Ok(Self {
            text,
            definitions,
            kind,
            formula,
            by_parameters,
            parameters,
            predictors,
            constants,
            linear,
        })
    }

    /// Returns the text as it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the functions that were defined for it.
    #[must_use]
    pub fn definitions(&self) -> &[String] {
        &self.definitions
    }

    /// Returns the names of the parameters, in the order of their first use.
    #[must_use]
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// Returns the columns that the model uses, in the order of their first use.
    #[must_use]
    pub fn predictors(&self) -> &[String] {
        &self.predictors
    }

    /// Returns every column that the model needs, those left of `~` first.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let mut columns = self.response().map_or(Vec::new(), |response| response.variables().to_vec());
        let others = self.predictors.iter().filter(|name| !columns.contains(name)).cloned();
        let others: Vec<String> = others.collect();
        columns.extend(others);
        columns
    }

    /// Returns each parameter whose name is nearly that of a column the model does not use, with that column.
    ///
    /// ```
    /// use amsgrad_fit::Model;
    /// let columns = ["temperature", "dose_mg", "y"].map(String::from);
    /// let doubts = Model::parse("y ~ a*temprature + dose", &columns)?.doubts(&columns);
    /// assert_eq!(doubts[0], ("temprature".to_owned(), "temperature".to_owned()));
    /// assert_eq!(doubts[1], ("dose".to_owned(), "dose_mg".to_owned()));
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    #[must_use]
    pub fn doubts(&self, columns: &[String]) -> Vec<(String, String)> {
        let used = self.columns();
        let unused = columns.iter().filter(|name| !used.contains(name)).map(String::as_str);
        let unused: Vec<&str> = unused.collect();
        let doubt = |name: &String| Some((name.clone(), slip(name, &unused)?.to_owned()));
        self.parameters.iter().filter_map(doubt).collect()
    }

    /// Returns the names that the model uses as constants of the language where a parameter may be meant: `e` and
    /// `tau`.
    ///
    /// ```
    /// use amsgrad_fit::{Model, Names};
    /// let columns = ["t", "y"].map(String::from);
    /// assert_eq!(Model::parse("y ~ n*exp(-t/tau)", &columns)?.constants(), ["tau"]);
    ///
    /// let names = Names { parameters: &["tau".to_owned()], ..Names::from(&columns) };
    /// let model = Model::parse("y ~ n*exp(-t/tau)", names)?;
    /// assert_eq!(model.parameters(), ["n", "tau"]);
    /// assert!(model.constants().is_empty());
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    #[must_use]
    pub fn constants(&self) -> &[String] {
        &self.constants
    }

    /// Returns whether the model is compared with data; a sum of terms is not.
    #[must_use]
    pub fn has_response(&self) -> bool {
        self.response().is_some()
    }

    /// Returns whether the model is the logarithm of a density.
    #[must_use]
    pub fn is_likelihood(&self) -> bool {
        matches!(self.kind, Kind::LogLikelihood)
    }

    /// Returns what is left of `~` for each row of a table.
    ///
    /// ```
    /// use amsgrad_fit::{Model, Table};
    /// let table = Table::new([("x", vec![1.0, 2.0]), ("y", vec![1.0, 100.0])])?;
    /// let model = Model::parse("log10(y) ~ a*x", table.names())?;
    /// assert_eq!(model.observed(&table)?.as_ref(), [0.0, 2.0]);
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// The table lacks a column, or the expression is not finite somewhere.
    pub fn observed<'t>(&self, table: &'t Table) -> Result<Cow<'t, [f64]>, FitError> {
        let Some(formula) = self.response() else { return Ok(Cow::Borrowed(&[])) };
        let columns = table.require(formula.variables())?;
        if let ([column], 0) = (columns.as_slice(), formula.operations().0) {
            return Ok(Cow::Borrowed(column));
        }
        let values = Columns { columns, rows: table.rows() }.values(formula, &[]);
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            let what = format!("'{formula}' is not a finite number here ({})", values[row]);
            return Err(table.row_error(row, None, what));
        }
        Ok(Cow::Owned(values))
    }

    fn response(&self) -> Option<&Formula> {
        match &self.kind {
            Kind::Response(formula) => Some(formula),
            Kind::Sum | Kind::LogLikelihood => None,
        }
    }

    pub(crate) fn formula(&self) -> &Formula {
        &self.formula
    }

    /// The formula's derivatives by the parameters, none by the columns.
    pub(crate) fn by_parameters(&self) -> &Derivatives {
        &self.by_parameters
    }

    pub(crate) fn linear(&self) -> &[usize] {
        &self.linear
    }
}

/// The places of parameters in which a formula is linear: no derivative by one of them contains any of them.
fn linear(formula: &Formula, parameters: &[String]) -> Vec<usize> {
    let partials = formula.gradient().take(parameters.len());
    let contained: Vec<Vec<usize>> = partials.map(|partial| partial.variables()).collect();
    let contains = |i: usize, j: usize| contained[i].contains(&j);
    let mut linear: Vec<usize> = Vec::new();
    for (place, name) in parameters.iter().enumerate() {
        if !name.contains('[')
            && !contains(place, place)
            && linear.iter().all(|other| !contains(*other, place) && !contains(place, *other))
        {
            linear.push(place);
        }
    }
    linear
}
