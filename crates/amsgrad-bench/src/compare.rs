//! Candidates measured in turns.

use std::time::{Duration, Instant};

/// What was measured of one candidate.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measured {
    /// What ran.
    pub name: String,
    /// How fast, in the unit of the comparison.
    pub speed: f64,
    /// The same as a share of the reference's speed: above 1 is faster.
    pub ratio: f64,
}

/// Candidates beside a reference, measured in turns.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// What is compared.
    pub title: String,
    /// The unit of every speed: more is faster.
    pub unit: &'static str,
    /// The reference first.
    pub measured: Vec<Measured>,
}

/// A name, and what runs once each round.
pub(crate) type Candidate<'a> = (String, Box<dyn FnMut() + 'a>);

/// Runs the candidates in turns for about `budget` and at least three rounds; `work` units are done in one run.
pub(crate) fn compare(
    title: String,
    unit: &'static str,
    work: f64,
    budget: Duration,
    mut candidates: Vec<Candidate<'_>>,
) -> Comparison {
    let mut fastest = vec![f64::INFINITY; candidates.len()];
    let began = Instant::now();
    let mut round = 0;
    while round < 3 || began.elapsed() < budget {
        for ((_, run), fastest) in candidates.iter_mut().zip(&mut fastest) {
            let began = Instant::now();
            run();
            *fastest = fastest.min(began.elapsed().as_secs_f64());
        }
        round += 1;
    }
    let reference = fastest.first().copied().unwrap_or(f64::NAN);
    let measured = candidates.into_iter().zip(fastest).map(|((name, _), seconds)| Measured {
        name,
        speed: work / seconds,
        ratio: reference / seconds,
    });
    Comparison { title, unit, measured: measured.collect() }
}
