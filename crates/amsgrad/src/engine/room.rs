//! Memory for a great many, asked for and first touched.

use super::machine::prefer_large_pages;

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
    {
        use rayon::prelude::*;
        /// What a thread takes at a time, in bytes.
        const CHUNK: usize = 1 << 20;
        let chunk = CHUNK / size_of::<V>().max(1);
        if count > chunk && rayon::current_num_threads() > 1 {
            let copies = (0..count).into_par_iter().with_min_len(chunk);
            copies.map(|_| value).collect_into_vec(&mut memory);
            return memory;
        }
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
