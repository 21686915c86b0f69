//! What a run is asked for: the rule and the options.

use std::time::Duration;

use amsgrad::start::Generator;
use amsgrad::{AnyRule, Constraint, LearningRate, Patience, Stop, WeightDecay};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::refused::Refused;
use crate::values;

/// Steps of a run where none are given, as the program has them: of each of several that find their learning rates, and of one
/// at a learning rate that is given. A single run that finds its own has the library's limit.
const STEPS_OF_MANY: u64 = 10_000;
const STEPS: u64 = 5000;
/// The most coordinates of starts that are drawn: a gibibyte, as the program has it.
const COORDINATES: usize = 1 << 27;
/// A path of points of at most this many coordinates is recorded without being asked for.
const FEW: usize = 100;

/// A rule with its settings, and the options of a run.
#[pyclass(frozen, module = "amsgrad._amsgrad")]
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) rule: AnyRule,
    pub(crate) rate: LearningRate,
    pub(crate) stop: Stop,
    pub(crate) weight_decay: WeightDecay,
    pub(crate) maximize: bool,
    pub(crate) starts: Option<usize>,
    pub(crate) seed: u64,
    record: Option<bool>,
    /// The options that there are not.
    #[pyo3(get)]
    unknown: Vec<String>,
}

#[pymethods]
impl Plan {
    /// Reads the options of a run by the rule called `method`.
    #[new]
    fn new(method: &str, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut plan = Self {
            rule: AnyRule::named(&method.to_lowercase()).refused()?,
            rate: LearningRate::Automatic,
            stop: Stop::default(),
            weight_decay: WeightDecay::None,
            maximize: false,
            starts: None,
            seed: 0,
            record: None,
            unknown: Vec::new(),
        };
        let (mut decay, mut decoupled) = (0.0, false);
        for (name, value) in options {
            let name: String = name.extract()?;
            let stop = &mut plan.stop;
            match name.as_str() {
                "lr" | "learning_rate" => plan.rate = values::learning_rate(&name, &value)?,
                "maxiter" => stop.steps = values::option(&name, &value)?,
                "maxfev" | "maxfun" => stop.evaluations = values::option(&name, &value)?,
                "gtol" => stop.gradient = values::option(&name, &value)?,
                "gtol_rel" => stop.relative_gradient = values::option(&name, &value)?,
                "ftol" => stop.value_change = values::option(&name, &value)?,
                "xtol" => stop.point_change = values::option(&name, &value)?,
                "target" => stop.target = values::option(&name, &value)?,
                "patience" => {
                    let steps: Option<u64> = values::option(&name, &value)?;
                    stop.patience = steps.map(|steps| Patience { steps, improvement: 0.0 });
                }
                "time_limit" => stop.time = time(&name, &value)?,
                "weight_decay" => decay = values::option(&name, &value)?,
                "decoupled" => decoupled = values::option(&name, &value)?,
                "maximize" => plan.maximize = values::option(&name, &value)?,
                "starts" => plan.starts = values::option(&name, &value)?,
                "seed" => plan.seed = values::option(&name, &value)?,
                "return_all" => plan.record = values::option(&name, &value)?,
                "disp" => {}
                name if plan.knows(name) => {
                    values::set(name, &value, |name, text| plan.rule.set(name, text))?;
                }
                _ => plan.unknown.push(name),
            }
        }
        plan.weight_decay = weight_decay(decay, decoupled);
        if plan.starts == Some(0) {
            return Err(PyValueError::new_err("starts is 0; allowed: 1 or more"));
        }
        plan.complete();
        Ok(plan)
    }
}

impl Plan {
    /// Returns whether the rule has such a setting.
    fn knows(&self, name: &str) -> bool {
        let settings = self.rule.settings();
        let has = |name: &str| settings.iter().any(|(known, _)| *known == name);
        has(values::own_name(name)) || name == "betas" && has("beta1")
    }

    /// Sets the limits that are not given.
    fn complete(&mut self) {
        match (&self.rate, self.starts.unwrap_or(1)) {
            (LearningRate::Automatic, 1) => {}
            (LearningRate::Automatic, _) => self.limit(STEPS_OF_MANY),
            _ => self.limit(STEPS),
        }
    }

    fn limit(&mut self, steps: u64) {
        if self.stop.steps.is_none() {
            self.stop.steps = Some(steps);
        }
    }

    /// Returns whether the run finds its learning rates.
    pub(crate) fn is_automatic(&self) -> bool {
        self.rate == LearningRate::Automatic
    }

    /// Returns whether the path is recorded.
    pub(crate) fn records(&self, dimension: usize) -> bool {
        self.record.unwrap_or(dimension <= FEW)
    }

    /// Draws the starts, one after the other, from the box of a constraint.
    pub(crate) fn draw(&self, constraint: &Constraint, dimension: usize) -> PyResult<Vec<Vec<f64>>> {
        let (count, most) = (self.starts.unwrap_or(1), COORDINATES / dimension.max(1));
        if count > most {
            let reason = format!("starts is {count}; allowed: up to {most}, for {dimension} variables");
            return Err(PyValueError::new_err(reason));
        }
        let sides = constraint.drawing_box(dimension);
        let mut uniform = Generator::Numpy(self.seed).stream();
        let mut point =
            || sides.iter().map(|(lower, upper)| lower + uniform.next() * (upper - lower)).collect();
        Ok((0..count).map(|_| point()).collect())
    }
}

/// Returns a weight decay as torch has it.
pub(crate) fn weight_decay(rate: f64, decoupled: bool) -> WeightDecay {
    match (rate == 0.0, decoupled) {
        (true, _) => WeightDecay::None,
        (false, true) => WeightDecay::Decoupled(rate),
        (false, false) => WeightDecay::L2(rate),
    }
}

fn time(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<Duration>> {
    let seconds: Option<f64> = values::option(name, value)?;
    seconds.map(|seconds| Duration::try_from_secs_f64(seconds).refused()).transpose()
}
