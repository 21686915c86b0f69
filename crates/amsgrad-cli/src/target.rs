//! What is minimized, drawn or evaluated: a typed formula, a named test problem, or the cost of a model over data.

use amsgrad::problem::{Function, Problem};
use amsgrad::{Elementary, VectorizedObjective};
use amsgrad_formula::{Formula, FormulaError, Options};
use amsgrad_plot::typeset;
use serde::Serialize;
use serde_json::Value;

use crate::cost::CostArgs;
use crate::failure::Failure;
use crate::table::TableArgs;
use crate::text;

mod fitted;

use fitted::{Fitted, Typed};

/// A formula, a problem, or a model and data, as they are typed.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct TargetArgs {
    /// What is computed, such as '(1-x)^2 + 100*(y-x^2)^2'; with --data a model, such as 'y ~ a*exp(-b*t)'
    #[arg(value_name = "FORMULA", allow_hyphen_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) formula: Option<String>,

    /// A named test problem instead of a formula; `amsgrad problems` lists them
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = text::AnyProblem, conflicts_with_all = ["formula", "vars", "parameters", "definitions"])]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,

    /// The number of variables of a problem, and the length n of an indexed family x[1]..x[n] in a formula
    #[arg(long, short = 'n', allow_negative_numbers = true, value_name = "N", value_parser = text::positive)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dimension: Option<usize>,

    /// The variables in their order; else x, y, z, w first and the others as they appear
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) vars: Vec<String>,

    /// A name in the formula that stands for a number; may be given several times
    #[arg(long = "let", value_name = "NAME=NUMBER")]
    #[serde(rename = "let", skip_serializing_if = "Vec::is_empty")]
    pub(crate) parameters: Vec<String>,

    /// A function that the formula may call, such as 'f(t) = t^2 + a'; may be given several times
    #[arg(long = "define", value_name = "FUNCTION", allow_hyphen_values = true)]
    #[serde(rename = "define", skip_serializing_if = "Vec::is_empty")]
    pub(crate) definitions: Vec<String>,

    /// A table to fit FORMULA to: the variables are its parameters, the value is the cost of all rows; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["problem", "dimension", "vars", "parameters"], help_heading = "Cost")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<String>,

    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) cost: CostArgs,

    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) table: TableArgs,
}

/// What the arguments name, understood.
#[derive(Debug)]
pub(crate) enum Target {
    Formula(Box<Formula>),
    Problem(Problem, Vec<String>),
    Fit(Box<Fitted>),
}

impl TargetArgs {
    /// Returns a title of what may not be a function at all; empty where nothing is named.
    pub(crate) fn title(&self) -> String {
        let formula = self.formula.as_deref().map(typeset);
        formula.or_else(|| self.problem.clone()).unwrap_or_default()
    }

    /// Returns what is named; names that `points`, bounds or points as they are typed, give a number are parameters of a model.
    pub(crate) fn target(&self, points: &[&Option<String>]) -> Result<Target, Failure> {
        if let Some(data) = &self.data {
            return Ok(Target::Fit(Box::new(self.fitted(data, points)?)));
        }
        if let Some(option) = self.cost.given().or(self.table.given()) {
            return Err(Failure::input(option, "needs --data, the table that it is about"));
        }
        match (&self.formula, &self.problem) {
            (Some(formula), _) => self.parse(formula),
            (None, Some(name)) => problem("--problem", name, self.dimension.unwrap_or(2)).map(Target::named),
            (None, None) => {
                Err(Failure::input("FORMULA", "is missing; give one such as 'x^2 + y^2', or --problem NAME"))
            }
        }
    }

    fn fitted(&self, data: &str, points: &[&Option<String>]) -> Result<Fitted, Failure> {
        let named = |points: &String| {
            let names = points.split(',').filter_map(|part| part.split_once('='));
            names.map(|(name, _)| name.trim().to_owned()).collect::<Vec<String>>()
        };
        let named: Vec<String> = points.iter().copied().flatten().flat_map(named).collect();
        let typed =
            Typed { model: self.formula.as_deref(), parameters: &named, definitions: &self.definitions };
        Fitted::new(typed, &self.cost, &self.table, data)
    }

    fn parse(&self, formula: &str) -> Result<Target, Failure> {
        if formula.contains('~') {
            let reason = "'~' stands between data and their model; add --data FILE, the table of the data";
            return Err(Failure::input("FORMULA", reason));
        }
        let mut options = Options::new();
        if !self.vars.is_empty() {
            options = options.variables(self.vars.iter().map(|name| name.trim()));
            named_well("--vars", &options, "list each name once, such as x,y")?;
        }
        if let Some(dimension) = self.dimension {
            options = options.dimension(dimension);
            named_well("--dimension", &options, "use another")?;
        }
        for parameter in &self.parameters {
            let wrong =
                || Failure::input("--let", format!("'{parameter}' is not NAME=NUMBER; write it such as a=3"));
            let (name, value) = parameter.split_once('=').ok_or_else(wrong)?;
            let (name, value) = (name.trim(), text::number(value).map_err(|_| wrong())?);
            // What stands for a number nowhere is a slip, and the name that was meant would become a variable.
            let texts = self.definitions.iter().map(String::as_str).chain([formula]);
            let words = texts.flat_map(|text| text.split(|c: char| !(c.is_alphanumeric() || c == '_')));
            let words: Vec<&str> = words.collect();
            if !words.contains(&name) {
                let meant = text::meant(name, words);
                let reason = format!("'{name}' is not in the formula{meant}; use a name that is");
                return Err(Failure::input("--let", reason));
            }
            options = options.parameter(name, value);
            named_well("--let", &options, "give a name of the formula a number once")?;
        }
        for definition in &self.definitions {
            options = options.define(definition);
        }
        let formula = Formula::parse(formula, &options)
            .map_err(|error| Failure::formula("FORMULA", formula, &self.definitions, &error))?;
        if self.vars.is_empty() {
            no_constant(formula.variables())?;
        }
        Ok(Target::Formula(Box::new(formula)))
    }
}

