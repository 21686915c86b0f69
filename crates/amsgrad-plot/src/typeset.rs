//! Formulas as titles show them.

use crate::decimal::{MINUS, raised};

/// Returns a typed formula as it is printed: whole exponents raised, `*` as a dot, `-` as a minus
/// sign, and `pi` as the letter. Everything else stays as it is.
///
/// ```
/// use amsgrad_plot::typeset;
///
/// assert_eq!(typeset("(1-x)^2 + 100*(y-x^2)^2"), "(1−x)² + 100·(y−x²)²");
/// assert_eq!(typeset("sin(2*pi*x)^-1 + y^1.5"), "sin(2·π·x)⁻¹ + y^1.5");
/// ```
pub fn typeset(formula: &str) -> String {
    let mut out = String::with_capacity(formula.len());
    let mut rest = formula;
    while let Some(character) = rest.chars().next() {
        let word = rest.split(|c: char| !is_word(c)).next().unwrap_or_default();
        if !word.is_empty() {
            out.push_str(if word == "pi" { "\u{3c0}" } else { word });
            rest = &rest[word.len()..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        match character {
            '^' => match exponent(rest) {
                Some((digits, after)) => {
                    out.extend(digits.chars().map(raised));
                    rest = after;
                }
                None => out.push('^'),
            },
            '*' => {
                out.truncate(out.trim_end().len());
                out.push('\u{b7}');
                rest = rest.trim_start();
            }
            '-' => out.push_str(MINUS),
            other => out.push(other),
        }
    }
    out
}

/// Returns the whole number at the start, if it is all of an exponent, and what follows it.
fn exponent(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    if let Some(inner) = text.strip_prefix('(') {
        let (inside, after) = inner.split_once(')')?;
        let (digits, nothing) = exponent(inside)?;
        return (nothing.trim().is_empty() && !after.starts_with('^')).then_some((digits, after));
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let count = unsigned.chars().take_while(char::is_ascii_digit).count();
    let (digits, after) = text.split_at(text.len() - unsigned.len() + count);
    let goes_on = after.starts_with(|c: char| is_word(c) || "^.([!".contains(c));
    (count > 0 && !goes_on).then_some((digits, after))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_exponents_are_raised() {
        for (formula, expected) in [
            ("x^(-2)", "x\u{207b}\u{b2}"),
            ("x^10*y", "x\u{b9}\u{2070}\u{b7}y"),
            ("x^2^3", "x^2\u{b3}"),
            ("x^1e3", "x^1e3"),
            ("x^y", "x^y"),
            ("x^(a+1)", "x^(a+1)"),
            ("x[1] * x[2]", "x[1]\u{b7}x[2]"),
            ("pi*spin", "\u{3c0}\u{b7}spin"),
            ("x^", "x^"),
            ("^(", "^("),
            ("", ""),
        ] {
            assert_eq!(typeset(formula), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_is_typeset(formula in "[x2^()*\\-. pié]{0,30}") {
            typeset(&formula);
        }
    }
}
