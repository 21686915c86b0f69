//! A model over data is what a formula is: compared, tuned, diagnosed, and the same fit.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use super::{command, ended};

const MODEL: &str = "y ~ a*exp(-b*t) + c";
const BOUNDS: &str = "a=0..10,b=0..3,c=-5..5";

/// A folder with a table of a decay, with errors, and the same with one other digit.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let row = |i: i32| {
        let t = f64::from(i) / 4.0;
        let noise = f64::from(i * 7919 % 13 - 6) / 100.0;
        format!("{t},{:.4},{}\n", 5.0 * (-0.6 * t).exp() + 1.0 + noise, 0.05)
    };
    let table = "t,y,dy\n".to_owned() + &(0..30).map(row).collect::<String>();
    fs::write(folder.path().join("decay.csv"), &table).unwrap();
    fs::write(folder.path().join("other.csv"), table.replacen("0.25,", "0.26,", 1)).unwrap();
    folder
}

fn run(folder: &Path, words: &[&str]) -> Output {
    command(words).current_dir(folder).output().unwrap()
}

fn document(folder: &Path, words: &[&str]) -> Value {
    let output = run(folder, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// These words, with what says what is minimized and where.
fn over<'a>(name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&[name, MODEL, "--data", "decay.csv", "--bounds", BOUNDS, "--json"], more].concat()
}

#[test]
fn the_best_cost_is_that_of_the_fit() {
    let folder = folder();
    for cost in [&["--sigma", "dy"][..], &["--loss", "soft-l1:0.05"], &["--weights", "dy"]] {
        let fit = ["fit", MODEL, "decay.csv", "--bounds", BOUNDS, "--json"];
        let best = document(folder.path(), &[&fit[..], cost].concat())["cost"].as_f64().unwrap();
        let is_best = |value: &Value, what: &str| {
            let value = value.as_f64().unwrap();
            assert!((value / best - 1.0).abs() < 1e-9, "{what} with {cost:?}: {value} instead of {best}");
        };
        let minimum = document(folder.path(), &over("minimize", cost));
        is_best(&minimum["outcome"]["best"]["value"], "minimize");
        let few = [cost, &["--starts", "2", "--trials", "2", "--rules", "adam", "--steps", "20"]].concat();
        is_best(&document(folder.path(), &over("compare", &few))["best_known"], "compare");
        let few = [cost, &["--seeds", "2", "--check", "1", "--points", "2", "--steps", "20"]].concat();
        is_best(&document(folder.path(), &over("tune", &few))["best_known"], "tune");
    }
}

/// Sums of exponentials are a narrow valley, at whose bottom a fit arrives and runs hardly do.
#[test]
fn the_best_value_known_is_that_of_the_fit() {
    let folder = tempfile::tempdir().unwrap();
    let row = |i: i32| {
        let t = f64::from(i) / 20.0;
        let noise = f64::from(i * 7919 % 13 - 6) / 1e4;
        let y = 0.0951 * (-t).exp() + 0.8607 * (-3.0 * t).exp() + 1.5576 * (-5.0 * t).exp() + noise;
        format!("{t},{y}\n")
    };
    let table = "t,y\n".to_owned() + &(0..24).map(row).collect::<String>();
    fs::write(folder.path().join("sum.csv"), table).unwrap();
    let model = "y ~ a*exp(-b*t) + c*exp(-d*t) + e*exp(-f*t)";
    let bounds = ["--bounds", "a=0..3,b=0..10,c=0..3,d=0..10,e=0..3,f=0..10", "--json"];
    let fit = document(folder.path(), &[&["fit", model, "sum.csv"], &bounds[..]].concat());
    let few = ["--rules", "adam", "--trials", "1", "--starts", "1", "--steps", "5"];
    let compare = ["compare", model, "--data", "sum.csv"];
    let comparison = document(folder.path(), &[&compare[..], &bounds, &few].concat());
    assert_eq!(comparison["best_known"], fit["cost"]);
}

#[test]
fn rules_at_a_rate_of_their_own_arrive_at_the_fit() {
    let folder = folder();
    let rules = ["--rules", "amsgrad:torch,adam,momentum", "--trials", "10"];
    let words = [&rules[..], &["--starts", "6", "--steps", "1000", "--sigma", "dy"]].concat();
    let comparison = document(folder.path(), &over("compare", &words));
    for rule in comparison["rules"].as_array().unwrap() {
        assert!(rule["arrived"].as_u64().unwrap() >= 5, "{rule}");
    }
    let diagnosis = document(folder.path(), &over("diagnose", &["--starts", "3", "--steps", "100"]));
    let names: Vec<&str> = diagnosis["coordinates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["a", "b", "c"]);
}

/// What the numbers are is part of what is kept, the name of their file is not.
#[test]
fn a_journal_of_other_data_is_refused() {
    let folder = folder();
    for (name, more) in [
        ("compare", &["--rules", "adam", "--trials", "2", "--starts", "2"][..]),
        ("tune", &["--seeds", "2", "--check", "2", "--points", "2"]),
        ("minimize", &["--starts", "3", "--lr", "0.1"]),
        ("minimize", &["--lr", "0.1"]),
    ] {
        let kept = format!("{name}{}.kept", more.len());
        let words = [more, &["--steps", "20", "--checkpoint", &kept]].concat();
        let first = document(folder.path(), &over(name, &words));
        fs::copy(folder.path().join("decay.csv"), folder.path().join("copy.csv")).unwrap();
        let of = |table| {
            let words = over(name, &words);
            run(
                folder.path(),
                &words
                    .into_iter()
                    .map(|word| if word == "decay.csv" { table } else { word })
                    .collect::<Vec<_>>(),
            )
        };
        let again: Value = serde_json::from_slice(&of("copy.csv").stdout).unwrap();
        assert_eq!(again["rules"], first["rules"], "{name}");
        let told = String::from_utf8(of("other.csv").stderr).unwrap();
        assert!(
            told.contains("was begun with another table, '30 rows of y, t (fingerprint "),
            "{name}: {told}"
        );
    }
}

/// More rows than one thread takes, points in packs: the same bits on one thread and on many.
#[test]
fn threads_do_not_change_a_bit() {
    let folder = tempfile::tempdir().unwrap();
    let rows =
        (0..9000).map(|i| format!("{},{}\n", f64::from(i) / 3000.0, f64::from(i * 31 % 1009) / 1000.0));
    fs::write(folder.path().join("decay.csv"), "t,y\n".to_owned() + &rows.collect::<String>()).unwrap();
    let on = |threads: &str| {
        let words = over("minimize", &["--lr", "0.1", "--starts", "5", "--steps", "12"]);
        let mut command = command(words);
        command.current_dir(&folder).env("RAYON_NUM_THREADS", threads).output().unwrap()
    };
    let one = on("1");
    assert!(one.status.success(), "{}", String::from_utf8_lossy(&one.stderr));
    assert_eq!(one.stdout, on("3").stdout);
}

#[test]
fn a_model_without_a_value_at_some_points_is_compared_as_a_formula_is() {
    let folder = folder();
    let words =
        ["compare", "y ~ a*sqrt(b - t/8) + c", "--data", "decay.csv", "--bounds", "a=0..9,b=-1..3,c=0..2"];
    let more = ["--rules", "adam,amsgrad", "--trials", "3", "--starts", "8", "--steps", "60", "--json"];
    let comparison = document(folder.path(), &[&words[..], &more].concat());
    let failed: u64 =
        comparison["rules"].as_array().unwrap().iter().map(|rule| rule["failed"].as_u64().unwrap()).sum();
    assert!(failed > 0 && comparison["best_known"].is_f64(), "{comparison}");
}

#[cfg(unix)]
#[test]
fn a_signal_and_a_closed_pipe_end_it_as_they_end_others() {
    let folder = folder();
    for name in ["compare", "tune", "diagnose"] {
        let words = over(name, &["--steps", "1000000", "--gradient-tolerance", "0"]);
        let mut long = command(words);
        let child = long.current_dir(&folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(500));
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).output().unwrap();
        let output = ended(child, &name);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {told}");
        assert_eq!(
            serde_json::from_slice::<Value>(&output.stdout).unwrap()["stopped"],
            true,
            "{name}: {told}"
        );

        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let words = over(name, &["--steps", "5", "--lr", "0.1"]);
        let child =
            command(words).current_dir(&folder).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = ended(child, &name);
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{name}");
    }
}
