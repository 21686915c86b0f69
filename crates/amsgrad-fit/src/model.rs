//! Models as they are typed: what is data, what is a parameter.

use std::borrow::Cow;

use amsgrad_formula::{Derivatives, Formula, Options};

use crate::{FitError, Table};

mod names;

pub(crate) use names::{nearest, no_column};

/// A model and the names in it: columns of a table are data, all others are parameters.
///
/// ```
/// use amsgrad_fit::Model;
/// let columns = ["t", "y", "dy"].map(String::from);
/// let model = Model::parse("y ~ a*exp(-b*t) + c", &columns, &[])?;
/// assert_eq!(model.parameters(), ["a", "b", "c"]);
/// assert_eq!(model.predictors(), ["t"]);
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    text: String,
    /// What is left of `~`, over its columns; none for a sum.
    response: Option<Formula>,
    /// Over the parameters, then the predictors.
    formula: Formula,
    by_parameters: Derivatives,
    parameters: Vec<String>,
    predictors: Vec<String>,
    /// The places of parameters in which the model is linear, all of them together.
    linear: Vec<usize>,
}

impl Model {
    /// Parses `response ~ model` for a table with these columns. Names in `parameters` are parameters even where
    /// they are constants of the language, such as `e` and `tau`. A name that the model does not have adds nothing: the
    /// fit refuses the setting that mentions it.
    ///
    /// # Errors
    /// A side is not a formula, the left one has a name that is no column, or there is not exactly one `~`.
    pub fn parse(text: &str, columns: &[String], parameters: &[String]) -> Result<Self, FitError> {
        let mut sides = text.splitn(3, '~');
        let (Some(left), Some(right), None) = (sides.next(), sides.next(), sides.next()) else {
            let what = "needs one '~' between data and model, as in 'y ~ a*exp(-b*t) + c'";
            return Err(FitError::Model(format!("the model '{text}' {what}")));
        };
        let left_names: Vec<String> =
            names::words(left).into_iter().filter(|word| columns.contains(word)).collect();
        let unknown: Vec<String> = Formula::parse(left, &Options::new())?.variables().to_vec();
        if let Some(name) = unknown.iter().find(|name| !left_names.contains(name)) {
            return Err(FitError::Model(format!("left of '~', {}", no_column(name, columns))));
        }
        if left_names.is_empty() {
            let what = format!("left of '~' no column is named; allowed: {}", columns.join(", "));
            return Err(FitError::Model(what));
        }
        let response = Formula::parse(left, &Options::new().variables(left_names))?;
        // Spaces in place of the left side, so that errors point into the whole text.
        let padded = format!("{}{right}", " ".repeat(left.len() + 1));
        Self::build(text, &padded, Some(response), columns, parameters)
    }

    /// Parses an expression whose sum over the rows is to be minimised.
    ///
    /// # Errors
    /// As for [`parse`](Model::parse).
    pub fn sum(text: &str, columns: &[String], parameters: &[String]) -> Result<Self, FitError> {
        Self::build(text, text, None, columns, parameters)
    }

    /// Parses the logarithm of a density, whose sum over the rows is to be maximised.
    ///
    /// # Errors
    /// As for [`parse`](Model::parse).
    pub fn log_likelihood(text: &str, columns: &[String], parameters: &[String]) -> Result<Self, FitError> {
        // What is written is parsed by itself first, so that an error shows it as it is.
        Formula::parse(text, &Options::new())?;
        Self::build(text, &format!("-({text})"), None, columns, parameters)
    }

    fn build(
        text: &str,
        expression: &str,
        response: Option<Formula>,
        columns: &[String],
        named: &[String],
    ) -> Result<Self, FitError> {
        let words = names::words(expression);
        let predictors: Vec<String> = columns.iter().filter(|name| words.contains(name)).cloned().collect();
        let free = Formula::parse(expression, &Options::new())?.variables().to_vec();
        let mut parameters: Vec<String> =
            free.into_iter().filter(|name| !predictors.contains(name)).collect();
        // What else the settings name, the fit refuses there, under the name of the setting.
        for name in named {
            if words.contains(name) && !predictors.contains(name) && !parameters.contains(name) {
                parameters.push(name.clone());
            }
        }
        let place = |name: &String| {
            let base = name.split('[').next().unwrap_or(name);
            words.iter().position(|word| word == base).unwrap_or(words.len())
        };
        parameters.sort_by_key(place);
        if parameters.is_empty() {
            return Err(FitError::Model(format!(
                "the model '{text}' has no parameter: every name is a column"
            )));
        }
        let options = Options::new().variables(parameters.iter().chain(&predictors).cloned());
        let formula = Formula::parse(expression, &options)?;
        let linear = linear(&formula, &parameters);
        let by_parameters = formula.derivatives(0..parameters.len());
        let text = text.to_owned();
        Ok(Self { text, response, formula, by_parameters, parameters, predictors, linear })
    }

