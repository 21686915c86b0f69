//! Values and gradients where a number on the way is infinite, vanishes or leaves the range.

use amsgrad::{Pack, Real, VectorizedObjective};
use amsgrad_formula::{Formula, Options};

const INFINITY: f64 = f64::INFINITY;

fn formula(text: &str) -> Formula {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn evaluated<T: Real>(text: &str, point: &[f64]) -> (T, Vec<T>) {
    let formula = formula(text);
    let point: Vec<T> = point.iter().map(|&it| T::from_f64(it)).collect();
    let mut gradient = vec![T::from_f64(0.0); point.len()];
    let value = formula.evaluate(&point, &mut gradient, &mut Vec::new());
    let alone = formula.value(&point, &mut Vec::new());
    assert!(
        alone == value || value.to_f64().is_nan() && alone.to_f64().is_nan(),
        "{text}: {alone} and {value}"
    );
    (value, gradient)
}

/// Whether two numbers agree to about this many units in the last place of the type.
fn agrees<T: Real>(found: T, expected: f64, ulps: f64) -> bool {
    let (found, rounded) = (found.to_f64(), T::from_f64(expected).to_f64());
    if !rounded.is_finite() || rounded == 0.0 {
        return found == rounded || found.is_nan() && rounded.is_nan();
    }
    let least = T::MIN_POSITIVE.to_f64() * T::EPSILON.to_f64();
    (found - expected).abs() <= ulps * (T::EPSILON.to_f64() * expected.abs()).max(least)
}

fn check<T: Real>(text: &str, point: &[f64], value: f64, gradient: &[f64]) {
    let (found, slopes) = evaluated::<T>(text, point);
    let all = [vec![found], slopes.clone()].concat();
    let expected = [&[value], gradient].concat();
    assert!(
        all.iter().zip(&expected).all(|(found, expected)| agrees(*found, *expected, 6.0)),
        "{text} at {point:?} in {}: {found} {slopes:?}, expected {value} {gradient:?}",
        T::NAME
    );
}

#[test]
fn an_infinite_number_on_the_way_hides_no_slope() {
    let half_turn = core::f64::consts::FRAC_PI_2;
    for (text, point, value, gradient) in [
        ("1/(1 + 1/x)", &[0.0][..], 0.0, &[1.0][..]),
        ("1/(1 - 1/x)", &[0.0], 0.0, &[-1.0]),
        ("atan(1/x)", &[0.0], half_turn, &[-1.0]),
        ("tanh(1/x)", &[0.0], 1.0, &[0.0]),
        ("(1/(1/a + 1/b) - 2)^2", &[0.0, 5.0], 4.0, &[-4.0, 0.0]),
        ("y/(1 + 1/x)", &[0.0, 3.0], 0.0, &[3.0, 0.0]),
        ("exp(-1/x^2)", &[0.0], 0.0, &[0.0]),
        ("1/ln(x)", &[0.0], 0.0, &[-INFINITY]),
        ("exp(ln(x))*y", &[0.0, 3.0], 0.0, &[3.0, 0.0]),
        ("sum(i, 1, 3, 1/(i + 1/x))", &[0.0], 0.0, &[3.0]),
        ("1/sqrt(1/x)", &[0.0], 0.0, &[INFINITY]),
        ("(1/x)^-1", &[0.0], 0.0, &[1.0]),
        ("(1/x)^-2", &[0.0], 0.0, &[0.0]),
        ("sigmoid(1/x)", &[0.0], 1.0, &[0.0]),
        ("1/softplus(1/x)", &[0.0], 0.0, &[1.0]),
    ] {
        check::<f64>(text, point, value, gradient);
        check::<f32>(text, point, value, gradient);
    }
}

#[test]
fn poles_agree() {
    for text in ["1/x", "x^-1", "x^-2", "1/x^2", "x^-3", "1/x^3", "x^-8", "x^-9", "1/x^9"] {
        check::<f64>(text, &[0.0], INFINITY, &[-INFINITY]);
        check::<f32>(text, &[0.0], INFINITY, &[-INFINITY]);
    }
    check::<f64>("x^-2", &[-0.0], INFINITY, &[INFINITY]);
    check::<f64>("x^-3", &[-0.0], -INFINITY, &[-INFINITY]);
}

#[test]
fn what_overflows_inside_does_not_spoil_a_finite_answer() {
    let (upper, ln_2) = (1.0 / (1.0 + (-1.0_f64).exp()), core::f64::consts::LN_2);
    for (text, point, value, gradient) in [
        ("log(1 + exp(x))", &[1000.0][..], 1000.0, &[1.0][..]),
        ("log1p(exp(x))", &[1000.0], 1000.0, &[1.0]),
        ("log(cosh(x))", &[1000.0], 1000.0 - ln_2, &[1.0]),
        ("log(cosh(x))", &[-1000.0], 1000.0 - ln_2, &[-1.0]),
        (
            "log(exp(x) + exp(y))",
            &[1000.0, 999.0],
            1000.0 + (1.0 + (-1.0_f64).exp()).ln(),
            &[upper, 1.0 - upper],
        ),
        ("exp(x)/(1 + exp(x))", &[1000.0], 1.0, &[0.0]),
        ("log2(1 + 2^x)", &[3000.0], 3000.0, &[1.0]),
    ] {
        check::<f64>(text, point, value, gradient);
        check::<f32>(text, point, value, gradient);
    }
    for (text, point, value, gradient) in [
        ("sinh(x)/cosh(x)", &[800.0][..], 1.0, &[0.0][..]),
        ("exp(x)*exp(-x)", &[800.0], 1.0, &[0.0]),
        ("sigmoid(x)/exp(x)", &[-800.0], 1.0, &[0.0]),
        ("softplus(x)/exp(x)", &[-800.0], 1.0, &[0.0]),
        ("(1/x - 1/x)^2 + y", &[0.0, 2.0], 2.0, &[0.0, 1.0]),
        // What is not known is not told.
        ("erfc(x)/exp(-x^2)", &[30.0], f64::NAN, &[f64::NAN]),
        ("x*(1/x)", &[0.0], f64::NAN, &[f64::NAN]),
        ("x/x", &[0.0], f64::NAN, &[f64::NAN]),
        ("ln(x)", &[-1.0], f64::NAN, &[-1.0]),
        ("(x - 3)^(1/3)", &[1.0], f64::NAN, &[f64::NAN]),
        ("sqrt(x^2 + y^2)", &[1e200, 1e200], 2.0_f64.sqrt() * 1e200, &[0.5_f64.sqrt(); 2]),
        ("asinh(1e160*x)^2", &[1.0], 136_239.801_798_127_53, &[738.213_524_119_214_6]),
        ("acosh(1e160*x)^2", &[1.0], 136_239.801_798_127_53, &[738.213_524_119_214_6]),
        ("atan(1e160*x)", &[1.0], core::f64::consts::FRAC_PI_2, &[1e-160]),
        ("atan2(y, x)", &[1e200, 1e200], core::f64::consts::FRAC_PI_4, &[-5e-201, 5e-201]),
        ("atan2(y, x)", &[1e-170, 1e-170], core::f64::consts::FRAC_PI_4, &[-5e169, 5e169]),
        ("hypot(x, y)", &[3e200, 4e200], 5e200, &[0.6, 0.8]),
        ("1/(x*y)", &[1e-100, 1e-100], 1e200, &[-1e300; 2]),
        ("1/(x*y)", &[1e100, 1e100], 1e-200, &[-1e-300; 2]),
        ("1/(x^2 + y^2)", &[1e90, 1e90], 5e-181, &[-5e-271; 2]),
    ] {
        check::<f64>(text, point, value, gradient);
    }
    for (text, point, value, gradient) in [
        ("sqrt(x^2 + y^2)", &[3e30, 4e30][..], 5e30, &[0.6, 0.8][..]),
        ("asinh(1e20*x)^2", &[1.0], 2_185.080_911_813_605, &[93.489_698_080_881_72]),
        ("acosh(1e20*x)^2", &[1.0], 2_185.080_911_813_605, &[93.489_698_080_881_72]),
        ("atan(1e20*x)", &[1.0], core::f64::consts::FRAC_PI_2, &[1e-20]),
        ("atan2(y, x)", &[1e-25, 1e-25], core::f64::consts::FRAC_PI_4, &[-5e24, 5e24]),
        ("1/(x^2 + y^2)", &[1e11, 1e11], 5e-23, &[-5e-34; 2]),
    ] {
        check::<f32>(text, point, value, gradient);
    }
    // Where the value itself went wrong the slope is not a number, which a run refuses.
    let (_, slope) = evaluated::<f64>("x/sqrt(1 + x^2)", &[1e200]);
    assert!(slope[0].is_nan());
}

#[test]
fn negative_powers_have_slopes_over_the_whole_range() {
    for k in 2..=8 {
        for exponent in (-307..=307).step_by(3) {
            for text in [format!("x^-{k}"), format!("1/x^{k}")] {
                let x = 10_f64.powi(exponent);
                let slope = f64::from(-k) * libm::pow(10.0, f64::from(-(k + 1) * exponent));
                let (value, slopes) = evaluated::<f64>(&text, &[x]);
                // Below the range everything is near 0; above it, infinite.
                let is_right = match slope.abs() {
                    small if small < 1e-300 || value < 1e-300 => slopes[0].abs() <= 1e-290,
                    large if large > 1e308 => slopes[0].is_infinite() || slopes[0] < -1e307,
                    _ => (slopes[0] / slope - 1.0).abs() < 1e-12,
                };
                assert!(is_right, "{text} at 1e{exponent}: {value} {slopes:?}, expected {slope}");
            }
        }
    }
    check::<f32>("x^-8", &[1000.0], 1e-24, &[-8e-27]);
    check::<f64>("x^-2", &[1e-100], 1e200, &[-2e300]);
    check::<f64>("x^-2", &[1e-78], 1e156, &[-2e234]);
    check::<f64>("x^-2", &[2e87], 2.5e-175, &[-2.5e-262]);
    check::<f64>("1/x^3", &[-1e-75], -1e225, &[-3e300]);
}

#[test]
fn constants_and_zeros_have_the_slopes_of_their_limits() {
    for (text, point, value, gradient) in [
        ("sqrt(x - x)", &[1.0][..], 0.0, &[0.0][..]),
        ("sqrt(x)", &[-0.0], 0.0, &[INFINITY]),
        ("x*log(x)", &[0.0], 0.0, &[-INFINITY]),
        ("x^2*log(x)", &[0.0], 0.0, &[0.0]),
        ("x*log2(x) - x", &[0.0], 0.0, &[-INFINITY]),
        ("y^(1^x)", &[-1.0, -2.0], -2.0, &[0.0, 1.0]),
        ("x*sqrt(x)", &[0.0], 0.0, &[0.0]),
        ("sqrt(abs(x))", &[0.0], 0.0, &[0.0]),
        ("sqrt(x^4)", &[0.0], 0.0, &[0.0]),
        ("x^x", &[0.0], 1.0, &[-INFINITY]),
        ("atan2(y, x)", &[0.0, 0.0], 0.0, &[0.0, 0.0]),
        ("hypot(x, y)", &[0.0, 0.0], 0.0, &[0.0, 0.0]),
        ("p*log(p/q) + (1-p)*log((1-p)/(1-q))", &[0.0, 0.5], core::f64::consts::LN_2, &[-INFINITY, 2.0]),
    ] {
        check::<f64>(text, point, value, gradient);
        check::<f32>(text, point, value, gradient);
    }
}

#[test]
fn branches_not_taken_leave_no_trace() {
    for (text, point, gradient) in [
        ("if(x > 0, sqrt(x), 1/y)", &[-1.0, 2.0][..], &[0.0, -0.25][..]),
        ("if(x > 0, sqrt(x), 1/y)", &[4.0, 0.0], &[0.25, 0.0]),
        ("if(x < 700, exp(x), x)", &[1e4], &[1.0]),
        ("max(ln(x), y)", &[0.0, 2.0], &[0.0, 1.0]),
        ("min(1/x, y)", &[0.0, 2.0], &[0.0, 1.0]),
        ("if(x > 0, if(y > 0, ln(x*y), ln(-x*y)), x)", &[2.0, -4.0], &[0.5, -0.25]),
        ("if(x > 0, exp(y), 0) + if(x > 0, 0, exp(y))", &[-1.0, 0.0], &[0.0, 1.0]),
        ("if(x > 0, 1/z, 0) + if(y > 0, 2/z, 0)", &[1.0, -1.0, 2.0], &[0.0, 0.0, -0.25]),
    ] {
        let (_, slopes) = evaluated::<f64>(text, point);
        assert_eq!(slopes, gradient, "{text} at {point:?}");
    }
}

#[test]
fn packs_are_mended_element_by_element() {
    let formula = formula("1/(1 + 1/x) + log(1 + exp(y))");
    let (x, y) = ([0.0, 1.0, -0.0, 3.0], [1000.0, 2.0, 0.5, 1e4]);
    let mut gradient = [Pack([0.0_f64; 4]); 2];
    let values = formula.evaluate(&[Pack(x), Pack(y)], &mut gradient, &mut Vec::new());
    assert_eq!(values, formula.value(&[Pack(x), Pack(y)], &mut Vec::new()));
    let mut many = [0.0; 4];
    formula.values(&mut many, |point, variable| [x, y][variable][point]);
    assert_eq!(many, values.0);
    for place in 0..4 {
        let mut alone = [0.0; 2];
        let value = formula.evaluate(&[x[place], y[place]], &mut alone, &mut Vec::new());
        assert_eq!((value, alone), (values.0[place], gradient.map(|it| it.0[place])));
    }
}

#[test]
fn exponents_and_logarithms_beyond_all_bounds_are_not_known() {
    // Each level applies the one before twice: the last one doubles the exponent a thousand times.
    let mut options = Options::new().define("f0(x) = x*(1 + x)");
    for level in 0..10 {
        options = options.define(format!("f{}(x) = f{level}(f{level}(x))", level + 1));
    }
    for text in ["1/f10(x)", "1/f10(1/x)", "ln(ln(x)^1e9)^1e9 + 1/(ln(x)^1e300)", "f10(ln(x))*x"] {
        let formula = Formula::parse(text, &options).unwrap_or_else(|error| panic!("{error}"));
        for x in [1e300, 0.0, -0.0, 1e-300] {
            let mut slope = [0.0_f64];
            let value = formula.evaluate(&[x], &mut slope, &mut Vec::new());
            assert!(!value.is_nan() || !slope[0].is_finite(), "{text} at {x}: {value} {slope:?}");
        }
    }
}
