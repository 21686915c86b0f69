//! Why a step by hand was refused.

use crate::error::setting::SettingError;
use crate::group::GroupError;
use crate::state::StateError;

/// Why a step was not made. Parameters and state are as they were before it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// A setting is out of range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The groups do not fit the parameters, or each other.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// There are not as many gradients as parameters.
    #[error(
        "{gradients} gradient components for the {parameters} parameters of tensor {tensor}; allowed: one for each"
    )]
    GradientLength {
        /// The tensor, from 0.
        tensor: usize,
        /// How many parameters there are.
        parameters: usize,
        /// How many gradients there are.
        gradients: usize,
    },
    /// There are not as many parameters, in all tensors together, as at the first step.
    #[error("there are {found} parameters; allowed: {expected}, as at the first step")]
    ParameterLength {
        /// How many there were.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A gradient component is not finite.
    #[error(
        "at step {step} the gradient of coordinate {coordinate} of tensor {tensor} is {value}; allowed: finite numbers"
    )]
    NonFiniteGradient {
        /// The step that would have been made, from 1.
        step: u64,
        /// The tensor, from 0.
        tensor: usize,
        /// The coordinate in the tensor, from 0.
        coordinate: usize,
        /// The component.
        value: f64,
    },
    /// A gradient component is so large that the rule's memory cannot hold it, or its square.
    #[error(
        "at step {step} the gradient of coordinate {coordinate} of tensor {tensor} is {value:e}; allowed: up to {largest:e} by magnitude, for the number type must hold the rule's memory of it"
    )]
    HugeGradient {
        /// The step that would have been made, from 1.
        step: u64,
        /// The tensor, from 0.
        tensor: usize,
        /// The coordinate in the tensor, from 0.
        coordinate: usize,
        /// The component.
        value: f64,
        /// The largest magnitude that fits.
        largest: f64,
    },
    /// A saved state does not fit the tensors.
    #[error(transparent)]
    State(#[from] StateError),
    /// The memory for the state cannot be had.
    #[error("the state of {dimension} parameters does not fit into memory")]
    TooLarge {
        /// How many parameters there are.
        dimension: usize,
    },
}
