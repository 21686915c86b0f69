//! Vectors as NumPy prints them: `[-0.15895599  0.43364899]`.
//!
//! NumPy's defaults: 8 digits at most after the point, trailing zeros left out; scientific where the largest magnitude is
//! 1e8 or more, the smallest one other than 0 is below 1e-4, or their ratio is above 1000. Entries are aligned with each
//! other. All on one line, however long.

const DIGITS: usize = 8;

/// The vector in brackets.
pub(crate) fn vector(values: &[f64]) -> String {
    let entries = if scientific(values) { scientific_entries(values) } else { positional_entries(values) };
    format!("[{}]", entries.join(" "))
}

fn scientific(values: &[f64]) -> bool {
    let magnitudes = values.iter().map(|value| value.abs()).filter(|value| *value > 0.0 && value.is_finite());
    let (least, most) =
        magnitudes.fold((f64::INFINITY, 0.0_f64), |(least, most), m| (least.min(m), most.max(m)));
    most >= 1e8 || least < 1e-4 || most / least > 1000.0
}

/// Aligned at the point: spaces before it and after the last digit.
fn positional_entries(values: &[f64]) -> Vec<String> {
    let parts: Vec<(String, String)> =
        values.iter().map(|value| split(*value, &format!("{value:.DIGITS$}"))).collect();
    let finite = || values.iter().zip(&parts).filter(|(value, _)| value.is_finite()).map(|(_, part)| part);
    let left = finite().map(|(whole, _)| whole.len()).max().unwrap_or(0);
    let right = finite().map(|(_, fraction)| fraction.len()).max().unwrap_or(0);
    aligned(values, &parts, left, right, |(whole, fraction)| format!("{whole:>left$}.{fraction:<right$}"))
}

/// All with as many digits as the longest needs, and exponents of at least two.
fn scientific_entries(values: &[f64]) -> Vec<String> {
    let split_exponent = |value: &f64| {
        let text = format!("{value:.DIGITS$e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        (split(*value, digits), exponent.parse::<i32>().unwrap_or(0))
    };
    let parts: Vec<((String, String), i32)> = values.iter().map(split_exponent).collect();
    let finite = || values.iter().zip(&parts).filter(|(value, _)| value.is_finite()).map(|(_, part)| part);
    let left = finite().map(|((whole, _), _)| whole.len()).max().unwrap_or(0);
    let digits = finite().map(|((_, fraction), _)| fraction.len()).max().unwrap_or(0);
    let width = finite().map(|(_, exponent)| exponent.abs().to_string().len()).max().unwrap_or(0).max(2);
    aligned(values, &parts, left, digits + width + 2, |((whole, fraction), exponent)| {
        let sign = if *exponent < 0 { '-' } else { '+' };
        format!("{whole:>left$}.{fraction:0<digits$}e{sign}{:0>width$}", exponent.abs())
    })
}

/// Whole and fraction of a decimal, without trailing zeros.
fn split(value: f64, text: &str) -> (String, String) {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = if value == 0.0 && value.is_sign_negative() { "-0" } else { whole };
    (whole.to_owned(), fraction.trim_end_matches('0').to_owned())
}

/// Each finite entry by `show`, the others as words as wide as they.
fn aligned<P>(
    values: &[f64],
    parts: &[P],
    left: usize,
    right: usize,
    show: impl Fn(&P) -> String,
) -> Vec<String> {
    let word = |value: f64| match value {
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ => "nan",
    };
    let widest =
        values.iter().filter(|value| !value.is_finite()).map(|value| word(*value).len()).max().unwrap_or(0);
    let width = (left + 1 + right).max(widest);
    let entry = |(value, part): (&f64, &P)| match value.is_finite() {
        true => format!("{:>width$}", show(part)),
        false => format!("{:>width$}", word(*value)),
    };
    values.iter().zip(parts).map(entry).collect()
}
