//! The bound of Theorem 4 along a run, above the regret.

use std::cell::RefCell;
use std::io::Write as _;

use amsgrad::error::SettingError;
use amsgrad::online::{LinearRegret, Theorem4};
use amsgrad::problem::Counterexample;
use amsgrad::{AmsGrad, Record, Schedule};
use amsgrad_plot::{Axes, Figure, PlotError, Scale, Series};
use serde_json::{Value, json};

use super::args::{Args, document};
use super::track::play;
use crate::failure::Failure;
use crate::minimize::pictures::Axis;
use crate::watch::Watch;
use crate::{output, text};

/// The terms of the bound.
const TERMS: [&str; 3] = ["term 1, v_hat", "term 2, beta1", "term 3, gradients"];

/// Regret and bound after round `t`.
struct Row {
    t: u64,
    regret: f64,
    terms: [f64; 3],
}

impl Row {
    fn bound(&self) -> f64 {
        self.terms.iter().sum()
    }

    /// Returns the number of the largest term.
    fn dominant(&self) -> usize {
        (0..3).fold(0, |most, i| if self.terms[i] > self.terms[most] { i } else { most })
    }
}

pub(super) fn run(args: &Args, watch: &Watch) -> Result<Result<Figure, PlotError>, Failure> {
    let (alpha, steps) = (args.alpha()?, args.steps());
    let given = args.beta1.as_ref().map(ToString::to_string);
    let refused = |error: SettingError| {
        let option = if error.name() == "beta1" { "--beta1" } else { "--learning-rate" };
        Failure::input(option, format!("'{}' is out of range; use {}", error.value, error.allowed))
    };
    let beta1: Schedule =
        given.map_or(Ok(Schedule::exponential(0.9, 0.99)), |given| given.parse().map_err(refused))?;
    let rule = AmsGrad::new(alpha.clone()).beta1(beta1.clone()).beta2(0.99).epsilon(0.0);
    let bound = RefCell::new(Theorem4::new(&rule, 2.0).map_err(refused)?);
    watch.expect(steps);
    let mut rows = Vec::new();
    let row = |record: &Record<'_, f64>, regret: &LinearRegret| {
        rows.push(Row { t: record.step, regret: regret.total(), terms: bound.borrow().terms() });
    };
    let see = |record: &Record<'_, f64>| bound.borrow_mut().see(record);
    play(Counterexample::figure1(), rule.into(), (args.start, steps), watch, see, row)?;
    watch.clear();

    let holds = rows.iter().all(|row| row.regret <= row.bound());
    let stopped = watch.interrupted();
    if args.json {
        let stated = json!({ "learning_rate": "alpha / sqrt(t)", "diameter": 2.0 });
        let losses = "1010 x where t mod 101 = 1, else -10 x, as in figure1";
        let (alpha, beta1) = (alpha.to_string(), beta1.to_string());
        let chosen = json!({
            "losses": losses, "learning_rate": alpha, "beta1": beta1, "beta2": 0.99, "start": args.start, "steps": steps,
        });
        let mut document = document(args, stated, chosen, stopped);
        document.insert("holds".into(), holds.into());
        document.insert("terms".into(), json!(TERMS));
        let row =
            |row: &Row| json!({ "t": row.t, "regret": row.regret, "bound": row.bound(), "terms": row.terms });
        document.insert("rows".into(), rows.iter().map(row).collect::<Vec<Value>>().into());
        output::print_json(&document)?;
    } else {
        let mut out = output::stdout();
        writeln!(out, "stated         alpha_t = alpha / sqrt(t), beta1_t at most beta1_1, epsilon 0")?;
        writeln!(
            out,
            "our choice     the losses of figure1, online; alpha_t = {alpha}, beta1_t = {beta1}, beta2 0.99,"
        )?;
        writeln!(out, "               x_1 = {}, {steps} rounds\n", text::shown(args.start))?;
        report(&mut out, &rows)?;
        let verdict = if holds { "holds" } else { "does not hold" };
        writeln!(out, "\nthe bound {verdict} at each of the {} rounds looked at", rows.len())?;
        if stopped {
            writeln!(out, "stopped by a signal; the rows end where it came")?;
        }
        out.flush()?;
    }
    Ok(draw(args, &rows))
}

/// The rows at powers of ten and the last one.
fn report(out: &mut impl std::io::Write, rows: &[Row]) -> std::io::Result<()> {
    let [first, second, third] = TERMS;
    writeln!(out, "{:>10}{:>12}{:>14}  {first:>14}{second:>16}{third:>20}", "t", "regret", "bound")?;
    let mut next = 1;
    for (i, row) in rows.iter().enumerate() {
        if row.t < next && i + 1 < rows.len() {
            continue;
        }
        next = 10_u64.saturating_pow(row.t.ilog10() + 1);
        let share = |i: usize| format!("{:.1} %", 100.0 * row.terms[i] / row.bound());
        let (regret, bound) = (text::shown(row.regret), text::shown(row.bound()));
        let [first, second, third] = [0, 1, 2].map(share);
        writeln!(out, "{:>10}{regret:>12}{bound:>14}  {first:>14}{second:>16}{third:>20}", row.t)?;
    }
    if let Some(last) = rows.last() {
        writeln!(out, "\nthe largest at the end is {}", TERMS[last.dominant()])?;
    }
    Ok(())
}

fn draw(args: &Args, rows: &[Row]) -> Result<Figure, PlotError> {
    let series = |name: &str, y: &dyn Fn(&Row) -> f64| {
        Series::new(name, rows.iter().map(|row| [row.t as f64, y(row)]).collect::<Vec<_>>())
    };
    let term = |i: usize| series(TERMS[i], &|row| row.terms[i]);
    let all = [series("regret", &|row| row.regret), term(0), term(1), term(2), series("bound", &Row::bound)];
    let x = args.look.scale(Axis::X).unwrap_or(Scale::Log);
    let axes = Axes { x, ..args.look.axes(Scale::Log) };
    amsgrad_plot::curves(
        &all,
        axes,
        &args.look.style("The bound of Theorem 4 and the regret", ["round t", "", ""]),
    )
}
