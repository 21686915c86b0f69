//! A run in two halves, joined through a saved state, equals the whole to the last bit.
//!
//!     cargo run --release --example resume
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{AmsGrad, Dialect, Error, Optimizer, Schedule, State};

fn rule() -> AmsGrad {
    AmsGrad::new(Schedule::cosine(0.05, 0.001, 300)).dialect(Dialect::Torch)
}

fn walk(optimizer: &mut Optimizer<AmsGrad, f32>, parameters: &mut [f32], steps: usize) -> Result<(), Error> {
    for _ in 0..steps {
        let gradients: Vec<f32> = parameters.iter().map(|x| x * x * x - x).collect();
        optimizer.step(parameters, &gradients)?;
    }
    Ok(())
}

fn main() -> Result<(), Error> {
    let start = vec![0.3_f32, -2.0, 0.01];

    let mut whole = start.clone();
    walk(&mut Optimizer::new(rule()), &mut whole, 300)?;

    let mut parts = start;
    let mut first = Optimizer::new(rule());
    walk(&mut first, &mut parts, 100)?;
    // Plain numbers under names: a step count, the product of beta1 so far, and m, v, v_hat. Store them as you like.
    let saved: State<f32> = first.state();
    for slot in &saved.slots {
        println!("{:<6}{:?}", slot.name, slot.values);
    }

    let mut second = Optimizer::new(rule());
    second.set_state(&saved)?;
    walk(&mut second, &mut parts, 200)?;

    println!("in one go {whole:?}\nin two    {parts:?}");
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()));
    Ok(())
}
