//! `amsgrad dialects`: the frameworks' AMSGrads and how they differ.

use std::io::Write as _;

use amsgrad::{AmsGrad, Dialect, Rule as _};
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::output;

const EXAMPLES: &str = "Examples:
  amsgrad dialects
  amsgrad dialects --json";

/// List the dialects of AMSGrad, with the three numbers of each and who computes it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    if args.json {
        output::print_json(&json!({ "dialects": Dialect::ALL.map(document) }))?;
        return Ok(Ending::Done);
    }
    let mut out = output::stdout();
    writeln!(out, "The frameworks' AMSGrads are this formula, per coordinate:\n")?;
    writeln!(out, "    {}\n", AmsGrad::FORMULA.replace('\n', "\n    "))?;
    writeln!(out, "with B1 = 1 - beta1^t, B2 = 1 - beta2^t, and by dialect:\n")?;
    writeln!(out, "{:<11}{:<25}{:<8}{:<20}who computes it", "dialect", "a_t", "c_t", "e_t")?;
    for dialect in Dialect::ALL {
        let [a, c, e] = dialect.formulas();
        writeln!(out, "{:<11}{a:<25}{c:<8}{e:<20}{}", dialect.name(), dialect.users())?;
    }
    writeln!(out, "\nDefault: {}.", Dialect::default())?;
    out.flush()?;
    Ok(Ending::Done)
}

fn document(dialect: Dialect) -> Value {
    let [a, c, e] = dialect.formulas();
    json!({ "name": dialect.name(), "a": a, "c": c, "e": e, "users": dialect.users() })
}
