//! Random runs in every way there is: alone, observed, step by step, resumed, from closures and in packs, bit for bit.
//!
//! `PROPTEST_CASES=30000 cargo test --release -p amsgrad --test suite ways` makes a million runs.

use core::ops::ControlFlow;

use amsgrad::objective::Vectorized;
use amsgrad::problem::Function;
use amsgrad::{
    AnyRule, BatchOutcome, Bounds, Constraint, Minimizer, Outcome, Problem, Real, Record, Schedule, Starts,
    Status, Stop, VectorizedObjective, WeightDecay,
};
use proptest::prelude::*;

use crate::support::bits;

/// A run with all that the ways have in common.
#[derive(Clone, Debug)]
struct Case {
    problem: Problem,
    rule: AnyRule,
    bounds: Option<Vec<(f64, f64)>>,
    starts: Vec<Vec<f64>>,
    weight_decay: WeightDecay,
    maximize: bool,
    stop: Stop,
    /// After how many steps a run is left and resumed.
    half: u64,
}

impl Case {
    fn minimizer(&self, limit: u64) -> Minimizer<Vectorized<Problem>, AnyRule> {
        let constraint = self
            .bounds
            .clone()
            .map_or(Constraint::None, |sides| Constraint::from(Bounds::new(sides).expect("sides in order")));
        let minimizer = Minimizer::new(self.problem)
            .rule(self.rule.clone())
            .within(constraint)
            .weight_decay(self.weight_decay)
            .stop(self.stop.clone())
            .steps(limit);
        if self.maximize { minimizer.maximize() } else { minimizer }
    }
}

fn said<T: Real>(outcome: &Outcome<T>) -> String {
    format!("{outcome:?}")
}

fn check<T: Real>(case: &Case) {
    let limit = case.stop.steps.unwrap_or(0);
    let whole = case.minimizer(limit);
    let mut points = Vec::new();
    for start in &case.starts {
        points.extend_from_slice(start);
    }
    let starts = Starts::points(case.problem.dimension(), points).expect("whole points");
    let closures: BatchOutcome<T> = whole.run_starts(&starts).expect("settings that fit");
    let packs: BatchOutcome<T> = whole.run_batch(&starts).expect("settings that fit");
    assert_eq!(format!("{closures:?}"), format!("{packs:?}"), "{case:?}");
    for (start, run) in case.starts.iter().zip(packs.iter()) {
        let from = |limit| case.minimizer(limit).start(start.as_slice());
        if start.iter().any(|x| !x.is_finite()) {
            // Alone such a start is an error; in a batch it ends alone.
            assert!(from(limit).run::<T>().is_err() && run.steps == 0, "{case:?}");
            continue;
        }
        let alone: Outcome<T> = from(limit).run().expect("settings that fit");
        let mut seen = 0;
        let observed = from(limit).run_observed(|record: &Record<'_, T>| {
            seen = record.step;
            ControlFlow::Continue(())
        });
        assert_eq!(said(&alone), said(&observed.expect("settings that fit")), "observed: {case:?}");
        let mut stepper = from(limit).stepper::<T>().expect("settings that fit");
        stepper.by_ref().for_each(drop);
        assert_eq!(said(&alone), said(&stepper.finish()), "stepped: {case:?}");
        assert_eq!((run.exit, run.steps), (alone.status.exit(), alone.counts.steps), "{case:?}");
        assert_eq!(bits(run.best_point), bits(&alone.best.point), "{case:?}");
        assert_eq!(bits(run.last_point), bits(&alone.last.point), "{case:?}");
        let half: Outcome<T> = from(case.half.min(limit)).run().expect("settings that fit");
        if half.status == Status::StepLimit {
            let rest = from(limit - half.counts.steps).resume(&half).run::<T>().expect("a state of its own");
            assert_eq!(said_end(&alone), said_end(&rest), "resumed: {case:?}");
        }
    }
}

/// What does not depend on how often a run was left.
fn said_end<T: Real>(outcome: &Outcome<T>) -> String {
    format!("{:?} {:?} {:?}", outcome.last.point, outcome.state, outcome.status)
}

fn rule() -> impl Strategy<Value = AnyRule> {
    let schedule = (0..5_usize, -6.0..1.0_f64, 0.8..1.0_f64).prop_map(|(kind, decade, factor)| {
        let rate = libm::exp10(decade);
        match kind {
            0 => Schedule::constant(rate),
            1 => Schedule::inverse_sqrt(rate),
            2 => Schedule::exponential(rate, factor),
            3 => Schedule::cosine(rate, 0.0, 60).warm_up(10),
            _ => Schedule::linear(0.0, rate, 30),
        }
    });
    (prop::sample::select(AnyRule::all()), schedule).prop_map(|(mut rule, schedule)| {
        rule.set("learning_rate", &schedule.to_string()).expect("a schedule");
        rule
    })
}

fn coordinate() -> impl Strategy<Value = f64> {
    let special = vec![0.0, -0.0, 1e-320, 1e-160, 1e-30, 1e20, 1e160, 1e300, f64::NAN, f64::INFINITY];
    prop_oneof![6 => -5.0..5.0_f64, 1 => prop::sample::select(special)]
}

fn side() -> impl Strategy<Value = (f64, f64)> {
    (-4.0..1.0_f64, 0.0..6.0_f64, 0..4_usize).prop_map(|(lower, width, open)| {
        let lower = if open == 1 { f64::NEG_INFINITY } else { lower };
        (lower, if open == 2 { f64::INFINITY } else { lower.max(-4.0) + width })
    })
}

fn problem() -> impl Strategy<Value = Problem> {
    let function = prop::sample::select(Function::ALL.to_vec());
    (function, 1..12_usize).prop_map(|(function, dimension)| {
        let any = Problem::new(function, dimension).or_else(|_| Problem::new(function, 2));
        any.or_else(|_| Problem::new(function, 4)).expect("a dimension that it has")
    })
}

fn case() -> impl Strategy<Value = Case> {
    let stop = (0..80_u64, prop::option::of(0.0..0.5_f64), prop::option::of(-1.0..1.0_f64));
    let stop = stop.prop_map(|(steps, gradient, target)| {
        let mut stop = Stop::default();
        (stop.steps, stop.gradient, stop.target) = (Some(steps), gradient, target);
        stop
    });
    let decay = prop_oneof![
        3 => Just(WeightDecay::None),
        1 => (0.0..0.1_f64).prop_map(WeightDecay::L2),
        1 => (0.0..0.1_f64).prop_map(WeightDecay::Decoupled),
    ];
    problem().prop_flat_map(move |problem| {
        let dimension = problem.dimension();
        let bounds = prop::option::of(prop::collection::vec(side(), dimension));
        let starts = prop::collection::vec(prop::collection::vec(coordinate(), dimension), 1..10);
        (rule(), bounds, starts, decay.clone(), any::<bool>(), stop.clone(), 0..80_u64).prop_map(
            move |(rule, bounds, starts, weight_decay, maximize, stop, half)| Case {
                problem,
                rule,
                bounds,
                starts,
                weight_decay,
                maximize: maximize && half % 4 == 0,
                stop,
                half,
            },
        )
    })
}

proptest! {
    #[test]
    fn agree(case in case()) {
        check::<f64>(&case);
        check::<f32>(&case);
    }
}
