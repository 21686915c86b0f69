//! `amsgrad merge`: shards into one.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::shards::Parts;

/// Options about work, of which a merge makes none.
const WORK: [&str; 4] = ["--checkpoint", "--resume", "--every", "--shard"];

const EXAMPLES: &str = "Examples:
  amsgrad merge 1.json 2.json
  amsgrad merge 1.json 2.json --json
  amsgrad merge 1.json 2.json -- --plot best.svg";

/// Merge the shards of a command into the result of the whole.
///
/// `minimize --starts`, `tune`, `fit --by` and `basins` do a part of their work with --shard I/N, on any machine, and print
/// it. The merge runs their command with these results in place of the work: it prints and writes the same bytes as on one
/// machine. A shard that is missing, there twice, or from another run is named. The command is that of the first
/// shard, so take shards only from where you would take a script.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shards, in any order; a file may hold several, one per line
    #[arg(value_name = "FILES", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Print one JSON document, as the command does with --json
    #[arg(long)]
    json: bool,

    /// Options for the command, such as --plot FILE, which take the place of those that made the shards
    #[arg(value_name = "OPTIONS", last = true)]
    options: Vec<String>,
}

impl Args {
    /// Refuses options that would change nothing.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        for option in &self.options {
            let name = option.split('=').next().unwrap_or_default();
            if WORK.contains(&name) {
                return Err(Failure::input(
                    name,
                    "cannot be used in a merge, which makes no runs; leave it out",
                ));
            }
            if ["--help", "-h"].contains(&name) {
                let reason =
                    "cannot be used behind --; 'amsgrad help COMMAND' tells the options of a command";
                return Err(Failure::input(name, reason));
            }
        }
        Ok(())
    }

    /// Returns the arguments of the program that run the command of these shards.
    pub(crate) fn arguments(&self, parts: &Parts) -> Vec<OsString> {
        let command = parts.command();
        // A formula may stand behind.
        let end = command.iter().position(|word| word == "--").unwrap_or(command.len());
        let (before, after) = command.split_at(end);
        let json = self.json.then_some("--json");
        let words = before.iter().chain(&self.options).map(String::as_str).chain(json);
        let words = ["amsgrad"].into_iter().chain(words).chain(after.iter().map(String::as_str));
        words.map(OsString::from).collect()
    }
}
