//! A plan carried out: all starts, and the best of them step by step.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use amsgrad::diagnose::{Diagnosis, StepSizes};
use amsgrad::objective::Vectorized;
use amsgrad::rule::Setting;
use amsgrad::tune::Search;
use amsgrad::{
    AnyRule, BatchOutcome, BatchRun, Error, Exit, LearningRate, Minimizer, Outcome, Real, Record, Starts,
    Stationary, Status,
};
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use crate::failure::Failure;
use crate::shards::exact;
use crate::signals;
use crate::target::Target;
use crate::watch::Watch;

/// Number of starts that run together, after which the progress is shown.
const TOGETHER: usize = 4096;

/// What a plan came to.
#[derive(Debug)]
pub(crate) struct Solved {
    pub(crate) rule: &'static str,
    pub(crate) rule_settings: Vec<(&'static str, Setting)>,
    /// The search for the learning rate, where there was one.
    pub(crate) search: Option<Search>,
    /// How every start ended, in order.
    pub(crate) starts: Vec<Ended>,
    /// Which of them was best.
    pub(crate) best: usize,
    /// That one in full, and whether its steps were observed.
    pub(crate) outcome: Outcome<f64>,
    pub(crate) observed: bool,
}

/// How one start ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// Where it ended, which need not be at the best value.
    #[serde(with = "exact::numbers")]
    pub(crate) last_point: Vec<f64>,
    #[serde(with = "exact::number")]
    pub(crate) last_value: f64,
    #[serde(with = "exact::exit")]
    pub(crate) exit: Exit,
    /// The best value; NaN where none was finite.
    #[serde(with = "exact::number")]
    pub(crate) value: f64,
    pub(crate) steps: u64,
}

/// A record whatever its number type.
pub(crate) trait Seen {
    fn step(&self) -> u64;
    fn point(&self) -> Vec<f64>;
    fn value(&self) -> f64;
    fn gradient_norm(&self) -> f64;
    fn learning_rate(&self) -> Option<f64>;
    fn step_sizes(&self, sizes: &mut StepSizes) -> Option<Vec<f64>>;
    fn diagnose(&self, diagnosis: &mut Diagnosis);
    fn document(&self, slots: &[&str]) -> serde_json::Value;
}

impl<T: Real> Seen for Record<'_, T> {
    fn step(&self) -> u64 {
        self.step
    }
    fn point(&self) -> Vec<f64> {
        self.point.iter().map(|x| x.to_f64()).collect()
    }
    fn value(&self) -> f64 {
        self.value.to_f64()
    }
    fn gradient_norm(&self) -> f64 {
        Record::gradient_norm(self).to_f64()
    }
    fn learning_rate(&self) -> Option<f64> {
        Record::learning_rate(self)
    }
    fn step_sizes(&self, sizes: &mut StepSizes) -> Option<Vec<f64>> {
        sizes.see(self)
    }
    fn diagnose(&self, diagnosis: &mut Diagnosis) {
        diagnosis.see(self);
    }
    fn document(&self, slots: &[&str]) -> serde_json::Value {
        crate::json::record(self, slots)
    }
}

impl Ended {
    fn of<T: Real>(outcome: &Outcome<T>) -> Self {
        Self {
            last_point: outcome.last.point.iter().map(|x| x.to_f64()).collect(),
            last_value: outcome.last.value.to_f64(),
            exit: outcome.status.exit(),
            value: outcome.best.value.to_f64(),
            steps: outcome.counts.steps,
        }
    }

    fn of_batch<T: Real>(run: &BatchRun<'_, T>) -> Self {
        Self {
            last_point: run.last_point.iter().map(|x| x.to_f64()).collect(),
            last_value: run.last_value.to_f64(),
            exit: run.exit,
            value: run.best_value.to_f64(),
            steps: run.steps,
        }
    }

    /// Whether the run came to what it looked for.
    pub(crate) fn arrived(&self) -> bool {
        matches!(self.exit, Exit::Converged | Exit::TargetReached | Exit::Edge)
    }
}

/// Carries out the plan; what is observed comes with the names of the rule's memory.
pub(crate) fn solve(
    plan: &Plan<'_>,
    watch: &Watch,
    observe: &mut dyn FnMut(&dyn Seen, &[&str]) -> ControlFlow<()>,
) -> Result<Solved, Failure> {
    solve_from(plan, None, watch, observe)
}

