//! A plan carried out: all starts, and the best of them step by step.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;

use amsgrad::objective::Vectorized;
use amsgrad::rule::Setting;
use amsgrad::tune::Search;
use amsgrad::{
    AnyRule, BatchOutcome, Checkpoint, Error, Exit, LearningRate, Minimizer, Moment, Outcome, Real, Record,
    Schedule, Stationary, Status,
};

use super::ended::Ended;
use super::plan::Plan;
use super::seen::Seen;
use crate::failure::Failure;
use crate::keep::checkpoint::Keeper;
use crate::keep::starts::Starts;
use crate::signals;
use crate::target::Target;
use crate::watch::Watch;

/// Number of starts that run together, after which the progress is shown; fewer where they have more coordinates in all.
const TOGETHER: usize = 4096;
const COORDINATES: usize = 1 << 20;
/// The same, of longer runs that are kept as they end.
const TOGETHER_KEPT: usize = 64;

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

/// Carries out the plan; what is observed comes with the names of the rule's memory.
pub(crate) fn solve(
    plan: &Plan<'_>,
    watch: &Watch,
    observe: &mut dyn FnMut(&dyn Seen, &[&str]) -> ControlFlow<()>,
) -> Result<Solved, Failure> {
    solve_from(plan, None, &mut Kept::Nothing, watch, observe)
}

/// What is kept of a plan's work.
#[derive(Debug)]
pub(crate) enum Kept {
    Nothing,
    /// Its one run.
    Run(Box<Keeper>),
    /// How its runs from many starts ended.
    Starts(Starts),
}

/// Carries out the plan, where `ends` may tell how all its starts ended. What is kept is continued where it was begun before.
pub(crate) fn solve_from(
    plan: &Plan<'_>,
    ends: Option<Vec<Ended>>,
    kept: &mut Kept,
    watch: &Watch,
    observe: &mut dyn FnMut(&dyn Seen, &[&str]) -> ControlFlow<()>,
) -> Result<Solved, Failure> {
    let rule = plan.settings.rule.rule()?;
    let slots = rule.slots();
    let solver = Solver::new(plan, watch, rule, kept)?;
    let observe = &mut |seen: &dyn Seen| observe(seen, slots);
    if plan.settings.f32 { solver.solve::<f32>(ends, observe) } else { solver.solve::<f64>(ends, observe) }
}

/// Returns how the runs of a plan end from all its starts.
pub(crate) fn ends(plan: &Plan<'_>, kept: &mut Kept, watch: &Watch) -> Result<Vec<Ended>, Failure> {
    Solver::new(plan, watch, plan.settings.rule.rule()?, kept)?.all()
}

/// Returns how runs of `rule`, which has a learning rate of its own, end from all starts of the plan.
pub(crate) fn ends_of(plan: &Plan<'_>, watch: &Watch, rule: &AnyRule) -> Result<Vec<Ended>, Failure> {
    let plan = &Plan { learning_rate: Some(rule.learning_rate().clone()), ..plan.clone() };
    let kept = &mut Kept::Nothing;
    Solver { plan, watch, rule: rule.clone(), kept: RefCell::new(kept) }.all()
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
    let kept = &mut Kept::Nothing;
    let solver = Solver { plan, watch, rule: rule.clone(), kept: RefCell::new(kept) };
    let minimizer = solver.minimizer().start(start);
    Ok(match plan.settings.f32 {
        true => Ended::of(&solver.observed::<f32>(minimizer, observe)?),
        false => Ended::of(&solver.observed::<f64>(minimizer, observe)?),
    })
}

/// Returns the learning rate at which the first step of `rule` from the first of the starts is as long as the domain is wide.
pub(crate) fn rate_across(plan: &Plan<'_>, watch: &Watch, rule: &AnyRule) -> Result<f64, Failure> {
    let plan = &Plan { learning_rate: Some(rule.learning_rate().clone()), ..plan.clone() };
    let kept = &mut Kept::Nothing;
    let solver = Solver { plan, watch, rule: rule.clone(), kept: RefCell::new(kept) };
    Ok(solver.minimizer().learning_rate_across::<f64>(&solver.points(&plan.starts)?)?)
}

struct Solver<'a> {
    plan: &'a Plan<'a>,
    watch: &'a Watch,
    rule: AnyRule,
    kept: RefCell<&'a mut Kept>,
}

type Run<'a> = Minimizer<Vectorized<&'a Target>, AnyRule>;

impl<'a> Solver<'a> {
    /// Runs `rule` at the learning rate of the plan.
    fn new(
        plan: &'a Plan<'a>,
        watch: &'a Watch,
        mut rule: AnyRule,
        kept: &'a mut Kept,
    ) -> Result<Self, Failure> {
        if let Some(schedule) = &plan.learning_rate {
            rule.set("learning_rate", &schedule.to_string())?;
        }
        Ok(Self { plan, watch, rule, kept: RefCell::new(kept) })
    }

