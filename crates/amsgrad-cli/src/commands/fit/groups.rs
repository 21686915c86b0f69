//! One fit per group of rows: a table of the results, and a summary.

use amsgrad_fit::{Fit, FitError, Group, Outcome, Status, Table};
use serde::{Deserialize, Serialize};

use super::predictions::{cell, unwrapped};
use crate::commands::Ending;
use crate::failure::Failure;
use crate::output;
use crate::shards::{Job, Parts, exact};
use crate::watch::Watch;

/// Failed groups beyond this number are counted, not named.
const NAMED: usize = 5;

/// What is kept of the fit of one group.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Row {
    labels: Vec<String>,
    rows: usize,
    /// Each value, and its standard error.
    #[serde(with = "exact::numbers")]
    parameters: Vec<f64>,
    #[serde(with = "exact::number")]
    squares: f64,
    status: String,
    converged: bool,
}

/// What all groups share.
#[derive(Debug, Serialize, Deserialize)]
struct Shared {
    data: String,
    groups: usize,
    parameters: Vec<String>,
    /// Whether the cost is a sum of squares.
    squares: bool,
}

pub(super) fn run(
    fit: &Fit<'_>,
    table: &Table,
    by: &[String],
    job: Job,
    watch: &Watch,
) -> Result<Ending, Failure> {
    let groups = fit.groups(table).map_err(|error| super::refused(&error))?;
    let shared = Shared {
        data: format!("{:016x}", table.fingerprint()),
        groups: groups.count(),
        parameters: fit.model().parameters().to_vec(),
        squares: fit.model().has_response(),
    };
    let groups = groups.retain(|group| job.shard().is_none_or(|shard| shard.has(group)));
    watch.expect(groups.count() as u64);
    let kept = |outcome: Result<Outcome, FitError>| match outcome {
        Ok(outcome) => Row {
            parameters: outcome
                .parameters
                .iter()
                .flat_map(|one| [one.value, one.standard_error.unwrap_or(f64::NAN)])
                .collect(),
            squares: outcome.residual_sum_of_squares.unwrap_or(outcome.cost),
            status: outcome.status.name().to_owned(),
            converged: outcome.status == Status::Converged,
            ..Row::default()
        },
        Err(error) => Row {
            parameters: vec![f64::NAN; 2 * shared.parameters.len()],
            squares: f64::NAN,
            status: error.to_string(),
            ..Row::default()
        },
    };
    let row = |outcome| {
        let row = kept(outcome);
        watch.beat();
        row
    };
    let ended = groups.run(&|| watch.interrupted(), row).into_iter();
    let rows: Vec<Row> = ended.map(|Group { labels, rows, result }| Row { labels, rows, ..result }).collect();
    watch.clear();
    match job {
        Job::Part(part) => {
            part.print(serde_json::to_value(&shared).unwrap_or_default(), &rows, watch.interrupted())
        }
        _ => report(by, &shared, &rows),
    }
}

/// Reports what shards hold.
pub(super) fn merge(by: &[String], parts: Parts) -> Result<Ending, Failure> {
    let shared: Shared = parts.found()?;
    let rows: Vec<Row> = parts.results(shared.groups)?;
    report(by, &shared, &rows)
}

fn report(by: &[String], shared: &Shared, rows: &[Row]) -> Result<Ending, Failure> {
    let mut out = csv::Writer::from_writer(output::stdout());
    let mut head: Vec<String> = by.to_vec();
    head.push("rows".into());
    head.extend(shared.parameters.iter().flat_map(|name| [name.clone(), format!("{name}_error")]));
    head.push(if shared.squares { "residual_sum_of_squares" } else { "cost" }.into());
    head.push("status".into());
    out.write_record(&head).map_err(unwrapped)?;
    for row in rows {
        let mut cells = row.labels.clone();
        cells.push(row.rows.to_string());
        cells.extend(row.parameters.iter().map(|number| cell(*number)));
        cells.push(cell(row.squares));
        cells.push(row.status.clone());
        out.write_record(&cells).map_err(unwrapped)?;
    }
    out.flush()?;
    Ok(summary(by, rows))
}

/// Counts the ends and names the first failures.
fn summary(by: &[String], groups: &[Row]) -> Ending {
    let failed: Vec<&Row> = groups.iter().filter(|row| !row.converged).collect();
    output::note(&format!(
        "{} groups: {} converged, {} did not",
        groups.len(),
        groups.len() - failed.len(),
        failed.len()
    ));
    for group in failed.iter().take(NAMED) {
        let labels: Vec<String> =
            by.iter().zip(&group.labels).map(|(name, label)| format!("{name}={label}")).collect();
        output::note(&format!("  {}: {}", labels.join(", "), group.status));
    }
    if failed.len() > NAMED {
        output::note(&format!("  ... and {} more, in the column 'status'", failed.len() - NAMED));
    }
    if failed.len() == groups.len() { Ending::RunFailed } else { Ending::Done }
}
