//! The memory of an optimiser, cut where groups begin and end.

use core::ops::Range;

use super::{Line, StepError};
use crate::decay::{Preparation, WeightDecay};
use crate::engine::Engine;
use crate::error::SettingError;
use crate::group::{Group, GroupError, cut};
use crate::number::Real;
use crate::rule::Rule;
use crate::state::{Apart, Slot, State, StateError};

/// All parts, in order and without gaps.
#[derive(Clone, Debug)]
pub(super) struct Parts<R: Rule, T: Real> {
    parts: Vec<Part<R, T>>,
    dimension: usize,
    steps: u64,
    /// Whether the number of parameters is settled.
    begun: bool,
    /// Whether settings may have changed since the parts took them over.
    stale: bool,
    /// How many groups the parts were cut by.
    groups: usize,
}

/// Parameters next to each other with the same settings.
#[derive(Clone, Debug)]
pub(super) struct Part<R: Rule, T: Real> {
    pub(super) range: Range<usize>,
    group: Option<usize>,
    rule: Option<R>,
    pub(super) weight_decay: Option<WeightDecay>,
    frozen: bool,
    engine: Engine<Line<T>, R>,
}

impl<R: Rule, T: Real> Parts<R, T> {
    pub(super) fn new() -> Self {
        Self { parts: Vec::new(), dimension: 0, steps: 0, begun: false, stale: true, groups: 0 }
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Settings may change now.
    pub(super) fn touch(&mut self) {
        self.stale = true;
    }

    /// Makes the parts fit parameters and groups, and takes over the groups' settings where they may have changed.
    #[inline]
    pub(super) fn fit(&mut self, rule: &R, groups: &[Group], dimension: usize) -> Result<(), StepError> {
        let cut_anew = self.parts.is_empty() || self.groups != groups.len() || self.dimension != dimension;
        if cut_anew || self.stale { self.refit(rule, groups, dimension, cut_anew) } else { Ok(()) }
    }

    #[cold]
    fn refit(&mut self, rule: &R, groups: &[Group], dimension: usize, cut: bool) -> Result<(), StepError> {
        let known = |group: &Group| self.parts.iter().any(|part| part.range == group.range());
        let late = groups.iter().find(|group| !known(group));
        let cut = cut || late.is_some();
        if cut && self.begun {
            if dimension != self.dimension {
                return Err(StepError::ParameterLength { expected: self.dimension, found: dimension });
            }
            let name = late.or(groups.last()).map_or("", Group::name).into();
            return Err(GroupError::Late { name, step: self.steps }.into());
        }
        if cut {
            let parts = Part::all(groups, dimension, |range| {
                Engine::new(range.len()).ok_or(StepError::TooLarge { dimension })
            })?;
            *self = Self { parts, dimension, groups: groups.len(), ..Self::new() };
        }
        for part in &mut self.parts {
            part.take_over(rule, groups)?;
        }
        self.stale = false;
        Ok(())
    }

    /// The parts that are not frozen, in order.
    pub(super) fn awake(&self) -> impl Iterator<Item = &Part<R, T>> {
        self.parts.iter().filter(|part| !part.frozen)
    }

    /// The longest stretches without a frozen parameter: they do not change where a group only begins or ends.
    pub(super) fn stretches(&self) -> impl Iterator<Item = Range<usize>> + Clone {
        let alike = self.parts.chunk_by(|a, b| a.frozen == b.frozen);
        alike.filter_map(|parts| match parts {
            [first, ..] if first.frozen => None,
            [first, .., last] => Some(first.range.start..last.range.end),
            [only] => Some(only.range.clone()),
            [] => None,
        })
    }

    /// One step of every part that is not frozen.
    #[inline]
    pub(super) fn step(&mut self, rule: &R, preparation: &Preparation, x: &mut [T], gradient: &[T]) {
        for part in self.parts.iter_mut().filter(|part| !part.frozen) {
            let Some(x) = x.get_mut(part.range.clone()) else { continue };
            let Some(gradient) = gradient.get(part.range.clone()) else { continue };
            let rule = part.rule.as_ref().unwrap_or(rule);
            let preparation = part.preparation(preparation);
            part.engine.step(rule, &preparation, x, gradient);
        }
        self.steps = self.steps.saturating_add(1);
        self.begun = true;
    }

    pub(super) fn state(&self) -> State<T> {
        let mut state = State::empty(R::NAME, R::SLOTS);
        if !self.begun {
            return state;
        }
        let clock = |part: &Part<R, T>| (part.engine.clock().step(), part.engine.clock().beta_product());
        let usual = self.parts.iter().map(clock).find(|(step, _)| *step == self.steps);
        let usual = usual.unwrap_or((self.steps, 1.0));
        (state.step, state.beta_product) = usual;
        state.dimension = self.dimension;
        let values = |i| self.parts.iter().flat_map(move |part| part.engine.slot(i)).collect();
        let slot = |(i, name): (usize, &&'static str)| Slot { name: (*name).into(), values: values(i) };
        state.slots = R::SLOTS.iter().enumerate().map(slot).collect();
        let apart = |part: &Part<R, T>| {
            let ((step, beta_product), range) = (clock(part), part.range.clone());
            ((step, beta_product) != usual).then_some(Apart { range, step, beta_product })
        };
        state.apart = self.parts.iter().filter_map(apart).collect();
        state
    }

    /// The parts as they were saved. The state before the first step leaves the number of parameters open.
    pub(super) fn from_state(groups: &[Group], state: &State<T>) -> Result<Self, StateError> {
        state.checked_slots(R::NAME, R::SLOTS)?;
        let dimension = state.dimension;
        if state.step == 0 && dimension == 0 {
            return Ok(Self::new());
        }
        let parts = Part::all(groups, dimension, |range| Engine::from_state(&state.part(range)?))?;
        let groups = groups.len();
        Ok(Self { parts, dimension, groups, steps: state.step, begun: true, stale: true })
    }
}

impl<R: Rule, T: Real> Part<R, T> {
    fn all<E: From<GroupError>>(
        groups: &[Group],
        dimension: usize,
        engine: impl Fn(Range<usize>) -> Result<Engine<Line<T>, R>, E>,
    ) -> Result<Vec<Self>, E> {
        let part = |(range, group): (Range<usize>, Option<usize>)| {
            let engine = engine(range.clone())?;
            Ok(Self { range, group, rule: None, weight_decay: None, frozen: false, engine })
        };
        cut(groups, dimension)?.into_iter().map(part).collect()
    }

    fn take_over(&mut self, rule: &R, groups: &[Group]) -> Result<(), SettingError> {
        let Some(group) = self.group.and_then(|i| groups.get(i)) else { return Ok(()) };
        group.validate_decay()?;
        self.rule = group.own_rule(rule)?;
        self.weight_decay = group.weight_decay;
        self.frozen = group.frozen;
        Ok(())
    }

    /// What is done to this part's gradient, where `preparation` is the optimiser's.
    #[inline]
    pub(super) fn preparation(&self, preparation: &Preparation) -> Preparation {
        preparation.with(self.weight_decay.unwrap_or(preparation.weight_decay))
    }
}
