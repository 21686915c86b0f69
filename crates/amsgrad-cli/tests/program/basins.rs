//! `amsgrad basins`: the minima of a known function, and a picture of who ends where.

use std::fs;
use std::process::Output;

use crate::amsgrad;

#[test]
fn himmelblaus_four_minima_share_the_plane() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str| {
        let picture = folder.path().join(name);
        let path = picture.to_str().unwrap();
        let Output { status, stdout, stderr } =
            amsgrad(["basins", "--problem", "himmelblau", "--side", "60", "--json", "--output", path]);
        assert!(status.success());
        assert_eq!(String::from_utf8(stderr).unwrap(), format!("wrote {path}\n"));
        (serde_json::from_slice::<serde_json::Value>(&stdout).unwrap(), fs::read(picture).unwrap())
    };
    let (document, png) = draw("first.png");
    assert!(png.starts_with(b"\x89PNG"));
    assert!(draw("second.png") == (document.clone(), png), "the same every time");
    assert!(draw("third.svg").1.starts_with(b"<svg"));

    let mut minima =
        [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)].to_vec();
    let mut runs = 0;
    for place in document["places"].as_array().unwrap() {
        let at = |axis: usize| place["point"][axis].as_f64().unwrap();
        let near = |(x, y): &(f64, f64)| (at(0) - x).abs() < 1e-5 && (at(1) - y).abs() < 1e-5;
        minima.remove(minima.iter().position(near).unwrap());
        runs += place["runs"].as_u64().unwrap();
    }
    assert_eq!((minima.len(), runs, document["starts"].as_u64()), (0, 3600, Some(3600)));
}
