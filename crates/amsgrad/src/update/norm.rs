//! The length of a gradient, summed over a fixed tree: the same bits with every instruction set and number of threads.

use super::pass::CHUNK;
use crate::dispatch::{Kernel, Target};
use crate::number::policy::maximum;
use crate::number::{Number, Pack, Real};
use crate::transform::GradientTransform;

/// How many sums are kept side by side.
const SUMS: usize = 16;

/// A Euclidean norm, `root * 2^exponent`: there is no gradient whose norm overflows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Norm {
    root: f64,
    /// `2^-exponent`.
    shrink: f64,
}

impl Norm {
    /// Computes the norm of all the numbers of `vectors` together, each of them after [`GradientTransform::clipped`];
    /// not finite where one of them is not.
    pub(crate) fn of<'a, T: Real>(
        vectors: impl Iterator<Item = &'a [T]> + Clone,
        transform: Option<&GradientTransform<T>>,
    ) -> Self {
        Self::with(vectors, transform, Target::best())
    }

    fn with<'a, T: Real>(
        vectors: impl Iterator<Item = &'a [T]> + Clone,
        transform: Option<&GradientTransform<T>>,
        target: Target,
    ) -> Self {
        let all = |shrink: f64| {
            let squares = |numbers| Squares { numbers, transform, shrink };
            vectors.clone().map(|numbers| sum(squares(numbers), target)).fold(0.0, |sum, part| sum + part)
        };
        let plain = all(1.0);
        // No square has overflowed, and those that underflowed do not show.
        if (1e-270..1e300).contains(&plain) {
            return Self { root: plain.sqrt(), shrink: 1.0 };
        }
        if plain.is_nan() {
            return Self { root: plain, shrink: 1.0 };
        }
        let clipped = |g: &T| transform.map_or(*g, |transform| transform.clipped(*g)).to_f64().abs();
        let most = vectors.clone().flatten().fold(0.0_f64, |most, g| maximum(most, clipped(g)));
        if most == 0.0 || !most.is_finite() {
            return Self { root: most, shrink: 1.0 };
        }
        let shrink = power_near(most);
        Self { root: all(shrink).sqrt(), shrink }
    }

    /// Returns the norm itself, which may overflow.
    pub(crate) fn value(self) -> f64 {
        self.root / self.shrink
    }

    /// Returns whether every number is finite.
    pub(crate) fn is_finite(self) -> bool {
        self.root.is_finite()
    }

    /// Returns what makes a vector of this norm one of norm `limit`, or 1 where it is no longer than that.
    pub(crate) fn shorten_to(self, limit: f64) -> f64 {
        let limit = limit * self.shrink;
        if self.root > limit { limit / self.root } else { 1.0 }
    }
}

/// Returns a power of two whose product with a finite number above 0 is from 1 up to 4, or nearly so for subnormal
/// ones.
fn power_near(number: f64) -> f64 {
    let exponent = (number.to_bits() >> 52).clamp(1, 2045);
    f64::from_bits((2046 - exponent) << 52)
}

/// The sum of the squares of some numbers, each transformed and multiplied by `shrink`.
struct Squares<'a, T> {
    numbers: &'a [T],
    transform: Option<&'a GradientTransform<T>>,
    shrink: f64,
}

/// Sums in halves, cut where a whole number of chunks ends.
fn sum<T: Real>(squares: Squares<'_, T>, target: Target) -> f64 {
    let Squares { numbers, transform, shrink } = squares;
    let middle = numbers.len().div_ceil(CHUNK) / 2 * CHUNK;
    if middle == 0 {
        return target.run(squares);
    }
    let (left, right) = numbers.split_at(middle);
    let half = |numbers| sum(Squares { numbers, transform, shrink }, target);
    #[cfg(feature = "threads")]
    let (left, right) = rayon::join(|| half(left), || half(right));
    #[cfg(not(feature = "threads"))]
    let (left, right) = (half(left), half(right));
    left + right
}

