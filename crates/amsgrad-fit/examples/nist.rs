//! Prints the digits that fits of NIST's reference sets have right, as the table in docs/fitting.md.
//!
//! ```sh
//! cargo run --release -p amsgrad-fit --example nist
//! ```
#![allow(clippy::print_stdout, reason = "an example shows its results")]

use std::error::Error;

#[path = "../tests/suite/nist/digits.rs"]
mod digits;

fn main() -> Result<(), Box<dyn Error>> {
    println!("| set | parameters | start 1 | errors | squares | start 2 | errors | squares | 64 starts |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for set in digits::of_all_sets()? {
        let found = set.starts.iter().flatten().chain([&set.bounds]).map(|digits| format!("{digits:.1}"));
        println!("| {} | {} | {} |", set.name, set.parameters, found.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}
