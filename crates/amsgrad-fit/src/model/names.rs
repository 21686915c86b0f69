//! The names in a text, and names that were perhaps meant.

/// The names that a formula uses as values, each once, in order: functions are left out.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() || first == '.' {
            rest = after_number(rest);
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if !after.trim_start().starts_with('(') && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
            rest = after;
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    words
}

/// What follows a number such as `1.5e-3`, whose `e` is no name.
fn after_number(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else { return rest };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        digits.trim_start_matches(|c: char| c.is_ascii_digit())
    } else {
        rest
    }
}

/// The name most like `name`, if one is near enough to be meant.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> Option<&'n str> {
    let distance = |known: &str| strsim::osa_distance(&name.to_lowercase(), &known.to_lowercase());
    let (distance, near) =
        known.map(|known| (distance(known), known)).min_by_key(|(distance, _)| *distance)?;
    let length = name.chars().count();
    (length <= 60 && distance <= (length / 2).min(2) && distance < near.chars().count()).then_some(near)
}

/// The column that a parameter's name is a slip for: the same letters in another case, or one letter of at least
/// three wrong.
pub(super) fn slip<'n>(name: &str, columns: impl Iterator<Item = &'n String>) -> Option<&'n str> {
    let near = nearest(name, columns)?;
    let same = near.to_lowercase() == name.to_lowercase();
    (same || (name.chars().count() >= 3 && strsim::osa_distance(name, near) == 1)).then_some(near)
}

/// Says that a column does not exist, and which was perhaps meant.
pub(crate) fn no_column(name: &str, columns: &[String]) -> String {
    match nearest(name, columns.iter()) {
        Some(near) => format!("'{name}' is no column; did you mean '{near}'?"),
        None if columns.len() > 12 => {
            format!("'{name}' is no column; the table has {} columns", columns.len())
        }
        None => format!("'{name}' is no column; there are {}", columns.join(", ")),
    }
}
