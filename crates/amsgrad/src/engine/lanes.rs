//! The runs of a block side by side, and what each step does to all of them.
//!
//! Every loop here is over packs, and says [`apart`]: across packs the compiler would make vectors that gather
//! and scatter.

use super::batch::Problem;
use super::machine::apart;
use super::pass::ready;
use crate::constraint::Sides;
use crate::decay::Prepare;
use crate::minimizer::batch::End;
use crate::number::policy::maximum;
use crate::number::{Array, Elementary, Real};
use crate::objective::VectorizedObjective;
use crate::rule::{self, Rule};

/// A dimension that is known only when running.
pub(super) const ANY: usize = 0;

/// Why a lane ends, as a number of its own type.
pub(super) const GOES_ON: f64 = 0.0;
const CONVERGED: f64 = 1.0;
const TARGET_REACHED: f64 = 2.0;
const NON_FINITE: f64 = 3.0;

/// The same as people call it; one that goes on is at the limit of steps.
pub(super) fn end(why: f64) -> End {
    match why {
        CONVERGED => End::Converged,
        TARGET_REACHED => End::TargetReached,
        NON_FINITE => End::NonFinite,
        _ => End::StepLimit,
    }
}

/// The starts under way, a slot for each: slot s is lane s % W of pack s / W. Lanes past the last start hold copies of a
/// start under way, so that nothing happens in them that does not happen elsewhere.
///
/// In N coordinates, or [`ANY`] number of them.
pub(super) struct Lanes<R: Rule, L: Elementary, const N: usize> {
    dimension: usize,
    /// Which start each slot holds.
    pub(super) starts: Vec<usize>,
    x: Vec<L>,
    gradient: Vec<L>,
    best: Vec<L>,
    memory: Vec<R::Memory<L>>,
    values: Vec<L>,
    /// Times the sign; infinite before the first.
    best_values: Vec<L>,
    /// Why each lane ends.
    whys: Vec<L>,
}

/// One pack of them.
pub(super) struct At<'a, L> {
    pub(super) x: &'a [L],
    pub(super) best: &'a [L],
    pub(super) value: &'a L,
    pub(super) best_value: &'a L,
    pub(super) why: &'a L,
}

impl<R: Rule, L: Elementary, const N: usize> Lanes<R, L, N> {
    /// From the coordinates of the starts, one after the other; of `count` of them and copies to fill the last pack.
    #[inline(always)]
    pub(super) fn new(dimension: usize, starts: &[L::Real], count: usize) -> Self {
        let mut x = Vec::with_capacity(starts.len() / L::WIDTH);
        for points in starts.chunks_exact(dimension * L::WIDTH) {
            for i in 0..dimension {
                x.push(L::from_fn(|lane| points[lane * dimension + i]));
            }
        }
        let (zero, packs) = (L::constant(0.0), x.len() / dimension);
        Self {
            dimension,
            starts: (0..count).collect(),
            gradient: vec![zero; x.len()],
            best: x.clone(),
            memory: vec![Array::from_fn(|_| zero); x.len()],
            values: vec![zero; packs],
            best_values: vec![L::constant(f64::INFINITY); packs],
            whys: vec![zero; packs],
            x,
        }
    }

    /// Value and gradient of each, and which of them are such that a run ends: a NaN, which is in no order with
    /// anything, or too large.
    #[inline(always)]
    pub(super) fn evaluate<P: VectorizedObjective>(&mut self, objective: &P, scratch: &mut Vec<L>) {
        let (zero, bad) = (L::constant(0.0), L::constant(NON_FINITE));
        let largest = L::splat(R::GRADIENT_LIMIT.largest::<L::Real>());
        let dimension = self.dimension();
        let points = self.x.chunks_exact(dimension).zip(self.gradient.chunks_exact_mut(dimension));
        for (((x, gradient), to), why) in points.zip(&mut self.values).zip(&mut self.whys) {
            let value = objective.evaluate(x, gradient, scratch);
            // 0 times finite numbers is 0, times any other NaN.
            let (mut steepest, mut product) = (zero, zero * value);
            for (x, g) in x.iter().zip(gradient) {
                product = product * *x * *g;
                steepest = maximum(steepest, g.abs());
            }
            let fine = (product + steepest).if_at_most(largest, L::constant(GOES_ON), bad);
            (*to, *why) = (value, fine);
            apart();
        }
    }

    /// The same for what the rule is given.
    #[inline(always)]
    pub(super) fn check_slopes(&mut self, prepare: &Prepare<L>) {
        let (bad, largest) = (L::constant(NON_FINITE), L::splat(R::GRADIENT_LIMIT.largest::<L::Real>()));
        let dimension = self.dimension();
        let points = self.x.chunks_exact(dimension).zip(self.gradient.chunks_exact(dimension));
        for ((x, gradient), why) in points.zip(&mut self.whys) {
            for (x, g) in x.iter().zip(gradient) {
                *why = prepare.slope(*x, *g).abs().if_at_most(largest, *why, bad);
            }
            apart();
        }
    }

