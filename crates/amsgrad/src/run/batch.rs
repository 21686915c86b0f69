//! Many starts of one problem at once.

use super::block::{Block, EvaluateBlock, Results, Summary, Task, UpdateBlock, block_size};
use super::{Starts, UpdateRule};
use crate::constraint::{Constraint, check_dimension};
use crate::decide::{Tests, comparable};
use crate::dispatch::Target;
use crate::error::Error;
use crate::error::setting::{SettingError, check_count};
use crate::history::History;
use crate::memory::{filled, reserve};
use crate::minimizer::Minimizer;
use crate::number::{Number, Real};
use crate::objective::{Objective, Vectorized, VectorizedObjective};
use crate::outcome::{Counts, Exit, Iterate, Outcome, Status};
use crate::state::{State, StateError};
use crate::stop::Stop;
use crate::update::Line;

/// How every run of a batch ended, and with what, in the order of the starts.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchOutcome<T> {
    dimension: usize,
    summaries: Vec<Summary<T>>,
    /// The best and the last point of every run, one after the other.
    points: Vec<T>,
    /// The number of the best run, and all of it.
    best: Option<(usize, Box<Outcome<T>>)>,
}

/// One run of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchRun<'a, T> {
    /// Why it ended.
    pub exit: Exit,
    /// Number of steps it made.
    pub steps: u64,
    /// The point with the best finite value; the start where there was none.
    pub best_point: &'a [T],
    /// The value there; NaN where there was none.
    pub best_value: T,
    /// The last point.
    pub last_point: &'a [T],
    /// The value there.
    pub last_value: T,
}

impl<T: Real> BatchOutcome<T> {
    /// Returns the number of runs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.summaries.len()
    }

    /// Returns whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.summaries.is_empty()
    }

    /// Returns the run from the start at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<BatchRun<'_, T>> {
        let summary = self.summaries.get(index)?;
        let width = 2 * self.dimension;
        Some(BatchRun::new(summary, self.points.get(index * width..(index + 1) * width)?))
    }

    /// Returns all runs.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = BatchRun<'_, T>> {
        let points = self.points.chunks_exact(2 * self.dimension);
        self.summaries.iter().zip(points).map(|(summary, points)| BatchRun::new(summary, points))
    }

    /// Returns the outcome of the run with the best value in full, as the single run from its start has it; `None` where no
    /// run has a finite value. After an interrupt it has the points and values alone: no state to resume from, the
    /// status [`Status::Stopped`] whatever the run's [`exit`](BatchRun::exit), and the last step for that of the best.
    #[must_use]
    pub fn best(&self) -> Option<&Outcome<T>> {
        self.best.as_ref().map(|(_, outcome)| &**outcome)
    }

    /// Returns the number of the run with the best value, the first of equals.
    #[must_use]
    pub fn best_index(&self) -> Option<usize> {
        self.best.as_ref().map(|(index, _)| *index)
    }

    /// Reserves room for `count` runs, or returns `None` where it cannot be had.
    fn new(count: usize, dimension: usize) -> Option<Self> {
        let coordinates = count.checked_mul(dimension)?.checked_mul(2)?;
        let (summaries, points) = (reserve(count)?, reserve(coordinates)?);
        // Filled only when there is room for all.
        let summaries = filled(summaries, count, Summary::none());
        let points = filled(points, coordinates, T::default());
        Some(Self { dimension, summaries, points, best: None })
    }

    fn find_best(&self, sign: T) -> Option<usize> {
        let values = self.summaries.iter().map(|summary| comparable(sign, summary.best_value)).enumerate();
        let better = |best: Option<(usize, T)>, (i, value)| match best {
            Some((_, least)) if least <= value => best,
            _ if value < T::INFINITY => Some((i, value)),
            _ => best,
        };
        values.fold(None, better).map(|(i, _)| i)
    }
}

impl<'a, T: Real> BatchRun<'a, T> {
    fn new(summary: &Summary<T>, points: &'a [T]) -> Self {
        let Summary { exit, steps, best_value, last_value } = *summary;
        let (best_point, last_point) = points.split_at(points.len() / 2);
        Self { exit, steps, best_point, best_value, last_point, last_value }
    }

