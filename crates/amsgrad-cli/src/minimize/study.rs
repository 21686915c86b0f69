//! Runs that are made to learn which settings are good: of many candidates, each from many starts.

use std::sync::{Mutex, PoisonError};

use amsgrad::AnyRule;
use amsgrad::tune::{Reach, Rounds};
use rayon::prelude::*;

use super::plan::Plan;
use super::score::{Goal, Score, Scores};
use super::settings::Settings;
use super::solve::ends_of;
use crate::failure::Failure;
use crate::keep::runs::Runs;
use crate::shards::Shard;
use crate::watch::Watch;

/// Starts that are compared where no number is given.
const STARTS: usize = 20;
/// Starts from which settings are tried before; they are not compared.
const TUNING: usize = 16;

/// The runs of every candidate from every start as items of work that shards are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Items {
    pub(crate) candidates: usize,
    pub(crate) starts: usize,
}

impl Items {
    /// Starts of a candidate that are one item: as many as run together in packs.
    const TOGETHER: usize = 16;

    pub(crate) fn count(self) -> usize {
        self.candidates * self.starts.div_ceil(Self::TOGETHER)
    }

    /// Returns the item that a run belongs to.
    fn of(self, candidate: usize, start: usize) -> usize {
        candidate * self.starts.div_ceil(Self::TOGETHER) + start / Self::TOGETHER
    }

    /// Returns candidate and start of the runs of an item.
    pub(crate) fn runs(self, item: usize) -> impl Iterator<Item = (usize, usize)> {
        let per_candidate = self.starts.div_ceil(Self::TOGETHER).max(1);
        let first = item % per_candidate * Self::TOGETHER;
        let starts = first..self.starts.min(first + Self::TOGETHER);
        starts.map(move |start| (item / per_candidate, start))
    }
}

/// The settings that all runs share.
#[derive(Clone, Debug)]
pub(crate) struct Study<'a> {
    /// Its starts are not used, nor is its learning rate.
    pub(crate) plan: Plan<'a>,
    pub(crate) watch: &'a Watch,
    /// The part of a search that is made here; all of it where there is none.
    pub(crate) shard: Option<Shard>,
}

/// Returns how many starts are compared, and has the settings draw more, from which settings of rules are tried.
pub(crate) fn draw_for_tuning(settings: &mut Settings) -> usize {
    let compared = settings.starts.unwrap_or(if settings.start.is_some() { 1 } else { STARTS });
    if settings.start.is_none() {
        settings.starts = Some(compared.saturating_add(TUNING));
    }
    compared
}

impl<'a> Study<'a> {
    /// Keeps the first `compared` starts of a plan apart, which are returned with the goal; the others stay in the study's plan,
    /// for tuning. A start that is given is the only one, and serves both.
    pub(crate) fn beside(
        plan: Plan<'a>,
        compared: usize,
        share: f64,
        watch: &'a Watch,
        kept: &mut Runs,
    ) -> Result<(Self, Option<Goal>, Vec<Vec<f64>>), Failure> {
        let goal = kept.goal(|| Goal::of(&plan, share, watch), || watch.interrupted())?;
        let mut plan = plan.at_one_rate()?;
        plan.stop.target = goal.map(|goal| goal.target);
        let starts = match plan.settings.start {
            Some(_) => plan.starts.clone(),
            None => plan.starts.drain(..compared).collect(),
        };
        Ok((Self { plan, watch, shard: None }, goal, starts))
    }
}

