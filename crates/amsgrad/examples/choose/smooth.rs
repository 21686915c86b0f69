//! Test problems without noise: how many are solved at each learning rate, and in how many steps at the best.

use amsgrad::problem::Problem;
use amsgrad::rule::Rule;
use amsgrad::{Error, Minimizer, Schedule, Start, Status};

use crate::RATES;

pub(crate) const SOLVED: &str = "### Solved, by learning rate\n
Percent of 9 problems, 20 starts each, that come within 1e-6 of the least value in 5000 steps:";

pub(crate) const STEPS: &str = "### Steps at the best learning rate\n
Median over 20 starts of the steps to within 1e-6 of the least value, at the learning rate in brackets; a dash where
fewer than half of the starts get there in 5000 steps at any:";

/// Problems with one basin, or few that are equally deep: what is measured is the way down, not the luck of the start.
const PROBLEMS: [(&str, usize); 9] = [
    ("sphere", 10),
    ("booth", 2),
    ("matyas", 2),
    ("himmelblau", 2),
    ("branin", 2),
    ("beale", 2),
    ("rosenbrock", 2),
    ("dixon-price", 4),
    ("zakharov", 10),
];

const STARTS: u64 = 20;
const STEP_LIMIT: u64 = 5000;

/// The steps of every start, where it got there: for each problem, for each learning rate.
pub(crate) type Runs = Vec<Vec<Vec<Option<u64>>>>;

pub(crate) fn names() -> Vec<String> {
    PROBLEMS.iter().map(|(name, dimension)| format!("{name} {dimension}")).collect()
}

pub(crate) fn runs<R: Rule>(rule: &impl Fn(Schedule) -> R) -> Result<Runs, Error> {
    let problem = |(name, dimension): &(&str, usize)| {
        let problem = Problem::named(name, *dimension)?;
        let rate = |rate: &f64| {
            (1..=STARTS).map(|seed| steps_to_minimum(problem, rule((*rate).into()), seed)).collect()
        };
        RATES.iter().map(rate).collect()
    };
    PROBLEMS.iter().map(problem).collect()
}

fn steps_to_minimum(problem: Problem, rule: impl Rule, seed: u64) -> Result<Option<u64>, Error> {
    let outcome = Minimizer::new(problem)
        .rule(rule)
        .within(problem.domain())
        .start(Start::seed(seed))
        .target(problem.minimum().unwrap_or(f64::NEG_INFINITY) + 1e-6)
        .steps(STEP_LIMIT)
        .run::<f64>()?;
    Ok(matches!(outcome.status, Status::TargetReached { .. }).then_some(outcome.counts.steps))
}

pub(crate) fn solved(runs: &Runs) -> Vec<String> {
    let share = |rate: usize| {
        let arrived = runs.iter().flat_map(|problem| &problem[rate]).flatten().count();
        let all = PROBLEMS.len() * STARTS as usize;
        format!("{:.0}", 100.0 * arrived as f64 / all as f64)
    };
    (0..RATES.len()).map(share).collect()
}

pub(crate) fn steps(runs: &Runs) -> Vec<String> {
    let best = |problem: &Vec<Vec<Option<u64>>>| {
        let medians = problem.iter().zip(RATES).filter_map(|(starts, rate)| Some((median(starts)?, rate)));
        let best = medians.min_by_key(|(steps, _)| *steps);
        best.map_or("-".into(), |(steps, rate)| format!("{steps} ({rate})"))
    };
    runs.iter().map(best).collect()
}

/// The upper median; a start that did not arrive took longer than all that did.
fn median(starts: &[Option<u64>]) -> Option<u64> {
    let mut steps: Vec<u64> = starts.iter().map(|steps| steps.unwrap_or(u64::MAX)).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().filter(|steps| *steps < u64::MAX)
}
