//! Mini-batches: logistic regression on examples drawn once, with several schedules.

use amsgrad::random::Uniform;
use amsgrad::rule::Rule;
use amsgrad::{Error, FiniteSum, Minimizer, Schedule};

use crate::RATES;

pub(crate) const TITLE: &str = "### Mini-batches, by schedule\n
Logistic regression with 20 weights, whose inputs differ in size by up to 100 times, on 2000 examples in batches of 32,
30 epochs: how far the loss over all examples is above the least, mean of 5 orders, at the learning rate in brackets,
the best of those tried:";

const EXAMPLES: usize = 2000;
const WEIGHTS: usize = 20;
const BATCH: usize = 32;
const EPOCHS: u64 = 30;

/// Returns a schedule from this learning rate on, for the number of steps.
type Over = fn(f64, u64) -> Schedule;

const SCHEDULES: [(&str, Over); 4] = [
    ("constant", |rate, _| rate.into()),
    ("1/sqrt(t)", |rate, _| Schedule::inverse_sqrt(rate)),
    ("linear to 0", |rate, steps| Schedule::linear(rate, 0.0, steps)),
    ("cosine to 0", |rate, steps| Schedule::cosine(rate, 0.0, steps)),
];

pub(crate) fn names() -> Vec<String> {
    SCHEDULES.iter().map(|(name, _)| (*name).into()).collect()
}

/// Inputs and label of every example.
type Data = Vec<([f64; WEIGHTS], f64)>;

fn data() -> Data {
    let mut stream = Uniform::numpy(1);
    let mut normal = || (0..12).map(|_| stream.next()).sum::<f64>() - 6.0;
    let truth: [f64; WEIGHTS] = core::array::from_fn(|_| normal());
    let example = |_| {
        let input =
            core::array::from_fn(|i| normal() * libm::pow(10.0, -2.0 * i as f64 / (WEIGHTS - 1) as f64));
        let score: f64 = input.iter().zip(truth).map(|(a, b)| a * b).sum();
        (input, if score + normal() > 0.0 { 1.0 } else { 0.0 })
    };
    (0..EXAMPLES).map(example).collect()
}

/// The loss of an example: ln(1 + exp(score)) - label score.
fn logistic((input, label): &([f64; WEIGHTS], f64), weights: &[f64], gradient: &mut [f64]) -> f64 {
    let score: f64 = input.iter().zip(weights).map(|(a, b)| a * b).sum();
    let tail = libm::exp(-score.abs());
    let probability = if score < 0.0 { tail / (1.0 + tail) } else { 1.0 / (1.0 + tail) };
    for (slope, a) in gradient.iter_mut().zip(input) {
        *slope += (probability - label) * a;
    }
    score.max(0.0) + libm::log1p(tail) - label * score
}

pub(crate) fn excess<R: Rule>(rule: &impl Fn(Schedule) -> R) -> Result<Vec<String>, Error> {
    let data = data();
    let example = |i: usize, x: &[f64], gradient: &mut [f64]| logistic(&data[i], x, gradient);
    let all = FiniteSum::new(EXAMPLES, example)?;
    let least = crate::curved::least(all, WEIGHTS);
    let steps = EPOCHS * EXAMPLES.div_ceil(BATCH) as u64;
    let end = |schedule: Schedule, seed: u64| -> Result<f64, Error> {
        let mut sum = FiniteSum::new(EXAMPLES, example)?.batch(BATCH)?.seed(seed);
        let outcome =
            Minimizer::new(&mut sum).rule(rule(schedule)).start([0.0; WEIGHTS]).epochs(EPOCHS).run()?;
        Ok(sum.full(&outcome.last.point, &mut [0.0; WEIGHTS]).unwrap_or(f64::NAN) - least)
    };
    let mut cells = Vec::new();
    for (_, schedule) in SCHEDULES {
        let mut best = (f64::INFINITY, f64::NAN);
        for rate in RATES.into_iter().chain([30.0, 100.0]) {
            let ends: Result<Vec<f64>, Error> =
                (1..=5).map(|seed| end(schedule(rate, steps), seed)).collect();
            let mean = ends?.iter().sum::<f64>() / 5.0;
            if mean < best.0 {
                best = (mean, rate);
            }
        }
        cells.push(format!("{:.1e} ({})", best.0, best.1));
    }
    Ok(cells)
}
