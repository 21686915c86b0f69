//! The recorded runs as data.

use std::path::Path;

use serde_json::Value;

/// One recorded run.
pub(crate) struct Case {
    /// What ran, as in `torch Adam(amsgrad=True)`.
    pub(crate) name: String,
    pub(crate) settings: Value,
    pub(crate) start: Vec<f64>,
    /// The gradient of every step.
    pub(crate) gradients: Vec<Vec<f64>>,
    /// What was stored after every step.
    pub(crate) trace: Vec<Value>,
    pub(crate) dialect: String,
}

pub(crate) fn file(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The cases of a file of `generate.py`.
pub(crate) fn cases(name: &str) -> Vec<Case> {
    let case = |case: &Value| Case {
        name: format!("{} {} {}", text(&case["source"]), text(&case["call"]), case["settings"]),
        settings: case["settings"].clone(),
        start: numbers(&case["x0"]),
        gradients: rows(&case["gradients"]),
        trace: case["trace"].as_array().unwrap().clone(),
        dialect: text(&case["dialect"]).into(),
    };
    file(name)["cases"].as_array().unwrap().iter().map(case).collect()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub(crate) fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

/// A float as C99's `%a` and Python's `float.hex` write it.
pub(crate) fn hexadecimal(text: &str) -> f64 {
    let (sign, rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (digits, exponent) = rest.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let significand = u64::from_str_radix(&format!("{integer}{fraction}"), 16).unwrap();
    let exponent: i32 = exponent.parse().unwrap();
    sign * libm::ldexp(significand as f64, exponent - 4 * fraction.len() as i32)
}

#[test]
fn hexadecimal_floats() {
    assert_eq!(hexadecimal("0x1.999999999999ap-4"), 0.1);
    assert_eq!(hexadecimal("-0x1.8p+1"), -3.0);
    assert_eq!(hexadecimal("0x0.0000000000001p-1022"), f64::from_bits(1));
}
