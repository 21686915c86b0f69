//! Resumes a run and a training loop from a saved state: two halves equal the whole to the last bit.
//!
//!     cargo run --release --example resume
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use amsgrad::{AmsGrad, Dialect, Error, FiniteSum, Minimizer, Optimizer, Schedule, State};

fn rule() -> AmsGrad {
    AmsGrad::new(Schedule::cosine(0.05, 0.001, 300)).dialect(Dialect::Torch)
}

fn train(optimizer: &mut Optimizer<AmsGrad, f32>, parameters: &mut [f32], steps: usize) -> Result<(), Error> {
    for _ in 0..steps {
        let gradients: Vec<f32> = parameters.iter().map(|x| x * x * x - x).collect();
        optimizer.step([(&mut *parameters, &gradients)])?;
    }
    Ok(())
}

fn training_loop() -> Result<(), Error> {
    let start = vec![0.3_f32, -2.0, 0.01];

    let mut whole = start.clone();
    train(&mut Optimizer::new(rule()), &mut whole, 300)?;

    let mut parts = start;
    let mut first = Optimizer::new(rule());
    train(&mut first, &mut parts, 100)?;
    // Plain numbers under names: a step count, the product of beta1 so far, and m, v, v_hat. Store them as you like.
    let saved: State<f32> = first.state();
    for slot in &saved.slots {
        println!("{:<6}{:?}", slot.name, slot.values);
    }

    let mut second = Optimizer::new(rule());
    second.set_state(&saved)?;
    train(&mut second, &mut parts, 200)?;

    println!("in one go {whole:?}\nin two    {parts:?}");
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()));
    Ok(())
}

fn run_in_mini_batches() -> Result<(), Error> {
    // As another process would make it: the order of the examples follows from the seed, the place in it from the state.
    let settings = || {
        let distance = |i: usize, x: &[f64], gradient: &mut [f64]| {
            let error = x[0] - (i as f64).sqrt();
            gradient[0] += 2.0 * error;
            error * error
        };
        let sum = FiniteSum::new(1000, distance)?.batch(64)?.seed(1);
        Ok::<_, Error>(Minimizer::new(sum).rule(rule()).start([0.0]))
    };
    let whole = settings()?.steps(300).run()?;
    let half = settings()?.steps(100).run()?;
    let (point, state) = (&half.last.point, &half.state); // what to store
    let rest = settings()?.resume_from(point, state).steps(200).run()?;
    println!("in one go {:?} after {} examples", whole.last.point, whole.state.examples);
    println!("in two    {:?} after {} examples", rest.last.point, rest.state.examples);
    assert_eq!((rest.last.step, &rest.last.point), (300, &whole.last.point));
    Ok(())
}

fn main() -> Result<(), Error> {
    training_loop()?;
    run_in_mini_batches()
}
