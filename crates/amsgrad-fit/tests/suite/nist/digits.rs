//! The digits that fits of NIST's reference sets have right.

use std::error::Error;
use std::path::Path;

use amsgrad_fit::{Fit, Format, Model, Outcome, Settings, Source, Table};
use serde_json::Value;

/// One set: the digits of the parameters, of their standard errors and of the sum of squares, from both starts, and
/// those of the parameters from 64 starts within bounds.
#[derive(Debug)]
pub(crate) struct Digits {
    pub(crate) name: String,
    pub(crate) parameters: usize,
    pub(crate) starts: [[f64; 3]; 2],
    pub(crate) bounds: f64,
}

/// Fits every set.
pub(crate) fn of_all_sets() -> Result<Vec<Digits>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nist-strd");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("certified.json"))?)?;
    let of_set = |(name, set): (&String, &Value)| {
        let table = Source::open(folder.join(format!("{name}.csv")), &Format::default())?.read_all()?;
        let model = Model::parse(set["model"].as_str().ok_or("no model")?, table.names())?;
        let mut starts = [[0.0; 3]; 2];
        for (digits, start) in starts.iter_mut().zip(["start1", "start2"]) {
            let given =
                |name: &String| (name.clone(), set["parameters"][name][start].as_f64().unwrap_or(f64::NAN));
            let start = model.parameters().iter().map(given).collect();
            *digits = best(name, set, &fit(&model, &table, Settings { start, ..Settings::default() })?);
        }
        let bounds = model.parameters().iter().map(|name| (name.clone(), around(set, name))).collect();
        let settings = Settings { bounds, starts: Some(64), ..Settings::default() };
        let [bounds, ..] = best(name, set, &fit(&model, &table, settings)?);
        Ok(Digits { name: name.clone(), parameters: model.parameters().len(), starts, bounds })
    };
    document["sets"].as_object().ok_or("no sets")?.iter().map(of_set).collect()
}

fn fit(model: &Model, table: &Table, settings: Settings) -> Result<Outcome, Box<dyn Error>> {
    Ok(Fit::new(model, settings)?.run(table, &|| false)?)
}

/// Bounds a factor of 10 around the certified value.
fn around(set: &Value, name: &str) -> (f64, f64) {
    let value = certified(&set["parameters"][name]["value"]);
    if value > 0.0 { (value / 10.0, value * 10.0) } else { (value * 10.0, value / 10.0) }
}

fn certified(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// The orders in which the parameters of a set's model may come out: pairs of terms that may be exchanged, as the
/// numbers of the parameters in them.
fn orders(set: &str) -> Vec<Vec<(String, String)>> {
    let exchanges: &[&[(u32, u32)]] = match set {
        "ENSO" => &[&[(4, 7), (5, 8), (6, 9)]],
        "Gauss1" | "Gauss2" => &[&[(3, 6), (4, 7), (5, 8)]],
        "Lanczos1" | "Lanczos3" => &[&[(1, 3), (2, 4)], &[(3, 5), (4, 6)], &[(1, 5), (2, 6)]],
        "MGH17" => &[&[(2, 3), (4, 5)]],
        _ => &[],
    };
    let name = |number: u32| format!("b{number}");
    let pairs = |exchange: &[(u32, u32)]| {
        exchange.iter().flat_map(|(a, b)| [(name(*a), name(*b)), (name(*b), name(*a))]).collect()
    };
    let one: Vec<Vec<(String, String)>> = exchanges.iter().map(|exchange| pairs(exchange)).collect();
    // Of three terms, every order is one exchange or two.
    let two = one.iter().flat_map(|first| one.iter().map(|second| after(first, second))).collect::<Vec<_>>();
    std::iter::once(Vec::new()).chain(one).chain(two).collect()
}

/// One exchange after another.
fn after(first: &[(String, String)], second: &[(String, String)]) -> Vec<(String, String)> {
    let send = |name: &String, by: &[(String, String)]| {
        by.iter().find(|(from, _)| from == name).map_or(name.clone(), |(_, to)| to.clone())
    };
    let names: Vec<String> = (1..=9).map(|number| format!("b{number}")).collect();
    names.iter().map(|name| (name.clone(), send(&send(name, first), second))).collect()
}

/// The digits in the order that fits best: terms of the same form may come out in any order.
fn best(name: &str, set: &Value, outcome: &Outcome) -> [f64; 3] {
    let found = orders(name).into_iter().map(|order| digits(set, outcome, &order));
    found.max_by(|a, b| a[0].total_cmp(&b[0])).unwrap_or([0.0; 3])
}

/// The least number of right digits: of the parameters, of their standard errors, and of the sum of squares.
fn digits(set: &Value, outcome: &Outcome, order: &[(String, String)]) -> [f64; 3] {
    let right = |found: f64, expected: f64| {
        // Certified values have eleven digits.
        (0.0 - ((found - expected) / expected).abs().log10()).clamp(0.0, 11.0)
    };
    let parameters = outcome.parameters.iter().map(|parameter| {
        let sent = order.iter().find(|(from, _)| *from == parameter.name).map(|(_, to)| to);
        let expected = &set["parameters"][sent.unwrap_or(&parameter.name)];
        let error = parameter.standard_error.unwrap_or(f64::NAN);
        (
            right(parameter.value, certified(&expected["value"])),
            right(error, certified(&expected["standard_error"])),
        )
    });
    let (values, errors) = parameters.fold((11.0, 11.0), |(a, b): (f64, f64), (value, error)| {
        (if value.is_nan() { 0.0 } else { a.min(value) }, if error.is_nan() { 0.0 } else { b.min(error) })
    });
    let squares = outcome.residual_sum_of_squares.unwrap_or(f64::NAN);
    [values, errors, right(squares, certified(&set["residual_sum_of_squares"]))]
}
