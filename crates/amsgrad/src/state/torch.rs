//! A state under PyTorch's names (feature `safetensors`).

use super::{Slot, State, StateError};
use crate::number::Real;
use crate::power::Powers;
use crate::schedule::Schedule;
use crate::tensors::{TensorError, Tensors};

/// The names of `torch.optim.Adam`, beside those of the formula. Other memory keeps its name.
const NAMES: [(&str, &str); 3] = [("m", "exp_avg"), ("v", "exp_avg_sq"), ("v_hat", "max_exp_avg_sq")];
const PARAMETERS: &str = "parameters";
const STEP: &str = "step";

fn torch(slot: &str) -> &str {
    NAMES.iter().find(|(ours, _)| *ours == slot).map_or(slot, |(_, theirs)| theirs)
}

impl<T: Real> State<T> {
    /// Adds a point and its state under PyTorch's names: `parameters`, `step`, `exp_avg`, `exp_avg_sq` and `max_exp_avg_sq`.
    ///
    /// ```
    /// use amsgrad::tensors::Tensors;
    /// use amsgrad::{Minimizer, Schedule, State};
    ///
    /// let bowl = |x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = 2.0 * x[0];
    ///     x[0] * x[0]
    /// };
    /// let run = Minimizer::new(bowl).learning_rate(0.01).steps(100);
    /// let first = run.clone().start([1.0]).run::<f64>()?;
    ///
    /// let mut file = Tensors::default();
    /// first.state.to_tensors(&first.last.point, &mut file);
    /// let (point, state) = State::from_tensors(&file, &Schedule::Constant(0.9)).unwrap();
    /// assert_eq!((&point, &state), (&first.last.point, &first.state));
    /// let second = run.resume_from(&point, &state).run::<f64>()?;
    /// assert_eq!(second.state.step, 200);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub fn to_tensors(&self, point: &[T], tensors: &mut Tensors) {
        tensors.insert(PARAMETERS, point);
        tensors.insert_number(STEP, self.step as f64);
        self.slots.iter().for_each(|slot| tensors.insert(torch(&slot.name), &slot.values));
        tensors.insert_number("beta_product", self.beta_product);
        tensors.insert_counts("examples", &[self.examples]);
        tensors.note("rule", self.rule.clone());
        tensors.note("slots", self.slots.iter().map(|slot| &*slot.name).collect::<Vec<_>>().join(","));
    }

    /// Returns the point and the state that tensors hold under these names. Where PyTorch wrote them, without notes, they are
    /// those of Adam, with `max_exp_avg_sq` of AMSGrad, and `beta1` is what the product of beta1 over the steps is made of.
    ///
    /// # Errors
    /// A tensor is missing, holds numbers of another type, or has another length than the parameters.
    pub fn from_tensors(tensors: &Tensors, beta1: &Schedule) -> Result<(Vec<T>, Self), TensorError> {
        let point = tensors.reals::<T>(PARAMETERS)?;
        let dimension = point.len();
        let counted = tensors.number(STEP)?;
        if !(counted >= 0.0 && counted < 2.0_f64.powi(53) && counted.fract() == 0.0) {
            let (found, expected) = (format!("{counted}"), "a whole number from 0 up".to_owned());
            return Err(TensorError::Type { name: STEP.to_owned(), found, expected });
        }
        let step = counted as u64;
        let slots = |names: &mut dyn Iterator<Item = &str>| {
            let slot = |name: &str| {
                Ok(Slot { name: name.to_owned().into(), values: tensors.reals_of(torch(name), dimension)? })
            };
            names.map(slot).collect::<Result<Vec<_>, TensorError>>()
        };
        let mut state = Self::empty("", &[]);
        (state.step, state.dimension) = (step, dimension);
        if let (Some(rule), Some(names)) = (tensors.noted("rule"), tensors.noted("slots")) {
            state.rule = rule.to_owned().into();
            state.slots = slots(&mut names.split(',').filter(|name| !name.is_empty()))?;
            state.beta_product = tensors.reals_of("beta_product", 1)?[0];
            state.examples = tensors.counts("examples", 1)?[0];
        } else {
            let has_maximum = tensors.has(torch("v_hat"));
            state.rule = if has_maximum { "amsgrad" } else { "adam" }.into();
            let there = NAMES.iter().map(|(name, _)| *name).filter(|name| *name != "v_hat" || has_maximum);
            state.slots = slots(&mut there.into_iter())?;
            state.beta_product = product(beta1, step);
        }
        Ok((point, state))
    }
}

impl StateError {
    /// Returns the same error with PyTorch's name of the slot it is about, for a state that was read from a file.
    ///
    /// ```
    /// use amsgrad::state::StateError;
    /// let error = StateError::Value { slot: "v".into(), coordinate: 0, value: -1.0 };
    /// assert!(error.under_torch_names().to_string().starts_with("exp_avg_sq at coordinate 0 is -1;"));
    /// ```
    #[must_use]
    pub fn under_torch_names(mut self) -> Self {
        match &mut self {
            Self::MissingSlot { slot, .. } => *slot = torch(slot),
            Self::Length { slot, .. } | Self::Value { slot, .. } => *slot = torch(slot).to_owned(),
            Self::OtherRule { .. } | Self::BetaProduct { .. } | Self::Group(_) | Self::TooLarge { .. } => {}
        }
        self
    }
}

/// Returns the product of beta1 over the steps so far, as the clock of a run has it.
fn product(beta1: &Schedule, steps: u64) -> f64 {
    match beta1 {
        Schedule::Constant(beta1) => Powers::default().of(*beta1, steps),
        schedule => (1..=steps).fold(1.0, |product, step| product * schedule.at(step)),
    }
}
