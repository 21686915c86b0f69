//! The memory of an optimizer, cut where tensors and groups begin and end.
//!
//! Every part has its own clock, so that a part that was frozen resumes with its own step and correction. The pass over memory
//! knows nothing of groups.

use super::error::StepError;
use crate::dispatch::Target;
use crate::error::setting::SettingError;
use crate::group::{Cut, Group, GroupError, cut};
use crate::memory::Line;
use crate::number::Real;
use crate::rule::{About, Clock, Rule};
use crate::state::{Apart, Slot, State, StateError};
use crate::transform::{Transform, WeightDecay};
use crate::update::{self, numbers_of_lines, step_slice};

/// All parts, in order and without gaps.
#[derive(Clone, Debug)]
pub(super) struct Parts<R: Rule, T: Real> {
    parts: Vec<Part<R, T>>,
    /// The number of parameters of every tensor.
    lengths: Vec<usize>,
    steps: u64,
    /// Whether the number of parameters is settled.
    begun: bool,
    /// Whether settings may have changed since the parts took them over.
    stale: bool,
    /// The number of groups the parts were cut by.
    groups: usize,
    /// A state that is cut once the tensors are known.
    pending: Option<State<T>>,
}

/// Parameters next to each other in one tensor with the same settings.
#[derive(Clone, Debug)]
pub(super) struct Part<R: Rule, T: Real> {
    pub(super) cut: Cut,
    rule: Option<R>,
    weight_decay: Option<WeightDecay>,
    frozen: bool,
    clock: Clock,
    memory: Vec<Line<T>>,
}

impl<R: Rule, T: Real> Parts<R, T> {
    pub(super) fn new() -> Self {
        let (parts, lengths) = (Vec::new(), Vec::new());
        Self { parts, lengths, steps: 0, begun: false, stale: true, groups: 0, pending: None }
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Notes that settings may change now.
    pub(super) fn touch(&mut self) {
        self.stale = true;
    }

    /// Makes the parts fit tensors and groups, and takes over all settings where they may have changed.
    #[inline]
    pub(super) fn fit(
        &mut self,
        rule: &R,
        groups: &[Group],
        transform: &Transform,
        tensors: &[(&mut [T], &[T])],
    ) -> Result<(), StepError> {
        let lengths = tensors.iter().map(|(x, _)| x.len());
        if self.stale || self.groups != groups.len() || !lengths.clone().eq(self.lengths.iter().copied()) {
            return self.refit(rule, groups, transform, lengths.collect());
        }
        Ok(())
    }

    #[cold]
    fn refit(
        &mut self,
        rule: &R,
        groups: &[Group],
        transform: &Transform,
        lengths: Vec<usize>,
    ) -> Result<(), StepError> {
        rule.validate()?;
        transform.validate::<T>()?;
        let cuts = cut(groups, &lengths)?;
        if !self.begun {
            let dimension = lengths.iter().sum();
            self.parts = Part::all(cuts, |length| Part::<R, T>::memory(length, dimension))?;
        } else if !cuts.iter().eq(self.parts.iter().map(|part| &part.cut)) {
            let (expected, found) = (self.lengths.iter().sum(), lengths.iter().sum());
            if found != expected {
                return Err(StepError::ParameterLength { expected, found });
            }
            let late = self.pending.is_none() && lengths == self.lengths;
            if late || groups.len() != self.groups {
                let known = |group: &&Group| {
                    let range = group.range(&lengths);
                    !self.parts.iter().any(|part| range.as_ref() == Ok(&part.cut.range))
                };
                let name = groups.iter().find(known).or(groups.last()).map_or("", Group::name).into();
                return Err(GroupError::Late { name, step: self.steps }.into());
            }
            // The same parameters in other tensors.
            self.parts = Self::restored(groups, &self.state(), &lengths)?.parts;
            self.pending = None;
        }
        self.groups = groups.len();
        self.lengths = lengths;
        for part in &mut self.parts {
            part.take_over(rule, groups)?;
        }
        self.stale = false;
        Ok(())
    }

    /// Returns the parts that are not frozen, in order.
    pub(super) fn awake(&self) -> impl Iterator<Item = &Part<R, T>> + Clone {
        self.parts.iter().filter(|part| !part.frozen)
    }

    /// Returns the gradients of the longest stretches without a frozen parameter: their sums do not change where a group only
    /// begins or ends.
    pub(super) fn stretches<'a>(
        &'a self,
        tensors: &'a [(&mut [T], &[T])],
    ) -> impl Iterator<Item = &'a [T]> + Clone {
        let alike = |a: &Part<R, T>, b: &Part<R, T>| a.frozen == b.frozen && a.cut.tensor == b.cut.tensor;
        self.parts.chunk_by(alike).filter_map(|parts| {
            let (first, last) = (parts.first().filter(|first| !first.frozen)?, parts.last()?);
            let start = first.cut.first;
            tensors.get(first.cut.tensor)?.1.get(first.cut.range.start - start..last.cut.range.end - start)
        })
    }

    /// Makes one step of every part that is not frozen.
    #[inline]
    pub(super) fn step(
        &mut self,
        rule: &R,
        transform: &Transform,
        shorten: f64,
        tensors: &mut [(&mut [T], &[T])],
    ) {
        for part in self.parts.iter_mut().filter(|part| !part.frozen) {
            part.step(rule, transform, shorten, tensors);
        }
        self.steps = self.steps.saturating_add(1);
        self.begun = true;
    }

    pub(super) fn state(&self) -> State<T> {
        let mut state = State::empty(R::NAME, R::SLOTS);
        if let Some(pending) = &self.pending {
            return pending.clone();
        }
        if !self.begun {
            return state;
        }
        let clock = |part: &Part<R, T>| (part.clock.step(), part.clock.beta_product());
        let usual = self.parts.iter().map(clock).find(|(step, _)| *step == self.steps);
        let usual = usual.unwrap_or((self.steps, 1.0));
        (state.step, state.beta_product) = usual;
        state.dimension = self.lengths.iter().sum();
        let values = |slot| self.parts.iter().flat_map(move |part| part.slot(slot)).collect();
        let slot = |(i, name): (usize, &&'static str)| Slot { name: (*name).into(), values: values(i) };
        state.slots = R::SLOTS.iter().enumerate().map(slot).collect();
        for part in &self.parts {
            let ((step, beta_product), range) = (clock(part), part.cut.range.clone());
            match state.apart.last_mut() {
                _ if (step, beta_product) == usual => {}
                Some(last)
                    if last.range.end == range.start
                        && (last.step, last.beta_product) == (step, beta_product) =>
                {
                    last.range.end = range.end;
                }
                _ => state.apart.push(Apart { range, step, beta_product }),
            }
        }
        state
    }

    /// Returns the parts as they were saved, all in one tensor until the first step. The state before the first step leaves
    /// the number of parameters open.
    pub(super) fn from_state(groups: &[Group], state: &State<T>) -> Result<Self, StateError> {
        if state.step == 0 && state.dimension == 0 {
            state.checked_slots(R::NAME, R::SLOTS)?;
            return Ok(Self::new());
        }
        let (lengths, count) = ([state.dimension], groups.len());
        if groups.iter().all(|group| group.range(&[]).is_ok()) {
            return Self::restored(groups, state, &lengths);
        }
        state.checked_slots(R::NAME, R::SLOTS)?;
        let (lengths, pending) = (lengths.to_vec(), Some(state.clone()));
        Ok(Self { steps: state.step, begun: true, lengths, groups: count, pending, ..Self::new() })
    }

    fn restored(groups: &[Group], state: &State<T>, lengths: &[usize]) -> Result<Self, StateError> {
        state.checked_slots(R::NAME, R::SLOTS)?;
        let cuts = cut(groups, lengths)?;
        let mut parts = Part::all(cuts, |length| Part::<R, T>::memory(length, state.dimension))?;
        for part in &mut parts {
            let saved = state.part(part.cut.range.clone())?;
            part.clock = update::restore(&About::of::<R>(), &mut part.memory, &saved)?;
        }
        let (lengths, groups) = (lengths.to_vec(), groups.len());
        Ok(Self { parts, lengths, steps: state.step, begun: true, stale: true, groups, pending: None })
    }
}

