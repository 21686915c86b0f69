//! A plan carried out: the search for a learning rate, the starts, the best of them step by step.

use std::ops::ControlFlow;

use amsgrad::minimizer::batch::{BatchRun, End};
use amsgrad::rule::{Setting, for_each_rule};
use amsgrad::tune::halving;
use amsgrad::{
    Error, Minimizer, Outcome, Real, Record, Rule, Schedule, Start, Starts, Status, Stop,
    VectorizedObjective as _,
};
use rayon::prelude::*;

use super::leader::{Leader, Led};
use super::plan::Plan;
use crate::failure::Failure;
use crate::target::Target;
use crate::watch::Watch;

/// The share of the steps that the search for a learning rate may take: one in so many.
const SEARCH_SHARE: u64 = 4;
/// The first step of a candidate as a share of the domain's width.
const SHARES: [f64; 9] = [1.0, 0.32, 0.1, 0.032, 0.01, 3.2e-3, 1e-3, 3.2e-4, 1e-4];
/// So many starts make a batch, after which Ctrl-C is looked for.
const TOGETHER: usize = 256;
/// At most so many of the starts are used in a trial.
const TRIAL_STARTS: usize = 8;

/// What a plan came to.
#[derive(Debug)]
pub(crate) struct Solved {
    pub(crate) rule: &'static str,
    pub(crate) rule_settings: Vec<(&'static str, Setting)>,
    /// The search for the learning rate, where there was one.
    pub(crate) search: Option<Search>,
    /// The limit of steps that was left for each start.
    pub(crate) steps: u64,
    /// How every start ended, in order.
    pub(crate) starts: Vec<Ended>,
    /// Which of them was best.
    pub(crate) best: usize,
    /// That one in full.
    pub(crate) outcome: Outcome<f64>,
}

/// How a search went.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) candidates: usize,
    pub(crate) steps: u64,
    pub(crate) learning_rate: Schedule,
}

/// How one start ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// Where it ended, which need not be at the best value.
    pub(crate) last_point: Vec<f64>,
    pub(crate) last_value: f64,
    /// As [`Status::name`] has it.
    pub(crate) status: &'static str,
    pub(crate) failed: bool,
    pub(crate) value: f64,
    pub(crate) steps: u64,
}

/// Carries out the plan with the rule that is named; what is observed comes with the names of the rule's memory.
pub(crate) fn solve(
    plan: &Plan<'_>,
    watch: &Watch,
    observe: &mut dyn FnMut(&dyn Seen, &[&str]) -> ControlFlow<()>,
) -> Result<Solved, Failure> {
    let name = plan.settings.rule.as_deref().unwrap_or("amsgrad");
    let mut names = Vec::new();
    for_each_rule!(R => {
        if R::NAME == name {
            return solve_with::<R>(plan, watch, &mut |seen| observe(seen, R::SLOTS));
        }
        names.push(R::NAME);
    });
    Err(Failure::input("--rule", format!("no rule '{name}'; allowed: {}", names.join(", "))))
}

/// The plan with the rule `R`, in the number type that is asked for.
fn solve_with<R: Rule + Default>(
    plan: &Plan<'_>,
    watch: &Watch,
    observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
) -> Result<Solved, Failure> {
    if plan.settings.f32 {
        Solver::<R, f32>::solve(plan, watch, observe)
    } else {
        Solver::<R, f64>::solve(plan, watch, observe)
    }
}

/// A record whatever its number type.
pub(crate) trait Seen {
    fn step(&self) -> u64;
    fn point(&self) -> Vec<f64>;
    fn value(&self) -> f64;
    fn gradient_norm(&self) -> f64;
    fn learning_rate(&self) -> Option<f64>;
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
    fn document(&self, slots: &[&str]) -> serde_json::Value {
        crate::json::record(self, slots)
    }
}

impl Ended {
    fn of<T: Real>(outcome: &Outcome<T>) -> Self {
        let (value, steps) = (outcome.best.value.to_f64(), outcome.counts.steps);
        let last_point = outcome.last.point.iter().map(|x| x.to_f64()).collect();
        let last_value = outcome.last.value.to_f64();
        Self {
            last_point,
            last_value,
            status: outcome.status.name(),
            failed: outcome.status.is_failure(),
            value,
            steps,
        }
    }

