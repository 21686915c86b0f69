//! The vectors of other crates: objectives written on them, starts from them.
//!
//! Points, gradients and parameters are slices everywhere else in this crate, which these vectors lend without a copy; so
//! there is not much here. Each module needs the feature of its name.

#[cfg(feature = "nalgebra")]
pub mod nalgebra;
#[cfg(feature = "ndarray")]
pub mod ndarray;

/// An objective returned a gradient of the wrong length: the source of the run's
/// [`ObjectiveError`](crate::ObjectiveError).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the gradient has {found} components; allowed: {expected}, one for each variable")]
pub struct GradientLength {
    /// How many variables there are.
    pub expected: usize,
    /// How many components there are.
    pub found: usize,
}

/// Copies a gradient to where it is asked for.
fn hand_over<'a, T: Copy + 'a>(
    from: impl ExactSizeIterator<Item = &'a T>,
    to: &mut [T],
) -> Result<(), GradientLength> {
    let (expected, found) = (to.len(), from.len());
    if found != expected {
        return Err(GradientLength { expected, found });
    }
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    Ok(())
}
