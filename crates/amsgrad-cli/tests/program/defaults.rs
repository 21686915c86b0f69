//! What `amsgrad minimize` finds with no setting given, as docs/defaults.md tells it beside SciPy.

use std::fmt::Write as _;

use serde_json::Value;

use super::{document, page};

/// The functions, and what SciPy finds of them; written by scipy.py beside it.
const FUNCTIONS: &str = include_str!("../defaults/functions.json");
/// The line before the tables in the page; all after it is written by this program.
const BEFORE: &str = "<!-- written by crates/amsgrad-cli/tests/program/defaults.rs -->\n";

fn functions() -> Value {
    serde_json::from_str(FUNCTIONS).unwrap()
}

/// Whether the run of a function with these arguments comes to its minimum.
fn finds(function: &Value, arguments: &[String]) -> bool {
    let formula = function["formula"].as_str().unwrap().to_owned();
    let mut all = vec!["minimize".to_owned(), "--json".to_owned()];
    all.extend(arguments.iter().cloned());
    all.extend(["--".to_owned(), formula]);
    let run = document(all);
    let (value, least) = (run["outcome"]["best"]["value"].as_f64(), function["minimum"].as_f64().unwrap());
    value.is_some_and(|value| value - least <= 1e-6 * (1.0 + least.abs()))
}

/// The bounds of a function as the program takes them, each for its variable: the first letters but e in order.
fn bounds(function: &Value) -> Vec<String> {
    let side = |(name, side): (char, &Value)| format!("{name}={}..{}", side[0], side[1]);
    let sides = "abcdfghijk".chars().zip(function["bounds"].as_array().unwrap()).map(side);
    vec!["--bounds".to_owned(), sides.collect::<Vec<_>>().join(",")]
}

fn with<const N: usize>(mut arguments: Vec<String>, more: [&str; N]) -> Vec<String> {
    arguments.extend(more.map(str::to_owned));
    arguments
}

fn start(start: &Value) -> String {
    let coordinates: Vec<String> = start.as_array().unwrap().iter().map(ToString::to_string).collect();
    coordinates.join(",")
}

/// How many of the seeds 1 to 5 find the minimum.
fn seeds(function: &Value, more: &[&str]) -> u64 {
    let found = |seed: &u64| {
        let mut arguments = with(bounds(function), ["--seed", &seed.to_string()]);
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        finds(function, &arguments)
    };
    (1..=5_u64).filter(found).count() as u64
}

fn tables() -> String {
    let functions = functions();
    let version = functions["scipy"].as_str().unwrap();
    let mut text = String::from("\n## Many valleys, within bounds\n\n");
    let mut rows = String::new();
    let mut sums = [0; 5];
    for function in functions["valleys"].as_array().unwrap() {
        let recorded = |name: &str| function[name].as_u64().unwrap();
        let row = [
            seeds(function, &[]),
            recorded("l-bfgs-b"),
            seeds(function, &["--starts", "64"]),
            recorded("differential-evolution"),
            5,
        ];
        sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        let [one, local, many, evolved, _] = row;
        writeln!(rows, "| {} | {one} | {local} | {many} | {evolved} |", function["name"].as_str().unwrap())
            .unwrap();
    }
    let [one, local, many, evolved, all] = sums;
    writeln!(text, "Of 5 seeds each; SciPy {version}.\n").unwrap();
    text += "| function | one start | L-BFGS-B | `--starts 64` | differential evolution |\n|---|---:|---:|---:|---:|\n";
    writeln!(text, "{rows}| all {all} | {one} | {local} | {many} | {evolved} |").unwrap();
    text += "\n## One valley\n\nOf the starts that scipy.py lists.\n\n";
    text += "| function | starts | within bounds | L-BFGS-B | without | L-BFGS-B |\n|---|---:|---:|---:|---:|---:|\n";
    let mut sums = [0; 5];
    for function in functions["one valley"].as_array().unwrap() {
        let starts = function["starts"].as_array().unwrap();
        let count = |bounded: bool| {
            let found = |point: &&Value| {
                let sides = if bounded { bounds(function) } else { Vec::new() };
                finds(function, &with(sides, ["--start", &start(point)]))
            };
            starts.iter().filter(found).count() as u64
        };
        let recorded = |name: &str| function[name].as_u64().unwrap();
        let row = [
            starts.len() as u64,
            count(true),
            recorded("l-bfgs-b"),
            count(false),
            recorded("l-bfgs-b without bounds"),
        ];
        sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        writeln!(text, "| {} | {} |", function["name"].as_str().unwrap(), cells.join(" | ")).unwrap();
    }
    let cells: Vec<String> = sums.iter().map(ToString::to_string).collect();
    writeln!(text, "| all | {} |", cells.join(" | ")).unwrap();
    text
}

/// Measures for minutes: `TRYCMD=overwrite cargo test --release -p amsgrad-cli --test program -- --ignored the_page` writes
/// the page anew.
#[test]
#[ignore = "takes minutes without optimization"]
fn the_page_tells_what_the_defaults_find() {
    page("defaults.md", BEFORE, &tables());
}

#[test]
fn some_of_the_functions_are_found() {
    let functions = functions();
    for name in ["rosenbrock", "himmelblau", "branin", "schwefel", "trid-6"] {
        let all = functions["valleys"].as_array().unwrap();
        let function = all.iter().find(|function| function["name"] == name).unwrap();
        assert!(finds(function, &with(bounds(function), ["--seed", "1"])), "{name}");
    }
    for name in ["two units", "rosenbrock-5", "brown badly scaled", "reciprocal", "gauss", "tiny"] {
        let all = functions["one valley"].as_array().unwrap();
        let function = all.iter().find(|function| function["name"] == name).unwrap();
        assert!(
            finds(function, &with(bounds(function), ["--start", &start(&function["starts"][0])])),
            "{name}"
        );
    }
}
