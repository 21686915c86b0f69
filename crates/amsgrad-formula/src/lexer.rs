//! From text to tokens, each with its place.

use core::ops::Range;

use crate::error::FormulaError;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Number(f64),
    Name,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Power,
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Comma,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    NotEqual,
    And,
    Or,
    Bang,
    Not,
    /// `=`, which only a definition has.
    Is,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    start: u32,
    end: u32,
}

impl Token {
    pub(crate) fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Operators, the longer ones first.
const SYMBOLS: [(&str, Kind); 22] = [
    ("**", Kind::Power),
    ("<=", Kind::AtMost),
    (">=", Kind::AtLeast),
    ("==", Kind::Equal),
    ("!=", Kind::NotEqual),
    ("&&", Kind::And),
    ("||", Kind::Or),
    ("+", Kind::Plus),
    ("-", Kind::Minus),
    ("*", Kind::Star),
    ("/", Kind::Slash),
    ("%", Kind::Percent),
    ("^", Kind::Power),
    ("(", Kind::Open),
    (")", Kind::Close),
    ("[", Kind::OpenIndex),
    ("]", Kind::CloseIndex),
    (",", Kind::Comma),
    ("<", Kind::Less),
    (">", Kind::Greater),
    ("!", Kind::Bang),
    ("=", Kind::Is),
];

/// What else is typed or pasted, and what to write for it.
const HINTS: [(&str, &str); 25] = [
    ("&", "&&"),
    (";", ","),
    ("{", "("),
    ("}", ")"),
    ("\u{2212}", "-"),
    ("\u{2013}", "-"),
    ("\u{d7}", "*"),
    ("\u{b7}", "*"),
    ("\u{22c5}", "*"),
    ("\u{2217}", "*"),
    ("\u{f7}", "/"),
    ("\u{b2}", "^2"),
    ("\u{b3}", "^3"),
    ("\u{b9}", "^1"),
    ("\u{2074}", "^4"),
    ("\u{2264}", "<="),
    ("\u{2265}", ">="),
    ("\u{2260}", "!="),
    ("\u{221a}", "sqrt"),
    ("\u{221e}", "inf"),
    ("\u{2211}", "sum"),
    ("\u{220f}", "prod"),
    ("\u{2081}", "[1]"),
    ("\u{2082}", "[2]"),
    ("~", "!"),
];

/// The tokens of `text`, which is at most 2^30 bytes long, closed by one of kind [`Kind::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, FormulaError> {
    let mut tokens = Vec::new();
    let mut position = 0;
    while let Some(rest) = text.get(position..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            position += blank;
            continue;
        }
        let (kind, length) = if first.is_ascii_digit() || first == '.' {
            number(rest, position)?
        } else if starts_name(first) {
            word(rest)
        } else {
            symbol(rest, position)?
        };
        tokens.push(Token { kind, start: position as u32, end: (position + length) as u32 });
        position += length;
    }
    let end = text.trim_end().len() as u32;
    tokens.push(Token { kind: Kind::End, start: end, end });
    Ok(tokens)
}

fn starts_name(character: char) -> bool {
    (character.is_alphabetic() || character == '_') && !is_raised_or_lowered(character)
}

fn word(rest: &str) -> (Kind, usize) {
    let length = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_') || is_raised_or_lowered(c))
        .unwrap_or(rest.len());
    let kind = match &rest[..length] {
        "and" => Kind::And,
        "or" => Kind::Or,
        "not" => Kind::Not,
        _ => Kind::Name,
    };
    (kind, length)
}

/// Raised and lowered digits and letters count as part of a word for Unicode; they are meant as powers or indices.
fn is_raised_or_lowered(character: char) -> bool {
    matches!(character, '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}'..='\u{209c}')
}

/// `12`, `1.5`, `.5`, `2.`, `1e-3`, `1_000`: an exponent only where digits follow, a `_` only between digits.
fn number(rest: &str, position: usize) -> Result<(Kind, usize), FormulaError> {
    let bytes = rest.as_bytes();
    let is_digit = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
    let joins = |place: usize| bytes.get(place) == Some(&b'_') && is_digit(place - 1) && is_digit(place + 1);
    let digits =
        |from: usize| (from..).take_while(|&place| is_digit(place) || place > from && joins(place)).count();
    let whole = digits(0);
    let mut length = whole;
    if bytes.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        if whole + fraction == 0 {
            return Err(
                FormulaError::at(position..position + 1, "a point without digits").expected("a number")
            );
        }
        length += 1 + fraction;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    let value = rest[..length].replace('_', "").parse().unwrap_or(f64::INFINITY);
    if value.is_infinite() {
        let message = format!("the number `{}` is too large", shortened(&rest[..length]));
        return Err(FormulaError::at(position..position + length, message)
            .expected("at most 1.7976931348623157e308, or `inf`"));
    }
    Ok((Kind::Number(value), length))
}

fn symbol(rest: &str, position: usize) -> Result<(Kind, usize), FormulaError> {
    let found = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol));
    if let Some((symbol, kind)) = found {
        return Ok((*kind, symbol.len()));
    }
    let character = rest.chars().next().unwrap_or(' ');
    let hint = match between_bars(rest) {
        Some(inside) => Some(format!("abs({inside})")),
        None => HINTS.iter().find(|(symbol, _)| rest.starts_with(symbol)).map(|(_, hint)| (*hint).into()),
    };
    let shown =
        if character.is_control() { character.escape_default().to_string() } else { character.into() };
    let message = format!("unexpected character `{shown}`");
    Err(FormulaError::at(position..position + character.len_utf8(), message).suggest(hint))
}

/// The text between two bars, where it is short enough to be shown.
fn between_bars(rest: &str) -> Option<&str> {
    let (inside, _) = rest.strip_prefix('|')?.split_once('|')?;
    Some(inside.trim()).filter(|inside| !inside.is_empty() && inside.len() <= LONGEST)
}

/// The longest piece of a formula an error repeats.
pub(crate) const LONGEST: usize = 40;

/// A long word cut to a readable length.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.into(),
    }
}

/// Whether `text` can be the name of a variable or parameter.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(starts_name) && word(text) == (Kind::Name, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_they_should() {
        let kinds =
            |text| tokens(text).map(|tokens| tokens.iter().map(|token| token.kind).collect::<Vec<_>>());
        assert_eq!(kinds("1e-3*.5"), Ok(vec![Kind::Number(1e-3), Kind::Star, Kind::Number(0.5), Kind::End]));
        assert_eq!(kinds("2.e"), Ok(vec![Kind::Number(2.0), Kind::Name, Kind::End]));
        assert_eq!(kinds("1e+x"), Ok(vec![Kind::Number(1.0), Kind::Name, Kind::Plus, Kind::Name, Kind::End]));
        assert_eq!(kinds("1_000.2_5"), Ok(vec![Kind::Number(1000.25), Kind::End]));
        assert_eq!(kinds("1_x"), Ok(vec![Kind::Number(1.0), Kind::Name, Kind::End]));
        assert_eq!(kinds("1__0"), Ok(vec![Kind::Number(1.0), Kind::Name, Kind::End]));
        assert!(kinds("1e999").is_err() && kinds(".").is_err());
    }

    #[test]
    fn names_may_be_greek_but_not_raised() {
        assert!(is_name("alpha_1") && is_name("\u{3b8}") && is_name("_x"));
        assert!(tokens("\u{2071}").is_err() && tokens("x\u{2090}").is_err());
        assert!(!is_name("1x") && !is_name("x\u{b2}") && !is_name("not") && !is_name("") && !is_name("a b"));
    }
}
