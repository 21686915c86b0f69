//! A shard as a JSON document.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shard::Shard;

/// What `amsgrad` is in the document.
const KIND: &str = "shard";
const VERSION: u32 = 1;

/// All but the results.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    amsgrad: String,
    version: u32,
    /// The version of the program.
    program: String,
    /// From 1.
    shard: usize,
    pub(super) of: usize,
    /// The words of the command without the program's name.
    pub(super) command: Vec<String>,
    /// All that decides the results.
    pub(super) settings: Value,
    /// What every shard finds before its own work.
    pub(super) found: Value,
}

/// A whole document, to be written.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a, R> {
    #[serde(flatten)]
    pub(super) head: Head,
    /// Of its items, in their order.
    pub(super) results: &'a [R],
}

/// The results of a document, to be read.
#[derive(Debug, Deserialize)]
pub(super) struct Results<R> {
    pub(super) results: Vec<R>,
}

impl Head {
    pub(super) fn new(shard: Shard, command: Vec<String>, settings: Value) -> Self {
        Self {
            amsgrad: KIND.to_owned(),
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            shard: shard.index + 1,
            of: shard.count,
            command,
            settings,
            found: Value::Null,
        }
    }

    /// Reads the head of a document, all of which must be there.
    pub(super) fn of(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("is empty: its shard was not made to the end; make it again".to_owned());
        }
        let begins = text.starts_with(&format!("{{\"amsgrad\":\"{KIND}\""));
        let spoiled = || match begins {
            true => "is cut short or changed; make this shard again".to_owned(),
            false => "is no shard that --shard printed; leave it out".to_owned(),
        };
        let head: Self = serde_json::from_str(text).map_err(|_| spoiled())?;
        let program = env!("CARGO_PKG_VERSION");
        if head.amsgrad != KIND || !(1..=head.of).contains(&head.shard) {
            return Err(spoiled());
        }
        if head.version != VERSION || head.program != program {
            return Err(format!("was made by amsgrad {}; make it again with {program}", head.program));
        }
        Ok(head)
    }

    /// From 0.
    pub(super) fn index(&self) -> usize {
        self.shard - 1
    }

    /// Returns the shard as it was typed.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.shard, self.of)
    }
}
