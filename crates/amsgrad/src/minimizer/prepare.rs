//! What a run is made of, checked and prepared: all that depends neither on the objective's type nor on the rule's.

use super::Settings;
use crate::automatic;
use crate::check::{GradientCheck, GradientReport};
use crate::constraint::{Constraint, check_dimension, equal_weights};
use crate::error::Error;
use crate::error::setting::SettingError;
use crate::number::{Real, to_f64};
use crate::objective::{Behind, Objective};
use crate::outcome::Outcome;
use crate::run::{AnyRule, Observe, Setup};
use crate::trail::Trail;

/// Checks all settings but the rule's, and prepares the run.
pub(super) fn prepare<T: Real>(
    settings: &mut Settings,
    objective: &mut dyn Objective<T>,
) -> Result<(Setup<T>, Constraint), Error> {
    settings.stop.validate_examples(objective.examples())?;
    let constraint = settings.constraint.clone()?;
    let start = settings.start.take().ok_or(Error::NoStart)?.within(&constraint)?;
    check_dimension("the start", start.len(), objective.dimension())?;
    check_dimension("the start", start.len(), constraint.dimension())?;
    objective.prepare(&constraint)?;
    let mut region = constraint.region()?;
    let mut x: Vec<T> = start.into_iter().map(T::from_f64).collect();
    region.project(&mut x, &mut equal_weights());
    let report = match settings.check.take() {
        None => None,
        Some(check) => run_check(GradientCheck { constraint: constraint.clone(), ..check }, objective, &x)?,
    };
    let setup = Setup {
        x,
        region,
        transform: settings.transform,
        stop: settings.stop.clone(),
        resumed: settings.resumed.take().map(|state| state.map(T::from_f64)),
        position: None,
        #[cfg(feature = "clock")]
        timed: settings.timed,
        report,
        interrupt: settings.interrupt.clone(),
    };
    Ok((setup, constraint))
}

fn run_check<T: Real>(
    check: GradientCheck,
    objective: &mut dyn Objective<T>,
    x: &[T],
) -> Result<Option<Box<GradientReport>>, Error> {
    let examples = objective.examples();
    if examples.next < examples.all {
        let allowed = "no check in mini-batches; check the finite sum before `batch`";
        return Err(SettingError::new("check_gradient", "set", allowed).into());
    }
    match check.run(&mut Behind(objective), x) {
        Ok(report) => Ok(Some(Box::new(report))),
        // The run meets it too, and ends with it.
        Err(Error::Objective(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs to the end by trials and legs, from `trail` on if there is one.
pub(super) fn run_in_stretches<T: Real>(
    settings: &mut Settings,
    objective: &mut dyn Objective<T>,
    rule: AnyRule,
    trail: Option<&Trail<T>>,
    observer: &mut dyn Observe<T>,
) -> Result<Outcome<T>, Error> {
    let (setup, constraint) = prepare(settings, objective)?;
    let point = to_f64(&setup.x);
    let (lengths, sides) = (constraint.lengths(&point), constraint.near_sides(point.len()));
    automatic::run(objective, rule, setup, lengths, &sides, trail, observer)
}

/// Returns a point in the number type that runs, inside the constraint.
pub(super) fn inside<T: Real>(constraint: &Constraint, point: &[f64]) -> Result<Vec<T>, Error> {
    let mut x: Vec<T> = point.iter().map(|x| T::from_f64(*x)).collect();
    constraint.region()?.project(&mut x, &mut equal_weights());
    Ok(x)
}
