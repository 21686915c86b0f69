//! A minimum on the edge of the allowed: no evaluation is ever made outside.
//!
//!     cargo run --release --example bounds
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{Error, Minimizer};

fn main() -> Result<(), Error> {
    // Time to bring x kilograms of supplies and y of water: more of either is slower, too little of both is no journey.
    // The square root does not exist below 0.
    let time = |point: &[f64], gradient: &mut [f64]| {
        let (x, y) = (point[0], point[1]);
        gradient[0] = 0.5 / x.sqrt() - 1.0 / (x * x);
        gradient[1] = 1.0 - 4.0 / (y * y);
        x.sqrt() + 1.0 / x + y + 4.0 / y
    };
    let outcome = Minimizer::new(time)
        .bounds([(0.5, 1.25), (0.5, f64::INFINITY)]) // y has no upper bound
        .start([0.0, 9.0]) // moved inside before the first evaluation
        .learning_rate(0.02)
        .gradient_tolerance(1e-8)
        .steps(20_000)
        .run()?;

    println!("{}", outcome.status);
    println!("f({:?}) = {}", outcome.best.point, outcome.best.value);
    println!("x lies on its bound: {}", outcome.best.point[0] == 1.25);
    Ok(())
}
