//! Rules compared: a fair budget, an order that holds, pictures of all of them.

use std::fmt::Write as _;

use amsgrad::problem::Function;
use serde_json::Value;

use super::{amsgrad, document, page};

/// The line before the tables in the page; all after it is written by this program.
const BEFORE: &str = "<!-- written by crates/amsgrad-cli/tests/program/compare.rs -->\n";

/// The names of the rules, the best first.
fn order(comparison: &Value) -> Vec<&str> {
    comparison["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect()
}

#[test]
fn each_rule_tries_as_many_settings_and_the_order_holds_from_other_starts() {
    let compare = |seed: &str| {
        let run =
            ["compare", "x^2 + 100*y^2", "--bounds", "-2..2", "--json", "--steps", "1000", "--starts", "8"];
        let rules = ["--rules", "gradient-descent,adam,adagrad", "--trials", "20", "--vary", "beta1=0.5,0.9"];
        document(run.iter().chain(&rules).chain(&["--seed", seed]))
    };
    let (one, other) = (compare("1"), compare("2"));
    assert_ne!(one["starts"], other["starts"]);
    assert_eq!(order(&one), order(&other));
    for rule in one["rules"].as_array().unwrap() {
        assert_eq!((&rule["tried"], rule["runs"].as_array().unwrap().len()), (&20.into(), 8), "{rule}");
    }
    assert_eq!(one, compare("1"));
}

#[test]
fn what_is_as_given_is_not_tuned() {
    let run = [
        "compare",
        "x^2",
        "--as-given",
        "--rules",
        "adam,amsgrad:learning_rate=0.5",
        "--lr",
        "0.25",
        "--json",
    ];
    let comparison = document(run.iter().chain(&["--steps", "200"]));
    let rules = comparison["rules"].as_array().unwrap();
    let rate = |name: &str| {
        let rule = rules.iter().find(|rule| rule["name"].as_str().unwrap().starts_with(name)).unwrap();
        rule["settings"]["learning_rate"].as_f64().unwrap()
    };
    assert_eq!((rate("adam"), rate("amsgrad")), (0.25, 0.5));
    assert!(rules.iter().all(|rule| rule["tried"] == 0));
}

#[test]
fn the_pictures_show_every_rule() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["v.svg", "p.svg", "s.svg"].map(|name| folder.path().join(name));
    let [values, paths, sizes] = files.each_ref().map(|file| file.to_str().unwrap());
    let run = [
        "compare",
        "x^2 + 3*y^2",
        "--rules",
        "adam,amsgrad:torch",
        "--trials",
        "4",
        "--starts",
        "3",
        "--steps",
        "60",
    ];
    let output = amsgrad(run.iter().chain(&[
        "--plot",
        values,
        "--paths",
        paths,
        "--step-sizes",
        sizes,
        "--maximize",
        "--bounds",
        "-1..1",
    ]));
    assert!(output.status.success(), "{output:?}");
    for (file, count) in files.iter().zip([1, 1, 2]) {
        let svg = std::fs::read_to_string(file).unwrap();
        assert_eq!(svg.matches(">amsgrad:torch</text>").count(), count, "{}", file.display());
    }
}

/// What the run in the middle of a rule came to: whether it did not arrive, and the steps it took or its value.
fn middle(comparison: &Value, rule: &str) -> (bool, f64) {
    let rules = comparison["rules"].as_array().unwrap();
    let rule = rules.iter().find(|one| one["name"] == rule).unwrap();
    let target = comparison["target"].as_f64().unwrap();
    let run = |run: &Value| {
        let value = run["value"].as_f64().unwrap_or(f64::INFINITY);
        if value <= target { (false, run["steps"].as_f64().unwrap()) } else { (true, value - target) }
    };
    let mut runs: Vec<(bool, f64)> = rule["runs"].as_array().unwrap().iter().map(run).collect();
    runs.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    runs[runs.len() / 2]
}

/// Of the pairs of rules that are clearly apart in both comparisons, how many have the same order, and how many there are.
fn pairs(rules: &[&str], comparisons: [&Value; 2]) -> [usize; 2] {
    let clear = |comparison: &Value, a: &str, b: &str| {
        let (a, b) = (middle(comparison, a), middle(comparison, b));
        let apart = a.0 != b.0 || (a.1 - b.1).abs() > 0.1 * a.1.abs().max(b.1.abs());
        apart.then_some(a < b)
    };
    let all = (0..rules.len()).flat_map(|i| (0..i).map(move |j| (rules[i], rules[j])));
    let both: Vec<[bool; 2]> =
        all.filter_map(|(a, b)| Some([clear(comparisons[0], a, b)?, clear(comparisons[1], a, b)?])).collect();
    [both.iter().filter(|[one, other]| one == other).count(), both.len()]
}

fn tables() -> String {
    let rules = ["amsgrad", "amsgrad:torch", "adam", "adagrad", "momentum", "gradient-descent"];
    let mut text = format!(
        "\n| problem | {} | same order |\n|---|{}\n",
        rules.join(" | "),
        "---:|".repeat(rules.len() + 1)
    );
    let mut sums = [0; 2];
    for function in Function::ALL {
        let compare = |seed: &str| {
            let run =
                ["compare", "--problem", function.name(), "--json", "--steps", "2000", "--starts", "50"];
            serde_json::from_slice::<Value>(&amsgrad(run.iter().chain(&["--seed", seed])).stdout).unwrap()
        };
        let (one, other) = (compare("1"), compare("2"));
        let cell = |name: &&str| {
            let rule = one["rules"].as_array().unwrap().iter().find(|rule| rule["name"] == **name).unwrap();
            match (rule["arrived"].as_u64().unwrap(), rule["steps"][1].as_f64()) {
                (50, Some(steps)) => format!("{steps:.0}"),
                (arrived, Some(steps)) => format!("{steps:.0} ({arrived})"),
                _ => "-".to_owned(),
            }
        };
        let [same, all] = pairs(&rules, [&one, &other]);
        sums = [sums[0] + same, sums[1] + all];
        let cells: Vec<String> = rules.iter().map(cell).collect();
        writeln!(text, "| {} | {} | {same} of {all} |", function.name(), cells.join(" | ")).unwrap();
    }
    writeln!(text, "| all | {}{} of {} |", "| ".repeat(rules.len()), sums[0], sums[1]).unwrap();
    text
}

/// Measures for minutes: `TRYCMD=overwrite cargo test --release -p amsgrad-cli --test program -- --ignored twenty` writes the
/// page anew.
#[test]
#[ignore = "takes minutes without optimization"]
fn the_page_compares_the_rules_on_twenty_problems() {
    page("comparing.md", BEFORE, &tables());
}
