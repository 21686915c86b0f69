//! Runs: of formulas with the interpreter released, of Python's functions within it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use amsgrad::objective::{IntoObjective, Vectorized, VectorizedObjective as _};
use amsgrad::stop::gradient_tolerance;
use amsgrad::{AnyRule, BatchOutcome, Constraint, Error, Minimizer, Objective, Outcome, Record, Starts};
use numpy::PyArray1;
use pyo3::exceptions::{PyStopIteration, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::callable::Function;
use crate::constraint::constraint;
use crate::formula::Formula;
use crate::outcome::{Run, Runs, Solved};
use crate::plan::Plan;
use crate::refused::Refused;
use crate::shards::{Division, Shard};
use crate::threads::interruptible;

/// Minimizes a formula or a function, and returns what `OptimizeResult` is made of.
///
/// `callback` is called with point, value, gradient and number of each step. Of a shard of the starts of a formula the document
/// is returned; of all shards the best run is made once more.
#[pyfunction]
#[pyo3(signature = (plan, fun, args, jac, start, bounds, set, callback, division))]
#[expect(clippy::too_many_arguments, reason = "what SciPy's `minimize` takes")]
pub(crate) fn minimize<'py>(
    py: Python<'py>,
    plan: &Bound<'py, Plan>,
    fun: Bound<'py, PyAny>,
    args: Bound<'py, PyTuple>,
    jac: Bound<'py, PyAny>,
    start: Option<Vec<f64>>,
    bounds: Option<Vec<(f64, f64)>>,
    set: Option<Bound<'py, PyAny>>,
    callback: Option<Bound<'py, PyAny>>,
    division: Option<Division<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (plan, constraint) = (plan.get().clone(), constraint(bounds, set.as_ref())?);
    let formula = fun.cast::<Formula>().ok().map(|formula| formula.get().0.clone());
    let dimension = formula.as_ref().map(|formula| formula.dimension()).or(constraint.dimension());
    let starts = match (start, dimension) {
        (Some(_), _) if plan.starts.is_some() => {
            return Err(PyValueError::new_err("starts cannot be used with x0; leave one of the two out"));
        }
        (Some(start), _) => vec![start],
        (None, Some(dimension)) => plan.draw(&constraint, dimension)?,
        (None, None) => {
            return Err(PyValueError::new_err("x0 is missing; allowed: a point, or bounds to draw it from"));
        }
    };
    let mut job = Job { plan, constraint, starts };
    if !job.plan.is_automatic() && job.plan.stop.gradient.is_none() {
        // Evaluating a function of Python's once more would be seen.
        job.plan.stop.gradient = Some(match &formula {
            Some(formula) => {
                let objective = &mut Vectorized::new(&**formula);
                gradient_tolerance(objective, &job.constraint, &job.starts).refused()?
            }
            None => GRADIENT,
        });
    }
    let solved = match (formula, callback) {
        (Some(formula), None) => {
            let runs = match division {
                Some(Division::Part(part)) => {
                    let document = job.part(py, part.get(), formula)?;
                    return Ok(PyString::new(py, &document).into_any());
                }
                Some(Division::All(parts)) => {
                    let runs = parts.get().0.results(job.starts.len()).refused()?;
                    Some(Runs::of_shards(runs, job.plan.maximize))
                }
                None => None,
            };
            let kept = job.clone();
            let solved = interruptible(py, move |flag| kept.solve(&formula, flag, runs))?;
            solved.refused()?
        }
        _ if division.is_some() => {
            return Err(PyValueError::new_err("shard needs a formula and no callback; leave it out"));
        }
        (Some(formula), Some(callback)) => job.watched(py, &formula, &callback)?,
        (None, callback) => {
            let function = Function::new(fun, args, &jac)?;
            job.called(&function, callback.as_ref())?
        }
    };
    Ok(solved.to_dict(py, &job.plan)?.into_any())
}

/// The gradient test of a function where none is given, as SciPy has it.
const GRADIENT: f64 = 1e-6;

