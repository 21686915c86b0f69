//! The diagnosis as a report, and as a document.

use std::io::{self, Write};

use amsgrad::diagnose::{Coordinate, HELD, HUGE, Verdict};
use amsgrad::tune::{Reach, quartiles};
use serde_json::{Value, json};

use super::args::Args;
use super::sides::{Seen, Side};
use crate::json;
use crate::minimize::plan::Plan;
use crate::minimize::score::Goal;
use crate::text::{result, shown};

/// Coordinates that are listed.
const COORDINATES: usize = 12;
/// Below these shares and factors nothing is worth a word.
const OFTEN: f64 = 0.05;
const LONGER: f64 = 1.5;
/// With fewer starts no result is rarer by chance than one in 20.
const FEWEST: usize = 6;

/// All there is to tell.
pub(super) struct Report<'a> {
    pub(super) args: &'a Args,
    pub(super) plan: &'a Plan<'a>,
    pub(super) goal: Option<Goal>,
    /// Adam, then AMSGrad.
    pub(super) sides: &'a [Side],
    pub(super) tuned: bool,
    pub(super) stopped: bool,
}

/// One coordinate, over the runs of both rules from all starts.
struct Row<'a> {
    name: &'a str,
    /// The share of Adam's steps at which Gamma is negative, and the median of how much its rate grew.
    negative: f64,
    growth: f64,
    /// The share of AMSGrad's steps that were held back, the median of how much the last one was, and the runs it was frozen in.
    held: f64,
    shorter: f64,
    frozen: usize,
    /// The largest gradient that AMSGrad met from the first start, its step, and the usual one.
    largest: f64,
    largest_step: u64,
    typical: f64,
}

