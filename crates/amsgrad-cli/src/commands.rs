//! The commands, a file each.

pub(crate) use crate::failure::Ending;

pub(crate) mod animate;
pub(crate) mod basins;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod diagnose;
pub(crate) mod dialects;
pub(crate) mod evaluate;
pub(crate) mod fit;
pub(crate) mod help;
pub(crate) mod man;
pub(crate) mod merge;
pub(crate) mod minimize;
pub(crate) mod plot;
pub(crate) mod predict;
pub(crate) mod problems;
pub(crate) mod reproduce;
pub(crate) mod rules;
pub(crate) mod tune;
pub(crate) mod tutorial;
