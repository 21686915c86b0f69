//! Rules compared: a fair budget, an order that holds, pictures of all of them.

use std::fmt::Write as _;

use amsgrad::diagnose::Verdict;
use amsgrad::problem::Function;
use amsgrad::tune::Reach;
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

/// Comparisons that an order is claimed from; each has its own starts, to tune from and to compare.
const COMPARISONS: u64 = 12;

/// The run in the middle of a rule, its value above the best one that is known.
fn middle(comparison: &Value, rule: &str) -> Reach {
    let number = |name: &str| comparison[name].as_f64().unwrap();
    let rules = comparison["rules"].as_array().unwrap();
    let rule = rules.iter().find(|one| one["name"] == rule).unwrap();
    let run = |run: &Value| match run["value"].as_f64().unwrap_or(f64::INFINITY) {
        value if value <= number("target") => Reach::Arrived { steps: run["steps"].as_u64().unwrap() },
        value => Reach::Cost(value - number("best_known")),
    };
    Reach::median(&rule["runs"].as_array().unwrap().iter().map(run).collect::<Vec<_>>())
}

/// Which of two rules is better, if a sign test over whole comparisons tells it.
fn order_of(a: &str, b: &str, comparisons: &[Value]) -> Verdict {
    let middles = |rule| comparisons.iter().map(|one| middle(one, rule)).collect::<Vec<_>>();
    Verdict::of(&middles(a), &middles(b))
}

/// The number of pairs whose order the first set claims, of those that the second claims too, and of those that it reverses.
fn claims(rules: &[&str], sets: [&[Value]; 2]) -> [usize; 3] {
    let mut counts = [0; 3];
    for (a, b) in (0..rules.len()).flat_map(|i| (0..i).map(move |j| (rules[i], rules[j]))) {
        match sets.map(|set| order_of(a, b, set)) {
            [Verdict::NoDifference, _] => {}
            [one, other] => {
                counts[0] += 1;
                counts[1] += usize::from(one == other);
                counts[2] += usize::from(one != other && other != Verdict::NoDifference);
            }
        }
    }
    counts
}

fn tables() -> String {
    let rules = ["amsgrad", "amsgrad:torch", "adam", "adagrad", "momentum", "gradient-descent"];
    let mut text = format!(
        "\n| problem | {} | claimed | again | reversed |\n|---|{}\n",
        rules.join(" | "),
        "---:|".repeat(rules.len() + 3)
    );
    let mut sums = [0; 3];
    for function in Function::ALL {
        let compare = |seed: u64| {
            let run =
                ["compare", "--problem", function.name(), "--json", "--steps", "2000", "--starts", "50"];
            let output = amsgrad(run.iter().chain(&["--seed", &seed.to_string()]));
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        };
        let all: Vec<Value> = (1..=2 * COMPARISONS).map(compare).collect();
        let cell = |name: &&str| {
            let rule = all[0]["rules"].as_array().unwrap().iter().find(|rule| rule["name"] == **name);
            let rule = rule.unwrap();
            match (rule["arrived"].as_u64().unwrap(), rule["steps"][1].as_f64()) {
                (50, Some(steps)) => format!("{steps:.0}"),
                (arrived, Some(steps)) => format!("{steps:.0} ({arrived})"),
                _ => "-".to_owned(),
            }
        };
        let (one, other) = all.split_at(all.len() / 2);
        let counts = claims(&rules, [one, other]);
        assert_eq!(counts[2], 0, "a claim is reversed: {}", function.name());
        (0..3).for_each(|i| sums[i] += counts[i]);
        let cells: Vec<String> =
            rules.iter().map(cell).chain(counts.map(|count| count.to_string())).collect();
        writeln!(text, "| {} | {} |", function.name(), cells.join(" | ")).unwrap();
    }
    let [claimed, again, reversed] = sums;
    writeln!(text, "| all | {}{claimed} | {again} | {reversed} |", "| ".repeat(rules.len())).unwrap();
    text
}

/// Measures for minutes: `TRYCMD=overwrite cargo test --release -p amsgrad-cli --test program -- --ignored twenty` writes the
/// page anew.
#[test]
#[ignore = "takes minutes without optimization"]
fn the_page_compares_the_rules_on_twenty_problems() {
    page("comparing.md", BEFORE, &tables());
}
