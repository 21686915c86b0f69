//! A fit that is kept: what came of its starts or groups in a journal, or one run of a first-order rule as a checkpoint.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use amsgrad::Checkpoint;
use amsgrad::tensors::{TensorError, Tensors};
use amsgrad_fit::{Begun, Keep, Kept, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Place;
use super::checkpoint::Keeper;
use super::journal::Journal;
use crate::failure::Failure;
use crate::shards::{Row, exact};

const COMMAND: &str = "fit";

/// Keeps a fit of one table.
#[derive(Debug)]
pub(crate) enum Fits {
    /// What came of each start.
    Starts { journal: Mutex<Journal>, known: HashMap<usize, Kept> },
    /// One run.
    Run(Box<Run>),
}

/// The run of a first-order rule, and where it was.
#[derive(Debug)]
pub(crate) struct Run {
    keeper: Mutex<Keeper>,
    begun: Option<Begun>,
}

/// A line of a journal of starts.
#[derive(Serialize, Deserialize)]
struct Start {
    start: usize,
    #[serde(with = "exact::numbers")]
    point: Vec<f64>,
    #[serde(with = "exact::number")]
    value: f64,
    status: String,
    steps: u64,
    #[serde(with = "exact::numbers")]
    scale: Vec<f64>,
    #[serde(with = "exact::numbers")]
    triangle: Vec<f64>,
    values: u64,
    gradients: u64,
}

impl Fits {
    /// Reads the file if it is there; `is_run` where it keeps one run of a first-order rule.
    pub(crate) fn open(place: Place, settings: Value, is_run: bool) -> Result<Self, Failure> {
        if is_run {
            let mut keeper = Keeper::open(place, COMMAND, settings)?;
            let begun = keeper.read(begun)?;
            return Ok(Self::Run(Box::new(Run { keeper: Mutex::new(keeper), begun })));
        }
        let mut known = HashMap::new();
        let journal = Journal::open(place, COMMAND, &settings, |line: Start| {
            let status = Status::ALL.into_iter().find(|status| status.name() == line.status);
            let Start { start, point, value, steps, scale, triangle, values, gradients, .. } = line;
            if let Some(status) = status {
                let kept = Kept { point, value, status, steps, scale, triangle, values, gradients };
                known.insert(start, kept);
            }
        })?;
        Ok(Self::Starts { journal: Mutex::new(journal), known })
    }
}

impl Keep for Fits {
    fn known(&self, start: usize) -> Option<Kept> {
        match self {
            Self::Starts { known, .. } => known.get(&start).cloned(),
            Self::Run(_) => None,
        }
    }

    fn keep(&self, start: usize, kept: Kept) {
        if let Self::Starts { journal, .. } = self {
            let Kept { point, value, status, steps, scale, triangle, values, gradients } = kept;
            let status = status.name().to_owned();
            let line = Start { start, point, value, status, steps, scale, triangle, values, gradients };
            locked(journal).keep(&line);
        }
    }

    fn looks(&self) -> bool {
        matches!(self, Self::Run(_))
    }

    fn begun(&self) -> Option<Begun> {
        match self {
            Self::Starts { .. } => None,
            Self::Run(run) => run.begun.clone(),
        }
    }

    fn offer(&self, steps: u64, is_last: bool, make: &dyn Fn() -> Begun) {
        if let Self::Run(run) = self {
            locked(&run.keeper).keep(steps, is_last, || tensors(&make()));
        }
    }
}

fn locked<A>(mutex: &Mutex<A>) -> MutexGuard<'_, A> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tensors(begun: &Begun) -> Tensors {
    let Begun { legs, steps, start, best, values, gradients, checkpoint } = begun;
    let mut tensors = Tensors::default();
    checkpoint.to_tensors(&mut tensors);
    tensors.insert_counts("fit.counts", &[*legs, *steps, *values, *gradients]);
    tensors.insert("fit.start", start);
    tensors.insert_number("fit.best_cost", best.0);
    tensors.insert("fit.best", &best.1);
    tensors
}

fn begun(tensors: &Tensors) -> Result<Begun, TensorError> {
    let counts = tensors.counts("fit.counts", 4)?;
    Ok(Begun {
        legs: counts[0],
        steps: counts[1],
        start: tensors.reals("fit.start")?,
        best: (tensors.number("fit.best_cost")?, tensors.reals("fit.best")?),
        values: counts[2],
        gradients: counts[3],
        checkpoint: Checkpoint::from_tensors(tensors)?,
    })
}

/// Keeps the fits of groups of rows.
#[derive(Debug)]
pub(crate) struct Groups {
    journal: Mutex<Journal>,
    pub(crate) known: HashMap<usize, Row>,
}

/// A line of a journal of groups.
#[derive(Serialize, Deserialize)]
struct Group<R> {
    group: usize,
    #[serde(flatten)]
    row: R,
}

impl Groups {
    /// Reads the file if it is there.
    pub(crate) fn open(place: Place, settings: &Value) -> Result<Self, Failure> {
        let mut known = HashMap::new();
        let journal = Journal::open(place, COMMAND, settings, |line: Group<Row>| {
            known.insert(line.group, line.row);
        })?;
        Ok(Self { journal: Mutex::new(journal), known })
    }

    pub(crate) fn keep(&self, group: usize, row: &Row) {
        locked(&self.journal).keep(&Group { group, row });
    }
}
