//! A gradient with a slip in it, found before the run, with its likely cause.
//!
//!     cargo run --release --example gradient_check
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{Error, GradientCheck, Minimizer};

fn main() -> Result<(), Error> {
    // The mean of squares over three measured points; the gradient forgets to divide by three.
    let measured = [(0.0, 1.0), (1.0, 2.5), (2.0, 3.5)];
    let mut slipped = |x: &[f64], gradient: &mut [f64]| {
        gradient.fill(0.0);
        let mut value = 0.0;
        for (t, y) in measured {
            let error = x[0] * t + x[1] - y;
            value += error * error / 3.0;
            gradient[0] += 2.0 * error * t;
            gradient[1] += 2.0 * error;
        }
        value
    };
    println!("by itself:\n{}", GradientCheck::default().run(&mut slipped, &[0.5, 0.5])?);

    let run = Minimizer::new(slipped)
        .learning_rate(0.001)
        .start([0.5, 0.5])
        .check_gradient(GradientCheck::default())
        .run()?;
    println!("\nbefore a run: {}", run.status);
    println!("{:?}", run.gradient_check.and_then(|report| report.cause));
    Ok(())
}
