//! A run told to a person.

use std::io::{self, Write};

use amsgrad::rule::Setting;
use amsgrad::{Constraint, Dialect, Status, VectorizedObjective as _};

use super::advice;
use super::plan::Plan;
use super::solve::Solved;
use crate::text::shown;

/// Rows of the table of progress.
const ROWS: u64 = 10;
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
    writeln!(out, "by             {}: {}{number}", solved.rule, named.join(", "))?;
    let dialect = solved.rule_settings.iter().find_map(|(_, setting)| match setting {
        Setting::Name(name) => name.parse::<Dialect>().ok(),
        _ => None,
    });
    if let Some(dialect) = dialect {
        let [a, c, e] = dialect.formulas();
        writeln!(out, "dialect        {dialect}: a_t = {a}, c_t = {c}, e_t = {e}")?;
    }
    if let Some(search) = &solved.search {
        let (rate, tried, steps) = (&search.learning_rate, search.candidates, search.steps);
        writeln!(
            out,
            "learning rate  the best of {tried}, found with {steps} of each start's steps; again:"
        )?;
        writeln!(out, "               --learning-rate '{rate}' --steps {}", solved.steps)?;
    }
    let start = plan.starts.get(solved.best).map_or(&[][..], Vec::as_slice);
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
    match &plan.constraint {
        Constraint::Box(bounds) => match bounds.sides() {
            [first, rest @ ..] if rest.iter().all(|side| side == first) => {
                format!("{names} in {}..{}", shown(first.0), shown(first.1))
            }
            sides if sides.len() <= COORDINATES => {
                let side = |(name, (lower, upper)): (&String, &(f64, f64))| {
                    format!("{name} in {}..{}", shown(*lower), shown(*upper))
                };
                plan.target.variables().iter().zip(sides).map(side).collect::<Vec<_>>().join(", ")
            }
            _ => format!("{names}, each within bounds of its own"),
        },
        Constraint::Ball(ball) => format!("{names} in the ball of radius {} around 0", shown(ball.radius())),
        Constraint::Simplex(simplex) => {
            format!("{names} at least 0, with the sum {}", shown(simplex.total()))
        }
        _ => names,
    }
}

/// Some of the steps, close together at first.
fn progress(out: &mut impl Write, solved: &Solved) -> io::Result<()> {
    let entries = solved.outcome.history.entries();
    let last = entries.last().map_or(0, |entry| entry.step);
    // Steps 0, 1, 2, 5, 10, ... would be a wall for long runs; these are ROWS at most, each so many times the one before.
    let ratio = (last as f64).powf(1.0 / (ROWS - 2) as f64).max(2.0);
    let mut next = 0.0;
    writeln!(out, "{:>10}  {:>14}  {:>14}  {:>14}", "step", "value", "gradient", "learning rate")?;
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
    writeln!(out, "end            {}", outcome.status)?;
    writeln!(out, "best value     {:?} at step {}", outcome.best.value, outcome.best.step)?;
    let mut gradient = vec![0.0; outcome.best.point.len()];
    plan.target.evaluate(&outcome.best.point, &mut gradient, &mut Vec::new());
    let norm = gradient.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
    writeln!(out, "gradient       {} is its largest component there", shown(norm))?;
    for (name, x) in plan.target.variables().iter().zip(&outcome.best.point).take(COORDINATES) {
        writeln!(out, "  {name} = {x:?}")?;
    }
    if outcome.best.point.len() > COORDINATES {
        writeln!(out, "  ... and {} more (all with --json)", outcome.best.point.len() - COORDINATES)?;
    }
    let counts = outcome.counts;
    let seconds =
        outcome.elapsed.map(|elapsed| format!(", {:.3} s", elapsed.as_secs_f64())).unwrap_or_default();
    writeln!(
        out,
        "took           {} steps, {} values, {} gradients{seconds}",
        counts.steps, counts.values, counts.gradients
    )?;
    if solved.starts.len() > 1 {
        spread(out, solved)?;
    }
    Ok(())
}

/// Where the other starts ended.
fn spread(out: &mut impl Write, solved: &Solved) -> io::Result<()> {
    let mut values: Vec<f64> =
        solved.starts.iter().map(|ended| ended.value).filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let best = solved.outcome.best.value;
    let near = values.iter().filter(|value| (*value - best).abs() <= 1e-6 * (1.0 + best.abs())).count();
    let at = |share: f64| {
        values.get(((values.len().max(1) - 1) as f64 * share) as usize).copied().unwrap_or(f64::NAN)
    };
    writeln!(out, "all starts     {near} of {} ended within 1e-6 of the best value", solved.starts.len())?;
    writeln!(
        out,
        "               least {}, quarter {}, half {}, three quarters {}, most {}",
        shown(at(0.0)),
        shown(at(0.25)),
        shown(at(0.5)),
        shown(at(0.75)),
        shown(at(1.0))
    )?;
    let failed = solved.starts.iter().filter(|ended| ended.failed).count();
    if failed > 0 {
        writeln!(out, "               {failed} failed")?;
    }
    let stopped = solved.starts.iter().filter(|ended| ended.status == Status::Stopped.name()).count();
    if stopped > 0 {
        writeln!(out, "               {stopped} were stopped or not begun")?;
    }
    Ok(())
}

fn point(point: &[f64]) -> String {
    let some: Vec<String> = point.iter().take(COORDINATES).map(|x| format!("{x:?}")).collect();
    let more = if point.len() > COORDINATES { ", ..." } else { "" };
    format!("({}{more})", some.join(", "))
}
