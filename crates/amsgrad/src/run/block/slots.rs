//! The runs of a block in packs: slot s is element s % WIDTH of pack s / WIDTH.

use crate::number::Number;

/// What is kept of every run in the number type that runs.
pub(super) struct Slots<N> {
    pub(super) dimension: usize,
    pub(super) x: Vec<N>,
    pub(super) gradient: Vec<N>,
    pub(super) best: Vec<N>,
    pub(super) values: Vec<N>,
    /// Comparable; infinite before the first.
    pub(super) best_values: Vec<N>,
    pub(super) exits: Vec<N>,
}

impl<N: Number> Slots<N> {
    /// Places points, `dimension` packs each.
    pub(super) fn new(dimension: usize, x: Vec<N>) -> Self {
        let (zero, packs) = (N::constant(0.0), x.len() / dimension);
        Self {
            dimension,
            gradient: vec![zero; x.len()],
            best: x.clone(),
            values: vec![zero; packs],
            best_values: vec![N::constant(f64::INFINITY); packs],
            exits: vec![zero; packs],
            x,
        }
    }

    /// Returns where a coordinate of the run in a slot is.
    pub(super) fn coordinate(&self, slot: usize, i: usize) -> Place {
        let Place { pack, element } = place::<N>(slot);
        Place { pack: pack * self.dimension + i, element }
    }

    /// Copies what one slot holds to another.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        for i in 0..self.dimension {
            let (from, to) = (self.coordinate(from, i), self.coordinate(to, i));
            for numbers in [&mut self.x, &mut self.gradient, &mut self.best] {
                numbers[to.pack] =
                    put(numbers[to.pack], to.element, numbers[from.pack].element(from.element));
            }
        }
        let (from, to, best) = (place::<N>(from), place::<N>(to), &mut self.best_values);
        best[to.pack] = put(best[to.pack], to.element, best[from.pack].element(from.element));
    }

    /// Drops all packs of runs from `packs` on.
    pub(super) fn truncate(&mut self, packs: usize) {
        for coordinates in [&mut self.x, &mut self.gradient, &mut self.best] {
            coordinates.truncate(packs * self.dimension);
        }
        for numbers in [&mut self.values, &mut self.best_values, &mut self.exits] {
            numbers.truncate(packs);
        }
    }
}

/// An element of a pack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub(super) pack: usize,
    pub(super) element: usize,
}

pub(super) fn place<N: Number>(slot: usize) -> Place {
    Place { pack: slot / N::WIDTH, element: slot % N::WIDTH }
}

/// Returns `pack` with another number in one element.
pub(super) fn put<N: Number>(pack: N, element: usize, number: N::Real) -> N {
    N::from_fn(|i| if i == element { number } else { pack.element(i) })
}