    /// The same as an outcome, which lacks what a batch does not keep.
    fn outcome(&self) -> Outcome<T> {
        let evaluations = self.steps + 1;
        let counts =
            Counts { steps: self.steps, values: evaluations, gradients: evaluations, ..Counts::default() };
        Outcome {
            status: Status::Stopped,
            best: Iterate { step: self.steps, point: self.best_point.to_vec(), value: self.best_value },
            last: Iterate { step: self.steps, point: self.last_point.to_vec(), value: self.last_value },
            counts,
            #[cfg(feature = "clock")]
            elapsed: None,
            history: History::default(),
            search: None,
            gradient_check: None,
            state: State::empty("", &[]),
        }
    }
}

impl<P: VectorizedObjective, R: UpdateRule> Minimizer<Vectorized<P>, R> {
    /// Runs from every start, one in each element of the processor's vectors, on all its cores.
    ///
    /// Every run is, bit for bit, the one that [`run`](Minimizer::run) makes from its start. A run that ends early leaves
    /// its place to another; what is computed at a point that is not finite is discarded. Batches have the limit of steps, the
    /// gradient tolerance, the target, a box, weight decay and maximizing; other stops, constraints and recording are refused.
    ///
    /// ```
    /// use amsgrad::{AmsGrad, Bounds, Elementary, Exit, Minimizer, Starts, VectorizedObjective};
    ///
    /// /// Two valleys, at -1 and 1.
    /// struct Valleys;
    ///
    /// impl VectorizedObjective for Valleys {
    ///     fn dimension(&self) -> usize {
    ///         1
    ///     }
    ///     fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    ///         let (x, one) = (point[0], N::constant(1.0));
    ///         gradient[0] = N::constant(4.0) * x * (x * x - one);
    ///         (x * x - one) * (x * x - one)
    ///     }
    /// }
    ///
    /// let outcome = Minimizer::new(Valleys)
    ///     .rule(AmsGrad::new(0.05))
    ///     .within(Bounds::cube(1, -2.0, 2.0)?)
    ///     .steps(1000)
    ///     .gradient_tolerance(1e-6)
    ///     .run_batch::<f64>(&Starts::random(1000, 1))?;
    /// let right = outcome.iter().filter(|run| run.exit == Exit::Converged && run.best_point[0] > 0.0).count();
    /// assert!((450..550).contains(&right));
    /// assert!(outcome.best().is_some_and(|best| best.best.value < 1e-12));
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// Settings that do not fit or that batches do not have, no room for the results.
    pub fn run_batch<T: Real>(&self, starts: &Starts) -> Result<BatchOutcome<T>, Error> {
        self.check_batch()?;
        let mut lent = self.lend(Vectorized::new(self.objective().get()));
        if self.is_automatic() {
            lent = lent.with_rate_for::<T>(starts)?;
        }
        let rule = lent.checked_rule::<T>()?;
        let block = || rule.block::<T>();
        let mut outcome =
            run_blocks::<Line<T>>(&lent, starts, self.objective().get(), &block, Target::best())?;
        self.complete(&mut outcome, starts, |start| lent.start(start).run::<T>())?;
        Ok(outcome)
    }
}

