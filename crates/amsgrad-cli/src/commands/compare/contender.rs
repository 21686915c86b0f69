//! A rule that is compared: its settings and how it did.

use amsgrad::tune::{Reach, quartiles, ratios};
use amsgrad::{AnyRule, Schedule};

use super::args::Args;
use crate::failure::Failure;
use crate::minimize::score::Score;
use crate::minimize::vary::{Vary, parts};

/// Rates are tried from this many times the one whose first step crosses the domain, down to this share of it.
const LARGEST: f64 = 10.0;
const SMALLEST: f64 = 1e-5;

#[derive(Clone, Debug)]
pub(super) struct Contender {
    /// As it was typed.
    pub(super) label: String,
    /// With the settings that were found, once it is tuned.
    pub(super) rule: AnyRule,
    /// The schedule that was given, of which the size is tuned.
    shape: Option<Schedule>,
    /// Number of settings that were tried.
    pub(super) tried: usize,
    pub(super) scores: Vec<Score>,
}

/// The rules that are typed.
pub(super) fn all(args: &Args) -> Result<Vec<Contender>, Failure> {
    let given = args.settings.rule.learning_rate.as_ref().is_some_and(|rate| rate.to_string() != "auto");
    let mut contenders: Vec<Contender> = Vec::new();
    for label in parts(&args.rules) {
        if contenders.iter().any(|other| other.label == label) {
            return Err(Failure::input("--rules", format!("'{label}' is there twice; list it once")));
        }
        let rule = args.settings.rule.one_of_several(&label)?;
        let shape = (given || label.contains("learning_rate=")).then(|| rule.learning_rate().clone());
        contenders.push(Contender::new(&label, rule, shape));
    }
    Ok(contenders)
}

/// Puts the best first.
pub(super) fn rank(contenders: &mut [Contender], maximize: bool) {
    contenders.sort_by(|a, b| a.reach(maximize).total_cmp(&b.reach(maximize)));
}

impl Contender {
    /// `shape` is the schedule that is given, of which the size is tuned.
    pub(super) fn new(label: &str, rule: AnyRule, shape: Option<Schedule>) -> Self {
        Self { label: label.to_owned(), rule, shape, tried: 0, scores: Vec::new() }
    }

    /// Returns the settings to try: at most `trials` of them, as many learning rates for each choice of the other settings as
    /// that allows.
    pub(super) fn candidates(
        &self,
        across: f64,
        trials: usize,
        vary: &[Vary],
    ) -> Result<Vec<AnyRule>, Failure> {
        let mut choices = vec![self.rule.clone()];
        for axis in vary.iter().filter(|axis| axis.is_of(&self.rule)) {
            let mut next = Vec::new();
            for rule in &choices {
                for value in axis.list(trials) {
                    let mut rule = rule.clone();
                    axis.set(&mut rule, &value)?;
                    next.push(rule);
                }
            }
            choices = next;
        }
        let rates = ratios(across * SMALLEST, across * LARGEST, (trials / choices.len()).max(1));
        let mut candidates = Vec::new();
        for rule in &choices {
            for rate in &rates {
                let shape = self.shape.as_ref().filter(|shape| shape.at(1) > 0.0);
                let schedule =
                    shape.map_or(Schedule::Constant(*rate), |shape| shape.scaled(rate / shape.at(1)));
                let mut rule = rule.clone();
                rule.set("learning_rate", &schedule.to_string())?;
                candidates.push(rule);
            }
        }
        Ok(candidates)
    }

    fn runs(&self, maximize: bool) -> Vec<Reach> {
        self.scores.iter().map(|score| score.reach(maximize)).collect()
    }

    /// How the run in the middle did.
    pub(super) fn reach(&self, maximize: bool) -> Reach {
        Reach::median(&self.runs(maximize))
    }

    pub(super) fn arrived(&self) -> usize {
        self.scores.iter().filter(|score| score.arrived).count()
    }

    pub(super) fn failed(&self) -> usize {
        self.scores.iter().filter(|score| score.failed).count()
    }

    /// The quartiles of the best values, costs turned back.
    pub(super) fn values(&self) -> [f64; 3] {
        quartiles(&self.scores.iter().map(|score| score.value).collect::<Vec<_>>())
    }

    pub(super) fn best(&self, maximize: bool) -> f64 {
        let better = if maximize { f64::max } else { f64::min };
        self.scores.iter().map(|score| score.value).fold(f64::NAN, better)
    }

    /// The quartiles of the steps of the runs that arrived.
    pub(super) fn steps(&self) -> Option<[f64; 3]> {
        let arrived = self.scores.iter().filter(|score| score.arrived);
        let steps: Vec<f64> = arrived.map(|score| score.steps as f64).collect();
        (!steps.is_empty()).then(|| quartiles(&steps))
    }

    /// Values with their gradients that all runs took.
    pub(super) fn evaluations(&self) -> u64 {
        self.scores.iter().map(|score| score.steps + 1).sum()
    }
}
