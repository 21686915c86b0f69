//! What is minimized: the cost of all rows, with its gradient and what a step needs.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use amsgrad_formula::{Derivatives, Formula};

use crate::loss::Loss;
use crate::rows::{Block, Columns, Wanted};
use crate::triangle::Triangle;

/// Whether rows are compared with data or summed as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal<'a> {
    /// The loss of (model - data) * weight.
    Residuals { loss: Loss, data: &'a [f64] },
    /// The sum of what the formula gives.
    Sum,
}

/// A formula, its data and its loss.
#[derive(Clone, Debug)]
pub(crate) struct Objective<'a> {
    pub(crate) formula: &'a Formula,
    pub(crate) by_parameters: &'a Derivatives,
    pub(crate) columns: Columns<'a>,
    pub(crate) goal: Goal<'a>,
    /// What each residual, or each term of a sum, is multiplied by.
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) counts: Arc<Counts>,
}

/// How often all rows were evaluated.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) values: AtomicU64,
    pub(crate) gradients: AtomicU64,
}

impl Objective<'_> {
    #[inline]
    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The weighted residual, or the weighted term of a sum.
    #[inline]
    pub(crate) fn residual(&self, row: usize, value: f64) -> f64 {
        match self.goal {
            Goal::Residuals { data, .. } => (value - data[row]) * self.weight(row),
            Goal::Sum => value * self.weight(row),
        }
    }

    /// The same rows at another loss.
    pub(crate) fn at_loss(&self, loss: Loss) -> Self {
        let goal = match self.goal {
            Goal::Residuals { data, .. } => Goal::Residuals { loss, data },
            Goal::Sum => Goal::Sum,
        };
        Self { goal, ..self.clone() }
    }

    pub(crate) fn loss(&self) -> Loss {
        match self.goal {
            Goal::Residuals { loss, .. } => loss,
            Goal::Sum => Loss::Squares,
        }
    }

    /// The cost at a point.
    pub(crate) fn value(&self, point: &[f64]) -> f64 {
        self.counts.values.fetch_add(1, Ordering::Relaxed);
        let absorb = |sum: &mut f64, block: Block<'_>| {
            let costs = block.columns.iter().zip(block.first..).map(|(value, row)| {
                let residual = self.residual(row, *value);
                match self.goal {
                    Goal::Residuals { loss, .. } => loss.cost(residual).value,
                    Goal::Sum => residual,
                }
            });
            *sum += costs.sum::<f64>();
        };
        self.columns.fold(Wanted::Value(self.formula), point, || 0.0, absorb, |a, b| a + b)
    }

    /// The cost and its gradient.
    pub(crate) fn value_and_gradient(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
        self.counts.gradients.fetch_add(1, Ordering::Relaxed);
        let count = point.len();
        let absorb = |sums: &mut Vec<f64>, block: Block<'_>| {
            let (slopes, values) = block.columns.split_at_mut(count * block.length);
            for (value, row) in values.iter_mut().zip(block.first..) {
                let residual = self.residual(row, *value);
                let weight = self.weight(row);
                *value = match self.goal {
                    Goal::Residuals { loss, .. } => {
                        let cost = loss.cost(residual);
                        sums[count] += cost.value;
                        residual * cost.slope * weight
                    }
                    Goal::Sum => {
                        sums[count] += residual;
                        weight
                    }
                };
            }
            for (sum, slopes) in sums.iter_mut().zip(slopes.chunks_exact(block.length)) {
                *sum += slopes.iter().zip(values.iter()).map(|(slope, weight)| slope * weight).sum::<f64>();
            }
        };
        let join = |mut a: Vec<f64>, b: Vec<f64>| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        };
        let sums = self.columns.fold(
            Wanted::Derivatives(self.by_parameters),
            point,
            || vec![0.0; count + 1],
            absorb,
            join,
        );
        gradient.copy_from_slice(&sums[..count]);
        sums[count]
    }

    /// The cost, and the triangle of the rows of `[J | r]`; with `flat`, as they are, else weighed so that their
    /// squares have the gradient of the loss and nearly its curvature.
    pub(crate) fn triangle(&self, point: &[f64], flat: bool) -> (f64, Triangle) {
        self.counts.gradients.fetch_add(1, Ordering::Relaxed);
        let (count, loss) = (point.len(), self.loss());
        // Squares weigh every row alike.
        let flat = flat || loss == Loss::Squares;
        let absorb = |(sum, triangle): &mut (f64, Triangle), block: Block<'_>| {
            let (slopes, values) = block.columns.split_at_mut(count * block.length);
            let mut weights = [0.0; crate::rows::BLOCK];
            for ((value, weight), row) in values.iter_mut().zip(&mut weights).zip(block.first..) {
                let residual = self.residual(row, *value);
                let cost = loss.cost(residual);
                *sum += cost.value;
                let bend = if flat { 1.0 } else { cost.bend.max(0.1 * cost.slope).sqrt() };
                *weight = self.weight(row) * bend;
                *value = if flat || bend == 0.0 { residual } else { residual * cost.slope / bend };
            }
            for slopes in slopes.chunks_exact_mut(block.length) {
                slopes.iter_mut().zip(&weights).for_each(|(slope, weight)| *slope *= weight);
            }
            triangle.absorb(block.columns, block.length);
        };
        let join = |(a, left): (f64, Triangle), (b, right): (f64, Triangle)| (a + b, left.join(&right));
        self.columns.fold(
            Wanted::Derivatives(self.by_parameters),
            point,
            || (0.0, Triangle::new(count + 1)),
            absorb,
            join,
        )
    }
}
