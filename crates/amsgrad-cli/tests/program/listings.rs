//! What the program tells of itself: rules, dialects, completions, manual.

use amsgrad::rule::{Rule, for_each_rule};
use amsgrad::{AmsGrad, Dialect};
use serde_json::json;

use crate::{commands, data, document};

fn text(arguments: &[&str]) -> String {
    String::from_utf8(data(arguments)).unwrap()
}

#[test]
fn every_rule_is_listed_with_its_formula_and_defaults() {
    let (shown, document) = (text(&["rules"]), document(["rules", "--json"]));
    let mut documents = document["rules"].as_array().unwrap().iter();
    for_each_rule!(R => {
        let rule = documents.next().unwrap();
        assert_eq!((&rule["name"], &rule["formula"]), (&json!(R::NAME), &json!(R::FORMULA)));
        assert_eq!((&rule["source"], &rule["memory"]), (&json!(R::SOURCE), &json!(R::SLOTS)));
        assert_eq!(rule["defaults"]["rule"], json!(R::NAME));
        assert!(shown.lines().any(|line| line == R::NAME), "{} is not listed", R::NAME);
        for line in R::FORMULA.lines() {
            assert!(shown.contains(line), "{}: {line}", R::NAME);
        }
        for (name, value) in R::default().settings() {
            assert!(!rule["defaults"][name].is_null(), "{} {name}", R::NAME);
            assert!(shown.contains(&format!("{name} {value}")), "{} {name} {value}", R::NAME);
        }
    });
    assert!(documents.next().is_none());
}

#[test]
fn every_dialect_is_listed_with_its_numbers() {
    let (shown, document) = (text(&["dialects"]), document(["dialects", "--json"]));
    let names = |dialect: Dialect| {
        let [a, c, e] = dialect.formulas();
        json!({ "name": dialect.name(), "a": a, "c": c, "e": e, "users": dialect.users() })
    };
    assert_eq!(document["dialects"], json!(Dialect::ALL.map(names)));
    for dialect in Dialect::ALL {
        let row = shown.lines().find(|line| line.starts_with(&format!("{:<11}", dialect.name()))).unwrap();
        for part in dialect.formulas().into_iter().chain([dialect.users()]) {
            assert!(row.contains(part), "{row}");
        }
    }
    for line in AmsGrad::FORMULA.lines() {
        assert!(shown.contains(line), "{line}");
    }
}

#[test]
fn every_shell_completes_every_command() {
    assert!(commands().iter().any(|name| name == "tutorial"), "{:?}", commands());
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = text(&["completions", shell]);
        for name in commands().iter().map(String::as_str).chain(["listing", "plots", "colors"]) {
            assert!(script.contains(name), "{shell} does not complete {name}");
        }
    }
}

/// Values are completed in three of them.
#[test]
fn the_names_of_problems_and_rules_are_completed() {
    for shell in ["bash", "fish", "zsh"] {
        let script = text(&["completions", shell]);
        assert!(["himmelblau", "gradient-descent"].iter().all(|name| script.contains(name)), "{shell}");
    }
}

#[test]
fn the_manual_tells_of_every_command_and_its_arguments() {
    let page = text(&["man"]);
    assert!(page.contains(".TH amsgrad 1"), "{page}");
    for name in commands() {
        assert!(page.contains(&format!("amsgrad\\-{name}(1)")), "{name}");
        let page = text(&["man", &name]);
        assert!(page.contains(&format!("amsgrad\\-{name} \\-")), "{name}: {page}");
        assert!(page.contains(".SH OPTIONS"), "{name}");
    }
    let tutorial = text(&["man", "tutorial"]);
    for option in ["\\-\\-listing", "\\-\\-plots", "\\-\\-format", "\\-\\-colors", "\\-\\-json"] {
        assert!(tutorial.contains(option), "{option}");
    }
}
