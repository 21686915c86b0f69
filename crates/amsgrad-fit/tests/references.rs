//! Fits that SciPy made too, or whose truth is known. tests/scipy/generate.py recorded them.
#![allow(clippy::unwrap_used, reason = "a test's helper fails like a test")]

use std::path::Path;

use amsgrad_fit::{Fit, Loss, Method, Model, Noise, Outcome, Settings, Status, Table};
use serde_json::Value;

fn reference(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scipy/references.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    all[name].clone()
}

fn table(reference: &Value) -> Table {
    let numbers = |column: &Value| column.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    let columns = reference["columns"].as_object().unwrap().iter();
    Table::new(columns.map(|(name, column)| (name.clone(), numbers(column)))).unwrap()
}

fn named(object: &Value) -> Vec<(String, f64)> {
    object.as_object().unwrap().iter().map(|(name, x)| (name.clone(), x.as_f64().unwrap())).collect()
}

#[track_caller]
fn agrees(outcome: &Outcome, reference: &Value, values: f64, errors: f64) {
    assert_eq!(outcome.status, Status::Converged);
    for (name, expected) in named(&reference["values"]) {
        let found = outcome.parameter(&name).unwrap();
        assert!((found.value / expected - 1.0).abs() < values, "{name}: {} is not {expected}", found.value);
        let error = found.standard_error.unwrap();
        let expected = reference["errors"][&name].as_f64().unwrap();
        assert!((error / expected - 1.0).abs() < errors, "error of {name}: {error} is not {expected}");
    }
}

#[test]
fn likelihoods_agree() {
    for name in ["weibull", "poisson"] {
        let reference = reference(name);
        let table = table(&reference);
        let bounds = reference["bounds"].as_object().unwrap().iter();
        let settings = Settings {
            bounds: bounds
                .map(|(name, b)| (name.clone(), (b[0].as_f64().unwrap(), b[1].as_f64().unwrap())))
                .collect(),
            start: named(&reference["start"]),
            ..Settings::default()
        };
        let text = reference["log_likelihood"].as_str().unwrap();
        let model = Model::log_likelihood(text, table.names(), &settings.parameters()).unwrap();
        let outcome = Fit::new(&model, settings).unwrap().run(&table, &|| false).unwrap();
        agrees(&outcome, &reference, 1e-6, 1e-4);
    }
}

#[test]
fn a_decay_with_errors_is_found_from_far_away() {
    let reference = reference("decay");
    let table = table(&reference);
    let start = named(&reference["start"]);
    let noise = Noise::SigmaColumn("dy".into());
    let settings = Settings { start, noise, ..Settings::default() };
    let model =
        Model::parse(reference["model"].as_str().unwrap(), table.names(), &settings.parameters()).unwrap();
    let outcome = Fit::new(&model, settings).unwrap().run(&table, &|| false).unwrap();
    agrees(&outcome, &reference, 1e-10, 1e-6);
}

#[test]
fn robust_losses_pass_outliers_by() {
    let reference = reference("outliers");
    let table = table(&reference);
    let model = Model::parse("y ~ a + b*x", table.names(), &[]).unwrap();
    let losses = [Loss::Huber(0.3), Loss::SoftL1(0.3), Loss::Cauchy(0.3), Loss::Absolute];
    for loss in losses {
        let outcome =
            Fit::new(&model, Settings { loss, ..Settings::default() }).unwrap().run(&table, &|| false);
        let outcome = outcome.unwrap();
        assert_eq!(outcome.status, Status::Converged, "{loss}");
        for (name, truth) in named(&reference["truth"]) {
            let found = outcome.parameter(&name).unwrap();
            let error = found.standard_error.unwrap();
            assert!((found.value - truth).abs() < 2.0 * error, "{loss}: {name} = {} +- {error}", found.value);
            assert!(error < 0.1, "{loss}: the error of {name} is {error}");
        }
    }
    let squares = Fit::new(&model, Settings::default()).unwrap().run(&table, &|| false).unwrap();
    assert!(squares.parameter("a").unwrap().standard_error.unwrap() > 0.5);
}

#[test]
fn the_weights_of_a_mixture_are_found() {
    let reference = reference("mixture");
    let table = table(&reference);
    let density = |weight: &str, mean: &str| format!("{weight}/s*exp(-((z-{mean})/s)^2/2)");
    let terms = [density("w1", "m1"), density("w2", "m2"), density("w3", "m3")].join(" + ");
    let bounds = [("m1", (-6.0, -1.0)), ("m2", (-1.0, 2.0)), ("m3", (2.0, 6.0)), ("s", (0.1, 5.0))];
    let settings = Settings {
        bounds: bounds.map(|(name, sides)| (name.to_owned(), sides)).into(),
        simplices: vec![["w1", "w2", "w3"].map(str::to_owned).into()],
        starts: Some(4),
        ..Settings::default()
    };
    let model =
        Model::log_likelihood(&format!("log({terms})"), table.names(), &settings.parameters()).unwrap();
    for method in [Method::Staged, Method::AmsGrad] {
        let steps = (method == Method::AmsGrad).then_some(2000);
        let settings = Settings { method, steps, ..settings.clone() };
        let outcome = Fit::new(&model, settings).unwrap().run(&table, &|| false).unwrap();
        assert!(method == Method::AmsGrad || outcome.status == Status::Converged, "{outcome:?}");
        let value = |name: &str| outcome.parameter(name).unwrap().value;
        let total = value("w1") + value("w2") + value("w3");
        assert!((total - 1.0).abs() <= 3.0 * f64::EPSILON, "{total}");
        let shares = reference["shares"].as_array().unwrap();
        let shares = shares.iter().map(|rows| rows.as_f64().unwrap() / table.rows() as f64);
        let means = [("m1", -3.0), ("m2", 0.5), ("m3", 4.0)];
        for (name, truth) in ["w1", "w2", "w3"].into_iter().zip(shares).chain(means) {
            let found = outcome.parameter(name).unwrap();
            let error = found.standard_error.unwrap();
            assert!(
                (found.value - truth).abs() < 3.0 * error,
                "{method:?}: {name} = {} +- {error}",
                found.value
            );
            assert!(error < 0.06, "{name}: {error}");
        }
    }
}