    fn solve<T: Real>(
        self,
        ends: Option<Vec<Ended>>,
        observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
    ) -> Result<Solved, Failure> {
        let (minimizer, starts) = (self.minimizer(), &self.plan.starts);
        let (ends, best) = match ends {
            Some(ends) => (ends, None),
            None if starts.len() > 1 => self.ends::<T>(&minimizer)?,
            None => (Vec::new(), None),
        };
        let best_start = self.best(&ends);
        let best = best.filter(|(start, _)| *start == best_start);
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

    /// Runs from one start, step by step, and keeps it where that is asked for.
    fn observed<T: Real>(
        &self,
        minimizer: Run<'_>,
        observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
    ) -> Result<Outcome<T>, Failure> {
        let mut pulse = self.watch.pulse();
        let minimizer = minimizer.timed().record_history();
        let kept = &mut *self.kept.borrow_mut();
        let Kept::Run(keeper) = kept else {
            return Ok(minimizer.run_observed(|record: &Record<'_, T>| {
                pulse.beat()?;
                observe(record)
            })?);
        };
        let minimizer = match keeper.torch::<T>(&beta1(&self.rule), self.plan.domain.len())? {
            Some((point, state)) => minimizer.resume_from(&point, &state),
            None => minimizer,
        };
        let from = keeper.checkpoint::<T>()?;
        let shown = from.as_ref().map_or(0, Checkpoint::shown);
        keeper.replay(shown, &mut |seen| observe(seen))?;
        let keeper = RefCell::new(keeper);
        let save = |moment: &Moment<'_, T>| keeper.borrow_mut().offer(moment);
        let outcome = minimizer.run_saved(from.as_ref(), save, |record: &Record<'_, T>| {
            keeper.borrow_mut().saw(record);
            pulse.beat()?;
            observe(record)
        });
        outcome.map_err(|error| match error {
            Error::State(error) => keeper.borrow().unfit(error),
            error => error.into(),
        })
    }

    fn points(&self, starts: &[Vec<f64>]) -> Result<amsgrad::Starts, Error> {
        Ok(amsgrad::Starts::points(self.plan.domain.len(), starts.concat())?)
    }

    fn all(&self) -> Result<Vec<Ended>, Failure> {
        let minimizer = self.minimizer();
        Ok(match self.plan.settings.f32 {
            true => self.ends::<f32>(&minimizer)?.0,
            false => self.ends::<f64>(&minimizer)?.0,
        })
    }

    /// Runs from all starts: in packs where the library has that, else one after the other on each core. With them comes the
    /// best run and its number.
    fn ends<T: Real>(&self, minimizer: &Run<'_>) -> Result<(Vec<Ended>, Option<(usize, Outcome<T>)>), Error> {
        let packs = !self.is_automatic() && minimizer.run_batch::<T>(&self.points(&[])?).is_ok();
        let kept = &mut *self.kept.borrow_mut();
        let mut kept = if let Kept::Starts(kept) = kept { Some(kept) } else { None };
        let run = |minimizer: &Run<'_>, starts: &[Vec<f64>]| -> Result<BatchOutcome<T>, Error> {
            let starts = self.points(starts)?;
            if packs { minimizer.run_batch(&starts) } else { minimizer.run_starts(&starts) }
        };
        let known = |start| kept.as_ref().and_then(|kept| kept.known(start).cloned());
        let mut ends: Vec<Option<Ended>> = (0..self.plan.starts.len()).map(known).collect();
        let missing: Vec<usize> = (0..ends.len()).filter(|start| ends[*start].is_none()).collect();
        let together = if kept.is_some() && !packs { TOGETHER_KEPT } else { TOGETHER };
        let together = (COORDINATES / self.plan.domain.len().max(1)).clamp(1, together);
        let mut best = None;
        for chunk in missing.chunks(together) {
            let starts: Vec<Vec<f64>> = chunk.iter().map(|start| self.plan.starts[*start].clone()).collect();
            let outcome = run(minimizer, &starts)?;
            if let (Some(index), Some(found)) = (outcome.best_index(), outcome.best())
                && best.as_ref().is_none_or(|(_, best)| self.cost(found) < self.cost(best))
            {
                best = Some((chunk[index], found.clone()));
            }
            self.watch.batch_done(outcome.len(), outcome.iter().map(|run| run.steps).sum());
            for (start, run) in chunk.iter().zip(outcome.iter()) {
                let ended = Ended::of_batch(&run);
                // What a signal has cut short says nothing.
                if let Some(kept) = kept.as_mut().filter(|_| run.exit != Exit::Stopped) {
                    kept.keep(*start, &ended);
                }
                ends[*start] = Some(ended);
            }
        }
        let ends: Vec<Ended> = ends.into_iter().flatten().collect();
        let best_start = self.best(&ends);
        if self.watch.interrupted() && best.as_ref().is_none_or(|(start, _)| *start != best_start) {
            // It was best before the work was interrupted for the first time.
            let minimizer = minimizer.clone().interrupt(Arc::default());
            let outcome = run(&minimizer, std::slice::from_ref(&self.plan.starts[best_start]))?;
            best = outcome.best().map(|outcome| {
                let mut outcome = outcome.clone();
                outcome.status = Status::Stopped;
                (best_start, outcome)
            });
        }
        Ok((ends, best))
    }

    /// Less is better.
    fn cost<T: Real>(&self, outcome: &Outcome<T>) -> f64 {
        let value = outcome.best.value.to_f64();
        if self.plan.settings.maximize { -value } else { value }
    }

    /// Returns the number of the best end: the first of those with the best value, the very first where none has one.
    fn best(&self, ends: &[Ended]) -> usize {
        let values = ends.iter().map(|ended| ended.value);
        BatchOutcome::best_of(values, self.plan.settings.maximize).unwrap_or(0)
    }
}

/// The decay of the first moment, from which the product of a run that PyTorch made is had.
fn beta1(rule: &AnyRule) -> Schedule {
    let beta1 = rule.settings().into_iter().find(|(name, _)| *name == "beta1");
    match beta1.map(|(_, setting)| setting) {
        Some(Setting::Schedule(schedule)) => schedule,
        Some(Setting::Number(number)) => Schedule::Constant(number),
        _ => Schedule::Constant(0.0),
    }
}
