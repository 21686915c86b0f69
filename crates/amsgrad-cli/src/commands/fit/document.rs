//! A fit as a JSON document. Numbers round-trip; those that do not exist are null.

use amsgrad::LearningRate;
use amsgrad_fit::{Fit, Method, Model, Noise, Outcome, Settings, Table};
use serde_json::{Map, Value, json};

pub(super) fn of(fit: &Fit<'_>, table: &Table, outcome: &Outcome) -> Value {
    let mut parameters = Map::new();
    for one in &outcome.parameters {
        let interval = one.interval.map(|(low, high)| [low, high]);
        let entry = json!({
            "value": one.value,
            "standard_error": one.standard_error,
            "interval": interval,
            "at_bound": one.at_bound,
        });
        parameters.insert(one.name.clone(), entry);
    }
    json!({
        "status": outcome.status.name(),
        "reason": outcome.status.to_string(),
        "parameters": parameters,
        "undetermined": outcome.undetermined,
        "correlation": outcome.correlation,
        "cost": outcome.cost,
        "residual_sum_of_squares": outcome.residual_sum_of_squares,
        "reduced_chi_square": outcome.reduced_chi_square,
        "degrees_of_freedom": outcome.degrees_of_freedom,
        "r_squared": outcome.r_squared,
        "aic": outcome.aic,
        "bic": outcome.bic,
        "counts": {
            "rows": table.rows(),
            "skipped": table.skipped(),
            "starts": outcome.evaluations.starts,
            "steps": outcome.evaluations.steps,
            "values": outcome.evaluations.values,
            "gradients": outcome.evaluations.gradients,
        },
        "settings": settings(fit.model(), fit.settings()),
    })
}

fn settings(model: &Model, settings: &Settings) -> Value {
    let (sigma, weights) = match &settings.noise {
        Noise::Unknown => (Value::Null, None),
        Noise::Sigma(sigma) => ((*sigma).into(), None),
        Noise::SigmaColumn(name) => (name.as_str().into(), None),
        Noise::Weights(name) => (Value::Null, Some(name)),
    };
    let side = |side: f64| side.is_finite().then_some(side);
    let bounds: Map<String, Value> = settings
        .bounds
        .iter()
        .map(|(name, (lower, upper))| (name.clone(), json!([side(*lower), side(*upper)])))
        .collect();
    let start: Map<String, Value> =
        settings.start.iter().map(|(name, value)| (name.clone(), (*value).into())).collect();
    json!({
        "model": model.text(),
        "define": model.definitions(),
        "loss": settings.loss.to_string(),
        "sigma": sigma,
        "weights": weights,
        "bounds": bounds,
        "simplex": settings.simplices,
        "start": start,
        "starts": settings.starts,
        "seed": settings.seed,
        "method": method(&settings.method),
        "steps": settings.steps,
    })
}

fn method(method: &Method) -> Value {
    let Method::FirstOrder(method) = method else { return "staged".into() };
    let settings = method.rule.settings().into_iter();
    let settings: Map<String, Value> = settings
        .filter(|(name, _)| *name != "learning_rate")
        .map(|(name, setting)| (name.to_owned(), setting.to_string().into()))
        .collect();
    let rate = method.learning_rate.as_ref().map(|rate| match rate {
        LearningRate::Schedule(schedule) => schedule.to_string(),
        _ => "auto".to_owned(),
    });
    json!({
        "rule": method.rule.name(),
        "rule_settings": settings,
        "learning_rate": rate,
        "batch_size": method.batch,
        "epochs": method.epochs,
    })
}