    fn of_batch<T: Real>(run: &BatchRun<'_, T>) -> Self {
        let (value, steps) = (run.best_value.to_f64(), run.steps);
        let last_point = run.last_point.iter().map(|x| x.to_f64()).collect();
        let last_value = run.last_value.to_f64();
        Self {
            last_point,
            last_value,
            status: run.end.name(),
            failed: run.end == End::NonFinite,
            value,
            steps,
        }
    }

    /// Whether the run came to what it looked for.
    pub(crate) fn arrived(&self) -> bool {
        [End::Converged.name(), End::TargetReached.name()].contains(&self.status)
    }

    /// Stopped before it began.
    fn not_run() -> Self {
        Self {
            last_point: Vec::new(),
            last_value: f64::NAN,
            status: Status::Stopped.name(),
            failed: false,
            value: f64::NAN,
            steps: 0,
        }
    }
}

impl Solved {
    /// Stopped before the run that would have been reported came so far: the best of the runs before it, and what
    /// repeats that.
    fn retreat<R: Rule, T: Real>(&mut self, led: &Led<R, T>, outcome: &Outcome<T>) {
        self.outcome = outcome.to_f64();
        self.outcome.status = Status::Stopped;
        (self.best, self.steps, self.rule_settings) = (led.start, led.steps, led.rule.settings());
        if let (Some(search), Some(learning_rate)) = (&mut self.search, &led.learning_rate) {
            search.learning_rate = learning_rate.clone();
        }
        if let Some(ended) = self.starts.get_mut(led.start) {
            *ended = Ended::of(&self.outcome);
        }
    }
}

struct Solver<'a, R, T> {
    plan: &'a Plan<'a>,
    watch: &'a Watch,
    rule: R,
    learning_rate: Option<Schedule>,
    stop: Stop,
    leader: Leader<R, T>,
}

impl<'a, R: Rule + Default, T: Real> Solver<'a, R, T> {
    fn solve(
        plan: &'a Plan<'a>,
        watch: &'a Watch,
        observe: &mut dyn FnMut(&dyn Seen) -> ControlFlow<()>,
    ) -> Result<Solved, Failure> {
        let refused = |error: Error| Failure::Input(error.to_string());
        let stop = plan.stop.clone();
        let (rule, leader) = (plan.rule()?, Leader::new());
        let mut solver = Self { plan, watch, rule, learning_rate: None, stop, leader };
        let search = match &plan.learning_rate {
            Some(schedule) => {
                solver.set_learning_rate(schedule)?;
                None
            }
            None => Some(solver.search()?),
        };
        let mut starts = solver.ends().map_err(refused)?;
        let best = solver.best(&starts);
        let outcome = solver
            .run(&plan.starts[best], &solver.stop, true, &mut |record| observe(record))
            .map_err(refused)?;
        if starts.is_empty() {
            starts.push(Ended::of(&outcome));
        }
        let (rule_settings, steps) = (solver.rule.settings(), solver.stop.steps);
        let cost = solver.cost(outcome.best.value.to_f64());
        let mut solved =
            Solved { rule: R::NAME, rule_settings, search, steps, starts, best, outcome: outcome.to_f64() };
        if matches!(solved.outcome.status, Status::Stopped)
            && let Some(led) = solver.leader.better_than(cost)
        {
            let outcome = solver.again(&led).map_err(refused)?;
            solved.retreat(&led, &outcome);
        }
        Ok(solved)
    }

    fn set_learning_rate(&mut self, schedule: &Schedule) -> Result<(), Failure> {
        let refused = |error| Failure::input("--learning-rate", error);
        self.rule.set("learning_rate", &schedule.to_string()).map_err(refused)?;
        self.learning_rate = Some(schedule.clone());
        self.rule.validate().map_err(|error| Failure::Input(error.to_string()))
    }

