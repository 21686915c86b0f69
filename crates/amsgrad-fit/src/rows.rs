//! A formula over the rows of a table: packs of 16 rows, blocks, all cores.

use core::cell::RefCell;
use core::ops::Range;

use amsgrad::{Kernel, Number as _, Pack, accelerate};
use amsgrad_formula::{Derivatives, Formula};
use rayon::prelude::*;

/// Rows evaluated together in one pack.
const WIDTH: usize = 16;
/// Rows whose results are kept at once; they fit the fastest cache.
pub(crate) const BLOCK: usize = 256;
/// Rows summed in order by one thread. Parts are joined over a tree that depends on the number of rows alone.
const PART: usize = 16 * BLOCK;

/// What is wanted of each row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// The value.
    Value(&'a Formula),
    /// The derivatives by each parameter, and the value.
    Derivatives(&'a Derivatives),
}

/// Columns of equal length, in the order of a formula's predictors.
#[derive(Clone, Debug)]
pub(crate) struct Columns<'a> {
    pub(crate) columns: Vec<&'a [f64]>,
    pub(crate) rows: usize,
}

thread_local! {
    /// A thread evaluates one part at a time, and nothing within a part waits for other threads.
    static WORK: RefCell<Work> = RefCell::default();
}

/// Memory that evaluations use again.
#[derive(Debug, Default)]
pub(crate) struct Work {
    scratch: Vec<Pack<f64, WIDTH>>,
    /// The values of one block, after the derivatives by each parameter.
    results: Vec<f64>,
}

/// The results of one block of rows.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) first: usize,
    pub(crate) length: usize,
    /// The derivatives by each parameter, a column each, where they were asked for; then the values.
    pub(crate) columns: &'a mut [f64],
}

impl Columns<'_> {
    /// Evaluates at `parameters` and folds the blocks of each part in order; the parts are joined over a tree. With
    /// one thread or many, the result has the same bits.
    pub(crate) fn fold<T: Send>(
        &self,
        wanted: Wanted<'_>,
        parameters: &[f64],
        begin: impl Fn() -> T + Sync,
        absorb: impl Fn(&mut T, Block<'_>) + Sync,
        join: impl Fn(T, T) -> T,
    ) -> T {
        let part = |work: &mut Work, rows: Range<usize>| {
            let mut sum = begin();
            for first in rows.clone().step_by(BLOCK) {
                let length = BLOCK.min(rows.end - first);
                let columns = work.block(self, wanted, parameters, first, length);
                absorb(&mut sum, Block { first, length, columns });
            }
            sum
        };
        in_parts(self.rows, |rows| WORK.with_borrow_mut(|work| part(work, rows)), join)
    }

    /// The value of each row.
    pub(crate) fn values(&self, formula: &Formula, parameters: &[f64]) -> Vec<f64> {
        let append = |values: &mut Vec<f64>, block: Block<'_>| values.extend_from_slice(block.columns);
        self.fold(Wanted::Value(formula), parameters, Vec::new, append, |mut a, b| {
            a.extend(b);
            a
        })
    }
}

/// Makes something of the rows, a part at a time on all cores, and joins the parts over a tree that depends on the number of
/// rows alone.
pub(crate) fn in_parts<T: Send>(
    rows: usize,
    part: impl Fn(Range<usize>) -> T + Sync,
    join: impl Fn(T, T) -> T,
) -> T {
    let whole = || part(0..rows);
    if rows <= PART {
        return whole();
    }
    let part = |index: usize| part(index * PART..rows.min((index + 1) * PART));
    let mut parts = Vec::new();
    (0..rows.div_ceil(PART)).into_par_iter().map(part).collect_into_vec(&mut parts);
    tree(parts, join).unwrap_or_else(whole)
}

/// Joins neighbors until one is left.
fn tree<T>(mut parts: Vec<T>, join: impl Fn(T, T) -> T) -> Option<T> {
    while parts.len() > 1 {
        let mut pairs = parts.into_iter();
        let mut joined = Vec::with_capacity(pairs.len().div_ceil(2));
        while let Some(first) = pairs.next() {
            joined.push(match pairs.next() {
                Some(second) => join(first, second),
                None => first,
            });
        }
        parts = joined;
    }
    parts.pop()
}

impl Work {
    fn block(
        &mut self,
        data: &Columns<'_>,
        wanted: Wanted<'_>,
        parameters: &[f64],
        first: usize,
        length: usize,
    ) -> &mut [f64] {
        let columns = match wanted {
            Wanted::Value(_) => 1,
            Wanted::Derivatives(_) => parameters.len() + 1,
        };
        self.results.resize(columns * BLOCK, 0.0);
        let results = &mut self.results[..columns * length];
        accelerate(Pass { data, wanted, parameters, first, length, results, scratch: &mut self.scratch });
        results
    }
}

/// The evaluation of one block, compiled for every instruction set.
struct Pass<'a, 'd> {
    data: &'a Columns<'d>,
    wanted: Wanted<'a>,
    parameters: &'a [f64],
    first: usize,
    length: usize,
    results: &'a mut [f64],
    scratch: &'a mut Vec<Pack<f64, WIDTH>>,
}

impl Kernel for Pass<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (count, length) = (self.parameters.len(), self.length);
        let (mut here, values) = match self.wanted {
            Wanted::Value(formula) => (formula.in_place(self.scratch), 0),
            Wanted::Derivatives(derivatives) => (derivatives.in_place(self.scratch), count * length),
        };
        for (variable, parameter) in here.variables().iter_mut().zip(self.parameters) {
            *variable = Pack::splat(*parameter);
        }
        for start in (0..length).step_by(WIDTH) {
            let lanes = WIDTH.min(length - start);
            for (pack, column) in here.variables()[count..].iter_mut().zip(&self.data.columns) {
                let cells = &column[self.first + start..][..lanes];
                // A last pack that is not full repeats its last row.
                *pack = match cells.first_chunk::<WIDTH>() {
                    Some(cells) => Pack(*cells),
                    None => Pack::from_fn(|lane| cells[lane.min(lanes - 1)]),
                };
            }
            let value = here.evaluate(|first, partials| {
                for (partial, column) in
                    partials.iter().zip(self.results[first * length..].chunks_mut(length))
                {
                    store(&mut column[start..][..lanes], partial);
                }
            });
            store(&mut self.results[values + start..][..lanes], &value);
        }
    }
}

/// Stores the first numbers of a pack. A whole one is stored without a call.
#[inline(always)]
fn store(into: &mut [f64], pack: &Pack<f64, WIDTH>) {
    match into.first_chunk_mut() {
        Some(whole) => *whole = pack.0,
        None => into.copy_from_slice(&pack.0[..into.len()]),
    }
}
