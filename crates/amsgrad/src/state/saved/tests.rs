//! States as text, and runs that resume from it as another process would.

use super::*;
use crate::{Adam, AmsGrad, Dialect, Error, FiniteSum, Group, Minimizer, Optimizer, Schedule};

fn rule() -> AmsGrad {
    AmsGrad::new(Schedule::cosine(0.05, 0.001, 90))
        .beta1(Schedule::exponential(0.9, 0.99))
        .dialect(Dialect::Torch)
}

/// Returns every bit of all numbers.
fn said(numbers: &impl core::fmt::Debug) -> String {
    format!("{numbers:?}")
}

fn text<T: Real + Serialize>(state: &State<T>) -> String {
    serde_json::to_string(state).unwrap()
}

#[test]
fn a_run_over_mini_batches_resumes_from_text_bit_for_bit() {
    let settings = || {
        let distance = |i: usize, x: &[f64], gradient: &mut [f64]| {
            let error = x[0] - (i as f64).sqrt();
            gradient[0] += 2.0 * error;
            error * error
        };
        let sum = FiniteSum::new(100, distance)?.batch(7)?.seed(3);
        Ok::<_, Error>(Minimizer::new(sum).rule(rule()).start([0.1]))
    };
    let whole = settings().unwrap().steps(90).run().unwrap();
    let half = settings().unwrap().steps(41).run().unwrap();
    let saved = serde_json::to_string(&(&half.last.point, &half.state)).unwrap();
    drop(half);
    let (point, state): (Vec<f64>, State<f64>) = serde_json::from_str(&saved).unwrap();
    assert!(state.examples > 0 && state.beta_product < 1.0);
    let rest = settings().unwrap().resume_from(&point, &state).steps(49).run().unwrap();
    assert_eq!(said(&(rest.last, rest.state)), said(&(whole.last, whole.state)));
}

#[test]
fn a_training_loop_in_f32_resumes_from_text_with_the_clocks_of_its_groups() {
    let optimizer = |group: Group| Optimizer::<_, f32>::new(rule()).group(group);
    let train = |optimizer: &mut Optimizer<AmsGrad, f32>, x: &mut [f32]| {
        for _ in 0..20 {
            let gradient: Vec<f32> = x.iter().map(|x| x * x * x - 0.3 * x).collect();
            optimizer.step([(&mut *x, &gradient)]).unwrap();
        }
    };
    let (mut one, mut x) =
        (optimizer(Group::new("late", 3..5).frozen()), [0.1, -1.7, 0.9, 0.2, 0.3, -0.4, 1.1]);
    train(&mut one, &mut x);
    one.group_mut("late").unwrap().frozen = false;
    train(&mut one, &mut x);
    let saved: State<f32> = serde_json::from_str(&text(&one.state())).unwrap();
    assert_eq!((said(&saved), saved.apart.len()), (said(&one.state()), 1));
    let (mut two, mut y) = (optimizer(Group::new("late", 3..5)), x);
    two.set_state(&saved).unwrap();
    train(&mut one, &mut x);
    train(&mut two, &mut y);
    assert_eq!(said(&(x, one.state())), said(&(y, two.state())));
}

#[test]
fn what_is_not_such_a_state_is_refused_and_says_why() {
    let mut optimizer = Optimizer::new(Adam::new(0.1));
    optimizer.step([(&mut [1.0_f64, 2.0], &[0.3, 0.1])]).unwrap();
    let good = text(&optimizer.state());
    assert!(serde_json::from_str::<State<f64>>(&good).is_ok());
    let refused = |from: &str, to: &str| {
        assert!(good.contains(from), "{good}");
        serde_json::from_str::<State<f64>>(&good.replacen(from, to, 1)).unwrap_err().to_string()
    };
    let says = |error: String, what: &str| assert!(error.contains(what), "{error}");
    says(refused(r#""version":1"#, r#""version":2,"new":3"#), "a state of version 2; allowed: 1");
    says(refused(r#""version":1,"#, ""), "missing field `version`");
    says(refused(r#""number":"f64""#, r#""number":"f32""#), "a state in f32; allowed: f64");
    says(
        refused(r#""dimension":2"#, r#""dimension":3"#),
        "m holds 2 numbers; allowed: one for each of the 3",
    );
    says(refused(r#""beta_product":0.9"#, r#""beta_product":0.9000000000000001"#), "float_roundtrip");
    let as_single = serde_json::from_str::<State<f32>>(&good).unwrap_err().to_string();
    says(as_single, "a state in f64; allowed: f32");
}
