//! The library's optimizers behind one indirection, whatever the rule.

use amsgrad::error::SettingError;
use amsgrad::optimizer::StepError;
use amsgrad::rule::{Rule, Setting, for_each_rule};
use amsgrad::state::StateError;
use amsgrad::{Group, Real, State};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::plan::weight_decay;
use crate::refused::{self, Refused};
use crate::values;

/// What happens to a gradient before the rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Transform {
    weight_decay: f64,
    decoupled: bool,
    maximize: bool,
    clip_value: Option<f64>,
    clip_norm: Option<f64>,
    check: bool,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            weight_decay: 0.0,
            decoupled: false,
            maximize: false,
            clip_value: None,
            clip_norm: None,
            check: true,
        }
    }
}

impl Transform {
    /// Sets what is called `name`; returns whether there is such a thing.
    pub(super) fn set(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        match name {
            "weight_decay" => self.weight_decay = values::option(name, value)?,
            "decoupled" => self.decoupled = values::option(name, value)?,
            "maximize" => self.maximize = values::option(name, value)?,
            "clip_value" => self.clip_value = values::option(name, value)?,
            "clip_norm" => self.clip_norm = values::option(name, value)?,
            "check" => self.check = values::option(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn show(&self, dict: &Bound<'_, PyDict>) -> PyResult<()> {
        dict.set_item("weight_decay", self.weight_decay)?;
        dict.set_item("decoupled", self.decoupled)?;
        dict.set_item("maximize", self.maximize)?;
        dict.set_item("clip_value", self.clip_value)?;
        dict.set_item("clip_norm", self.clip_norm)?;
        dict.set_item("check", self.check)
    }
}

/// An optimizer of some rule over tensors of `T`.
pub(super) trait Steps<T: Real>: Send {
    /// Makes one step.
    fn step(&mut self, tensors: &mut [(&mut [T], &[T])]) -> Result<(), StepError>;
    /// Says for each tensor whether the next step leaves it as it is.
    fn freeze(&mut self, frozen: &mut dyn Iterator<Item = bool>);
    fn steps(&self) -> u64;
    fn rule(&self) -> &'static str;
    fn slots(&self) -> &'static [&'static str];
    /// Returns beta1 where the rule has one.
    fn beta1(&self) -> Option<&amsgrad::Schedule>;
    fn settings(&self) -> Vec<(&'static str, Setting)>;
    fn transform(&self) -> &Transform;
    /// Changes settings, all or none.
    fn configure(&mut self, settings: &[(String, String)], transform: Transform) -> PyResult<()>;
    fn state(&self) -> State<T>;
    fn set_state(&mut self, state: &State<T>) -> Result<(), StateError>;
}

struct Held<R: Rule, T: Real> {
    optimizer: amsgrad::Optimizer<R, T>,
    transform: Transform,
    /// The number of numbers in each tensor.
    lengths: Vec<usize>,
    frozen: Vec<bool>,
}

/// Returns an optimizer of the rule called `name`, which there is, with the rule's defaults.
pub(super) fn held<T: Real>(name: &str, lengths: Vec<usize>) -> Box<dyn Steps<T>> {
    for_each_rule!(R => if R::NAME == name {
        return Box::new(Held::<R, T>::new(R::default(), Transform::default(), lengths));
    });
    unreachable!("{name} is the name of a rule")
}

impl<R: Rule, T: Real> Held<R, T> {
    fn new(rule: R, transform: Transform, lengths: Vec<usize>) -> Self {
        let Transform { clip_value, clip_norm, .. } = transform;
        let decay = weight_decay(transform.weight_decay, transform.decoupled);
        let mut optimizer = amsgrad::Optimizer::new(rule).weight_decay(decay);
        if transform.maximize {
            optimizer = optimizer.maximize();
        }
        if let Some(limit) = clip_value {
            optimizer = optimizer.clip_value(limit);
        }
        if let Some(limit) = clip_norm {
            optimizer = optimizer.clip_norm(limit);
        }
        if !transform.check {
            optimizer = optimizer.unchecked();
        }
        // A group for each tensor, so that each may be left out of a step. One without numbers can have no group.
        for (tensor, _) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            optimizer = optimizer.group(Group::tensor(tensor.to_string(), tensor));
        }
        Self { optimizer, transform, frozen: vec![false; lengths.len()], lengths }
    }
}

impl<R: Rule, T: Real> Steps<T> for Held<R, T> {
    fn step(&mut self, tensors: &mut [(&mut [T], &[T])]) -> Result<(), StepError> {
        self.optimizer.step_tensors(tensors)
    }

    fn freeze(&mut self, frozen: &mut dyn Iterator<Item = bool>) {
        for (tensor, (was, is)) in self.frozen.iter_mut().zip(frozen).enumerate() {
            if *was != is {
                *was = is;
                if let Some(group) = self.optimizer.group_mut(&tensor.to_string()) {
                    group.frozen = is;
                }
            }
        }
    }

    fn steps(&self) -> u64 {
        self.optimizer.steps()
    }

    fn rule(&self) -> &'static str {
        R::NAME
    }

    fn slots(&self) -> &'static [&'static str] {
        R::SLOTS
    }

    fn beta1(&self) -> Option<&amsgrad::Schedule> {
        self.optimizer.rule().schedule("beta1")
    }

    fn settings(&self) -> Vec<(&'static str, Setting)> {
        self.optimizer.rule().settings()
    }

    fn transform(&self) -> &Transform {
        &self.transform
    }

    fn configure(&mut self, settings: &[(String, String)], transform: Transform) -> PyResult<()> {
        let mut rule = self.optimizer.rule().clone();
        let mut set = || -> Result<(), SettingError> {
            settings.iter().try_for_each(|(name, text)| rule.set(name, text))?;
            rule.validate()
        };
        set().refused()?;
        if transform == self.transform {
            *self.optimizer.rule_mut() = rule;
            return Ok(());
        }
        // A step over nothing checks the settings.
        let mut probe = Self::new(rule.clone(), transform.clone(), Vec::new());
        probe.step(&mut []).map_err(refused::step)?;
        let mut changed = Self::new(rule, transform, self.lengths.clone());
        changed.optimizer.set_state(&self.optimizer.state()).refused()?;
        *self = changed;
        Ok(())
    }

    fn state(&self) -> State<T> {
        self.optimizer.state()
    }

    fn set_state(&mut self, state: &State<T>) -> Result<(), StateError> {
        self.optimizer.set_state(state)
    }
}