impl Report<'_> {
    fn starts(&self) -> usize {
        self.sides.first().map_or(0, |side| side.runs.len())
    }

    fn rows(&self) -> Vec<Row<'_>> {
        let [adam, amsgrad] = self.sides else { return Vec::new() };
        let names = self.plan.target.variables().iter().enumerate();
        names.filter_map(|(i, name)| Row::of(name, i, &adam.runs, &amsgrad.runs)).collect()
    }

    fn verdict(&self) -> Verdict {
        let [adam, amsgrad] = self.sides else { return Verdict::NoDifference };
        let maximize = self.args.settings.maximize;
        let best = self.goal.map_or(0.0, |goal| if maximize { -goal.best } else { goal.best });
        let above = |run: &Seen| match run.score.reach(maximize) {
            Reach::Cost(cost) => Reach::Cost(cost - best),
            arrived => arrived,
        };
        let reach = |side: &Side| side.runs.iter().map(above).collect::<Vec<_>>();
        Verdict::of(&reach(amsgrad), &reach(adam))
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let verb = if self.args.settings.maximize { "maximize" } else { "minimize" };
        writeln!(out, "{verb}       {}", self.plan.target.formula())?;
        let (count, steps) = (self.starts(), self.plan.stop.step_limit());
        let plural = if count == 1 { "" } else { "s" };
        writeln!(out, "runs           from {count} start{plural}, at most {steps} steps each")?;
        for side in self.sides {
            let settings: Vec<String> =
                side.rule.settings().iter().map(|(name, value)| format!("{name} {value}")).collect();
            writeln!(out, "{:<14} {}", side.label, settings.join(", "))?;
        }
        if self.tuned {
            writeln!(out, "               the learning rate is the best of those tried for adam")?;
        }
        if let Some(goal) = self.goal {
            writeln!(
                out,
                "arrived at     {}; the best value known is {}",
                result(goal.target),
                result(goal.best)
            )?;
        }
        writeln!(
            out,
            "\n{:<14} {:>9}  {:>13}  {:>16}  {:>6}",
            "rule", "arrived", "steps, median", "median value", "failed"
        )?;
        for side in self.sides {
            let (steps, values) = side.middle();
            let told = |value: f64| if value.is_finite() { result(value) } else { "-".to_owned() };
            let steps = told(steps).trim_end_matches(".0").to_owned();
            let arrived = format!("{}/{}", side.arrived(), side.runs.len());
            let failed = side.runs.iter().filter(|run| run.score.failed).count();
            writeln!(out, "{:<14} {arrived:>9}  {steps:>13}  {:>16}  {failed:>6}", side.label, told(values))?;
        }
        let rows = self.rows();
        let width =
            rows.iter().take(COORDINATES).map(|row| row.name.chars().count()).max().unwrap_or(0).max(10);
        writeln!(
            out,
            "\n{:<width$}  {:>9}  {:>9}  {:>9}  {:>9}  {:>6}  {:>16}  {:>7}  {:>14}",
            "coordinate",
            "Gamma < 0",
            "rate grew",
            "held back",
            "shorter",
            "frozen",
            "largest gradient",
            "at step",
            "usual gradient"
        )?;
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let times = |factor: f64| match factor < 1e4 {
            true => format!("{factor:.1} x"),
            false => format!("{factor:.0e} x"),
        };
        for row in rows.iter().take(COORDINATES) {
            let (negative, growth) = (percent(row.negative), times(row.growth));
            let (held, shorter) = (percent(row.held), times(row.shorter));
            let largest = shown(row.largest);
            let typical = if row.typical.is_nan() { "-".to_owned() } else { shown(row.typical) };
            writeln!(
                out,
                "{:<width$}  {negative:>9}  {growth:>9}  {held:>9}  {shorter:>9}  {:>6}  {largest:>16}  {:>7}  {typical:>14}",
                row.name, row.frozen, row.largest_step
            )?;
        }
        if rows.len() > COORDINATES {
            writeln!(out, "... and {} more (all with --json)", rows.len() - COORDINATES)?;
        }
        writeln!(out)?;
        for line in self.lines(&rows) {
            writeln!(out, "{line}")?;
        }
        if self.stopped {
            writeln!(out, "stopped by a signal; the runs were cut short")?;
        }
        out.flush()
    }

    /// What it all means.
    fn lines(&self, rows: &[Row<'_>]) -> Vec<String> {
        if self.sides.iter().flat_map(|side| &side.runs).all(|run| run.score.failed) {
            return vec!["All runs failed: there is nothing to compare.".to_owned()];
        }
        let mut lines = Vec::new();
        let growing: Vec<&Row<'_>> =
            rows.iter().filter(|row| row.negative >= OFTEN && row.growth >= LONGER).collect();
        let names = |rows: &[&Row<'_>]| {
            let names: Vec<&str> = rows.iter().take(COORDINATES).map(|row| row.name).collect();
            names.join(", ") + if rows.len() > COORDINATES { ", ..." } else { "" }
        };
        lines.push(match growing.iter().map(|row| row.growth).reduce(f64::max) {
            None => "Adam's effective learning rates hardly grow: the maximum has little to hold.".to_owned(),
            Some(most) => {
                format!("Adam's effective learning rates grow in {}, up to {most:.1} times.", names(&growing))
            }
        });
        let frozen: Vec<&Row<'_>> = rows.iter().filter(|row| row.frozen > 0).collect();
        if !frozen.is_empty() {
            lines.push(format!(
                "A few gradients, {HUGE:.0} times larger than the others, hold AMSGrad back in {}:\nits steps are {HELD:.0} times \
                 shorter or more for most of a run. Clip gradients, start elsewhere, or use Adam.",
                names(&frozen)
            ));
        }
        let verdict = match self.verdict() {
            Verdict::Helps => {
                "AMSGrad helps here: from the same starts it does better than Adam, more often than by chance."
            }
            Verdict::Hurts => {
                "AMSGrad hurts here: from the same starts it does worse than Adam, more often than by chance."
            }
            Verdict::NoDifference if self.starts() < FEWEST => {
                "Too few starts to tell a difference from chance: use --starts."
            }
            Verdict::NoDifference => {
                "It makes no difference here: what differs between Adam and AMSGrad may be chance."
            }
        };
        lines.push(verdict.to_owned());
        lines
    }

    pub(super) fn document(&self) -> Value {
        let side = |side: &Side| {
            let (steps, value) = side.middle();
            let negative = side.runs.iter().map(|run| run.diagnosis.negative_share()).sum::<f64>()
                / side.runs.len().max(1) as f64;
            json!({
                "name": side.label, "settings": json::settings(&side.rule), "arrived": side.arrived(),
                "median_steps": steps, "median_value": value, "gamma_negative": negative,
            })
        };
        let row = |row: Row<'_>| {
            json!({
                "name": row.name, "gamma_negative": row.negative, "rate_grew": row.growth, "held_back": row.held,
                "shorter": row.shorter, "frozen": row.frozen, "largest_gradient": row.largest,
                "largest_gradient_step": row.largest_step, "usual_gradient": row.typical,
            })
        };
        let verdict = match self.verdict() {
            Verdict::Helps => "helps",
            Verdict::Hurts => "hurts",
            Verdict::NoDifference => "no-difference",
        };
        json!({
            "settings": serde_json::to_value(&self.args.settings).unwrap_or_default(),
            "steps": self.plan.stop.step_limit(),
            "target": self.goal.map(|goal| goal.target),
            "rules": self.sides.iter().map(side).collect::<Vec<_>>(),
            "coordinates": self.rows().into_iter().map(row).collect::<Vec<_>>(),
            "verdict": verdict,
            "stopped": self.stopped,
        })
    }
}