    /// Which of those that are fine have come to an end, in the order in which a single run looks.
    #[inline(always)]
    pub(super) fn look<P>(&mut self, problem: &Problem<'_, P, R, L::Real>) {
        let (goes_on, sign) = (L::constant(GOES_ON), L::splat(problem.sign));
        let dimension = self.dimension();
        let points = self.x.chunks_exact(dimension).zip(self.gradient.chunks_exact(dimension));
        for (((x, gradient), value), why) in points.zip(&self.values).zip(&mut self.whys) {
            let mut end = goes_on;
            if let Some(target) = problem.target {
                end = (sign * *value).if_at_most(L::splat(target), L::constant(TARGET_REACHED), end);
            }
            if let Some(tolerance) = problem.gradient {
                let most = match problem.sides {
                    Some(sides) => sides.gradient_norm(x, gradient, sign),
                    None => gradient.iter().fold(L::constant(0.0), |most, g| maximum(most, g.abs())),
                };
                end = most.if_at_most(L::splat(tolerance), L::constant(CONVERGED), end);
            }
            *why = why.if_equal(goes_on, end, *why);
            apart();
        }
    }

    /// Keeps the best points, of which one without a finite answer is none, and tells whether any lane ends.
    #[inline(always)]
    pub(super) fn judge(&mut self, sign: L::Real) -> bool {
        let (sign, bad, infinite) = (L::splat(sign), L::constant(NON_FINITE), L::constant(f64::INFINITY));
        let mut most = L::constant(GOES_ON);
        let dimension = self.dimension();
        let points = self.x.chunks_exact(dimension).zip(self.best.chunks_exact_mut(dimension));
        let values = self.values.iter().zip(&mut self.best_values).zip(&self.whys);
        for ((x, best), ((value, best_value), why)) in points.zip(values) {
            let judged = bad.if_equal(*why, infinite, sign * *value);
            let so_far = *best_value;
            for (best, x) in best.iter_mut().zip(x) {
                *best = judged.if_less(so_far, *x, *best);
            }
            *best_value = judged.if_less(so_far, judged, so_far);
            most = maximum(most, *why);
            apart();
        }
        (0..L::WIDTH).any(|lane| most.element(lane).to_f64() != GOES_ON)
    }

    /// Moves each by a step.
    #[inline(always)]
    pub(super) fn step(&mut self, coefficients: R::Coefficients<L>, prepare: Option<Prepare<L>>) {
        match prepare {
            None => self.step_prepared(coefficients, None),
            Some(prepare) => self.step_prepared(coefficients, Some(prepare)),
        }
    }

    /// `prepare` is known where this is inlined.
    #[inline(always)]
    fn step_prepared(&mut self, coefficients: R::Coefficients<L>, prepare: Option<Prepare<L>>) {
        for ((x, g), memory) in self.x.iter_mut().zip(&self.gradient).zip(&mut self.memory) {
            let (lane, slope) = ready(&prepare, *x, *g);
            // A copy, or the compiler stores what was chosen element by element, as v_hat, through a mask: slower.
            let mut kept = *memory;
            let moved = rule::advance::<R, L>(coefficients, lane, slope, &mut kept);
            apart();
            (*x, *memory) = (moved, kept);
        }
    }

    /// Moves each to the nearest point in the box.
    #[inline(always)]
    pub(super) fn clip(&mut self, sides: Option<&Sides<L::Real>>) {
        let dimension = self.dimension();
        if let Some(sides) = sides {
            for x in self.x.chunks_exact_mut(dimension) {
                sides.clip(x);
                apart();
            }
        }
    }

    /// Closes the gaps of those that end, and tells whether any is left.
    #[cold]
    pub(super) fn any_left(&mut self) -> bool {
        for slot in (0..self.starts.len()).rev() {
            let (pack, lane) = place::<L>(slot);
            if self.whys[pack].element(lane).to_f64() != GOES_ON {
                self.starts.swap_remove(slot);
                self.copy(self.starts.len(), slot);
            }
        }
        let (count, dimension) = (self.starts.len(), self.dimension());
        let packs = count.div_ceil(L::WIDTH);
        for unused in count..packs * L::WIDTH {
            self.copy(0, unused);
        }
        for coordinates in [&mut self.x, &mut self.gradient, &mut self.best] {
            coordinates.truncate(packs * dimension);
        }
        self.memory.truncate(packs * dimension);
        for numbers in [&mut self.values, &mut self.best_values, &mut self.whys] {
            numbers.truncate(packs);
        }
        packs > 0
    }

    #[inline(always)]
    fn dimension(&self) -> usize {
        if N == ANY { self.dimension } else { N }
    }

    pub(super) fn packs(&self) -> impl Iterator<Item = At<'_, L>> {
        let dimension = self.dimension();
        let points = self.x.chunks_exact(dimension).zip(self.best.chunks_exact(dimension));
        let values = self.values.iter().zip(&self.best_values).zip(&self.whys);
        points.zip(values).map(|((x, best), ((value, best_value), why))| At {
            x,
            best,
            value,
            best_value,
            why,
        })
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
        let dimension = self.dimension();
        for i in 0..dimension {
            let (from, to) = (from * dimension + i, to * dimension + i);
            self.x[to] = put(self.x[to], self.x[from]);
            self.gradient[to] = put(self.gradient[to], self.gradient[from]);
            self.best[to] = put(self.best[to], self.best[from]);
            let (kept, moved) = (self.memory[to], self.memory[from]);
            self.memory[to] = Array::from_fn(|slot| put(kept.as_slice()[slot], moved.as_slice()[slot]));
        }
        self.best_values[to] = put(self.best_values[to], self.best_values[from]);
    }
}

/// Pack and lane of a slot.
fn place<L: Elementary>(slot: usize) -> (usize, usize) {
    (slot / L::WIDTH, slot % L::WIDTH)
}
