//! The Python package `amsgrad`: what Python hands over is checked and translated here, and every rule and decision is that of
//! the Rust crates.

use std::ffi::OsString;

use pyo3::prelude::*;

mod arrays;
mod callable;
mod constraint;
mod figure;
mod fit;
mod formula;
mod minimize;
mod optimizer;
mod outcome;
mod plan;
mod refused;
mod shards;
mod threads;
mod values;

/// Runs the program with these arguments, the first of which is its name, and returns its exit code.
#[pyfunction]
fn run_program(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| amsgrad_cli::run(arguments))
}

/// The compiled part of the package.
#[pymodule(gil_used = false)]
mod _amsgrad {
    #[pymodule_export]
    use super::constraint::{Ball, Simplex};
    #[pymodule_export]
    use super::figure::{draw_formula, draw_run};
    #[pymodule_export]
    use super::fit::{Fit, fit};
    #[pymodule_export]
    use super::formula::Formula;
    #[pymodule_export]
    use super::minimize::minimize;
    #[pymodule_export]
    use super::optimizer::Optimizer;
    #[pymodule_export]
    use super::plan::Plan;
    #[pymodule_export]
    use super::refused::FormulaError;
    #[pymodule_export]
    use super::run_program;
    #[pymodule_export]
    use super::shards::{Shard, Shards};
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python gives it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
