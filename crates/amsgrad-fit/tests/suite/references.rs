//! Fits that SciPy made too, or whose truth is known. tests/scipy/generate.py recorded them.

use std::path::Path;

use amsgrad_fit::{FirstOrder, Fit, Loss, Method, Model, Names, Noise, Outcome, Settings, Status, Table};
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
        let model =
            Model::log_likelihood(text, Names { parameters: &settings.parameters(), ..table.names().into() })
                .unwrap();
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
    let model = Model::parse(
        reference["model"].as_str().unwrap(),
        Names { parameters: &settings.parameters(), ..table.names().into() },
    )
    .unwrap();
    let outcome = Fit::new(&model, settings).unwrap().run(&table, &|| false).unwrap();
    agrees(&outcome, &reference, 1e-10, 1e-6);
}

/// The standard errors of a and b of a line through measurements at `x` whose errors are `sigma`.
fn errors_of_a_line(x: &[f64], sigma: f64) -> [(&'static str, f64); 2] {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let spread: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
    [("a", sigma * (1.0 / n + mean * mean / spread).sqrt()), ("b", sigma / spread.sqrt())]
}

#[test]
fn robust_losses_pass_outliers_by() {
    let reference = reference("outliers");
    let table = table(&reference);
    let model = Model::parse("y ~ a + b*x", table.names()).unwrap();
    let truth = named(&reference["truth"]);
    // What a fit of as many rows would have, were none of them spoiled: generate.py draws errors of 0.3.
    let clean = errors_of_a_line(table.column("x").unwrap(), 0.3);
    let off = |outcome: &Outcome| -> Vec<f64> {
        let off = |(name, error): &(&str, f64)| {
            let (_, truth) = truth.iter().find(|(known, _)| known == name).unwrap();
            (outcome.parameter(name).unwrap().value - truth).abs() / error
        };
        clean.iter().map(off).collect()
    };
    let fit = |loss| {
        let fit = Fit::new(&model, Settings { loss, ..Settings::default() }).unwrap();
        fit.run(&table, &|| false).unwrap()
    };
    for loss in [Loss::Huber(0.3), Loss::SoftL1(0.3), Loss::Cauchy(0.3), Loss::Absolute] {
        let outcome = fit(loss);
        assert_eq!(outcome.status, Status::Converged, "{loss}");
        assert!(off(&outcome).iter().all(|off| *off < 2.0), "{loss}: {:?}", off(&outcome));
        for (name, clean) in clean {
            let error = outcome.parameter(name).unwrap().standard_error.unwrap();
            assert!((0.7..2.0).contains(&(error / clean)), "{loss}: the error of {name} is {error}");
        }
    }
    assert!(off(&fit(Loss::Squares)).iter().any(|off| *off > 5.0));
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
        starts: Some(2),
        ..Settings::default()
    };
    let model = Model::log_likelihood(
        &format!("log({terms})"),
        Names { parameters: &settings.parameters(), ..table.names().into() },
    )
    .unwrap();
    for method in [Method::Staged, Method::FirstOrder(FirstOrder::default())] {
        let alone = matches!(method, Method::FirstOrder(_));
        let settings = Settings { method, steps: alone.then_some(400), ..settings.clone() };
        let outcome = Fit::new(&model, settings).unwrap().run(&table, &|| false).unwrap();
        assert!(alone || outcome.status == Status::Converged, "{outcome:?}");
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
                "alone {alone}: {name} = {} +- {error}",
                found.value
            );
            assert!(error < 0.06, "{name}: {error}");
        }
    }
}
