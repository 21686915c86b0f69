//! Named groups of parameters with settings of their own.

use core::ops::Range;

use crate::error::setting::{SettingError, check_nonnegative};
use crate::rule::Rule;
use crate::schedule::Schedule;
use crate::transform::WeightDecay;

/// A stretch of an [`Optimizer`](crate::Optimizer)'s parameters, with a name and settings of its own. Whatever it does
/// not set is the optimizer's.
///
/// ```
/// use amsgrad::{AmsGrad, Group, Optimizer, WeightDecay};
///
/// let mut optimizer = Optimizer::new(AmsGrad::new(0.1))
///     .weight_decay(WeightDecay::Decoupled(0.01))
///     .group(Group::new("embedding", 0..2).frozen())
///     .group(Group::new("bias", 3..4).weight_decay(WeightDecay::None).learning_rate(0.01));
/// let mut parameters = [1.0_f64, 2.0, 3.0, 4.0];
/// optimizer.step([(&mut parameters, &[1.0; 4])])?;
/// assert_eq!(parameters[..2], [1.0, 2.0]);
/// assert!(parameters[2] < 3.0 && parameters[3] < 4.0);
///
/// if let Some(embedding) = optimizer.group_mut("embedding") {
///     embedding.frozen = false;
/// }
/// optimizer.step([(&mut parameters, &[1.0; 4])])?;
/// assert!(parameters[0] < 1.0);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group {
    name: String,
    place: Place,
    /// Its learning rate. Default: the rule's.
    pub learning_rate: GroupRate,
    /// Its weight decay; `None`, the default, for the optimizer's.
    pub weight_decay: Option<WeightDecay>,
    /// Whether its parameters and state stay as they are, bit for bit, and its gradients are not even looked at.
    /// Default: no.
    ///
    /// A frozen group does not age: thawed, it goes on with the step after the last it made, which is what its bias
    /// corrections and schedules count.
    pub frozen: bool,
}

/// Which parameters a group has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A range of all parameters, those of one tensor after those of the one before.
    Range(Range<usize>),
    /// All parameters of a tensor, by its place in the call of [`step`](crate::Optimizer::step).
    Tensor(usize),
}

/// The learning rate of a group.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum GroupRate {
    /// That of the optimizer's rule.
    #[default]
    Rule,
    /// This many times that of the optimizer's rule: finite, 0 or more.
    Times(f64),
    /// This one instead: finite, 0 or more.
    Own(Schedule),
}

impl Group {
    /// Creates a group of the parameters of this range, which is not empty, under a name that no other group has.
    #[must_use]
    pub fn new(name: impl Into<String>, range: Range<usize>) -> Self {
        Self::at(name.into(), Place::Range(range))
    }

    /// Creates a group of all parameters of a tensor, under a name that no other group has.
    ///
    /// ```
    /// use amsgrad::{Adam, Group, Optimizer};
    ///
    /// let mut optimizer = Optimizer::new(Adam::new(0.1)).group(Group::tensor("bias", 1).learning_rate(0.01));
    /// let (mut weights, mut bias) = ([1.0_f32, 2.0], [0.5]);
    /// optimizer.step([(&mut weights[..], &[1.0, 1.0][..]), (&mut bias[..], &[1.0][..])])?;
    /// assert_eq!((weights[0], bias[0]), (0.9, 0.49));
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    #[must_use]
    pub fn tensor(name: impl Into<String>, tensor: usize) -> Self {
        Self::at(name.into(), Place::Tensor(tensor))
    }

    fn at(name: String, place: Place) -> Self {
        Self { name, place, learning_rate: GroupRate::Rule, weight_decay: None, frozen: false }
    }

    /// Sets the learning rate in place of the rule's.
    #[must_use]
    pub fn learning_rate(mut self, learning_rate: impl Into<Schedule>) -> Self {
        self.learning_rate = GroupRate::Own(learning_rate.into());
        self
    }

    /// Multiplies the rule's learning rate by a factor, also where it is changed later.
    #[must_use]
    pub fn learning_rate_factor(mut self, factor: f64) -> Self {
        self.learning_rate = GroupRate::Times(factor);
        self
    }

    /// Sets the weight decay in place of the optimizer's.
    #[must_use]
    pub fn weight_decay(mut self, weight_decay: WeightDecay) -> Self {
        self.weight_decay = Some(weight_decay);
        self
    }

