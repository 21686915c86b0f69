//! Many starts of one problem: a start in each lane, several packs in flight.

use super::dispatch::Kernel;
use crate::constraint::Sides;
use crate::decay::{Preparation, Prepare};
use crate::minimizer::batch::{End, Summary};
use crate::objective::LaneObjective;
use crate::real::{Array, Lane, Real};
use crate::rule::{Clock, Rule, StepClock, rounded};

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
    /// The best and the last point of each; the start in place of the last at first.
    pub(crate) points: &'a mut [T],
}

/// Starts that run together, step by step, in the lanes of packs that stay in the fastest cache. While one pack waits for
/// its roots and quotients the processor is already at the next: nothing depends on one another.
pub(crate) struct Block<'a, P, R, L: Lane> {
    pub(crate) problem: &'a Problem<'a, P, R, L::Real>,
    pub(crate) results: Results<'a, L::Real>,
}

/// How many starts make a block: as many as fit 32 KiB, half a fast cache or more, in whole packs, and at most 64 packs.
pub(crate) fn block_size<L: Lane, R: Rule>(dimension: usize) -> usize {
    // Point, gradient, best point, memory; value and best value.
    let pack = (dimension * (3 + R::SLOTS.len()) + 2) * size_of::<L>();
    L::WIDTH * (32 * 1024 / pack.max(1)).clamp(1, 64)
}

/// Why a lane ends, as a number of its own type.
const GOES_ON: f64 = 0.0;
const CONVERGED: f64 = 1.0;
const TARGET_REACHED: f64 = 2.0;
const NON_FINITE: f64 = 3.0;

impl<P: LaneObjective, R: Rule, L: Lane> Kernel for Block<'_, P, R, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { problem, mut results } = self;
        let dimension = problem.objective.dimension();
        let mut lanes = Lanes::<R, L>::new(dimension, &results);
        let (mut gradient, mut scratch) = (vec![L::number(0.0); dimension], Vec::new());
        let mut finished = Vec::new();
        let mut clock = StepClock::default();
        for step in 0..=problem.steps {
            let last = step == problem.steps;
            clock.advance();
            let coefficients = rounded::<R, L>(problem.rule.coefficients(&mut clock));
            let prepare = problem.preparation.now(|| clock.value(problem.rule.learning_rate()));
            for (pack, At { starts, x, best, memory, best_value }) in lanes.packs().enumerate() {
                let value = problem.objective.evaluate(x, &mut gradient, &mut scratch);
                let why = problem.why_end::<R, L>(x, value, &gradient, prepare.as_ref());
                // An answer that is not finite is no best one.
                let infinite = L::number(f64::INFINITY);
                let judged = L::number(NON_FINITE).if_equal(why, infinite, L::splat(problem.sign) * value);
                for (best, x) in best.iter_mut().zip(&*x) {
                    *best = judged.if_less(*best_value, *x, *best);
                }
                *best_value = judged.if_less(*best_value, judged, *best_value);
                if last || any(why) {
                    let ended = Ended { step, last, why, x, value, best, best_value: *best_value };
                    results.record(starts, problem.sign, &ended);
                    if !last {
                        ended.list(pack, starts.len(), &mut finished);
                    }
                }
                let coordinates = x.iter_mut().zip(&gradient).zip(memory);
                if let Some(prepare) = &prepare {
                    for ((x, g), memory) in coordinates {
                        let (lane, slope) = prepare.apply(*x, *g);
                        *x = R::step(coefficients, lane, slope, memory);
                    }
                } else {
                    for ((x, g), memory) in coordinates {
                        *x = R::step(coefficients, *x, *g, memory);
                    }
                }
                if let Some(sides) = problem.sides {
                    sides.clip(x);
                }
            }
            if !finished.is_empty() {
                lanes.remove(&mut finished);
                if lanes.starts.is_empty() {
                    break;
                }
            }
        }
    }
}

