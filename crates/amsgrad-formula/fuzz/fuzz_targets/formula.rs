//! Any text: parsed, evaluated alone and in packs, printed and parsed again.
//!
//!     cargo +nightly fuzz run formula -- -dict=formula.dict

#![no_main]

use amsgrad::{VectorizedObjective, Pack};
use amsgrad_formula::{Formula, Limits, Options};
use libfuzzer_sys::fuzz_target;

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

fuzz_target!(|text: &str| {
    // Small limits keep the fuzzer fast; each is a limit of its own to run into.
    let limits = Limits { length: 4096, depth: 100, size: 2000 };
    let options = Options::new().dimension(5).parameter("a", 1.5).limits(limits.clone());
    let formula = match Formula::parse(text, &options) {
        Ok(formula) => formula,
        Err(error) => {
            assert!(error.span().is_none_or(|span| text.get(span).is_some()));
            assert!(!error.pointed().is_empty());
            return;
        }
    };
    let dimension = formula.dimension();
    let points: Vec<[f64; 3]> = (0..dimension).map(|i| [0.5 + i as f64, -0.0, f64::MAX]).collect();
    let packs: Vec<Pack<f64, 3>> = points.iter().map(|&point| Pack(point)).collect();
    let mut packed = packs.clone();
    let values = formula.evaluate(&packs, &mut packed, &mut Vec::new());
    for lane in 0..3 {
        let point: Vec<f64> = points.iter().map(|coordinates| coordinates[lane]).collect();
        let mut gradient = vec![0.0; dimension];
        let value = formula.evaluate(&point, &mut gradient, &mut Vec::new());
        assert!(same(value, values.0[lane]) && same(value, formula.value(&point, &mut Vec::new())));
        assert!(gradient.iter().zip(&packed).all(|(one, pack)| same(*one, pack.0[lane])));
    }
    // What is printed may be longer or deeper than the small limits allow.
    let printed = formula.to_string();
    if printed.len() < 4000 {
        let generous = Limits { depth: 1000, ..Limits::default() };
        let options = Options::new().variables(formula.variables().to_vec()).limits(generous);
        let again = Formula::parse(&printed, &options).unwrap_or_else(|error| panic!("{}", error.pointed()));
        assert!(again == formula, "{printed} became {again}");
    }
});
