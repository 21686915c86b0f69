//! Starts that run together, step by step, one in each element of packs that stay in the fastest cache.
//!
//! A step does one thing after the other for all packs of a block: evaluate, judge, move. Several iterations of such a short
//! loop fit the out-of-order window of the processor; of one loop with everything in it only about one and a half did, and it
//! stalled on square roots and divisions. Every loop over packs calls [`apart`], or the compiler makes vectors across packs,
//! which gather and scatter.
//!
//! Objective and rule are behind one call per block and step each, so every objective and every rule is compiled once, not
//! every pair of them.

use core::sync::atomic::Ordering;

use crate::constraint::Sides;
use crate::decide::exit;
use crate::number::{Number, Real};
use crate::outcome::Exit;

mod judge;
mod objective;
mod slots;
mod task;
mod update;

use judge::{Clip, Judge};
pub(crate) use objective::{EvaluateBlock, Points};
use slots::{Place, Slots, place};
pub(crate) use task::Task;
pub(crate) use update::{UpdateBlock, Updater};

/// What is known of one run besides its points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary<T> {
    pub(crate) exit: Exit,
    pub(crate) steps: u64,
    pub(crate) best_value: T,
    pub(crate) last_value: T,
}

impl<T: Real> Summary<T> {
    /// Returns the summary of a run that was not made.
    pub(crate) fn none() -> Self {
        let unknown = T::from_f64(f64::NAN);
        Self { exit: Exit::Stopped, steps: 0, best_value: unknown, last_value: unknown }
    }
}

/// Where the results of some starts go.
pub(crate) struct Results<'a, T> {
    pub(crate) summaries: &'a mut [Summary<T>],
    /// The best and the last point of each.
    pub(crate) points: &'a mut [T],
}

/// Returns how many starts make a block: as many as fit 24 KiB, most of the fastest cache, in whole packs, and at most 64
/// packs.
pub(crate) fn block_size<N: Number>(dimension: usize, slots: usize) -> usize {
    // Point, gradient, best point, memory; value, best value, exit.
    let pack = (dimension * (3 + slots) + 3) * size_of::<N>();
    N::WIDTH * (24 * 1024 / pack.max(1)).clamp(1, 64)
}

/// The runs under way: slot s is element s % WIDTH of pack s / WIDTH. Slots past the last start hold copies of a start under
/// way, so that nothing happens in them that does not happen elsewhere.
pub(crate) struct Block<'a, N: Number> {
    task: &'a Task<'a, N>,
    update: Box<dyn UpdateBlock<N> + 'a>,
    /// The start in each slot.
    starts: Vec<usize>,
    slots: Slots<N>,
}

impl<'a, N: Number> Block<'a, N> {
    /// Places `count` starts, given one after the other with copies of the last to fill the last pack.
    pub(crate) fn new(
        task: &'a Task<'a, N>,
        mut update: Box<dyn UpdateBlock<N> + 'a>,
        starts: &[N::Real],
        count: usize,
    ) -> Self {
        let dimension = task.dimension;
        let mut x = Vec::with_capacity(starts.len() / N::WIDTH);
        for points in starts.chunks_exact(dimension * N::WIDTH) {
            for i in 0..dimension {
                x.push(N::from_fn(|element| points[element * dimension + i]));
            }
        }
        if let Some(sides) = task.sides {
            x.chunks_exact_mut(dimension).for_each(|x| sides.clip(x));
        }
        update.begin(x.len());
        Self { task, update, starts: (0..count).collect(), slots: Slots::new(dimension, x) }
    }

    /// Runs all starts to their end.
    pub(crate) fn run(mut self, mut results: Results<'_, N::Real>) {
        let Task { objective, dimension, transform, sides, steps, target, .. } = *self.task;
        let limit = N::Real::from_f64(self.update.limit());
        let mut scratch = Vec::new();
        for step in 0..=steps {
            let Slots { x, gradient, values, .. } = &mut self.slots;
            objective.evaluate(Points { dimension, x, gradient, values }, &mut scratch, target);
            let ends = target.run(Judge { task: self.task, slots: &mut self.slots, limit });
            let interrupted = self.task.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
            let over = interrupted || step == steps;
            if ends || over {
                let rest = if interrupted { Exit::Stopped } else { Exit::StepLimit };
                self.record(&mut results, step, over.then_some(rest));
                if over || !self.any_left() {
                    break;
                }
            }
            self.update.step(transform, &mut self.slots.x, &self.slots.gradient, target);
            if let Some(sides) = sides {
                target.run(Clip { sides, x: &mut self.slots.x, dimension });
            }
        }
    }

