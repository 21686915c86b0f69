//! A rule in one number type, behind an indirection.

use super::block::{Block, Results, Task};
use super::observe::Dyn;
use super::{Observe, Setup, drive};
use crate::dispatch::Baseline;
use crate::error::Error;
use crate::number::Real;
use crate::objective::{Behind, Boxed, Objective};
use crate::outcome::Outcome;
use crate::rule::Rule;
use crate::state::StateError;
use crate::update::{LineRule, PackRule, Update};

/// How many coordinates are few. Without optimization each element of a pack takes its time.
const FEW: usize = if cfg!(debug_assertions) { 2 } else { 4 };
/// How many fit in registers as well.
const SOME: usize = 8;

/// A rule in one number type, behind an indirection, with the loops over it: they are compiled where the rule is, not once more
/// in every crate that runs one. Rule, objective and observer are behind one call each per evaluation.
pub trait RuleOf<T: Real>: LineRule<T> + PackRule<T, FEW> + PackRule<T, SOME> {
    /// Runs to the end.
    fn run(
        self: Box<Self>,
        setup: Setup<T>,
        objective: &mut dyn Objective<T>,
        observer: &mut dyn Observe<T>,
    ) -> Result<Outcome<T>, Error>;

    /// Runs a block of a batch: `count` starts, given one after the other with copies of the last to fill the last line.
    fn run_block(
        &self,
        task: &Task<'_, T>,
        starts: &[T],
        count: usize,
        results: Results<'_, T>,
    ) -> Result<(), StateError>;
}

impl<T: Real, R: Rule> RuleOf<T> for R {
    fn run(
        self: Box<Self>,
        setup: Setup<T>,
        objective: &mut dyn Objective<T>,
        observer: &mut dyn Observe<T>,
    ) -> Result<Outcome<T>, Error> {
        let (dimension, behind) = (setup.x.len(), Behind(objective));
        if dimension <= FEW {
            run::<T, _, Box<dyn PackRule<T, FEW>>>(self, setup, behind, observer)
        } else if dimension <= SOME {
            run::<T, _, Box<dyn PackRule<T, SOME>>>(self, setup, behind, observer)
        } else {
            // The type that a stepper has, so that the loop is compiled once for both.
            let boxed: Boxed<'_, T> = Behind(Box::new(behind));
            run::<T, _, Box<dyn LineRule<T>>>(self, setup, boxed, observer)
        }
    }

    fn run_block(
        &self,
        task: &Task<'_, T>,
        starts: &[T],
        count: usize,
        results: Results<'_, T>,
    ) -> Result<(), StateError> {
        let block = Block::new(task, self, starts, count).ok_or(StateError::TooLarge { dimension: count })?;
        block.run(results);
        Ok(())
    }
}

/// Runs to the end: a function of its own, compiled for every storage but not for every rule.
#[inline(never)]
fn run<T: Real, F: Objective<T>, U: Update<T>>(
    rule: U,
    setup: Setup<T>,
    objective: F,
    observer: &mut dyn Observe<T>,
) -> Result<Outcome<T>, Error> {
    drive::<Baseline, _, _, _>(rule, setup, objective, Dyn(observer))
}

#[cfg(test)]
mod tests {
    use super::super::Unobserved;
    use super::*;
    use crate::constraint::{Bounds, Constraint};
    use crate::dispatch::Best;
    use crate::rule::AmsGrad;
    use crate::stop::Stop;
    use crate::transform::Transform;
    use crate::update::Exactly;

    /// Runs `N` coordinates in registers, which is optimized and chosen in programs that are.
    fn exactly<const N: usize>() {
        let objective = |x: &[f64], gradient: &mut [f64]| {
            gradient.iter_mut().zip(x).zip(1..).for_each(|((g, x), i)| *g = 2.0 * x * f64::from(i));
            x.iter().zip(1..).map(|(x, i)| x * x * f64::from(i)).sum::<f64>()
        };
        let rule = AmsGrad::tutorial();
        let setup = || Setup {
            x: (0..N).map(|i| i as f64 - 0.75).collect(),
            region: Constraint::from(Bounds::cube(N, -2.0, 3.5).unwrap()).region().unwrap(),
            transform: Transform::default(),
            stop: Stop { steps: Some(50), ..Stop::default() },
            resumed: None,
            position: None,
            #[cfg(feature = "clock")]
            timed: false,
            report: None,
            interrupt: None,
        };
        let few = drive::<Best, _, _, _>(
            Exactly::<_, N> { rule: rule.clone() },
            setup(),
            Behind(&mut { objective }),
            Unobserved,
        );
        let behind =
            RuleOf::run(Box::new(rule.clone()), setup(), &mut { objective }, &mut Unobserved).unwrap();
        assert_eq!(few.unwrap(), behind);
        let lines: Box<dyn LineRule<f64>> = Box::new(rule.clone());
        assert_eq!(super::run(lines, setup(), objective, &mut Unobserved).unwrap(), behind);
        if N <= 4 {
            let pack: Box<dyn PackRule<f64, 4>> = Box::new(rule);
            assert_eq!(super::run(pack, setup(), objective, &mut Unobserved).unwrap(), behind);
        }
    }

    #[test]
    fn few_coordinates_run_as_many_do() {
        exactly::<1>();
        exactly::<2>();
        exactly::<3>();
        exactly::<4>();
        exactly::<8>();
    }
}
