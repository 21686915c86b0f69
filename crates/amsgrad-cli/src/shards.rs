//! A command's work in shards: each machine makes one, and `amsgrad merge` makes of all of them what the whole command makes.
//!
//! The work is a list of items, such as runs from starts. They are dealt to the shards in rounds, and the document of a
//! shard holds the results of its own. The merge runs the same command with these results in place of the work, so that
//! nothing is decided twice.

use std::ffi::OsString;

use serde::Serialize;
use serde_json::Value;

use crate::commands::Ending;
use crate::failure::Failure;
use crate::output;

mod document;
pub mod exact;
mod groups;
mod parts;
mod shard;

use document::{Document, Head};
pub use groups::{Row, Shared};
pub use parts::{Parts, Refused};
pub use shard::Shard;

/// The first word of work that the Python package divides, which no command does.
pub const PYTHON: &str = "python";

impl Shard {
    /// Returns the document of work that is no command of the program: the `results` of its items, in their order, where
    /// `settings` are all that decides them, and every shard must have `found` the same.
    ///
    /// # Errors
    /// A result has no form in JSON.
    pub fn document(
        self,
        work: &[&str],
        settings: Value,
        found: Value,
        results: &[impl Serialize],
    ) -> Result<String, serde_json::Error> {
        let mut head = Head::new(self, work.iter().map(|word| (*word).to_owned()).collect(), settings);
        head.found = found;
        serde_json::to_string(&Document { head, results })
    }
}

/// The option, the same for every command that has it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ShardArgs {
    /// Do only part I of N of the work, and print its results as JSON for `amsgrad merge`
    #[arg(long, value_name = "I/N", value_parser = read, help_heading = "Shards")]
    shard: Option<Shard>,
}

impl ShardArgs {
    pub(crate) fn is_given(&self) -> bool {
        self.shard.is_some()
    }
}

fn read(text: &str) -> Result<Shard, String> {
    let wrong = || "is not I/N with I from 1 to N; use one such as 2/7".to_owned();
    let (number, count) = text.split_once('/').ok_or_else(wrong)?;
    let whole = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
    Shard::new(whole(number)?, whole(count)?).ok_or_else(wrong)
}

/// How a command was called.
#[derive(Debug)]
pub(crate) enum Call<'a> {
    /// With these words, the program's name among them.
    Typed(&'a [OsString]),
    /// By `amsgrad merge`, with the words that made these shards.
    Merge(Parts),
}

/// What a command is to do.
#[derive(Debug)]
pub(crate) enum Job {
    Whole,
    Part(Box<Part>),
    /// To report what was computed elsewhere.
    Merge(Parts),
}

/// The shard that a command is to make.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) shard: Shard,
    head: Head,
}

impl Call<'_> {
    /// Returns what is to be done, where `settings` are all that decides the results. Shards of other settings are refused.
    pub(crate) fn job(self, args: &ShardArgs, settings: &impl Serialize) -> Result<Job, Failure> {
        let settings = || serde_json::to_value(settings).unwrap_or_default();
        match (self, args.shard) {
            (Self::Merge(parts), _) => {
                parts.check(&settings())?;
                Ok(Job::Merge(parts))
            }
            (Self::Typed(_), None) => Ok(Job::Whole),
            (Self::Typed(words), Some(shard)) => {
                let words: Option<Vec<String>> =
                    words.iter().skip(1).map(|word| Some(word.to_str()?.to_owned())).collect();
                let unreadable = || Failure::input("--shard", "needs names of files in UTF-8; use others");
                let head = Head::new(shard, words.ok_or_else(unreadable)?, settings());
                Ok(Job::Part(Box::new(Part { shard, head })))
            }
        }
    }
}

impl Job {
    /// Returns the shard that is to be made, where it is one.
    pub(crate) fn shard(&self) -> Option<Shard> {
        match self {
            Self::Part(part) => Some(part.shard),
            _ => None,
        }
    }
}

impl Part {
    /// Prints the results of its items, in their order, with what all shards must have `found` alike. Where the work was
    /// `stopped` there is nothing to print.
    pub(crate) fn print(
        self,
        found: Value,
        results: &[impl Serialize],
        stopped: bool,
    ) -> Result<Ending, Failure> {
        if stopped {
            output::note("the shard was stopped and is not printed; make it again");
            return Ok(Ending::RunFailed);
        }
        let Self { mut head, .. } = self;
        head.found = found;
        output::print_line(&Document { head, results })?;
        Ok(Ending::Done)
    }
}
