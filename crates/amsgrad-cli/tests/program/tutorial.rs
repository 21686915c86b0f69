//! `amsgrad tutorial`: the tutorial's output to the byte, and its path to the bit.

use serde_json::{Value, json};

use crate::{data, document, golden};

#[test]
fn the_output_is_the_tutorials_to_the_byte() {
    assert_eq!(String::from_utf8(data(["tutorial"])).unwrap(), golden("tutorial-published.txt"));
    assert_eq!(String::from_utf8(data(["tutorial", "--listing"])).unwrap(), golden("tutorial-listing.txt"));
}

/// A finite number as Python's `float.hex` writes it.
fn hexadecimal(text: &str) -> f64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (significand, exponent) = digits.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, fraction) = significand.split_once('.').unwrap();
    let integer = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap();
    let exponent = exponent.parse::<i32>().unwrap() - 4 * fraction.len() as i32;
    // 53 bits at most, times a power of two: both exact.
    assert!(integer < 1 << 53 && (-1022..=1023).contains(&exponent));
    sign * integer as f64 * f64::from_bits(((exponent + 1023) as u64) << 52)
}

fn point(entry: &Value) -> Vec<u64> {
    entry.as_array().unwrap().iter().map(|x| x.as_f64().unwrap().to_bits()).collect()
}

#[test]
fn every_point_is_the_tutorials_to_the_bit() {
    let recorded: Value = serde_json::from_str(&golden("tutorial-run.json")).unwrap();
    let expected = |point: &Value| -> Vec<u64> {
        point.as_array().unwrap().iter().map(|x| hexadecimal(x.as_str().unwrap()).to_bits()).collect()
    };
    let runs =
        [("published", vec!["tutorial", "--json"]), ("listing", vec!["tutorial", "--json", "--listing"])];
    for (name, arguments) in runs {
        let run = document(arguments);
        let trace = run["trace"].as_array().unwrap();
        assert_eq!(point(&trace[0]["point"]), expected(&recorded["start"]));
        let points = recorded["runs"][name]["x"].as_array().unwrap();
        assert_eq!((points.len(), trace.len()), (100, 101));
        for (step, (entry, recorded)) in trace[1..].iter().zip(points).enumerate() {
            assert_eq!(point(&entry["point"]), expected(recorded), "{name}, step {}", step + 1);
        }
    }
}

#[test]
fn the_document_holds_settings_trace_and_outcome() {
    let run = document(["tutorial", "--json"]);
    let names: Vec<&String> = run.as_object().unwrap().keys().collect();
    assert_eq!(names, ["settings", "trace", "outcome"]);
    assert_eq!(
        run["settings"],
        json!({
            "rule": "amsgrad",
            "learning_rate": 0.007,
            "beta1": "0.9^t",
            "beta2": 0.99,
            "epsilon": 0.0,
            "dialect": "paper",
            "formula": "x^2 + y^2",
            "domain": [[-1.0, 1.0], [-1.0, 1.0]],
            "start": { "generator": "numpy.random.seed", "seed": 1 },
            "steps": 100,
        })
    );

    let trace = run["trace"].as_array().unwrap();
    let start = [-0.165955990594852, 0.4406489868843162];
    let gradient = start.map(|x| 2.0 * x);
    assert_eq!(
        trace[0],
        json!({
            "step": 0,
            "point": start,
            "value": start[0] * start[0] + start[1] * start[1],
            "gradient": gradient,
            "m": [0.0, 0.0],
            "v": [0.0, 0.0],
            "v_hat": [0.0, 0.0],
            "learning_rate": null,
            "beta1": null,
        })
    );
    // The first step by hand: beta1_t is 0.9, v_hat is v.
    let first = &trace[1];
    assert_eq!((&first["learning_rate"], &first["beta1"]), (&json!(0.007), &json!(0.9)));
    assert_eq!(first["m"], json!(gradient.map(|g| (1.0 - 0.9) * g)));
    assert_eq!(first["v"], json!(gradient.map(|g| (1.0 - 0.99) * g * g)));
    assert_eq!(first["v_hat"], first["v"]);
    for (step, pair) in trace.windows(2).enumerate() {
        assert_eq!(pair[1]["step"], json!(step + 1));
        for coordinate in 0..2 {
            let v_hat = |entry: &Value| entry["v_hat"][coordinate].as_f64().unwrap();
            assert!(v_hat(&pair[1]) >= v_hat(&pair[0]), "v_hat falls at step {}", step + 1);
        }
    }

    let outcome = &run["outcome"];
    assert_eq!(outcome["status"], "step-limit");
    assert_eq!(outcome["counts"], json!({ "steps": 100, "values": 101, "gradients": 101 }));
    assert!(outcome["seconds"].as_f64().unwrap() >= 0.0);
    for place in ["best", "last"] {
        for field in ["step", "point", "value"] {
            assert_eq!(outcome[place][field], trace[100][field], "{place} {field}");
        }
    }
    assert_eq!(document(["tutorial", "--json", "--listing"])["settings"]["epsilon"], json!(1e-8));
}

#[test]
fn its_settings_can_be_typed_and_changed() {
    let typed = ["--alpha", "0.007", "--beta1", "0.9^t", "--beta2", "0.99", "--seed", "1", "--steps", "100"];
    let typed = [&["tutorial", "--rule", "amsgrad"], typed.as_slice()].concat();
    assert_eq!(String::from_utf8(data(typed)).unwrap(), golden("tutorial-published.txt"));

    let changed = document([
        "tutorial",
        "--json",
        "--alpha",
        "0.1/sqrt(t)",
        "--beta1",
        "0.5",
        "--seed",
        "7",
        "--steps",
        "3",
    ]);
    let settings = &changed["settings"];
    assert_eq!((&settings["beta1"], &settings["start"]["seed"]), (&json!(0.5), &json!(7)));
    assert_eq!(changed["trace"].as_array().unwrap().len(), 4);
    assert_ne!(changed["trace"][0]["point"], document(["tutorial", "--json"])["trace"][0]["point"]);
}

#[test]
fn every_rule_runs_it_with_its_learning_rate() {
    let rules = document(["rules", "--json"]);
    for rule in rules["rules"].as_array().unwrap() {
        let name = rule["name"].as_str().unwrap();
        let settings = &document(["tutorial", "--json", "--rule", name])["settings"];
        assert_eq!((settings["rule"].as_str(), &settings["steps"]), (Some(name), &json!(100)));
        assert_eq!(settings["learning_rate"], json!(0.007));
    }
}
