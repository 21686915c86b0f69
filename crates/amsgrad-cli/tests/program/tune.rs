//! A search for settings: it continues where it stopped, its answer can be pasted, and it says the same each time.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{amsgrad, command, document};

const SEARCH: &[&str] = &[
    "tune",
    "x^2 + 20*y^2",
    "--bounds",
    "-2..2",
    "--steps",
    "300",
    "--points",
    "9",
    "--seeds",
    "4",
    "--check",
    "3",
    "--seed",
    "7",
    "--json",
    "--vary=beta1=0.5,0.9",
];

/// The search with these options besides, run in the folder.
fn search(folder: &Path, more: &[&str]) -> Value {
    let output = command(SEARCH.iter().chain(more)).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_search_continues_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("runs.jsonl");
    let kept = ["--checkpoint", "runs.jsonl"];
    for method in ["grid", "random", "halving"] {
        let whole = search(folder.path(), &["--method", method]);
        let part =
            search(folder.path(), &["--method", method, "--checkpoint", "runs.jsonl", "--budget", "20"]);
        assert_eq!(part["whole"], false, "{method}");
        let lines = fs::read_to_string(&log).unwrap();
        assert!(lines.lines().count() > 20);
        // Killed while it wrote, too.
        fs::write(&log, &lines[..lines.len() - 17]).unwrap();
        let rest = search(folder.path(), &[&["--method", method][..], &kept].concat());
        assert_eq!(rest, whole, "{method}");
        // Each run once, with those that check the answer of the part and of the whole, behind what was asked for and the goal.
        let lines = fs::read_to_string(&log).unwrap();
        let runs = whole["runs"].as_u64().unwrap() as usize;
        assert!((2 + runs + 3..=2 + runs + 6).contains(&lines.lines().count()), "{method}: {lines}");
        let again = search(folder.path(), &[&["--method", method][..], &kept].concat());
        assert_eq!((again, fs::read_to_string(&log).unwrap()), (whole, lines));
        fs::remove_file(&log).unwrap();
    }
}

#[test]
fn runs_of_other_settings_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    search(folder.path(), &["--checkpoint", "runs.jsonl", "--budget", "1"]);
    let refused = |more: &[&str]| {
        let output = command(SEARCH.iter().chain(&["--checkpoint", "runs.jsonl"]).chain(more))
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = refused(&["--epsilon", "0.1"]);
    assert!(
        told.starts_with(
            "error: --checkpoint: runs.jsonl: was begun with another epsilon, the default instead of 0.1; "
        ),
        "{told}"
    );
    fs::write(folder.path().join("runs.jsonl"), "t,y\n1,2\n").unwrap();
    assert_eq!(
        refused(&[]),
        "error: --checkpoint: runs.jsonl: is no file that 'amsgrad tune' began for many runs; use another\n"
    );
}

#[test]
fn halving_makes_fewer_runs_and_finds_as_good_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (grid, halving) = (search(folder.path(), &["--method", "grid"]), search(folder.path(), &[]));
    assert!(halving["runs"].as_u64().unwrap() * 2 < grid["runs"].as_u64().unwrap());
    let steps = |document: &Value| document["other_starts"]["steps"][1].as_f64().unwrap();
    assert!(steps(&halving) <= 1.5 * steps(&grid), "{} {}", steps(&halving), steps(&grid));
}

#[test]
fn the_command_and_the_file_run_the_best_settings() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("best.toml");
    let found = search(folder.path(), &["--save-config", "best.toml"]);
    assert_eq!(found["toml"].as_str().unwrap(), fs::read_to_string(&file).unwrap());
    let line = found["command"].as_str().unwrap().replacen("amsgrad", "\"$0\"", 1) + " --json";
    // The options stand before the formula.
    let line = line.replace(" -- ", " --json -- ").trim_end_matches(" --json").to_owned();
    let pasted =
        std::process::Command::new("sh").args(["-c", &line, env!("CARGO_BIN_EXE_amsgrad")]).output().unwrap();
    let pasted: Value =
        serde_json::from_slice(&pasted.stdout).unwrap_or_else(|_| panic!("{line}: {pasted:?}"));
    let configured = document(["minimize", "--config", file.to_str().unwrap(), "--json"]);
    assert_eq!(pasted["outcome"]["best"], configured["outcome"]["best"]);
    assert_eq!(pasted["settings"]["learning-rate"], found["best"]["learning_rate"]);
    assert!(pasted["outcome"]["best"]["value"].as_f64().unwrap() < 1e-3);
}

#[test]
fn one_setting_is_drawn_as_a_curve_and_two_as_a_map() {
    let folder = tempfile::tempdir().unwrap();
    search(folder.path(), &["--plot", "map.svg"]);
    let map = fs::read_to_string(folder.path().join("map.svg")).unwrap();
    assert!(map.contains(">steps to arrive</text>") && map.contains(">beta1</text>"), "a map has a bar");
    let curve = folder.path().join("curve.svg");
    let run = ["tune", "x^2", "--points", "5", "--seeds", "3", "--check", "2", "--steps", "40", "--plot"];
    assert!(amsgrad(run.iter().chain(&[curve.to_str().unwrap()])).status.success());
    let curve = fs::read_to_string(curve).unwrap();
    assert!(curve.contains(">learning rate</text>"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_journal_on_a_full_disk_is_told_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("runs.jsonl")).unwrap();
    let mut search = command(SEARCH.iter().chain(&["--checkpoint", "runs.jsonl"]));
    let output = search.current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "error: --checkpoint: runs.jsonl: No space left on device\n");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}
