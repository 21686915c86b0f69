//! What a search found, as a table and as a document.

use std::io::{self, Write};

use amsgrad::tune::{Reach, quartiles};
use serde_json::{Map, Value, json};

use super::args::Args;
use super::candidates::Candidate;
use crate::json;
use crate::minimize::plan::Plan;
use crate::minimize::score::{Goal, Score, Scores};
use crate::minimize::settings::Settings;
use crate::minimize::study::Study;
use crate::minimize::vary::Vary;
use crate::text::{result, shown};

/// Settings that are listed.
const ROWS: usize = 10;

/// A candidate, and how it did.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    pub(super) candidate: usize,
    /// Number of starts it ran from.
    pub(super) starts: usize,
    pub(super) reach: Reach,
    /// Whether the run in the middle came to a finite value.
    pub(super) finite: bool,
}

/// Returns the candidates that ran: those first that ran from most starts, of these the best.
pub(super) fn ranking(study: &Study<'_>, candidates: &[Candidate], scores: &Scores) -> Vec<Ranked> {
    let ranked = |candidate: usize| {
        let starts = scores.range((candidate, 0)..(candidate + 1, 0)).count();
        let reach = study.reach(scores, candidate, usize::MAX);
        let finite =
            matches!(reach, Reach::Arrived { .. }) || matches!(reach, Reach::Cost(cost) if cost.is_finite());
        Ranked { candidate, starts, reach, finite }
    };
    let mut ranking: Vec<Ranked> =
        (0..candidates.len()).map(ranked).filter(|ranked| ranked.starts > 0).collect();
    ranking.sort_by(|a, b| b.starts.cmp(&a.starts).then(a.reach.total_cmp(&b.reach)));
    ranking
}

/// All there is to tell.
pub(super) struct Tuned<'a> {
    pub(super) args: &'a Args,
    pub(super) plan: &'a Plan<'a>,
    pub(super) goal: Option<Goal>,
    pub(super) axes: &'a [Vary],
    pub(super) candidates: &'a [Candidate],
    pub(super) ranking: &'a [Ranked],
    pub(super) scores: &'a Scores,
    pub(super) starts: usize,
    /// Runs of the best from starts that were not used to choose it.
    pub(super) checked: &'a [Score],
    pub(super) whole: bool,
    pub(super) stopped: bool,
}

/// What some runs came to.
pub(super) struct Sum {
    runs: usize,
    arrived: usize,
    failed: usize,
    /// The quartiles of the steps of those that arrived, and of the values of all.
    steps: Option<[f64; 3]>,
    values: [f64; 3],
}

impl Sum {
    pub(super) fn of<'a>(scores: impl Iterator<Item = &'a Score> + Clone) -> Self {
        let steps: Vec<f64> =
            scores.clone().filter(|score| score.arrived).map(|score| score.steps as f64).collect();
        Self {
            runs: scores.clone().count(),
            arrived: steps.len(),
            failed: scores.clone().filter(|score| score.failed).count(),
            steps: (!steps.is_empty()).then(|| quartiles(&steps)),
            values: quartiles(&scores.map(|score| score.value).collect::<Vec<_>>()),
        }
    }

    fn document(&self) -> Value {
        json!({
            "runs": self.runs, "arrived": self.arrived, "failed": self.failed, "steps": self.steps, "values": self.values,
        })
    }
}

/// A whole number without its point, another as it is; nothing where it is not finite.
fn told(value: f64) -> String {
    if value.is_finite() { result(value).trim_end_matches(".0").to_owned() } else { "-".to_owned() }
}

fn counted(starts: usize) -> String {
    if starts == 1 { "1 start".to_owned() } else { format!("{starts} starts") }
}

