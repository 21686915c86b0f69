//! A function of one variable, sampled until its line is smooth; its poles neither set the scale
//! nor are they joined.

use crate::adaptive::frame::frame;
use crate::range::{Range, Scale};

mod frame;
mod samples;

use samples::{Function, Sample};

/// Samples of the first round, and the most in all.
const FIRST: usize = 1001;
const MOST: usize = 60_000;
/// How often an interval is halved at most: the last ones are narrower than doubles tell apart.
const ROUNDS: usize = 44;
/// How far the line may stray from the function, and how far it may jump at one place before it
/// is broken, in heights of the frame.
const STRAY: f64 = 4e-4;
const JUMP: f64 = 0.01;

/// The samples, and what the y axis should show.
pub(crate) struct Line {
    /// In order; a value that is not finite breaks the line.
    pub(crate) points: Vec<[f64; 2]>,
    pub(crate) y: Range,
}

/// Samples `f` over `x`. Returns None where it has no value that can be drawn.
pub(crate) fn line(x: Range, scales: [Scale; 2], f: impl FnMut(f64) -> f64) -> Option<Line> {
    let mut function = Function { x, scales, f };
    let mut samples: Vec<Sample> = (0..FIRST).map(|index| function.at(first_share(index))).collect();
    let (low, high) = frame(&samples, &mut function)?;
    let window = [low.level, high.level];
    let height = if low.level < high.level { high.level - low.level } else { 1.0 };
    let shown = |level: f64| level.clamp(window[0] - height, window[1] + height) / height;

    let mut active = vec![true; samples.len() - 1];
    for round in 0..ROUNDS {
        let mut next = (Vec::with_capacity(2 * samples.len()), Vec::with_capacity(2 * active.len()));
        for (pair, &active) in samples.windows(2).zip(&active) {
            next.0.push(pair[0]);
            let [a, b] = [pair[0], pair[1]];
            let middle = a.share + (b.share - a.share) / 2.0;
            if !active || samples.len() + next.0.len() / 2 > MOST || middle <= a.share || middle >= b.share {
                next.1.push(false);
                continue;
            }
            let sample = function.at(middle);
            let stray = (shown(sample.level) - (shown(a.level) + shown(b.level)) / 2.0).abs();
            let blank = [a, sample, b].map(|sample| sample.level.is_nan());
            let smooth = if blank.contains(&true) { blank == [true; 3] } else { stray <= STRAY };
            let go_on = round == 0 || !smooth;
            next.0.push(sample);
            next.1.extend([go_on; 2]);
        }
        next.0.extend(samples.last());
        (samples, active) = next;
        if !active.contains(&true) {
            break;
        }
    }
    let mut points = Vec::with_capacity(samples.len());
    for (index, sample) in samples.iter().enumerate() {
        points.push([sample.x, if sample.level.is_nan() { f64::NAN } else { sample.value }]);
        if let Some(next) = samples.get(index + 1) {
            let narrow = next.share - sample.share < 1e-9;
            if narrow && (shown(next.level) - shown(sample.level)).abs() > JUMP {
                points.push([sample.x, f64::NAN]);
            }
        }
    }
    Some(Line { points, y: Range { low: low.value, high: high.value } })
}

