//! Any numbers as the saved state of a rule: saved and read again, and a run of every rule resumed from it. Any bytes read as one.
//!
//!     cargo +nightly fuzz run state

#![no_main]

use amsgrad::state::{Apart, Slot};
use amsgrad::{AnyRule, Minimizer, State};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    bytes: &'a [u8],
    rule: u8,
    step: u64,
    beta_product: f64,
    dimension: u8,
    examples: u64,
    slots: [Vec<f64>; 4],
    apart: Option<(u8, u8, u64, f64)>,
    point: [f64; 4],
}

impl Input<'_> {
    fn state(&self) -> State<f64> {
        let rules = AnyRule::all();
        let rule = &rules[usize::from(self.rule) % rules.len()];
        let slots = rule.slots().iter().zip(&self.slots);
        let apart = |(from, to, step, beta_product): (u8, u8, u64, f64)| Apart {
            range: usize::from(from)..usize::from(to),
            step,
            beta_product,
        };
        State {
            rule: rule.name().into(),
            step: self.step,
            beta_product: self.beta_product,
            dimension: usize::from(self.dimension % 5),
            examples: self.examples,
            slots: slots.map(|(name, values)| Slot { name: (*name).into(), values: values.clone() }).collect(),
            apart: self.apart.map(apart).into_iter().collect(),
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let _ = serde_json::from_slice::<State<f64>>(input.bytes);
    let state = input.state();
    if let Ok(saved) = serde_json::to_vec(&state)
        && let Ok(again) = serde_json::from_slice::<State<f64>>(&saved)
    {
        assert_eq!(serde_json::to_vec(&again).expect("it was saved once"), saved);
    }
    let bowl = |x: &[f64], gradient: &mut [f64]| {
        gradient.iter_mut().zip(x).for_each(|(g, x)| *g = 2.0 * x);
        x.iter().map(|x| x * x).sum::<f64>()
    };
    for rule in AnyRule::all() {
        let point = &input.point[..state.dimension.min(4)];
        let run = Minimizer::new(bowl).rule(rule).learning_rate(0.1).resume_from(point, &state);
        if let Ok(outcome) = run.steps(10).run::<f64>() {
            assert!(!outcome.best.value.is_infinite(), "{outcome:?}");
            let finite = |slot: &Slot<f64>| slot.values.iter().all(|value| value.is_finite());
            assert!(outcome.state.slots.iter().all(finite), "{outcome:?}");
        }
    }
});
