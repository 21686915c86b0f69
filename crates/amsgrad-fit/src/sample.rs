//! Some of the rows, in any order.

use core::ops::Range;

use amsgrad::random::Uniform;
use rayon::prelude::*;

use crate::objective::{Goal, Objective};
use crate::rows::Columns;

/// Rows copied from an objective.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) columns: Vec<Vec<f64>>,
    /// What the rows are compared with; empty for sums.
    pub(crate) data: Vec<f64>,
    weights: Option<Vec<f64>>,
    pub(crate) rows: usize,
}

impl Sample {
    /// Copies the rows of these numbers, in their order.
    pub(crate) fn of(objective: &Objective<'_>, rows: &[usize]) -> Self {
        let some = |column: &[f64]| rows.iter().map(|row| column[*row]).collect::<Vec<f64>>();
        let data = match objective.goal {
            Goal::Residuals { data, .. } => some(data),
            Goal::Sum => Vec::new(),
        };
        let columns = objective.columns.columns.par_iter().map(|column| some(column)).collect();
        Self { columns, data, weights: objective.weights.map(some), rows: rows.len() }
    }

    /// Copies at most `most` rows, evenly spaced.
    pub(crate) fn spaced(objective: &Objective<'_>, most: usize) -> Self {
        let all = objective.columns.rows;
        let count = all.min(most);
        Self::of(objective, &(0..count).map(|row| row * all / count).collect::<Vec<usize>>())
    }

    /// Copies one of each `share` rows, in short runs at places drawn by `seed`, so that no period of the data goes unseen.
    pub(crate) fn drawn(objective: &Objective<'_>, share: usize, seed: u64) -> Self {
        // What the memory gives at once.
        const RUN: usize = 8;
        let mut uniform = Uniform::numpy(seed);
        let stretch = share * RUN;
        let run = |part: usize| {
            let first = part * stretch + uniform.below(stretch - RUN + 1);
            first..first + RUN
        };
        Self::of(objective, &(0..objective.columns.rows / stretch).flat_map(run).collect::<Vec<usize>>())
    }

    /// The objective over all of these rows.
    pub(crate) fn objective<'a>(&'a self, whole: &'a Objective<'_>) -> Objective<'a> {
        self.part(whole, 0..self.rows)
    }

    /// The objective over some of these rows.
    pub(crate) fn part<'a>(&'a self, whole: &'a Objective<'_>, rows: Range<usize>) -> Objective<'a> {
        let columns = self.columns.iter().map(|column| &column[rows.clone()]).collect();
        let goal = match whole.goal {
            Goal::Residuals { loss, .. } => Goal::Residuals { loss, data: &self.data[rows.clone()] },
            Goal::Sum => Goal::Sum,
        };
        Objective {
            formula: whole.formula,
            by_parameters: whole.by_parameters,
            columns: Columns { columns, rows: rows.len() },
            goal,
            weights: self.weights.as_deref().map(|weights| &weights[rows]),
            counts: Default::default(),
        }
    }
}