    /// Writes down the runs that end at this step; all others end with `rest`, if with anything.
    fn record(&self, results: &mut Results<'_, N::Real>, step: u64, rest: Option<Exit>) {
        let (nan, infinity) = (N::Real::from_f64(f64::NAN), N::Real::INFINITY);
        let (slots, dimension) = (&self.slots, self.task.dimension);
        for (slot, start) in self.starts.iter().enumerate() {
            let Place { pack, element } = place::<N>(slot);
            let exit = match slots.exits[pack].element(element).to_f64() {
                exit::CONVERGED => Exit::Converged,
                exit::TARGET_REACHED => Exit::TargetReached,
                exit::NON_FINITE if self.ends_at_edge(pack, element) => Exit::Edge,
                exit::NON_FINITE => Exit::NonFinite,
                _ => match rest {
                    Some(rest) => rest,
                    None => continue,
                },
            };
            let points = &mut results.points[2 * start * dimension..][..2 * dimension];
            let (best, last) = points.split_at_mut(dimension);
            let coordinates = pack * dimension..(pack + 1) * dimension;
            let write = |to: &mut [N::Real], from: &[N]| {
                to.iter_mut().zip(from).for_each(|(to, from)| *to = from.element(element));
            };
            write(best, &slots.best[coordinates.clone()]);
            write(last, &slots.x[coordinates]);
            // Where the point is not finite a single run does not evaluate; where nothing was, there is no best value.
            let evaluated = last.iter().all(|x| x.is_finite());
            let (value, best_value) =
                (slots.values[pack].element(element), slots.best_values[pack].element(element));
            results.summaries[*start] = Summary {
                exit,
                steps: step,
                best_value: if best_value < infinity { self.task.sign * best_value } else { nan },
                last_value: if evaluated { value } else { nan },
            };
        }
    }

    /// Returns whether a run whose numbers cannot be used ends at a bound.
    #[cold]
    fn ends_at_edge(&self, pack: usize, element: usize) -> bool {
        let (slots, dimension) = (&self.slots, self.task.dimension);
        let numbers = |packs: &[N]| -> Vec<N::Real> {
            packs[pack * dimension..][..dimension].iter().map(|pack| pack.element(element)).collect()
        };
        let (x, gradient) = (numbers(&slots.x), numbers(&slots.gradient));
        let usable = slots.values[pack].element(element).is_finite() && x.iter().all(|x| x.is_finite());
        let limit = N::Real::from_f64(self.update.limit());
        let ends = |sides: &Sides<N::Real>| sides.ends_at(&x, &gradient, self.task.sign, limit);
        let steep = !gradient.iter().all(|g| g.abs() <= limit);
        usable && steep && self.task.sides.is_some_and(ends)
    }

    /// Closes the gaps of the runs that have ended, and tells whether any run is left.
    #[cold]
    fn any_left(&mut self) -> bool {
        for slot in (0..self.starts.len()).rev() {
            let Place { pack, element } = place::<N>(slot);
            if self.slots.exits[pack].element(element).to_f64() != exit::GOES_ON {
                self.starts.swap_remove(slot);
                self.copy(self.starts.len(), slot);
            }
        }
        let count = self.starts.len();
        let packs = count.div_ceil(N::WIDTH);
        for unused in count..packs * N::WIDTH {
            self.copy(0, unused);
        }
        self.slots.truncate(packs);
        self.update.truncate(packs * self.task.dimension);
        packs > 0
    }

    /// Copies everything that one slot holds to another.
    fn copy(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        self.slots.copy(from, to);
        for i in 0..self.task.dimension {
            self.update.copy(self.slots.coordinate(from, i), self.slots.coordinate(to, i));
        }
    }
}
