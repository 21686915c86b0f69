//! Many starts of one problem: a start in each lane, several packs in flight.

use super::lanes::{self, ANY, GOES_ON, Lanes};
use super::machine::Kernel;
use crate::constraint::Sides;
use crate::decay::Preparation;
use crate::minimizer::batch::Summary;
use crate::number::{Elementary, Real};
use crate::objective::VectorizedObjective;
use crate::rule::{Clock, Rule, rounded};

/// What all starts have in common.
pub(crate) struct Problem<'a, P, R, T> {
    pub(crate) objective: &'a P,
    pub(crate) rule: &'a R,
    pub(crate) preparation: &'a Preparation,
    pub(crate) sides: Option<&'a Sides<T>>,
    /// 1 to minimise, -1 to maximise.
    pub(crate) sign: T,
    pub(crate) steps: u64,
    /// The largest gradient component that counts as converged.
    pub(crate) gradient: Option<T>,
    /// The value, times `sign`, that is good enough.
    pub(crate) target: Option<T>,
}

/// Where the results of some starts go.
pub(crate) struct Results<'a, T> {
    pub(crate) summaries: &'a mut [Summary<T>],
    /// The best and the last point of each.
    pub(crate) points: &'a mut [T],
}

/// Starts that run together, step by step, in the lanes of packs that stay in the fastest cache. While one pack waits for
/// its roots and quotients the processor is already at the next: nothing depends on one another.
pub(crate) struct Block<'a, P, R, L: Elementary> {
    pub(crate) problem: &'a Problem<'a, P, R, L::Real>,
    /// Their coordinates, with copies of the last start to fill the last pack.
    pub(crate) starts: &'a [L::Real],
    pub(crate) results: Results<'a, L::Real>,
}

/// How many starts make a block: as many as fit 24 KiB, most of the fastest cache, in whole packs, and at most 64 packs.
pub(crate) fn block_size<L: Elementary, R: Rule>(dimension: usize) -> usize {
    // Point, gradient, best point, memory; value, best value, why it ends.
    let pack = (dimension * (3 + R::SLOTS.len()) + 3) * size_of::<L>();
    L::WIDTH * (24 * 1024 / pack.max(1)).clamp(1, 64)
}

impl<P: VectorizedObjective, R: Rule, L: Elementary> Kernel for Block<'_, P, R, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // Known where this is compiled, the dimension unrolls the loops over coordinates.
        match self.problem.objective.dimension() {
            2 => self.run_in::<2>(),
            _ => self.run_in::<ANY>(),
        }
    }
}

impl<P: VectorizedObjective, R: Rule, L: Elementary> Block<'_, P, R, L> {
    /// Step by step, and in each step one thing after the other for all packs: of short loops the processor has several
    /// turns in flight.
    #[inline(always)]
    fn run_in<const N: usize>(mut self) {
        let problem = self.problem;
        let count = self.results.summaries.len();
        let mut lanes = Lanes::<R, L, N>::new(problem.objective.dimension(), self.starts, count);
        lanes.clip(problem.sides);
        let mut scratch = Vec::new();
        let mut clock = Clock::default();
        for step in 0..=problem.steps {
            clock.advance();
            let coefficients = rounded::<R, L>(problem.rule.coefficients(&mut clock));
            let prepare = problem.preparation.now(|| clock.value(problem.rule.learning_rate()));
            lanes.evaluate(problem.objective, &mut scratch);
            if let Some(prepare) = &prepare {
                lanes.check_slopes(prepare);
            }
            if problem.gradient.is_some() || problem.target.is_some() {
                lanes.look(problem);
            }
            let ends = lanes.judge(problem.sign);
            if ends || step == problem.steps {
                self.record(&lanes, step);
                if step == problem.steps || !lanes.any_left() {
                    break;
                }
            }
            lanes.step(coefficients, prepare);
            lanes.clip(problem.sides);
        }
    }

    /// Writes down how the runs went that end at this step, all if it is the last.
    #[inline(always)]
    fn record<const N: usize>(&mut self, lanes: &Lanes<R, L, N>, step: u64) {
        let (nan, infinity) = (L::Real::from_f64(f64::NAN), L::Real::INFINITY);
        for (starts, ended) in lanes.starts.chunks(L::WIDTH).zip(lanes.packs()) {
            for (lane, start) in starts.iter().enumerate() {
                let why = ended.why.element(lane).to_f64();
                if why == GOES_ON && step < self.problem.steps {
                    continue;
                }
                let dimension = ended.x.len();
                let points = &mut self.results.points[2 * start * dimension..][..2 * dimension];
                let (best, last) = points.split_at_mut(dimension);
                best.iter_mut().zip(ended.best).for_each(|(to, from)| *to = from.element(lane));
                last.iter_mut().zip(ended.x).for_each(|(to, from)| *to = from.element(lane));
                // Where the point is not finite a single run does not evaluate; where nothing was, there is no best value.
                let evaluated = last.iter().all(|x| x.is_finite());
                let (value, best_value) = (ended.value.element(lane), ended.best_value.element(lane));
                self.results.summaries[*start] = Summary {
                    end: lanes::end(why),
                    steps: step,
                    best_value: if best_value < infinity { self.problem.sign * best_value } else { nan },
                    last_value: if evaluated { value } else { nan },
                };
            }
        }
    }
}
