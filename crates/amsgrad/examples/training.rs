//! A training loop in f32: logistic regression on mini-batches, the gradients computed by hand.
//!
//!     cargo run --release --example training
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::random::Uniform;
use amsgrad::{AmsGrad, Dialect, Error, Group, Optimizer, Schedule, WeightDecay};

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

/// Weights and bias of the model, or their gradient.
#[derive(Default)]
struct Model {
    weights: [f32; FEATURES],
    bias: [f32; 1],
}

impl Model {
    fn score(&self, x: &[f32; FEATURES]) -> f32 {
        dot(x, &self.weights) + self.bias[0]
    }
}

/// Returns the mean loss of a batch, and its gradient.
fn loss(batch: &[&([f32; FEATURES], f32)], model: &Model) -> (f32, Model) {
    let mut gradient = Model::default();
    let share = 1.0 / batch.len() as f32;
    let mut total = 0.0;
    for (x, label) in batch {
        let score = model.score(x);
        let chance = 1.0 / (1.0 + (-score).exp());
        total += share * (score.max(0.0) - score * label + (-score.abs()).exp().ln_1p());
        let slope = share * (chance - label);
        for (component, x) in gradient.weights.iter_mut().zip(x) {
            *component += slope * x;
        }
        gradient.bias[0] += slope;
    }
    (total, gradient)
}

fn main() -> Result<(), Error> {
    let mut random = Uniform::numpy(1);
    let data = examples(4096, &mut random);

    let epochs = 10;
    let steps = (epochs * data.len() / BATCH) as u64;
    let rule = AmsGrad::new(Schedule::cosine(0.02, 0.0, steps).warm_up(20)).dialect(Dialect::Torch);
    let mut optimizer = Optimizer::new(rule)
        .weight_decay(WeightDecay::Decoupled(0.01))
        .group(Group::tensor("bias", 1).weight_decay(WeightDecay::None));
    let mut model = Model::default();

    let mut order: Vec<_> = data.iter().collect();
    for epoch in 1..=epochs {
        for last in (1..order.len()).rev() {
            order.swap(last, random.below(last + 1));
        }
        let mut mean = 0.0;
        for batch in order.chunks(BATCH) {
            let (value, gradient) = loss(batch, &model);
            mean += value * BATCH as f32 / data.len() as f32;
            let weights = (&mut model.weights[..], &gradient.weights[..]);
            optimizer.step([weights, (&mut model.bias, &gradient.bias)])?;
        }
        let right = |(x, label): &&([f32; FEATURES], f32)| (model.score(x) > 0.0) == (*label > 0.5);
        let share = data.iter().filter(right).count() as f32 / data.len() as f32;
        let rate = optimizer.learning_rate();
        println!("epoch {epoch:>2}: loss {mean:.4}, {:.1} % right, learning rate {rate:.4}", 100.0 * share);
    }
    println!("{} steps", optimizer.steps());
    Ok(())
}
