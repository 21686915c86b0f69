//! `amsgrad basins`: the minima of a known function, and a picture of who ends where.

use std::fs;
use std::process::Output;

use crate::amsgrad;

/// What the document says of a function from -2 to 2.
fn found(formula: &str) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("picture.svg");
    let Output { status, stdout, .. } = amsgrad([
        "basins",
        formula,
        "--bounds",
        "-2..2",
        "--side",
        "9",
        "--steps",
        "1500",
        "--json",
        "--output",
        picture.to_str().unwrap(),
    ]);
    assert!(status.success(), "{formula}");
    serde_json::from_slice(&stdout).unwrap()
}

#[test]
fn minima_where_no_gradient_is_small_and_plateaus_are_places_too() {
    // Runs end at a kink without a small gradient, on a plateau where they start, and anywhere on a ring.
    for (formula, values) in [
        ("abs(x) + abs(y)", 1),
        ("floor(x/3)^2 + 0*y", 2),
        ("(abs(x) - 1)^2 + y^2", 2),
        ("(x^2 + y^2 - 1)^2", 2),
    ] {
        let document = found(formula);
        let list = document["places"].as_array().unwrap();
        let sum: u64 = list.iter().map(|place| place["runs"].as_u64().unwrap()).sum();
        let best = list.iter().filter(|place| place["best"] == true).count();
        let mut worse: Vec<f64> = list[best..].iter().map(|place| place["value"].as_f64().unwrap()).collect();
        worse.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
        assert_eq!((worse.len() + 1, sum), (values, 81), "{formula}: {document}");
    }
}

#[test]
fn two_of_three_variables_span_a_shaded_picture() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str, more: &[&str]| {
        let picture = folder.path().join(name);
        let words =
            ["basins", "(x^2-1)^2 + (y-z)^2 + z^2", "--plane", "z,x", "--start", "0,1,0", "--side", "8"];
        let files = ["--bounds", "-2..2", "--dpi", "50", "--json", "--output", picture.to_str().unwrap()];
        let Output { status, stdout, .. } = amsgrad(words.iter().chain(&files).chain(more));
        assert!(status.success());
        (serde_json::from_slice::<serde_json::Value>(&stdout).unwrap(), fs::read(picture).unwrap())
    };
    let (document, plain) = draw("plain.png", &[]);
    let mut minima: Vec<Vec<f64>> = serde_json::from_value(
        document["places"].as_array().unwrap().iter().map(|place| place["point"].clone()).collect(),
    )
    .unwrap();
    minima.sort_by(|a, b| a[0].total_cmp(&b[0]));
    for (found, x) in minima.iter().zip([-1.0, 1.0]) {
        assert!(found.iter().zip([x, 0.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-4), "{minima:?}");
    }
    let (shaded_document, shaded) = draw("shaded.png", &["--shade"]);
    assert!((minima.len(), &shaded_document) == (2, &document) && shaded != plain);
}

#[test]
fn himmelblaus_four_minima_share_the_plane() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str| {
        let picture = folder.path().join(name);
        let path = picture.to_str().unwrap();
        let Output { status, stdout, stderr } = amsgrad([
            "basins",
            "--problem",
            "himmelblau",
            "--dpi",
            "50",
            "--side",
            "16",
            "--json",
            "--output",
            path,
        ]);
        assert!(status.success());
        assert_eq!(String::from_utf8(stderr).unwrap(), format!("wrote {path}\n"));
        (serde_json::from_slice::<serde_json::Value>(&stdout).unwrap(), fs::read(picture).unwrap())
    };
    let (document, png) = draw("first.png");
    assert!(png.starts_with(b"\x89PNG"));
    assert!(draw("second.png") == (document.clone(), png), "the same every time");

    let mut minima =
        [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)].to_vec();
    let mut runs = 0;
    for place in document["places"].as_array().unwrap() {
        let at = |axis: usize| place["point"][axis].as_f64().unwrap();
        let near = |(x, y): &(f64, f64)| (at(0) - x).abs() < 1e-5 && (at(1) - y).abs() < 1e-5;
        minima.remove(minima.iter().position(near).unwrap());
        runs += place["runs"].as_u64().unwrap();
        assert_eq!(place["best"], true, "all four are equally good");
    }
    assert_eq!((minima.len(), runs + document["not_at_rest"].as_u64().unwrap()), (0, 256));
    assert!(runs >= 250, "{runs} of 256 runs come to rest");
}
