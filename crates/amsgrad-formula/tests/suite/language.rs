//! What a typed formula means: precedence, names, sums, corners of the derivatives.

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
    assert_eq!(variables("b*y + e*x + pi", Options::new().by_appearance(["e", "tau"])).unwrap(), "b y e x");
    assert_eq!(variables("a*x", Options::new().parameter("a", 3.0)).unwrap(), "x");
}

#[test]
fn chosen_derivatives_cost_less_than_all() {
    let options = Options::new().variables(["tau", "t", "unused", "a", "w"]);
    let formula = Formula::parse("a*exp(-t/tau) + w*e", &options).unwrap();
    let by_some = formula.derivatives([3, 0, 2, 99]);
    let (point, mut some, mut all) = ([2.0, 1.0, 0.0, 3.0, 1.0], [f64::NAN; 4], [f64::NAN; 5]);
    let value = by_some.evaluate(&point, &mut some, &mut Vec::new());
    assert_eq!(value, formula.evaluate(&point, &mut all, &mut Vec::new()));
    assert_eq!(some, [all[3], all[0], 0.0, 0.0]);
    assert!(by_some.operations() < formula.operations().1);
    assert!(by_some.evaluate(&point, &mut all, &mut Vec::new()).is_nan() && all[0].is_nan());
}

#[test]
fn chosen_derivatives_are_told_at_the_edge_too() {
    let formula =
        Formula::parse("b/(1 + 1/x) + log(1 + exp(a))", &Options::new().variables(["x", "b", "a"])).unwrap();
    let (mut some, point) = ([f64::NAN; 2], [0.0, 3.0, 1e4]);
    assert_eq!(formula.derivatives([0, 2]).evaluate(&point, &mut some, &mut Vec::new()), 1e4);
    assert_eq!(some, [3.0, 1.0]);
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
fn functions_of_the_options_are_written_out() {
    let text = |text, options: &Options| Formula::parse(text, options).map(|formula| formula.to_string());
    let options = Options::new().define("g(t) = t + x").define("f(x, i) = g(x)*i");
    // The names of a definition are its own: the `x` of `g` is the variable, whatever `f` calls its arguments.
    assert_eq!(text("f(2*y, 3)", &options).unwrap(), "(2*y + x)*3");
    assert_eq!(text("sum(i, 1, 2, f(i, y))", &options).unwrap(), "(1 + x)*y + (2 + x)*y");
    assert_eq!(text("sum(x, 1, 2, g(x))", &options).unwrap(), "1 + x + (2 + x)");
    assert_eq!(text("f(f(y, 2), 3)", &options).unwrap(), "((y + x)*2 + x)*3");
    let options = Options::new().define("s(k) = sum(i, 1, k, x[i])").dimension(3);
    assert_eq!(text("s(2)*s(n)", &options).unwrap(), "(x[1] + x[2])*(x[1] + x[2] + x[3])");
}

#[test]
fn sums_of_products_and_logarithms_of_sums() {
    let options = Options::new().dimension(3);
    let formula = Formula::parse("dot(x, y)", &options).unwrap();
    assert_eq!(formula.to_string(), "x[1]*y[1] + x[2]*y[2] + x[3]*y[3]");
    assert_eq!(Formula::parse("dot(x, x)", &options).unwrap().to_string(), "x[1]^2 + x[2]^2 + x[3]^2");
    assert_eq!(value("logsumexp(x, y)", &[1000.0, 999.0]), 1_000.313_261_687_518_2);
    assert!((value("logsumexp(x, y, 998)", &[1000.0, 999.0]) - 1_000.407_605_964_444_4).abs() < 2e-13);
    let slopes = gradient("logsumexp(x, y)", &[1000.0, 999.0]);
    assert_eq!(slopes, [0.731_058_578_630_004_9, 0.268_941_421_369_995_16]);
    assert_eq!(gradient("logsumexp(x, y)", &[-1e4, 1e4]), [0.0, 1.0]);
    assert_eq!((value("xlogy(x, y)", &[0.0, 0.0]), value("xlogy(x, y)", &[2.0, 1.0])), (0.0, 0.0));
    assert_eq!(value("1_000*x + 0.000_1", &[2.0]), 2000.0001);
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
        ("cbrt(x^3)", 0.0, 1.0),
        ("hypot(x, 0)", 0.0, 0.0),
        ("x^x", 1.0, 1.0),
        ("max(x, 0)", 0.0, 0.5),
        ("relu(x)", 0.0, 0.5),
        ("max(0, x)", 0.0, 0.5),
        ("min(x, 0) + max(x, 0)", 0.0, 1.0),
        ("max(x, -x)", 0.0, 0.0),
        ("min(x, 0)", 0.0, 0.5),
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
