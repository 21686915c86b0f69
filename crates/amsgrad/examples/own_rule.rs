//! An update rule of your own: its settings and one formula, which then runs in f32 and f64, on one number or on packs.
//!
//!     cargo run --release --example own_rule
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::error::SettingError;
use amsgrad::rule::{Clock, Rule};
use amsgrad::{AmsGrad, Error, Lane, Minimizer, Schedule};

/// Lion (Chen and others 2023): steps of one length, in the direction of a mean of gradients.
#[derive(Clone, Debug)]
struct Lion {
    learning_rate: Schedule,
    beta1: f64,
    beta2: f64,
}

impl Rule for Lion {
    const NAME: &'static str = "lion";
    const SLOTS: &'static [&'static str] = &["m"];
    type Memory<L: Lane> = [L; 1];
    type Coefficients<L: Lane> = [L; 5];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        Schedule::constant(self.beta1).validate_decay("beta1")?;
        Schedule::constant(self.beta2).validate_decay("beta2")
    }

    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 5] {
        [clock.value(&self.learning_rate), self.beta1, 1.0 - self.beta1, self.beta2, 1.0 - self.beta2]
    }

    fn step<L: Lane>([alpha, b1, one_less_b1, b2, one_less_b2]: [L; 5], x: L, g: L, [m]: &mut [L; 1]) -> L {
        let direction = b1 * *m + one_less_b1 * g;
        *m = (b2 * *m + one_less_b2 * g).flushed();
        direction.if_equal(L::number(0.0), x, x - alpha.copysign(direction))
    }
}

/// A long valley, 100 times as steep across as along.
fn valley(x: &[f64], gradient: &mut [f64]) -> f64 {
    gradient[0] = 2.0 * x[0];
    gradient[1] = 200.0 * x[1];
    x[0] * x[0] + 100.0 * x[1] * x[1]
}

fn main() -> Result<(), Error> {
    let schedule = Schedule::cosine(0.02, 0.0, 300);
    let lion = Lion { learning_rate: schedule.clone(), beta1: 0.9, beta2: 0.99 };
    let lion = Minimizer::new(valley).rule(lion).start([1.0, 1.0]).steps(300).run()?;
    let amsgrad = Minimizer::new(valley).rule(AmsGrad::new(schedule)).start([1.0, 1.0]).steps(300).run()?;
    println!("lion     f({:?}) = {:e}", lion.best.point, lion.best.value);
    println!("amsgrad  f({:?}) = {:e}", amsgrad.best.point, amsgrad.best.value);
    Ok(())
}
