//! What a run came to, as the entries of SciPy's `OptimizeResult`.

use amsgrad::{BatchOutcome, BatchRun, Exit, LearningRate, Outcome};
use amsgrad_cli::shards::exact;
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::values;

/// A finished run, or the best of several.
pub(crate) struct Solved {
    pub(crate) outcome: Outcome<f64>,
    /// The gradient at the best point.
    pub(crate) gradient: Vec<f64>,
    /// All of them, where there are several.
    pub(crate) runs: Option<Runs>,
}

/// How each of several runs ended.
#[derive(Default)]
pub(crate) struct Runs {
    points: Vec<f64>,
    values: Vec<f64>,
    steps: Vec<u64>,
    stops: Vec<Exit>,
    pub(crate) best: usize,
}

/// How one of several runs ended, as shards hold it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Run {
    /// The best point.
    #[serde(with = "exact::numbers")]
    x: Vec<f64>,
    #[serde(with = "exact::number")]
    fun: f64,
    nit: u64,
    #[serde(with = "exact::exit")]
    stop: Exit,
}

impl Run {
    pub(crate) fn of(run: &BatchRun<'_, f64>) -> Self {
        Self { x: run.best_point.to_vec(), fun: run.best_value, nit: run.steps, stop: run.exit }
    }
}

impl Runs {
    pub(crate) fn push(&mut self, outcome: &Outcome<f64>) {
        self.points.extend(&outcome.best.point);
        self.values.push(outcome.best.value);
        self.steps.push(outcome.counts.steps);
        self.stops.push(outcome.status.exit());
    }

    pub(crate) fn of_batch(batch: &BatchOutcome<f64>, best: usize) -> Self {
        let mut runs = Self { best, ..Self::default() };
        for run in batch.iter() {
            runs.points.extend(run.best_point);
            runs.values.push(run.best_value);
            runs.steps.push(run.steps);
            runs.stops.push(run.exit);
        }
        runs
    }

    pub(crate) fn of_shards(shards: Vec<Run>, maximize: bool) -> Self {
        let best = BatchOutcome::best_of(shards.iter().map(|run| run.fun), maximize).unwrap_or(0);
        let mut runs = Self { best, ..Self::default() };
        for run in shards {
            runs.points.extend(run.x);
            runs.values.push(run.fun);
            runs.steps.push(run.nit);
            runs.stops.push(run.stop);
        }
        runs
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("x", rows(py, &self.points, self.values.len())?)?;
        dict.set_item("fun", PyArray1::from_slice(py, &self.values))?;
        dict.set_item("nit", PyArray1::from_slice(py, &self.steps))?;
        dict.set_item("stop", self.stops.iter().map(|exit| exit.name()).collect::<Vec<_>>())?;
        dict.set_item("best", self.best)?;
        Ok(dict)
    }
}

impl Solved {
    pub(crate) fn to_dict<'py>(&self, py: Python<'py>, plan: &Plan) -> PyResult<Bound<'py, PyDict>> {
        let Self { outcome, gradient, runs } = self;
        let (status, counts) = (&outcome.status, outcome.counts);
        let dict = PyDict::new(py);
        dict.set_item("x", PyArray1::from_slice(py, &outcome.best.point))?;
        dict.set_item("fun", outcome.best.value)?;
        dict.set_item("jac", PyArray1::from_slice(py, gradient))?;
        dict.set_item("nit", counts.steps)?;
        dict.set_item("nfev", counts.values)?;
        dict.set_item("njev", counts.gradients)?;
        let code = code(status.exit());
        dict.set_item("success", code == 0)?;
        dict.set_item("status", code)?;
        dict.set_item("message", status.to_string())?;
        dict.set_item("stop", status.name())?;
        dict.set_item("x_last", PyArray1::from_slice(py, &outcome.last.point))?;
        dict.set_item("fun_last", outcome.last.value)?;
        dict.set_item("stationary", outcome.stationary.map(|found| found.name()))?;
        dict.set_item("settings", settings(py, plan)?)?;
        let entries = outcome.history.entries();
        if !entries.is_empty() {
            let history = PyDict::new(py);
            let steps: Vec<u64> = entries.iter().map(|entry| entry.step).collect();
            let values: Vec<f64> = entries.iter().map(|entry| entry.value).collect();
            let points: Vec<f64> = entries.iter().flat_map(|entry| entry.point.iter().copied()).collect();
            let slopes: Vec<f64> = entries.iter().flat_map(|entry| entry.gradient.iter().copied()).collect();
            history.set_item("step", PyArray1::from_vec(py, steps))?;
            history.set_item("x", rows(py, &points, entries.len())?)?;
            history.set_item("fun", PyArray1::from_vec(py, values))?;
            history.set_item("jac", rows(py, &slopes, entries.len())?)?;
            dict.set_item("history", history)?;
        }
        if let Some(runs) = runs {
            dict.set_item("runs", runs.to_dict(py)?)?;
        }
        Ok(dict)
    }
}

/// Returns numbers as an array of `rows` rows.
fn rows<'py>(py: Python<'py>, numbers: &[f64], rows: usize) -> PyResult<Bound<'py, PyAny>> {
    let columns = numbers.len() / rows.max(1);
    Ok(PyArray1::from_slice(py, numbers).reshape([rows, columns])?.into_any())
}

/// Returns SciPy's code: 0 for a minimum, 1 for a limit, 2 for a failure, 3 where the value improved no more, 99 where the
/// callback stopped the run.
fn code(exit: Exit) -> u8 {
    match exit {
        Exit::Converged | Exit::TargetReached | Exit::Edge => 0,
        Exit::StepLimit | Exit::EvaluationLimit | Exit::ExampleLimit | Exit::EpochLimit | Exit::TimeLimit => {
            1
        }
        Exit::NoImprovement => 3,
        Exit::Stopped => 99,
        _ => 2,
    }
}

/// Returns the settings that the run was made with.
fn settings<'py>(py: Python<'py>, plan: &Plan) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("method", plan.rule.name())?;
    for (name, setting) in plan.rule.settings() {
        if name != "learning_rate" {
            dict.set_item(name, values::shown(py, &setting)?)?;
        }
    }
    let rate = match &plan.rate {
        LearningRate::Schedule(schedule) => schedule.to_string(),
        _ => "auto".to_owned(),
    };
    match rate.parse::<f64>() {
        Ok(number) => dict.set_item("learning_rate", number)?,
        Err(_) => dict.set_item("learning_rate", rate)?,
    }
    dict.set_item("maxiter", plan.stop.steps)?;
    dict.set_item("gtol", plan.stop.gradient)?;
    dict.set_item("maximize", plan.maximize)?;
    dict.set_item("seed", plan.seed)?;
    Ok(dict)
}