/// Everything that is fixed of a run but for its objective.
#[derive(Clone)]
struct Job {
    plan: Plan,
    constraint: Constraint,
    starts: Vec<Vec<f64>>,
}

impl Job {
    fn minimizer<F, Kind>(
        &self,
        objective: impl IntoObjective<Kind, Objective = F>,
    ) -> Minimizer<F, AnyRule> {
        let plan = &self.plan;
        let minimizer = Minimizer::new(objective)
            .rule(plan.rule.clone())
            .learning_rate(plan.rate.clone())
            .within(self.constraint.clone())
            .stop(plan.stop.clone())
            .weight_decay(plan.weight_decay);
        if plan.maximize { minimizer.maximize() } else { minimizer }
    }

    fn first(&self) -> &[f64] {
        self.starts.first().map_or(&[], Vec::as_slice)
    }

    /// Returns the minimizer from a start, to be observed.
    fn from<F>(&self, minimizer: Minimizer<F, AnyRule>, start: &[f64]) -> Minimizer<F, AnyRule> {
        let minimizer = minimizer.start(start);
        if self.plan.records(start.len()) { minimizer.record_history() } else { minimizer }
    }

    /// Runs a formula from every start, unless `runs` tell how these ended, and the best of them once more in full.
    fn solve(
        &self,
        formula: &amsgrad_formula::Formula,
        flag: Arc<AtomicBool>,
        mut runs: Option<Runs>,
    ) -> Result<Solved, Error> {
        if self.starts.len() > 1 && runs.is_none() {
            let batch = self.batch(formula, flag.clone())?;
            runs = Some(Runs::of_batch(&batch, batch.best_index().unwrap_or(0)));
        }
        let best = runs.as_ref().and_then(|runs| self.starts.get(runs.best));
        let minimizer = self.minimizer(formula).interrupt(flag);
        let outcome = self.from(minimizer, best.map_or(self.first(), Vec::as_slice)).run()?;
        Ok(Solved { gradient: slope(formula, &outcome), outcome, runs })
    }

    /// Runs a formula from every start: in packs where the library has them for these settings, else one start after the other
    /// on each core.
    fn batch(
        &self,
        formula: &amsgrad_formula::Formula,
        flag: Arc<AtomicBool>,
    ) -> Result<BatchOutcome<f64>, Error> {
        let minimizer = self.minimizer(formula).interrupt(flag);
        let starts = Starts::points(formula.dimension(), self.starts.concat())?;
        let packs = !self.plan.is_automatic()
            && minimizer.run_batch::<f64>(&Starts::points(formula.dimension(), Vec::new())?).is_ok();
        if packs { minimizer.run_batch(&starts) } else { minimizer.run_starts(&starts) }
    }

    /// Runs a formula from the starts of a shard, and returns its document.
    fn part(
        &self,
        py: Python<'_>,
        shard: &Shard,
        formula: Arc<amsgrad_formula::Formula>,
    ) -> PyResult<String> {
        if self.starts.len() < 2 {
            return Err(PyValueError::new_err("shard needs the option starts; one run alone is not divided"));
        }
        let mine = self.starts.iter().enumerate().filter(|(start, _)| shard.shard.has(*start));
        let starts = mine.map(|(_, start)| start.clone()).collect();
        let job = Self { starts, plan: self.plan.clone(), constraint: self.constraint.clone() };
        let batch = interruptible(py, move |flag| job.batch(&formula, flag))?.refused()?;
        let runs: Vec<Run> = batch.iter().map(|run| Run::of(&run)).collect();
        shard.document("minimize", serde_json::Value::Null, &runs)
    }

    /// Runs a formula, with every step shown to Python.
    fn watched(
        &self,
        py: Python<'_>,
        formula: &amsgrad_formula::Formula,
        callback: &Bound<'_, PyAny>,
    ) -> PyResult<Solved> {
        let mut watch = Watch::new(py, Some(callback));
        let solved = self.each(|start| {
            let outcome = self.observed(self.minimizer(formula), start, &mut watch)?;
            Ok((slope(formula, &outcome), outcome))
        })?;
        watch.conclude()?;
        Ok(solved)
    }

