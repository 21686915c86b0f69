//! How good runs are: what they are measured by, and what each came to.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use amsgrad::tune::{Reach, quartiles};
use amsgrad::{Constraint, VectorizedObjective as _};
use serde::{Deserialize, Serialize};

use super::ended::Ended;
use super::plan::Plan;
use super::settings::Settings;
use super::solve::solve;
use crate::failure::Failure;
use crate::rule::RuleArgs;
use crate::shards::exact;
use crate::target::Target;
use crate::watch::Watch;

/// What runs are measured by.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Goal {
    /// The best value that is known.
    #[serde(with = "exact::number")]
    pub(crate) best: f64,
    /// A run whose value is this good has arrived.
    #[serde(with = "exact::number")]
    pub(crate) target: f64,
}

impl Goal {
    /// Finds the best value that is known: that of the problem, of a fit, or of runs that find their learning rates. A run has arrived
    /// where no more is left than `share` of the way there from the median start. `None` where no value is finite.
    pub(crate) fn of(plan: &Plan<'_>, share: f64, watch: &Watch) -> Result<Option<Self>, Failure> {
        let settings = plan.settings;
        if let Some(target) = settings.target_value {
            return Ok(Some(Self { best: target, target }));
        }
        let cost = |value: f64| if settings.maximize { -value } else { value };
        let plain = !settings.maximize && settings.bounds.is_none() && settings.within.is_none();
        let known = match (plan.target, &plan.constraint) {
            (Target::Problem(problem, _), _) if plain => problem.minimum().unwrap_or(f64::INFINITY),
            (Target::Fit(fit), Constraint::Box(bounds)) if !settings.maximize => {
                fit.least_cost(bounds.sides(), &|| watch.interrupted())
            }
            (Target::Fit(fit), Constraint::None) if !settings.maximize => {
                fit.least_cost(&[], &|| watch.interrupted())
            }
            _ => f64::INFINITY,
        };
        let free = Settings { rule: RuleArgs::default(), steps: None, ..settings.clone() };
        let found = solve(&Plan::new(&free, plan.target)?, watch, &mut |_, _| ControlFlow::Continue(()))?;
        let best = cost(found.outcome.best.value).min(known);
        let mut gradient = vec![0.0; plan.target.variables().len()];
        let mut value = |start: &Vec<f64>| cost(plan.target.evaluate(start, &mut gradient, &mut Vec::new()));
        let [_, median, _] = quartiles(&plan.starts.iter().map(&mut value).collect::<Vec<f64>>());
        let left = share * (median - best).max(0.0);
        let target = if left.is_finite() { best + left } else { best };
        Ok(best.is_finite().then(|| Self { best: cost(best), target: cost(target) }))
    }
}

/// What one run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Score {
    /// As [`Exit::name`] has it.
    pub(crate) status: String,
    /// The best value.
    #[serde(with = "exact::number")]
    pub(crate) value: f64,
    pub(crate) steps: u64,
    pub(crate) failed: bool,
    /// Whether it came to the target.
    pub(crate) arrived: bool,
}

impl Score {
    /// `target` is what the run looked for, if anything.
    pub(crate) fn of(ended: &Ended, target: Option<f64>, maximize: bool) -> Self {
        let Ended { exit, value, steps, .. } = *ended;
        let good = |target: f64| if maximize { value >= target } else { value <= target };
        let failed = exit.is_failure();
        let arrived = !failed && target.is_some_and(good);
        Self { status: exit.name().to_owned(), value, steps, failed, arrived }
    }

    /// Returns how good the run was, where `maximize` tells which values are.
    pub(crate) fn reach(&self, maximize: bool) -> Reach {
        match self {
            Self { arrived: true, steps, .. } => Reach::Arrived { steps: *steps },
            Self { failed: true, .. } => Reach::Cost(f64::INFINITY),
            Self { value, .. } => Reach::Cost(if maximize { -value } else { *value }),
        }
    }
}

/// The scores so far, by candidate and start.
pub(crate) type Scores = BTreeMap<(usize, usize), Score>;
