//! All shards of a command.

use std::fmt;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::document::{Head, Results};
use super::shard::owner;
use crate::failure::Failure;
use crate::files;

/// A shard has at most this many bytes.
const LONGEST: u64 = 1 << 32;
/// Missing shards beyond this number are counted, not named.
const NAMED: usize = 5;

/// The shards of some work, each there once, in their order.
#[derive(Debug)]
pub struct Parts(Vec<Part>);

#[derive(Debug)]
struct Part {
    /// The file that it came from, or what else it is called.
    name: String,
    head: Head,
    text: String,
}

/// Why shards cannot be merged; it names the shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Input(refused.0)
    }
}

impl Part {
    fn new(name: String, text: String) -> Result<Self, Refused> {
        match Head::of(&text) {
            Ok(head) => Ok(Self { name, head, text }),
            Err(reason) => Err(Refused(format!("{name}: {reason}"))),
        }
    }

    fn refused(&self, reason: &str) -> Refused {
        Refused(format!("{}: {reason}", self.name))
    }
}

impl Parts {
    /// Reads the shards of some work, each with the name that it is told by, in any order.
    ///
    /// ```
    /// use amsgrad_cli::shards::{Parts, Shard};
    /// use serde_json::{Value, json};
    ///
    /// let items = ["a", "b", "c", "d", "e"];
    /// let shard = |number: usize| {
    ///     let shard = Shard::new(number, 2).unwrap();
    ///     let results: Vec<&str> = (0..5).filter(|item| shard.has(*item)).map(|item| items[item]).collect();
    ///     let text = shard.document(&["spell"], json!({ "until": "e" }), Value::Null, &results).unwrap();
    ///     (number.to_string(), text)
    /// };
    /// let parts = Parts::new([shard(2), shard(1)])?;
    /// parts.check(&json!({ "until": "e" }))?;
    /// assert_eq!(parts.results::<String>(5)?, items);
    /// assert_eq!(Parts::new([shard(2)]).unwrap_err().to_string(), "shard 1/2 is missing; add it");
    /// # Ok::<(), amsgrad_cli::shards::Refused>(())
    /// ```
    ///
    /// # Errors
    /// One is no shard, cut short, missing, there twice, or from another division or version of the program.
    pub fn new(documents: impl IntoIterator<Item = (String, String)>) -> Result<Self, Refused> {
        let parts = documents.into_iter().map(|(name, text)| Part::new(name, text));
        let mut parts: Vec<Part> = parts.collect::<Result<_, _>>()?;
        let Some(first) = parts.first() else {
            return Err(Refused("no shard is given; give all".to_owned()));
        };
        let count = first.head.of;
        if let Some(other) = parts.iter().find(|part| part.head.of != count) {
            let (one, name, another) = (other.head.name(), &first.name, first.head.name());
            let reason = format!("is shard {one}, but {name} is shard {another}; use those of one N");
            return Err(other.refused(&reason));
        }
        parts.sort_by_key(|part| part.head.index());
        let twice = |pair: &&[Part]| matches!(pair, [one, other] if one.head.index() == other.head.index());
        if let Some([one, other]) = parts.windows(2).find(twice) {
            let (number, known) = (other.head.name(), &one.name);
            return Err(other.refused(&format!("is shard {number}, as {known} is; leave one of them out")));
        }
        missing(&parts, count)?;
        Ok(Self(parts))
    }

    /// Reads the shards in some files, each of which holds one or, line by line, several.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, Failure> {
        let mut documents = Vec::new();
        for file in files {
            let (name, text) = (file.display().to_string(), files::read("FILES", file, LONGEST)?);
            match text.lines().count() {
                0 | 1 => documents.push((name, text)),
                _ => documents.extend(
                    text.lines().zip(1..).map(|(line, i)| (format!("{name}, line {i}"), line.to_owned())),
                ),
            }
        }
        Ok(Self::new(documents)?)
    }

    /// The shard that is asked what all have in common. There is one.
    fn first(&self) -> Option<&Head> {
        self.0.first().map(|part| &part.head)
    }

    /// Returns the words of the command that made them, or the name of other work.
    #[must_use]
    pub fn command(&self) -> &[String] {
        self.first().map_or(&[], |head| &head.command)
    }

    /// Returns all that decides the results.
    #[must_use]
    pub fn settings(&self) -> &Value {
        self.first().map_or(&Value::Null, |head| &head.settings)
    }

    /// Refuses shards of other settings, or that found something else than the first.
    ///
    /// # Errors
    /// Such a shard, and the setting that differs.
    pub fn check(&self, settings: &Value) -> Result<(), Refused> {
        let first = self.first().map_or(&Value::Null, |head| &head.found);
        for part in &self.0 {
            let head = &part.head;
            if let Some((name, expected, found)) =
                differing(settings, &head.settings).or_else(|| differing(first, &head.found))
            {
                let [found, expected] = [found, expected].map(told);
                let reason =
                    format!("is a shard of another run: its {name} is {found} instead of {expected}");
                return Err(part.refused(&reason));
            }
        }
        Ok(())
    }

    /// Returns what every shard found before its own work.
    ///
    /// # Errors
    /// It is something else.
    pub fn found<F: DeserializeOwned>(&self) -> Result<F, Refused> {
        let found = self.first().map(|head| head.found.clone()).unwrap_or_default();
        serde_json::from_value(found).map_err(|error| Refused(format!("the shards hold other work: {error}")))
    }

    /// Returns the results of all `count` items, in their order.
    ///
    /// # Errors
    /// A shard holds other results, or not as many as belong to it.
    pub fn results<R: DeserializeOwned>(&self, count: usize) -> Result<Vec<R>, Refused> {
        let shards = self.0.len();
        let mut lists = Vec::new();
        for (index, part) in self.0.iter().enumerate() {
            let Results { results } = serde_json::from_str::<Results<R>>(&part.text)
                .map_err(|error| part.refused(&format!("holds other results: {error}; make it again")))?;
            // A full round deals one item to each, and the last may be short.
            let last = (count - count % shards..count).any(|item| owner(item, shards) == index);
            let expected = count / shards + usize::from(last);
            let found = results.len();
            if found != expected {
                let reason = format!("holds {found} results instead of {expected}; make it again");
                return Err(part.refused(&reason));
            }
            lists.push(results.into_iter());
        }
        Ok((0..count).filter_map(|item| lists.get_mut(owner(item, shards))?.next()).collect())
    }
}

/// Returns a setting as it is told.
fn told(value: Value) -> String {
    if value.is_null() { "the default".to_owned() } else { value.to_string() }
}

fn missing(parts: &[Part], count: usize) -> Result<(), Refused> {
    let is_missing = |index: &usize| parts.binary_search_by_key(index, |part| part.head.index()).is_err();
    let all = count - parts.len();
    let some: Vec<String> =
        (0..count).filter(is_missing).take(NAMED).map(|index| format!("{}/{count}", index + 1)).collect();
    let more = if all > some.len() { format!(" and {} more", all - some.len()) } else { String::new() };
    match all {
        0 => Ok(()),
        1 => Err(Refused(format!("shard {} is missing; add it", some.concat()))),
        _ => Err(Refused(format!("shards {}{more} are missing; add them", some.join(", ")))),
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