impl<T: Real> Kernel for Squares<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut sums = Pack([0.0_f64; SUMS]);
        let mut add = |block: &[T; SUMS]| {
            let clipped = match self.transform {
                Some(transform) => block.map(|g| transform.clipped(g)),
                None => *block,
            };
            let wide = Pack(clipped.map(T::to_f64)) * Pack::splat(self.shrink);
            sums = sums + wide * wide;
        };
        let (blocks, rest) = self.numbers.as_chunks::<SUMS>();
        blocks.iter().for_each(&mut add);
        let mut last = [T::default(); SUMS];
        last.iter_mut().zip(rest).for_each(|(last, number)| *last = *number);
        add(&last);
        let mut width = SUMS;
        while width > 1 {
            width /= 2;
            for i in 0..width {
                sums.0[i] += sums.0[i + width];
            }
        }
        sums.0[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::Transform;

    fn numbers<T: Real>(length: usize) -> Vec<T> {
        (0..length).map(|i| T::from_f64(((i * 7919) % 2003) as f64 / 1001.0 - 1.0)).collect()
    }

    fn norm<T: Real>(numbers: &[T]) -> f64 {
        Norm::of(core::iter::once(numbers), None).value()
    }

    #[test]
    fn known_lengths() {
        assert_eq!(norm(&[3.0_f64, -4.0]), 5.0);
        assert_eq!(norm(&[3.0_f32, -4.0]), 5.0);
        assert_eq!(norm::<f64>(&[]), 0.0);
        assert_eq!(norm(&vec![1.0_f32; 1 << 20]), 1024.0);
        let huge = 0.125 / f64::MIN_POSITIVE;
        assert_eq!(norm(&[3.0 * huge, 4.0 * huge]), 5.0 * huge);
        assert_eq!(norm(&[3e-320, 4e-320]), 5e-320);
        assert_eq!(norm(&[0.0, -0.0]), 0.0);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!Norm::of([&[1.0, bad, 2.0][..]].into_iter(), None).is_finite());
            assert!(!Norm::of([&[bad, 0.0][..]].into_iter(), None).is_finite());
        }
    }

    #[test]
    fn what_would_overflow_is_shortened_too() {
        let most = f64::MAX;
        let norm = Norm::of([&[most; 100][..]].into_iter(), None);
        assert!(norm.is_finite());
        let shorten = norm.shorten_to(1.0);
        assert!((shorten * most - 0.1).abs() < 1e-12, "{shorten}");
        assert_eq!(Norm::of([&[3.0, 4.0][..]].into_iter(), None).shorten_to(5.0), 1.0);
        assert_eq!(Norm::of([&[3.0, 4.0][..]].into_iter(), None).shorten_to(2.5), 0.5);
        assert_eq!(Norm::of([&[3e-200, 4e-200][..]].into_iter(), None).shorten_to(1.0), 1.0);
    }

    fn one_length_everywhere<T: Real>() {
        let clipping = Transform { scale: Some(3.0), clip_value: Some(0.5), ..Transform::default() };
        let transform = clipping.at::<T>(|| 0.0, 1.0);
        for length in (0..100).chain([CHUNK, CHUNK + 1, 5 * CHUNK + 13]) {
            let numbers = numbers::<T>(length + 1);
            for transform in [None, transform.as_ref()] {
                let norm =
                    |target| Norm::with(core::iter::once(&numbers[1..]), transform, target).root.to_bits();
                let mut found = Target::available().map(norm);
                let first = found.next();
                assert!(found.all(|norm| Some(norm) == first), "{length}");
            }
        }
    }

    #[test]
    fn the_same_bits_with_every_instruction_set() {
        one_length_everywhere::<f32>();
        one_length_everywhere::<f64>();
    }

    #[cfg(feature = "threads")]
    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        let numbers = numbers::<f32>(7 * CHUNK + 5);
        let expected = norm(&numbers).to_bits();
        for threads in 1..=5 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(pool.install(|| norm(&numbers)).to_bits(), expected, "{threads} threads");
        }
    }
}
