//! Settings understood: what is minimized, where, and for how long.

use std::time::Duration;

use amsgrad::constraint::{Ball, Simplex};
use amsgrad::error::SettingError;
use amsgrad::objective::Vectorized;
use amsgrad::start::Generator;
use amsgrad::stop::gradient_tolerance;
use amsgrad::{Bounds, Constraint, Intersection, LearningRate, Patience, Schedule, Stop, WeightDecay};

use super::settings::Settings;
use crate::failure::Failure;
use crate::target::Target;
use crate::text;

/// Steps of a run where none are given: of one that finds its learning rate from one start, from each of several, and of any
/// other.
const STEPS_ALONE: u64 = 50_000;
const STEPS_OF_MANY: u64 = 10_000;
const STEPS: u64 = 5000;

/// Bytes that a run may take, and what it takes, measured: per variable, per start, and per variable of each start.
const MEMORY: usize = 1 << 30;
const PER_VARIABLE: usize = 900;
const PER_START: usize = 192;
const PER_COORDINATE: usize = 60;

/// A run as it will be made, but for its rule.
#[derive(Clone, Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) target: &'a Target,
    pub(crate) constraint: Constraint,
    /// A box with finite sides: where starts are drawn from, what steps are measured against and pictures show.
    pub(crate) domain: Vec<(f64, f64)>,
    pub(crate) starts: Vec<Vec<f64>>,
    pub(crate) stop: Stop,
    pub(crate) weight_decay: WeightDecay,
    /// `None` where it is to be found.
    pub(crate) learning_rate: Option<Schedule>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(settings: &'a Settings, target: &'a Target) -> Result<Self, Failure> {
        let variables = target.variables();
        let sides = match &settings.bounds {
            Some(bounds) => {
                Some(text::bounds(bounds, variables).map_err(|reason| Failure::input("--bounds", reason))?)
            }
            None => target.domain(),
        };
        let constraint = constraint(settings, variables.len(), sides.as_deref())?;
        let domain = constraint.drawing_box(variables.len());
        let starts = starts(settings, &domain, variables)?;
        let learning_rate = match settings.rule.learning_rate()? {
            Some(LearningRate::Schedule(schedule)) => Some(schedule),
            _ => None,
        };
        let plan = Self {
            stop: stop(settings, learning_rate.is_none()),
            weight_decay: weight_decay(settings)?,
            learning_rate,
            settings,
            target,
            constraint,
            domain,
            starts,
        };
        // A run that finds its learning rates ends by itself.
        if plan.learning_rate.is_none() { Ok(plan) } else { plan.with_gradient_test() }
    }

    /// Adds the gradient test, where none is given.
    fn with_gradient_test(mut self) -> Result<Self, Failure> {
        if self.stop.gradient.is_none() {
            let objective = &mut Vectorized::new(self.target);
            self.stop.gradient = Some(gradient_tolerance(objective, &self.constraint, &self.starts)?);
        }
        Ok(self)
    }

    /// Returns the same for runs at one learning rate, to be given or found before.
    pub(crate) fn at_one_rate(self) -> Result<Self, Failure> {
        Self { stop: stop(self.settings, false), ..self }.with_gradient_test()
    }
}

fn constraint(
    settings: &Settings,
    dimension: usize,
    sides: Option<&[(f64, f64)]>,
) -> Result<Constraint, Failure> {
    let bounds = |sides| Bounds::new(sides).map_err(|error| Failure::input("--bounds", error));
    let Some(within) = &settings.within else {
        return sides.map_or(Ok(Constraint::None), |sides| Ok(bounds(sides)?.into()));
    };
    let set = set(within, dimension)?;
    // The domain of a named problem is a proposal, which --within replaces; bounds that were typed hold beside it.
    let Some(sides) = sides.filter(|_| settings.bounds.is_some()) else { return Ok(set) };
    let both = Intersection::new(bounds(sides)?, set);
    let both = both.map_err(|error| {
        if error.field == "total of the simplex" {
            return error.into();
        }
        let reason =
            format!("no point lies within '{within}' and these bounds; use wider bounds or a larger set");
        Failure::input("--bounds", reason)
    })?;
    Ok(both.into())
}