    /// Freezes the group: steps leave it as it is.
    #[must_use]
    pub fn frozen(mut self) -> Self {
        self.frozen = true;
        self
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns which parameters it has.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Returns its range among all parameters, where the tensors have these lengths.
    pub(crate) fn range(&self, lengths: &[usize]) -> Result<Range<usize>, GroupError> {
        match &self.place {
            Place::Range(range) => Ok(range.clone()),
            Place::Tensor(tensor) => {
                let missing =
                    GroupError::NoTensor { name: self.name.clone(), tensor: *tensor, tensors: lengths.len() };
                let length = lengths.get(*tensor).ok_or(missing)?;
                let start: usize = lengths.iter().take(*tensor).sum();
                Ok(start..start + length)
            }
        }
    }

    /// Returns the rule as this group has it, or `None` where it has the optimizer's.
    pub(crate) fn own_rule<R: Rule>(&self, rule: &R) -> Result<Option<R>, SettingError> {
        let schedule = match &self.learning_rate {
            GroupRate::Rule => return Ok(None),
            GroupRate::Times(factor) => {
                check_nonnegative("learning_rate_factor", *factor).map_err(|error| self.named(error))?;
                rule.learning_rate().scaled(*factor)
            }
            GroupRate::Own(schedule) => schedule.clone(),
        };
        let mut own = rule.clone();
        *own.learning_rate_mut() = schedule;
        own.validate().map_err(|error| self.named(error))?;
        Ok(Some(own))
    }

    pub(crate) fn validate_decay(&self) -> Result<(), SettingError> {
        let decay = self.weight_decay.unwrap_or_default();
        decay.validate().map_err(|error| self.named(error))
    }

    fn named(&self, error: SettingError) -> SettingError {
        SettingError { group: Some(self.name.as_str().into()), ..error }
    }
}

/// Why groups do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// Two groups have one name.
    #[error("two groups are called {name}; allowed: a name for each")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A group has no parameters.
    #[error("group {name} is {start}..{end}; allowed: a range with at least one parameter")]
    Empty {
        /// The group.
        name: String,
        /// Where it would start.
        start: usize,
        /// Where it would end.
        end: usize,
    },
    /// A group ends past the last parameter.
    #[error("group {name} ends at {end}; allowed: up to {parameters}, the number of parameters")]
    OutOfRange {
        /// The group.
        name: String,
        /// Where it ends.
        end: usize,
        /// How many parameters there are.
        parameters: usize,
    },
    /// A group is a tensor that does not exist.
    #[error("group {name} is tensor {tensor}; allowed: one of the {tensors} tensors, counted from 0")]
    NoTensor {
        /// The group.
        name: String,
        /// The tensor it names.
        tensor: usize,
        /// How many tensors there are.
        tensors: usize,
    },
    /// A parameter is in two groups.
    #[error("parameter {parameter} is in the groups {first} and {second}; allowed: one")]
    Overlap {
        /// The group that starts first.
        first: String,
        /// The other.
        second: String,
        /// The first parameter that both have, from 0.
        parameter: usize,
    },
    /// A group came after the first step.
    #[error("group {name} was added after step {step}; allowed: before the first, or before a state is set")]
    Late {
        /// The group.
        name: String,
        /// How many steps had been made.
        step: u64,
    },
    /// A saved state has parts that made fewer steps, and they do not begin and end with groups.
    #[error(
        "parameters {start}..{end} made {step} steps in the saved state, some of their neighbors another number; allowed: groups that do not cut through there"
    )]
    Cut {
        /// The first of them, from 0.
        start: usize,
        /// The one after the last.
        end: usize,
        /// How many steps they made.
        step: u64,
    },
}

/// Returns all parameters cut where groups and tensors begin and end, in order, each part with the index of its group and of
/// its tensor.
pub(crate) fn cut(groups: &[Group], lengths: &[usize]) -> Result<Vec<Cut>, GroupError> {
    let parameters = lengths.iter().sum();
    let mut sorted = Vec::new();
    for (i, group) in groups.iter().enumerate() {
        let (name, Range { start, end }) = (group.name.clone(), group.range(lengths)?);
        if groups.iter().take(i).any(|other| other.name == name) {
            return Err(GroupError::Duplicate { name });
        }
        if start >= end {
            return Err(GroupError::Empty { name, start, end });
        }
        if end > parameters {
            return Err(GroupError::OutOfRange { name, end, parameters });
        }
        sorted.push((start..end, i));
    }
    sorted.sort_by_key(|(range, _)| range.start);
    let (mut stretches, mut done, mut last) = (Vec::new(), 0, "");
    for (Range { start, end }, i) in sorted {
        let name = groups.get(i).map_or("", Group::name);
        if start < done {
            return Err(GroupError::Overlap { first: last.into(), second: name.into(), parameter: start });
        }
        if start > done {
            stretches.push((done..start, None));
        }
        stretches.push((start..end, Some(i)));
        (done, last) = (end, name);
    }
    if done < parameters {
        stretches.push((done..parameters, None));
    }
    let (mut cuts, mut first) = (Vec::new(), 0);
    for (tensor, length) in lengths.iter().enumerate() {
        let end = first + length;
        for (range, group) in &stretches {
            let inside = range.start.max(first)..range.end.min(end);
            if !inside.is_empty() {
                cuts.push(Cut { range: inside, first, tensor, group: *group });
            }
        }
        first = end;
    }
    Ok(cuts)
}

/// Parameters next to each other in one tensor with the same settings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cut {
    /// Among all parameters.
    pub(crate) range: Range<usize>,
    /// The first parameter of the tensor among all parameters.
    pub(crate) first: usize,
    pub(crate) tensor: usize,
    pub(crate) group: Option<usize>,
}
