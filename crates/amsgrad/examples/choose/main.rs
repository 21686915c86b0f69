//! Measures rules, dialects, learning rates and schedules, and prints the tables of docs/choosing.md.
//!
//! `cargo run --release -p amsgrad --example choose`. The same numbers on every machine.

#![allow(clippy::print_stdout, reason = "a program that prints tables")]

use amsgrad::rule::Rule;
use amsgrad::{Adam, AmsGrad, Dialect, Error, GradientDescent, Schedule};

mod curved;
mod noisy;
mod outlier;
mod smooth;

/// What is measured of one rule: cells of a row, a row for each table.
struct Row {
    name: String,
    solved: Vec<String>,
    steps: Vec<String>,
    noisy: Vec<String>,
    curved: Vec<String>,
    outlier: Vec<String>,
}

/// The learning rates that are tried: half decades.
const RATES: [f64; 10] = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0];

fn measure<R: Rule>(name: impl Into<String>, rule: impl Fn(Schedule) -> R) -> Result<Row, Error> {
    let runs = smooth::runs(&rule)?;
    Ok(Row {
        name: name.into(),
        solved: smooth::solved(&runs),
        steps: smooth::steps(&runs),
        noisy: noisy::excess(&rule)?,
        curved: curved::gradients(&rule)?,
        outlier: outlier::steps(&rule)?,
    })
}

fn main() -> Result<(), Error> {
    let mut rows = Vec::new();
    for dialect in Dialect::ALL {
        rows.push(measure(format!("AMSGrad, {dialect}"), |rate| AmsGrad::new(rate).dialect(dialect))?);
    }
    rows.push(measure("Adam", Adam::new)?);
    rows.push(measure("gradient descent", GradientDescent::new)?);

    println!("{}\n", smooth::SOLVED);
    table(&RATES.map(|rate| rate.to_string()), rows.iter().map(|row| (row.name.as_str(), &row.solved)));
    println!("{}\n", smooth::STEPS);
    table(&smooth::names(), rows.iter().map(|row| (row.name.as_str(), &row.steps)));
    println!("{}\n", noisy::TITLE);
    table(&noisy::names(), rows.iter().map(|row| (row.name.as_str(), &row.noisy)));
    println!("{}\n", curved::TITLE);
    let lbfgs = curved::lbfgs();
    let curved = rows.iter().map(|row| (row.name.as_str(), &row.curved));
    table(&curved::names(), curved.chain([("L-BFGS", &lbfgs)]));
    println!("{}\n", outlier::TITLE);
    table(&outlier::names(), rows.iter().map(|row| (row.name.as_str(), &row.outlier)));
    Ok(())
}

/// A Markdown table with a row for each rule.
fn table<'a>(columns: &[String], rows: impl Iterator<Item = (&'a str, &'a Vec<String>)>) {
    println!("| rule | {} |", columns.join(" | "));
    println!("|---|{}", "---:|".repeat(columns.len()));
    for (name, cells) in rows {
        println!("| {name} | {} |", cells.join(" | "));
    }
    println!();
}
