//! Watches a run, writes some of it down, and ends it.
//!
//!     cargo run --release --example observe
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::ops::ControlFlow;

use amsgrad::{AmsGrad, Error, Minimizer, Patience, Record, Schedule};

fn main() -> Result<(), Error> {
    let himmelblau = |point: &[f64], gradient: &mut [f64]| {
        let (x, y) = (point[0], point[1]);
        let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
        gradient[0] = 4.0 * x * a + 2.0 * b;
        gradient[1] = 2.0 * a + 4.0 * y * b;
        a * a + b * b
    };

    println!("{:>6}  {:<44}{:<12}{:<12}learning rate", "step", "point", "value", "|gradient|");
    let outcome = Minimizer::new(himmelblau)
        .rule(AmsGrad::new(Schedule::exponential(0.2, 0.999)))
        .start([0.0, 0.0])
        // Whatever comes first ends the run.
        .steps(5000)
        .gradient_tolerance(1e-9)
        .patience(Patience { steps: 500, improvement: 0.0 })
        .record_history()
        .run_observed(|record: &Record<'_, f64>| {
            if record.step.is_multiple_of(50) {
                let point = format!("{:?}", record.point);
                let (value, norm) = (record.value, record.gradient_norm());
                let rate = record.learning_rate().map_or("-".to_owned(), |rate| format!("{rate:.4}"));
                println!("{:>6}  {point:<44}{value:<12.3e}{norm:<12.3e}{rate}", record.step);
            }
            // As good as this will do.
            if record.value < 1e-15 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;

    println!("{}: f({:?}) = {:e}", outcome.status, outcome.best.point, outcome.best.value);
    let falls = outcome.history.entries().windows(2).filter(|pair| pair[1].value < pair[0].value).count();
    println!("the value fell at {falls} of {} steps", outcome.counts.steps);
    Ok(())
}
