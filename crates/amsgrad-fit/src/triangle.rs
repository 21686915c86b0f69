//! Least squares by Householder reflections: rows are absorbed into a triangle, a block at a time.
//!
//! The triangle of `[J | r]` holds all that a step needs, with none of the digits that the normal equations lose.
//! Triangles of parts are joined by absorbing one into the other, so rows are reduced over a fixed tree.

use amsgrad::{Kernel, accelerate};

use crate::sum::dot;

/// An upper triangle of `size` columns by rows, the last column the residuals.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Triangle {
    pub(crate) size: usize,
    entries: Vec<f64>,
}

impl Triangle {
    /// The triangle of no rows.
    pub(crate) fn new(size: usize) -> Self {
        Self { size, entries: vec![0.0; size * size] }
    }

    /// The triangle with these entries by rows, if they are as many as it has.
    pub(crate) fn of(size: usize, entries: Vec<f64>) -> Option<Self> {
        (entries.len() == size * size).then_some(Self { size, entries })
    }

    pub(crate) fn into_entries(self) -> Vec<f64> {
        self.entries
    }

    #[inline]
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.entries[row * self.size + column]
    }

    /// Absorbs `size` columns of equal length that lie one after the other; they are overwritten.
    pub(crate) fn absorb(&mut self, columns: &mut [f64], length: usize) {
        accelerate(Absorb { triangle: self, columns, length });
    }

    /// Joins the triangle of other rows.
    pub(crate) fn join(mut self, other: &Self) -> Self {
        let size = self.size;
        let mut columns: Vec<f64> =
            (0..size * size).map(|index| other.at(index % size, index / size)).collect();
        self.absorb(&mut columns, size);
        self
    }

    /// The triangle of other columns: `column(j, row)` is entry `row` of column `j` in the space of this one's rows.
    pub(crate) fn mapped(&self, columns: usize, column: impl Fn(usize, usize) -> f64) -> Self {
        let mut entries: Vec<f64> = (0..columns)
            .flat_map(|j| (0..self.size).map(move |row| (j, row)))
            .map(|(j, row)| column(j, row))
            .collect();
        let mut mapped = Self::new(columns);
        mapped.absorb(&mut entries, self.size);
        mapped
    }

    /// The triangle in which columns that depend on those before them, but for `rounding` of their norm, have no part of
    /// their own: what is left of them is noise, which a step would follow far.
    pub(crate) fn determined(&self, rounding: f64) -> Self {
        let (mut cleaned, size) = (self.clone(), self.size);
        for column in 0..size - 1 {
            if cleaned.at(column, column).abs() > rounding * cleaned.norm(column) {
                continue;
            }
            let row = column * size..(column + 1) * size;
            let mut rest: Vec<f64> = cleaned.entries[row.clone()].to_vec();
            cleaned.entries[row].fill(0.0);
            rest[..=column].fill(0.0);
            cleaned.absorb(&mut rest, 1);
        }
        cleaned
    }

    /// The norm of a column.
    pub(crate) fn norm(&self, column: usize) -> f64 {
        let square = |unit: f64| (0..=column).map(|row| (unit * self.at(row, column)).powi(2)).sum::<f64>();
        let unit = unit(square(1.0));
        square(unit).sqrt() / unit
    }

    /// Solves the upper part for a right side of `size - 1` numbers; `None` where a diagonal entry is 0.
    pub(crate) fn solve(&self, right: &[f64]) -> Option<Vec<f64>> {
        let mut x = right.to_vec();
        for row in (0..self.size - 1).rev() {
            let diagonal = self.at(row, row);
            if diagonal == 0.0 {
                return None;
            }
            let known: f64 = (row + 1..self.size - 1).map(|column| self.at(row, column) * x[column]).sum();
            x[row] = (x[row] - known) / diagonal;
        }
        Some(x)
    }

    /// The last column without its last entry.
    pub(crate) fn right(&self) -> impl Iterator<Item = f64> {
        (0..self.size - 1).map(|row| self.at(row, self.size - 1))
    }
}

