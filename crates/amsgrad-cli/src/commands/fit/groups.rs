//! One fit per group of rows: a table of the results, and a summary.

use amsgrad_fit::{Fit, Group, Table};

use super::predictions::{cell, unwrapped};
use crate::commands::Ending;
use crate::failure::Failure;
use crate::keep::fits::Groups;
use crate::output;
use crate::shards::{Job, Parts, Row, Shared};
use crate::table::refused;
use crate::watch::Watch;

/// Failed groups beyond this number are counted, not named.
const NAMED: usize = 5;

pub(super) fn run(
    fit: &Fit<'_>,
    table: &Table,
    by: &[String],
    job: Job,
    kept: Option<&Groups>,
    watch: &Watch,
) -> Result<Ending, Failure> {
    let groups = fit.groups(table).map_err(|error| refused(&error))?;
    let shared = Shared::new(fit, table, &groups);
    let is_mine = |group: usize| job.shard().is_none_or(|shard| shard.has(group));
    let known = |group: usize| kept.and_then(|kept| kept.known.get(&group));
    let groups = groups.retain(|group| is_mine(group) && known(group).is_none());
    watch.expect(groups.count() as u64);
    let row = |group: &Group<usize>, outcome| {
        let row = Row::new(outcome, shared.parameters.len());
        let row = Row { labels: group.labels.clone(), rows: group.rows, ..row };
        // What a signal has cut short says nothing.
        if let Some(kept) = kept.filter(|_| !watch.interrupted()) {
            kept.keep(group.result, &row);
        }
        watch.beat();
        (group.result, row)
    };
    let made = groups.run_each(&|| watch.interrupted(), row).into_iter().map(|group| group.result);
    let known = kept.iter().flat_map(|kept| &kept.known).filter(|(group, _)| is_mine(**group));
    let mut rows: Vec<(usize, Row)> = known.map(|(group, row)| (*group, row.clone())).chain(made).collect();
    rows.sort_by_key(|(group, _)| *group);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    watch.clear();
    match job {
        Job::Part(part) => {
            part.print(serde_json::to_value(&shared).unwrap_or_default(), &rows, watch.interrupted())
        }
        _ => report(by, &shared, &rows),
    }
}

/// Reports what shards hold.
pub(super) fn merge(by: &[String], parts: &Parts) -> Result<Ending, Failure> {
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
        cells.push(cell(row.cost));
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
