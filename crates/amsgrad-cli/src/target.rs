//! What is minimised, drawn or evaluated: a typed formula or a named test problem.

use amsgrad::problem::Problem;
use amsgrad::{Elementary, Kernel, VectorizedObjective, accelerate};
use amsgrad_formula::{Formula, FormulaError, Options};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::failure::Failure;
use crate::text;

/// A formula or a problem, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct TargetArgs {
    /// What is computed, such as '(1-x)^2 + 100*(y-x^2)^2'
    #[arg(value_name = "FORMULA", allow_hyphen_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) formula: Option<String>,

    /// A named test problem instead of a formula; `amsgrad problems` lists them
    #[arg(long, value_name = "NAME", conflicts_with_all = ["formula", "vars", "parameters"])]
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
}

/// What the arguments name, understood.
#[derive(Debug)]
pub(crate) enum Target {
    Formula(Box<Formula>),
    Problem(Problem, Vec<String>),
}

impl TargetArgs {
    pub(crate) fn target(&self) -> Result<Target, Failure> {
        match (&self.formula, &self.problem) {
            (Some(formula), _) => self.parse(formula),
            (None, Some(name)) => {
                let dimension = self.dimension.unwrap_or(2);
                let problem =
                    Problem::named(name, dimension).map_err(|error| Failure::input("--problem", error))?;
                let variables = match dimension {
                    1 => vec!["x".to_owned()],
                    2 => vec!["x".to_owned(), "y".to_owned()],
                    n => (1..=n).map(|i| format!("x[{i}]")).collect(),
                };
                Ok(Target::Problem(problem, variables))
            }
            (None, None) => {
                Err(Failure::Input("nothing to work on; allowed: a FORMULA or --problem NAME".to_owned()))
            }
        }
    }

    fn parse(&self, formula: &str) -> Result<Target, Failure> {
        let mut options = Options::new();
        if !self.vars.is_empty() {
            options = options.variables(self.vars.iter().map(|name| name.trim()));
        }
        if let Some(dimension) = self.dimension {
            options = options.dimension(dimension);
        }
        for parameter in &self.parameters {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = text::number(value).map_err(|_| {
                Failure::input("--let", format!("'{parameter}'; allowed: NAME=NUMBER such as a=3"))
            })?;
            let name = name.trim();
            // What stands for a number nowhere is a slip, and the name that was meant would become a variable.
            let in_word = |c: char| c.is_alphanumeric() || c == '_';
            if !formula.split(|c| !in_word(c)).any(|word| word == name) {
                let allowed = "a name that the formula has";
                return Err(Failure::input(
                    "--let",
                    format!("'{name}' is not in the formula; allowed: {allowed}"),
                ));
            }
            options = options.parameter(name, value);
        }
        let formula = Formula::parse(formula, &options).map_err(|error| unreadable(&error))?;
        Ok(Target::Formula(Box::new(formula)))
    }
}

/// The error of a formula, its place underlined.
fn unreadable(error: &FormulaError) -> Failure {
    let Some(span) = error.span() else { return Failure::input("FORMULA", error) };
    let label = match (error.suggestion(), error.expectation()) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, Some(expectation)) => format!("expected {expectation}"),
        (None, None) => String::new(),
    };
    let annotation = AnnotationKind::Primary.span(span).label(label);
    let snippet = Snippet::source(error.formula()).annotation(annotation);
    let group = Level::ERROR.primary_title(error.message()).element(snippet);
    Failure::Pointed(Renderer::plain().render(&[group]))
}

impl Target {
    /// The formula as it was understood.
    pub(crate) fn formula(&self) -> String {
        match self {
            Self::Formula(formula) => formula.to_string(),
            Self::Problem(problem, _) => problem.formula().to_owned(),
        }
    }

    /// A short name for titles.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Formula(formula) => formula.to_string(),
            Self::Problem(problem, _) => problem.name().to_owned(),
        }
    }

    pub(crate) fn variables(&self) -> &[String] {
        match self {
            Self::Formula(formula) => formula.variables(),
            Self::Problem(_, variables) => variables,
        }
    }

    /// Refuses a formula without variables, where one is no answer.
    pub(crate) fn has_variables(&self) -> Result<(), Failure> {
        match self.variables() {
            [] => Err(Failure::input("FORMULA", "has no variables; allowed: at least one, such as x")),
            _ => Ok(()),
        }
    }

    /// Where the function is meant to be looked at, if that is known.
    pub(crate) fn domain(&self) -> Option<Vec<(f64, f64)>> {
        match self {
            Self::Formula(_) => None,
            Self::Problem(problem, _) => Some(problem.domain().sides().to_vec()),
        }
    }
}

impl VectorizedObjective for Target {
    fn dimension(&self) -> usize {
        self.variables().len()
    }

    // Once for each number type, not once more in each rule's loop: it holds every test problem's code.
    #[inline(never)]
    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        let evaluation = Evaluation { target: self, point, gradient, scratch };
        if N::WIDTH == 1 { evaluation.run() } else { accelerate(evaluation) }
    }
}

struct Evaluation<'a, N> {
    target: &'a Target,
    point: &'a [N],
    gradient: &'a mut [N],
    scratch: &'a mut Vec<N>,
}

impl<N: Elementary> Kernel for Evaluation<'_, N> {
    type Output = N;

    #[inline(always)]
    fn run(self) -> N {
        match self.target {
            Target::Formula(formula) => formula.evaluate(self.point, self.gradient, self.scratch),
            Target::Problem(problem, _) => problem.evaluate(self.point, self.gradient, self.scratch),
        }
    }
}
