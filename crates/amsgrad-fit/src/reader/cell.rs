//! One cell of a table.

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

impl Cell {
    /// Says what is wrong with a cell that holds no number.
    pub(super) fn told(self, bytes: &[u8]) -> String {
        let text = shown(bytes);
        match self {
            Self::Missing => "the cell is missing; rows with missing cells can be skipped".to_owned(),
            Self::Infinite => format!("'{text}' is not a finite number"),
            _ if text.contains(',') && text.replace(',', ".").parse::<f64>().is_ok() => {
                format!("'{text}' is not a number; a decimal point is needed, not a comma")
            }
            _ => format!("'{text}' is not a number"),
        }
    }
}

/// The text of a cell, cut where it is long.
pub(super) fn shown(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let text = String::from_utf8_lossy(bytes.trim_ascii());
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= LONGEST {
        clean.collect()
    } else {
        clean.take(LONGEST).chain("...".chars()).collect()
    }
}
