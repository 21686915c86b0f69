//! What a command came to: an ending or a failure, its one clear line and its exit code.

use std::error::Error;
use std::io::{self, Write as _};

use amsgrad::error::SettingError;
use amsgrad_formula::FormulaError;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A line of a message has no more characters.
const LINE: usize = 200;
/// A number of more characters is told with an exponent.
const DIGITS: usize = 24;

/// How a command ended that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All went well: exit code 0.
    Done,
    /// The run failed, and its outcome has been printed: exit code 1.
    RunFailed,
}

impl Ending {
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::RunFailed => 1,
        }
    }
}

/// Why a command could not be carried out, or not to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage or bad input, told in one line.
    Input(String),
    /// Bad input told in several lines that point at its place.
    Pointed(String),
    /// A file could not be written although it seemed so before the work.
    File(String),
    /// Stdout is closed: whoever read it has had enough.
    ClosedPipe,
    /// Stdout cannot be written for another reason.
    Output(io::Error),
}

impl Failure {
    /// Bad input of `argument`, with the causes of `reason` down to the first.
    pub(crate) fn input<'a>(argument: &str, reason: impl Into<Box<dyn Error + 'a>>) -> Self {
        let reason = reason.into();
        let mut line = format!("{argument}: {reason}");
        let mut cause = reason.source();
        while let Some(error) = cause {
            let told = error.to_string();
            if !line.ends_with(&told) {
                line = format!("{line}: {told}");
            }
            cause = error.source();
        }
        Self::Input(line)
    }

    /// The error of a formula, as `argument` gives it, or of one of the functions defined for it.
    pub(crate) fn formula(
        argument: &str,
        formula: &str,
        definitions: &[String],
        error: &FormulaError,
    ) -> Self {
        match definitions.iter().find(|definition| *definition == error.formula()) {
            Some(definition) => Self::pointed("--define", definition, error),
            None => Self::pointed(argument, formula, error),
        }
    }

    /// The error of a formula in `text`, its place underlined there.
    fn pointed(argument: &str, text: &str, error: &FormulaError) -> Self {
        let Some(span) = error.span().filter(|span| text.get(span.clone()).is_some()) else {
            return Self::input(argument, error.to_string());
        };
        let label = match (error.suggestion(), error.expectation()) {
            (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
            (None, Some(expectation)) => format!("expected {expectation}"),
            (None, None) => String::new(),
        };
        let annotation = AnnotationKind::Primary.span(span).label(label);
        let snippet = Snippet::source(text).annotation(annotation);
        let group = Level::ERROR.primary_title(error.message()).element(snippet);
        Self::Pointed(Renderer::plain().render(&[group]))
    }

    /// The same failure, its line as `change` makes it.
    pub(crate) fn named(self, change: impl Fn(String) -> String) -> Self {
        match self {
            Self::Input(line) => Self::Input(change(line)),
            Self::File(line) => Self::File(change(line)),
            other => other,
        }
    }

    /// Tells it on stderr and returns the exit code.
    pub(crate) fn tell(self) -> u8 {
        match self {
            Self::ClosedPipe => 0,
            Self::Input(line) => complain(&line, 2),
            Self::File(line) => complain(&line, 1),
            Self::Output(error) => complain(&format!("stdout cannot be written: {error}"), 1),
            Self::Pointed(lines) => {
                // Where stderr is closed there is nobody left to tell.
                let _ = writeln!(io::stderr(), "{lines}");
                2
            }
        }
    }
}

impl From<io::Error> for Failure {
    /// Of writing to stdout; files name themselves in [`Failure::File`].
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ClosedPipe } else { Self::Output(error) }
    }
}

impl From<SettingError> for Failure {
    /// Of a setting that the library refuses, under the name of its option.
    fn from(error: SettingError) -> Self {
        let option = match error.name().as_str() {
            "stop.patience.steps" => "--patience".to_owned(),
            "stop.gradient" => "--gradient-tolerance".to_owned(),
            field @ ("learning_rate" | "beta1" | "beta2" | "epsilon" | "dialect") => {
                format!("--{}", field.replace('_', "-"))
            }
            field => match field.strip_prefix("stop.") {
                Some(field) => format!("--{}", field.replace('_', "-")),
                None if field.contains("start") => format!("--start: {field}"),
                None if error.field == "bounds" => format!("--bounds: {field}"),
                None if ["radius", "total of the simplex"].contains(&&*error.field) => {
                    format!("--within: {field}")
                }
                None => format!("--set: {field}"),
            },
        };
        // A number that is far out has hundreds of digits.
        let number = error.value.parse().ok().filter(|_| error.value.len() > DIGITS);
        let value = number.map_or(error.value, |number: f64| format!("{number:e}"));
        Self::Input(format!("{option}: '{value}' is out of range; use {}", error.allowed))
    }
}

impl From<amsgrad::Error> for Failure {
    fn from(error: amsgrad::Error) -> Self {
        match error {
            amsgrad::Error::Setting(error) => error.into(),
            other => Self::Input(other.to_string()),
        }
    }
}

fn complain(line: &str, code: u8) -> u8 {
    // Where stderr is closed too there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{}", one_line(&format!("error: {line}")));
    code
}

/// The message on one line: control characters are escaped, and what is too long loses its middle.
pub(crate) fn one_line(message: &str) -> String {
    let mut line = String::new();
    for c in message.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    let count = line.chars().count();
    if count <= LINE {
        return line;
    }
    let (head, tail) = (LINE / 2, LINE - LINE / 2 - 5);
    let first: String = line.chars().take(head).collect();
    let last: String = line.chars().skip(count - tail).collect();
    format!("{first} ... {last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_keeps_its_beginning_and_its_end() {
        let told = one_line(&format!("--start: '{}\n'; use numbers", "1,".repeat(9000)));
        assert_eq!(told.chars().count(), LINE);
        assert!(told.starts_with("--start: '1,1,") && told.ends_with(",1,\\n'; use numbers"), "{told}");
    }
}