impl<F, R: UpdateRule> Minimizer<F, R> {
    /// Runs from every start, one run after the other on each core; for closures and every objective that can be cloned.
    ///
    /// ```
    /// use amsgrad::{Bounds, Minimizer, Starts};
    ///
    /// let valleys = |x: &[f64], gradient: &mut [f64]| {
    ///     let square = x[0] * x[0] - 1.0;
    ///     gradient[0] = 4.0 * x[0] * square;
    ///     square * square
    /// };
    /// let outcome = Minimizer::new(valleys)
    ///     .bounds([(-2.0, 2.0)])
    ///     .learning_rate(0.05)
    ///     .gradient_tolerance(1e-6)
    ///     .run_starts(&Starts::random(100, 1))?;
    /// let best = outcome.best().unwrap();
    /// assert!(best.status.is_converged() && best.best.value < 1e-12);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// Settings that do not fit, no room for the results.
    pub fn run_starts<T: Real>(&self, starts: &Starts) -> Result<BatchOutcome<T>, Error>
    where
        F: Objective<T> + Clone + Send + Sync,
    {
        self.check_plain()?;
        if self.is_automatic() {
            return self.clone().with_rate_for::<T>(starts)?.run_starts(starts);
        }
        let sides = starts.sides(self.checked_constraint()?)?;
        let dimension = starts.dimension().unwrap_or(sides.len());
        check_batch_dimension(dimension)?;
        let count = starts.count();
        let mut outcome =
            BatchOutcome::new(count, dimension).ok_or(StateError::TooLarge { dimension: count })?;
        let width = 2 * dimension;
        let run = |(i, (summary, points)): (usize, (&mut Summary<T>, &mut [T]))| {
            let start = starts.coordinates::<f64>(i..i + 1, sides, 1);
            let finite = start.iter().all(|x| x.is_finite());
            if !finite {
                let start: Vec<T> = start.iter().map(|x| T::from_f64(*x)).collect();
                points.iter_mut().zip(start.iter().cycle()).for_each(|(to, from)| *to = *from);
                summary.exit = Exit::NonFinite;
                return Ok(());
            }
            let run = self.clone().start(start).run::<T>()?;
            let (best, last) = points.split_at_mut(dimension);
            best.copy_from_slice(&run.best.point);
            last.copy_from_slice(&run.last.point);
            *summary = Summary {
                exit: run.status.exit(),
                steps: run.counts.steps,
                best_value: run.best.value,
                last_value: run.last.value,
            };
            Ok(())
        };
        let (summaries, points) = (&mut outcome.summaries, &mut outcome.points);
        #[cfg(feature = "threads")]
        let ran: Result<(), Error> = {
            use rayon::prelude::*;
            summaries.par_iter_mut().zip(points.par_chunks_mut(width)).enumerate().try_for_each(run)
        };
        #[cfg(not(feature = "threads"))]
        let ran: Result<(), Error> =
            summaries.iter_mut().zip(points.chunks_mut(width)).enumerate().try_for_each(run);
        ran?;
        self.complete(&mut outcome, starts, |start| self.clone().start(start).run::<T>())?;
        Ok(outcome)
    }

    /// Makes the best run once more, to have all of it.
    fn complete<T: Real>(
        &self,
        outcome: &mut BatchOutcome<T>,
        starts: &Starts,
        run: impl FnOnce(Vec<f64>) -> Result<Outcome<T>, Error>,
    ) -> Result<(), Error> {
        let sign = T::from_f64(self.sign());
        let Some(best) = outcome.find_best(sign) else { return Ok(()) };
        let mut full = None;
        if !self.is_interrupted() {
            let start =
                starts.coordinates::<f64>(best..best + 1, starts.sides(self.checked_constraint()?)?, 1);
            full = Some(run(start)?);
        }
        // An interrupt that came meanwhile has cut it short.
        if self.is_interrupted() {
            full = outcome.get(best).map(|run| run.outcome());
        }
        outcome.best = full.map(|full| (best, Box::new(full)));
        Ok(())
    }
}

/// Refuses starts without a coordinate.
fn check_batch_dimension(dimension: usize) -> Result<(), SettingError> {
    check_count("the objective's dimension", dimension as u64)
}

/// Runs all starts in blocks, in packs of a width and with instructions of the caller's choice.
fn run_blocks<N: Number>(
    minimizer: &Minimizer<impl Sized, impl UpdateRule>,
    starts: &Starts,
    objective: &(impl VectorizedObjective + EvaluateBlock<N>),
    block: &(dyn Fn() -> Box<dyn UpdateBlock<N>> + Sync),
    target: Target,
) -> Result<BatchOutcome<N::Real>, Error> {
    minimizer.check_batch()?;
    let constraint = minimizer.checked_constraint()?;
    let dimension = objective.dimension();
    check_dimension("each start", starts.dimension().unwrap_or(dimension), Some(dimension))?;
    check_dimension("the objective", dimension, constraint.dimension())?;
    check_batch_dimension(dimension)?;
    let sides = starts.sides(constraint)?;
    let region = constraint.region::<N::Real>()?;
    let (sign, stop) = (minimizer.sign(), minimizer.stops());
    let tested = stop.gradient.is_some() || stop.target.is_some();
    let task = Task::<N> {
        objective,
        dimension,
        transform: minimizer.transform(),
        sides: region.sides(),
        sign: N::Real::from_f64(sign),
        tests: tested.then(|| Tests::new(stop.gradient, stop.target.map(|target| sign * target))),
        steps: stop.step_limit(),
        interrupt: minimizer.interrupt_flag(),
        target,
    };
    let count = starts.count();
    let mut outcome = BatchOutcome::new(count, dimension).ok_or(StateError::TooLarge { dimension: count })?;
    let size = block_size::<N>(dimension, block().slots());
    let width = 2 * dimension;
    let run = |(i, (summaries, points)): (usize, (&mut [_], &mut [_]))| {
        let some = i * size..i * size + summaries.len();
        let (count, starts) = (some.len(), starts.coordinates(some, sides, N::WIDTH));
        Block::new(&task, block(), &starts, count).run(Results { summaries, points });
    };
    let (summaries, points) = (&mut outcome.summaries, &mut outcome.points);
    #[cfg(feature = "threads")]
    {
        use rayon::prelude::*;
        let points = points.par_chunks_mut(size * width);
        summaries.par_chunks_mut(size).zip(points).enumerate().for_each(run);
    }
    #[cfg(not(feature = "threads"))]
    summaries.chunks_mut(size).zip(points.chunks_mut(size * width)).enumerate().for_each(run);
    Ok(outcome)
}

