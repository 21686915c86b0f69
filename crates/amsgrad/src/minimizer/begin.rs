//! From settings to a run: everything is checked, the start is made, a learning rate is found if it is left to the run.

use super::compiled::{Try, compiled};
use super::{LearningRate, Minimizer};
use crate::checkpoint::{Checkpoint, Course, Moment};
use crate::constraint::check_dimension;
use crate::decide::comparable;
use crate::error::Error;
use crate::error::setting::SettingError;
use crate::history::History;
use crate::number::{Real, to_f64};
use crate::objective::Objective;
use crate::outcome::{Iterate, Outcome, Search, Status};
use crate::run::{Observe, Recorder, Saver, Setup, Starts, UpdateRule};
use crate::tune::automatic::{TRIAL_STARTS, Trials};

/// What a search for a learning rate found, and the best point on the way.
type Found<T> = Option<(Search, Option<Iterate<T>>)>;

impl<F, R> Minimizer<F, R> {
    /// Runs to the end while `observer` looks on.
    pub(super) fn run_as<T: Real>(mut self, observer: impl Observe<T>) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        if self.settings.history {
            let mut history = History::default();
            let outcome = self.run_unrecorded(None, Recorder { history: &mut history, then: observer })?;
            return Ok(Outcome { history, ..outcome });
        }
        self.run_unrecorded(None, observer)
    }

    /// Runs to the end, from a checkpoint if there is one, and offers others to `save`.
    pub(super) fn run_from<T: Real>(
        mut self,
        from: Option<&Checkpoint<T>>,
        save: impl FnMut(&Moment<'_, T>),
        then: impl Observe<T>,
    ) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        let in_stretches = self.goes_in_stretches();
        if !in_stretches && self.is_automatic() {
            let allowed =
                "a number or a schedule, where a run that is saved resumes another or looks at mini-batches";
            return Err(SettingError::new("learning_rate", "automatic", allowed).into());
        }
        let kept = from.and_then(|from| from.history.clone());
        let mut history = self.settings.history.then(|| kept.unwrap_or_default());
        let saver = Saver { save, then, history: history.as_mut(), pending: Vec::new(), in_stretches };
        let outcome = self.run_unrecorded(from.map(|from| &from.course), saver)?;
        Ok(Outcome { history: history.unwrap_or_default(), ..outcome })
    }

    /// Whether the run makes trials and legs of itself.
    fn goes_in_stretches<T: Real>(&self) -> bool
    where
        F: Objective<T>,
    {
        let fresh = self.settings.resumed.as_ref().is_none_or(|state| state.step == 0);
        self.is_automatic() && fresh && self.objective.examples().all == 0
    }

    fn run_unrecorded<T: Real>(
        &mut self,
        from: Option<&Course<T>>,
        mut observer: impl Observe<T>,
    ) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        if self.goes_in_stretches() {
            let trail = match from {
                None => None,
                Some(Course::Stretches(trail)) => Some(&**trail),
                Some(Course::Loop(_)) => return Err(other_course("automatic", "a schedule")),
            };
            let rule = self.checked_rule::<T>()?.erased();
            let run = compiled().run_in_stretches;
            return run(&mut self.settings, &mut self.objective, rule, trail, &mut observer);
        }
        let (rule, mut setup, found) = self.begin()?;
        match from {
            None => {}
            Some(Course::Stretches(_)) => return Err(other_course("a schedule", "automatic")),
            Some(Course::Loop(position)) => {
                check_dimension("the checkpoint", position.point.len(), Some(setup.x.len()))?;
                setup.x.clone_from(&position.point);
                setup.resumed = Some(position.state.clone());
                setup.position = Some(position.clone());
                self.objective.begin(setup.examples_before());
            }
        }
        let mut outcome = rule.run(setup, &mut self.objective, observer)?;
        if let Some((search, tried)) = found {
            outcome.search = Some(search);
            let cost =
                |iterate: &Iterate<T>| comparable(T::from_f64(self.settings.transform.sign()), iterate.value);
            // Interrupted, the run may not have come as far as a trial.
            let stopped = outcome.status == Status::Stopped;
            if let Some(tried) = tried.filter(|tried| stopped && cost(tried) < cost(&outcome.best)) {
                outcome.best = tried;
            }
        }
        Ok(outcome)
    }

    /// Prepares the run, and finds a schedule for it where that is left to it.
    pub(super) fn begin<T: Real>(&mut self) -> Result<(R, Setup<T>, Found<T>), Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        let rule = self.checked_rule::<T>()?;
        let (mut setup, constraint) = (compiled().prepare)(&mut self.settings, &mut self.objective)?;
        if !self.is_automatic() {
            self.objective.begin(setup.examples_before());
            return Ok((rule, setup, None));
        }
        let (starts, erased) = (vec![setup.x.clone()], rule.erased());
        let objective = &mut self.objective;
        let trials = Trials { objective, rule: erased, setup: &setup, starts, count: 1, best: None };
        let (search, best) = (compiled().search)(trials, &constraint.domain(&to_f64(&setup.x)))?;
        let rule = rule.checked(Some(&search.learning_rate))?;
        setup.stop = setup.stop.after(search.steps);
        self.objective.begin(setup.examples_before());
        Ok((rule, setup, Some((search, best))))
    }

    /// Finds a learning rate for runs from these starts by short trial runs from the first few, as
    /// [`LearningRate::Automatic`] does for one start.
    ///
    /// # Errors
    /// As for [`run`](Minimizer::run).
    pub fn find_learning_rate<T: Real>(&self, starts: &Starts) -> Result<Search, Error>
    where
        F: Objective<T> + Clone,
        R: UpdateRule,
    {
        let (search, _) = self.tried::<T, _>(starts, compiled().search)?;
        Ok(search)
    }

    /// Returns the learning rate at which the first step from the first start is as long as the domain is wide: the scale of
    /// rates to try, whatever the rule and the units.
    ///
    /// ```
    /// use amsgrad::{GradientDescent, Minimizer, Starts};
    ///
    /// let run = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = 2.0 * x[0];
    ///     x[0] * x[0]
    /// })
    /// .rule(GradientDescent::default())
    /// .bounds([(-3.0, 3.0)]);
    /// let rate = run.learning_rate_across::<f64>(&Starts::points(1, vec![1.5])?)?;
    /// assert!((rate - 2.0).abs() < 1e-12); // 6 wide, a gradient of 3
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`run`](Minimizer::run).
    pub fn learning_rate_across<T: Real>(&self, starts: &Starts) -> Result<f64, Error>
    where
        F: Objective<T> + Clone,
        R: UpdateRule,
    {
        self.tried::<T, _>(starts, compiled().across)
    }

    /// Makes trial runs from the first few of these starts.
    fn tried<T: Real, A>(&self, starts: &Starts, work: Try<T, A>) -> Result<A, Error>
    where
        F: Objective<T> + Clone,
        R: UpdateRule,
    {
        let constraint = self.settings.constraint.clone()?;
        let points = starts.first::<f64>(TRIAL_STARTS, &constraint)?;
        let first = points.first().ok_or(Error::NoStart)?;
        let mut one = self.clone().start(first.as_slice());
        one.settings.learning_rate = None;
        one.settings.ruled = true;
        let (rule, setup, _) = one.begin::<T>()?;
        let (rule, objective, count) = (rule.erased(), &mut one.objective, starts.count());
        let inside = |point: &Vec<f64>| (compiled().inside)(&constraint, point);
        let starts = points.iter().map(inside).collect::<Result<_, _>>()?;
        let trials = Trials { objective, rule, setup: &setup, starts, count, best: None };
        work(trials, &constraint.domain(first))
    }

    /// Returns the rule as it will run, once all that the constraint and the start do not decide is checked.
    pub(super) fn checked_rule<T: Real>(&self) -> Result<R, SettingError>
    where
        R: UpdateRule,
    {
        self.settings.transform.validate::<T>()?;
        self.settings.stop.validate()?;
        let schedule = match &self.settings.learning_rate {
            Some(LearningRate::Schedule(schedule)) => Some(schedule),
            _ => None,
        };
        self.rule.checked(schedule)
    }

    pub(super) fn is_automatic(&self) -> bool {
        self.settings
            .learning_rate
            .as_ref()
            .map_or(!self.settings.ruled, |rate| *rate == LearningRate::Automatic)
    }
}

/// The checkpoint is of a run whose learning rate comes from elsewhere.
fn other_course(value: &str, kept: &str) -> Error {
    SettingError::new("learning_rate", value, format!("{kept}, as in the run of the checkpoint")).into()
}
