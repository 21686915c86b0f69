//! What the library asks of the machine beyond safe Rust: work compiled once for each instruction set, the best chosen when
//! running, and hints about memory.
//!
//! All unsafe code of the library is here. Calling a function that was compiled for an instruction set is unsafe
//! because it must not happen on a processor without it; the safe compiler offers no other way to use one. Hints change
//! nothing that a program can see, but are given through pointers.

#![allow(unsafe_code, reason = "functions compiled for an instruction set, and hints about memory")]

use core::mem::MaybeUninit;

/// Work to be compiled for every instruction set, for [`accelerate`].
///
/// The method and all it calls must be `inline(always)`: only what is inlined is compiled anew.
pub trait Kernel {
    /// What the work results in.
    type Output;

    /// Does it.
    fn run(self) -> Self::Output;
}

/// An instruction set that this processor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    /// What every processor of the family has: SSE2 on x86-64, NEON on 64-bit ARM.
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Target {
    /// Those this processor has, the best last.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn available() -> impl DoubleEndedIterator<Item = Self> {
        let avx2 = is_x86_feature_detected!("avx2");
        let avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq");
        let sets = [(Set::Baseline, true), (Set::Avx2, avx2), (Set::Avx512, avx2 && avx512)];
        sets.into_iter().filter(|(_, here)| *here).map(|(set, _)| Self(set))
    }

    /// Those this processor has, the best last.
    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn available() -> impl DoubleEndedIterator<Item = Self> {
        core::iter::once(Self(Set::Baseline))
    }

    /// The best this processor has. The processor is asked once in the life of a program.
    #[inline]
    pub(crate) fn best() -> Self {
        Self::available().next_back().unwrap_or(Self(Set::Baseline))
    }

    /// The name, as people call it.
    #[cfg(feature = "measure")]
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            Set::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "AVX-512",
        }
    }

    /// Does the work with these instructions. No fused multiply-add is among them: the bits are the same with all.
    #[inline(always)]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            Set::Baseline => kernel.run(),
            // SAFETY: targets are made by `available` alone, which found that the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: likewise AVX-512 F, VL and DQ.
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => unsafe { avx512(kernel) },
        }
    }
}

/// Does the work with the best instructions this processor has: loops over slices and operations on packs become vector
/// instructions of full width. The bits do not depend on the choice, as far as the work keeps to [`Number`](crate::Number).
///
/// ```
/// use amsgrad::{Kernel, Number, Pack, accelerate};
///
/// struct Norms<'a>(&'a [Pack<f64, 16>]);
///
/// impl Kernel for Norms<'_> {
///     type Output = Pack<f64, 16>;
///
///     #[inline(always)]
///     fn run(self) -> Pack<f64, 16> {
///         self.0.iter().fold(Pack::constant(0.0), |sum, x| sum + *x * *x).sqrt()
///     }
/// }
/// assert_eq!(accelerate(Norms(&[Pack::constant(3.0), Pack::constant(4.0)])), Pack::constant(5.0));
/// ```
#[inline]
pub fn accelerate<K: Kernel>(kernel: K) -> K::Output {
    Target::best().run(kernel)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// Keeps the compiler from making vectors across the packs of a loop, which it does badly: with gathers.
#[inline(always)]
pub(crate) fn apart() {
    core::hint::black_box(());
}

/// Asks for memory so many bytes ahead of `values`, as much of it as they fill; merely a hint, and none where the
/// processor family has no way to give it in the standard library.
///
/// In a loop over packs it has a second use: the compiler does not try to make vectors across the packs, which it does
/// badly.
#[inline(always)]
pub(crate) fn fetch_ahead<V>(values: &[V], bytes: usize) {
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
    {
        let _ = (values, bytes);
        apart();
    }
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

/// Makes so many copies of `value` the contents of an empty vector, on all threads, so many at a time.
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
