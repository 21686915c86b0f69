//! `amsgrad bench`: how fast this machine runs the library, beside its own limits.

use std::io::Write as _;
use std::num::NonZero;
use std::thread;
use std::time::Duration;

use amsgrad_bench::Comparison;
use serde_json::{Value, json};

use super::Ending;
use crate::failure::Failure;
use crate::signals::{self, Lookout};
use crate::{output, text};

const EXAMPLES: &str = "Examples:
  amsgrad bench
  amsgrad bench --seconds 1 --json";

/// Measure how fast this machine runs the library, beside limits measured in the same run.
///
/// The first line of each table is the limit or the yardstick; the last column is the share of its speed that is
/// reached. Each table takes about --seconds, and a signal such as Ctrl-C ends the work after the table at hand. Candidates take turns and the fastest time of each counts, so ratios can
/// be compared, while speeds belong to this machine and its load. It needs about 800 MB of memory.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// About how long each of the tables takes, in seconds, 1 to 60
    #[arg(long, value_name = "N", default_value = "3", value_parser = text::seconds)]
    seconds: u64,

    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let budget = Duration::from_secs(args.seconds);
    let set = amsgrad::instruction_set();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut documents = Vec::new();
    if !args.json {
        let mut out = output::stdout();
        writeln!(out, "instruction set: {set}, cores: {cores}")?;
        out.flush()?;
    }
    let mut show = |threads: usize, comparison: &Comparison| -> Result<(), Failure> {
        if args.json {
            documents.push(document(threads, comparison));
            return Ok(());
        }
        // As soon as it is measured: somebody waits.
        let mut out = output::stdout();
        let plural = if threads == 1 { "" } else { "s" };
        writeln!(out, "\n{}, {threads} thread{plural} ({})", comparison.title, comparison.unit)?;
        for measured in &comparison.measured {
            writeln!(out, "  {:<44}{:>10.1}{:>8.2}", measured.name, measured.speed, measured.ratio)?;
        }
        if comparison.measured.is_empty() {
            writeln!(out, "  not measured: its arrays do not fit into memory")?;
        }
        Ok(out.flush()?)
    };
    let _lookout = Lookout::new();
    show(1, &amsgrad_bench::small(budget))?;
    for threads in if cores > 1 { vec![1, cores] } else { vec![1] } {
        let refused = |error| Failure::Input(format!("{threads} threads cannot be had: {error}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(refused)?;
        for measure in amsgrad_bench::on_threads().into_iter().take_while(|_| !signals::came()) {
            show(threads, &pool.install(|| measure(budget)))?;
        }
    }
    if args.json {
        output::print_json(&json!({ "instruction_set": set, "cores": cores, "comparisons": documents }))?;
    }
    Ok(if signals::came() { Ending::RunFailed } else { Ending::Done })
}

fn document(threads: usize, comparison: &Comparison) -> Value {
    let measured = comparison.measured.iter();
    let measured = measured.map(|one| json!({ "name": one.name, "speed": one.speed, "ratio": one.ratio }));
    json!({
        "title": comparison.title,
        "threads": threads,
        "unit": comparison.unit,
        "measured": measured.collect::<Vec<_>>(),
    })
}
