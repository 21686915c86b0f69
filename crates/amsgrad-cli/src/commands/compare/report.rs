//! The comparison as a table, and as a document.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::args::Args;
use super::contender::Contender;
use crate::json;
use crate::minimize::plan::Plan;
use crate::minimize::score::{Goal, Score};
use crate::text::{result, shown};

/// What there is to tell.
pub(super) struct Comparison<'a> {
    pub(super) args: &'a Args,
    pub(super) plan: &'a Plan<'a>,
    pub(super) goal: Option<Goal>,
    /// The best first.
    pub(super) contenders: &'a [Contender],
    pub(super) starts: &'a [Vec<f64>],
    pub(super) tuning: &'a [Vec<f64>],
    pub(super) stopped: bool,
}

impl Comparison<'_> {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let verb = if self.args.settings.maximize { "maximize" } else { "minimize" };
        writeln!(out, "{verb}       {}", self.plan.target.formula())?;
        let (count, steps) = (self.starts.len(), self.plan.stop.step_limit());
        writeln!(out, "runs           from {count} starts, at most {steps} steps each")?;
        match (self.args.as_given, self.contenders.iter().map(|contender| contender.tried).max()) {
            (false, Some(tried)) => writeln!(
                out,
                "tuning         {tried} settings per rule, from {} other starts",
                self.tuning.len()
            )?,
            _ => writeln!(out, "tuning         none: settings as given")?,
        }
        match self.goal {
            Some(goal) => writeln!(
                out,
                "arrived at     {}; the best value known is {}",
                result(goal.target),
                result(goal.best)
            )?,
            None => writeln!(out, "arrived at     nothing: no finite value is known")?,
        }
        let widest =
            self.contenders.iter().map(|contender| contender.label.chars().count()).max().unwrap_or(0).max(4);
        writeln!(
            out,
            "\n{:<widest$}  {:>9}  {:>16}  {:>16}  {:>16}  {:>11}  {:>6}",
            "rule", "arrived", "steps, median", "best value", "median value", "evaluations", "failed"
        )?;
        for contender in self.contenders {
            let arrived = format!("{}/{}", contender.arrived(), contender.scores.len());
            let steps = contender
                .steps()
                .map_or("-".to_owned(), |[_, median, _]| shown(median).trim_end_matches(".0").to_owned());
            let told = |value: f64| if value.is_finite() { result(value) } else { "-".to_owned() };
            let (best, median) = (contender.best(self.args.settings.maximize), contender.values()[1]);
            writeln!(
                out,
                "{:<widest$}  {arrived:>9}  {steps:>16}  {:>16}  {:>16}  {:>11}  {:>6}",
                contender.label,
                told(best),
                told(median),
                contender.evaluations(),
                contender.failed()
            )?;
        }
        writeln!(out, "\n{:<widest$}  settings", "rule")?;
        for contender in self.contenders {
            let settings: Vec<String> =
                contender.rule.settings().iter().map(|(name, value)| format!("{name} {value}")).collect();
            writeln!(out, "{:<widest$}  {}", contender.label, settings.join(", "))?;
        }
        if self.stopped {
            writeln!(out, "\nstopped by a signal; runs that were not made are missing")?;
        }
        out.flush()
    }

    pub(super) fn document(&self) -> Value {
        let run =
            |score: &Score| json!({ "status": score.status, "value": score.value, "steps": score.steps });
        let rule = |contender: &Contender| {
            let mut told = Map::new();
            told.insert("name".into(), contender.label.clone().into());
            told.insert("settings".into(), json::settings(&contender.rule).into());
            told.insert("tried".into(), contender.tried.into());
            told.insert("arrived".into(), contender.arrived().into());
            told.insert("failed".into(), contender.failed().into());
            told.insert("steps".into(), json!(contender.steps()));
            told.insert("best_value".into(), contender.best(self.args.settings.maximize).into());
            told.insert("values".into(), json!(contender.values()));
            told.insert("evaluations".into(), contender.evaluations().into());
            told.insert("runs".into(), contender.scores.iter().map(run).collect());
            Value::from(told)
        };
        json!({
            "settings": serde_json::to_value(&self.args.settings).unwrap_or_default(),
            "steps": self.plan.stop.step_limit(),
            "tuned": !self.args.as_given,
            "best_known": self.goal.map(|goal| goal.best),
            "target": self.goal.map(|goal| goal.target),
            "starts": self.starts,
            "rules": self.contenders.iter().map(rule).collect::<Vec<_>>(),
            "stopped": self.stopped,
        })
    }
}
