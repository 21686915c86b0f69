//! Starts that run together, step by step, one in each element of packs that stay in the fastest cache.
//!
//! A step does one thing after the other for all packs of a block: evaluate, judge, move. Several iterations of such a short
//! loop fit the out-of-order window of the processor; of one loop with everything in it only about one and a half did, and it
//! stalled on square roots and divisions. Every loop over packs calls [`apart`], or the compiler makes vectors across packs,
//! which gather and scatter.
//!
//! Objective and rule are behind one call per block and step each, so every objective and every rule is compiled once, not
//! every pair of them. To the rule a block is one long vector.

use core::sync::atomic::Ordering;

use crate::constraint::Sides;
use crate::decide::exit;
use crate::memory::{LINE, Line, numbers, numbers_mut};
use crate::number::{Number, Pack, Real};
use crate::outcome::Exit;
use crate::rule::Clock;
use crate::update::{LineMemory, LineRule};

mod judge;
mod objective;
mod slots;
mod task;

use judge::{Clip, Judge};
pub(crate) use objective::{EvaluateBlock, Points};
use slots::{Place, Slots, place};
pub(crate) use task::Task;

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
#[derive(Debug)]
pub struct Results<'a, T> {
    pub(crate) summaries: &'a mut [Summary<T>],
    /// The best and the last point of each.
    pub(crate) points: &'a mut [T],
}

/// Returns how many of `count` starts make a block: as many as fit 64 KiB in whole lines, so that its numbers are near the
/// processor and the calls of a step are few for each; but no more than leave something to every thread.
pub(crate) fn block_size<T: Real>(dimension: usize, slots: usize, count: usize) -> usize {
    // Point, gradient, best point, memory; value, best value, exit.
    let line = (dimension * (3 + slots) + 3) * size_of::<Line<T>>();
    #[cfg(feature = "threads")]
    let threads = rayon::current_num_threads();
    #[cfg(not(feature = "threads"))]
    let threads = 1;
    let share = count.div_ceil(threads).div_ceil(LINE).max(1);
    LINE * (64 * 1024 / line.max(1)).clamp(1, share)
}

/// The runs under way: slot s is element s % LINE of line s / LINE. Slots past the last start hold copies of a start under
/// way, so that nothing happens in them that does not happen elsewhere.
pub(crate) struct Block<'a, T: Real> {
    task: &'a Task<'a, T>,
    rule: &'a dyn LineRule<T>,
    clock: Clock,
    /// The start in each slot.
    starts: Vec<usize>,
    slots: Slots<T>,
}

impl<'a, T: Real> Block<'a, T> {
    /// Places `count` starts, given one after the other with copies of the last to fill the last line; `None` where there is not
    /// enough room.
    pub(crate) fn new(
        task: &'a Task<'a, T>,
        rule: &'a dyn LineRule<T>,
        starts: &[T],
        count: usize,
    ) -> Option<Self> {
        let dimension = task.dimension;
        let mut x: Vec<Line<T>> = Vec::with_capacity(starts.len() / LINE);
        for points in starts.chunks_exact(dimension * LINE) {
            for i in 0..dimension {
                x.push(Pack::from_fn(|element| points[element * dimension + i]));
            }
        }
        if let Some(sides) = task.sides {
            x.chunks_exact_mut(dimension).for_each(|x| sides.clip(x));
        }
        let memory = LineMemory::of(rule, x.len() * LINE)?;
        let slots = Slots::new(dimension, x, memory);
        Some(Self { task, rule, clock: Clock::default(), starts: (0..count).collect(), slots })
    }

    /// Runs all starts to their end.
    pub(crate) fn run(mut self, mut results: Results<'_, T>) {
        let Task { objective, dimension, transform, sides, steps, target, .. } = *self.task;
        let limit = self.limit();
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
            let Slots { x, gradient, memory, .. } = &mut self.slots;
            self.rule.step(
                &mut self.clock,
                Some(transform),
                numbers_mut(x),
                numbers(gradient),
                memory,
                target,
            );
            if let Some(sides) = sides {
                target.run(Clip { sides, x: &mut self.slots.x, dimension });
            }
        }
    }

    /// Returns the largest gradient component that fits.
    fn limit(&self) -> T {
        self.rule.about().gradient_limit.largest()
    }

    /// Writes down the runs that end at this step; all others end with `rest`, if with anything.
    fn record(&self, results: &mut Results<'_, T>, step: u64, rest: Option<Exit>) {
        let (nan, infinity) = (T::from_f64(f64::NAN), T::INFINITY);
        let (slots, dimension) = (&self.slots, self.task.dimension);
        for (slot, start) in self.starts.iter().enumerate() {
            let Place { line, element } = place(slot);
            let exit = match slots.exits[line].element(element).to_f64() {
                exit::CONVERGED => Exit::Converged,
                exit::TARGET_REACHED => Exit::TargetReached,
                exit::NON_FINITE if self.ends_at_edge(line, element) => Exit::Edge,
                exit::NON_FINITE => Exit::NonFinite,
                _ => match rest {
                    Some(rest) => rest,
                    None => continue,
                },
            };
            let points = &mut results.points[2 * start * dimension..][..2 * dimension];
            let (best, last) = points.split_at_mut(dimension);
            let coordinates = line * dimension..(line + 1) * dimension;
            let write = |to: &mut [T], from: &[Line<T>]| {
                to.iter_mut().zip(from).for_each(|(to, from)| *to = from.element(element));
            };
            write(best, &slots.best[coordinates.clone()]);
            write(last, &slots.x[coordinates]);
            // Where the point is not finite a single run does not evaluate; where nothing was, there is no best value.
            let evaluated = last.iter().all(|x| x.is_finite());
            let (value, best_value) =
                (slots.values[line].element(element), slots.best_values[line].element(element));
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
    fn ends_at_edge(&self, line: usize, element: usize) -> bool {
        let (slots, dimension) = (&self.slots, self.task.dimension);
        let of = |lines: &[Line<T>]| -> Vec<T> {
            lines[line * dimension..][..dimension].iter().map(|line| line.element(element)).collect()
        };
        let (x, gradient) = (of(&slots.x), of(&slots.gradient));
        let usable = slots.values[line].element(element).is_finite() && x.iter().all(|x| x.is_finite());
        let limit = self.limit();
        let ends = |sides: &Sides<T>| sides.ends_at(&x, &gradient, self.task.sign, limit);
        let steep = !gradient.iter().all(|g| g.abs() <= limit);
        usable && steep && self.task.sides.is_some_and(ends)
    }

    /// Closes the gaps of the runs that have ended, and tells whether any run is left.
    #[cold]
    fn any_left(&mut self) -> bool {
        for slot in (0..self.starts.len()).rev() {
            let Place { line, element } = place(slot);
            if self.slots.exits[line].element(element).to_f64() != exit::GOES_ON {
                self.starts.swap_remove(slot);
                self.slots.copy(self.starts.len(), slot);
            }
        }
        let count = self.starts.len();
        let lines = count.div_ceil(LINE);
        for unused in count..lines * LINE {
            self.slots.copy(0, unused);
        }
        self.slots.truncate(lines);
        lines > 0
    }
}
