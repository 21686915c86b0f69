//! A run as a report to a person.

use std::io::{self, Write};

use amsgrad::outcome::Test;
use amsgrad::rule::Setting;
use amsgrad::{Constraint, Dialect, Exit, Status, VectorizedObjective as _};

use super::advice;
use super::minima::minima;
use super::plan::Plan;
use super::solve::Solved;
use crate::text::{self, result, shown};

/// Rows of the table of progress.
const ROWS: u64 = 10;
/// Minima listed of many starts.
const MINIMA: usize = 10;
/// More coordinates than this are left out of the text; `--json` has them all.
const COORDINATES: usize = 12;

pub(crate) fn write(out: &mut impl Write, plan: &Plan<'_>, solved: &Solved, table: bool) -> io::Result<()> {
    head(out, plan, solved)?;
    if table && !solved.outcome.history.entries().is_empty() {
        progress(out, solved)?;
    }
    ending(out, plan, solved)?;
    for line in advice::lines(plan, solved) {
        writeln!(out, "advice         {line}")?;
    }
    Ok(())
}

fn head(out: &mut impl Write, plan: &Plan<'_>, solved: &Solved) -> io::Result<()> {
    let settings = plan.settings;
    let verb = if settings.maximize { "maximize" } else { "minimize" };
    writeln!(out, "{verb}       {}", plan.target.formula())?;
    writeln!(out, "over           {}", variables(plan))?;
    let number = if settings.f32 { ", in f32" } else { "" };
    let named: Vec<String> =
        solved.rule_settings.iter().map(|(name, value)| format!("{name} {value}")).collect();
    writeln!(out, "rule           {}: {}{number}", solved.rule, named.join(", "))?;
    let dialect = solved.rule_settings.iter().find_map(|(_, setting)| match setting {
        Setting::Name(name) => name.parse::<Dialect>().ok(),
        _ => None,
    });
    if let Some(dialect) = dialect {
        let [a, c, e] = dialect.formulas();
        writeln!(out, "dialect        {dialect}: a_t = {a}, c_t = {c}, e_t = {e}")?;
    }
    if let Some(search) = &solved.search {
        let (trials, steps) = (search.candidates, search.steps);
        match steps {
            0 => writeln!(out, "learning rate  none found: no trial could make a step")?,
            _ => writeln!(out, "learning rate  found by {trials} trials of {steps} steps in all")?,
        }
    }
    let drawn = plan.starts.get(solved.best).map_or(&[][..], Vec::as_slice);
    let first = solved.outcome.history.entries().first();
    let start = first.map_or(drawn, |entry| &entry.point);
    match solved.starts.len() {
        1 => writeln!(out, "start          {}", point(start))?,
        n => writeln!(out, "starts         {n}; the best is number {}, {}", solved.best + 1, point(start))?,
    }
    writeln!(out)
}

fn variables(plan: &Plan<'_>) -> String {
    let names = plan.target.variables();
    let names =
        if names.len() > COORDINATES { format!("{} variables", names.len()) } else { names.join(", ") };
    set(&plan.constraint, &names, plan.target.variables())
}

/// Names the variables and says where they may be.
fn set(constraint: &Constraint, names: &str, variables: &[String]) -> String {
    match constraint {
        Constraint::Box(bounds) => match bounds.sides() {
            [first, rest @ ..] if rest.iter().all(|side| side == first) => {
                format!("{names} in {}..{}", shown(first.0), shown(first.1))
            }
            sides if sides.len() <= COORDINATES => {
                let side = |(name, (lower, upper)): (&String, &(f64, f64))| {
                    format!("{name} in {}..{}", shown(*lower), shown(*upper))
                };
                variables.iter().zip(sides).map(side).collect::<Vec<_>>().join(", ")
            }
            _ => format!("{names}, each within bounds of its own"),
        },
        Constraint::Ball(ball) => format!("{names} in the ball of radius {} around 0", shown(ball.radius())),
        Constraint::Simplex(simplex) => {
            format!("{names} at least 0, with the sum {}", shown(simplex.total()))
        }
        Constraint::Intersection(both) => {
            let bounds = set(&both.bounds().clone().into(), names, variables);
            format!("{}; {bounds}", set(&both.set(), names, variables))
        }
        _ => format!("{names}, without bounds"),
    }
}

/// Some of the steps, close together at first.
fn progress(out: &mut impl Write, solved: &Solved) -> io::Result<()> {
    let entries = solved.outcome.history.entries();
    let last = entries.last().map_or(0, |entry| entry.step);
    // Steps 0, 1, 2, 5, 10, ... would be a wall for long runs; these are ROWS at most, each a fixed ratio times the one before.
    let ratio = (last as f64).powf(1.0 / (ROWS - 2) as f64).max(2.0);
    let mut next = 0.0;
    writeln!(out, "{:>10}  {:>14}  {:>14}  {:>14}", "step", "value", "max |gradient|", "learning rate")?;
    for entry in entries {
        if (entry.step as f64) < next && entry.step != last {
            continue;
        }
        next = if entry.step == 0 { 1.0 } else { entry.step as f64 * ratio };
        let norm = entry.gradient.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
        let rate = entry.learning_rate.map(shown).unwrap_or_default();
        writeln!(out, "{:>10}  {:>14}  {:>14}  {rate:>14}", entry.step, shown(entry.value), shown(norm))?;
    }
    writeln!(out)
}

