//! The parser's errors as one line: which argument, what is wrong, and what to do.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::text;

/// The line, without `error:` before it; `help` is the command that tells more.
pub(crate) fn line(error: &clap::Error, help: &str) -> String {
    let get = |kind| texts(error, kind).into_iter().next().unwrap_or_default();
    let (argument, value) = (name(&get(ContextKind::InvalidArg)), get(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::InvalidValue => {
            let allowed = texts(error, ContextKind::ValidValue);
            let choice = if allowed.is_empty() { "one".to_owned() } else { allowed.join(", ") };
            match value.is_empty() {
                true => format!("{argument}: its value is missing; give {choice}"),
                false => {
                    let meant = text::meant(&value, allowed.iter().map(String::as_str));
                    format!("{argument}: there is no '{value}'{meant}; use {choice}")
                }
            }
        }
        ErrorKind::ValueValidation => {
            let reason = error.source().map(ToString::to_string).unwrap_or_default();
            format!("{argument}: '{value}' {reason}")
        }
        ErrorKind::UnknownArgument => {
            format!("'{argument}' is not expected here; '{help}' tells what is")
        }
        ErrorKind::ArgumentConflict => {
            let prior = texts(error, ContextKind::PriorArg).first().map(|prior| name(prior));
            match prior.unwrap_or_default() {
                prior if prior == argument => format!("{argument}: is given more than once; give it once"),
                prior => format!("{argument}: cannot be used with {prior}; use one of the two"),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = texts(error, ContextKind::InvalidArg);
            let missing: Vec<String> = missing.iter().map(|argument| name(argument)).collect();
            let verb = if missing.len() == 1 { "is" } else { "are" };
            format!("{}: {verb} missing but needed here; '{help}' tells more", missing.join(", "))
        }
        ErrorKind::TooManyValues => {
            format!("{argument}: takes no value; leave out '{value}'")
        }
        ErrorKind::InvalidSubcommand | ErrorKind::MissingSubcommand => {
            let wrong = get(ContextKind::InvalidSubcommand);
            let meant = texts(error, ContextKind::SuggestedSubcommand);
            let meant = text::meant(&wrong, meant.iter().map(String::as_str));
            format!("there is no command '{wrong}'{meant}; '{help}' lists all")
        }
        _ => error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    }
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// The bare name of an argument: `--rule` of `--rule <NAME>`, `FORMULA` of `[FORMULA]`.
fn name(shown: &str) -> String {
    let first = shown.split([' ', '=']).next().unwrap_or_default();
    first.trim_matches(['[', ']', '<', '>', '.']).to_owned()
}
