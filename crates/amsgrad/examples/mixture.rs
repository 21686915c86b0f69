//! Shares of a whole: a mixture of dice that explains what was rolled, found on the probability simplex.
//!
//!     cargo run --release --example mixture
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{AmsGrad, Error, Minimizer, Simplex};

/// What each die shows how often: a fair one, one that likes 6, one that likes 1.
const DICE: [[f64; 6]; 3] =
    [[1.0 / 6.0; 6], [0.05, 0.05, 0.05, 0.05, 0.1, 0.7], [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]];
const ROLLED: [f64; 6] = [118.0, 86.0, 84.0, 86.0, 97.0, 329.0];

fn main() -> Result<(), Error> {
    // The negative log-likelihood, a roll; its gradient.
    let rolls: f64 = ROLLED.iter().sum();
    let outcome = Minimizer::new(|shares: &[f64], gradient: &mut [f64]| {
        gradient.fill(0.0);
        let mut value = 0.0;
        for (face, count) in ROLLED.iter().enumerate() {
            let chance: f64 = DICE.iter().zip(shares).map(|(die, share)| die[face] * share).sum();
            value -= count / rolls * chance.ln();
            for (slope, die) in gradient.iter_mut().zip(&DICE) {
                *slope -= count / rolls * die[face] / chance;
            }
        }
        value
    })
    .rule(AmsGrad::new(0.02))
    .within(Simplex::new(3)?)
    .start([1.0, 0.0, 0.0])
    .gradient_tolerance(1e-9)
    .steps(20_000)
    .run()?;

    println!("{}", outcome.status);
    for (name, share) in ["fair", "likes 6", "likes 1"].iter().zip(&outcome.best.point) {
        println!("{name:<8} {share:.4}");
    }
    println!("sum      {}", outcome.best.point.iter().sum::<f64>());
    Ok(())
}
