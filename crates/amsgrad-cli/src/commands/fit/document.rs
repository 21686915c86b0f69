//! A fit as a JSON document. Numbers round-trip; those that do not exist are null.

use amsgrad_fit::{Fit, Method, Noise, Outcome, Settings, Table};
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
        "settings": settings(fit.model().text(), fit.settings()),
    })
}

fn settings(model: &str, settings: &Settings) -> Value {
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
        "model": model,
        "loss": settings.loss.to_string(),
        "sigma": sigma,
        "weights": weights,
        "bounds": bounds,
        "simplex": settings.simplices,
        "start": start,
        "starts": settings.starts,
        "seed": settings.seed,
        "method": if settings.method == Method::AmsGrad { "amsgrad" } else { "staged" },
        "steps": settings.steps,
    })
}
