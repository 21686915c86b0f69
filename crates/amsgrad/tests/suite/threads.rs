//! Checks which types may move to another thread.

use amsgrad::error::{Error, SettingError};
use amsgrad::group::GroupError;
use amsgrad::objective::{ObjectiveError, Vectorized};
use amsgrad::optimizer::StepError;
use amsgrad::random::Uniform;
use amsgrad::rule::Clock;
use amsgrad::state::StateError;
use amsgrad::*;

const fn may_move_and_be_shared<T: Send + Sync>() {}
const fn is_an_error<T: std::error::Error + Send + Sync + 'static>() {}

const _: () = {
    may_move_and_be_shared::<Minimizer<fn(&[f64], &mut [f64]) -> f64, AmsGrad>>();
    may_move_and_be_shared::<Optimizer<AmsGrad, f32>>();
    may_move_and_be_shared::<Optimizer<Adam, f64>>();
    may_move_and_be_shared::<Optimizer<GradientDescent, f64>>();
    may_move_and_be_shared::<Outcome<f64>>();
    may_move_and_be_shared::<State<f32>>();
    may_move_and_be_shared::<Status>();
    may_move_and_be_shared::<History<f32>>();
    may_move_and_be_shared::<Schedule>();
    may_move_and_be_shared::<Constraint>();
    may_move_and_be_shared::<Bounds>();
    may_move_and_be_shared::<Start>();
    may_move_and_be_shared::<Group>();
    may_move_and_be_shared::<Stop>();
    may_move_and_be_shared::<Clock>();
    may_move_and_be_shared::<Uniform>();
    may_move_and_be_shared::<Pack<f32, 16>>();
    may_move_and_be_shared::<Separate<fn(&[f64]) -> f64, fn(&[f64], &mut [f64])>>();
    may_move_and_be_shared::<Vectorized<()>>();
    is_an_error::<Error>();
    is_an_error::<SettingError>();
    is_an_error::<StepError>();
    is_an_error::<StateError>();
    is_an_error::<GroupError>();
    is_an_error::<ObjectiveError>();
};

#[test]
fn a_run_may_move_to_another_thread() {
    let minimizer = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 2.0 * x[0];
        x[0] * x[0]
    })
    .rule(amsgrad::AmsGrad::default())
    .start([1.0]);
    let outcome = std::thread::spawn(move || minimizer.run::<f64>()).join().unwrap().unwrap();
    assert_eq!(outcome.status, Status::StepLimit);
}
