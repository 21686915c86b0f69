//! Numbers as they are typed: `0.01`, `1e5`, `1_000`.

/// The number without the underscores between its digits.
fn plain(text: &str) -> String {
    let text = text.trim();
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let between = |i: usize| i > 0 && digit(bytes.get(i - 1)) && digit(bytes.get(i + 1));
    text.char_indices().filter(|(i, c)| *c != '_' || !between(*i)).map(|(_, c)| c).collect()
}

/// A finite number.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    let number = plain(text).parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "is not a finite number; use one such as 0.01 or 1e-3".to_owned())
}

/// A number that is not negative.
pub(crate) fn tolerance(text: &str) -> Result<f64, String> {
    let good = number(text).ok().filter(|number| *number >= 0.0);
    good.ok_or_else(|| "is not a number from 0 up; use one such as 1e-6".to_owned())
}

/// A time in seconds, or with its unit: `90`, `90s`, `1.5min`, `2h`, `200ms`.
pub(crate) fn duration(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let (digits, factor) = [("ms", 1e-3), ("min", 60.0), ("s", 1.0), ("h", 3600.0)]
        .into_iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))
        .unwrap_or((text, 1.0));
    let good =
        number(digits).ok().map(|number| number * factor).filter(|time| *time > 0.0 && time.is_finite());
    good.ok_or_else(|| "is not a time above 0; use seconds such as 1.5, or 90s, 5min, 2h".to_owned())
}

/// A whole number, also written as `1e5` or `1_000`.
fn whole(text: &str) -> Option<u64> {
    /// Above this not every whole number is an `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let text = plain(text);
    let scientific = || {
        let number: f64 = text.parse().ok().filter(|_| text.contains(['e', 'E']))?;
        ((0.0..=EXACT).contains(&number) && number.fract() == 0.0).then_some(number as u64)
    };
    text.parse().ok().or_else(scientific)
}

/// A count or a seed, which may be 0.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    whole(text).ok_or_else(|| "is not a whole number from 0 up; use one such as 1000".to_owned())
}

/// A seed of NumPy's older generator.
pub(crate) fn seed_32(text: &str) -> Result<u32, String> {
    let good = whole(text).and_then(|number| u32::try_from(number).ok());
    good.ok_or_else(|| "is not a whole number from 0 to 4294967295; use one such as 1".to_owned())
}

/// A number of pixels per inch.
pub(crate) fn pixels(text: &str) -> Result<u32, String> {
    let good = whole(text).and_then(|number| u32::try_from(number).ok());
    good.ok_or_else(|| "is not a whole number; use one such as 300".to_owned())
}

/// A number of things that are all kept or told.
pub(crate) fn up_to_million(text: &str) -> Result<usize, String> {
    let good = positive(text).ok().filter(|number| *number <= 1_000_000);
    good.ok_or_else(|| "is not a whole number from 1 to 1000000; use one such as 100".to_owned())
}

/// A count of at least 1.
pub(crate) fn natural(text: &str) -> Result<u64, String> {
    let good = whole(text).filter(|number| *number >= 1);
    good.ok_or_else(|| "is not a whole number from 1 up; use one such as 1000".to_owned())
}

/// A number of things of at least 1.
pub(crate) fn positive(text: &str) -> Result<usize, String> {
    natural(text).and_then(|number| {
        usize::try_from(number).map_err(|_| "is too large; use a smaller number".to_owned())
    })
}

/// A time of a minute at most.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    let good = whole(text.trim().trim_end_matches('s')).filter(|seconds| (1..=60).contains(seconds));
    good.ok_or_else(|| "is not a whole number of seconds from 1 to 60; use one such as 3".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(count("1e5"), Ok(100_000));
        assert_eq!(count("1_000"), Ok(1000));
        assert_eq!(count("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(number(" 1_000.5 "), Ok(1000.5));
        assert_eq!((duration("1s"), duration("2min"), duration("5ms")), (Ok(1.0), Ok(120.0), Ok(0.005)));
        for wrong in ["1.5", "-1", "1e-3", "1e30", "_1", "1_", "1__0", "", "e5", "1 0", "inf", "nan", "0x10"]
        {
            assert!(count(wrong).is_err(), "{wrong}");
        }
        for wrong in ["s", "1 hour", "0", "-1s", "nan", "1e308h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
