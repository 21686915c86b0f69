//! The runs of a plan, and those of a search, in shards.

use std::ops::ControlFlow;

use serde_json::Value;

use super::ended::Ended;
use super::plan::Plan;
use super::score::{Goal, Score, Scores};
use super::solve::{self, Kept};
use super::study::Items;
use crate::commands::Ending;
use crate::failure::Failure;
use crate::shards::{Job, Part, Parts};
use crate::watch::Watch;

/// Returns how the runs from all starts ended where shards tell it. To make a shard of them is a job of its own, which is
/// done here.
pub(crate) fn ends(
    job: Job,
    plan: &Plan<'_>,
    kept: &mut Kept,
    watch: &Watch,
) -> Result<ControlFlow<Ending, Option<Vec<Ended>>>, Failure> {
    let count = plan.starts.len();
    match job {
        Job::Whole => Ok(ControlFlow::Continue(None)),
        Job::Merge(parts) => Ok(ControlFlow::Continue(Some(parts.results(count)?))),
        Job::Part(_) if count < 2 => {
            Err(Failure::input("--shard", "needs --starts; one run alone cannot be divided"))
        }
        Job::Part(part) => {
            let mine = (0..count).filter(|start| part.shard.has(*start));
            let plan =
                Plan { starts: mine.map(|start| plan.starts[start].clone()).collect(), ..plan.clone() };
            let ends = solve::ends(&plan, kept, watch)?;
            watch.clear();
            part.print(Value::Null, &ends, watch.interrupted()).map(ControlFlow::Break)
        }
    }
}

/// Prints the runs of a shard of a search, by items.
pub(crate) fn print(
    part: Box<Part>,
    goal: Option<Goal>,
    scores: &Scores,
    items: Items,
) -> Result<Ending, Failure> {
    let runs = |item| -> Option<Vec<&Score>> { items.runs(item).map(|run| scores.get(&run)).collect() };
    let mine: Option<Vec<_>> = (0..items.count()).filter(|item| part.shard.has(*item)).map(runs).collect();
    let goal = serde_json::to_value(goal).unwrap_or_default();
    part.print(goal, mine.as_deref().unwrap_or_default(), mine.is_none())
}

/// Returns the scores that shards of a search hold.
pub(crate) fn scores(parts: &Parts, items: Items) -> Result<Scores, Failure> {
    let results: Vec<Vec<Score>> = parts.results(items.count())?;
    let scored = |(item, scores): (usize, Vec<Score>)| items.runs(item).zip(scores);
    Ok(results.into_iter().enumerate().flat_map(scored).collect())
}
