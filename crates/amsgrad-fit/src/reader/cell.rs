//! One cell of a table.

use crate::error::cut;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    Number(f64),
    Missing,
    Infinite,
    Words,
}

/// The words that stand for a missing number, in any case.
const MISSING: [&[u8]; 5] = [b"na", b"n/a", b"nan", b"null", b"none"];

pub(super) fn parse(bytes: &[u8]) -> Cell {
    if let Some(number) = plain(bytes) {
        return Cell::Number(number);
    }
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() || MISSING.iter().any(|word| bytes.eq_ignore_ascii_case(word)) {
        return Cell::Missing;
    }
    match core::str::from_utf8(bytes).ok().and_then(|text| text.parse::<f64>().ok()) {
        Some(number) if number.is_finite() => Cell::Number(number),
        Some(number) if number.is_infinite() => Cell::Infinite,
        _ => Cell::Words,
    }
}

/// The number of at most 15 digits without an exponent, as most are: both its digits and the power of ten are exact,
/// so that one division rounds correctly.
#[inline]
fn plain(bytes: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 16 {
        return None;
    }
    let (mut mantissa, mut count, mut point) = (0_u64, 0, None);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                count += 1;
            }
            b'.' if point.is_none() => point = Some(count),
            _ => return None,
        }
    }
    if !(1..=15).contains(&count) {
        return None;
    }
    let number = mantissa as f64 / POWERS[point.map_or(0, |point| count - point)];
    Some(if negative { -number } else { number })
}

impl Cell {
    /// Says what is wrong with a cell that holds no number.
    pub(super) fn told(self, bytes: &[u8]) -> String {
        let text = cut(&text(bytes));
        match self {
            Self::Missing => "the cell is missing; --skip-missing leaves out such rows".to_owned(),
            Self::Infinite => format!("'{text}' is not a finite number"),
            _ if text.contains(',') && text.replace(',', ".").parse::<f64>().is_ok() => {
                format!("'{text}' is not a number; a decimal point is needed, not a comma")
            }
            _ => format!("'{text}' is not a number"),
        }
    }
}

/// The text of a cell, on one line.
pub(super) fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.trim_ascii());
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_those_of_the_standard_library() {
        let mut state = 1_u64;
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (digits, places) =
                (state % 10_u64.pow((state >> 33) as u32 % 16), (state >> 40) as usize % 16);
            let text = format!("{digits:0>places$}");
            let (whole, part) = text.split_at(text.len() - places);
            for text in [format!("{whole}.{part}"), format!("-{whole}{part}")] {
                let expected = text.parse::<f64>().unwrap().to_bits();
                assert_eq!(parse(text.as_bytes()), Cell::Number(f64::from_bits(expected)), "{text}");
                assert_eq!(plain(text.as_bytes()).map_or(expected, f64::to_bits), expected, "{text}");
            }
        }
        for text in [".", "-", "", "1.2.3", "1e5", "--1"] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
    }
}
