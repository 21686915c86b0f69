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
    /// The own name of each option, and the one it was typed under.
    called: Vec<(String, String)>,
    /// How many arguments without a name there are so far.
    nameless: usize,
}

impl Typed {
    /// Refuses options that `program` does not have, and text that is not UTF-8.
    pub(crate) fn new(program: &Command, arguments: Vec<OsString>) -> Result<Self, Failure> {
        let named = arguments.get(1).and_then(|name| program.find_subcommand(name));
        let mut typed = Self { arguments: Vec::new(), called: Vec::new(), nameless: 0 };
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
        rest.try_for_each(|argument| typed.nameless(command, argument))?;
        Ok(typed)
    }

    /// An argument that is no option.
    fn nameless(&mut self, command: &Command, argument: OsString) -> Result<(), Failure> {
        // What goes after -- is no file.
        let positionals = || command.get_positionals().filter(|named| !named.is_last_set());
        let Some(named) = positionals().nth(self.nameless).or(positionals().last()) else {
            self.arguments.push(argument);
            return Ok(());
        };
        self.nameless += 1;
        self.arguments.push(readable(named, &named.get_id().as_str().to_uppercase(), argument)?);
        Ok(())
    }

    fn one(
        &mut self,
        command: &Command,
        argument: OsString,
        rest: &mut impl Iterator<Item = OsString>,
    ) -> Result<(), Failure> {
        let words = argument.to_string_lossy().into_owned();
        let name = words.split('=').next().unwrap_or_default();
        let (option, name) = match words.starts_with("--") {
            true => (long(command, name), name),
            false => (short(command, &words), words.get(..2).unwrap_or_default()),
        };
        let Some(option) = option else {
            if is_no_formula(command, &words) {
                return Err(unknown(command, words.split('=').next().unwrap_or_default()));
            }
            return self.nameless(command, argument);
        };
        let own = format!("--{}", option.get_long().unwrap_or_default());
        self.called.push((own.clone(), name.to_owned()));
        let value = match words.strip_prefix(name) {
            _ if !option.get_action().takes_values() => None,
            Some(attached) if words.starts_with("--") && attached.starts_with('=') => None,
            Some("") => rest.next(),
            digits => digits.map(OsString::from),
        };
        let Some(value) = value else {
            self.arguments.push(readable(option, name, argument)?);
            return Ok(());
        };
        let words = value.to_string_lossy();
        if words.starts_with("--") {
            let reason = format!("its value is missing before '{words}'; to mean that, write {name}={words}");
            return Err(Failure::input(name, reason));
        }
        // Joined, so that the parser cannot read a value with a minus sign as an option.
        let mut joined = OsString::from(own + "=");
        joined.push(readable(option, name, value)?);
        self.arguments.push(joined);
        Ok(())
    }

    /// The command that tells what could have been typed.
    pub(crate) fn help(&self, program: &Command) -> String {
        match self.arguments.get(1).and_then(|name| program.find_subcommand(name)) {
            Some(command) => format!("amsgrad help {}", command.get_name()),
            None => "amsgrad help".to_owned(),
        }
    }

    /// The line with the option it begins with called as it was typed.
    pub(crate) fn restore(&self, line: String) -> String {
        for (own, typed) in self.called.iter().rev() {
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

/// Only a path may be anything but UTF-8.
fn readable(option: &Arg, name: &str, value: OsString) -> Result<OsString, Failure> {
    match value.to_str() {
        None if option.get_value_parser().type_id() != TypeId::of::<PathBuf>() => {
            Err(Failure::Input(format!("{name}: {value:?} is not valid UTF-8; type it again")))
        }
        _ => Ok(value),
    }
}
