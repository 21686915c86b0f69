//! Memory for a great many, asked for and first touched.

#[cfg(feature = "threads")]
use super::machine::fill_on_all_threads;
use super::machine::prefer_large_pages;

/// What a thread fills at a time, in bytes.
#[cfg(feature = "threads")]
const PIECE: usize = 1 << 20;

/// Room for so many, or `None` where it cannot be had.
pub(crate) fn room<V>(count: usize) -> Option<Vec<V>> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(count).ok()?;
    prefer_large_pages(memory.spare_capacity_mut());
    Some(memory)
}

/// Fills it with `value`, so that the threads that will use it touch it first.
pub(crate) fn filled<V: Copy + Send + Sync>(mut memory: Vec<V>, count: usize, value: V) -> Vec<V> {
    #[cfg(feature = "threads")]
    if count * size_of::<V>() > PIECE && rayon::current_num_threads() > 1 {
        fill_on_all_threads(&mut memory, count, value, PIECE / size_of::<V>().max(1));
        return memory;
    }
    memory.resize(count, value);
    memory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_is_there() {
        for count in [0, 1, 1000, 1_000_003] {
            assert_eq!(filled(room(count).unwrap(), count, 0.5), vec![0.5; count]);
        }
    }

    #[test]
    fn memory_that_cannot_be_had_is_no_panic() {
        assert!(room::<[f64; 16]>(10_usize.pow(15)).is_none());
        assert!(room::<f64>(usize::MAX / 2).is_none());
    }
}