impl<F, R> Minimizer<F, R> {
    /// Refuses what a batch does not have.
    fn check_batch(&self) -> Result<(), Error> {
        let stop = self.stops();
        let there =
            Stop { gradient: stop.gradient, target: stop.target, steps: stop.steps, ..Stop::default() };
        let refused =
            |field: &'static str, allowed: &'static str| Err(SettingError::new(field, "set", allowed).into());
        if *stop != there {
            return refused("stop", "steps, gradient and target in a batch");
        }
        if !matches!(self.checked_constraint()?, Constraint::None | Constraint::Box(_)) {
            return refused("the constraint", "none or a box in a batch");
        }
        Ok(self.check_plain()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::Target;
    use crate::number::{Elementary, Pack};
    use crate::outcome::{Outcome, Status, Test};
    use crate::rule::Rule;
    use crate::run::block::Updater;
    use crate::{Adam, AmsGrad, Bounds, Dialect, GradientDescent, Schedule, WeightDecay};
    use proptest::prelude::*;

    /// Not finite everywhere, flat somewhere, steep elsewhere.
    #[derive(Clone)]
    struct Hostile(usize);

    impl VectorizedObjective for Hostile {
        fn dimension(&self) -> usize {
            self.0
        }

        fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
            scratch.clear();
            scratch.extend(point.iter().map(|x| *x * *x - N::constant(1.0)));
            let mut value = N::constant(0.0);
            for ((x, slope), square) in point.iter().zip(gradient).zip(scratch) {
                // The root is NaN below -3, the gradient infinite at -3.
                let root = (*x + N::constant(3.0)).sqrt();
                value = value + *square * *square + root;
                *slope = N::constant(4.0) * *x * *square + N::constant(0.5) / root;
            }
            value
        }
    }

    /// A bowl of which either the value or the slope breaks, each in a region of its own, and which does not mind where
    /// a point is not finite.
    struct Cracked;

    impl VectorizedObjective for Cracked {
        fn dimension(&self) -> usize {
            2
        }

        fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
            let inside = |x: &N| x.abs().if_at_most(N::constant(1e3), *x, N::constant(1.0));
            let (x, y) = (inside(&point[0]), inside(&point[1]));
            let broken = |z: N, by: f64, or: N| z.if_less(N::constant(-2.0), N::constant(by), or);
            gradient[0] = broken(y, f64::NAN, x);
            gradient[1] = broken(x + y, f64::INFINITY, y);
            broken(x, f64::NEG_INFINITY, broken(x - y, f64::NAN, x * x + y * y))
        }
    }

    #[test]
    fn whatever_is_not_finite_ends_a_run() {
        let ends = |x: f64, y: f64| {
            let starts = Starts::points(2, vec![x, y]).unwrap();
            let outcome = Minimizer::new(Cracked).steps(3).run_batch::<f64>(&starts).unwrap();
            outcome.get(0).map(|run| (run.exit, run.steps))
        };
        assert_eq!(ends(0.5, 0.5), Some((Exit::StepLimit, 3)));
        let cracks =
            [(-2.5, 1.0), (0.5, -2.5), (-1.9, -1.9), (-1.0, 1.5), (f64::NAN, 0.5), (0.5, f64::INFINITY)];
        for (x, y) in cracks {
            assert_eq!(ends(x, y), Some((Exit::NonFinite, 0)), "{x}, {y}");
        }
    }

