//! Recorded runs of other implementations, reproduced.

mod dialects;
mod high_precision;
mod read;
mod relatives;
mod tutorial;
