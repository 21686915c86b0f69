//! The gradient of random smooth formulas against differences of the value.

use amsgrad::VectorizedObjective;
use amsgrad_formula::{Formula, Options};
use proptest::prelude::*;

const FUNCTIONS: [&str; 18] = [
    "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh", "exp", "expm1", "erf", "erfc", "sigmoid",
    "softplus", "lgamma", "digamma", "sqrt", "ln", "cbrt",
];
const PAIRS: [&str; 7] = ["hypot", "atan2", "logsumexp", "max", "min", "xlogy", "pow"];

/// Formulas of x, y and z.
fn formula() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["x", "y", "z", "x", "y", "z", "2", "0.7"]).prop_map(str::to_owned);
    leaf.prop_recursive(4, 20, 3, |inner| {
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            5 => (pair(), prop::sample::select(vec!["+", "-", "*", "/"])).prop_map(|((a, b), op)| format!("({a} {op} {b})")),
            4 => (inner.clone(), prop::sample::select(&FUNCTIONS[..])).prop_map(|(a, name)| format!("{name}({a})")),
            2 => (pair(), prop::sample::select(&PAIRS[..])).prop_map(|((a, b), name)| format!("{name}({a}, {b})")),
            2 => (inner.clone(), -9..10).prop_map(|(a, k)| format!("({a})^{k}")),
            1 => (pair(), inner.clone()).prop_map(|((a, b), c)| format!("if({a} < 1, {b}, {c})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gradients_agree_with_differences(text in formula(), point in [0.3..2.5, 0.3..2.5, 0.3..2.5]) {
        let formula = Formula::parse(&text, &Options::new().variables(["x", "y", "z"])).unwrap_or_else(|error| panic!("{}", error.pointed()));
        let (mut gradient, mut scratch) = ([0.0_f64; 3], Vec::new());
        let value = formula.evaluate(&point, &mut gradient, &mut Vec::new());
        if !value.is_finite() {
            return Ok(());
        }
        for k in 0..3 {
            let mut at = |step: f64| {
                let mut moved = point;
                moved[k] += step;
                formula.value(&moved, &mut scratch)
            };
            let mut difference = |h: f64| (at(h) - at(-h)) / (2.0 * h);
            let (coarse, fine) = (difference(2e-5), difference(1e-5));
            // Where the differences agree with one another they are near the derivative, up to the rounding of the value.
            let rounding = 1e-10 * value.abs();
            if gradient[k].is_finite() && (coarse - fine).abs() <= 1e-6 * fine.abs() + rounding {
                let apart = (gradient[k] - fine).abs();
                prop_assert!(apart <= 1e-4 * fine.abs() + 100.0 * rounding + 1e-9, "{text} at {point:?}: {gradient:?}, {fine}");
            }
        }
    }
}