impl Study<'_> {
    /// Runs one rule from these starts.
    pub(crate) fn runs(&self, rule: &AnyRule, starts: &[Vec<f64>]) -> Result<Vec<Score>, Failure> {
        let plan = Plan { starts: starts.to_vec(), ..self.plan.clone() };
        let (target, maximize) = (plan.stop.target, plan.settings.maximize);
        Ok(ends_of(&plan, self.watch, rule)?.iter().map(|ended| Score::of(ended, target, maximize)).collect())
    }

    /// Runs one rule from these starts, of which the first has the number `first`, but for runs that are kept.
    pub(crate) fn kept_runs(
        &self,
        kept: &mut Runs,
        rule: &AnyRule,
        first: usize,
        starts: &[Vec<f64>],
    ) -> Result<Vec<Score>, Failure> {
        let known: Vec<Option<Score>> =
            (first..).zip(starts).map(|(start, _)| kept.known(rule, start).cloned()).collect();
        let missing = known.iter().zip(starts).filter(|(known, _)| known.is_none());
        let missing: Vec<Vec<f64>> = missing.map(|(_, start)| start.clone()).collect();
        let mut made = self.runs(rule, &missing)?.into_iter();
        let mut scores = Vec::new();
        for (start, known) in (first..).zip(known) {
            let is_known = known.is_some();
            let Some(score) = known.or_else(|| made.next()) else { continue };
            // What a signal has cut short says nothing.
            if !is_known && !self.watch.interrupted() {
                kept.keep(rule, start, &score);
            }
            scores.push(score);
        }
        Ok(scores)
    }

    /// Makes the rounds of a search on all cores, but for runs that are scored already; `made` is told of the others as they
    /// end. Returns whether all rounds were closed: a signal, or `over`, ends the search after the runs that are under way.
    pub(crate) fn search(
        &self,
        candidates: &[AnyRule],
        starts: &[Vec<f64>],
        rounds: &mut Rounds,
        scores: &mut Scores,
        made: impl FnMut(usize, usize, &Score) -> Result<(), Failure> + Send,
        over: impl Fn() -> bool + Sync,
    ) -> Result<bool, Failure> {
        let made = Mutex::new(made);
        let stopped = || self.watch.interrupted() || over();
        let items = Items { candidates: candidates.len(), starts: starts.len() };
        while let Some((some, seeds)) = rounds.next_round() {
            let missing = |candidate: usize| {
                let here = |seed| self.shard.is_none_or(|shard| shard.has(items.of(candidate, seed)));
                let due = |seed: &usize| here(*seed) && !scores.contains_key(&(candidate, *seed));
                seeds.clone().filter(due).collect::<Vec<usize>>()
            };
            let due: Vec<(usize, Vec<usize>)> = some
                .iter()
                .map(|candidate| (*candidate, missing(*candidate)))
                .filter(|(_, seeds)| !seeds.is_empty())
                .collect();
            let run = |(candidate, seeds): (usize, Vec<usize>)| {
                if stopped() {
                    return Ok(Vec::new());
                }
                let from: Vec<Vec<f64>> = seeds.iter().map(|seed| starts[*seed].clone()).collect();
                let ended = self.runs(&candidates[candidate], &from)?;
                // What a signal has cut short says nothing.
                if self.watch.interrupted() {
                    return Ok(Vec::new());
                }
                let mut told = made.lock().unwrap_or_else(PoisonError::into_inner);
                seeds.iter().zip(&ended).try_for_each(|(seed, score)| told(candidate, *seed, score))?;
                Ok(seeds.into_iter().map(|seed| (candidate, seed)).zip(ended).collect())
            };
            let ended: Result<Vec<Vec<((usize, usize), Score)>>, Failure> =
                due.into_par_iter().map(run).collect();
            scores.extend(ended?.into_iter().flatten());
            if some
                .iter()
                .any(|candidate| seeds.clone().any(|seed| !scores.contains_key(&(*candidate, seed))))
            {
                return Ok(false);
            }
            let reach = |candidate, seeds| self.reach(scores, candidate, seeds);
            rounds.close(reach);
        }
        Ok(true)
    }

    /// Returns the median of a candidate over the first `seeds` starts, as far as they are scored.
    pub(crate) fn reach(&self, scores: &Scores, candidate: usize, seeds: usize) -> Reach {
        let maximize = self.plan.settings.maximize;
        let scores = scores.range((candidate, 0)..(candidate, seeds));
        Reach::median(&scores.map(|(_, score)| score.reach(maximize)).collect::<Vec<_>>())
    }
}
