//! Errors that point at the character.

use core::error::Error;
use core::fmt::{self, Display, Formatter};
use core::ops::Range;

/// Why a formula was not understood: what, where in the text, what was expected there and what may be meant.
///
/// `Display` is one line; [`FormulaError::pointed`] adds the formula with the place underlined.
///
/// ```
/// use amsgrad_formula::{Formula, Options};
///
/// let error = Formula::parse("1 + sine(x)", &Options::default()).unwrap_err();
/// assert_eq!(error.to_string(), "unknown function `sine` at column 5; did you mean `sin`?");
/// assert_eq!(error.span(), Some(4..8));
/// assert_eq!(error.suggestion(), Some("sin"));
/// assert_eq!(
///     error.pointed(),
///     "unknown function `sine` at column 5; did you mean `sin`?\n  |\n  | 1 + sine(x)\n  |     ^^^^\n"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError(Box<Parts>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    message: String,
    formula: String,
    span: Option<Range<usize>>,
    expected: Option<String>,
    suggestion: Option<String>,
}

impl FormulaError {
    /// An error that concerns the options rather than a place in the formula.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Parts {
            message,
            formula: String::new(),
            span: None,
            expected: None,
            suggestion: None,
        }))
    }

    pub(crate) fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        let mut error = Self::new(message);
        error.0.span = Some(span);
        error
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    pub(crate) fn suggest(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.0.suggestion = suggestion.map(Into::into);
        self
    }

    pub(crate) fn of(mut self, formula: &str) -> Self {
        formula.clone_into(&mut self.0.formula);
        self
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The place in the formula, in bytes; `None` where the fault is in the options. It may be empty at the end of
    /// the formula, where something is missing.
    pub fn span(&self) -> Option<Range<usize>> {
        self.0.span.clone()
    }

    /// What the language allows at this place, where that can be said in a few words.
    pub fn expectation(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// What to write instead: the nearest known name or a corrected piece of the formula.
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }

    /// The formula this error is about.
    pub fn formula(&self) -> &str {
        &self.0.formula
    }

    /// The line of `Display`, then the formula, or the part of it around the place, with the place underlined.
    pub fn pointed(&self) -> String {
        const AROUND: usize = 50;
        let Some(span) = &self.0.span else { return format!("{self}\n") };
        let (before, after) = self.0.formula.split_at_checked(span.start).unwrap_or((&self.0.formula, ""));
        let line_before = before.rsplit('\n').next().unwrap_or_default();
        let line_after = after.split('\n').next().unwrap_or_default();
        let left: Vec<char> = line_before.chars().rev().take(AROUND).collect();
        let left: String = left.into_iter().rev().map(printable).collect();
        let marked = after.get(..span.len()).unwrap_or(after).split('\n').next().unwrap_or_default();
        let width = marked.chars().count().clamp(1, AROUND);
        let right: String = line_after.chars().take(width + AROUND).map(printable).collect();
        let dots = |cut: bool| if cut { "..." } else { "" };
        let start = dots(left.len() < line_before.len());
        let end = dots(right.len() < line_after.len());
        let indent = " ".repeat(start.len() + left.chars().count());
        format!("{self}\n  |\n  | {start}{left}{right}{end}\n  | {indent}{}\n", "^".repeat(width))
    }
}

/// Tabs and other control characters take one column, as the underline assumes.
fn printable(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

impl Display for FormulaError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Parts { message, formula, span, expected, suggestion } = &*self.0;
        f.write_str(message)?;
        if let Some(span) = span {
            let before = formula.get(..span.start).unwrap_or(formula);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            if line > 1 {
                write!(f, " at line {line}, column {column}")?;
            } else {
                write!(f, " at column {column}")?;
            }
        }
        if let Some(expected) = expected {
            write!(f, ", expected {expected}")?;
        }
        if let Some(suggestion) = suggestion {
            write!(f, "; did you mean `{suggestion}`?")?;
        }
        Ok(())
    }
}

impl Error for FormulaError {}
