//! Settings in files: written and read back, and refused where they are wrong.

use serde_json::Value;

use super::{amsgrad, command, document};

/// Whatever the search chose, it is reported so that the run can be had again.
#[test]
fn saved_settings_repeat_a_run_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let file = file.to_str().unwrap();
    let most = u64::MAX.to_string();
    let runs: [&[&str]; 9] = [
        &["x^2 - y", "--seed", &most, "--patience", &most, "--evaluations", "1e3", "--bounds", "-1..1"],
        &["(1-x)^2 + 100*(y-x^2)^2", "--bounds", "-2..2"],
        &["(1-x)^2 + 100*(y-x^2)^2", "--starts", "64", "--steps", "400"],
        &["-x^2 + a*y", "--let", "a=0.1", "--maximize", "--within", "ball:1", "--vars", "y,x"],
        &["sum(i, 1, n, (x[i] - i/n)^2)", "-n", "5", "--within", "simplex", "--f32"],
        &["--problem", "michalewicz", "-n", "10", "--starts", "8", "--rule", "adam"],
        &["x^4 - x", "--bounds", "x=-1..", "--start", "-0.25", "--dialect", "optax", "--beta1", "0.9^t"],
        &["x^2", "--numpy-seed", "4", "--rule", "momentum", "--set", "momentum=0.8", "--patience", "9"],
        &["x^2 + 1", "--lr", "cosine(0.1, 0, 500)", "--weight-decay", "l2:0.1", "--evaluations", "90"],
    ];
    for run in runs {
        let mut first = document([&["minimize", "--json", "--save-config", file], run].concat());
        let mut again = document(["minimize", "--json", "--config", file]);
        for document in [&mut first, &mut again] {
            document["outcome"]["seconds"] = Value::Null;
            document["settings"]["search"] = Value::Null;
        }
        assert_eq!(first, again, "{run:?}");
    }
}

/// A file is held to what the command line is held to: the same message, the name of the file before it.
#[test]
fn a_file_is_refused_for_what_would_be_refused_when_typed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.toml");
    for (line, expected) in [
        ("starts = 0", "line 2: starts: '0' is not a whole number from 1 up; use one such as 1000"),
        ("steps = \"a\"", "line 2: steps: 'a' is not a whole number from 0 up; use one such as 1000"),
        ("steps = 1.5", "line 2: steps: '1.5' is not a whole number from 0 up; use one such as 1000"),
        (
            "\n\ntime = -1",
            "line 4: time: '-1' is not a time above 0; use seconds such as 1.5, or 90s, 5min, 2h",
        ),
        ("target = nan", "line 2: target: 'NaN' is not a finite number; use one such as 0.01 or 1e-3"),
        ("maximize = 1", "line 2: maximize: takes no value; leave out '1'"),
        ("beta1 = [0.1, 0.2]", "line 2: beta1: is given more than once; give it once"),
        ("problem = \"sphere\"", "line 2: problem: cannot be used with FORMULA; use one of the two"),
        ("start = \"1\"\nseed = 3", "line 3: seed: cannot be used with --start; use one of the two"),
        (
            "lerning-rate = 1",
            "line 2: there is no setting 'lerning-rate' (did you mean 'learning-rate'?); the options of 'amsgrad minimize --help' are the names",
        ),
        ("steps = ", "line 2: string values must be quoted, expected literal string"),
    ] {
        std::fs::write(&file, format!("formula = \"x^2\"\n{line}\n")).unwrap();
        let mut command = command(["minimize", "--config", "run.toml"]);
        let output = command.current_dir(&folder).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), told),
            (Some(2), format!("error: --config: run.toml, {expected}\n"))
        );
        assert!(output.stdout.is_empty());
    }
}

/// A run that ends before its first step has nothing to draw; that is told, and is no error of the picture's.
#[test]
fn no_picture_of_no_step() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("none.png");
    let output = amsgrad(["minimize", "ln(x) + y", "--start", "-1,0", "--plot", picture.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("the value is NaN"));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "no picture: the run that is reported has no step to draw\n"
    );
    assert!(!picture.exists());
}
