//! Values and gradients of several hundred formulas against an independent computation with 60 digits.
//!
//! `tests/table/generate.py` makes the table and tells what the recorded scales are.

use std::collections::HashSet;

use amsgrad::VectorizedObjective;
use amsgrad_formula::{Formula, Options};
use serde_json::Value;

/// The distance from a magnitude to the next larger number.
fn ulp(magnitude: f64) -> f64 {
    magnitude.next_up() - magnitude
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn values_and_gradients_are_within_four_ulp_of_the_largest_intermediate() {
    let table: Vec<Value> = serde_json::from_str(include_str!("../table/table.json")).unwrap();
    let (mut formulas, mut worst, mut misses) = (HashSet::new(), (0.0, String::new()), Vec::new());
    for row in &table {
        let text = row["formula"].as_str().unwrap();
        formulas.insert(text);
        let variables = row["variables"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        let mut options = Options::new().variables(variables);
        if let Some(dimension) = row.get("dimension") {
            options = options.dimension(dimension.as_u64().unwrap() as usize).variables(["x"]);
        }
        let formula = Formula::parse(text, &options).unwrap_or_else(|error| panic!("{}", error.pointed()));
        let point = numbers(&row["point"]);
        let mut gradient = vec![f64::NAN; point.len()];
        let value = formula.evaluate(&point, &mut gradient, &mut Vec::new());
        let expected = [vec![row["value"].as_f64().unwrap()], numbers(&row["gradient"])].concat();
        let scales = [vec![row["value_scale"].as_f64().unwrap()], numbers(&row["gradient_scale"])].concat();
        for (k, found) in [vec![value], gradient].concat().into_iter().enumerate() {
            let error = (found - expected[k]).abs() / ulp(scales[k]);
            let what = format!("{text} at {point:?}: {found:?} instead of {:?}, {error:.2} ulp", expected[k]);
            if error > worst.0 {
                worst = (error, what.clone());
            }
            if error > 4.0 || error.is_nan() {
                misses.push(what);
            }
        }
    }
    assert!(formulas.len() >= 300, "{} formulas", formulas.len());
    assert!(misses.is_empty(), "{} misses:\n{}", misses.len(), misses.join("\n"));
    println!("the largest error: {}", worst.1);
}
