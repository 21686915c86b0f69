//! How many of the named problems the defaults find, as the table in docs/found.md tells it.

use std::fmt::Write as _;
use std::path::Path;

use super::document;

/// The line before the table in the page; all after it is written by this program.
const BEFORE: &str = "<!-- written by crates/amsgrad-cli/tests/program/found.rs -->\n";
/// At least so many problems are to be found with every seed.
const ENOUGH: usize = 16;

/// How far `value` is above the least one, relative to it where that is larger than 1.
fn above(value: f64, least: f64) -> f64 {
    (value - least) / (1.0 + least.abs())
}

fn found(above: f64) -> bool {
    above.abs() <= 1e-6
}

/// The table's row of a problem, and whether it is found with every seed.
fn row(name: &str, least: f64) -> (String, bool) {
    let (mut seeds, mut worst, mut starts) = (0, 0.0_f64, Vec::new());
    for seed in ["1", "2", "3", "4", "5"] {
        let run = document(["minimize", "--problem", name, "--starts", "64", "--seed", seed, "--json"]);
        assert!(run["settings"]["steps"].as_u64().unwrap() <= 5000);
        let best = above(run["outcome"]["best"]["value"].as_f64().unwrap(), least);
        seeds += usize::from(found(best));
        worst = worst.max(best.abs());
        let ended = run["starts"].as_array().unwrap().iter().filter_map(|start| start["value"].as_f64());
        starts.push(ended.filter(|value| found(above(*value, least))).count());
    }
    let all = seeds == 5;
    let told = if all { "yes" } else { "no" };
    let (fewest, most) = (starts.iter().min().unwrap(), starts.iter().max().unwrap());
    (format!("| {name} | {told} | {seeds} of 5 | {worst:.1e} | {fewest} to {most} |\n"), all)
}

fn table() -> (String, usize) {
    let problems = document(["problems", "--json"]);
    let mut rows = String::new();
    let mut misses: Vec<&str> = Vec::new();
    let problems = problems["problems"].as_array().unwrap();
    for problem in problems {
        let name = problem["name"].as_str().unwrap();
        let (row, all) = row(name, problem["minimum"].as_f64().unwrap());
        rows += &row;
        misses.extend((!all).then_some(name));
    }
    let hits = problems.len() - misses.len();
    let mut table = String::new();
    let names = misses.join(", ");
    writeln!(table, "\nFound: {hits} of {}. Missed with one seed or more: {names}.\n", problems.len())
        .unwrap();
    table +=
        "| problem | found | seeds | worst error | starts that find it, of 64 |\n|---|---|---:|---:|---:|\n";
    (table + &rows, hits)
}

/// With `TRYCMD=overwrite` the page is written anew, as the sessions in the documents are.
#[test]
fn the_page_tells_what_the_defaults_find() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/found.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (head, told) = text.split_once(BEFORE).unwrap();
    let (table, hits) = table();
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        std::fs::write(&page, format!("{head}{BEFORE}{table}")).unwrap();
    } else {
        assert_eq!(told, table, "the page is out of date");
    }
    assert!(hits >= ENOUGH, "{hits} problems found, {ENOUGH} are to be\n{table}");
}
