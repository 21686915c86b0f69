//! Runs of many rules from many starts, in a journal: how each ended, and the value that all are measured by.

use std::collections::HashMap;

use amsgrad::AnyRule;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Place;
use super::journal::Journal;
use crate::failure::Failure;
use crate::json;
use crate::minimize::score::{Goal, Score, Scores};

/// Keeps runs; where no file is asked for, nothing is kept.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    journal: Option<Journal>,
    goal: Option<Option<Goal>>,
    /// By the settings of the rule and the number of the start.
    known: HashMap<(String, usize), Score>,
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line<S> {
    Run {
        rule: Map<String, Value>,
        start: usize,
        #[serde(flatten)]
        score: S,
    },
    Goal {
        goal: Option<Goal>,
    },
}

fn key(rule: &Map<String, Value>) -> String {
    serde_json::to_string(rule).unwrap_or_default()
}

impl Runs {
    /// Reads the file if it is there.
    pub(crate) fn open(place: Option<Place>, command: &str, settings: &Value) -> Result<Self, Failure> {
        let Some(place) = place else { return Ok(Self::default()) };
        let (mut goal, mut known) = (None, HashMap::new());
        let journal = Journal::open(place, command, settings, |line: Line<Score>| match line {
            Line::Goal { goal: found } => goal = Some(found),
            Line::Run { rule, start, score } => drop(known.insert((key(&rule), start), score)),
        })?;
        Ok(Self { journal: Some(journal), goal, known })
    }

    /// Returns the goal, as it is known or else `found`; what was `cut_short` while it was looked for is not kept.
    pub(crate) fn goal(
        &mut self,
        find: impl FnOnce() -> Result<Option<Goal>, Failure>,
        cut_short: impl Fn() -> bool,
    ) -> Result<Option<Goal>, Failure> {
        if let Some(goal) = self.goal {
            return Ok(goal);
        }
        let goal = find()?;
        if let Some(journal) = self.journal.as_mut().filter(|_| !cut_short()) {
            journal.keep(&Line::<Score>::Goal { goal });
        }
        Ok(goal)
    }

    /// Returns what is known of a run of this rule from the start with this number.
    pub(crate) fn known(&self, rule: &AnyRule, start: usize) -> Option<&Score> {
        if self.known.is_empty() { None } else { self.known.get(&(key(&json::settings(rule)), start)) }
    }

    /// Returns what is known of runs of these rules from starts of which the first has the number `first`.
    pub(crate) fn scores(&self, rules: &[AnyRule], first: usize, starts: usize) -> Scores {
        let mut scores = Scores::new();
        for (candidate, rule) in rules.iter().enumerate() {
            for start in 0..starts {
                if let Some(score) = self.known(rule, first + start) {
                    scores.insert((candidate, start), score.clone());
                }
            }
        }
        scores
    }

    /// Keeps a run.
    pub(crate) fn keep(&mut self, rule: &AnyRule, start: usize, score: &Score) {
        if let Some(journal) = &mut self.journal {
            journal.keep(&Line::Run { rule: json::settings(rule), start, score });
        }
    }
}
