//! Any bytes as a file of tensors, as a checkpoint, and as a state that PyTorch left: refused, or a run goes on from it.
//!
//! It begins best with a file to change, such as those in `tests/golden`:
//!
//!     cargo +nightly fuzz run checkpoint FOLDER-WITH-CHECKPOINTS

#![no_main]

use std::ops::ControlFlow;

use amsgrad::tensors::Tensors;
use amsgrad::{AnyRule, Checkpoint, LearningRate, Minimizer, Record, Schedule, State};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(tensors) = Tensors::from_bytes(bytes) else { return };
    assert_eq!(Tensors::from_bytes(&tensors.to_bytes().expect("it was read")).expect("it was written"), tensors);
    let rule = || AnyRule::named("amsgrad").expect("there is one");
    let run = || {
        let bowl = |x: &[f64], gradient: &mut [f64]| {
            gradient.iter_mut().zip(x).for_each(|(g, x)| *g = 2.0 * x);
            x.iter().map(|x| x * x).sum::<f64>()
        };
        Minimizer::new(bowl).rule(rule()).point_tolerance(1e-9).record_history()
    };
    if let Ok((point, state)) = State::<f64>::from_tensors(&tensors, &Schedule::Constant(0.9)) {
        let _ = run().learning_rate(0.1).steps(5).resume_from(&point, &state).run::<f64>();
    }
    let Ok(checkpoint) = Checkpoint::<f64>::from_tensors(&tensors) else { return };
    for rate in [LearningRate::from(0.01), LearningRate::Automatic] {
        let mut looks = 0;
        let look = |_: &Record<'_, f64>| {
            looks += 1;
            if looks < 20 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let run = run().learning_rate(rate).start([0.5, -0.5]).steps(300);
        let _ = run.run_saved(Some(&checkpoint), |_| {}, look);
    }
});
