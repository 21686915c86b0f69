//! What a fit says about parameters it cannot be sure of.

use amsgrad_fit::{Fit, FitError, Model, Names, Noise, Outcome, Settings, Status, Table};

fn line() -> Table {
    let x: Vec<f64> = (0..20).map(f64::from).collect();
    let y = x.iter().map(|x| 3.0 + 2.0 * x + 0.1 * (7.0 * x).sin()).collect();
    Table::new([("x", x), ("y", y)]).unwrap()
}

fn fit(text: &str, table: &Table, settings: Settings) -> Result<Outcome, FitError> {
    let model = Model::parse(text, Names { parameters: &settings.parameters(), ..table.names().into() })?;
    Fit::new(&model, settings)?.run(table, &|| false)
}

#[test]
fn parameters_that_the_data_cannot_tell_apart_are_named() {
    let outcome = fit("y ~ a + b + c*x", &line(), Settings::default()).unwrap();
    assert_eq!(
        (outcome.status, &outcome.undetermined[..]),
        (Status::Converged, &[vec!["a".to_owned(), "b".to_owned()]][..])
    );
    assert_eq!(outcome.parameter("a").unwrap().standard_error, None);
    assert!(outcome.parameter("c").unwrap().standard_error.is_some());
    let outcome = fit("y ~ a*b*x + c", &line(), Settings::default()).unwrap();
    assert_eq!(outcome.undetermined, [["a", "b"]]);
    assert!(outcome.parameter("c").unwrap().standard_error.is_some());
}

#[test]
fn what_the_data_leave_open_stays_near_its_start() {
    for text in ["y ~ a + b + c*x", "y ~ c*x + log(exp(a) * exp(b))"] {
        let start = [("a", 0.25), ("b", 0.5), ("c", 1.0)].map(|(name, x)| (name.to_owned(), x)).into();
        let outcome = fit(text, &line(), Settings { start, ..Settings::default() }).unwrap();
        assert_eq!((outcome.status, outcome.undetermined.len()), (Status::Converged, 1), "{text}");
        assert!(outcome.parameters.iter().all(|one| one.value.abs() < 10.0), "{text}: {outcome:?}");
    }
    let model = Model::sum("(y - a - b - c*x)^2", line().names()).unwrap();
    let outcome = Fit::new(&model, Settings::default()).unwrap().run(&line(), &|| false).unwrap();
    assert_eq!(
        (outcome.status, &outcome.undetermined[..]),
        (Status::Converged, &[vec!["a".to_owned(), "b".to_owned()]][..])
    );
}

#[test]
fn errors_of_a_sum_come_from_the_scatter_of_its_terms() {
    let sum = |text: &str| {
        let model = Model::sum(text, line().names()).unwrap();
        Fit::new(&model, Settings::default()).unwrap().run(&line(), &|| false).unwrap()
    };
    let error = |outcome: &Outcome| outcome.parameter("b").unwrap().standard_error.unwrap();
    let (one, nine) = (sum("(y - a - b*x)^2"), sum("9*(y - a - b*x)^2"));
    assert!((error(&nine) / error(&one) - 1.0).abs() < 1e-6);
    let squares = fit("y ~ a + b*x", &line(), Settings::default()).unwrap();
    assert!((0.7..1.4).contains(&(error(&one) / error(&squares))), "{} {}", error(&one), error(&squares));
    assert_eq!((one.aic, one.bic), (None, None));
    assert!(squares.aic.is_some());
}

#[test]
fn a_parameter_without_effect_is_named() {
    let outcome = fit("y ~ a + b*x + 0*c", &line(), Settings::default()).unwrap();
    assert_eq!(outcome.undetermined, [["c"]]);
    assert!(outcome.status.is_converged());
}