    /// The exit of a single run, which must be one a batch has.
    fn exit<T>(outcome: &Outcome<T>) -> Exit {
        let converged = matches!(outcome.status, Status::Converged { test: Test::Gradient, .. });
        let exit = outcome.status.exit();
        assert!(
            converged || [Exit::StepLimit, Exit::TargetReached, Exit::NonFinite].contains(&exit),
            "{exit:?}"
        );
        exit
    }

    fn bits<T: Real>(numbers: &[T]) -> Vec<Option<u64>> {
        numbers.iter().map(|x| (x.partial_cmp(x).is_some()).then(|| x.to_f64().to_bits())).collect()
    }

    type Job<R> = Minimizer<Vectorized<Hostile>, R>;

    /// Every run of the batch beside the single run from its start.
    fn check<N: Elementary, R: Rule>(minimizer: &Job<R>, points: &[f64], target: Target) {
        let objective = minimizer.objective().get();
        let dimension = objective.dimension();
        let starts = Starts::points(dimension, points.to_vec()).unwrap();
        let rule = minimizer.checked_rule::<N::Real>().unwrap();
        let block = || Box::new(Updater::<R, N>::new(rule.clone())) as Box<dyn UpdateBlock<N>>;
        let batch = run_blocks::<N>(minimizer, &starts, objective, &block, target).unwrap();
        assert_eq!(batch.len(), points.len() / dimension);
        for (run, start) in batch.iter().zip(points.chunks_exact(dimension)) {
            let Ok(single) = minimizer.clone().start(start).run::<N::Real>() else {
                assert_eq!((run.exit, run.steps), (Exit::NonFinite, 0), "a start that is not finite");
                continue;
            };
            let at = format!("{target:?}, width {}, start {start:?}", N::WIDTH);
            assert_eq!((run.exit, run.steps), (exit(&single), single.counts.steps), "{at}");
            assert_eq!(bits(run.last_point), bits(&single.last.point), "{at}");
            assert_eq!(bits(run.best_point), bits(&single.best.point), "{at}");
            assert_eq!(bits(&[run.last_value]), bits(&[single.last.value]), "{at}");
            assert_eq!(bits(&[run.best_value]), bits(&[single.best.value]), "{at}");
        }
    }

    /// In packs on every instruction set, in both types, and one at a time.
    fn check_widths<R: Rule>(minimizer: &Job<R>, points: &[f64]) {
        for target in Target::available() {
            check::<Pack<f64, 16>, R>(minimizer, points, target);
            check::<Pack<f32, 16>, R>(minimizer, points, target);
        }
        check::<f64, R>(minimizer, points, Target::best());
        check::<Pack<f64, 5>, R>(minimizer, points, Target::best());
    }

    /// Starts in all the regions of the objective, and some that are no points.
    fn points(count: usize) -> Vec<f64> {
        let special = [0.0, -0.0, 1.0, -3.0, f64::NAN, f64::INFINITY, 1e-310, 3e5, 1e300, -2.9999999];
        (0..count)
            .map(|i| if i % 5 == 3 { special[i / 5 % 10] } else { (i % 83) as f64 / 15.0 - 3.1 })
            .collect()
    }

    #[test]
    fn every_run_is_the_single_run_on_every_instruction_set_and_in_every_width() {
        for (dimension, count) in [(1, 67), (2, 40), (9, 18)] {
            let points = points(dimension * count);
            let plain = Minimizer::new(Hostile(dimension)).rule(AmsGrad::tutorial()).steps(40);
            check_widths(&plain, &points);
            let ending =
                plain.clone().rule(AmsGrad::new(0.1).dialect(Dialect::Optax)).gradient_tolerance(0.5);
            let ending = ending.target(0.9 * dimension as f64).steps(60);
            check_widths(&ending, &points);
            let boxed = ending.within(Bounds::cube(dimension, -2.5, 0.9).unwrap());
            check_widths(&boxed, &points);
        }
    }

