//! Fine-tuning: a trained layer stays as it is at first, while a new one learns with a rate and a weight decay of its own;
//! one gradient in fifty is far too large, and clipped.
//!
//!     cargo run --release --example groups
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::random::Uniform;
use amsgrad::{AmsGrad, Dialect, Error, Group, Optimizer, WeightDecay};

const HIDDEN: usize = 16;
/// y = sum of weight * tanh(slope * x + shift): slopes and shifts are the layer that was trained before.
const TRAINED: usize = 2 * HIDDEN;
const PARAMETERS: usize = TRAINED + HIDDEN + 1;

/// The squared error at one point; its gradient is written.
fn loss(parameters: &[f64], x: f64, gradients: &mut [f64]) -> f64 {
    let (slopes, rest) = parameters.split_at(HIDDEN);
    let (shifts, rest) = rest.split_at(HIDDEN);
    let (weights, bias) = rest.split_at(HIDDEN);
    let hidden: Vec<f64> = slopes.iter().zip(shifts).map(|(a, b)| (a * x + b).tanh()).collect();
    let y = bias[0] + weights.iter().zip(&hidden).map(|(w, h)| w * h).sum::<f64>();
    let error = y - (3.0 * x).sin();
    for (i, h) in hidden.iter().enumerate() {
        let before = 2.0 * error * weights[i] * (1.0 - h * h);
        gradients[i] = before * x;
        gradients[HIDDEN + i] = before;
        gradients[TRAINED + i] = 2.0 * error * h;
    }
    gradients[PARAMETERS - 1] = 2.0 * error;
    error * error
}

fn main() -> Result<(), Error> {
    let mut random = Uniform::numpy(1);
    let mut optimizer = Optimizer::new(AmsGrad::new(0.003).dialect(Dialect::Torch))
        .weight_decay(WeightDecay::Decoupled(1e-4))
        .clip_norm(5.0)
        .group(Group::new("trained", 0..TRAINED).learning_rate_factor(0.3).frozen())
        .group(Group::new("bias", PARAMETERS - 1..PARAMETERS).weight_decay(WeightDecay::None));

    let mut parameters: Vec<f64> = (0..PARAMETERS).map(|_| 4.0 * random.next() - 2.0).collect();
    parameters[TRAINED..].fill(0.0);
    let mut gradients = vec![0.0; PARAMETERS];
    let trained = parameters[..TRAINED].to_vec();

    let steps = 20_000;
    let mut mean = 0.0;
    for step in 1..=steps {
        if step == steps / 2 {
            println!("trained layer untouched so far: {}", parameters[..TRAINED] == trained);
            if let Some(group) = optimizer.group_mut("trained") {
                group.frozen = false;
            }
        }
        mean += loss(&parameters, 4.0 * random.next() - 2.0, &mut gradients) / 2500.0;
        if step % 50 == 0 {
            gradients.iter_mut().for_each(|gradient| *gradient *= 1e6);
        }
        optimizer.step([(&mut parameters, &gradients)])?;
        if step % 2500 == 0 {
            println!("step {step:>5}: mean squared error {mean:.5}");
            mean = 0.0;
        }
    }
    for apart in optimizer.state().apart {
        println!("parameters {:?} have made {} steps", apart.range, apart.step);
    }
    Ok(())
}
