//! What all parts of such a file are made of.

use core::time::Duration;

use crate::number::Real;
use crate::tensors::{TensorError, Tensors};

pub(super) type Read<A> = Result<A, TensorError>;

pub(super) fn wrong(note: &str) -> TensorError {
    TensorError::Note { name: note.to_owned() }
}

/// The largest count: below it a run can count on without overflow.
pub(super) const MOST: u64 = 1 << 53;

/// Returns counts of which none is larger than a run can count.
pub(super) fn counts(tensors: &Tensors, name: &str, length: usize) -> Read<Vec<u64>> {
    let counts = tensors.counts(name, length)?;
    if counts.iter().all(|count| *count <= MOST) { Ok(counts) } else { Err(odd(name)) }
}

pub(super) fn odd(name: &str) -> TensorError {
    TensorError::Value { name: name.to_owned() }
}

pub(super) fn number<T: Real>(tensors: &Tensors, name: &str) -> Read<T> {
    Ok(tensors.reals_of(name, 1)?[0])
}

pub(super) fn write_seconds(elapsed: Duration, tensors: &mut Tensors) {
    tensors.insert_counts("nanoseconds", &[u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)]);
}

pub(super) fn read_seconds(tensors: &Tensors) -> Read<Duration> {
    Ok(Duration::from_nanos(tensors.counts("nanoseconds", 1)?[0]))
}
