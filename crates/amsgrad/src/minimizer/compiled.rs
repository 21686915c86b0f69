//! What a minimizer does that depends on the number type alone.
//!
//! Generic code is compiled in every crate that uses it. What is reached through this table is compiled in this one, once for
//! `f32` and once for `f64`: a program compiles only what depends on its objective and its rule.

use core::any::Any;

use super::Settings;
use super::blocks::{Blocks, complete, run_blocks};
use super::prepare::{inside, prepare, run_in_stretches};
use crate::constraint::Constraint;
use crate::error::Error;
use crate::number::Real;
use crate::objective::Objective;
use crate::outcome::{Iterate, Outcome, Search};
use crate::run::batch::BatchOutcome;
use crate::run::{AnyRule, Observe, RuleOf, Setup, Starts};
use crate::trail::Trail;
use crate::tune::automatic::Trials;

/// The functions of that name, in the number type `T`.
pub(super) struct Compiled<T: Real> {
    pub(super) prepare: fn(&mut Settings, &mut dyn Objective<T>) -> Result<(Setup<T>, Constraint), Error>,
    pub(super) run_in_stretches: fn(
        &mut Settings,
        &mut dyn Objective<T>,
        AnyRule,
        Option<&Trail<T>>,
        &mut dyn Observe<T>,
    ) -> Result<Outcome<T>, Error>,
    pub(super) search: Try<T, (Search, Option<Iterate<T>>)>,
    pub(super) across: Try<T, f64>,
    pub(super) inside: fn(&Constraint, &[f64]) -> Result<Vec<T>, Error>,
    pub(super) run_blocks:
        fn(&Settings, &Starts, Blocks<'_, T>, &dyn RuleOf<T>) -> Result<BatchOutcome<T>, Error>,
    pub(super) complete: fn(
        &Settings,
        &mut BatchOutcome<T>,
        &Starts,
        &dyn Fn(Vec<f64>) -> Result<Outcome<T>, Error>,
    ) -> Result<(), Error>,
}

/// Makes trial runs in a domain.
pub(super) type Try<T, A> = fn(Trials<'_, T>, &[(f64, f64)]) -> Result<A, Error>;

impl<T: Real> Compiled<T> {
    const TABLE: Self = Self {
        prepare: prepare::<T>,
        run_in_stretches: run_in_stretches::<T>,
        search: |trials, domain| trials.search(domain),
        across: |trials, domain| trials.across(domain),
        inside: inside::<T>,
        run_blocks: run_blocks::<T>,
        complete: complete::<T>,
    };
}

static IN_F32: Compiled<f32> = Compiled::TABLE;
static IN_F64: Compiled<f64> = Compiled::TABLE;

/// Returns the functions in the number type `T`.
pub(super) fn compiled<T: Real>() -> &'static Compiled<T> {
    let (in_f32, in_f64): (&dyn Any, &dyn Any) = (&IN_F32, &IN_F64);
    match in_f64.downcast_ref().or_else(|| in_f32.downcast_ref()) {
        Some(compiled) => compiled,
        None => unreachable!("f32 and f64 are all the number types there are"),
    }
}
