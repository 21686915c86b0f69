//! Gradients that must not go into a rule's memory, looked for before a step.

use core::ops::Range;

use super::machine::{Kernel, Target};
#[cfg(any(test, feature = "threads"))]
use super::pass::CHUNK;
use super::pass::load;
use crate::decay::Prepare;
use crate::number::{Number, Pack, Real};

/// The packs that prepared gradients are looked at in.
pub(crate) type Line<T> = Pack<T, 16>;

/// The index of the first number that is NaN or larger than `largest` by magnitude, found with the best instructions
/// and on all threads where that pays.
#[inline]
pub(crate) fn first_bad<T: Real>(numbers: &[T], largest: T) -> Option<usize> {
    if numbers.len() < 64 {
        return Numbers { numbers, largest }.run();
    }
    first_bad_as(numbers, largest, Target::best())
}

fn first_bad_as<T: Real>(numbers: &[T], largest: T, target: Target) -> Option<usize> {
    first(numbers.len(), target, |range| Numbers { numbers: part(numbers, range), largest })
}

/// The same for what `prepare` makes of gradients at `x`.
pub(crate) fn first_bad_slope<T: Real>(
    x: &[T],
    gradient: &[T],
    prepare: Prepare<Line<T>>,
    largest: T,
) -> Option<usize> {
    first(gradient.len(), Target::best(), |range| Slopes {
        x: part(x, range.clone()),
        gradient: part(gradient, range),
        prepare,
        largest,
    })
}

fn part<T>(numbers: &[T], range: Range<usize>) -> &[T] {
    numbers.get(range).unwrap_or_default()
}

/// The first place found in a range of so many, a part at a time on all threads where that pays.
fn first<K: Kernel<Output = Option<usize>>>(
    length: usize,
    target: Target,
    search: impl Fn(Range<usize>) -> K + Sync,
) -> Option<usize> {
    #[cfg(feature = "threads")]
    if length > CHUNK {
        use rayon::prelude::*;
        return (0..length.div_ceil(CHUNK)).into_par_iter().find_map_first(|chunk| {
            let from = chunk * CHUNK;
            target.run(search(from..length.min(from + CHUNK))).map(|i| from + i)
        });
    }
    target.run(search(0..length))
}

/// A NaN, which is in no order with anything, is bad.
#[inline(always)]
fn good<T: Real>(number: T, largest: T) -> bool {
    number.abs() <= largest
}

struct Numbers<'a, T> {
    numbers: &'a [T],
    largest: T,
}

impl<T: Real> Kernel for Numbers<'_, T> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run(self) -> Option<usize> {
        let good = |number: &T| good(*number, self.largest);
        let (blocks, _) = self.numbers.as_chunks::<64>();
        let whole =
            blocks.iter().position(|block| !block.iter().fold(true, |all, number| all & good(number)));
        let from = 64 * whole.unwrap_or(blocks.len());
        let rest = self.numbers.get(from..)?;
        rest.iter().position(|number| !good(number)).map(|i| from + i)
    }
}

struct Slopes<'a, T: Real> {
    x: &'a [T],
    gradient: &'a [T],
    prepare: Prepare<Line<T>>,
    largest: T,
}

impl<T: Real> Kernel for Slopes<'_, T> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run(self) -> Option<usize> {
        let width = Line::<T>::WIDTH;
        for (block, (x, gradient)) in self.x.chunks(width).zip(self.gradient.chunks(width)).enumerate() {
            let slopes = self.prepare.slope(load(x), load(gradient)).0;
            if !slopes.iter().fold(true, |all, slope| all & good(*slope, self.largest)) {
                // Lanes past the end count for nothing.
                let bad = slopes.iter().take(gradient.len()).position(|slope| !good(*slope, self.largest));
                if let Some(lane) = bad {
                    return Some(block * width + lane);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WeightDecay;
    use crate::decay::Preparation;
    use crate::rule::{AmsGrad, Rule};

    fn ordinary(length: usize) -> Vec<f32> {
        (0..length).map(|i| ((i * 7919) % 2003) as f32 / 1001.0 - 1.0).collect()
    }

    #[test]
    fn the_first_bad_number_is_found_wherever_it_is() {
        let baseline = Target::available().next().unwrap();
        for target in Target::available() {
            for length in (1..200).chain([CHUNK + 1, 2 * CHUNK + 3]) {
                let mut numbers = ordinary(length);
                let largest = AmsGrad::GRADIENT_LIMIT.largest::<f32>();
                assert_eq!(first_bad_as(&numbers, largest, target), None);
                for bad in [f32::NAN, f32::INFINITY, -f32::INFINITY, -largest.next_up()] {
                    let at = (length * 31 + bad.to_bits() as usize % 17) % length;
                    numbers[at] = bad;
                    numbers[length - 1] = f32::NAN;
                    assert_eq!(first_bad_as(&numbers, largest, target), Some(at));
                    assert_eq!(first_bad_as(&numbers, largest, baseline), first_bad(&numbers, largest));
                    numbers[at] = 0.0;
                    numbers[length - 1] = 0.0;
                }
            }
        }
    }

    #[test]
    fn the_first_bad_slope_is_found_wherever_it_is() {
        let largest = AmsGrad::GRADIENT_LIMIT.largest::<f32>();
        let preparation = Preparation { maximize: true, weight_decay: WeightDecay::L2(0.5), clip: None };
        let find = |x: &[f32], gradient: &[f32]| {
            preparation.first_bad_slope(x, gradient, largest).map(|(i, slope)| (i, slope.to_bits()))
        };
        for length in (1..70).chain([4099, 70_001]) {
            let (mut x, mut gradient) = (ordinary(length), ordinary(length));
            assert_eq!(find(&x, &gradient), None);
            let (early, late) = (length * 31 / 47, length - 1);
            x[late] = f32::INFINITY;
            assert_eq!(find(&x, &gradient), Some((late, f32::INFINITY.to_bits())), "{length}");
            gradient[early] = -largest * 1.5;
            x[early] = 1.0;
            assert_eq!(find(&x, &gradient).map(|(i, _)| i), Some(early), "{length}");
        }
    }
}
