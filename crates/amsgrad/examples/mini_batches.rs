//! A mean over examples, a mini-batch at a time: epochs, examples and steps are counted apart.
//!
//!     cargo run --release --example mini_batches
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::random::Uniform;
use amsgrad::{AmsGrad, Dialect, FiniteSum, Minimizer, Schedule};

const EXAMPLES: usize = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Noisy points on the parabola 2 t^2 - t + 0.5.
    let mut random = Uniform::numpy(3);
    let measured: Vec<(f64, f64)> = (0..EXAMPLES)
        .map(|_| {
            let t = 2.0 * random.next() - 1.0;
            (t, 2.0 * t * t - t + 0.5 + 0.2 * (random.next() - 0.5))
        })
        .collect();
    let mut sum = FiniteSum::new(EXAMPLES, |i, x: &[f64], gradient: &mut [f64]| {
        let (t, y) = measured[i];
        let error = x[0] * t * t + x[1] * t + x[2] - y;
        for (slope, power) in gradient.iter_mut().zip([t * t, t, 1.0]) {
            *slope += 2.0 * error * power;
        }
        error * error
    })?
    .batch(32)?
    .seed(1);

    let (epochs, steps) = (20, 20 * EXAMPLES.div_ceil(32) as u64);
    let rule = AmsGrad::new(Schedule::cosine(0.1, 0.0, steps)).dialect(Dialect::Torch);
    let outcome = Minimizer::new(&mut sum).rule(rule).start([0.0; 3]).epochs(epochs).run()?;

    println!("{}", outcome.status);
    let counts = outcome.counts;
    println!("{} epochs, {} steps, {} examples", counts.epochs, counts.steps, counts.examples);
    // A batch's best value is luck; the last point over all examples is what counts.
    let value = sum.full(&outcome.last.point, &mut [0.0; 3])?;
    println!("parabola {:.3?}, mean square {value:.5}", outcome.last.point);
    Ok(())
}