fn set(within: &str, dimension: usize) -> Result<Constraint, Failure> {
    let refused = |error: SettingError| {
        Failure::input("--within", format!("'{within}' is not allowed; use {}", error.allowed))
    };
    let (kind, size) = within.split_once(':').map_or((within, None), |(kind, size)| (kind, Some(size)));
    let wrong = || {
        let reason = format!("'{within}' is no known set; use ball:RADIUS, simplex or simplex:TOTAL");
        Failure::input("--within", reason)
    };
    let size = size.map(text::number).transpose().map_err(|_| wrong())?;
    match (kind, size) {
        ("ball", Some(radius)) => Ok(Ball::new(vec![0.0; dimension], radius).map_err(refused)?.into()),
        ("simplex", total) => {
            Ok(Simplex::with_total(dimension, total.unwrap_or(1.0)).map_err(refused)?.into())
        }
        _ => Err(wrong()),
    }
}

fn starts(
    settings: &Settings,
    domain: &[(f64, f64)],
    variables: &[String],
) -> Result<Vec<Vec<f64>>, Failure> {
    if let Some(start) = &settings.start {
        let point = text::point("--start", start, variables)?;
        if let Some(x) = point.iter().find(|x| settings.f32 && !(**x as f32).is_finite()) {
            let reason = format!(
                "{} is too large for --f32; use at most {}",
                text::shown(*x),
                text::shown(f32::MAX.into())
            );
            return Err(Failure::input("--start", reason));
        }
        return Ok(vec![point]);
    }
    let (count, dimension) = (settings.starts.unwrap_or(1), variables.len());
    let room = MEMORY.saturating_sub(dimension * PER_VARIABLE);
    let most = (room / (PER_START + dimension * PER_COORDINATE)).max(1);
    if count > most {
        return Err(Failure::input(
            "--starts",
            format!("'{count}' is out of range; use at most {most} for this number of variables"),
        ));
    }
    let generator = match settings.numpy_seed {
        Some(seed) => Generator::NumpyLegacy(seed),
        None => Generator::Numpy(settings.seed.unwrap_or(0)),
    };
    let mut uniform = generator.stream();
    let mut draw = || domain.iter().map(|(lower, upper)| lower + uniform.next() * (upper - lower)).collect();
    Ok((0..count).map(|_| draw()).collect())
}

fn stop(settings: &Settings, automatic: bool) -> Stop {
    let mut stop = Stop::default();
    let steps = match (automatic, settings.starts.unwrap_or(1)) {
        (true, 1) => STEPS_ALONE,
        (true, _) => STEPS_OF_MANY,
        (false, _) => STEPS,
    };
    stop.steps = Some(settings.steps.unwrap_or(steps));
    stop.evaluations = settings.evaluations;
    stop.time = settings.time.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    stop.target = settings.target_value;
    stop.gradient = settings.gradient_tolerance;
    stop.relative_gradient = settings.relative_gradient;
    stop.point_change = settings.point_change;
    stop.value_change = settings.value_change;
    stop.patience = settings.patience.map(|steps| Patience { steps, improvement: 0.0 });
    stop
}

fn weight_decay(settings: &Settings) -> Result<WeightDecay, Failure> {
    let Some(decay) = &settings.weight_decay else { return Ok(WeightDecay::None) };
    let rate = |rate: &str| text::tolerance(rate).ok();
    let parsed = match decay.split_once(':') {
        Some(("l2", l2)) => rate(l2).map(WeightDecay::L2),
        Some(("decoupled", decoupled)) => rate(decoupled).map(WeightDecay::Decoupled),
        _ => None,
    };
    let wrong = || {
        let reason =
            format!("'{decay}' is not KIND:RATE; use l2:RATE or decoupled:RATE, with a rate from 0 up");
        Failure::input("--weight-decay", reason)
    };
    parsed.ok_or_else(wrong)
}
