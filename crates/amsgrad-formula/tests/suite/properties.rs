//! What holds for every formula: it prints as it was read, folding constants and packing points change no bit,
//! and no text whatever breaks the parser.

use amsgrad::{Number, Pack, Real, VectorizedObjective};
use amsgrad_formula::{Formula, Options};
use proptest::prelude::*;

const FUNCTIONS: [&str; 38] = [
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "exp",
    "exp2", "expm1", "ln", "log1p", "log2", "log10", "sqrt", "cbrt", "abs", "sign", "floor", "ceil", "round",
    "trunc", "erf", "erfc", "gamma", "lgamma", "sigmoid", "softplus", "relu", "step", "sec", "square", "deg",
];
const PAIRS: [&str; 7] = ["hypot", "atan2", "min", "max", "mod", "pow", "mean"];
const OPERATORS: [&str; 14] = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "^"];

/// Formulas of x, y and z, with some constants among them.
fn formula() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(vec!["x", "y", "z"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["0", "1", "2", "3", "0.1", "0.5", "7", "1e-3", "pi", "e", "inf", "1e300"])
            .prop_map(str::to_owned),
        1 => (0.0..10.0).prop_map(|number: f64| number.to_string()),
    ];
    leaf.prop_recursive(6, 60, 4, |inner| {
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            6 => (pair(), prop::sample::select(&OPERATORS[..])).prop_map(|((a, b), op)| format!("({a}) {op} ({b})")),
            4 => (pair(), prop::sample::select(&OPERATORS[..5])).prop_map(|((a, b), op)| format!("{a}{op}{b}")),
            3 => (inner.clone(), prop::sample::select(&FUNCTIONS[..])).prop_map(|(a, name)| format!("{name}({a})")),
            2 => (pair(), prop::sample::select(&PAIRS[..])).prop_map(|((a, b), name)| format!("{name}({a}, {b})")),
            2 => (inner.clone(), -9..10).prop_map(|(a, k)| format!("({a})^{k}")),
            1 => inner.clone().prop_map(|a| format!("-({a})")),
            1 => inner.clone().prop_map(|a| format!("!({a})")),
            1 => (pair(), inner.clone()).prop_map(|((a, b), c)| format!("if({a}, {b}, {c})")),
            1 => (pair(), inner.clone()).prop_map(|((a, b), c)| format!("({a}) < ({b}) <= ({c})")),
            1 => inner.clone().prop_map(|a| format!("sum(i, 1, 9, ({a})*i)")),
        ]
    })
}

fn options() -> Options {
    Options::new().variables(["x", "y", "z"])
}

fn parsed(text: &str, options: &Options) -> Formula {
    Formula::parse(text, options).unwrap_or_else(|error| panic!("{}", error.pointed()))
}

/// Value and gradient, a NaN as one fixed NaN.
fn bits<T: Real>(value: T, gradient: &[T]) -> Vec<u64> {
    let bits = |it: &T| if it.to_f64().is_nan() { f64::NAN.to_bits() } else { it.to_f64().to_bits() };
    core::iter::once(&value).chain(gradient).map(bits).collect()
}

fn alone<T: Real>(formula: &Formula, point: &[T]) -> Vec<u64> {
    let mut gradient = vec![T::default(); point.len()];
    let value = formula.evaluate(point, &mut gradient, &mut Vec::new());
    let only = formula.value(point, &mut Vec::new());
    assert_eq!(bits(value, &[]), bits(only, &[]), "the value alone differs in {formula}");
    bits(value, &gradient)
}

/// The same in a pack, among other points.
fn packed<T: Real, const W: usize>(formula: &Formula, points: &[[T; 3]; W]) -> Vec<Vec<u64>> {
    let point: Vec<Pack<T, W>> = (0..3).map(|k| Pack::from_fn(|i| points[i][k])).collect();
    let mut gradient = vec![Pack::splat(T::default()); 3];
    let value = formula.evaluate(&point, &mut gradient, &mut Vec::new());
    (0..W).map(|i| bits(value.0[i], &gradient.iter().map(|it| it.0[i]).collect::<Vec<_>>())).collect()
}