impl<P, R: Rule, T: Real> Problem<'_, P, R, T> {
    /// Why each lane ends here, in the order in which a single run looks; [`GOES_ON`] where it does not.
    #[inline(always)]
    fn why_end<S: Rule, L: Lane<Real = T>>(
        &self,
        x: &[L],
        value: L,
        gradient: &[L],
        prepare: Option<&Prepare<L>>,
    ) -> L {
        let mut why = L::number(GOES_ON);
        if let Some(target) = self.target {
            let reached = L::number(TARGET_REACHED);
            why = (L::splat(self.sign) * value).if_at_most(L::splat(target), reached, why);
        }
        if let Some(tolerance) = self.gradient {
            let most = match self.sides {
                Some(sides) => sides.gradient_norm(x, gradient, L::splat(self.sign)),
                None => gradient.iter().fold(L::number(0.0), |most, g| most.larger(g.abs())),
            };
            why = most.if_at_most(L::splat(tolerance), L::number(CONVERGED), why);
        }
        // Written so that a NaN, which is in no order with anything, ends the run.
        let (bad, finite) = (L::number(NON_FINITE), L::splat(T::INFINITY.next_down()));
        let largest = L::splat(S::largest_gradient::<T>());
        why = value.abs().if_at_most(finite, why, bad);
        for (x, g) in x.iter().zip(gradient) {
            why = x.abs().if_at_most(finite, why, bad);
            why = g.abs().if_at_most(largest, why, bad);
        }
        if let Some(prepare) = prepare {
            for (x, g) in x.iter().zip(gradient) {
                why = prepare.slope(*x, *g).abs().if_at_most(largest, why, bad);
            }
        }
        why
    }
}

/// Whether any lane ends.
#[inline(always)]
fn any<L: Lane>(why: L) -> bool {
    (0..L::WIDTH).fold(false, |any, lane| any | (why.element(lane) > L::Real::default()))
}

fn end(why: f64) -> End {
    match why {
        CONVERGED => End::Converged,
        TARGET_REACHED => End::TargetReached,
        NON_FINITE => End::NonFinite,
        _ => End::StepLimit,
    }
}

/// The starts under way, a slot for each: slot s is lane s % W of pack s / W. Lanes past the last start hold copies of a
/// start under way, so that nothing happens in them that does not happen elsewhere.
struct Lanes<R: Rule, L: Lane> {
    dimension: usize,
    /// Which start each slot holds.
    starts: Vec<usize>,
    x: Vec<L>,
    best: Vec<L>,
    memory: Vec<R::Memory<L>>,
    /// Times the sign; infinite before the first.
    best_values: Vec<L>,
}

/// One pack of them.
struct At<'a, R: Rule, L: Lane> {
    starts: &'a [usize],
    x: &'a mut [L],
    best: &'a mut [L],
    memory: &'a mut [R::Memory<L>],
    best_value: &'a mut L,
}

impl<R: Rule, L: Lane> Lanes<R, L> {
    fn new(dimension: usize, results: &Results<'_, L::Real>) -> Self {
        let count = results.summaries.len();
        let packs = count.div_ceil(L::WIDTH);
        let mut x = Vec::with_capacity(packs * dimension);
        for points in results.points.chunks(2 * dimension * L::WIDTH) {
            // Past the last start there are copies of it.
            let from = |lane: usize| (2 * dimension * lane).min(points.len() - 2 * dimension) + dimension;
            x.extend((0..dimension).map(|i| L::from_fn(|lane| points[from(lane) + i])));
        }
        Self {
            dimension,
            starts: (0..count).collect(),
            best: x.clone(),
            memory: vec![Array::from_fn(|_| L::number(0.0)); x.len()],
            best_values: vec![L::number(f64::INFINITY); packs],
            x,
        }
    }

