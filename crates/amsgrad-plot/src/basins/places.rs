//! The places where runs end, and their colors.

use crate::colors::Rgb;

/// Colors of areas that color-blind readers can tell apart (Tol 2021, "muted").
pub(super) const PALETTE: [Rgb; 9] = [
    [0xcc, 0x66, 0x77],
    [0x33, 0x22, 0x88],
    [0xdd, 0xcc, 0x77],
    [0x11, 0x77, 0x33],
    [0x88, 0xcc, 0xee],
    [0x88, 0x22, 0x55],
    [0x44, 0xaa, 0x99],
    [0x99, 0x99, 0x33],
    [0xaa, 0x44, 0x99],
];

/// Where a run from there ends at none of the places: lighter or darker than any of the colors.
pub(super) const NOWHERE: f64 = 0.12;

/// A place where runs end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Basin {
    /// Where it is.
    pub point: [f64; 2],
    /// The value of the function there.
    pub value: f64,
    /// Whether no other place is better. Several may be the best.
    pub best: bool,
}

/// The place of a sample.
pub(super) fn place(number: f64, places: &[Basin]) -> Option<usize> {
    let known = number >= 0.0 && number < places.len() as f64 && number.fract() == 0.0;
    known.then_some(number as usize)
}