fn ending(out: &mut impl Write, plan: &Plan<'_>, solved: &Solved) -> io::Result<()> {
    let outcome = &solved.outcome;
    let projected = !matches!(plan.constraint, Constraint::None);
    writeln!(out, "end            {}", end(&outcome.status, projected))?;
    if let Some(stationary) = outcome.stationary {
        writeln!(out, "which is       {stationary}")?;
    }
    writeln!(out, "best value     {} at step {}", result(outcome.best.value), outcome.best.step)?;
    let mut gradient = vec![0.0; outcome.best.point.len()];
    plan.target.evaluate(&outcome.best.point, &mut gradient, &mut Vec::new());
    let norm = gradient.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
    let not = if projected { ", not projected" } else { "" };
    writeln!(out, "max |gradient| {}{not}", shown(norm))?;
    for (name, x) in plan.target.variables().iter().zip(&outcome.best.point).take(COORDINATES) {
        writeln!(out, "  {name} = {}", result(*x))?;
    }
    if outcome.best.point.len() > COORDINATES {
        writeln!(out, "  ... and {} more (all with --json)", outcome.best.point.len() - COORDINATES)?;
    }
    let counts = outcome.counts;
    let time = outcome.elapsed.map(|elapsed| format!(", {}", text::time(elapsed))).unwrap_or_default();
    let (steps, values) = (counted(counts.steps, "step"), counted(counts.values, "evaluation"));
    writeln!(out, "took           {steps}, {values}{time}")?;
    if solved.starts.len() > 1 {
        all_starts(out, plan, solved)?;
    }
    Ok(())
}

/// Returns why the run ended; `projected` tells which gradient was tested.
fn end(status: &Status, projected: bool) -> String {
    let gradient = if projected { "max |projected gradient|" } else { "max |gradient|" };
    match status {
        Status::Converged { test, measured, tolerance } => {
            let what = match test {
                Test::Gradient => gradient.to_owned(),
                Test::RelativeGradient => format!("{gradient}, relative to the start,"),
                other => other.to_string(),
            };
            format!("converged: {what} is {}, at most {}", shown(*measured), shown(*tolerance))
        }
        Status::TargetReached { value, target } => {
            format!("the value {} has reached the target {}", result(*value), shown(*target))
        }
        Status::Stopped => "stopped by a signal".to_owned(),
        other => other.to_string(),
    }
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// Writes how all starts ended, and the minima they came to.
fn all_starts(out: &mut impl Write, plan: &Plan<'_>, solved: &Solved) -> io::Result<()> {
    let minima = minima(plan, solved);
    let count = solved.starts.len();
    let arrived: usize = minima.iter().map(|minimum| minimum.runs).sum();
    let failed = solved.starts.iter().filter(|ended| ended.exit.is_failure()).count();
    let stopped = solved.starts.iter().filter(|ended| ended.exit == Exit::Stopped).count();
    let others = [
        (count - arrived - failed - stopped, "did not converge"),
        (failed, "failed"),
        (stopped, "were stopped or not begun"),
    ];
    let others = others.iter().filter(|(runs, _)| *runs > 0);
    let others: String = others.map(|(runs, what)| format!("; {runs} {what}")).collect();
    let kind = if plan.settings.maximize { "maxima" } else { "minima" };
    let kind = if minima.len() == 1 { kind.replace("ima", "imum") } else { kind.to_owned() };
    writeln!(out, "all starts     {arrived} of {count} converged, to {} {kind}{others}", minima.len())?;
    if minima.is_empty() {
        return Ok(());
    }
    writeln!(out, "               {:<17}share     point", "value")?;
    for minimum in minima.iter().take(MINIMA) {
        let (value, share) = (result(minimum.value), 100.0 * minimum.runs as f64 / count as f64);
        writeln!(out, "               {value:<16}{share:>5.1} %    {}", point(minimum.point))?;
    }
    if minima.len() > MINIMA {
        writeln!(out, "               ... and {} more (all with --json)", minima.len() - MINIMA)?;
    }
    Ok(())
}

fn point(point: &[f64]) -> String {
    let some: Vec<String> = point.iter().take(COORDINATES).map(|x| result(*x)).collect();
    let more = if point.len() > COORDINATES { ", ..." } else { "" };
    format!("({}{more})", some.join(", "))
}
