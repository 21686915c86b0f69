//! What a typed formula means: precedence, names, sums, corners of the derivatives.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use amsgrad::VectorizedObjective;
use amsgrad_formula::{Formula, Options};

fn value(text: &str, point: &[f64]) -> f64 {
    Formula::parse(text, &Options::new())
        .unwrap_or_else(|error| panic!("{error}"))
        .value(point, &mut Vec::new())
}

fn gradient(text: &str, point: &[f64]) -> Vec<f64> {
    let formula = Formula::parse(text, &Options::new()).unwrap_or_else(|error| panic!("{error}"));
    let mut gradient = vec![f64::NAN; point.len()];
    let (with, alone) =
        (formula.evaluate(point, &mut gradient, &mut Vec::new()), formula.value(point, &mut Vec::new()));
    assert!(with == alone || with.is_nan() && alone.is_nan(), "{text}: {with} and {alone}");
    gradient
}

#[test]
fn precedence_is_that_of_mathematics() {
    for (text, point, expected) in [
        ("-x^2", 3.0, -9.0),
        ("2^3^2 + 0*x", 1.0, 512.0),
        ("2^-x", 1.0, 0.5),
        ("-2^-2*x", 1.0, -0.25),
        ("x/2/4", 8.0, 1.0),
        ("x-2-4", 8.0, 2.0),
        ("2*-x", 3.0, -6.0),
        ("--x", 3.0, 3.0),
        ("1e-3*x", 2.0, 0.002),
        (".5*x + 2.", 2.0, 3.0),
        ("x**2**0.5", 1.0, 1.0),
        ("1 < x < 3", 2.0, 1.0),
        ("1 < x < 3", 3.0, 0.0),
        ("!x", 0.0, 1.0),
        ("not x == 2", 2.0, 0.0),
        ("!x == 2", 2.0, 0.0),
        ("x < 1 || x > 2 && x < 3", 2.5, 1.0),
        ("x % 3", -1.0, 2.0),
        ("-x % 3", 1.0, 2.0),
        ("2*x % 3", 2.0, 1.0),
        ("10 - x*2 + 1", 3.0, 5.0),
        ("1 + x == 3", 2.0, 1.0),
        ("if(x >= 2, 10, 20)", 2.0, 10.0),
    ] {
        assert_eq!(value(text, &[point]), expected, "{text} at {point}");
    }
}

#[test]
fn variables_have_an_order() {
    let variables =
        |text, options: Options| Formula::parse(text, &options).map(|it| it.variables().join(" "));
    assert_eq!(variables("b + w + a + y + x", Options::new()).unwrap(), "x y w b a");
    assert_eq!(variables("b + a", Options::new().variables(["a", "b", "c"])).unwrap(), "a b c");
    assert_eq!(variables("x[3] + a + x[1]", Options::new()).unwrap(), "x[1] x[2] x[3] a");
    assert_eq!(variables("a[2] + x", Options::new().dimension(2)).unwrap(), "x a[1] a[2]");
    assert_eq!(variables("x[2]", Options::new().variables(["x[2]", "x[1]"])).unwrap(), "x[2] x[1]");
    assert_eq!(variables("e*x", Options::new().variables(["e", "x"])).unwrap(), "e x");
    assert_eq!(variables("a*x", Options::new().parameter("a", 3.0)).unwrap(), "x");
}

#[test]
fn sums_are_written_out() {
    let text = |text, dimension| {
        Formula::parse(text, &Options::new().dimension(dimension)).map(|formula| formula.to_string())
    };
    assert_eq!(text("sum(i, 1, n, i*x[i]^2)", 3).unwrap(), "x[1]^2 + 2*x[2]^2 + 3*x[3]^2");
    assert_eq!(text("prod(i, 1, n-1, x[i+1] - x[i])", 3).unwrap(), "(x[2] - x[1])*(x[3] - x[2])");
    assert_eq!(text("sum(i, 1, n/2, x[2*i-1]*x[2*i])", 4).unwrap(), "x[1]*x[2] + x[3]*x[4]");
    assert_eq!(text("sum(i, 1, 2, sum(j, i, 2, x[i]*x[j]))", 2).unwrap(), "x[1]^2 + x[1]*x[2] + x[2]^2");
    assert_eq!(text("sum(i, 2, 1, x[i]) + prod(i, 2, 1, x[i]) + x[1]", 1).unwrap(), "1 + x[1]");
    assert_eq!(text("sum(i, 1, 3, if(i == 2, x[1], 0))", 1).unwrap(), "0 + x[1] + 0");
    assert_eq!(text("sum(i, -1, 1, (x[1] - i)^2)", 1).unwrap(), "(x[1] + 1)^2 + x[1]^2 + (x[1] - 1)^2");
}

#[test]
fn corners_have_the_documented_derivative() {
    let infinity = f64::INFINITY;
    for (text, point, expected) in [
        ("x^2", 0.0, 0.0),
        ("x^1.5", 0.0, 0.0),
        ("x^12", 0.0, 0.0),
        ("abs(x)", 0.0, 0.0),
        ("sqrt(x)", 0.0, infinity),
        ("sqrt(x^2)", 0.0, 0.0),
        ("x^0.5", 0.0, infinity),
        ("cbrt(x)", 0.0, infinity),
        ("hypot(x, 0)", 0.0, 0.0),
        ("x^x", 1.0, 1.0),
        ("max(x, 0)", 0.0, 1.0),
        ("relu(x)", 0.0, 0.0),
        ("min(x, 0)", 0.0, 1.0),
        ("clamp(x, 0, 1)", 2.0, 0.0),
        ("if(x > 0, sqrt(x), 0)", 0.0, 0.0),
        ("if(x > 0, sqrt(x), 2*x)", -1.0, 2.0),
        ("if(x < 700, exp(x), x)", 1e4, 1.0),
        ("if(x != 0, sin(x)/x, 1)", 0.0, 0.0),
        ("exp(-1/x^2)", 0.0, 0.0),
        ("floor(x) + x", 0.5, 1.0),
        ("x % 3", 4.0, 1.0),
        ("7 % x", 3.0, -2.0),
        ("0^x", 1.0, 0.0),
        ("sigmoid(x)", -800.0, 0.0),
        ("softplus(x)", 1e4, 1.0),
    ] {
        assert_eq!(gradient(text, &[point]), [expected], "{text} at {point}");
    }
    assert_eq!(gradient("x^y", &[0.0, 2.0]), [0.0, 0.0]);
    assert_eq!(gradient("x^y", &[0.0, 0.0])[0], 0.0);
    assert_eq!(gradient("hypot(x, y)", &[0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(gradient("atan2(y, x)", &[0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(gradient("exp(-0.2*sqrt((x^2 + y^2)/2))", &[0.0, 0.0]), [0.0, 0.0]);
    assert!(value("max(x, 0)", &[f64::NAN]).is_nan() && value("min(0, x)", &[f64::NAN]).is_nan());
    assert!(value("sign(x)", &[f64::NAN]).is_nan());
}

#[test]
fn a_point_of_the_wrong_length_has_no_value() {
    let formula: Formula = "x + y".parse().unwrap();
    let mut gradient = [0.0_f64; 3];
    assert!(formula.evaluate(&[1.0_f64, 2.0, 3.0], &mut gradient, &mut Vec::new()).is_nan());
    assert!(gradient.iter().all(|partial| partial.is_nan()));
    assert!(formula.value(&[1.0_f64], &mut Vec::new()).is_nan());
}
