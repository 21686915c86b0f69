//! Values and slopes over the whole range of the exponent, in both types, against an independent computation.
//!
//! `tests/table/ranges.py` makes the table.

use amsgrad::{Real, VectorizedObjective};
use amsgrad_formula::{Formula, Options};
use serde_json::Value;

/// The error of a result in units of its last place; 0 where it leaves the range of the type.
fn error<T: Real>(found: T, exact: f64) -> f64 {
    let expected = T::from_f64(exact);
    if !expected.is_finite() || expected.abs() < T::MIN_POSITIVE {
        return if (found - expected).abs() <= T::MIN_POSITIVE || !found.is_finite() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let unit = expected.abs().next_up().to_f64() - expected.abs().to_f64();
    ((found.to_f64() - exact) / unit).abs()
}

/// The largest error and where it is met, and the number of answers that are not finite.
fn largest_error<T: Real>(rows: &[Value]) -> (f64, String, usize) {
    let (mut worst, mut refused) = ((0.0, String::new()), 0);
    for row in rows {
        let number = |place: usize| row[place].as_f64().unwrap();
        let text = row[0].as_str().unwrap();
        let formula =
            Formula::parse(text, &Options::new()).unwrap_or_else(|error| panic!("{}", error.pointed()));
        let mut slope = [T::default()];
        let point = T::from_f64(number(1));
        if point.to_f64() != number(1) {
            continue;
        }
        let value = formula.evaluate(&[point], &mut slope, &mut Vec::new());
        // What is refused misleads nobody.
        if !slope[0].is_finite() || !value.is_finite() {
            refused += usize::from([number(2), number(3)].iter().all(|&it| T::from_f64(it).is_finite()));
            continue;
        }
        for (found, exact) in [(value, number(2)), (slope[0], number(3))] {
            let error = error(found, exact);
            if error > worst.0 || error.is_nan() {
                worst = (error, format!("{text} at {}: {value} {}, {error:.1} ulp", row[1], slope[0]));
            }
        }
    }
    (worst.0, worst.1, refused)
}

#[test]
fn slopes_are_within_four_ulp_over_the_whole_range() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../table/ranges.json")).unwrap();
    for (worst, what, refused) in [largest_error::<f64>(&rows), largest_error::<f32>(&rows)] {
        assert!(worst <= 4.0, "{what}");
        assert_eq!(refused, 0);
    }
}