    #[test]
    fn other_rules_weight_decay_and_maximising_too() {
        let points = points(74);
        let problem = || Minimizer::new(Hostile(2)).steps(30);
        check::<Pack<f64, 16>, _>(
            &problem().rule(Adam::new(0.1)).maximize().target(40.0),
            &points,
            Target::best(),
        );
        let decayed =
            problem().rule(Adam::new(Schedule::inverse_sqrt(0.1))).weight_decay(WeightDecay::L2(0.1));
        check::<Pack<f32, 16>, _>(&decayed, &points, Target::best());
        let descent = problem().rule(GradientDescent::new(0.01)).weight_decay(WeightDecay::Decoupled(0.5));
        check::<Pack<f64, 16>, _>(&descent, &points, Target::best());
    }

    #[test]
    fn every_rule_runs_in_batches_as_it_runs_alone() {
        let points = points(74);
        crate::rule::for_each_rule!(R => {
            let minimizer = Minimizer::new(Hostile(2)).rule(R::default()).steps(20);
            check::<Pack<f64, 16>, R>(&minimizer, &points, Target::best());
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_starts(
            dimension in 1..4_usize,
            mut points in prop::collection::vec(prop_oneof![-5.0..5.0_f64, any::<f64>()], 3..200),
            steps in 0..50_u64,
            tolerance in prop::option::of(0.0..3.0),
            target in prop::option::of(0.0..9.0),
        ) {
            points.truncate(points.len() / dimension * dimension);
            let stop = Stop { steps: Some(steps), gradient: tolerance, target, ..Stop::default() };
            let minimizer = Minimizer::new(Hostile(dimension)).rule(AmsGrad::new(0.3)).stop(stop);
            check::<Pack<f64, 16>, _>(&minimizer, &points, Target::best());
            check::<Pack<f32, 16>, _>(&minimizer, &points, Target::best());
        }
    }

    #[test]
    fn more_blocks_than_one_whatever_the_number_of_threads() {
        let minimizer = Minimizer::new(Hostile(3)).within(Bounds::cube(3, -2.0, 2.0).unwrap()).steps(5);
        let whole = minimizer.run_batch::<f32>(&Starts::random(5000, 3)).unwrap();
        let first = minimizer.run_batch::<f32>(&Starts::random(17, 3)).unwrap();
        assert!(whole.iter().zip(first.iter()).all(|(whole, first)| whole == first));
        #[cfg(feature = "threads")]
        for threads in 1..=8 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(pool.install(|| minimizer.run_batch::<f32>(&Starts::random(5000, 3))).unwrap(), whole);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let problem = || Minimizer::new(Hostile(2));
        let starts = Starts::points(2, vec![0.5; 8]).unwrap();
        let refused = |minimizer: &Minimizer<Vectorized<Hostile>>, starts: &Starts| {
            minimizer.run_batch::<f64>(starts).unwrap_err().to_string()
        };
        assert!(Starts::points(3, vec![0.5; 8]).is_err() && Starts::points(0, Vec::new()).is_err());
        assert!(refused(&problem(), &Starts::points(4, vec![0.5; 8]).unwrap()).contains("4 coordinates"));
        assert!(refused(&problem(), &Starts::random(3, 1)).contains("no start"));
        assert!(refused(&problem().record_history(), &starts).contains("recording"));
        assert!(refused(&problem().start([1.0, 2.0]), &starts).contains("start"));
        let check = crate::GradientCheck::default();
        assert!(refused(&problem().check_gradient(check), &starts).contains("check_gradient"));
        assert!(
            refused(&Minimizer::new(Hostile(0)), &Starts::random(3, 1).over(Bounds::new([]).unwrap()))
                .contains("dimension")
        );
        let open = Bounds::new([(0.0, f64::INFINITY), (0.0, 1.0)]).unwrap();
        assert!(refused(&problem().within(open), &Starts::random(3, 1)).contains("finite bounds"));
        let patient = Stop { evaluations: Some(3), ..Stop::default() };
        assert!(refused(&problem().stop(patient), &starts).contains("stop"));
        let square = Bounds::cube(2, 0.0, 1.0).unwrap();
        assert!(refused(&problem().within(square), &Starts::random(usize::MAX / 16, 1)).contains("memory"));
        assert!(problem().run_batch::<f64>(&Starts::points(2, Vec::new()).unwrap()).unwrap().is_empty());
    }
}
