//! Sums of many terms: in eight lanes that are added in a fixed order, so that no term waits for the one before.

use core::ops::Range;

use crate::rows::in_parts;

const LANES: usize = 8;

/// The sum of the terms.
#[inline(always)]
pub(crate) fn sum(terms: &[f64]) -> f64 {
    let (whole, rest) = terms.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for terms in whole {
        lanes.iter_mut().zip(terms).for_each(|(lane, term)| *lane += term);
    }
    joined(lanes) + rest.iter().sum::<f64>()
}

/// The sum of the products, of long columns in several rows of lanes, so that an addition need not wait for the last one.
#[inline(always)]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    const ROWS: usize = 4;
    let ((long_a, a), (long_b, b)) = (a.as_chunks::<{ ROWS * LANES }>(), b.as_chunks::<{ ROWS * LANES }>());
    let ((short_a, a), (short_b, b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut rows = [0.0; ROWS * LANES];
    for (a, b) in long_a.iter().zip(long_b) {
        rows.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (a, b))| *lane += a * b);
    }
    let row = |row: usize, lane: usize| rows[row * LANES + lane];
    let mut lanes: [f64; LANES] =
        core::array::from_fn(|lane| (row(0, lane) + row(1, lane)) + (row(2, lane) + row(3, lane)));
    for (a, b) in short_a.iter().zip(short_b) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (a, b))| *lane += a * b);
    }
    joined(lanes) + a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()
}

/// The sums of some terms per row, on all cores with the same bits as on one.
pub(crate) fn over<const N: usize>(rows: usize, terms: impl Fn(usize) -> [f64; N] + Sync) -> [f64; N] {
    let part = |rows: Range<usize>| {
        let mut lanes = [[0.0; LANES]; N];
        for start in rows.clone().step_by(LANES) {
            for (lane, row) in (start..rows.end.min(start + LANES)).enumerate() {
                lanes.iter_mut().zip(terms(row)).for_each(|(lanes, term)| lanes[lane] += term);
            }
        }
        lanes.map(joined)
    };
    in_parts(rows, part, |a, b| core::array::from_fn(|index| a[index] + b[index]))
}

#[inline(always)]
fn joined([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
