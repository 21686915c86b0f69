//! A run taken a step at a time is the run.

use amsgrad::objective::Slices;
use amsgrad::problem::{Counterexample, Problem};
use amsgrad::{Minimizer, Outcome, Record, Status, Stepper};
use std::ops::ControlFlow;

fn rosenbrock(dimension: usize) -> Minimizer<impl amsgrad::Objective<f64>> {
    let problem = Problem::named("rosenbrock", dimension).expect("a problem");
    let start: Vec<f64> = (0..dimension).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect();
    Minimizer::new(problem).start(start).learning_rate(0.01).steps(200).record_history()
}

#[test]
fn the_same_points_and_the_same_outcome() {
    for dimension in [2, 20] {
        let mut points = Vec::new();
        let run = rosenbrock(dimension)
            .run_observed(|record: &Record<'_, f64>| {
                points.push((record.step, record.point.to_vec(), record.value));
                ControlFlow::Continue(())
            })
            .unwrap();
        let mut stepper: Stepper<'_, f64> = rosenbrock(dimension).stepper().unwrap();
        let taken: Vec<_> = stepper.by_ref().map(|it| (it.step, it.point, it.value)).collect();
        assert_eq!(taken, points);
        assert_eq!(stepper.status(), Some(&Status::StepLimit));
        assert!(stepper.next().is_none());
        assert_eq!(stepper.finish(), run);
    }
}

#[test]
fn it_may_be_left_at_any_step_and_resumed() {
    let whole: Outcome<f64> = rosenbrock(2).run().unwrap();
    let mut stepper = rosenbrock(2).stepper::<f64>().unwrap();
    assert_eq!(stepper.by_ref().take(51).count(), 51);
    assert_eq!(stepper.status(), None);
    let half = stepper.finish();
    assert_eq!((&half.status, half.counts.steps, half.last.step), (&Status::Stopped, 50, 50));
    let rest = rosenbrock(2).resume(&half).steps(150).run::<f64>().unwrap();
    assert_eq!((rest.last, rest.state), (whole.last, whole.state));
}

#[test]
fn before_the_first_step_nothing_is_evaluated() {
    let mut sequence = Counterexample::figure1();
    let stepper = Minimizer::new::<Slices<f64>>(&mut sequence)
        .start([0.5])
        .learning_rate(0.001)
        .stepper::<f64>()
        .unwrap();
    let outcome = stepper.finish();
    assert_eq!((outcome.status, outcome.counts.values), (Status::Stopped, 0));
    assert_eq!((outcome.last.point, outcome.last.value.is_nan()), (vec![0.5], true));
    assert_eq!(sequence.calls(), 0);
}

#[test]
fn a_failure_is_no_iterate() {
    let objective = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = -1.0;
        if x[0] > 0.02 { f64::NAN } else { -x[0] }
    };
    let mut stepper = Minimizer::new(objective).start([0.0]).learning_rate(0.01).stepper().unwrap();
    assert!(stepper.by_ref().all(|iterate| iterate.value.is_finite()));
    let outcome = stepper.finish();
    assert!(outcome.status.is_failure() && outcome.last.value.is_nan() && outcome.best.value.is_finite());
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    assert!(rosenbrock(2).start([0.0; 3]).stepper::<f64>().is_err());
}
