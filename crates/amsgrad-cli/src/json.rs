//! A run as a JSON document. Numbers round-trip; non-finite ones are null.

use amsgrad::outcome::Iterate;
use amsgrad::rule::Setting;
use amsgrad::{AnyRule, Outcome, Real, Schedule, Stationary, Status};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::minimize::seen::Seen;

mod spool;

pub(crate) use spool::Spool;

/// The document of a run; what there is none of is left out.
#[derive(Debug, Serialize)]
pub(crate) struct Run<S = ()> {
    settings: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<Spool>,
    outcome: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) best_start: Option<usize>,
    /// The distinct minima that many starts came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) minima: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) starts: Option<S>,
}

impl<S> Run<S> {
    pub(crate) fn new<T: Real>(settings: Value, trace: Option<Spool>, outcome: &Outcome<T>) -> Self {
        Self {
            settings,
            trace,
            outcome: self::outcome(outcome),
            best_start: None,
            minima: None,
            starts: None,
        }
    }
}

/// A list whose entries are made one by one as they are printed.
#[derive(Debug)]
pub(crate) struct List<F>(pub(crate) F);

impl<F: Fn() -> I, I: IntoIterator<Item = Value>> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A rule and its settings.
pub(crate) fn settings(rule: &AnyRule) -> Map<String, Value> {
    let mut settings = Map::new();
    settings.insert("rule".into(), rule.name().into());
    for (name, setting) in rule.settings() {
        let value = match setting {
            Setting::Number(number) | Setting::Schedule(Schedule::Constant(number)) => number.into(),
            Setting::Flag(on) => on.into(),
            other => other.to_string().into(),
        };
        settings.insert(name.into(), value);
    }
    settings
}

/// One evaluation: where it was, what the step that led there used, and the rule's memory after it.
pub(crate) fn record(seen: &dyn Seen, slots: &[&str]) -> Value {
    let mut entry = Map::new();
    entry.insert("step".into(), seen.step().into());
    entry.insert("point".into(), numbers(&seen.point()));
    entry.insert("value".into(), seen.value().into());
    entry.insert("gradient".into(), numbers(&seen.gradient()));
    for slot in slots {
        entry.insert((*slot).into(), seen.slot(slot).map_or(Value::Null, |values| numbers(&values)));
    }
    entry.insert("learning_rate".into(), seen.learning_rate().into());
    entry.insert("beta1".into(), seen.beta1().into());
    entry.into()
}

fn outcome<T: Real>(outcome: &Outcome<T>) -> Value {
    let mut document = status(&outcome.status);
    document.insert("best".into(), iterate(&outcome.best));
    document.insert("last".into(), iterate(&outcome.last));
    let counts = outcome.counts;
    document.insert(
        "counts".into(),
        json!({ "steps": counts.steps, "values": counts.values, "gradients": counts.gradients }),
    );
    document.insert("stationary".into(), outcome.stationary.map(Stationary::name).into());
    document.insert("seconds".into(), outcome.elapsed.map(|elapsed| elapsed.as_secs_f64()).into());
    document.into()
}

fn status(status: &Status) -> Map<String, Value> {
    let mut document = Map::new();
    document.insert("status".into(), status.name().into());
    document.insert("reason".into(), status.to_string().into());
    if let Status::Converged { test, measured, tolerance } = status {
        document.insert("test".into(), test.name().into());
        document.insert("measured".into(), (*measured).into());
        document.insert("tolerance".into(), (*tolerance).into());
    }
    document
}

fn iterate<T: Real>(iterate: &Iterate<T>) -> Value {
    json!({ "step": iterate.step, "point": numbers(&iterate.point), "value": iterate.value.to_f64() })
}

fn numbers<T: Real>(values: &[T]) -> Value {
    values.iter().map(|value| value.to_f64()).collect()
}
