//! An update rule of your own: its settings and one formula, which then runs in f32 and f64, in single runs, in batches and
//! in training loops.
//!
//!     cargo run --release --example own_rule
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::number::policy::quotient;
use amsgrad::{AmsGrad, AnyRule, Error, Minimizer, Optimizer, Problem, Schedule, Starts};

amsgrad::rule! {
    /// Lion (Chen and others 2023): steps of one length, in the direction of a mean of gradients.
    pub struct Lion = "lion" {
        /// alpha: finite, 0 or more.
        learning_rate = 1e-4,
        /// Share of the mean in the direction.
        beta1: f64 [Decay] = 0.9,
        /// Decay of the mean.
        beta2: f64 [Decay] = 0.99,
    }
    source: "Chen and others 2023";
    formula: "\
x = x - alpha_t * sign(beta1 * m + (1 - beta1) * g)
m = beta2 * m + (1 - beta2) * g";
    gradients: Magnitude;
    memory: m;
    coefficients(self, clock): alpha, beta1, one_minus_beta1, beta2, one_minus_beta2;
    {
        let (alpha, beta1, beta2) = (clock.value(&self.learning_rate), self.beta1, self.beta2);
        let (one_minus_beta1, one_minus_beta2) = (1.0 - beta1, 1.0 - beta2);
    }
    step(x, g): {
        let direction = beta1 * *m + one_minus_beta1 * g;
        *m = beta2 * *m + one_minus_beta2 * g;
        x - alpha * quotient(direction, direction.abs())
    }
    weight: { N::constant(1.0) }
}

/// A long valley, 100 times as steep across as along.
fn valley(x: &[f64], gradient: &mut [f64]) -> f64 {
    gradient[0] = 2.0 * x[0];
    gradient[1] = 200.0 * x[1];
    x[0] * x[0] + 100.0 * x[1] * x[1]
}

fn main() -> Result<(), Error> {
    let schedule = Schedule::cosine(0.02, 0.0, 300);
    let lion = Lion::new(schedule.clone());
    let lion = Minimizer::new(valley).rule(lion).start([1.0, 1.0]).steps(300).run()?;
    let amsgrad = Minimizer::new(valley).rule(AmsGrad::new(schedule)).start([1.0, 1.0]).steps(300).run()?;
    println!("lion     f({:?}) = {:e}", lion.best.point, lion.best.value);
    println!("amsgrad  f({:?}) = {:e}", amsgrad.best.point, amsgrad.best.value);

    // From many starts at once, with settings read from text.
    let mut rule = AnyRule::new(Lion::default());
    rule.set("learning_rate", "cosine(0.02, 0, 2000)")?;
    let problem = Problem::named("himmelblau", 2)?;
    let batch = Minimizer::new(problem)
        .within(problem.domain())
        .rule(rule)
        .steps(2000)
        .run_batch::<f64>(&Starts::random(100, 1))?;
    let found = batch.iter().filter(|run| run.best_value < 1e-6).count();
    println!("himmelblau: {found} of {} starts find a minimum", batch.len());

    // In a training loop in f32.
    let mut optimizer = Optimizer::new(Lion::new(1e-3));
    let (mut weights, mut bias) = ([1.0_f32, -1.0], [0.5]);
    for _ in 0..1000 {
        let gradient = weights.map(|x| 2.0 * x);
        let bias_gradient = bias.map(|x| 2.0 * x);
        optimizer.step([(&mut weights[..], &gradient[..]), (&mut bias, &bias_gradient)])?;
    }
    println!("weights {weights:?}, bias {bias:?}");
    Ok(())
}
