//! A training loop in f32: logistic regression on mini-batches, the gradients computed by hand.
//!
//!     cargo run --release --example training
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::random::Uniform;
use amsgrad::{AmsGrad, Dialect, Error, Optimizer, Schedule, WeightDecay};

const FEATURES: usize = 20;
const BATCH: usize = 32;

/// Points on either side of a hidden plane, one in twenty on the wrong one.
fn examples(count: usize, random: &mut Uniform) -> Vec<([f32; FEATURES], f32)> {
    let plane: [f32; FEATURES] = std::array::from_fn(|_| random.next() as f32 - 0.5);
    let one = |_| {
        let x: [f32; FEATURES] = std::array::from_fn(|_| 2.0 * random.next() as f32 - 1.0);
        let side = if dot(&x, &plane) > 0.0 { 1.0 } else { 0.0 };
        (x, if random.next() < 0.05 { 1.0 - side } else { side })
    };
    (0..count).map(one).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Mean loss of a batch; the gradient of weights and bias, the last parameter, is written.
fn loss(batch: &[&([f32; FEATURES], f32)], parameters: &[f32], gradients: &mut [f32]) -> f32 {
    gradients.fill(0.0);
    let share = 1.0 / batch.len() as f32;
    let mut total = 0.0;
    for (x, label) in batch {
        let score = dot(x, parameters) + parameters[FEATURES];
        let chance = 1.0 / (1.0 + (-score).exp());
        total += share * (score.max(0.0) - score * label + (-score.abs()).exp().ln_1p());
        let slope = share * (chance - label);
        for (gradient, x) in gradients.iter_mut().zip(x) {
            *gradient += slope * x;
        }
        gradients[FEATURES] += slope;
    }
    total
}

fn main() -> Result<(), Error> {
    let mut random = Uniform::numpy(1);
    let data = examples(4096, &mut random);

    let epochs = 10;
    let steps = (epochs * data.len() / BATCH) as u64;
    let rule = AmsGrad::new(Schedule::cosine(0.02, 0.0, steps).warm_up(20)).dialect(Dialect::Torch);
    let mut optimizer = Optimizer::new(rule).weight_decay(WeightDecay::Decoupled(0.01));
    let mut parameters = vec![0.0_f32; FEATURES + 1];
    let mut gradients = vec![0.0_f32; FEATURES + 1];

    let mut order: Vec<_> = data.iter().collect();
    for epoch in 1..=epochs {
        for last in (1..order.len()).rev() {
            order.swap(last, random.below(last + 1));
        }
        let mut mean = 0.0;
        for batch in order.chunks(BATCH) {
            mean += loss(batch, &parameters, &mut gradients) * BATCH as f32 / data.len() as f32;
            optimizer.step([(&mut parameters, &gradients)])?;
        }
        let right = |(x, label): &&([f32; FEATURES], f32)| {
            (dot(x, &parameters) + parameters[FEATURES] > 0.0) == (*label > 0.5)
        };
        let share = data.iter().filter(right).count() as f32 / data.len() as f32;
        println!("epoch {epoch:>2}: loss {mean:.4}, {:.1} % right", 100.0 * share);
    }
    println!("{} steps", optimizer.steps());
    Ok(())
}