    #[inline(always)]
    fn packs(&mut self) -> impl Iterator<Item = At<'_, R, L>> {
        let of_starts = self.starts.chunks(L::WIDTH);
        let of_x = self.x.chunks_exact_mut(self.dimension);
        let of_best = self.best.chunks_exact_mut(self.dimension);
        let of_memory = self.memory.chunks_exact_mut(self.dimension);
        let points = of_starts.zip(of_x).zip(of_best).zip(of_memory).zip(&mut self.best_values);
        points.map(|((((starts, x), best), memory), best_value)| At { starts, x, best, memory, best_value })
    }

    /// Closes the gaps that finished starts leave, and empties their list, which is in rising order.
    fn remove(&mut self, finished: &mut Vec<usize>) {
        for slot in finished.drain(..).rev() {
            self.starts.swap_remove(slot);
            self.copy(self.starts.len(), slot);
        }
        let count = self.starts.len();
        if count > 0 {
            for unused in count..count.next_multiple_of(L::WIDTH) {
                self.copy(0, unused);
            }
        }
    }

    /// Copies all that one slot holds to another.
    fn copy(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        let ((from, from_lane), (to, to_lane)) = (place::<L>(from), place::<L>(to));
        let put = |to: L, from: L| {
            L::from_fn(|lane| if lane == to_lane { from.element(from_lane) } else { to.element(lane) })
        };
        for i in 0..self.dimension {
            let (from, to) = (from * self.dimension + i, to * self.dimension + i);
            self.x[to] = put(self.x[to], self.x[from]);
            self.best[to] = put(self.best[to], self.best[from]);
            let (kept, moved) = (self.memory[to], self.memory[from]);
            self.memory[to] = Array::from_fn(|slot| put(kept.as_slice()[slot], moved.as_slice()[slot]));
        }
        self.best_values[to] = put(self.best_values[to], self.best_values[from]);
    }
}

/// Pack and lane of a slot.
fn place<L: Lane>(slot: usize) -> (usize, usize) {
    (slot / L::WIDTH, slot % L::WIDTH)
}

/// Where a pack stands when some of its lanes end.
struct Ended<'a, L> {
    step: u64,
    /// Whether it is the last step, so that all of them do.
    last: bool,
    why: L,
    x: &'a [L],
    value: L,
    best: &'a [L],
    /// Times the sign.
    best_value: L,
}

impl<L: Lane> Ended<'_, L> {
    /// Adds the slots of the lanes that end to the list, of so many in use.
    #[cold]
    fn list(&self, pack: usize, lanes: usize, finished: &mut Vec<usize>) {
        finished.extend((0..lanes).filter(|lane| self.ends(*lane)).map(|lane| pack * L::WIDTH + lane));
    }

    fn ends(&self, lane: usize) -> bool {
        self.last || self.why.element(lane).to_f64() != GOES_ON
    }
}

impl<T: Real> Results<'_, T> {
    /// Writes down how the runs in the lanes that end went.
    #[cold]
    fn record<L: Lane<Real = T>>(&mut self, starts: &[usize], sign: T, ended: &Ended<'_, L>) {
        let dimension = ended.x.len();
        let nan = T::from_f64(f64::NAN);
        for (lane, start) in starts.iter().enumerate().filter(|(lane, _)| ended.ends(*lane)) {
            let points = &mut self.points[2 * start * dimension..][..2 * dimension];
            let (best, last) = points.split_at_mut(dimension);
            best.iter_mut().zip(ended.best).for_each(|(to, from)| *to = from.element(lane));
            last.iter_mut().zip(ended.x).for_each(|(to, from)| *to = from.element(lane));
            // Where the point is not finite a single run does not evaluate; where nothing was, there is no best value.
            let evaluated = ended.x.iter().all(|x| x.element(lane).is_finite());
            let best_value = ended.best_value.element(lane);
            self.summaries[*start] = Summary {
                end: end(ended.why.element(lane).to_f64()),
                steps: ended.step,
                best_value: if best_value < T::INFINITY { sign * best_value } else { nan },
                last_value: if evaluated { ended.value.element(lane) } else { nan },
            };
        }
    }
}
