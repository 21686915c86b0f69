//! Work compiled once per instruction set, the best one chosen at run time.
//!
//! Calling a function that was compiled for an instruction set is unsafe because it must not happen on a processor without
//! it; the safe compiler offers no other way to use one.

#![allow(unsafe_code, reason = "functions compiled for an instruction set")]

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
pub struct Target(Set);

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
    /// Returns those this processor has, the best last.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn available() -> impl DoubleEndedIterator<Item = Self> {
        let avx2 = is_x86_feature_detected!("avx2");
        let avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq");
        let sets = [(Set::Baseline, true), (Set::Avx2, avx2), (Set::Avx512, avx2 && avx512)];
        sets.into_iter().filter(|(_, here)| *here).map(|(set, _)| Self(set))
    }

    /// Returns those this processor has, the best last.
    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn available() -> impl DoubleEndedIterator<Item = Self> {
        core::iter::once(Self(Set::Baseline))
    }

    /// Returns the best this processor has. The processor is asked once in the life of a program.
    #[inline]
    pub(crate) fn best() -> Self {
        #[cfg(any(test, feature = "conformance"))]
        if let Some(target) = CHOSEN.get() {
            return target;
        }
        Self::available().next_back().unwrap_or(Self(Set::Baseline))
    }

    /// Returns the name, as people call it.
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
            Set::Baseline => baseline(kernel),
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

/// The instructions that a loop over numbers in registers is compiled for.
pub(crate) trait Instructions {
    /// Does the work with them.
    fn run<K: Kernel>(kernel: K) -> K::Output;
}

/// The best that the processor has. Without optimization there is nothing to gain, and much to compile.
pub(crate) struct Best;

/// What every processor of the family has.
pub(crate) struct Baseline;

impl Instructions for Best {
    #[inline(always)]
    fn run<K: Kernel>(kernel: K) -> K::Output {
        #[cfg(debug_assertions)]
        return kernel.run();
        #[cfg(not(debug_assertions))]
        accelerate(kernel)
    }
}

impl Instructions for Baseline {
    #[inline(always)]
    fn run<K: Kernel>(kernel: K) -> K::Output {
        kernel.run()
    }
}

/// Returns the name of the instruction set that [`accelerate`] uses on this processor.
///
/// ```
/// assert!(["baseline", "AVX2", "AVX-512"].contains(&amsgrad::instruction_set()));
/// ```
#[must_use]
pub fn instruction_set() -> &'static str {
    Target::best().name()
}

#[cfg(any(test, feature = "conformance"))]
thread_local! {
    /// The instruction set that this thread uses in place of the best one.
    static CHOSEN: core::cell::Cell<Option<Target>> = const { core::cell::Cell::new(None) };
}

/// Does the work with `target` in place of the best instruction set, as far as it runs on this thread.
#[cfg(any(test, feature = "conformance"))]
pub(crate) fn with_target<O>(target: Target, work: impl FnOnce() -> O) -> O {
    let before = CHOSEN.replace(Some(target));
    let output = work();
    CHOSEN.set(before);
    output
}

/// A function of its own, or the work would be compiled once more wherever it is asked for.
#[inline(never)]
fn baseline<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
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
