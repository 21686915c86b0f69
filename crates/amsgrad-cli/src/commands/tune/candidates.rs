//! The settings that are tried.

use amsgrad::AnyRule;
use amsgrad::random::Uniform;
use amsgrad::tune::ratio;

use super::args::{Args, Method};
use crate::failure::Failure;
use crate::minimize::vary::{Values, Vary};

/// Settings beyond this number are refused.
const MOST: usize = 1_000_000;
const SAMPLES: usize = 100;
/// Which of the streams of the seed random settings are drawn from; starts are drawn from the seed itself.
const STREAM: u64 = 1;

/// A rule with settings of its own.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) rule: AnyRule,
    /// A value for each setting that is varied.
    pub(super) values: Vec<String>,
}

impl Candidate {
    fn new(rule: &AnyRule, axes: &[Vary], values: Vec<String>) -> Result<Self, Failure> {
        let mut rule = rule.clone();
        axes.iter().zip(&values).try_for_each(|(axis, value)| axis.set(&mut rule, value))?;
        Ok(Self { rule, values })
    }
}

/// Returns all settings to try: a grid, or random ones.
pub(super) fn candidates(args: &Args, rule: &AnyRule, axes: &[Vary]) -> Result<Vec<Candidate>, Failure> {
    let random = args.method == Method::Random || args.samples.is_some();
    let values = if random { drawn(args, axes) } else { grid(args.points, axes)? };
    values.into_iter().map(|values| Candidate::new(rule, axes, values)).collect()
}

fn grid(points: usize, axes: &[Vary]) -> Result<Vec<Vec<String>>, Failure> {
    let mut all = vec![Vec::new()];
    for axis in axes {
        let list = axis.list(points);
        if all.len().saturating_mul(list.len()) > MOST {
            let reason = format!("makes more than {MOST} settings; use fewer --points, or --method random");
            return Err(Failure::input("--vary", reason));
        }
        let with = |values: &Vec<String>, value: &String| values.iter().chain([value]).cloned().collect();
        all = all.iter().flat_map(|values| list.iter().map(move |value| with(values, value))).collect();
    }
    Ok(all)
}

/// Draws each value on its own: of a range evenly in its logarithm. What was drawn before is left out.
fn drawn(args: &Args, axes: &[Vary]) -> Vec<Vec<String>> {
    let mut uniform = Uniform::numpy_spawned(args.settings.seed.unwrap_or(0), STREAM);
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for _ in 0..args.samples.unwrap_or(SAMPLES) {
        let mut draw = |axis: &Vary| match &axis.values {
            Values::List(list) => list[uniform.below(list.len())].clone(),
            Values::Range(low, high) => {
                // Three digits: enough to tell settings apart, and short to type.
                let drawn = format!("{:.2e}", ratio(*low, *high, uniform.next()));
                drawn.parse::<f64>().map_or(drawn, |number| format!("{number:?}"))
            }
        };
        let values: Vec<String> = axes.iter().map(&mut draw).collect();
        if known.insert(values.clone()) {
            all.push(values);
        }
    }
    all
}
