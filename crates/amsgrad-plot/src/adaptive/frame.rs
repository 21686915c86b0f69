//! Which values a curve's axis should show: all of them, but for what grows without end.

use super::samples::{Function, Sample};

/// How far beyond the middle four fifths of the values the frame reaches for certain, in widths of those.
const BEYOND: f64 = 0.5;
/// What grows by this much between two samples has a pole there.
const GROWTH: f64 = 1e4;
/// The most places that are searched for a pole; where there are more, the others are taken for poles.
const MOST_SEARCHED: usize = 300;

/// Returns the lowest and the highest sample that should be seen.
pub(super) fn frame(
    samples: &[Sample],
    function: &mut Function<impl FnMut(f64) -> f64>,
) -> Option<(Sample, Sample)> {
    let mut sorted: Vec<f64> =
        samples.iter().map(|sample| sample.level).filter(|level| level.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let part = |tenths: usize| sorted.get((sorted.len().saturating_sub(1)) * tenths / 10).copied();
    let (low, middle, high) = (part(1)?, part(5)?, part(9)?);
    let width = high - low;
    let usual = |sample: &Sample| {
        width == 0.0 || (low - BEYOND * width..=high + BEYOND * width).contains(&sample.level)
    };
    let away = |sample: Sample| {
        let distance = (sample.level - middle).abs();
        if distance.is_nan() { -1.0 } else { distance }
    };
    let mut searched = 0;
    let mut grows = |samples: &[Sample], index: usize| {
        let ends = [index.saturating_sub(1), (index + 1).min(samples.len() - 1)];
        let peak = away(samples[index]);
        if peak.is_infinite() {
            return true;
        }
        if ends.iter().any(|&end| away(samples[end]) > peak) {
            return false;
        }
        searched += 1;
        if searched > MOST_SEARCHED {
            return true;
        }
        let [mut left, mut right] = ends.map(|end| samples[end].share);
        while right - left > 1e-17 {
            let third = (right - left) / 3.0;
            let [one, two] = [left + third, right - third].map(|share| away(function.at(share)));
            if one.max(two) >= GROWTH * peak {
                return true;
            }
            let before = (left, right);
            if one < two {
                left += third
            } else {
                right -= third
            }
            if before == (left, right) {
                break;
            }
        }
        false
    };

    let mut kept = vec![true; samples.len()];
    let mut index = 0;
    while index < samples.len() {
        let length = samples[index..].iter().take_while(|sample| !usual(sample)).count();
        let run = index..index + length;
        if run.clone().any(|index| !samples[index].level.is_nan() && grows(samples, index)) {
            kept[run].fill(false);
        }
        index += length.max(1);
    }
    let kept = || {
        let kept = samples.iter().zip(&kept).filter(|(sample, kept)| **kept && sample.level.is_finite());
        kept.map(|(sample, _)| *sample)
    };
    let by_level = |a: &Sample, b: &Sample| a.level.total_cmp(&b.level);
    Some((kept().min_by(by_level)?, kept().max_by(by_level)?))
}
