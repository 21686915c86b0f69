//! Learning rates that change with the step: how they look, and what they leave of the way on a noisy slope.
//!
//!     cargo run --release --example schedules
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::random::Uniform;
use amsgrad::{AmsGrad, Error, Minimizer, Schedule};

const STEPS: u64 = 2000;
const RUNS: u64 = 20;

/// How far from the minimum of a bowl a run ends, where the gradient is known only up to noise.
fn distance_left(learning_rate: &Schedule, seed: u64) -> Result<f64, Error> {
    let mut noise = Uniform::numpy(seed);
    let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
        for (x, slope) in x.iter().zip(gradient) {
            *slope = 2.0 * (x - 1.0) + 10.0 * (noise.next() - 0.5);
        }
        x.iter().map(|x| (x - 1.0) * (x - 1.0)).sum::<f64>()
    })
    .rule(AmsGrad::new(learning_rate.clone()))
    .start([-4.0, 6.0])
    .steps(STEPS)
    .run()?;
    Ok(outcome.last.value.sqrt())
}

fn main() -> Result<(), Error> {
    let schedules = [
        Schedule::constant(0.2),
        Schedule::inverse_sqrt(0.2),
        Schedule::inverse(0.2),
        Schedule::exponential(0.2, 0.998),
        Schedule::cosine(0.2, 0.0, STEPS),
        Schedule::linear(0.2, 0.0, STEPS).warm_up(50),
        Schedule::piecewise([(1, 0.2), (500, 0.02), (1500, 0.002)]),
    ];
    println!(
        "{:<48}{:>8}{:>9}{:>10}{:>16}",
        "learning rate", "t = 1", "t = 500", "t = 2000", "distance left"
    );
    for schedule in &schedules {
        let runs =
            (0..RUNS).map(|seed| distance_left(schedule, seed)).collect::<Result<Vec<f64>, Error>>()?;
        let mean = runs.iter().sum::<f64>() / RUNS as f64;
        let [first, middle, end] = [1, 500, STEPS].map(|step| schedule.at(step));
        println!("{:<48}{first:>8.4}{middle:>9.4}{end:>10.4}{mean:>16.4}", schedule.to_string());
    }
    Ok(())
}
