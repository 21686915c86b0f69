//! An objective that could not answer.

use core::fmt;
use std::error::Error;
use std::sync::Arc;

/// The error of an objective that could not answer. Its source is the objective's own error.
#[derive(Clone, Debug)]
pub struct ObjectiveError(Arc<dyn Error + Send + Sync>);

impl ObjectiveError {
    /// Creates the error from any error, or a text.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into().into())
    }
}

impl fmt::Display for ObjectiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the objective failed: {}", self.0)
    }
}

impl Error for ObjectiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// Two errors are equal where they are one and the same.
impl PartialEq for ObjectiveError {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
