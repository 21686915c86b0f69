//! What is minimized: the cost of all rows, with its gradient and what a step needs.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use amsgrad_formula::{Derivatives, Formula};

use crate::loss::Loss;
use crate::rows::{BLOCK, Block, Columns, Wanted};
use crate::sum;
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
    /// Makes weighted residuals, or the weighted terms of a sum, of the values of the rows from `first` on.
    pub(crate) fn weigh_values(&self, first: usize, values: &mut [f64]) {
        if let Goal::Residuals { data, .. } = self.goal {
            values.iter_mut().zip(&data[first..]).for_each(|(value, data)| *value -= data);
        }
        self.weigh(first, values);
    }

    /// Multiplies what belongs to the rows from `first` on by their weights.
    fn weigh(&self, first: usize, column: &mut [f64]) {
        if let Some(weights) = self.weights {
            column.iter_mut().zip(&weights[first..]).for_each(|(entry, weight)| *entry *= weight);
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
            self.weigh_values(block.first, block.columns);
            if let Goal::Residuals { loss, .. } = self.goal {
                block.columns.iter_mut().for_each(|residual| *residual = loss.cost(*residual).value);
            }
            *sum += sum::sum(block.columns);
        };
        self.columns.fold(Wanted::Value(self.formula), point, || 0.0, absorb, |a, b| a + b)
    }

    /// The cost and its gradient.
    pub(crate) fn value_and_gradient(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
        self.counts.gradients.fetch_add(1, Ordering::Relaxed);
        let count = point.len();
        let absorb = |sums: &mut Vec<f64>, block: Block<'_>| {
            let (partials, values) = block.columns.split_at_mut(count * block.length);
            self.weigh_values(block.first, values);
            let mut costs = [0.0; BLOCK];
            for (value, price) in values.iter_mut().zip(&mut costs) {
                (*price, *value) = match self.goal {
                    Goal::Residuals { loss, .. } => {
                        let cost = loss.cost(*value);
                        (cost.value, *value * cost.weight)
                    }
                    Goal::Sum => (*value, 1.0),
                };
            }
            self.weigh(block.first, values);
            sums[count] += sum::sum(&costs[..block.length]);
            for (sum, partials) in sums.iter_mut().zip(partials.chunks_exact(block.length)) {
                *sum += sum::dot(partials, values);
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

    /// The cost by a loss, and the triangle of the rows of `[J | r]`, weighed so that their squares have the gradient of the
    /// loss and nearly its curvature.
    pub(crate) fn triangle(&self, point: &[f64], loss: Loss) -> (f64, Triangle) {
        self.counts.gradients.fetch_add(1, Ordering::Relaxed);
        let count = point.len();
        let absorb = |(sum, triangle): &mut (f64, Triangle), block: Block<'_>| {
            let (partials, values) = block.columns.split_at_mut(count * block.length);
            self.weigh_values(block.first, values);
            partials.chunks_exact_mut(block.length).for_each(|partials| self.weigh(block.first, partials));
            // Squares weigh every row alike.
            if loss == Loss::Squares {
                *sum += 0.5 * sum::dot(values, values);
            } else {
                let (mut roots, mut costs) = ([0.0; BLOCK], [0.0; BLOCK]);
                for (residual, (root, price)) in values.iter_mut().zip(roots.iter_mut().zip(&mut costs)) {
                    let cost = loss.cost(*residual);
                    *price = cost.value;
                    *root = cost.bend.max(0.1 * cost.weight).sqrt();
                    *residual = if *root == 0.0 { *residual } else { *residual * cost.weight / *root };
                }
                *sum += sum::sum(&costs[..block.length]);
                for partials in partials.chunks_exact_mut(block.length) {
                    partials.iter_mut().zip(&roots).for_each(|(partial, root)| *partial *= root);
                }
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
