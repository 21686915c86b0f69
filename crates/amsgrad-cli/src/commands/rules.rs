//! `amsgrad rules`: the update rules, their formulas and defaults.

use std::io::Write as _;

use amsgrad::AnyRule;
use serde_json::json;

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

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let rules = AnyRule::all();
    if args.json {
        let document = |rule: &AnyRule| {
            json!({
                "name": rule.name(),
                "formula": rule.formula(),
                "source": rule.source(),
                "memory": rule.slots(),
                "defaults": json::settings(rule),
            })
        };
        let documents: Vec<_> = rules.iter().map(document).collect();
        output::print_json(&json!({ "rules": documents }))?;
        return Ok(Ending::Done);
    }
    let mut out = output::stdout();
    for (i, rule) in rules.iter().enumerate() {
        let (gap, name, source) = (if i == 0 { "" } else { "\n" }, rule.name(), rule.source());
        let formula = rule.formula().replace('\n', "\n    ");
        let defaults: Vec<_> =
            rule.settings().iter().map(|(name, value)| format!("{name} {value}")).collect();
        let defaults = defaults.join(", ");
        writeln!(out, "{gap}{name}\n    {formula}\n  source:   {source}\n  defaults: {defaults}")?;
    }
    out.flush()?;
    Ok(Ending::Done)
}
