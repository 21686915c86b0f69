//! Many coordinates in lines, and any rule over them.

use super::guard::Look;
use super::pass::step_slice;
use super::{Described, PackMemory, Storage, Update, begin_kept, kept};
use crate::constraint::{Sides, gradient_norm};
use crate::dispatch::Target;
use crate::memory::{LINE, Line, filled, numbers, numbers_mut, reserve};
use crate::number::{Number, Pack, Real};
use crate::rule::{About, Clock, Rule};
use crate::schedule::Schedule;
use crate::transform::{GradientTransform, Transform};

/// Coordinates in lines of memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines;

/// A number per coordinate, with zeros behind them that fill the last line.
#[derive(Clone, Debug)]
pub(crate) struct Point<T> {
    lines: Vec<Line<T>>,
    dimension: usize,
}

impl<T: Real> Point<T> {
    /// Moves the point. What is behind it stays 0, whatever the rule does there.
    fn move_by(&mut self, step: impl FnOnce(&mut [T])) {
        step(numbers_mut(&mut self.lines));
        if let Some(Pack(last)) = self.lines.last_mut().filter(|_| !self.dimension.is_multiple_of(LINE)) {
            last[self.dimension % LINE..].fill(T::default());
        }
    }

    /// Returns the numbers with the zeros behind them.
    fn whole(&self) -> &[T] {
        numbers(&self.lines)
    }
}

impl<T: Real> AsRef<[T]> for Point<T> {
    #[inline]
    fn as_ref(&self) -> &[T] {
        &numbers(&self.lines)[..self.dimension]
    }
}

impl<T: Real> AsMut<[T]> for Point<T> {
    #[inline]
    fn as_mut(&mut self) -> &mut [T] {
        &mut numbers_mut(&mut self.lines)[..self.dimension]
    }
}

impl<T: Real> Storage<T> for Lines {
    type Point = Point<T>;
    type Sides = Sides<T>;

    fn point(numbers: &[T]) -> Point<T> {
        let mut lines = vec![Pack::constant(0.0); numbers.len().div_ceil(LINE)];
        numbers_mut(&mut lines)[..numbers.len()].copy_from_slice(numbers);
        Point { lines, dimension: numbers.len() }
    }

    fn copy(from: &Point<T>, to: &mut Point<T>) {
        to.lines.copy_from_slice(&from.lines);
    }

    fn sides(sides: &Sides<T>) -> Sides<T> {
        sides.clone()
    }

    fn clip(x: &mut Point<T>, sides: &Sides<T>) {
        sides.clip(x.as_mut());
    }

    fn is_finite(x: &Point<T>) -> bool {
        Look { x: x.whole(), gradient: x.whole(), transform: None, limit: T::INFINITY.next_down() }.accepts()
    }

    fn accepts(
        x: &Point<T>,
        gradient: &Point<T>,
        transform: Option<&GradientTransform<T>>,
        limit: T,
    ) -> bool {
        Look { x: x.whole(), gradient: gradient.whole(), transform, limit }.accepts()
    }

    fn gradient_norm(x: &Point<T>, gradient: &Point<T>, sides: Option<&Sides<T>>, sign: T) -> T {
        gradient_norm(sides, x.as_ref(), gradient.as_ref(), sign)
    }
}

/// The memory of a rule over lines.
pub(crate) type LineMemory<T> = PackMemory<T, LINE>;

/// A rule over lines of coordinates, behind one call per step, however many there are: what runs it is compiled once for all
/// rules.
pub trait LineRule<T: Real>: Described {
    /// Moves `x` by one step.
    fn step(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut [T],
        gradient: &[T],
        memory: &mut LineMemory<T>,
        target: Target,
    );

    /// Returns the weights in a projection of the coordinates in one line, as the last step left it.
    fn weight(&self, memory: &LineMemory<T>, line: usize) -> Line<T>;
}

impl<T: Real, R: Rule> LineRule<T> for R {
    fn step(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut [T],
        gradient: &[T],
        memory: &mut LineMemory<T>,
        target: Target,
    ) {
        let transform = begin_kept(self, clock, transform, &mut memory.coefficients);
        let coefficients = kept::<R, T>(&memory.coefficients);
        step_slice::<T, R>(coefficients, transform, x, gradient, &mut memory.numbers, target);
    }

    fn weight(&self, memory: &LineMemory<T>, line: usize) -> Line<T> {
        memory.weight::<R>(line)
    }
}

/// Reserves the memory of a rule over as many coordinates, all 0; `None` where there is not enough room.
pub(crate) fn numbers_of_lines<T: Real>(slots: usize, dimension: usize) -> Option<Vec<Line<T>>> {
    let count = dimension.div_ceil(LINE).checked_mul(slots)?;
    Some(filled(reserve(count)?, count, Pack::constant(0.0)))
}

impl<T: Real> LineMemory<T> {
    /// Creates the memory of `rule` before the first step, or `None` where there is not enough room.
    pub(crate) fn of(rule: &dyn LineRule<T>, dimension: usize) -> Option<Self> {
        Some(Self::new(numbers_of_lines(rule.about().slots.len(), dimension)?))
    }
}

impl<T: Real> Update<T> for Box<dyn LineRule<T>> {
    type Storage = Lines;
    type Number = Line<T>;
    type Memory = LineMemory<T>;
    type Coefficients = ();

    fn about(&self) -> About {
        (**self).about()
    }

    fn schedule(&self, name: &str) -> Option<&Schedule> {
        (**self).schedule(name)
    }

    fn memory(&self, dimension: usize) -> Option<LineMemory<T>> {
        LineMemory::of(&**self, dimension)
    }

    fn numbers(memory: &LineMemory<T>) -> &[Line<T>] {
        &memory.numbers
    }

    fn numbers_mut(memory: &mut LineMemory<T>) -> &mut [Line<T>] {
        &mut memory.numbers
    }

    fn step(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut Point<T>,
        gradient: &Point<T>,
        memory: &mut LineMemory<T>,
    ) {
        let gradient = gradient.whole();
        x.move_by(|x| (**self).step(clock, transform, x, gradient, memory, Target::best()));
    }

    fn weight(&self, (): &(), memory: &LineMemory<T>, line: usize) -> Line<T> {
        (**self).weight(memory, line)
    }
}
