//! Test problems: gradients, known minima, another crate's values, packs.

use std::f64::consts::PI;

use amsgrad::problem::{Function, Problem};
use amsgrad::{Elementary, Number, Pack, Real, VectorizedObjective};
use argmin_testfunctions as argmin;
use proptest::prelude::*;

fn evaluate<N: Elementary>(problem: &Problem, point: &[N]) -> (N, Vec<N>) {
    let mut gradient = vec![N::constant(f64::NAN); point.len()];
    let value = problem.evaluate(point, &mut gradient, &mut Vec::new());
    (value, gradient)
}

/// Every function in every dimension allowed from 1 to 6.
fn problems() -> Vec<Problem> {
    let dimensions = |function: &Function| {
        let function = *function;
        (1..=6).filter_map(move |dimension| Problem::new(function, dimension).ok())
    };
    Function::ALL.iter().flat_map(dimensions).collect()
}

/// A problem and a point of its domain.
fn inside() -> impl Strategy<Value = (Problem, Vec<f64>)> {
    let problems = problems();
    (0..problems.len(), prop::collection::vec(0.0..1.0, 6)).prop_map(move |(index, shares)| {
        let problem = problems[index];
        let domain = problem.domain();
        let sides = domain.sides().iter().zip(shares);
        let point = sides.map(|((lower, upper), share)| lower + share * (upper - lower)).collect();
        (problem, point)
    })
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

/// Whether the problem at a pack of points is, bit for bit, that at each of them.
fn pack_equals_singles<T: Real, const W: usize>(problem: &Problem, points: &[Vec<f64>; W]) -> bool {
    let row = |j: usize| points[j].iter().map(|x| T::from_f64(*x)).collect::<Vec<T>>();
    let packs: Vec<_> = (0..problem.dimension()).map(|i| Pack::<T, W>::from_fn(|j| row(j)[i])).collect();
    let (value, gradient) = evaluate(problem, &packs);
    let bits = |x: T| x.to_f64().to_bits();
    (0..W).all(|j| {
        let (alone, slopes) = evaluate(problem, &row(j));
        let same = |(slope, packed): (&T, &Pack<T, W>)| bits(*slope) == bits(packed.element(j));
        bits(alone) == bits(value.element(j)) && slopes.iter().zip(&gradient).all(same)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn gradients_agree_with_central_differences((problem, point) in inside()) {
        let (value, gradient) = evaluate(&problem, &point);
        let near_kink = problem.function() == Function::Ackley && point.iter().all(|x| x.abs() < 0.01);
        for i in 0..point.len() {
            let difference = |h: f64| {
                let at = |h: f64| {
                    let mut moved = point.clone();
                    moved[i] += h;
                    evaluate(&problem, &moved).0
                };
                (at(h) - at(-h)) / (2.0 * h)
            };
            // Extrapolated to fourth order; what remains is the rounding of the values.
            let h = 1e-4 * (1.0 + point[i].abs() / 10.0);
            let estimate = (4.0 * difference(h / 2.0) - difference(h)) / 3.0;
            let tolerance = 1e-6 * (1.0 + gradient[i].abs()) + 1e-14 * (1.0 + value.abs()) / h;
            prop_assert!(
                near_kink || (gradient[i] - estimate).abs() <= tolerance,
                "{problem:?} at {point:?}: slope {i} is {}, by differences {estimate}", gradient[i]
            );
        }
    }

    #[test]
    fn no_point_of_the_domain_is_below_the_minimum((problem, point) in inside()) {
        let minimum = problem.minimum().unwrap();
        prop_assert!(evaluate(&problem, &point).0 >= minimum, "{problem:?} at {point:?}");
    }

    #[test]
    fn a_pack_has_the_bits_of_its_numbers((problem, point) in inside(), shift in -1.0..1.0) {
        let points = |j: usize| point.iter().map(|x| x + shift * j as f64).collect::<Vec<f64>>();
        prop_assert!(pack_equals_singles::<f64, 4>(&problem, &std::array::from_fn(points)));
        prop_assert!(pack_equals_singles::<f32, 8>(&problem, &std::array::from_fn(points)));
    }

    #[test]
    fn single_precision_follows_double((problem, point) in inside()) {
        let point: Vec<f32> = point.into_iter().map(|x| x as f32).collect();
        let double: Vec<f64> = point.iter().map(|x| f64::from(*x)).collect();
        let ((value, gradient), (exact, slopes)) = (evaluate(&problem, &point), evaluate(&problem, &double));
        // Sines and cosines of large multiples of pi lose the most.
        let scale = slopes.iter().fold(1.0 + exact.abs(), |most, slope| most.max(slope.abs()));
        let near = |ours: f32, exact: f64| (f64::from(ours) - exact).abs() <= 2e-4 * scale;
        prop_assert!(near(value, exact), "{problem:?} at {point:?}: {value}, {exact}");
        for (slope, exact) in gradient.iter().zip(slopes) {
            prop_assert!(near(*slope, exact), "{problem:?} at {point:?}: {slope}, {exact}");
        }
    }

    #[test]
    fn another_crate_has_the_same_values_and_derivatives((problem, point) in inside()) {
        let Some((value, gradient)) = oracle(problem.function(), &point) else { return Ok(()) };
        let (ours, slopes) = evaluate(&problem, &point);
        let lost = 1e-16 * cancelling_terms(problem.function(), &point);
        for (a, b) in std::iter::once((ours, value)).chain(slopes.into_iter().zip(gradient)) {
            prop_assert!(close(a, b, 1e-12) || (a - b).abs() <= lost, "{problem:?} at {point:?}: {a}, {b}");
        }
    }

    #[test]
    fn any_text_names_a_function_or_the_nearest(text in "\\PC{0,40}") {
        if let Err(error) = Problem::named(&text, 2) {
            prop_assert!(error.to_string().contains(", or another of "));
        }
    }
}

/// Value and derivative by the crate `argmin_testfunctions`, where it has the function.
///
/// Its Levy function leaves out the first term of the sum, so that term is put in here.
fn oracle(function: Function, x: &[f64]) -> Option<(f64, Vec<f64>)> {
    let both = |value: fn(&[f64; 2]) -> f64, gradient: fn(&[f64; 2]) -> [f64; 2]| {
        let x: [f64; 2] = x.try_into().expect("two variables");
        (value(&x), gradient(&x).to_vec())
    };
    Some(match function {
        Function::Sphere => (argmin::sphere(x), argmin::sphere_derivative(x)),
        Function::Rosenbrock => (argmin::rosenbrock(x), argmin::rosenbrock_derivative(x)),
        Function::Rastrigin => (argmin::rastrigin(x), argmin::rastrigin_derivative(x)),
        Function::Ackley => (argmin::ackley(x), argmin::ackley_derivative(x)),
        Function::StyblinskiTang => (argmin::styblinski_tang(x), argmin::styblinski_tang_derivative(x)),
        Function::Levy if x.len() > 1 => {
            let (mut value, mut gradient) = (argmin::levy(x), argmin::levy_derivative(x));
            let u = (x[0] - 1.0) / 4.0;
            let (sin, cos) = (PI * (u + 1.0) + 1.0).sin_cos();
            value += u * u * (1.0 + 10.0 * sin * sin);
            gradient[0] += u * (1.0 + 10.0 * sin * sin) / 2.0 + 5.0 * PI * u * u * sin * cos;
            (value, gradient)
        }
        Function::Beale => both(argmin::beale, argmin::beale_derivative),
        Function::Booth => both(argmin::booth, argmin::booth_derivative),
        Function::Matyas => both(argmin::matyas, argmin::matyas_derivative),
        Function::Himmelblau => both(argmin::himmelblau, argmin::himmelblau_derivative),
        Function::Easom => both(argmin::easom, argmin::easom_derivative),
        Function::GoldsteinPrice => both(argmin::goldsteinprice, argmin::goldsteinprice_derivative),
        Function::McCormick => both(argmin::mccormick, argmin::mccormick_derivative),
        Function::ThreeHumpCamel => both(argmin::threehumpcamel, argmin::threehumpcamel_derivative),
        _ => return None,
    })
}

/// The size of the terms whose sum is the value, where they cancel so far that the value's own digits are no measure.
fn cancelling_terms(function: Function, x: &[f64]) -> f64 {
    if function != Function::GoldsteinPrice {
        return 0.0;
    }
    let (x, y) = (x[0].abs(), x[1].abs());
    let first = 19.0 + 14.0 * (x + y) + 3.0 * (x * x + y * y) + 6.0 * x * y;
    let second = 18.0 + 32.0 * x + 48.0 * y + 12.0 * x * x + 36.0 * x * y + 27.0 * y * y;
    (1.0 + (x + y + 1.0).powi(2) * first) * (30.0 + (2.0 * x + 3.0 * y).powi(2) * second)
}

#[test]
fn minima_are_where_they_are_said_to_be() {
    let large = Function::ALL.iter().filter_map(|function| Problem::new(*function, 10).ok());
    for problem in problems().into_iter().chain(large) {
        let (minimum, minimizers) = (problem.minimum().unwrap(), problem.minimizers());
        assert!(!minimizers.is_empty());
        for point in minimizers {
            assert_eq!(point.len(), problem.dimension());
            assert!(problem.domain().contains(&point), "{problem:?}: {point:?}");
            let (value, gradient) = evaluate(&problem, &point);
            assert!(close(value, minimum, 1e-15), "{problem:?}: {value}, {minimum}");
            for slope in gradient {
                assert!(slope.abs() < 1e-12, "{problem:?} at {point:?}: slope {slope}");
            }
        }
    }
}

#[test]
fn values_from_the_literature() {
    let value = |name: &str, point: &[f64]| evaluate(&Problem::named(name, point.len()).unwrap(), point).0;
    assert!(close(value("rosenbrock", &[-1.2, 1.0]), 24.2, 1e-15));
    assert_eq!(value("himmelblau", &[0.0, 0.0]), 170.0);
    assert_eq!(value("goldstein-price", &[0.0, 0.0]), 600.0);
    // The local minima that Goldstein and Price 1971 give.
    for (point, minimum) in [([1.8, 0.2], 84.0), ([-0.6, -0.4], 30.0), ([1.2, 0.8], 840.0)] {
        assert!(close(value("goldstein-price", &point), minimum, 1e-12));
    }
    assert_eq!(value("zakharov", &[1.0, 1.0]), 2.0 + 2.25 + 5.0625);
    assert_eq!(value("dixon-price", &[2.0, 1.0, 1.0]), 1.0 + 0.0 + 3.0);
    assert!(close(value("griewank", &[PI]), 2.0 + PI * PI / 4000.0, 1e-15));
    assert!(close(value("branin", &[0.0, 0.0]), 46.0 + 10.0 * (1.0 - 0.125 / PI), 1e-15));
    for (n, minimum) in [(2, -1.8013), (5, -4.687658), (10, -9.66015)] {
        let known = Problem::named("michalewicz", n).unwrap().minimum().unwrap();
        assert!((known - minimum).abs() < 1e-5);
    }
}

#[test]
fn near_the_minimum_no_digit_is_lost() {
    for (name, order) in [("ackley", 1), ("rastrigin", 2), ("griewank", 2), ("levy", 2)] {
        let problem = Problem::named(name, 2).unwrap();
        let minimizer = &problem.minimizers()[0];
        let at = |h: f64| evaluate(&problem, &[minimizer[0] + h, minimizer[1]]);
        let ((value, gradient), (half, _)) = (at(2.0_f64.powi(-40)), at(2.0_f64.powi(-41)));
        let ratio = value / half / 2.0_f64.powi(order);
        assert!((ratio - 1.0).abs() < 1e-10, "{name}: {value}, {half}");
        assert!(gradient[0] > 0.0 && gradient[1] == 0.0, "{name}: {gradient:?}");
    }
}

#[test]
fn ackley_has_a_gradient_at_and_around_its_kink() {
    let problem = Problem::named("ackley", 2).unwrap();
    assert_eq!(evaluate(&problem, &[0.0, 0.0]), (0.0, vec![0.0, 0.0]));
    assert_eq!(evaluate(&problem, &[0.0_f32, -0.0]), (0.0, vec![0.0, 0.0]));
    // Along an axis the slope is 4 / sqrt(2), however near, also where squares underflow.
    let slope = 8.0_f64.sqrt();
    for x in [1e-9_f64, -1e-9, 1e-160, -1e-160, 1e-300, -1e-300] {
        let (value, gradient) = evaluate(&problem, &[x, 0.0]);
        assert!(
            (gradient[0] / (slope * x.signum()) - 1.0).abs() < 1e-7 && gradient[1] == 0.0,
            "{gradient:?}"
        );
        assert!((value / (slope * x.abs()) - 1.0).abs() < 1e-7, "{x}: {value}");
    }
    let (_, gradient) = evaluate(&problem, &[1e-30_f32, 1e-30]);
    assert!((gradient[0] - 2.0).abs() < 1e-6 && gradient[0] == gradient[1]);
}

#[test]
fn no_nan_is_swallowed() {
    for problem in problems() {
        let point = vec![f64::NAN; problem.dimension()];
        assert!(evaluate(&problem, &point).0.is_nan(), "{problem:?}");
        assert!(problem.evaluate(&[0.0_f64; 4], &mut [0.0; 3], &mut Vec::new()).is_nan());
    }
}

#[test]
fn names_are_found_however_they_are_written() {
    let function = |name: &str| Problem::named(name, 2).map(|problem| problem.function());
    assert_eq!(function("Styblinski Tang"), Ok(Function::StyblinskiTang));
    assert_eq!(function("goldstein_price"), Ok(Function::GoldsteinPrice));
    for (typed, nearest) in [("rosenbrok", "rosenbrock"), ("six-hump", "six-hump-camel"), ("levi", "levy")] {
        let error = function(typed).unwrap_err().to_string();
        let expected = format!("problem is {typed}; allowed: {nearest}, or another of ");
        assert!(error.starts_with(&expected), "{error}");
    }
    assert_eq!(Function::ALL.len(), 20);
    for function in Function::ALL {
        assert_eq!(function.name().parse(), Ok(*function));
    }
}

#[test]
fn dimensions_are_checked() {
    let error = |name, dimension| Problem::named(name, dimension).unwrap_err().to_string();
    assert_eq!(error("beale", 1), "the dimension of beale is 1; allowed: 2");
    assert_eq!(error("rosenbrock", 1), "the dimension of rosenbrock is 1; allowed: from 2 to 16777216");
    assert!(error("sphere", usize::MAX).ends_with("allowed: from 1 to 16777216"));
    let problem = Problem::named("michalewicz", 11).unwrap();
    assert_eq!((problem.minimum(), problem.minimizers()), (None, Vec::new()));
}