    /// All starts at once, unless there is only one: that is run once, under observation.
    fn ends(&self) -> Result<Vec<Ended>, Error> {
        if self.plan.starts.len() == 1 {
            return Ok(Vec::new());
        }
        let batch = self.minimizer(self.plan.target, &self.stop);
        // The library knows what a batch has; what it does not have runs a start at a time.
        match Starts::points(self.plan.domain.len(), Vec::new()) {
            Ok(none) if batch.run_batch::<T>(&none).is_ok() => self.ends_together(&batch),
            _ => self.ends_singly(),
        }
    }

    /// In packs, some at a time, between which Ctrl-C is looked for.
    fn ends_together(&self, batch: &Minimizer<&Target, R>) -> Result<Vec<Ended>, Error> {
        let end = |(chunk, starts): (usize, &[Vec<f64>])| {
            if self.watch.interrupted() {
                return Ok(vec![Ended::not_run(); starts.len()]);
            }
            let points = Starts::points(self.plan.domain.len(), starts.concat())?;
            let outcome = batch.run_batch::<T>(&points)?;
            let ended: Vec<Ended> = outcome.iter().map(|run| Ended::of_batch(&run)).collect();
            self.watch.batch_done(ended.len(), ended.iter().map(|ended| ended.steps).sum());
            let best = self.best(&ended);
            self.offer(TOGETHER * chunk + best, self.stop.steps, self.cost(ended[best].value), None);
            Ok(ended)
        };
        let chunks = self.plan.starts.par_chunks(TOGETHER).enumerate();
        Ok(chunks.map(end).collect::<Result<Vec<_>, Error>>()?.concat())
    }

    fn ends_singly(&self) -> Result<Vec<Ended>, Error> {
        let end = |(i, start): (usize, &Vec<f64>)| {
            let outcome = self.run(start, &self.stop, false, &mut |_| ControlFlow::Continue(()))?;
            self.watch.start_done();
            let ended = Ended::of(&outcome);
            self.offer(i, self.stop.steps, self.cost(ended.value), Some(outcome));
            Ok(ended)
        };
        self.plan.starts.par_iter().enumerate().map(end).collect()
    }

    /// Keeps a run in case nothing better is reached before Ctrl-C.
    fn offer(&self, start: usize, steps: u64, cost: f64, outcome: Option<Outcome<T>>) {
        let (rule, learning_rate) = (self.rule.clone(), self.learning_rate.clone());
        self.leader.offer(Led { cost, start, rule, learning_rate, steps, outcome });
    }

    /// The start with the best value, the first of equals.
    fn best(&self, starts: &[Ended]) -> usize {
        let key = |ended: &Ended| self.cost(ended.value);
        let better =
            |(i, a): &(usize, &Ended), (j, b): &(usize, &Ended)| key(a).total_cmp(&key(b)).then(i.cmp(j));
        starts.iter().enumerate().min_by(better).map_or(0, |(i, _)| i)
    }

    /// Less is better; infinite where there is no value.
    fn cost(&self, value: f64) -> f64 {
        let cost = if self.plan.settings.maximize { -value } else { value };
        if cost.is_nan() { f64::INFINITY } else { cost }
    }

    fn run(
        &self,
        start: &[f64],
        stop: &Stop,
        history: bool,
        observe: &mut dyn FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> Result<Outcome<T>, Error> {
        let mut minimizer = self.minimizer(self.plan.target.single::<T>(), stop).start(start).timed();
        if history {
            minimizer = minimizer.record_history();
        }
        let mut pulse = self.watch.pulse();
        minimizer.run_observed(|record: &Record<'_, T>| {
            pulse.beat()?;
            observe(record)
        })
    }

    /// A run as it was, all of it.
    fn again(&self, led: &Led<R, T>) -> Result<Outcome<T>, Error> {
        if let Some(outcome) = &led.outcome {
            return Ok(outcome.clone());
        }
        let mut stop = self.stop.clone();
        stop.steps = led.steps;
        let start = self.plan.starts.get(led.start).cloned().unwrap_or_default();
        let minimizer = self.minimizer(self.plan.target.single::<T>(), &stop).rule(led.rule.clone());
        minimizer.start(start).timed().record_history().run()
    }

    fn minimizer<F>(&self, objective: F, stop: &Stop) -> Minimizer<F, R> {
        let minimizer = Minimizer::new(objective)
            .rule(self.rule.clone())
            .within(self.plan.constraint.clone())
            .stop(stop.clone())
            .weight_decay(self.plan.weight_decay);
        if self.plan.settings.maximize { minimizer.maximize() } else { minimizer }
    }