/// The most variables of a named problem: runs with more take more than a gibibyte.
const VARIABLES: usize = 1 << 19;

/// The named problem, as `argument` asks for it.
pub(crate) fn problem(argument: &str, name: &str, dimension: usize) -> Result<Problem, Failure> {
    let Ok(function) = name.parse::<Function>() else {
        let meant = text::meant(name, Function::ALL.iter().map(|function| function.name()));
        let reason = format!("there is no problem '{name}'{meant}; 'amsgrad problems' lists all");
        return Err(Failure::input(argument, reason));
    };
    if dimension > VARIABLES {
        let reason = format!("'{dimension}' is out of range; use at most {VARIABLES}");
        return Err(Failure::input("--dimension", reason));
    }
    Problem::new(function, dimension).map_err(|error| {
        let plural = if dimension == 1 { "" } else { "s" };
        let reason = format!("{name} cannot have {dimension} variable{plural}; use {}", error.allowed);
        Failure::input("--dimension", reason)
    })
}

/// Tries what has been declared so far on a formula of its own, so that `argument` is told apart from the others.
fn named_well(argument: &str, options: &Options, way: &str) -> Result<(), Failure> {
    let refused = |error: FormulaError| Failure::input(argument, format!("{}; {way}", error.message()));
    Formula::parse("0", options).map(drop).map_err(refused)
}

/// Asks about variables that are called as a constant would be in other languages.
fn no_constant(variables: &[String]) -> Result<(), Failure> {
    for (typed, constant) in [("PI", "pi"), ("Pi", "pi"), ("E", "e"), ("TAU", "tau"), ("INF", "inf")] {
        if variables.iter().any(|name| name == typed) {
            let names = variables.join(",");
            let reason = format!(
                "is '{typed}' the constant {constant}? Then write {constant}; else add --vars {names}"
            );
            return Err(Failure::input("FORMULA", reason));
        }
    }
    Ok(())
}

impl Target {
    pub(crate) fn named(problem: Problem) -> Self {
        let variables = match problem.domain().sides().len() {
            1 => vec!["x".to_owned()],
            2 => vec!["x".to_owned(), "y".to_owned()],
            n => (1..=n).map(|i| format!("x[{i}]")).collect(),
        };
        Self::Problem(problem, variables)
    }

    /// The formula as it was understood.
    pub(crate) fn formula(&self) -> String {
        match self {
            Self::Formula(formula) => formula.to_string(),
            Self::Problem(problem, _) => problem.formula().to_owned(),
            Self::Fit(fit) => fit.formula(),
        }
    }

    /// Returns a short name for titles.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Formula(formula) => typeset(&formula.to_string()),
            Self::Problem(problem, _) => problem.name().to_owned(),
            Self::Fit(fit) => typeset(&fit.formula()),
        }
    }

    /// Returns what the value is called on an axis.
    pub(crate) fn value_name(&self) -> String {
        let names = self.variables().join(", ");
        match self {
            Self::Fit(_) => "cost".to_owned(),
            _ if names.len() <= 12 => format!("f({names})"),
            _ => "f".to_owned(),
        }
    }

    /// Returns all that decides a result: `settings`, with what the table holds in place of the name of its file.
    pub(crate) fn identity(&self, settings: &impl Serialize) -> Value {
        let mut identity = serde_json::to_value(settings).unwrap_or_default();
        if let (Self::Fit(fit), Value::Object(identity)) = (self, &mut identity) {
            identity.remove("data");
            identity.insert("table".into(), fit.data().into());
        }
        identity
    }

    pub(crate) fn variables(&self) -> &[String] {
        match self {
            Self::Formula(formula) => formula.variables(),
            Self::Problem(_, variables) => variables,
            Self::Fit(fit) => fit.parameters(),
        }
    }

    /// Refuses a formula without variables, where one is no answer.
    pub(crate) fn has_variables(&self) -> Result<(), Failure> {
        match self.variables() {
            [] => Err(Failure::input("FORMULA", "has no variables; use at least one, such as x")),
            _ => Ok(()),
        }
    }

    /// Refuses a function of another number of variables, where only `expected` will do.
    pub(crate) fn has_exactly(&self, expected: usize) -> Result<(), Failure> {
        let (found, names) = (self.variables().len(), text::names(self.variables()));
        if found == expected {
            return Ok(());
        }
        let plural = if found == 1 { "" } else { "s" };
        Err(match self {
            Self::Formula(_) | Self::Fit(_) => {
                let reason = format!("has {found} variable{plural} ({names}); use a formula of {expected}");
                Failure::input("FORMULA", reason)
            }
            Self::Problem(problem, _) => {
                let reason =
                    format!("{} has {found} variable{plural}; use --dimension {expected}", problem.name());
                Failure::input("--problem", reason)
            }
        })
    }

    /// Where the function is meant to be looked at, if that is known.
    pub(crate) fn domain(&self) -> Option<Vec<(f64, f64)>> {
        match self {
            Self::Formula(_) | Self::Fit(_) => None,
            Self::Problem(problem, _) => Some(problem.domain().sides().to_vec()),
        }
    }
}

impl VectorizedObjective for Target {
    fn dimension(&self) -> usize {
        self.variables().len()
    }

    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        match self {
            Self::Formula(formula) => formula.evaluate(point, gradient, scratch),
            Self::Problem(problem, _) => problem.evaluate(point, gradient, scratch),
            Self::Fit(fit) => fit.evaluate(point, gradient, scratch),
        }
    }
}
