//! The runs of a search in a file, a line of JSON each: a search that was interrupted continues where it stopped.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use amsgrad::AnyRule;
use serde_json::{Map, Value, json};

use super::Args;
use super::candidates::Candidate;
use crate::failure::Failure;
use crate::files::cause;
use crate::json;
use crate::minimize::plan::Plan;
use crate::minimize::study::{Score, Scores};

const OPTION: &str = "--journal";
/// A file with more bytes is refused.
const LONGEST: u64 = 1 << 30;
const VERSION: u64 = 1;

/// The file, and what was in it. Without a file nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Journal {
    file: Option<(File, PathBuf)>,
    /// By settings and start.
    known: HashMap<(Vec<String>, u64), Score>,
    names: Vec<String>,
    /// Why a run could not be kept; the search went on without.
    lost: Option<Failure>,
}

impl Journal {
    /// Reads the file that is asked for, if it is there. One of another problem or other settings is refused.
    pub(super) fn open(
        args: &Args,
        plan: &Plan<'_>,
        rule: &AnyRule,
        names: Vec<String>,
    ) -> Result<Self, Failure> {
        let Some(path) = args.journal.as_deref() else { return Ok(Self::default()) };
        let refused = |reason: &str| Failure::input(OPTION, format!("{}: {reason}", path.display()));
        let failed = |error: std::io::Error| refused(&cause(&error));
        let header = header(args, plan, rule, &names);
        let mut file = File::options().read(true).append(true).create(true).open(path).map_err(failed)?;
        let mut text = String::new();
        // A device or a pipe is written only.
        let old = file.metadata().is_ok_and(|file| file.is_file());
        let most = if old { LONGEST + 1 } else { 0 };
        let read = (&file).take(most).read_to_string(&mut text).map_err(failed)?;
        if read as u64 > LONGEST {
            return Err(refused("the file is too long; use another"));
        }
        // The end of a line that was cut short.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
            text.truncate(whole);
        }
        let mut lines = text.lines().enumerate();
        let mut known = HashMap::new();
        match lines.next() {
            None => writeln!(file, "{header}").map_err(failed)?,
            Some((_, first)) => same(&header, first).map_err(|reason| refused(&reason))?,
        }
        for (i, line) in lines {
            let (key, score) = parsed(line, &names).ok_or_else(|| {
                refused(&format!("line {} is no run that --journal kept; remove it", i + 1))
            })?;
            known.insert(key, score);
        }
        Ok(Self { file: Some((file, path.to_owned())), known, names, lost: None })
    }

    /// Returns what is known of these candidates from the first `starts` starts.
    pub(super) fn scores(&self, candidates: &[Candidate], starts: usize) -> Scores {
        let mut scores = Scores::new();
        for (i, candidate) in candidates.iter().enumerate().filter(|_| !self.known.is_empty()) {
            for start in 0..starts {
                if let Some(score) = self.known.get(&(candidate.values.clone(), start as u64)) {
                    scores.insert((i, start), score.clone());
                }
            }
        }
        scores
    }

    /// Keeps a run.
    pub(super) fn keep(&mut self, candidate: &Candidate, start: usize, score: &Score) {
        let Some((file, path)) = &mut self.file else { return };
        let named = self.names.iter().zip(&candidate.values);
        let settings: Map<String, Value> =
            named.map(|(name, value)| (name.clone(), value.clone().into())).collect();
        let Score { status, value, steps, failed, arrived } = score;
        let run = json!({
            "settings": settings, "start": start, "status": status, "value": value, "steps": steps, "failed": failed, "arrived": arrived,
        });
        // One write: a line is whole, or the last of the file.
        if let Err(error) = file.write_all(format!("{run}\n").as_bytes()) {
            self.lost = Some(lost(path, &error));
            self.file = None;
        }
    }

    /// Syncs the file; tells why it could not be written.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match (self.lost, self.file) {
            (Some(failure), _) => Err(failure),
            (None, Some((file, path))) => file.sync_all().map_err(|error| lost(&path, &error)),
            (None, None) => Ok(()),
        }
    }
}

fn lost(path: &Path, error: &std::io::Error) -> Failure {
    Failure::File(format!("{OPTION}: {}: {}", path.display(), cause(error)))
}

/// What must be the same for runs to be the same.
fn header(args: &Args, plan: &Plan<'_>, rule: &AnyRule, varied: &[String]) -> Value {
    let mut fixed = json::settings(rule);
    varied.iter().for_each(|name| drop(fixed.remove(name)));
    let typed = &args.settings;
    json!({
        "amsgrad": "tune",
        "version": VERSION,
        "formula": plan.target.formula(),
        "variables": plan.target.variables(),
        "domain": plan.domain,
        "constraint": format!("{:?}", plan.constraint),
        "start": typed.start,
        "seed": typed.seed.unwrap_or(0),
        "numpy_seed": typed.numpy_seed,
        "maximize": typed.maximize,
        "f32": typed.f32,
        "weight_decay": typed.weight_decay,
        "stop": format!("{:?}", plan.stop),
        "varied": varied,
        "fixed": fixed,
    })
}

/// Compares the first line of a file with that of this search.
fn same(header: &Value, line: &str) -> Result<(), String> {
    let found: Value = serde_json::from_str(line).unwrap_or_default();
    if found["amsgrad"] != "tune" || found["version"] != VERSION {
        return Err("is no file that --journal began; use another name".to_owned());
    }
    let fields = header.as_object().into_iter().flatten();
    match fields.into_iter().find(|(name, value)| found[name.as_str()] != **value) {
        None => Ok(()),
        Some((name, value)) => Err(format!(
            "holds runs of another {name}, {} instead of {value}; use another file",
            found[name.as_str()]
        )),
    }
}

/// A run that was kept.
fn parsed(line: &str, names: &[String]) -> Option<((Vec<String>, u64), Score)> {
    let run: Value = serde_json::from_str(line).ok()?;
    let value = |name: &String| run["settings"][name.as_str()].as_str().map(str::to_owned);
    let values: Option<Vec<String>> = names.iter().map(value).collect();
    let score = Score {
        status: run["status"].as_str()?.to_owned(),
        value: if run["value"].is_null() { f64::NAN } else { run["value"].as_f64()? },
        steps: run["steps"].as_u64()?,
        failed: run["failed"].as_bool()?,
        arrived: run["arrived"].as_bool()?,
    };
    Some(((values?, run["start"].as_u64()?), score))
}
