//! Stepping by hand: the optimizer holds the rule's memory, you hold parameters and gradients.

use crate::group::Group;
use crate::number::Real;
use crate::rule::Rule;
use crate::state::{State, StateError};
use crate::transform::{Transform, WeightDecay};
use crate::update::{Look, Norm, Refused};

pub(crate) mod error;
mod groups;

pub use error::StepError;
use groups::{Part, Parts};

/// An optimizer for a training loop: one call of [`step`](Optimizer::step) per gradient.
///
/// ```
/// use amsgrad::{AmsGrad, Dialect, Optimizer};
///
/// let mut optimizer = Optimizer::new(AmsGrad::new(0.05).dialect(Dialect::Torch)).clip_norm(1.0);
/// let (mut weights, mut bias) = (vec![1.0_f32, -2.0], vec![0.5]);
/// for _ in 0..200 {
///     let gradient: Vec<f32> = weights.iter().map(|x| 2.0 * x).collect();
///     let bias_gradient = vec![2.0 * bias[0]];
///     optimizer.step([(&mut weights, &gradient), (&mut bias, &bias_gradient)])?;
/// }
/// assert!(weights.iter().chain(&bias).all(|x| x.abs() < 0.05));
/// let state = optimizer.state();
/// assert_eq!(state.step, 200);
/// assert_eq!(state.slot("v_hat").map(<[f32]>::len), Some(3));
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Optimizer<R: Rule, T: Real> {
    rule: R,
    transform: Transform,
    unchecked: bool,
    groups: Vec<Group>,
    parts: Parts<R, T>,
}

impl<R: Rule, T: Real> Optimizer<R, T> {
    /// Creates an optimizer that has made no step. The number of parameters is that of the first step.
    #[must_use]
    pub fn new(rule: R) -> Self {
        Self {
            rule,
            transform: Transform::default(),
            unchecked: false,
            groups: Vec::new(),
            parts: Parts::new(),
        }
    }

    /// Adds a group, with settings of its own for some of the parameters. To be called before the first step, or before
    /// [`set_state`](Optimizer::set_state).
    ///
    /// A step is what it would be with an optimizer for each group, and one for each stretch of parameters in no group;
    /// only [`clip_norm`](Optimizer::clip_norm) looks at all of them together, the frozen ones left out.
    #[must_use]
    pub fn group(mut self, group: Group) -> Self {
        self.groups.push(group);
        self
    }

    /// Returns all groups, in the order they were given.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Returns the group of this name, to change its settings between steps.
    pub fn group_mut(&mut self, name: &str) -> Option<&mut Group> {
        self.parts.touch();
        self.groups.iter_mut().find(|group| group.name() == name)
    }

    /// Adds a pull of every parameter towards 0.
    #[must_use]
    pub fn weight_decay(mut self, weight_decay: WeightDecay) -> Self {
        self.transform.weight_decay = weight_decay;
        self
    }

    /// Multiplies every gradient component by `scale`, before all else: to undo the scaling of a loss, or to make a
    /// mean of a sum over a batch. Above 0.
    ///
    /// What is done to a gradient is always done in this order: scaled, negated to maximize, clipped by value, clipped
    /// by norm; then weight decay, which is not clipped; then the rule.
    ///
    /// ```
    /// use amsgrad::{GradientDescent, Optimizer};
    /// let mut optimizer = Optimizer::new(GradientDescent::new(1.0)).gradient_scale(0.5).clip_value(3.0);
    /// let mut parameters = [0.0_f64, 0.0];
    /// optimizer.step([(&mut parameters, &[2.0, -100.0])])?;
    /// assert_eq!(parameters, [-1.0, 3.0]);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    #[must_use]
    pub fn gradient_scale(mut self, scale: f64) -> Self {
        self.set_gradient_scale(scale);
        self
    }

    /// Sets another [`gradient_scale`](Optimizer::gradient_scale) between steps, as a scaled loss needs it.
    pub fn set_gradient_scale(&mut self, scale: f64) {
        self.transform.scale = Some(scale);
        self.parts.touch();
    }

    /// Clips every gradient component to [-limit, limit], after scaling. Above 0.
    ///
    /// A gradient that is not finite, or that the scale makes so, is refused all the same.
    #[must_use]
    pub fn clip_value(mut self, limit: f64) -> Self {
        self.transform.clip_value = Some(limit);
        self
    }

    /// Shortens the whole gradient to length `limit` where it is longer, after scaling and
    /// [`clip_value`](Optimizer::clip_value). Above 0.
    ///
    /// The length is the Euclidean norm, summed in `f64` over a fixed tree: it does not overflow, and its bits do not
    /// change with the machine or the number of threads. It is summed tensor by tensor, so one flat slice of the same numbers
    /// may have a norm that differs in the last place. It costs one more look at the gradients, which finds those
    /// that are not finite as well, so that these are refused even if [`unchecked`](Optimizer::unchecked).
    ///
    /// ```
    /// use amsgrad::{GradientDescent, Optimizer};
    /// let mut optimizer = Optimizer::new(GradientDescent::new(1.0)).clip_norm(1.0);
    /// let mut parameters = [0.0_f64, 0.0];
    /// optimizer.step([(&mut parameters, &[3e200, -4e200])])?;
    /// assert!((parameters[0] + 0.6).abs() < 1e-15 && (parameters[1] - 0.8).abs() < 1e-15);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// The factor is limit / norm; PyTorch's `clip_grad_norm_` has limit / (norm + 1e-6).
    #[must_use]
    pub fn clip_norm(mut self, limit: f64) -> Self {
        self.transform.clip_norm = Some(limit);
        self
    }

