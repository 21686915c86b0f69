//! Finds the minimum of Rosenbrock's banana and reads the outcome.
//!
//!     cargo run --release --example first_run
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{Error, Minimizer, Status};

fn main() -> Result<(), Error> {
    let outcome = Minimizer::new(|point: &[f64], gradient: &mut [f64]| {
        let (x, y) = (point[0], point[1]);
        let (a, b) = (1.0 - x, y - x * x);
        gradient[0] = -2.0 * a - 400.0 * x * b;
        gradient[1] = 200.0 * b;
        a * a + 100.0 * b * b
    })
    .start([-1.2, 1.0])
    .learning_rate(0.05)
    .gradient_tolerance(1e-6)
    .steps(100_000)
    .run()?;

    match &outcome.status {
        Status::Converged { .. } => println!("{}", outcome.status),
        other => println!("not converged: {other}"),
    }
    println!("f({:?}) = {:e}", outcome.best.point, outcome.best.value);
    println!("{} steps, {} evaluations", outcome.counts.steps, outcome.counts.values);
    Ok(())
}
