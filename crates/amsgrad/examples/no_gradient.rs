//! A function without a gradient: central differences, which keep inside the bounds.
//!
//!     cargo run --release --example no_gradient
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{Error, FiniteDifference, Minimizer};

/// How far short of 40 metres a ball falls that is thrown at this angle and speed, squared, and a little for the effort.
/// Air drags it, so its flight is computed in small steps and there is no formula to differentiate.
fn miss(throw: &[f64]) -> f64 {
    let (angle, speed) = (throw[0], throw[1]);
    let (mut x, mut y, mut vx, mut vy) = (0.0, 2.0, speed * angle.cos(), speed * angle.sin());
    let dt = 1e-3;
    loop {
        let drag = 0.01 * f64::hypot(vx, vy);
        let (before, height) = (x, y);
        (x, y) = (x + dt * vx, y + dt * vy);
        (vx, vy) = (vx - dt * drag * vx, vy - dt * (9.81 + drag * vy));
        if y < 0.0 {
            // Where it crosses the ground, between the last two points.
            let landed = before + (x - before) * height / (height - y);
            return (landed - 40.0) * (landed - 40.0) + 0.01 * speed * speed;
        }
    }
}

fn main() -> Result<(), Error> {
    let outcome = Minimizer::new(FiniteDifference::new(miss))
        .bounds([(0.1, 1.4), (1.0, 60.0)])
        .start([1.0, 10.0])
        .learning_rate(0.1)
        .gradient_tolerance(1e-5)
        .steps(20_000)
        .run()?;
    let [angle, speed] = outcome.best.point[..] else { return Ok(()) };
    println!("{}", outcome.status);
    println!("throw at {:.2} degrees with {speed:.3} m/s", angle.to_degrees());
    println!("{} values for {} steps", outcome.counts.values, outcome.counts.steps);
    Ok(())
}