/// Returns shares that are nearly even, but not even enough to follow the waves of the function.
fn first_share(index: usize) -> f64 {
    let inside = index > 0 && index + 1 < FIRST;
    let golden = index as f64 * 0.618_033_988_749_895;
    let shift = if inside { 0.5 * (golden - golden.floor() - 0.5) } else { 0.0 };
    (index as f64 + shift) / (FIRST - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(low: f64, high: f64, f: impl FnMut(f64) -> f64) -> Line {
        line(Range { low, high }, [Scale::Linear; 2], f).unwrap()
    }

    /// Pairs of neighbors that are joined.
    fn joined(line: &Line) -> impl Iterator<Item = [[f64; 2]; 2]> {
        line.points
            .windows(2)
            .map(|pair| [pair[0], pair[1]])
            .filter(|[a, b]| a[1].is_finite() && b[1].is_finite())
    }

    #[test]
    fn poles_are_not_joined_and_do_not_set_the_scale() {
        for (f, low, high) in [
            (f64::tan as fn(f64) -> f64, -5.0, 5.0),
            (|x| 1.0 / x, -1.0, 1.0),
            (|x| 1.0 / x, -1.0, 2.0),
            (|x| 1.0 / x, 0.0, 1.0),
            (|x| 1.0 / (x * x * x), -3.0, 3.0),
        ] {
            let line = sampled(low, high, f);
            assert!(line.y.low > -1e3 && line.y.high < 1e3, "{:?}", line.y);
            let crossing = |[a, b]: [[f64; 2]; 2]| {
                (a[1] < line.y.low && b[1] > line.y.high) || (a[1] > line.y.high && b[1] < line.y.low)
            };
            assert!(!joined(&line).any(crossing));
            // It leaves the frame where the pole is.
            assert!(line.points.iter().any(|point| point[1] > line.y.high));
        }
    }

    #[test]
    fn peaks_and_steep_ends_are_shown_whole() {
        for (f, low, high, top) in [
            (f64::exp as fn(f64) -> f64, -5.0, 10.0, 22026.0),
            (|x| (-1e4 * x * x).exp(), -1.0, 1.3, 0.95),
            (|x| x.powi(8), -3.0, 3.0, 6561.0),
            (|x: f64| x * x * (1e3 * x).sin(), -3.0, 3.0, 8.3),
        ] {
            let found = sampled(low, high, f).y.high;
            assert!(found >= top, "{found} below {top}");
        }
    }

    #[test]
    fn the_line_is_smooth_and_steps_are_broken() {
        let wave = sampled(-10.0, 10.0, |x| x * (50.0 * x).sin());
        for [a, b] in joined(&wave) {
            let x = a[0] + 0.37 * (b[0] - a[0]);
            let error = x * (50.0 * x).sin() - (a[1] + 0.37 * (b[1] - a[1]));
            assert!(error.abs() < 0.02 * 20.0, "{error} at {x}");
        }
        assert!(wave.points.len() < MOST + FIRST);
        let steps = sampled(0.0, 4.0, f64::floor);
        assert!(joined(&steps).all(|[a, b]| a[1] == b[1]));
        let log = sampled(-1.0, 5.0, f64::ln);
        assert_eq!((log.points[0][0], log.points[log.points.len() - 1][0]), (-1.0, 5.0));
        let first = log.points.iter().find(|point| point[1].is_finite()).unwrap();
        assert!(first[0] < 1e-3);
    }

    #[test]
    fn anything_is_sampled_in_bounded_time() {
        let inputs: [(f64, f64, fn(f64) -> f64); 7] = [
            (-1.0, 1.0, |x| (1.0 / x).sin()),
            (-1.0, 1.0, |x| if x.to_bits() % 2 == 0 { 1.0 } else { f64::NAN }),
            (1.0, 1.0 + f64::EPSILON, |x| x),
            (0.0, 1.0, |_| f64::MAX),
            (-1e308, 0.7e308, |x| x),
            (-1.0, 1.0, |x| if x < 0.0 { -f64::MAX } else { f64::MAX }),
            (-1e6, 1e6, |x| (x * 1e3).tan()),
        ];
        for (low, high, f) in inputs {
            let mut count = 0;
            let line = sampled(low, high, |x| {
                count += 1;
                f(x)
            });
            assert!(count < 400_000 && line.points.len() < 2 * MOST + FIRST, "{count}");
            assert!(line.y.low.is_finite() && line.y.high.is_finite());
        }
        assert!(line(Range { low: 0.0, high: 1.0 }, [Scale::Linear; 2], |_| f64::NAN).is_none());
    }
}
