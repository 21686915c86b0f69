//! How runs from many starts ended, in a journal.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Place;
use super::journal::Journal;
use crate::failure::Failure;
use crate::minimize::ended::Ended;

/// Keeps how runs from many starts ended.
#[derive(Debug)]
pub(crate) struct Starts {
    journal: Journal,
    known: HashMap<usize, Ended>,
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
struct Line<E> {
    start: usize,
    #[serde(flatten)]
    ended: E,
}

impl Starts {
    /// Reads the file if it is there.
    pub(crate) fn open(place: Place, command: &'static str, settings: Value) -> Result<Self, Failure> {
        let mut known = HashMap::new();
        let journal = Journal::open(place, command, &settings, |line: Line<Ended>| {
            known.insert(line.start, line.ended);
        })?;
        Ok(Self { journal, known })
    }

    /// Returns how the run from this start ended, if it is known.
    pub(crate) fn known(&self, start: usize) -> Option<&Ended> {
        self.known.get(&start)
    }

    pub(crate) fn keep(&mut self, start: usize, ended: &Ended) {
        self.journal.keep(&Line { start, ended });
    }
}