/// Carries out the plan, where `ends` may tell how all its starts ended.
pub(crate) fn solve_from(
    plan: &Plan<'_>,
    ends: Option<Vec<Ended>>,
    watch: &Watch,
    observe: &mut dyn FnMut(&dyn Seen, &[&str]) -> ControlFlow<()>,
) -> Result<Solved, Failure> {
    let rule = plan.settings.rule.rule()?;
    let slots = rule.slots();
    let solver = Solver::new(plan, watch, rule)?;
    let observe = &mut |seen: &dyn Seen| observe(seen, slots);
    if plan.settings.f32 { solver.solve::<f32>(ends, observe) } else { solver.solve::<f64>(ends, observe) }
}

/// Returns how the runs of a plan end from all its starts.
pub(crate) fn ends(plan: &Plan<'_>, watch: &Watch) -> Result<Vec<Ended>, Failure> {
    Solver::new(plan, watch, plan.settings.rule.rule()?)?.all()
}

/// Returns how runs of `rule`, which has a learning rate of its own, end from all starts of the plan.
pub(crate) fn ends_of(plan: &Plan<'_>, watch: &Watch, rule: &AnyRule) -> Result<Vec<Ended>, Failure> {
    let plan = &Plan { learning_rate: Some(rule.learning_rate().clone()), ..plan.clone() };
    Solver { plan, watch, rule: rule.clone() }.all()
}

/// Runs `rule`, which has a learning rate of its own, from one start, step by step.
pub(crate) fn trace(
    plan: &Plan<'_>,
    watch: &Watch,
    rule: &AnyRule,
    start: &[f64],
    observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
) -> Result<Ended, Failure> {
    let plan = &Plan { learning_rate: Some(rule.learning_rate().clone()), ..plan.clone() };
    let solver = Solver { plan, watch, rule: rule.clone() };
    let minimizer = solver.minimizer().start(start);
    Ok(match plan.settings.f32 {
        true => Ended::of(&solver.observed::<f32>(minimizer, observe)?),
        false => Ended::of(&solver.observed::<f64>(minimizer, observe)?),
    })
}

/// Returns the learning rate at which the first step of `rule` from the first of the starts is as long as the domain is wide.
pub(crate) fn rate_across(plan: &Plan<'_>, watch: &Watch, rule: &AnyRule) -> Result<f64, Failure> {
    let plan = &Plan { learning_rate: Some(rule.learning_rate().clone()), ..plan.clone() };
    let solver = Solver { plan, watch, rule: rule.clone() };
    Ok(solver.minimizer().learning_rate_across::<f64>(&solver.points(&plan.starts)?)?)
}

struct Solver<'a> {
    plan: &'a Plan<'a>,
    watch: &'a Watch,
    rule: AnyRule,
}

type Run<'a> = Minimizer<Vectorized<&'a Target>, AnyRule>;

impl<'a> Solver<'a> {
    /// Runs `rule` at the learning rate of the plan.
    fn new(plan: &'a Plan<'a>, watch: &'a Watch, mut rule: AnyRule) -> Result<Self, Failure> {
        if let Some(schedule) = &plan.learning_rate {
            rule.set("learning_rate", &schedule.to_string())?;
        }
        Ok(Self { plan, watch, rule })
    }

    fn solve<T: Real>(
        self,
        ends: Option<Vec<Ended>>,
        observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
    ) -> Result<Solved, Failure> {
        let (minimizer, starts) = (self.minimizer(), &self.plan.starts);
        let (ends, bests) = match ends {
            Some(ends) => (ends, Vec::new()),
            None if starts.len() > 1 => self.ends::<T>(&minimizer)?,
            None => (Vec::new(), Vec::new()),
        };
        let best_start = self.best(&ends);
        let best = bests.into_iter().find(|(start, _)| *start == best_start);
        let (outcome, observed) = match best {
            // A signal came: the best of what was reached.
            Some((_, outcome)) if self.watch.interrupted() => (outcome, false),
            _ => {
                // A signal may come before the first look.
                let mut seen = false;
                let look = &mut |record: &dyn Seen| {
                    seen = true;
                    observe(record)
                };
                let outcome = self.observed::<T>(minimizer.start(starts[best_start].as_slice()), look)?;
                (outcome, seen)
            }
        };
        let mut outcome = outcome.to_f64();
        if starts.len() > 1 {
            // It is the time of one run alone.
            outcome.elapsed = None;
        }
        let maximize = self.plan.settings.maximize;
        if let Status::Converged { .. } | Status::NoImprovement { .. } = outcome.status
            && !self.is_automatic()
        {
            let (objective, point) = (&mut Vectorized::new(self.plan.target), &outcome.last.point);
            outcome.stationary = Stationary::at(objective, &self.plan.constraint, point, maximize)?;
        }
        let starts = if ends.is_empty() { vec![Ended::of(&outcome)] } else { ends };
        Ok(Solved {
            rule: self.rule.name(),
            rule_settings: self.settings(),
            search: outcome.search.take(),
            starts,
            best: best_start,
            outcome,
            observed,
        })
    }