impl<'a> Row<'a> {
    fn of(name: &'a str, i: usize, adam: &[Seen], amsgrad: &[Seen]) -> Option<Self> {
        let coordinates = |runs: &[Seen]| -> Vec<(Coordinate, u64)> {
            let seen =
                |run: &Seen| Some((run.diagnosis.coordinates().get(i)?.clone(), run.diagnosis.steps()));
            runs.iter().filter_map(seen).collect()
        };
        let (adam, amsgrad) = (coordinates(adam), coordinates(amsgrad));
        let share = |seen: &[(Coordinate, u64)], of: fn(&Coordinate) -> u64| {
            let steps: u64 = seen.iter().map(|(_, steps)| steps).sum();
            seen.iter().map(|(coordinate, _)| of(coordinate)).sum::<u64>() as f64 / steps.max(1) as f64
        };
        let median = |seen: &[(Coordinate, u64)], of: fn(&Coordinate) -> f64| {
            quartiles(&seen.iter().map(|(coordinate, _)| of(coordinate)).collect::<Vec<_>>())[1]
        };
        let (first, _) = amsgrad.first()?;
        Some(Self {
            name,
            negative: share(&adam, |coordinate| coordinate.negative),
            growth: median(&adam, |coordinate| coordinate.growth),
            held: share(&amsgrad, |coordinate| coordinate.held),
            shorter: median(&amsgrad, |coordinate| coordinate.shorter),
            frozen: amsgrad.iter().filter(|(coordinate, steps)| coordinate.is_frozen(*steps)).count(),
            largest: first.largest,
            largest_step: first.largest_step,
            typical: first.typical(),
        })
    }
}

impl Side {
    fn arrived(&self) -> usize {
        self.runs.iter().filter(|run| run.score.arrived).count()
    }

    /// The medians of the steps of the runs that arrived, and of the values of all.
    fn middle(&self) -> (f64, f64) {
        let arrived = self.runs.iter().filter(|run| run.score.arrived);
        let steps: Vec<f64> = arrived.map(|run| run.score.steps as f64).collect();
        let values: Vec<f64> = self.runs.iter().map(|run| run.score.value).collect();
        (quartiles(&steps)[1], quartiles(&values)[1])
    }
}
