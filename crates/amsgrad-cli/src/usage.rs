//! The parser's errors as one line: what is wrong, and what is allowed.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::Cli;

/// The line, without `error:` before it.
pub(crate) fn line(error: &clap::Error) -> String {
    let rendered = error.render().to_string();
    let mut paragraphs = rendered.split("\n\n");
    let told = paragraphs.next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let told = told.trim_start_matches("error: ");
    let told = match told.strip_suffix(']').and_then(|told| told.split_once(" [possible values: ")) {
        Some((wrong, values)) => format!("{wrong}; allowed: {values}"),
        None => told.to_owned(),
    };
    let meant = suggestion(error).map(|name| format!(" (did you mean '{name}'?)")).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let wrong = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("there is no command '{wrong}'{meant}; allowed: {}", commands().join(", "))
        }
        ErrorKind::UnknownArgument => {
            // The usage begins with the words of the command: `Usage: amsgrad tutorial [OPTIONS]`.
            let usage =
                paragraphs.find_map(|paragraph| paragraph.strip_prefix("Usage: ")).unwrap_or("amsgrad");
            let words: Vec<&str> =
                usage.split(' ').take_while(|word| !word.starts_with(['[', '<', '-'])).collect();
            format!("{told}{meant}; allowed is what '{} --help' lists", words.join(" "))
        }
        _ => told + &meant,
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.last().cloned(),
        _ => None,
    }
}

/// The name most like the one that was given.
fn suggestion(error: &clap::Error) -> Option<String> {
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| text(error, kind))
}

fn commands() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}
