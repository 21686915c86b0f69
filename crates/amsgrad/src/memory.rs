//! Memory for long vectors: large pages, prefetch, and the first touch on all threads.
//!
//! Hints change nothing that a program can see, but are given through pointers. Public, but hidden, for the benchmarks, whose
//! limits use memory as an optimizer does.

#![allow(unsafe_code, reason = "hints about memory, and filling it on all threads")]

use core::any::TypeId;
use core::mem::MaybeUninit;

use crate::number::{Pack, Real};

/// Number of coordinates in a line.
pub(crate) const LINE: usize = 16;

/// A pack of coordinates as many of them lie in memory: one line of the cache of `f32`, two of `f64`.
pub(crate) type Line<T> = Pack<T, LINE>;

/// What a thread fills at a time, in bytes.
#[cfg(feature = "threads")]
const PIECE: usize = 1 << 20;

/// How far ahead of a stream memory is prefetched, in bytes; three times that for the state. Measured: on an AMD EPYC 256 to
/// 768 are alike and 2048 is a tenth slower; on an Intel Xeon 1024 to 4096 are alike, less was not tried.
pub const AHEAD: usize = 512;

/// Reserves memory for `count` values; `None` where it cannot be had.
#[must_use]
pub fn reserve<V>(count: usize) -> Option<Vec<V>> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(count).ok()?;
    prefer_large_pages(memory.spare_capacity_mut());
    Some(memory)
}

/// Fills reserved memory with `value`, on the threads that will use it, so that each touches its part first.
#[must_use]
pub fn filled<V: Copy + Send + Sync>(mut memory: Vec<V>, count: usize, value: V) -> Vec<V> {
    #[cfg(feature = "threads")]
    if count * size_of::<V>() > PIECE && rayon::current_num_threads() > 1 {
        fill_on_all_threads(&mut memory, count, value, PIECE / size_of::<V>().max(1));
        return memory;
    }
    memory.resize(count, value);
    memory
}

/// Returns the numbers in lines of memory, one after the other.
pub(crate) fn numbers<T: Real>(lines: &[Line<T>]) -> &[T] {
    let count = count_in(lines);
    // SAFETY: a line is as large as the numbers in it (asserted there), so they fill the memory that is borrowed.
    unsafe { core::slice::from_raw_parts(lines.as_ptr().cast(), count) }
}

/// Returns the same to be written.
pub(crate) fn numbers_mut<T: Real>(lines: &mut [Line<T>]) -> &mut [T] {
    let count = count_in(lines);
    // SAFETY: likewise; nothing that is written into a number is no number.
    unsafe { core::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), count) }
}

fn count_in<T: Real>(lines: &[Line<T>]) -> usize {
    const { assert!(size_of::<Line<T>>() == size_of::<[T; LINE]>(), "nothing but numbers in a line") };
    lines.len() * LINE
}

/// Returns the same numbers where `B` is `A` by another name, which generic code cannot say.
#[inline(always)]
pub(crate) fn same<A: 'static, B: 'static>(numbers: &[A]) -> Option<&[B]> {
    let same = TypeId::of::<A>() == TypeId::of::<B>();
    // SAFETY: the types are one.
    same.then(|| unsafe { core::slice::from_raw_parts(numbers.as_ptr().cast(), numbers.len()) })
}

/// Returns the same to be written.
#[inline(always)]
pub(crate) fn same_mut<A: 'static, B: 'static>(numbers: &mut [A]) -> Option<&mut [B]> {
    let same = TypeId::of::<A>() == TypeId::of::<B>();
    // SAFETY: likewise.
    same.then(|| unsafe { core::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), numbers.len()) })
}

/// Prefetches `bytes` ahead of `values`, as many bytes as they fill; a mere hint, and none where the standard library has no
/// way to give it for the processor family.
#[inline(always)]
pub fn fetch_ahead<V>(values: &[V], bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        const LINE: usize = 64;
        let ahead = values.as_ptr().cast::<i8>().wrapping_add(bytes);
        for line in 0..size_of_val(values).div_ceil(LINE) {
            // SAFETY: a prefetch brings nothing into the program and faults at no address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(ahead.wrapping_add(line * LINE)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, bytes);
}

/// Asks the system for pages of 2 MiB under memory that nobody has touched yet; merely a hint, and none but on Linux.
///
/// In pages of 4 KiB a pass over a long vector takes up to a third longer; how much is a matter of which pages one gets.
pub(crate) fn prefer_large_pages<V>(memory: &mut [MaybeUninit<V>]) {
    #[cfg(target_os = "linux")]
    {
        const LARGE: usize = 2 << 20;
        let start = memory.as_mut_ptr().cast::<libc::c_void>();
        let before = start.align_offset(LARGE);
        if let Some(length) = size_of_val(memory).checked_sub(before).filter(|length| *length >= LARGE) {
            // SAFETY: the advice is about whole pages inside memory that is lent for writing, and leaves its contents.
            unsafe {
                libc::madvise(start.wrapping_byte_add(before), length / LARGE * LARGE, libc::MADV_HUGEPAGE)
            };
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = memory;
    }
}

/// Makes `count` copies of `value` the contents of an empty vector, on all threads, `piece` of them at a time.
///
/// The standard library and rayon fill a vector's room in a safe way only on one thread, or an element at a time, which
/// takes six times as long.
#[cfg(feature = "threads")]
pub(crate) fn fill_on_all_threads<V: Copy + Send + Sync>(
    memory: &mut Vec<V>,
    count: usize,
    value: V,
    piece: usize,
) {
    use rayon::prelude::*;
    memory.clear();
    memory.reserve(count);
    let room = &mut memory.spare_capacity_mut()[..count];
    room.par_chunks_mut(piece.max(1)).for_each(|piece| {
        for place in piece {
            place.write(value);
        }
    });
    // SAFETY: the loop above has written the first `count` elements, all there is room for in `room`.
    unsafe { memory.set_len(count) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_is_there() {
        for count in [0, 1, 1000, 1_000_003] {
            assert_eq!(filled(reserve(count).unwrap(), count, 0.5), vec![0.5; count]);
        }
    }

    #[test]
    fn memory_that_cannot_be_had_is_no_panic() {
        assert!(reserve::<[f64; 16]>(10_usize.pow(15)).is_none());
        assert!(reserve::<f64>(usize::MAX / 2).is_none());
    }
}
