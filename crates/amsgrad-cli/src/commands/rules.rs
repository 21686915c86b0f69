//! `amsgrad rules`: the update rules, their formulas and defaults.

use std::io::Write as _;

use amsgrad::rule::{Rule, for_each_rule};
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::{json, output};

const EXAMPLES: &str = "Examples:
  amsgrad rules
  amsgrad rules --json";

/// List the update rules with their formulas, sources and default settings.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What is told of a rule.
struct Entry {
    name: &'static str,
    formula: &'static str,
    source: &'static str,
    defaults: String,
    document: Value,
}

fn entry<R: Rule + Default>() -> Entry {
    let rule = R::default();
    let defaults: Vec<String> =
        rule.settings().iter().map(|(name, value)| format!("{name} {value}")).collect();
    Entry {
        name: R::NAME,
        formula: R::FORMULA,
        source: R::SOURCE,
        defaults: defaults.join(", "),
        document: json!({
            "name": R::NAME,
            "formula": R::FORMULA,
            "source": R::SOURCE,
            "memory": R::SLOTS,
            "defaults": json::settings(&rule),
        }),
    }
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let mut entries = Vec::new();
    for_each_rule!(R => entries.push(entry::<R>()));
    if args.json {
        let documents: Vec<Value> = entries.into_iter().map(|entry| entry.document).collect();
        output::print_json(&json!({ "rules": documents }))?;
        return Ok(Ending::Done);
    }
    let mut out = output::stdout();
    for (i, Entry { name, formula, source, defaults, .. }) in entries.iter().enumerate() {
        let gap = if i == 0 { "" } else { "\n" };
        let formula = formula.replace('\n', "\n    ");
        writeln!(out, "{gap}{name}\n    {formula}\n  source:   {source}\n  defaults: {defaults}")?;
    }
    out.flush()?;
    Ok(Ending::Done)
}
