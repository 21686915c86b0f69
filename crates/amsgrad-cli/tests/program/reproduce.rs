//! The paper's experiments: who goes where, and what the pictures hold.

use serde_json::Value;

use super::{data, document};

/// The last row of a rule.
fn last<'a>(sequence: &'a Value, rule: &str) -> &'a Value {
    let rules = sequence["rules"].as_array().unwrap();
    let track = rules.iter().find(|track| track["settings"]["rule"] == rule).unwrap();
    assert_eq!(track["best_fixed_point"], -1.0);
    track["rows"].as_array().unwrap().last().unwrap()
}

#[test]
fn adam_goes_to_the_worst_point_and_amsgrad_to_the_best() {
    for (what, steps) in [("figure1", 60_000), ("section3", 6000)] {
        let document = document(["reproduce", what, "--json", "--steps", &steps.to_string()]);
        let online = &document["sequences"][0];
        let (adam, amsgrad) = (last(online, "adam"), last(online, "amsgrad"));
        assert_eq!((&adam["t"], &document["chosen"]["steps"]), (&steps.into(), &steps.into()));
        assert!(adam["x"].as_f64().unwrap() > 0.98, "{what}: {adam}");
        assert!(amsgrad["x"].as_f64().unwrap() < -0.8, "{what}: {amsgrad}");
        assert!(adam["average_regret"].as_f64() > amsgrad["average_regret"].as_f64(), "{what}");
    }
}

#[test]
fn the_bound_holds_in_every_row() {
    let document = document(["reproduce", "theorem4", "--json", "--steps", "20000", "--beta1", "0.9 / t"]);
    let rows = document["rows"].as_array().unwrap();
    assert!(rows.len() > 500);
    let holds = |row: &Value| row["regret"].as_f64().unwrap() <= row["bound"].as_f64().unwrap();
    assert!(rows.iter().all(holds) && document["holds"] == true);
}

#[test]
fn the_pictures_name_their_panels_and_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.svg");
    let file = file.to_str().unwrap();
    let drawn = |arguments: &[&str]| {
        let output = super::amsgrad(arguments.iter().chain(&["--steps", "300", "--output", file]));
        assert!(output.status.success(), "{output:?}");
        std::fs::read_to_string(file).unwrap()
    };
    let figure1 = drawn(&["reproduce", "figure1", "--title", "Here"]);
    for part in ["Here: Average regret, online", "Here: Iterate, online", "Here: Iterate, stochastic"] {
        assert!(figure1.contains(&format!(">{part}</text>")), "{part}");
    }
    assert!(figure1.matches(">amsgrad</text>").count() == 3 && figure1.contains("width=\"12.6in\""));
    assert!(drawn(&["reproduce", "section3"]).contains(">Iterate</text>"));
    assert!(drawn(&["reproduce", "theorem4"]).contains(">bound</text>"));
}

#[test]
fn the_stochastic_losses_follow_their_seed() {
    let rows = |seed: &str| data(["reproduce", "figure1", "--json", "--steps", "500", "--seed", seed]);
    assert_eq!(rows("7"), rows("7"));
    assert_ne!(rows("7"), rows("8"));
}
