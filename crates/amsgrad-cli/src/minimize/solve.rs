//! A plan carried out: all starts, and the best of them step by step.

use std::ops::ControlFlow;

use amsgrad::diagnose::{Diagnosis, StepSizes};
use amsgrad::objective::Vectorized;
use amsgrad::rule::Setting;
use amsgrad::tune::Search;
use amsgrad::{
    AnyRule, BatchOutcome, BatchRun, Error, Exit, LearningRate, Minimizer, Outcome, Real, Record, Starts,
    Stationary, Status,
};

use super::plan::Plan;
use crate::failure::Failure;
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
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// Where it ended, which need not be at the best value.
    pub(crate) last_point: Vec<f64>,
    pub(crate) last_value: f64,
    /// As [`Exit::name`] has it.
    pub(crate) status: &'static str,
    pub(crate) failed: bool,
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
        let exit = outcome.status.exit();
        Self {
            last_point: outcome.last.point.iter().map(|x| x.to_f64()).collect(),
            last_value: outcome.last.value.to_f64(),
            status: exit.name(),
            failed: exit.is_failure(),
            value: outcome.best.value.to_f64(),
            steps: outcome.counts.steps,
        }
    }

    fn of_batch<T: Real>(run: &BatchRun<'_, T>) -> Self {
        Self {
            last_point: run.last_point.iter().map(|x| x.to_f64()).collect(),
            last_value: run.last_value.to_f64(),
            status: run.exit.name(),
            failed: run.exit.is_failure(),
            value: run.best_value.to_f64(),
            steps: run.steps,
        }
    }

    /// Whether the run came to what it looked for.
    pub(crate) fn arrived(&self) -> bool {
        [Exit::Converged.name(), Exit::TargetReached.name(), Exit::Edge.name()].contains(&self.status)
    }
}

/// Carries out the plan; what is observed comes with the names of the rule's memory.
pub(crate) fn solve(
    plan: &Plan<'_>,
    watch: &Watch,
    observe: &mut dyn FnMut(&dyn Seen, &[&str]) -> ControlFlow<()>,
) -> Result<Solved, Failure> {
    let rule = plan.settings.rule.rule()?;
    let slots = rule.slots();
    let solver = Solver { plan, watch, rule };
    let observe = &mut |seen: &dyn Seen| observe(seen, slots);
    if plan.settings.f32 { solver.solve::<f32>(observe) } else { solver.solve::<f64>(observe) }
}

/// Returns how runs of `rule`, which has a learning rate of its own, end from all starts of the plan.
pub(crate) fn ends(plan: &Plan<'_>, watch: &Watch, rule: &AnyRule) -> Result<Vec<Ended>, Failure> {
    let plan = &Plan { learning_rate: Some(rule.learning_rate().clone()), ..plan.clone() };
    let solver = Solver { plan, watch, rule: rule.clone() };
    let minimizer = solver.minimizer();
    Ok(if plan.settings.f32 { solver.ends::<f32>(&minimizer)?.0 } else { solver.ends::<f64>(&minimizer)?.0 })
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
    fn solve<T: Real>(
        mut self,
        observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
    ) -> Result<Solved, Failure> {
        if let Some(schedule) = &self.plan.learning_rate {
            self.rule.set("learning_rate", &schedule.to_string())?;
        }
        let (minimizer, starts) = (self.minimizer(), &self.plan.starts);
        let (ends, best) = if starts.len() > 1 { self.ends::<T>(&minimizer)? } else { (Vec::new(), None) };
        let best_start = best.as_ref().map_or(0, |(start, _)| *start);
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

    /// Runs from all starts: in packs where the library has that, else one after the other on each core. With them comes the
    /// best run and its number.
    fn ends<T: Real>(&self, minimizer: &Run<'_>) -> Result<(Vec<Ended>, Option<(usize, Outcome<T>)>), Error> {
        let packs = !self.is_automatic() && minimizer.run_batch::<T>(&self.points(&[])?).is_ok();
        let (mut ends, mut best) = (Vec::new(), None);
        for (chunk, starts) in self.plan.starts.chunks(TOGETHER).enumerate() {
            let starts = self.points(starts)?;
            let outcome: BatchOutcome<T> =
                if packs { minimizer.run_batch(&starts)? } else { minimizer.run_starts(&starts)? };
            if let (Some(index), Some(found)) = (outcome.best_index(), outcome.best())
                && best.as_ref().is_none_or(|(_, best)| self.cost(found) < self.cost(best))
            {
                best = Some((chunk * TOGETHER + index, found.clone()));
            }
            self.watch.batch_done(outcome.len(), outcome.iter().map(|run| run.steps).sum());
            ends.extend(outcome.iter().map(|run| Ended::of_batch(&run)));
        }
        Ok((ends, best))
    }

    /// Less is better.
    fn cost<T: Real>(&self, outcome: &Outcome<T>) -> f64 {
        let value = outcome.best.value.to_f64();
        if self.plan.settings.maximize { -value } else { value }
    }
}
