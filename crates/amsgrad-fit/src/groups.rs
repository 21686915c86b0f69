//! One fit per group of rows, on all cores.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::FitError;
use crate::data::Data;
use crate::fit::Fit;
use crate::keep::Nothing;
use crate::report::Outcome;
use crate::table::Table;

/// The rows that share their labels, and what came of their fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<T> {
    /// The labels, in the order of the columns that were asked for.
    pub labels: Vec<String>,
    /// The number of rows.
    pub rows: usize,
    /// What was made of the outcome.
    pub result: T,
}

/// The groups of a table, ready to be fitted.
#[derive(Debug)]
pub struct Groups<'f> {
    fit: &'f Fit<'f>,
    /// The rows in the order of the groups.
    data: Data<'static>,
    /// Number, labels, first row and number of rows.
    groups: Vec<(usize, (Vec<String>, usize, usize))>,
}

impl<'f> Fit<'f> {
    /// Divides the rows of a table into those that agree in all of its label columns, in the order of their first rows.
    ///
    /// ```
    /// use amsgrad_fit::{Fit, Format, Model, Settings, Source};
    ///
    /// let text = "site,x,y\nnorth,0,1\nsouth,0,5\nnorth,1,3\nsouth,1,4\nnorth,2,5\nsouth,2,3\n";
    /// let source = Source::new("sites.csv", text.as_bytes(), &Format::default())?;
    /// let names = source.names().to_vec();
    /// let table = source.read(&names[1..], &names[..1], &mut |_| {})?;
    /// let model = Model::parse("y ~ a + b*x", table.names())?;
    /// let fit = Fit::new(&model, Settings::default())?;
    ///
    /// let rounded = |outcome: Result<amsgrad_fit::Outcome, _>| Some(outcome.ok()?.parameter("b")?.value.round());
    /// let ended = fit.groups(&table)?.run(&|| false, rounded);
    /// assert_eq!((ended[0].labels[0].as_str(), ended[0].result), ("north", Some(2.0)));
    /// assert_eq!((ended[1].labels[0].as_str(), ended[1].result), ("south", Some(-1.0)));
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// The table lacks a column or holds numbers that the settings cannot use. What happens to one group is its own
    /// result.
    pub fn groups(&'f self, table: &Table) -> Result<Groups<'f>, FitError> {
        let (groups, order) = grouped(table);
        let data = Data::new(self.model(), self.settings(), table)?.ordered(&order);
        Ok(Groups { fit: self, data, groups: groups.into_iter().enumerate().collect() })
    }
}

impl Groups<'_> {
    /// Returns the number of groups.
    #[must_use]
    pub fn count(&self) -> usize {
        self.groups.len()
    }

    /// Leaves out the groups whose number, from 0, `keep` refuses: several machines may each fit some of them. What comes of a
    /// group does not depend on the others.
    #[must_use]
    pub fn retain(mut self, keep: impl Fn(usize) -> bool) -> Self {
        self.groups.retain(|(number, _)| keep(*number));
        self
    }

    /// Fits every group, on all cores; `summarize` makes of each outcome what is kept.
    pub fn run<T: Send>(
        self,
        stop: &(dyn Fn() -> bool + Sync),
        summarize: impl Fn(Result<Outcome, FitError>) -> T + Sync,
    ) -> Vec<Group<T>> {
        self.run_each(stop, |_, outcome| summarize(outcome))
    }

    /// The same; `summarize` is told which group it is too, with its number in the place of the result.
    pub fn run_each<T: Send>(
        self,
        stop: &(dyn Fn() -> bool + Sync),
        summarize: impl Fn(&Group<usize>, Result<Outcome, FitError>) -> T + Sync,
    ) -> Vec<Group<T>> {
        let fit = |(number, (labels, first, rows)): (usize, (Vec<String>, usize, usize))| {
            let group = Group { labels, rows, result: number };
            let result = summarize(&group, self.fit.over(&self.data, first..first + rows, stop, &Nothing));
            Group { labels: group.labels, rows, result }
        };
        self.groups.into_par_iter().map(fit).collect()
    }
}

/// The groups, each with its labels, its first place and its number of rows; and the rows in the order of the groups.
fn grouped(table: &Table) -> (Vec<(Vec<String>, usize, usize)>, Vec<usize>) {
    let key = |row: usize| table.labels.iter().map(|labels| labels.rows[row]).collect::<Vec<u32>>();
    let mut known: HashMap<Vec<u32>, usize> = HashMap::new();
    let mut counts: Vec<usize> = Vec::new();
    let group_of: Vec<usize> = (0..table.rows())
        .map(|row| {
            let group = *known.entry(key(row)).or_insert(counts.len());
            if group == counts.len() {
                counts.push(0);
            }
            counts[group] += 1;
            group
        })
        .collect();
    let mut labels = vec![Vec::new(); counts.len()];
    for (key, group) in known {
        let words = key.iter().zip(&table.labels).map(|(word, labels)| labels.words[*word as usize].clone());
        labels[group] = words.collect();
    }
    let mut next: Vec<usize> = counts
        .iter()
        .scan(0, |end, count| {
            *end += count;
            Some(*end - count)
        })
        .collect();
    let groups =
        labels.into_iter().zip(&next).zip(&counts).map(|((labels, first), rows)| (labels, *first, *rows));
    let groups = groups.collect();
    let mut order = vec![0; table.rows()];
    for (row, group) in group_of.into_iter().enumerate() {
        order[next[group]] = row;
        next[group] += 1;
    }
    (groups, order)
}
