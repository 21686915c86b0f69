//! One rule's way through a sequence of losses.

use amsgrad::objective::Slices;
use amsgrad::online::LinearRegret;
use amsgrad::problem::Counterexample;
use amsgrad::{AnyRule, Minimizer, Record};

use crate::failure::Failure;
use crate::signals;
use crate::watch::Watch;

/// A row is due after this many times the rounds of the one before: no even stride, which would beat with the period of the
/// losses.
const RATIO: f64 = 1.01;

/// Losses that are played by several rules.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) name: &'static str,
    pub(super) formula: String,
    pub(super) losses: Counterexample,
    pub(super) tracks: Vec<Track>,
}

/// What a rule did on the losses.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) rule: AnyRule,
    pub(super) rows: Vec<Row>,
    /// Where a fixed point would have cost least.
    pub(super) best: f64,
}

/// Where a run stood after round `t`: the next point, and the regret per round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) t: u64,
    pub(super) x: f64,
    pub(super) average_regret: f64,
}

/// Plays the losses; `each` is shown the records at which a row is due, with the regret of all rounds before.
pub(super) fn play(
    mut losses: Counterexample,
    rule: AnyRule,
    (start, steps): (f64, u64),
    watch: &Watch,
    mut see: impl FnMut(&Record<'_, f64>),
    mut row: impl FnMut(&Record<'_, f64>, &LinearRegret),
) -> Result<LinearRegret, Failure> {
    let mut regret = LinearRegret::over(&Counterexample::domain());
    let (mut pulse, mut due) = (watch.pulse(), 1);
    Minimizer::new::<Slices<f64>>(&mut losses)
        .rule(rule)
        .within(Counterexample::domain())
        .start([start])
        .steps(steps)
        .interrupt(signals::flag())
        .run_observed(|record: &Record<'_, f64>| {
            see(record);
            let t = record.step;
            if t == due || t == steps {
                row(record, &regret);
                due = ((t as f64 * RATIO) as u64).max(t + 1);
            }
            regret.add(record.point, record.value, record.gradient);
            pulse.beat()
        })?;
    Ok(regret)
}

impl Track {
    /// Plays the losses by this rule.
    pub(super) fn of(
        losses: Counterexample,
        rule: AnyRule,
        way: (f64, u64),
        watch: &Watch,
    ) -> Result<Self, Failure> {
        let mut rows = Vec::new();
        let row = |record: &Record<'_, f64>, regret: &LinearRegret| {
            let x = record.point.first().copied().unwrap_or(f64::NAN);
            rows.push(Row { t: record.step, x, average_regret: regret.average() });
        };
        let regret = play(losses, rule.clone(), way, watch, |_| {}, row)?;
        let best = regret.best_fixed_point().first().copied().unwrap_or(f64::NAN);
        Ok(Self { rule, rows, best })
    }

    pub(super) fn last(&self) -> Option<&Row> {
        self.rows.last()
    }
}