    /// Runs a function of Python's from every start.
    fn called(&self, function: &Function<'_>, callback: Option<&Bound<'_, PyAny>>) -> PyResult<Solved> {
        let mut watch = Watch::new(function.py(), callback);
        let solved = self.each(|start| {
            watch.best = None;
            let outcome = self.observed(self.minimizer(function.objective()), start, &mut watch);
            if let Some(raised) = function.raised() {
                return Err(raised);
            }
            let outcome = outcome?;
            let gradient = match watch.best.take() {
                Some((point, gradient)) if point == outcome.best.point => gradient,
                _ => vec![f64::NAN; outcome.best.point.len()],
            };
            Ok((gradient, outcome))
        })?;
        watch.conclude()?;
        Ok(solved)
    }

    fn observed<F: Objective<f64>>(
        &self,
        minimizer: Minimizer<F, AnyRule>,
        start: &[f64],
        watch: &mut Watch<'_, '_>,
    ) -> PyResult<Outcome<f64>> {
        self.from(minimizer, start).run_observed(|record| watch.see(record)).refused()
    }

    /// Runs from one start after the other, and keeps the best outcome.
    fn each(&self, mut run: impl FnMut(&[f64]) -> PyResult<(Vec<f64>, Outcome<f64>)>) -> PyResult<Solved> {
        let (gradient, outcome) = run(self.first())?;
        let mut best = Solved { outcome, gradient, runs: None };
        let mut runs = Runs::default();
        runs.push(&best.outcome);
        for (i, start) in self.starts.iter().enumerate().skip(1) {
            let (gradient, outcome) = run(start)?;
            runs.push(&outcome);
            let cost = |outcome: &Outcome<f64>| {
                if self.plan.maximize { -outcome.best.value } else { outcome.best.value }
            };
            if cost(&outcome) < cost(&best.outcome) || best.outcome.best.value.is_nan() {
                best = Solved { outcome, gradient, runs: None };
                runs.best = i;
            }
        }
        best.runs = (self.starts.len() > 1).then_some(runs);
        Ok(best)
    }
}

/// Returns the gradient at the best point.
fn slope(formula: &amsgrad_formula::Formula, outcome: &Outcome<f64>) -> Vec<f64> {
    let point = &outcome.best.point;
    let mut gradient = vec![0.0; point.len()];
    // The value is known.
    let _ = Vectorized::new(formula).evaluate(point, &mut gradient);
    gradient
}

/// What sees every step: the gradient at the best point is kept, Python's callback called.
struct Watch<'a, 'py> {
    py: Python<'py>,
    callback: Option<&'a Bound<'py, PyAny>>,
    raised: Option<PyErr>,
    /// The best point and the gradient there.
    best: Option<(Vec<f64>, Vec<f64>)>,
}

impl<'a, 'py> Watch<'a, 'py> {
    fn new(py: Python<'py>, callback: Option<&'a Bound<'py, PyAny>>) -> Self {
        Self { py, callback, raised: None, best: None }
    }

    fn see(&mut self, record: &Record<'_, f64>) -> ControlFlow<()> {
        if record.value == record.best_value {
            let (point, gradient) = self.best.get_or_insert_default();
            record.point.clone_into(point);
            record.gradient.clone_into(gradient);
        }
        let (Some(callback), 1..) = (self.callback, record.step) else { return ControlFlow::Continue(()) };
        let [point, gradient] = [record.point, record.gradient].map(|it| PyArray1::from_slice(self.py, it));
        match callback.call1((point, record.value, gradient, record.step)) {
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                self.raised = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Raises what the callback raised, unless it was to stop the run.
    fn conclude(self) -> PyResult<()> {
        match self.raised {
            Some(error) if !error.is_instance_of::<PyStopIteration>(self.py) => Err(error),
            _ => Ok(()),
        }
    }
}
