//! The runs of a block in lines: slot s is element s % LINE of line s / LINE.

use crate::memory::{LINE, Line};
use crate::number::{Number, Pack, Real};
use crate::update::LineMemory;

/// What is kept of every run: `dimension` lines of each kind for the coordinates of as many runs as a line holds, one for each
/// other number.
pub(super) struct Slots<T> {
    pub(super) dimension: usize,
    pub(super) x: Vec<Line<T>>,
    pub(super) gradient: Vec<Line<T>>,
    pub(super) best: Vec<Line<T>>,
    pub(super) values: Vec<Line<T>>,
    /// Comparable; infinite before the first.
    pub(super) best_values: Vec<Line<T>>,
    pub(super) exits: Vec<Line<T>>,
    pub(super) memory: LineMemory<T>,
}

impl<T: Real> Slots<T> {
    /// Places points, `dimension` lines each.
    pub(super) fn new(dimension: usize, x: Vec<Line<T>>, memory: LineMemory<T>) -> Self {
        let (zero, lines) = (Pack::constant(0.0), x.len() / dimension);
        Self {
            dimension,
            gradient: vec![zero; x.len()],
            best: x.clone(),
            values: vec![zero; lines],
            best_values: vec![Pack::constant(f64::INFINITY); lines],
            exits: vec![zero; lines],
            x,
            memory,
        }
    }

    /// Copies everything that one slot holds to another.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        let (from, to) = (place(from), place(to));
        let of_coordinate = self.memory.numbers.len() / self.x.len().max(1);
        let kinds = [
            (&mut self.x, self.dimension),
            (&mut self.gradient, self.dimension),
            (&mut self.best, self.dimension),
            (&mut self.best_values, 1),
            (&mut self.memory.numbers, self.dimension * of_coordinate),
        ];
        for (numbers, each) in kinds {
            for i in 0..each {
                numbers[to.line * each + i].0[to.element] = numbers[from.line * each + i].0[from.element];
            }
        }
    }

    /// Drops all lines of runs from `lines` on.
    pub(super) fn truncate(&mut self, lines: usize) {
        let before = self.values.len().max(1);
        self.memory.numbers.truncate(self.memory.numbers.len() / before * lines);
        for coordinates in [&mut self.x, &mut self.gradient, &mut self.best] {
            coordinates.truncate(lines * self.dimension);
        }
        for numbers in [&mut self.values, &mut self.best_values, &mut self.exits] {
            numbers.truncate(lines);
        }
    }
}

/// An element of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) element: usize,
}

pub(super) fn place(slot: usize) -> Place {
    Place { line: slot / LINE, element: slot % LINE }
}