/// There is no room for the memory of this many parameters.
pub(super) struct TooLarge {
    dimension: usize,
}

impl From<TooLarge> for StepError {
    fn from(TooLarge { dimension }: TooLarge) -> Self {
        Self::TooLarge { dimension }
    }
}

impl From<TooLarge> for StateError {
    fn from(TooLarge { dimension }: TooLarge) -> Self {
        Self::TooLarge { dimension }
    }
}

impl<R: Rule, T: Real> Part<R, T> {
    fn memory(length: usize, dimension: usize) -> Result<Vec<Line<T>>, TooLarge> {
        numbers_of_lines(R::SLOTS.len(), length).ok_or(TooLarge { dimension })
    }

    fn all<E>(cuts: Vec<Cut>, memory: impl Fn(usize) -> Result<Vec<Line<T>>, E>) -> Result<Vec<Self>, E> {
        let part = |cut: Cut| {
            let memory = memory(cut.range.len())?;
            Ok(Self { cut, rule: None, weight_decay: None, frozen: false, clock: Clock::default(), memory })
        };
        cuts.into_iter().map(part).collect()
    }

    fn take_over(&mut self, rule: &R, groups: &[Group]) -> Result<(), SettingError> {
        let Some(group) = self.cut.group.and_then(|i| groups.get(i)) else { return Ok(()) };
        group.validate_decay()?;
        self.rule = group.own_rule(rule)?;
        self.weight_decay = group.weight_decay;
        self.frozen = group.frozen;
        Ok(())
    }

    /// Returns the gradient transform of this part, where `transform` is the optimizer's.
    #[inline]
    pub(super) fn transform(&self, transform: &Transform) -> Transform {
        transform.with(self.weight_decay.unwrap_or(transform.weight_decay))
    }

    /// Returns the parameters and the gradient of this part.
    pub(super) fn of<'a>(&self, tensors: &'a [(&mut [T], &[T])]) -> Option<(&'a [T], &'a [T])> {
        let (x, gradient) = tensors.get(self.cut.tensor)?;
        let range = self.cut.range.start - self.cut.first..self.cut.range.end - self.cut.first;
        Some((x.get(range.clone())?, gradient.get(range)?))
    }

    fn step(&mut self, rule: &R, transform: &Transform, shorten: f64, tensors: &mut [(&mut [T], &[T])]) {
        let range = self.cut.range.start - self.cut.first..self.cut.range.end - self.cut.first;
        let Some((x, gradient)) = tensors.get_mut(self.cut.tensor) else { return };
        let (Some(x), Some(gradient)) = (x.get_mut(range.clone()), gradient.get(range)) else { return };
        let transform = self.transform(transform);
        let rule = self.rule.as_ref().unwrap_or(rule);
        let (coefficients, transform) =
            update::begin_step::<R, T>(rule, &mut self.clock, Some(&transform), shorten);
        step_slice::<T, R>(coefficients, transform, x, gradient, &mut self.memory, Target::best());
    }

    fn slot(&self, slot: usize) -> Vec<T> {
        update::slot(&self.memory, R::SLOTS.len(), self.cut.range.len(), slot)
    }
}