#[test]
fn a_parameter_on_a_bound_has_no_error() {
    let bounds = vec![("b".to_owned(), (2.5, 9.0))];
    let outcome = fit("y ~ a + b*x", &line(), Settings { bounds, ..Settings::default() }).unwrap();
    let b = outcome.parameter("b").unwrap();
    assert_eq!((outcome.status, b.value, b.at_bound, b.standard_error), (Status::Converged, 2.5, true, None));
    assert!(outcome.parameter("a").unwrap().standard_error.is_some());
    assert_eq!(outcome.degrees_of_freedom, 19);
}

#[test]
fn sigma_is_absolute_and_weights_are_not() {
    let x: Vec<f64> = (0..20).map(f64::from).collect();
    let y = x.iter().map(|x| 3.0 + 2.0 * x + (7.0 * x).sin()).collect();
    let table = Table::new([("x", x), ("y", y), ("w", vec![0.25; 20])]).unwrap();
    let with = |noise| fit("y ~ a + b*x", &table, Settings { noise, ..Settings::default() }).unwrap();
    let error = |outcome: &Outcome| outcome.parameter("b").unwrap().standard_error.unwrap();
    let (plain, weighted) = (with(Noise::Unknown), with(Noise::Weights("w".into())));
    assert!((error(&plain) / error(&weighted) - 1.0).abs() < 1e-12);
    let (one, two) = (with(Noise::Sigma(1.0)), with(Noise::Sigma(2.0)));
    assert!((error(&two) / error(&one) - 2.0).abs() < 1e-12);
}

#[test]
fn fewer_rows_than_parameters_are_refused() {
    let table = Table::new([("x", vec![1.0]), ("y", vec![2.0])]).unwrap();
    let error = fit("y ~ a + b*x", &table, Settings::default()).unwrap_err();
    assert_eq!(error.to_string(), "1 row cannot determine 2 parameters");
}

#[test]
fn a_model_that_is_nowhere_finite_says_so() {
    let outcome = fit("y ~ a + b*log(-1-x)", &line(), Settings::default()).unwrap();
    assert_eq!(outcome.status, Status::NotFinite);
    assert!(outcome.parameters.iter().all(|parameter| parameter.standard_error.is_none()));
}

#[test]
fn a_fit_that_is_stopped_returns_the_best_so_far() {
    let model = Model::parse("y ~ a + b*x", line().names()).unwrap();
    let outcome = Fit::new(&model, Settings::default()).unwrap().run(&line(), &|| true).unwrap();
    assert_eq!(outcome.status, Status::Stopped);
}

#[test]
fn threads_do_not_change_a_bit() {
    let x: Vec<f64> = (0..50_000).map(|i| f64::from(i) * 1e-3).collect();
    let y = x.iter().map(|x| 5.0 * (-0.1 * x).exp() + 0.3 * (x * 9.0).sin()).collect();
    let table = Table::new([("x", x), ("y", y)]).unwrap();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit("y ~ a*exp(-b*x) + c", &table, Settings::default()).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn rows_far_from_a_peak_do_not_spoil_it() {
    // So placed that derivatives, or their squares, are subnormal in a whole block of rows.
    for (rows, place, width) in
        [(2000, 3.3, 0.05), (2000, 3.497, 0.05), (2000, 3.7, 0.05), (20_000, 7.0, 0.2)]
    {
        let t: Vec<f64> = (0..rows).map(|i| f64::from(i) * 10.0 / f64::from(rows)).collect();
        let peak = |t: f64| 1.5 * (-((t - place) / width).powi(2)).exp();
        let y = t.iter().map(|t| peak(*t) + 0.01 * (97.0 * t).sin()).collect();
        let table = Table::new([("t", t), ("y", y)]).unwrap();
        let start = [("h", 1.0), ("k", place + 0.01), ("v", 1.2 * width)];
        let start = start.map(|(name, x)| (name.to_owned(), x)).into();
        let outcome =
            fit("y ~ h*exp(-((t-k)/v)^2)", &table, Settings { start, ..Settings::default() }).unwrap();
        assert_eq!(outcome.status, Status::Converged, "{rows} {place}");
        let found = outcome.parameter("v").unwrap().value;
        assert!((found / width - 1.0).abs() < 0.02, "{rows} {place}: {found}");
    }
}