impl Tuned<'_> {
    pub(super) fn sum(&self, candidate: usize) -> Sum {
        Sum::of(self.scores.range((candidate, 0)..(candidate + 1, 0)).map(|(_, score)| score))
    }

    /// The settings that run the best candidate with `amsgrad minimize`.
    pub(super) fn best(&self) -> Option<Settings> {
        let best = self.candidates.get(self.ranking.first()?.candidate)?;
        let mut settings = self.args.settings.clone();
        settings.rule.fill(best.rule.name(), &best.rule.settings());
        let own = ["learning_rate", "beta1", "beta2", "epsilon", "dialect"];
        let others =
            self.axes.iter().zip(&best.values).filter(|(axis, _)| !own.contains(&axis.setting.as_str()));
        settings.rule.set.extend(others.map(|(axis, value)| format!("{}={value}", axis.setting)));
        settings.steps = Some(self.plan.stop.step_limit());
        Some(settings)
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let verb = if self.args.settings.maximize { "maximize" } else { "minimize" };
        writeln!(out, "{verb}       {}", self.plan.target.formula())?;
        let steps = self.plan.stop.step_limit();
        writeln!(
            out,
            "tried          {} settings from up to {}, at most {steps} steps each",
            self.ranking.len(),
            counted(self.starts)
        )?;
        writeln!(out, "runs           {}", self.scores.len())?;
        match self.goal {
            Some(goal) => writeln!(
                out,
                "arrived at     {}; the best value known is {}",
                result(goal.target),
                result(goal.best)
            )?,
            None => writeln!(out, "arrived at     nothing: no finite value is known")?,
        }
        let width = |i: usize, name: &str| {
            let values = self
                .ranking
                .iter()
                .take(ROWS)
                .map(|ranked| self.candidates[ranked.candidate].values[i].chars().count());
            values.max().unwrap_or(0).max(name.chars().count())
        };
        let widths: Vec<usize> =
            self.axes.iter().enumerate().map(|(i, axis)| width(i, &axis.setting)).collect();
        let names: String = self
            .axes
            .iter()
            .zip(&widths)
            .map(|(axis, width)| format!("{:<width$}  ", axis.setting))
            .collect();
        writeln!(
            out,
            "\n{names}{:>9}  {:>13}  {:>16}  {:>6}",
            "arrived", "steps, median", "median value", "failed"
        )?;
        for Ranked { candidate, .. } in self.ranking.iter().take(ROWS) {
            let sum = self.sum(*candidate);
            let values = self.candidates[*candidate].values.iter().zip(&widths);
            let values: String = values.map(|(value, width)| format!("{value:<width$}  ")).collect();
            let arrived = format!("{}/{}", sum.arrived, sum.runs);
            let (steps, value) =
                (sum.steps.map_or("-".to_owned(), |[_, median, _]| told(median)), told(sum.values[1]));
            writeln!(out, "{values}{arrived:>9}  {steps:>13}  {value:>16}  {:>6}", sum.failed)?;
        }
        if self.ranking.len() > ROWS {
            writeln!(out, "... and {} more (all with --json)", self.ranking.len() - ROWS)?;
        }
        if !self.checked.is_empty() {
            let sum = Sum::of(self.checked.iter());
            writeln!(out, "\nfrom {} not used to choose the first of these:", counted(sum.runs))?;
            writeln!(out, "  arrived        {}, failed {}", sum.arrived, sum.failed)?;
            if let Some(steps) = sum.steps {
                let [low, median, high] = steps.map(told);
                writeln!(out, "  steps          {median}, quartiles {low} and {high}")?;
            }
            let [low, median, high] =
                sum.values.map(|value| if value.is_finite() { shown(value) } else { "-".to_owned() });
            writeln!(out, "  value          {median}, quartiles {low} and {high}")?;
        }
        if let Some(Ok(command)) = self.best().map(|best| best.to_command("minimize")) {
            writeln!(out, "\n{command}")?;
        }
        if self.stopped || !self.whole {
            let why = if self.stopped { "stopped by a signal" } else { "the budget is used up" };
            let way = if self.args.keep.is_given() { "; the same command continues" } else { "" };
            writeln!(out, "\n{why} before all runs were made{way}")?;
        }
        out.flush()
    }

    pub(super) fn document(&self) -> Value {
        let named = |candidate: usize| -> Map<String, Value> {
            let values = self.axes.iter().zip(&self.candidates[candidate].values);
            values.map(|(axis, value)| (axis.setting.clone(), value.clone().into())).collect()
        };
        let ranked = |ranked: &Ranked| {
            let mut told = self.sum(ranked.candidate).document();
            told["settings"] = named(ranked.candidate).into();
            told
        };
        let best = self.best();
        let rule = self.ranking.first().map(|best| json::settings(&self.candidates[best.candidate].rule));
        json!({
            "settings": serde_json::to_value(&self.args.settings).unwrap_or_default(),
            "steps": self.plan.stop.step_limit(),
            "best_known": self.goal.map(|goal| goal.best),
            "target": self.goal.map(|goal| goal.target),
            "runs": self.scores.len(),
            "ranking": self.ranking.iter().map(ranked).collect::<Vec<_>>(),
            "best": rule,
            "other_starts": (!self.checked.is_empty()).then(|| Sum::of(self.checked.iter()).document()),
            "command": best.as_ref().and_then(|best| best.to_command("minimize").ok()),
            "toml": best.as_ref().and_then(|best| best.to_file().ok()),
            "whole": self.whole,
            "stopped": self.stopped,
        })
    }
}
