//! The same problem, settings and steps in every dialect: why it matters whose AMSGrad it is.
//!
//!     cargo run --release --example dialects
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{AmsGrad, Bounds, Dialect, Error, Minimizer, Schedule, Start};

/// The value of x^2 + y^2 after 100 steps from the tutorial's start.
fn left(rule: &AmsGrad) -> Result<f64, Error> {
    let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 2.0 * x[0];
        gradient[1] = 2.0 * x[1];
        x[0] * x[0] + x[1] * x[1]
    })
    .rule(rule.clone())
    .start(Start::numpy_legacy(1).over(Bounds::cube(2, -1.0, 1.0)?))
    .steps(100)
    .run()?;
    Ok(outcome.last.value)
}

fn main() -> Result<(), Error> {
    let common = AmsGrad::new(0.007).beta2(0.99);
    let mut rules = vec![("paper, beta1_t = 0.9^t (the tutorial)".to_owned(), AmsGrad::tutorial())];
    for dialect in Dialect::ALL {
        rules.push((format!("{dialect}, beta1 0.9"), common.clone().dialect(dialect)));
    }
    let mut decaying = common;
    decaying.learning_rate = Schedule::inverse_sqrt(0.007);
    rules.push(("paper, beta1 0.9, alpha / sqrt(t)".to_owned(), decaying));

    println!("f after 100 steps, beta2 0.99      with alpha 0.007      with the best of 81 alphas");
    for (name, rule) in rules {
        // From 0.0001 to 1 in steps of about 12 %.
        let rates = (0..=80).map(|i| 1e-4 * 10.0_f64.powf(f64::from(i) / 20.0));
        let mut best = (f64::INFINITY, 0.0);
        for rate in rates {
            let mut tried = rule.clone();
            tried.learning_rate = match rule.learning_rate {
                Schedule::InverseSqrt { .. } => Schedule::inverse_sqrt(rate),
                _ => Schedule::constant(rate),
            };
            let value = left(&tried)?;
            best = if value < best.0 { (value, rate) } else { best };
        }
        println!("  {name:<40}{:<12.1e}{:.1e} ({:.3})", left(&rule)?, best.0, best.1);
    }
    Ok(())
}
