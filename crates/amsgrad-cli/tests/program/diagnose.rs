//! Whether AMSGrad would help: what is told of runs where the answer is known.

use serde_json::Value;

use super::{amsgrad, document};

fn diagnosis(arguments: &[&str]) -> Value {
    document(["diagnose", "--json"].iter().chain(arguments))
}

/// A slope that is 1000 times as large in a corner of the domain.
const WALL: &str = "x^2 + y^2 + 1e3*max(x-1.9,0)";

#[test]
fn a_huge_first_gradient_freezes_amsgrad() {
    let run =
        [WALL, "--bounds", "-2..2", "--start", "2,1", "--lr", "0.05", "--beta2", "0.9", "--steps", "600"];
    let found = diagnosis(&run);
    let [x, y] = found["coordinates"].as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!((&x["frozen"], &y["frozen"]), (&1.into(), &0.into()), "{found:#}");
    assert!(x["largest_gradient_step"] == 1 && x["largest_gradient"].as_f64().unwrap() > 1000.0);
    assert!(x["shorter"].as_f64().unwrap() > 10.0 && x["rate_grew"].as_f64().unwrap() > 10.0);
    // Clipped, there is nothing to freeze it.
    let tame = diagnosis(&[&["x^2 + y^2"], &run[1..]].concat());
    assert_eq!(tame["coordinates"][0]["frozen"], 0, "{tame:#}");
}

#[test]
fn the_verdict_counts_starts() {
    let wall = "x^2 + y^2 + 1e3*max(abs(x)-1,0)";
    let run = ["--lr", "0.05", "--beta2", "0.9", "--steps", "400", "--starts", "10"];
    let hurts = diagnosis(&[&[wall, "--bounds", "x=1.1..2,y=-1..1", "--vars", "x,y"][..], &run].concat());
    assert_ne!(hurts["verdict"], "helps", "{hurts:#}");
    let alike =
        diagnosis(&["x^2 + 2*y^2", "--bounds", "-1..1", "--lr", "0.05", "--steps", "200", "--starts", "6"]);
    assert_eq!(alike["verdict"], "no-difference", "{alike:#}");
    let [adam, amsgrad] = alike["rules"].as_array().unwrap().as_slice() else { panic!("{alike}") };
    assert_eq!((&adam["name"], &amsgrad["name"]), (&"adam".into(), &"amsgrad:torch".into()));
    assert_eq!(adam["settings"]["learning_rate"], amsgrad["settings"]["learning_rate"]);
    assert!(adam["gamma_negative"].as_f64().unwrap() > 0.3, "{alike:#}");
}

#[test]
fn in_the_papers_form_amsgrad_never_grows_its_rates() {
    let run =
        [WALL, "--bounds", "-2..2", "--dialect", "paper", "--lr", "0.05", "--beta2", "0.9", "--steps", "100"];
    let found = diagnosis(&[&run[..], &["--starts", "4"]].concat());
    let [adam, amsgrad] = found["rules"].as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!(adam["settings"]["bias_correction"], false);
    assert!(adam["gamma_negative"].as_f64().unwrap() > 0.5 && amsgrad["gamma_negative"] == 0.0, "{found:#}");
}

#[test]
fn the_picture_has_a_panel_per_coordinate() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("d.svg");
    let run = ["diagnose", "x^2 + y^2 + z^2", "--steps", "30", "--starts", "2", "--lr", "0.1", "--plot"];
    assert!(amsgrad(run.iter().chain(&[file.to_str().unwrap()])).status.success());
    let svg = std::fs::read_to_string(file).unwrap();
    assert!(
        ["x", "y", "z"]
            .iter()
            .all(|name| svg.contains(&format!(">Effective learning rate of {name}</text>")))
    );
}