    /// Maximizes instead: the gradient is negated before it is clipped and before weight decay.
    #[must_use]
    pub fn maximize(mut self) -> Self {
        self.transform.maximize = true;
        self
    }

    /// Skips the finiteness check. Slightly faster for vectors larger than the caches, but a
    /// gradient that is not finite then corrupts its coordinate permanently.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// Returns the rule.
    #[must_use]
    pub fn rule(&self) -> &R {
        &self.rule
    }

    /// Returns the rule, to change its settings between steps.
    pub fn rule_mut(&mut self) -> &mut R {
        self.parts.touch();
        &mut self.rule
    }

    /// Returns the number of steps that have been made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.parts.steps()
    }

    /// Returns the learning rate of the next step, of the groups without one of their own.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.rule.learning_rate().at(self.steps().saturating_add(1))
    }

    /// Moves all parameters by one step of the rule: tensors with their gradients, or one flat slice.
    ///
    /// ```
    /// use amsgrad::{GradientDescent, Optimizer};
    /// let mut optimizer = Optimizer::new(GradientDescent::new(0.5));
    /// let mut parameters = [1.0_f64, 2.0];
    /// optimizer.step([(&mut parameters, &[2.0, 2.0])])?;
    /// assert_eq!(parameters, [0.0, 1.0]);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// A setting out of range, groups or lengths that do not match, a gradient component (scaled, clipped, with an L2
    /// weight decay added) that is not finite or too large for the rule's memory, no room for the state. Nothing has
    /// changed then.
    pub fn step<X: AsMut<[T]>, G: AsRef<[T]>, const K: usize>(
        &mut self,
        mut tensors: [(X, G); K],
    ) -> Result<(), StepError> {
        self.step_tensors(&mut tensors.each_mut().map(|(x, gradient)| (x.as_mut(), (*gradient).as_ref())))
    }

    /// Does what [`step`](Optimizer::step) does for a number of tensors known at run time.
    ///
    /// # Errors
    /// As for [`step`](Optimizer::step).
    pub fn step_tensors(&mut self, tensors: &mut [(&mut [T], &[T])]) -> Result<(), StepError> {
        for (tensor, (x, gradient)) in tensors.iter().enumerate() {
            let (parameters, gradients) = (x.len(), gradient.len());
            if gradients != parameters {
                return Err(StepError::GradientLength { tensor, parameters, gradients });
            }
        }
        self.parts.fit(&self.rule, &self.groups, &self.transform, tensors)?;
        let shorten = self.checked(tensors)?;
        self.parts.step(&self.rule, &self.transform, shorten, tensors);
        Ok(())
    }

    /// Returns what clipping by norm multiplies by in this step, once all gradients are looked at.
    fn checked(&self, tensors: &[(&mut [T], &[T])]) -> Result<f64, StepError> {
        let (transform, mut shorten, mut checked) = (&self.transform, 1.0, !self.unchecked);
        if let Some(limit) = transform.clip_norm {
            let unclipped = transform.with(WeightDecay::None).at(|| 0.0, 1.0);
            let norm = Norm::of(self.parts.stretches(tensors), unclipped.as_ref());
            shorten = norm.shorten_to(limit);
            checked |= !norm.is_finite();
        }
        if checked {
            for part in self.parts.awake() {
                self.check(part, shorten, tensors)?;
            }
        }
        Ok(shorten)
    }

    /// Refuses the first gradient component of a part that may not reach the rule.
    fn check(&self, part: &Part<R, T>, shorten: f64, tensors: &[(&mut [T], &[T])]) -> Result<(), StepError> {
        let Some((x, gradient)) = part.of(tensors) else { return Ok(()) };
        let transform = part.transform(&self.transform).at(|| 0.0, shorten);
        let look = Look { x, gradient, transform: transform.as_ref(), limit: R::GRADIENT_LIMIT.largest() };
        if look.accepts() {
            return Ok(());
        }
        let (step, tensor) = (self.steps().saturating_add(1), part.cut.tensor);
        match look.first_refused() {
            None => Ok(()),
            Some(Refused { coordinate, value, largest }) => {
                let coordinate = part.cut.range.start - part.cut.first + coordinate;
                Err(match largest {
                    None => StepError::NonFiniteGradient { step, tensor, coordinate, value },
                    Some(largest) => StepError::HugeGradient { step, tensor, coordinate, value, largest },
                })
            }
        }
    }

    /// Returns the state, as plain vectors under their names, whatever the groups; before the first step they are
    /// empty.
    #[must_use]
    pub fn state(&self) -> State<T> {
        self.parts.state()
    }

    /// Goes on from a saved state.
    ///
    /// Slots that the rule does not know are left out, so Adam can resume from AMSGrad's state; for the other way round
    /// give the state a `v_hat` first. The groups need not be those of the optimizer that was saved.
    ///
    /// # Errors
    /// A slot is missing, has the wrong length, or holds a number that no run leaves behind; groups do not fit. Nothing
    /// has changed then.
    pub fn set_state(&mut self, state: &State<T>) -> Result<(), StateError> {
        self.parts = Parts::from_state(&self.groups, state)?;
        Ok(())
    }
}