    /// Whether each run finds its learning rates.
    fn is_automatic(&self) -> bool {
        self.plan.learning_rate.is_none()
    }

    /// The rule's settings, without a learning rate where each leg has its own.
    fn settings(&self) -> Vec<(&'static str, Setting)> {
        let mut settings = self.rule.settings();
        settings.retain(|(name, _)| *name != "learning_rate" || !self.is_automatic());
        settings
    }

    fn minimizer(&self) -> Run<'a> {
        let plan = self.plan;
        let rate = plan.learning_rate.clone().map_or(LearningRate::Automatic, LearningRate::from);
        let minimizer = Minimizer::new(plan.target)
            .rule(self.rule.clone())
            .learning_rate(rate)
            .within(plan.constraint.clone())
            .stop(plan.stop.clone())
            .weight_decay(plan.weight_decay)
            .interrupt(signals::flag());
        if plan.settings.maximize { minimizer.maximize() } else { minimizer }
    }

    /// Runs from one start, step by step.
    fn observed<T: Real>(
        &self,
        minimizer: Run<'_>,
        observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
    ) -> Result<Outcome<T>, Error> {
        let mut pulse = self.watch.pulse();
        minimizer.timed().record_history().run_observed(|record: &Record<'_, T>| {
            pulse.beat()?;
            observe(record)
        })
    }

    fn points(&self, starts: &[Vec<f64>]) -> Result<Starts, Error> {
        Ok(Starts::points(self.plan.domain.len(), starts.concat())?)
    }

    fn all(&self) -> Result<Vec<Ended>, Failure> {
        let minimizer = self.minimizer();
        Ok(match self.plan.settings.f32 {
            true => self.ends::<f32>(&minimizer)?.0,
            false => self.ends::<f64>(&minimizer)?.0,
        })
    }

    /// Runs from all starts: in packs where the library has that, else one after the other on each core. With them come the
    /// best run of those that ran together and its number.
    fn ends<T: Real>(&self, minimizer: &Run<'_>) -> Result<(Vec<Ended>, Vec<(usize, Outcome<T>)>), Error> {
        let packs = !self.is_automatic() && minimizer.run_batch::<T>(&self.points(&[])?).is_ok();
        let (mut ends, mut bests) = (Vec::new(), Vec::new());
        for (chunk, starts) in self.plan.starts.chunks(TOGETHER).enumerate() {
            let starts = self.points(starts)?;
            let outcome: BatchOutcome<T> =
                if packs { minimizer.run_batch(&starts)? } else { minimizer.run_starts(&starts)? };
            if let (Some(index), Some(found)) = (outcome.best_index(), outcome.best()) {
                bests.push((chunk * TOGETHER + index, found.clone()));
            }
            self.watch.batch_done(outcome.len(), outcome.iter().map(|run| run.steps).sum());
            ends.extend(outcome.iter().map(|run| Ended::of_batch(&run)));
        }
        Ok((ends, bests))
    }

    /// Returns the number of the best end: the first of those with the best value, the very first where none has one.
    fn best(&self, ends: &[Ended]) -> usize {
        let cost = |ended: &Ended| if self.plan.settings.maximize { -ended.value } else { ended.value };
        let known = ends.iter().enumerate().filter(|(_, ended)| ended.value.is_finite());
        let order = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(Ordering::Equal);
        known.min_by(|(_, a), (_, b)| order(cost(a), cost(b))).map_or(0, |(start, _)| start)
    }
}
