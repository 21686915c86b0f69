//! All shards of a command.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::document::{Head, Results};
use crate::failure::Failure;
use crate::files;

/// A shard has at most this many bytes.
const LONGEST: u64 = 1 << 32;
/// Missing shards beyond this number are counted, not named.
const NAMED: usize = 5;

/// The shards, each there once, in their order.
#[derive(Debug)]
pub(crate) struct Parts(Vec<Part>);

#[derive(Debug)]
struct Part {
    file: PathBuf,
    head: Head,
    text: String,
}

impl Part {
    fn read(file: &Path) -> Result<Self, Failure> {
        let text = files::read("FILES", file, LONGEST)?;
        let head = Head::of(&text).map_err(|reason| refused(file, &reason))?;
        Ok(Self { file: file.to_owned(), head, text })
    }
}

fn refused(file: &Path, reason: &str) -> Failure {
    Failure::Input(format!("{}: {reason}", file.display()))
}

impl Parts {
    /// Reads the shards. One that is missing, there twice, or from another division is named.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, Failure> {
        let mut parts: Vec<Part> = files.iter().map(|file| Part::read(file)).collect::<Result<_, _>>()?;
        let Some(first) = parts.first() else { return Ok(Self(parts)) };
        let count = first.head.of;
        if let Some(other) = parts.iter().find(|part| part.head.of != count) {
            let (one, another) = (other.head.name(), first.head.name());
            let reason = format!(
                "is shard {one}, but {} is shard {another}; use those of one N",
                first.file.display()
            );
            return Err(refused(&other.file, &reason));
        }
        parts.sort_by_key(|part| part.head.index());
        if let Some([one, other]) = parts.windows(2).find_map(|pair| match pair {
            [one, other] if one.head.index() == other.head.index() => Some([one, other]),
            _ => None,
        }) {
            let (name, known) = (other.head.name(), one.file.display());
            return Err(refused(
                &other.file,
                &format!("is shard {name}, as {known} is; leave one of them out"),
            ));
        }
        missing(&parts, count)?;
        Ok(Self(parts))
    }

    /// Returns the words of the command that made them.
    pub(crate) fn command(&self) -> &[String] {
        self.0.first().map_or(&[], |part| &part.head.command)
    }

    /// Refuses shards of other settings, or that found something else.
    pub(super) fn are_of(&self, settings: &Value) -> Result<(), Failure> {
        let Some(first) = self.0.first() else { return Ok(()) };
        for Part { file, head, .. } in &self.0 {
            let other =
                differing(settings, &head.settings).or_else(|| differing(&first.head.found, &head.found));
            if let Some((name, expected, found)) = other {
                let [found, expected] = [found, expected].map(told);
                let reason =
                    format!("is a shard of another run: its {name} is {found} instead of {expected}");
                return Err(refused(file, &reason));
            }
        }
        Ok(())
    }

    /// Returns what every shard found before its own work.
    pub(crate) fn found<F: DeserializeOwned>(&self) -> Result<F, Failure> {
        let part = self.0.first();
        let found = part.map(|part| part.head.found.clone()).unwrap_or_default();
        serde_json::from_value(found)
            .map_err(|error| refused(part.map_or(Path::new("FILES"), |part| &part.file), &error.to_string()))
    }

    /// Returns the results of all `count` items, in their order.
    pub(crate) fn results<R: DeserializeOwned>(self, count: usize) -> Result<Vec<R>, Failure> {
        let shards = self.0.len();
        let mut lists = Vec::new();
        for (index, Part { file, text, .. }) in self.0.into_iter().enumerate() {
            let Results { results } = serde_json::from_str::<Results<R>>(&text)
                .map_err(|error| refused(&file, &format!("holds other results: {error}; make it again")))?;
            let (found, expected) = (results.len(), (count + shards - 1 - index) / shards);
            if found != expected {
                return Err(refused(
                    &file,
                    &format!("holds {found} results instead of {expected}; make it again"),
                ));
            }
            lists.push(results.into_iter());
        }
        Ok((0..count).filter_map(|item| lists.get_mut(item % shards)?.next()).collect())
    }
}

/// Returns a setting as it is told.
fn told(value: Value) -> String {
    if value.is_null() { "the default".to_owned() } else { value.to_string() }
}

fn missing(parts: &[Part], count: usize) -> Result<(), Failure> {
    let is_missing = |index: &usize| parts.binary_search_by_key(index, |part| part.head.index()).is_err();
    let all = count - parts.len();
    let some: Vec<String> =
        (0..count).filter(is_missing).take(NAMED).map(|index| format!("{}/{count}", index + 1)).collect();
    let more = if all > some.len() { format!(" and {} more", all - some.len()) } else { String::new() };
    match all {
        0 => Ok(()),
        1 => Err(Failure::input("FILES", format!("shard {} is missing; add it", some.concat()))),
        _ => Err(Failure::input("FILES", format!("shards {}{more} are missing; add them", some.join(", ")))),
    }
}

/// Returns the first field that differs, with the value that is expected and the one that was found.
fn differing(expected: &Value, found: &Value) -> Option<(String, Value, Value)> {
    if expected == found {
        return None;
    }
    let names =
        |value: &Value| value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let (mut all, others): (Vec<String>, Vec<String>) = (names(expected), names(found));
    all.extend(others);
    let differs = |name: &String| expected.get(name) != found.get(name);
    let field = |value: &Value, name: &str| value.get(name).cloned().unwrap_or_default();
    let name = all.into_iter().find(differs)?;
    Some((name.clone(), field(expected, &name), field(found, &name)))
}
