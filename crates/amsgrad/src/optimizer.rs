//! Stepping by hand: the optimiser holds the rule's memory, you hold parameters and gradients.

use crate::decay::{Preparation, WeightDecay};
use crate::engine::Engine;
use crate::error::SettingError;
use crate::real::{Pack, Real};
use crate::rule::Rule;
use crate::state::{State, StateError};

/// The packs of a long vector: one cache line of `f32`, two of `f64`.
type Line<T> = Pack<T, 16>;

/// An optimiser for a training loop: one call of [`step`](Optimizer::step) for each gradient.
///
/// ```
/// use amsgrad::{AmsGrad, Dialect, Optimizer};
///
/// let mut optimizer = Optimizer::new(AmsGrad::new(0.05).dialect(Dialect::Torch));
/// let mut parameters = vec![1.0_f32, -2.0];
/// for _ in 0..200 {
///     let gradients: Vec<f32> = parameters.iter().map(|x| 2.0 * x).collect();
///     optimizer.step(&mut parameters, &gradients)?;
/// }
/// assert!(parameters.iter().all(|x| x.abs() < 0.05));
/// let state = optimizer.state();
/// assert_eq!(state.step, 200);
/// assert_eq!(state.slot("v_hat").map(<[f32]>::len), Some(2));
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Optimizer<R: Rule, T: Real> {
    rule: R,
    preparation: Preparation,
    unchecked: bool,
    engine: Option<Engine<Line<T>, R>>,
    dimension: usize,
}

/// Why a step was not made. Parameters and state are as they were before it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// A setting is out of range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There are not as many gradients as parameters.
    #[error("there are {gradients} gradients for {parameters} parameters; allowed: one for each")]
    GradientLength {
        /// How many parameters there are.
        parameters: usize,
        /// How many gradients there are.
        gradients: usize,
    },
    /// There are not as many parameters as at the first step.
    #[error("there are {found} parameters; allowed: {expected}, as at the first step")]
    ParameterLength {
        /// How many there were.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A gradient component is not finite.
    #[error("at step {step} the gradient of coordinate {coordinate} is {value}; allowed: finite numbers")]
    NonFiniteGradient {
        /// The step that would have been made, from 1.
        step: u64,
        /// The coordinate, from 0.
        coordinate: usize,
        /// The component.
        value: f64,
    },
    /// A gradient component is so large that the rule's memory cannot hold it, or its square.
    #[error(
        "at step {step} the gradient of coordinate {coordinate} is {value:e}; allowed: up to {largest:e} by magnitude, for the number type must hold the rule's memory of it"
    )]
    HugeGradient {
        /// The step that would have been made, from 1.
        step: u64,
        /// The coordinate, from 0.
        coordinate: usize,
        /// The component.
        value: f64,
        /// The largest magnitude that fits.
        largest: f64,
    },
    /// The memory for the state cannot be had.
    #[error("the state of {dimension} parameters does not fit into memory")]
    TooLarge {
        /// How many parameters there are.
        dimension: usize,
    },
}

impl<R: Rule, T: Real> Optimizer<R, T> {
    /// An optimiser that has made no step. The number of parameters is that of the first step.
    #[must_use]
    pub fn new(rule: R) -> Self {
        Self { rule, preparation: Preparation::default(), unchecked: false, engine: None, dimension: 0 }
    }

    /// With a pull of every parameter towards 0.
    #[must_use]
    pub fn weight_decay(mut self, weight_decay: WeightDecay) -> Self {
        self.preparation.weight_decay = weight_decay;
        self
    }

    /// Upwards instead of downwards: the gradient is negated first, before weight decay.
    #[must_use]
    pub fn maximize(mut self) -> Self {
        self.preparation.maximize = true;
        self
    }

    /// Without looking at the gradients before the step: a little faster where they are far more than the caches hold. A
    /// gradient that is not finite then spoils its coordinate for ever.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &R {
        &self.rule
    }

    /// The rule, to change its settings between steps.
    pub fn rule_mut(&mut self) -> &mut R {
        &mut self.rule
    }

    /// How many steps have been made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.engine.as_ref().map_or(0, |engine| engine.clock().step())
    }

    /// Moves the parameters by one step of the rule, given the gradient there.
    ///
    /// # Errors
    /// A setting out of range, lengths that do not match, a gradient component (with an L2 weight decay added) that is
    /// not finite or too large for the rule's memory, no room for the state. Nothing has changed then.
    pub fn step(&mut self, parameters: &mut [T], gradients: &[T]) -> Result<(), StepError> {
        self.rule.validate()?;
        self.preparation.weight_decay.validate()?;
        if gradients.len() != parameters.len() {
            return Err(StepError::GradientLength {
                parameters: parameters.len(),
                gradients: gradients.len(),
            });
        }
        let largest = R::largest_gradient::<T>();
        let first_bad = || self.preparation.first_bad(parameters, gradients, largest);
        if let Some((coordinate, value)) = (!self.unchecked).then(first_bad).flatten() {
            return Err(bad_gradient(self.steps() + 1, coordinate, value.to_f64(), largest.to_f64()));
        }
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => {
                let dimension = parameters.len();
                self.dimension = dimension;
                none.insert(Engine::new(dimension).ok_or(StepError::TooLarge { dimension })?)
            }
        };
        if parameters.len() != self.dimension {
            return Err(StepError::ParameterLength { expected: self.dimension, found: parameters.len() });
        }
        engine.step(&self.rule, &self.preparation, parameters, gradients);
        Ok(())
    }

    /// The state, as plain vectors under their names; before the first step they are empty.
    #[must_use]
    pub fn state(&self) -> State<T> {
        match &self.engine {
            Some(engine) => engine.state(),
            None => State::empty(R::NAME, R::SLOTS),
        }
    }

    /// Goes on from a saved state.
    ///
    /// Slots that the rule does not know are left out, so Adam can go on from AMSGrad's state; for the other way round
    /// give the state a `v_hat` first.
    ///
    /// # Errors
    /// A slot is missing, has the wrong length, or holds a number that no run leaves behind. Nothing has changed then.
    pub fn set_state(&mut self, state: &State<T>) -> Result<(), StateError> {
        let engine = Engine::from_state(state)?;
        // The state before the first step leaves the number of parameters open.
        let begun = state.step > 0 || state.dimension > 0;
        self.engine = begun.then_some(engine);
        self.dimension = state.dimension;
        Ok(())
    }
}

fn bad_gradient(step: u64, coordinate: usize, value: f64, largest: f64) -> StepError {
    if value.is_finite() {
        StepError::HugeGradient { step, coordinate, value, largest }
    } else {
        StepError::NonFiniteGradient { step, coordinate, value }
    }
}
