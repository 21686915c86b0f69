//! A run of the minimizer as the program makes it: settings, plan, solution, report.

pub(crate) mod advice;
pub(crate) mod basins;
pub(crate) mod ended;
pub(crate) mod history;
pub(crate) mod lines;
pub(crate) mod minima;
pub(crate) mod pictures;
pub(crate) mod plan;
pub(crate) mod recorder;
pub(crate) mod report;
pub(crate) mod score;
pub(crate) mod seen;
pub(crate) mod settings;
pub(crate) mod shards;
pub(crate) mod solve;
pub(crate) mod study;
pub(crate) mod vary;
