//! One fit per group of rows: a table of the results, and a summary.

use amsgrad_fit::{Fit, FitError, Group, Outcome, Status, Table};

use super::predictions::{cell, unwrapped};
use crate::commands::Ending;
use crate::failure::Failure;
use crate::output;
use crate::watch::Watch;

/// Failed groups beyond this number are counted, not named.
const NAMED: usize = 5;

/// What is kept of one fit.
struct Row {
    /// Values and standard errors.
    parameters: Vec<(f64, f64)>,
    squares: f64,
    status: String,
    converged: bool,
}

pub(super) fn run(fit: &Fit<'_>, table: &Table, by: &[String], watch: &Watch) -> Result<Ending, Failure> {
    let names = fit.model().parameters();
    let groups = fit.groups(table).map_err(|error| super::refused(&error))?;
    watch.expect(groups.count() as u64);
    let kept = |outcome: Result<Outcome, FitError>| match outcome {
        Ok(outcome) => Row {
            parameters: outcome
                .parameters
                .iter()
                .map(|one| (one.value, one.standard_error.unwrap_or(f64::NAN)))
                .collect(),
            squares: outcome.residual_sum_of_squares.unwrap_or(outcome.cost),
            status: outcome.status.name().to_owned(),
            converged: outcome.status == Status::Converged,
        },
        Err(error) => Row {
            parameters: vec![(f64::NAN, f64::NAN); names.len()],
            squares: f64::NAN,
            status: error.to_string(),
            converged: false,
        },
    };
    let row = |outcome| {
        let row = kept(outcome);
        watch.beat();
        row
    };
    let groups = groups.run(&|| watch.interrupted(), row);
    watch.clear();
    write(names, by, fit.model().has_response(), &groups)?;
    Ok(summary(by, &groups))
}

fn write(names: &[String], by: &[String], squares: bool, groups: &[Group<Row>]) -> Result<(), Failure> {
    let mut out = csv::Writer::from_writer(output::stdout());
    let mut head: Vec<String> = by.to_vec();
    head.push("rows".into());
    head.extend(names.iter().flat_map(|name| [name.clone(), format!("{name}_error")]));
    head.push(if squares { "residual_sum_of_squares" } else { "cost" }.into());
    head.push("status".into());
    out.write_record(&head).map_err(unwrapped)?;
    for group in groups {
        let row = &group.result;
        let mut cells = group.labels.clone();
        cells.push(group.rows.to_string());
        cells.extend(row.parameters.iter().flat_map(|(value, error)| [cell(*value), cell(*error)]));
        cells.push(cell(row.squares));
        cells.push(row.status.clone());
        out.write_record(&cells).map_err(unwrapped)?;
    }
    Ok(out.flush()?)
}

/// Counts the ends and names the first failures.
fn summary(by: &[String], groups: &[Group<Row>]) -> Ending {
    let failed: Vec<&Group<Row>> = groups.iter().filter(|group| !group.result.converged).collect();
    output::note(&format!(
        "{} groups: {} converged, {} did not",
        groups.len(),
        groups.len() - failed.len(),
        failed.len()
    ));
    for group in failed.iter().take(NAMED) {
        let labels: Vec<String> =
            by.iter().zip(&group.labels).map(|(name, label)| format!("{name}={label}")).collect();
        output::note(&format!("  {}: {}", labels.join(", "), group.result.status));
    }
    if failed.len() > NAMED {
        output::note(&format!("  ... and {} more, in the column 'status'", failed.len() - NAMED));
    }
    if failed.len() == groups.len() { Ending::RunFailed } else { Ending::Done }
}