/// Each number of the formula as a variable, exponents excepted: how a power is computed depends on them.
fn with_numbers_as_variables(text: &str) -> (String, Vec<f64>) {
    let (mut result, mut numbers, mut rest) = (String::new(), Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let is_name = result.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if first.is_ascii_digit() && !is_name {
            let digits = |from: usize| {
                from + rest[from..]
                    .find(|c: char| !(c.is_ascii_digit() || c == '.'))
                    .unwrap_or(rest.len() - from)
            };
            let mut length = digits(0);
            if rest[length..].starts_with('e') {
                length = digits(length + 1 + usize::from(rest[length + 1..].starts_with('-')));
            }
            if result.trim_end_matches(['-', '(', ' ']).ends_with('^') {
                result += &rest[..length];
            } else {
                result += &format!("c{}", numbers.len());
                numbers.push(rest[..length].parse().expect("a number"));
            }
            rest = &rest[length..];
        } else {
            result.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (result, numbers)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_formulas_parse_back_to_the_same_graph(text in formula()) {
        let formula = parsed(&text, &options());
        let again = parsed(&formula.to_string(), &options());
        prop_assert_eq!(&formula, &again);
        prop_assert_eq!(formula.to_string(), again.to_string());
        for partial in formula.gradient() {
            prop_assert!(!partial.to_string().is_empty());
        }
    }

    #[test]
    fn packs_have_the_bits_of_single_points(text in formula(), points: [[f32; 3]; 5]) {
        let formula = parsed(&text, &options());
        let wide = points.map(|point| point.map(f64::from));
        for (point, packed) in wide.iter().zip(packed(&formula, &wide)) {
            prop_assert_eq!(alone(&formula, point), packed);
        }
        for (point, packed) in points.iter().zip(packed(&formula, &points)) {
            prop_assert_eq!(alone(&formula, point), packed);
        }
    }

    #[test]
    fn folding_constants_changes_no_bit_of_the_value(text in formula(), point: [f32; 3]) {
        // How a power is computed depends on numbers: the bases e and 2, and whatever the exponent comes to.
        prop_assume!(!text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "e"));
        let text = text.replace("pow(", "hypot(").replace(") ^ (", ") * (").replace("(2)", "(3)").replace("2^", "3^");
        let folded = parsed(&text, &options());
        let (open, numbers) = with_numbers_as_variables(&text.replace("sum(i, 1, 9,", "sum(i, #, @,"));
        let open = open.replace('@', "9").replace('#', "1");
        let names = ["x", "y", "z"].map(str::to_owned).into_iter().chain((0..numbers.len()).map(|i| format!("c{i}")));
        let open = parsed(&open, &Options::new().variables(names));
        let wide: Vec<f64> = point.iter().map(|&it| it.into()).chain(numbers.iter().copied()).collect();
        let value = folded.value(&point.map(f64::from), &mut Vec::new());
        prop_assert_eq!(bits(value, &[]), bits(open.value(&wide, &mut Vec::new()), &[]), "{} and {}", folded, open);
        let single: Vec<f32> = wide.iter().map(|&it| it as f32).collect();
        let value = folded.value(&point, &mut Vec::new());
        prop_assert_eq!(bits(value, &[]), bits(open.value(&single, &mut Vec::new()), &[]), "{} and {}", folded, open);
    }

    #[test]
    fn long_sums_have_the_bits_of_their_terms(dimension in 1_usize..150, seed: [f32; 8]) {
        // Runs and tiles of the tape against single operations by hand.
        let text = "sum(i, 1, n-1, 100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2)";
        let formula = parsed(text, &Options::new().variables(["x"]).dimension(dimension));
        if dimension == 1 {
            return Ok(());
        }
        let point: Vec<f64> = (0..dimension).map(|i| f64::from(seed[i % 8] % 4.0) + i as f64 / 64.0).collect();
        let mut value = None;
        for i in 0..dimension - 1 {
            let (t, u) = (point[i + 1] - point[i] * point[i], 1.0 - point[i]);
            let term = 100.0 * (t * t) + u * u;
            value = Some(value.map_or(term, |value: f64| value + term));
        }
        prop_assert_eq!(bits(formula.value(&point, &mut Vec::new()), &[]), bits(value.unwrap_or(0.0), &[]));
        let mut gradient = vec![0.0; dimension];
        formula.evaluate(&point, &mut gradient, &mut Vec::new());
        for i in 0..dimension {
            let t = |i: usize| point[i + 1] - point[i] * point[i];
            let mut expected = 0.0;
            if i + 1 < dimension {
                expected = -2.0 * (1.0 - point[i]) - 400.0 * (t(i) * point[i]);
            }
            if i > 0 {
                expected += 200.0 * t(i - 1);
            }
            prop_assert!(gradient[i] == expected || gradient[i].is_nan() && expected.is_nan());
        }
    }

    #[test]
    fn no_text_breaks_the_parser(text in any::<String>()) {
        let _ = Formula::parse(&text, &Options::new());
    }

    #[test]
    fn no_formula_like_text_breaks_the_parser(text in r"([-+*/^%(),\[\]<>=!&| .0-9xyein]|sum\(|if\(|x\[|sin\(|not |1e){0,60}") {
        match Formula::parse(&text, &Options::new().dimension(3)) {
            Ok(formula) => {
                let mut gradient = vec![0.0; formula.dimension()];
                let point = vec![0.5; formula.dimension()];
                formula.evaluate(&point, &mut gradient, &mut Vec::new());
            }
            Err(error) => prop_assert!(error.span().is_none_or(|span| text.get(span).is_some()), "{}", error.pointed()),
        }
    }
}