    /// Returns the text as it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names of the parameters, in the order of their first use.
    #[must_use]
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// Returns the columns that the model uses, in the order of the table.
    #[must_use]
    pub fn predictors(&self) -> &[String] {
        &self.predictors
    }

    /// Returns every column that the model needs, those left of `~` first.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let left = self.response.iter().flat_map(|response| response.variables());
        let mut columns: Vec<String> = left.cloned().collect();
        columns.extend(
            self.predictors.iter().filter(|name| !columns.contains(name)).cloned().collect::<Vec<_>>(),
        );
        columns
    }

    /// Returns each parameter whose name is nearly that of a column the model does not use, with that column.
    ///
    /// ```
    /// use amsgrad_fit::Model;
    /// let columns = ["temperature", "y"].map(String::from);
    /// let model = Model::parse("y ~ a*temprature", &columns, &[])?;
    /// assert_eq!(model.doubts(&columns), [("temprature".to_owned(), "temperature".to_owned())]);
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    #[must_use]
    pub fn doubts(&self, columns: &[String]) -> Vec<(String, String)> {
        let used = self.columns();
        let unused: Vec<&String> = columns.iter().filter(|name| !used.contains(name)).collect();
        let doubt = |name: &String| {
            let near = names::slip(name, unused.iter().copied())?;
            Some((name.clone(), near.to_owned()))
        };
        self.parameters.iter().filter_map(doubt).collect()
    }

    /// Returns the names that the model uses as constants of the language where a parameter may be meant: `e` and
    /// `tau`.
    ///
    /// ```
    /// use amsgrad_fit::Model;
    /// let columns = ["t", "y"].map(String::from);
    /// assert_eq!(Model::parse("y ~ n*exp(-t/tau)", &columns, &[])?.constants(), ["tau"]);
    /// let model = Model::parse("y ~ n*exp(-t/tau)", &columns, &["tau".to_owned()])?;
    /// assert_eq!((model.parameters(), model.constants()), (&["n".to_owned(), "tau".to_owned()][..], vec![]));
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    #[must_use]
    pub fn constants(&self) -> Vec<&'static str> {
        let words = names::words(&self.text);
        let known = |name: &&str| {
            let is = |other: &String| other == name;
            words.iter().any(is) && !self.parameters.iter().any(is) && !self.columns().iter().any(is)
        };
        ["e", "tau"].into_iter().filter(known).collect()
    }

    /// Returns whether the model is compared with data; a sum of terms is not.
    #[must_use]
    pub fn has_response(&self) -> bool {
        self.response.is_some()
    }

    /// Returns what is left of `~` for each row of a table.
    ///
    /// ```
    /// use amsgrad_fit::{Model, Table};
    /// let table = Table::new([("x", vec![1.0, 2.0]), ("y", vec![1.0, 100.0])])?;
    /// let model = Model::parse("log10(y) ~ a*x", table.names(), &[])?;
    /// assert_eq!(model.observed(&table)?.as_ref(), [0.0, 2.0]);
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// The table lacks a column, or the expression is not finite somewhere.
    pub fn observed<'t>(&self, table: &'t Table) -> Result<Cow<'t, [f64]>, FitError> {
        crate::data::response(self, table)
    }

    pub(crate) fn response(&self) -> Option<&Formula> {
        self.response.as_ref()
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
    let partials: Vec<Vec<String>> =
        formula.gradient().take(parameters.len()).map(|partial| names::words(&partial.to_string())).collect();
    let contains = |i: usize, j: usize| partials[i].contains(&parameters[j]);
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
