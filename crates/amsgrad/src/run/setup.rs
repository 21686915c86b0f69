//! A run as it is set.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::check::GradientReport;
use crate::constraint::Region;
use crate::position::Position;
use crate::state::State;
use crate::stop::Stop;
use crate::transform::Transform;

/// A run as it is set, whatever its objective and rule.
#[doc(hidden)]
#[derive(Debug)]
pub struct Setup<T> {
    pub(crate) x: Vec<T>,
    pub(crate) region: Region<T>,
    pub(crate) transform: Transform,
    pub(crate) stop: Stop,
    pub(crate) resumed: Option<State<T>>,
    /// Where a run stands that is continued; its point and state are above.
    pub(crate) position: Option<Box<Position<T>>>,
    #[cfg(feature = "clock")]
    pub(crate) timed: bool,
    pub(crate) report: Option<Box<GradientReport>>,
    pub(crate) interrupt: Option<Arc<AtomicBool>>,
}

impl<T> Setup<T> {
    /// Returns how many examples the runs before this one have looked at.
    pub(crate) fn examples_before(&self) -> u64 {
        self.resumed.as_ref().map_or(0, |state| state.examples)
    }
}