    /// Finds a learning rate by trial runs from the first few starts, each candidate judged by the median of the last
    /// values; what the trials take is taken from the steps of each start.
    fn search(&mut self) -> Result<Search, Failure> {
        let steps = self.stop.steps / SEARCH_SHARE;
        let left = self.stop.steps - steps;
        let starts: Vec<&Vec<f64>> = self.plan.starts.iter().take(TRIAL_STARTS).collect();
        let budget = steps.saturating_mul(self.plan.starts.len() as u64) / starts.len() as u64;
        let candidates = self.candidates()?;
        let mut refused = None;
        let trials = halving(&candidates, budget, |candidate, steps| {
            let mut values = Vec::new();
            for (i, start) in starts.iter().enumerate() {
                let trial = self.set_learning_rate(&candidate.over(steps)).and_then(|()| {
                    let mut stop = self.stop.clone();
                    stop.steps = steps;
                    let run = self.run(start, &stop, false, &mut |_| ControlFlow::Continue(()));
                    run.map_err(|error| Failure::Input(error.to_string()))
                });
                match trial {
                    Ok(outcome) if !outcome.status.is_failure() => {
                        values.push(self.cost(outcome.last.value.to_f64()));
                        self.offer(i, steps, self.cost(outcome.best.value.to_f64()), Some(outcome));
                    }
                    Ok(_) => values.push(f64::INFINITY),
                    Err(error) => refused = refused.take().or(Some(error)),
                }
            }
            values.sort_by(f64::total_cmp);
            values.get((values.len().max(1) - 1) / 2).copied().unwrap_or(f64::NAN)
        });
        if let Some(error) = refused {
            return Err(error);
        }
        let chosen =
            trials.first().map(|trial| trial.candidate.over(left)).unwrap_or(Schedule::Constant(1e-3));
        self.set_learning_rate(&chosen)?;
        self.stop.steps = left;
        Ok(Search { candidates: candidates.len(), steps, learning_rate: chosen })
    }

    /// Rates whose first step is from the whole width of the domain to a ten-thousandth of it, each held and decaying.
    fn candidates(&mut self) -> Result<Vec<Candidate>, Failure> {
        let widths = self.plan.domain.iter().map(|(lower, upper)| upper - lower);
        let width = widths.sum::<f64>() / self.plan.domain.len().max(1) as f64;
        let unit = self.first_step()?;
        let rate = |share: f64| {
            let rate = width / unit * share;
            // Two digits: as good as all, and easy to type again.
            format!("{rate:.1e}").parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
        };
        let rates: Vec<f64> = SHARES.into_iter().filter_map(rate).collect();
        let each = |decaying| rates.iter().map(move |rate| Candidate { rate: *rate, decaying });
        Ok(each(true).chain(each(false)).collect())
    }

    /// How far the first step moves with a learning rate of 1: 1 for most rules, the gradient for some.
    fn first_step(&mut self) -> Result<f64, Failure> {
        self.set_learning_rate(&Schedule::Constant(1.0))?;
        let mut points = Vec::new();
        let objective = Minimizer::new(self.plan.target.single::<T>()).rule(self.rule.clone());
        let start = self.plan.starts.first().cloned().unwrap_or_default();
        let run = objective.start(Start::Point(start)).steps(1).run_observed(|record: &Record<'_, T>| {
            points.push(Seen::point(record));
            ControlFlow::Continue(())
        });
        run.map_err(|error: Error| Failure::Input(error.to_string()))?;
        let moved = match points.as_slice() {
            [a, b] => a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
            _ => 0.0,
        };
        Ok(if moved > 0.0 && moved.is_finite() { moved } else { 1.0 })
    }
}

/// A learning rate to try.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    rate: f64,
    decaying: bool,
}

impl Candidate {
    /// As a schedule for a run of so many steps.
    fn over(&self, steps: u64) -> Schedule {
        if self.decaying {
            Schedule::cosine(self.rate, 0.0, steps.max(1))
        } else {
            Schedule::Constant(self.rate)
        }
    }
}