/// Squared norms with all their digits, also when they are multiplied with each other's inverses.
const SQUARES: core::ops::Range<f64> = 1e-280..1e280;
/// What lifts smaller and larger columns into that range: 2^500.
const LARGE: f64 = f64::from_bits((1023 + 500) << 52);

/// The unit in which a squared norm has all its digits.
#[inline(always)]
fn unit(square: f64) -> f64 {
    match square {
        _ if SQUARES.contains(&square) => 1.0,
        ..1.0 => LARGE,
        _ => 1.0 / LARGE,
    }
}

/// The absorption of a block of rows, compiled for every instruction set.
struct Absorb<'a> {
    triangle: &'a mut Triangle,
    columns: &'a mut [f64],
    length: usize,
}

impl Kernel for Absorb<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (size, length, columns) = (self.triangle.size, self.length, self.columns);
        let entries = &mut self.triangle.entries;
        for k in 0..size {
            let (pivot, later) = columns[k * length..].split_at_mut(length);
            let (mut head, mut below) = (entries[k * size + k], dot(pivot, pivot));
            let mut square = head * head + below;
            // A block far from a peak has derivatives whose squares vanish. The reflection is the same in any unit.
            let unit = unit(square);
            if unit != 1.0 {
                pivot.iter_mut().for_each(|entry| *entry *= unit);
                (head, below) = (head * unit, dot(pivot, pivot));
                square = head * head + below;
            }
            // What is subnormal has lost its digits.
            if below == 0.0 || square < SQUARES.start {
                continue;
            }
            let norm = square.sqrt();
            let diagonal = if head > 0.0 { -norm } else { norm };
            let first = head - diagonal;
            let factor = 1.0 / (diagonal * first);
            entries[k * size + k] = diagonal / unit;
            for (column, j) in later.chunks_exact_mut(length).zip(k + 1..size) {
                let here = &mut entries[k * size + j];
                let share = (first * *here + dot(pivot, column)) * factor;
                *here += share * first;
                for (entry, v) in column.iter_mut().zip(pivot.iter()) {
                    *entry += share * v;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_any_size_leave_the_others_their_digits() {
        for size in [1.0, 1e-150, 1e-155, 1e-160, 1e-250, 1e-310, 1e-320, 1e150, 1e250] {
            let mut triangle = Triangle::new(2);
            // Orthogonal columns: the second keeps its norm.
            triangle.absorb(&mut [size, -size, 2.0 * size, 3.0, 3.0, 0.0], 3);
            let (first, second) = (triangle.at(0, 0).abs() / size, triangle.norm(1));
            assert!((second - 18.0_f64.sqrt()).abs() < 1e-14, "{size:e}: {second}");
            // Subnormal numbers are none.
            let expected = if size < f64::MIN_POSITIVE { 0.0 } else { 6.0_f64.sqrt() };
            assert!((first - expected).abs() < 1e-14, "{size:e}: {first}");
        }
    }

    #[test]
    fn a_line_through_points_is_found_in_any_grouping() {
        let rows: Vec<[f64; 3]> = (0..20).map(|i| [1.0, f64::from(i), 3.0 + 2.0 * f64::from(i)]).collect();
        let of = |rows: &[[f64; 3]]| {
            let mut columns: Vec<f64> = (0..3).flat_map(|j| rows.iter().map(move |row| row[j])).collect();
            let mut triangle = Triangle::new(3);
            triangle.absorb(&mut columns, rows.len());
            triangle
        };
        let joined = of(&rows[..7]).join(&of(&rows[7..]));
        for triangle in [of(&rows), joined] {
            let right: Vec<f64> = triangle.right().collect();
            let x = triangle.solve(&right).unwrap();
            assert!((x[0] - 3.0).abs() < 1e-13 && (x[1] - 2.0).abs() < 1e-14, "{x:?}");
            assert!(triangle.at(2, 2).abs() < 1e-13);
        }
    }
}
