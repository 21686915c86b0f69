//! A fit told to a person.

use std::io::{self, Write};

use amsgrad_fit::{Estimate, Fit, Outcome, Table};

/// Pairs of parameters at least this strongly correlated are named.
const STRONG: f64 = 0.9;
/// More pairs than this are left out of the text; `--json` has them all.
const PAIRS: usize = 10;

pub(super) fn write(out: &mut impl Write, fit: &Fit<'_>, table: &Table, outcome: &Outcome) -> io::Result<()> {
    writeln!(out, "model       {}", fit.model().text())?;
    writeln!(out, "rows        {}", table.rows())?;
    writeln!(out, "end         {}", outcome.status)?;
    writeln!(out)?;
    parameters(out, &outcome.parameters)?;
    for set in &outcome.undetermined {
        match set.as_slice() {
            [one] => writeln!(out, "the data do not determine {one}")?,
            set => writeln!(out, "the data cannot tell apart {}", set.join(", "))?,
        }
    }
    writeln!(out)?;
    let mut line = |name: &str, value: Option<f64>| match value {
        Some(value) => writeln!(out, "{name:<26} {}", short(value, 7)),
        None => Ok(()),
    };
    line("residual sum of squares", outcome.residual_sum_of_squares)?;
    if fit.model().is_likelihood() {
        line("log-likelihood", Some(-outcome.cost))?;
    } else if outcome.residual_sum_of_squares.is_none() {
        line("sum", Some(outcome.cost))?;
    }
    line("degrees of freedom", Some(outcome.degrees_of_freedom as f64))?;
    line("reduced chi-square", outcome.reduced_chi_square)?;
    line("R2", outcome.r_squared)?;
    line("AIC", outcome.aic)?;
    line("BIC", outcome.bic)?;
    correlations(out, outcome)?;
    let took = &outcome.evaluations;
    let counted = |count: u64, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    let [steps, starts] = [counted(took.steps, "step"), counted(took.starts, "start")];
    let [values, gradients] = [counted(took.values, "value"), counted(took.gradients, "gradient")];
    writeln!(out, "took        {steps} from {starts}, {values}, {gradients}")?;
    out.flush()
}

fn parameters(out: &mut impl Write, parameters: &[Estimate]) -> io::Result<()> {
    let head = ["parameter", "value", "standard error", "95 % interval"].map(str::to_owned);
    let mut rows = vec![head];
    for one in parameters {
        let interval = match (one.interval, one.at_bound) {
            (Some((low, high)), _) => format!("{} .. {}", short(low, 6), short(high, 6)),
            (None, true) => "on a bound".to_owned(),
            (None, false) => "not determined".to_owned(),
        };
        let error = one.standard_error.map_or("-".to_owned(), |error| short(error, 4));
        rows.push([one.name.clone(), short(one.value, 9), error, interval]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    for row in &rows {
        let [name, value, error, interval] = row;
        let [a, b, c, _] = widths;
        writeln!(out, "{name:<a$}  {value:>b$}  {error:>c$}  {interval}")?;
    }
    Ok(())
}

fn correlations(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let mut pairs = Vec::new();
    for (i, row) in outcome.correlation.iter().enumerate() {
        for (j, share) in row.iter().enumerate().skip(i + 1) {
            if let Some(share) = share.filter(|share| share.abs() >= STRONG) {
                pairs.push((share, &outcome.parameters[i].name, &outcome.parameters[j].name));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    if pairs.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    for (share, a, b) in pairs.iter().take(PAIRS) {
        writeln!(out, "correlation of {a} and {b}: {}", short(*share, 4))?;
    }
    if pairs.len() > PAIRS {
        writeln!(out, "... and {} more pairs (all with --json)", pairs.len() - PAIRS)?;
    }
    writeln!(out)
}

/// A number with some significant digits: `3.0`, `0.00127905`, `1.2e-12`.
pub(super) fn short(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if (-5..12).contains(&exponent) {
        let places = (digits as i32 - 1 - exponent).max(0) as usize;
        trimmed(&format!("{value:.places$}"))
    } else {
        format!("{}e{exponent}", trimmed(mantissa))
    }
}
