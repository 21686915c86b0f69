//! Measures how fast tables are read and models are fitted, as the table in docs/fitting.md; speed.py is SciPy's side.
//!
//! ```sh
//! cargo run --release -p amsgrad-fit --example speed
//! cargo run --release -p amsgrad-fit --example speed -- fitting
//! ```
#![allow(clippy::print_stdout, reason = "an example shows its results")]

use std::error::Error;
use std::fmt::Write as _;
use std::time::Instant;

use amsgrad_fit::{Fit, Format, Model, Outcome, Settings, Source, Table};

/// Rows of the table that is read.
const READ: usize = 10_000_000;
/// Rows of the single fit.
const ROWS: usize = 1_000_000;
/// Groups and the rows in each.
const GROUPS: (usize, usize) = (100_000, 8);

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let jobs: [(&str, fn() -> Result<(), Box<dyn Error>>); 3] =
        [("reading", reading), ("fitting", fitting), ("grouping", grouping)];
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    jobs.into_iter().filter(|(name, _)| is_wanted(name)).try_for_each(|(_, job)| job())
}

/// The shortest of three runs, in seconds.
fn timed(mut run: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let began = Instant::now();
        run()?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn reading() -> Result<(), Box<dyn Error>> {
    let mut text = String::from("t,y,dy,z\n");
    for i in 0..READ {
        let x = i as f64 * 0.125;
        writeln!(text, "{x},{:.5},0.05,{}", 1.0 + noise(i), i % 1000)?;
    }
    let bytes: &'static [u8] = text.leak().as_bytes();
    let walk = timed(|| {
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let (mut record, mut rows) = (csv::ByteRecord::new(), 0);
        while reader.read_byte_record(&mut record)? {
            rows += 1;
        }
        assert_eq!(rows, READ);
        Ok(())
    })?;
    let load = timed(|| {
        assert_eq!(Source::new("bytes", bytes, &Format::default())?.read_all()?.rows(), READ);
        Ok(())
    })?;
    let megabytes = bytes.len() as f64 / 1e6;
    println!(
        "{READ} rows of 4 columns, {megabytes:.0} MB: csv alone {walk:.2} s, into columns {load:.2} s ({:.0} %)",
        100.0 * walk / load
    );
    Ok(())
}

fn fitting() -> Result<(), Box<dyn Error>> {
    let t: Vec<f64> = (0..ROWS).map(|i| i as f64 * 1e-5).collect();
    let y = t.iter().enumerate().map(|(i, t)| 5.0 * (-0.6 * t).exp() + 1.0 + 0.1 * noise(i)).collect();
    let table = Table::new([("t", t), ("y", y)])?;
    let model = Model::parse("y ~ a*exp(-b*t) + c", table.names())?;
    let start = [("a", 1.0), ("b", 1.0), ("c", 0.0)].map(|(name, x)| (name.to_owned(), x)).into();
    let fit = Fit::new(&model, Settings { start, ..Settings::default() })?;
    let seconds = timed(|| {
        let outcome = fit.run(&table, &|| false)?;
        assert!(outcome.status.is_converged());
        Ok(())
    })?;
    let passes = fit.run(&table, &|| false)?.evaluations;
    println!(
        "{ROWS} rows, a*exp(-b*t) + c from 1,1,0: {seconds:.4} s, {} values and {} gradients",
        passes.values, passes.gradients
    );
    Ok(())
}

fn grouping() -> Result<(), Box<dyn Error>> {
    let (groups, rows) = GROUPS;
    let mut text = String::from("voxel,t,y\n");
    for group in 0..groups {
        let (a, b) = (50.0 + noise(group) * 20.0, 0.5 + 0.2 * noise(group + 7));
        for row in 0..rows {
            let t = row as f64 * 0.5;
            writeln!(text, "{group},{t},{}", a * (-b * t).exp() + 0.1 * noise(group * rows + row))?;
        }
    }
    let source = Source::new("bytes", text.leak().as_bytes(), &Format::default())?;
    let names = source.names().to_vec();
    let table = source.read(&names[1..], &names[..1], &mut |_| {})?;
    let model = Model::parse("y ~ a*exp(-b*t)", table.names())?;
    let start = [("a", 40.0), ("b", 1.0)].map(|(name, x)| (name.to_owned(), x)).into();
    let fit = Fit::new(&model, Settings { start, ..Settings::default() })?;
    let mut converged = 0;
    let seconds = timed(|| {
        let converges = |outcome: Result<Outcome, _>| outcome.is_ok_and(|one| one.status.is_converged());
        let ends = fit.groups(&table)?.run(&|| false, converges);
        converged = ends.iter().filter(|group| group.result).count();
        Ok(())
    })?;
    println!("{groups} groups of {rows} rows: {seconds:.2} s, {converged} converged");
    Ok(())
}

/// Noise from -0.5 to 0.5 that is the same everywhere.
fn noise(index: usize) -> f64 {
    let mixed = (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
}
