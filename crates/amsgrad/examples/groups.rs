//! Fine-tuning: a trained layer stays as it is at first, while a new one learns with a rate and a weight decay of its own;
//! one gradient in fifty is far too large, and clipped.
//!
//!     cargo run --release --example groups
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::random::Uniform;
use amsgrad::{AmsGrad, Dialect, Error, Group, Optimizer, WeightDecay};

const HIDDEN: usize = 16;

/// y = bias + sum of weight * tanh(slope * x + shift), or its gradient; slopes and shifts are the trained layer.
struct Network {
    slopes: Vec<f64>,
    shifts: Vec<f64>,
    weights: Vec<f64>,
    bias: [f64; 1],
}

/// Returns the squared error at one point, and its gradient.
fn loss(network: &Network, x: f64) -> (f64, Network) {
    let Network { slopes, shifts, weights, bias } = network;
    let hidden: Vec<f64> = slopes.iter().zip(shifts).map(|(a, b)| (a * x + b).tanh()).collect();
    let y = bias[0] + weights.iter().zip(&hidden).map(|(w, h)| w * h).sum::<f64>();
    let error = y - (3.0 * x).sin();
    let shifts: Vec<f64> =
        weights.iter().zip(&hidden).map(|(w, h)| 2.0 * error * w * (1.0 - h * h)).collect();
    let slopes = shifts.iter().map(|shift| shift * x).collect();
    let weights = hidden.iter().map(|h| 2.0 * error * h).collect();
    (error * error, Network { slopes, shifts, weights, bias: [2.0 * error] })
}

fn main() -> Result<(), Error> {
    let mut random = Uniform::numpy(1);
    let mut optimizer = Optimizer::new(AmsGrad::new(0.003).dialect(Dialect::Torch))
        .weight_decay(WeightDecay::Decoupled(1e-4))
        .clip_norm(5.0)
        // The first two tensors of `step` below, as a range of all parameters, and the fourth.
        .group(Group::new("trained", 0..2 * HIDDEN).learning_rate_factor(0.3).frozen())
        .group(Group::tensor("bias", 3).weight_decay(WeightDecay::None));

    let mut layer = || (0..HIDDEN).map(|_| 4.0 * random.next() - 2.0).collect::<Vec<f64>>();
    let mut network = Network { slopes: layer(), shifts: layer(), weights: vec![0.0; HIDDEN], bias: [0.0] };
    let trained = (network.slopes.clone(), network.shifts.clone());

    let steps = 20_000;
    let mut mean = 0.0;
    for step in 1..=steps {
        if step == steps / 2 {
            let untouched = (&network.slopes, &network.shifts) == (&trained.0, &trained.1);
            println!("trained layer untouched so far: {untouched}");
            if let Some(group) = optimizer.group_mut("trained") {
                group.frozen = false;
            }
        }
        let (error, mut gradient) = loss(&network, 4.0 * random.next() - 2.0);
        mean += error / 2500.0;
        if step % 50 == 0 {
            let Network { slopes, shifts, weights, bias } = &mut gradient;
            let all = slopes.iter_mut().chain(shifts).chain(weights).chain(bias);
            all.for_each(|component| *component *= 1e6);
        }
        optimizer.step([
            (&mut network.slopes[..], &gradient.slopes[..]),
            (&mut network.shifts, &gradient.shifts),
            (&mut network.weights, &gradient.weights),
            (&mut network.bias, &gradient.bias),
        ])?;
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
