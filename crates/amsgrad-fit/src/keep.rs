//! What of a fit is kept, so that one that is interrupted can go on.

use core::sync::atomic::Ordering;

use amsgrad::Checkpoint;

use crate::descend::Descent;
use crate::found::Found;
use crate::objective::{Counts, Objective};
use crate::outcome::Status;
use crate::triangle::Triangle;

/// Keeps a fit's work while it is under way, and knows what was kept of it before: a fit by the same model and settings of the
/// same table goes on from there, to the bit.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use amsgrad_fit::{Fit, Keep, Kept, Model, Settings, Table};
///
/// #[derive(Default)]
/// struct Ends(Mutex<HashMap<usize, Kept>>);
///
/// impl Keep for Ends {
///     fn known(&self, start: usize) -> Option<Kept> {
///         self.0.lock().ok()?.get(&start).cloned()
///     }
///     fn keep(&self, start: usize, kept: Kept) {
///         self.0.lock().unwrap().insert(start, kept);
///     }
/// }
///
/// let table = Table::new([("t", vec![0.0, 1.0, 2.0, 3.0]), ("y", vec![1.0, 3.1, 4.9, 7.0])])?;
/// let model = Model::parse("y ~ a*t + b", table.names())?;
/// let bounds = vec![("a".to_owned(), (0.0, 10.0)), ("b".to_owned(), (0.0, 10.0))];
/// let fit = Fit::new(&model, Settings { bounds, starts: Some(5), ..Settings::default() })?;
/// let ends = Ends::default();
/// let whole = fit.run_kept(&table, &|| false, &ends)?;
/// assert_eq!(ends.0.lock().unwrap().len(), 5);
/// assert_eq!(fit.run_kept(&table, &|| false, &ends)?, whole); // nothing is fitted again
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
pub trait Keep: Sync {
    /// Returns what came of the start with this number, from 0, if that is known.
    fn known(&self, start: usize) -> Option<Kept> {
        let _ = start;
        None
    }

    /// Is told what came of a start that was followed to its end.
    fn keep(&self, start: usize, kept: Kept) {
        let _ = (start, kept);
    }

    /// Returns whether it keeps a run of a first-order rule from one start on its way.
    fn looks(&self) -> bool {
        false
    }

    /// Returns where the fit was, if it is a run of a first-order rule from one start.
    fn begun(&self) -> Option<Begun> {
        None
    }

    /// Is offered where such a run is, after a number of steps; `make` makes what is to be kept, and `is_last` says that no
    /// other offer follows in this leg.
    fn offer(&self, steps: u64, is_last: bool, make: &dyn Fn() -> Begun) {
        let _ = (steps, is_last, make);
    }
}

/// Keeps nothing.
pub(crate) struct Nothing;

impl Keep for Nothing {}

/// What came of one start.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The parameters.
    pub point: Vec<f64>,
    /// The cost there.
    pub value: f64,
    /// How it ended.
    pub status: Status,
    /// Steps of all its descents.
    pub steps: u64,
    /// The scale of the parameters on the way.
    pub scale: Vec<f64>,
    /// What the errors of the parameters are computed from, by rows: the triangular factor of the Jacobian and residuals; empty
    /// where they are evaluated for it.
    pub triangle: Vec<f64>,
    /// Evaluations of the model at every row.
    pub values: u64,
    /// Evaluations with derivatives.
    pub gradients: u64,
}

/// Where a run of a first-order rule is.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// How many of its legs have ended, and their steps.
    pub legs: u64,
    /// Steps of these.
    pub steps: u64,
    /// The parameters with which this leg began.
    pub start: Vec<f64>,
    /// The best cost of this leg, and where it was.
    pub best: (f64, Vec<f64>),
    /// Evaluations of the model at every row so far.
    pub values: u64,
    /// Evaluations with derivatives so far.
    pub gradients: u64,
    /// The run of the rule.
    pub checkpoint: Checkpoint<f64>,
}

/// Follows a start, unless it is known what comes of it; the evaluations count for `objective` in either case.
pub(crate) fn followed(
    keep: &dyn Keep,
    start: usize,
    objective: &Objective<'_>,
    stop: &(dyn Fn() -> bool + Sync),
    follow: impl FnOnce(&Objective<'_>) -> Found,
) -> Found {
    if let Some(Kept { point, value, status, steps, scale, triangle, values, gradients }) = keep.known(start)
    {
        objective.counts.add(values, gradients);
        let triangle = Triangle::of(point.len() + 1, triangle);
        return Found { descent: Descent { triangle, ..Descent::new(point, value, status, steps) }, scale };
    }
    let apart = Objective { counts: Default::default(), ..objective.clone() };
    let found = follow(&apart);
    let (values, gradients) = apart.counts.so_far();
    objective.counts.add(values, gradients);
    let descent = &found.descent;
    // What was stopped on the way, or began where a search was stopped, says nothing.
    if descent.status != Status::Stopped && !stop() {
        let Descent { point, value, status, steps, triangle } = descent.clone();
        let triangle = triangle.map_or(Vec::new(), Triangle::into_entries);
        let scale = found.scale.clone();
        keep.keep(start, Kept { point, value, status, steps, scale, triangle, values, gradients });
    }
    found
}

impl Counts {
    pub(crate) fn so_far(&self) -> (u64, u64) {
        (self.values.load(Ordering::Relaxed), self.gradients.load(Ordering::Relaxed))
    }

    fn add(&self, values: u64, gradients: u64) {
        self.values.fetch_add(values, Ordering::Relaxed);
        self.gradients.fetch_add(gradients, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, values: u64, gradients: u64) {
        self.values.store(values, Ordering::Relaxed);
        self.gradients.store(gradients, Ordering::Relaxed);
    }
}
