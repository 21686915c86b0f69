//! The trail of a run, written while it is made, and walked where it continues another.

use core::time::Duration;

use crate::number::Real;
use crate::outcome::Outcome;
use crate::run::Journey;
use crate::trail::{Made, Mark, Trail};

/// Writes the trail of a run, and reads that of the run it continues.
#[derive(Debug)]
pub(super) struct Ledger<T> {
    keeps: bool,
    trail: Trail<T>,
    /// How many of the stretches have been gone through.
    next: usize,
    /// Whether the last stretch has ended the run, and is made once more where that is continued.
    cut: bool,
}

impl<T: Real> Ledger<T> {
    pub(super) fn new(trail: Option<&Trail<T>>, keeps: bool) -> Self {
        let empty = Trail { mark: None, made: Vec::new(), shown: 0, elapsed: Duration::ZERO };
        Self { keeps, trail: trail.cloned().unwrap_or(empty), next: 0, cut: false }
    }

    /// Returns whether the trail is kept.
    pub(super) fn keeps(&self) -> bool {
        self.keeps
    }

    /// Returns how long the run had taken before.
    #[cfg(feature = "clock")]
    pub(super) fn elapsed(&self) -> Duration {
        self.trail.elapsed
    }

    /// Sets how long the run has taken.
    #[cfg(feature = "clock")]
    pub(super) fn set_elapsed(&mut self, elapsed: Duration) {
        self.trail.elapsed = elapsed;
    }

    /// Returns where the last round of the run that is continued began, if it had come so far.
    pub(super) fn last_mark(&self) -> Option<Mark<T>> {
        self.trail.mark.clone()
    }

    /// Returns what came of the next stretch, if the run that is continued has made it.
    pub(super) fn made_before(&mut self) -> Option<Made<T>> {
        let made = self.trail.made.get(self.next)?.clone();
        self.next += 1;
        Some(made)
    }

    /// Keeps where a round begins: what came before it is not needed any more.
    pub(super) fn mark(&mut self, mark: impl FnOnce() -> Mark<T>) {
        if self.keeps && self.next == self.trail.made.len() {
            self.trail.mark = Some(mark());
            self.trail.made.clear();
            self.next = 0;
        }
    }

    /// Keeps what came of a stretch of which `seen` evaluations were shown, unless it ends the run.
    pub(super) fn keep(&mut self, outcome: &Outcome<T>, is_leg: bool, seen: u64, ends: bool) {
        self.cut = ends;
        if !ends {
            self.trail.made.push(Made::of(outcome, is_leg));
            self.trail.shown += seen;
            self.next += 1;
        }
    }

    /// Returns the place between two stretches, after `steps` steps.
    pub(super) fn between(&self, steps: u64, is_over: bool) -> Between<'_, T> {
        Between { trail: &self.trail, steps, is_whole: !self.cut, is_over }
    }
}

/// The place between two stretches.
pub(super) struct Between<'a, T> {
    trail: &'a Trail<T>,
    steps: u64,
    is_whole: bool,
    is_over: bool,
}

impl<T: Real> Journey<T> for Between<'_, T> {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn is_over(&self) -> bool {
        self.is_over
    }

    fn trail(&self) -> Trail<T> {
        self.trail.clone()
    }
}
