//! What the parser cannot tell: an option that does not exist from a formula, which argument is not UTF-8, and the name
//! under which an option was typed.

use std::any::TypeId;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, Command};

use crate::failure::Failure;
use crate::text;

/// Variables that a formula of one letter may negate: `-x` is a formula, `-q` an option that does not exist.
const USUAL: [&str; 4] = ["-x", "-y", "-z", "-w"];

/// The arguments, and how their options were called.
#[derive(Debug)]
pub(crate) struct Typed {
    /// As the parser takes them.
    pub(crate) arguments: Vec<OsString>,
    /// Options typed under another name than their own.
    renamed: Vec<(String, String)>,
    /// How many arguments without a name there are so far.
    nameless: usize,
}

impl Typed {
    /// Refuses options that `program` does not have, and text that is not UTF-8.
    pub(crate) fn new(program: &Command, arguments: Vec<OsString>) -> Result<Self, Failure> {
        let named = arguments.get(1).and_then(|name| program.find_subcommand(name));
        let mut typed = Self { arguments: Vec::new(), renamed: Vec::new(), nameless: 0 };
        let mut rest = arguments.into_iter();
        typed.arguments.extend(rest.by_ref().take(if named.is_some() { 2 } else { usize::MAX }));
        let Some(command) = named else { return Ok(typed) };
        while let Some(argument) = rest.next() {
            if argument == "--" {
                typed.arguments.push(argument);
                break;
            }
            typed.one(command, argument, &mut rest)?;
        }
        typed.arguments.extend(rest);
        Ok(typed)
    }

    fn one(
        &mut self,
        command: &Command,
        argument: OsString,
        rest: &mut impl Iterator<Item = OsString>,
    ) -> Result<(), Failure> {
        let words = argument.to_string_lossy().into_owned();
        let (name, value) = words.split_once('=').map_or((words.as_str(), None), |(n, v)| (n, Some(v)));
        let option = if words.starts_with("--") { long(command, name) } else { short(command, &words) };
        let Some(option) = option else {
            if is_no_formula(command, &words) {
                return Err(unknown(command, name));
            }
            let names = command.get_positionals().nth(self.nameless).and_then(Arg::get_value_names);
            let name = names.and_then(|names| names.first()).map_or("argument", |name| name.as_str());
            self.nameless += 1;
            self.arguments.push(readable(name, argument)?);
            return Ok(());
        };
        let (name, attached) = match words.starts_with("--") {
            true => (name, value.is_some()),
            false => words.split_at_checked(2).map_or((name, false), |(name, rest)| (name, !rest.is_empty())),
        };
        let own = option.get_long().map(|long| format!("--{long}")).unwrap_or_default();
        if own != name {
            self.renamed.push((own, name.to_owned()));
        }
        let check = |value: OsString| match option.get_value_parser().type_id() == TypeId::of::<PathBuf>() {
            true => Ok(value),
            false => readable(name, value),
        };
        let name = name.to_owned();
        let takes_values = option.get_action().takes_values();
        if attached && !words.starts_with("--") && takes_values {
            // The parser would read `-n3` as a formula.
            self.arguments.push(name.into());
            self.arguments.push(words[2..].into());
            return Ok(());
        }
        self.arguments.push(check(argument)?);
        if takes_values
            && !attached
            && let Some(value) = rest.next()
        {
            self.arguments.push(check(value)?);
        }
        Ok(())
    }

    /// The line with the option it begins with called as it was typed.
    pub(crate) fn restore(&self, line: String) -> String {
        for (own, typed) in &self.renamed {
            if let Some(rest) = line.strip_prefix(own.as_str()).filter(|rest| rest.starts_with(':')) {
                return format!("{typed}{rest}");
            }
        }
        line
    }
}

fn long<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    let name = name.strip_prefix("--")?;
    command.get_arguments().find(|option| {
        option.get_long() == Some(name) || option.get_all_aliases().is_some_and(|names| names.contains(&name))
    })
}

/// `-n`, and `-n3` where the option takes a number; anything longer is a formula.
fn short<'a>(command: &'a Command, words: &str) -> Option<&'a Arg> {
    let mut letters = words.strip_prefix('-')?.chars();
    let (letter, value) = (letters.next()?, letters.as_str());
    let option = command.get_arguments().find(|option| option.get_short() == Some(letter))?;
    let number = value.bytes().all(|byte| byte.is_ascii_digit()) && option.get_action().takes_values();
    (value.is_empty() || number).then_some(option)
}

/// Whether the words look like an option rather than a formula with a minus sign before it.
fn is_no_formula(command: &Command, words: &str) -> bool {
    let Some(name) = words.strip_prefix('-') else { return false };
    let letter = name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    name.starts_with('-')
        || (letter && !USUAL.contains(&words))
        || (name.len() > 1 && long(command, &format!("--{name}")).is_some())
}

fn unknown(command: &Command, name: &str) -> Failure {
    let names = command.get_arguments().flat_map(|option| {
        option.get_long().into_iter().chain(option.get_all_aliases().into_iter().flatten())
    });
    let names: Vec<String> = names.map(|name| format!("--{name}")).collect();
    let typed = format!("--{}", name.trim_start_matches('-'));
    let meant = text::meant(&typed, names.iter().map(String::as_str));
    let formula = command.get_positionals().any(Arg::is_allow_hyphen_values_set);
    let way = if formula { "; a formula that begins so goes after --" } else { "" };
    let command = command.get_name();
    Failure::Input(format!("{name}: there is no such option{meant}; 'amsgrad help {command}' lists all{way}"))
}

fn readable(name: &str, value: OsString) -> Result<OsString, Failure> {
    match value.to_str() {
        Some(_) => Ok(value),
        None => Err(Failure::Input(format!("{name}: {value:?} is not valid UTF-8; type it again"))),
    }
}
