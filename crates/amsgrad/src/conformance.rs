//! What every update rule must hold to, checked in every way of running it (feature `conformance`).
//!
//! [`check`] takes a rule of yours through the same checks as the rules of this crate.
//!
//! ```
//! use amsgrad::conformance::{Law, check};
//!
//! amsgrad::rule! {
//!     /// Forgets that its memory must hold the square of a gradient.
//!     pub struct Careless = "careless" {
//!         /// alpha: finite, 0 or more.
//!         learning_rate = 0.01,
//!     }
//!     source: "";
//!     formula: "v = v + g * g; x = x - alpha * g / sqrt(v)";
//!     gradients: Any;
//!     memory: v;
//!     coefficients(self, clock): alpha;
//!     {
//!         let alpha = clock.value(&self.learning_rate);
//!     }
//!     step(x, g): {
//!         *v = *v + g * g;
//!         amsgrad::number::policy::descend(x, alpha * g, *v, N::constant(0.0))
//!     }
//!     weight: { v.sqrt() }
//! }
//!
//! assert_eq!(check(&amsgrad::AdaGrad::default()), Ok(()));
//! let violation = check(&Careless::default()).unwrap_err();
//! assert_eq!((violation.law, violation.step), (Law::FiniteMemory, 1));
//! println!("{violation}");
//! ```

use core::fmt::Display;

use crate::dispatch::{Target, with_target};
use crate::number::Real;
use crate::rule::Rule;

mod difference;
mod inputs;
#[cfg(test)]
mod tests;
mod ways;

use difference::difference;
use inputs::{decayed, hostile, plain, start, transforms};
use ways::{Job, Refusal, Trace, Way, ways};

/// Something that every rule must hold to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Law {
    /// Its settings are in their ranges, and ordinary gradients do not end a run.
    Runs,
    /// Every way of running it gives the same bits, in packs of every width and with every instruction set.
    SameBits,
    /// A run that resumes from a saved state has the bits of a run that did not stop.
    Resumes,
    /// A gradient that is not finite, or larger than [`Rule::GRADIENT_LIMIT`], is refused before it reaches the memory.
    Refuses,
    /// Gradients up to [`Rule::GRADIENT_LIMIT`] leave the memory finite.
    FiniteMemory,
    /// The memory never holds a subnormal number.
    NormalMemory,
    /// The weight of a coordinate in a projection is a number, 0 or more.
    Weights,
}

/// Where a rule violates a [`Law`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule} in {number}, {way}, step {step}: {what}")]
#[non_exhaustive]
pub struct Violation {
    /// The law.
    pub law: Law,
    /// The rule's name.
    pub rule: &'static str,
    /// The number type, `f32` or `f64`.
    pub number: &'static str,
    /// The way of running it.
    pub way: String,
    /// The first step that differs or goes wrong; 0 where none was made.
    pub step: u64,
    /// What is wrong there.
    pub what: String,
}

/// Checks that a rule holds to every [`Law`], with its settings as they are, in `f32` and in `f64`.
///
/// The ways of running it are: whole runs, observed runs, runs step by step, resumed runs, batches, an optimizer over one and
/// over several tensors; the runs also as an [`AnyRule`](crate::AnyRule); each with every instruction set of the processor.
/// The reference that they are compared with is the bare formula, one coordinate at a time.
///
/// # Errors
/// Names the first violation: the way and the step.
pub fn check<R: Rule>(rule: &R) -> Result<(), Violation> {
    Subject::<f64>::new(rule).check()?;
    Subject::<f32>::new(rule).check()
}

/// A rule with all ways of running it. Its type is forgotten, so every check is compiled once.
struct Subject<T> {
    rule: &'static str,
    largest_gradient: T,
    /// The way to compare the others with.
    reference: Way<T>,
    ways: Vec<Way<T>>,
}

impl<T: Real> Subject<T> {
    fn new<R: Rule>(rule: &R) -> Self {
        let (reference, ways) = ways(rule);
        Self { rule: R::NAME, largest_gradient: R::GRADIENT_LIMIT.largest(), reference, ways }
    }

    fn check(&self) -> Result<(), Violation> {
        self.check_bits()?;
        self.check_instruction_sets()?;
        self.check_resuming()?;
        self.check_refusals()?;
        self.check_huge_gradients()?;
        self.check_tiny_gradients()
    }

    fn violation(&self, law: Law, way: impl Display, step: u64, what: impl Into<String>) -> Violation {
        Violation { law, rule: self.rule, number: T::NAME, way: way.to_string(), step, what: what.into() }
    }

    fn run(&self, way: &Way<T>, job: Job<'_, T>) -> Result<Trace<T>, Violation> {
        (way.run)(job).map_err(|what| self.violation(Law::Runs, way.name, 0, what))
    }

    fn all(&self) -> impl Iterator<Item = &Way<T>> {
        core::iter::once(&self.reference).chain(&self.ways)
    }

    /// Runs the way to compare the others with.
    fn reference(&self, job: Job<'_, T>) -> Result<Trace<T>, Violation> {
        let way = &self.reference;
        let trace = self.run(way, job)?;
        for (step, (point, weights)) in (1..).zip(trace.points.iter().zip(&trace.weights)) {
            if !point.iter().all(|x| x.is_finite()) {
                return Err(self.violation(Law::Runs, way.name, step, format!("the point is {point:?}")));
            }
            if !weights.iter().all(|weight| *weight >= T::default()) {
                return Err(self.violation(
                    Law::Weights,
                    way.name,
                    step,
                    format!("the weights are {weights:?}"),
                ));
            }
        }
        Ok(trace)
    }

    /// Returns an error where `way` differs from the reference, which left `expected` behind.
    fn compare(
        &self,
        law: Law,
        (way, name): (&Way<T>, &str),
        job: Job<'_, T>,
        expected: &Trace<T>,
    ) -> Result<(), Violation> {
        let Some(last) = difference(expected, &self.run(way, job)?) else { return Ok(()) };
        let steps = job.gradients.len();
        // Not every way shows every step: the first that differs is found by shorter runs.
        for steps in 1..steps {
            let job = Job { gradients: job.gradients.get(..steps).unwrap_or_default(), ..job };
            if let Some(what) = difference(&self.reference(job)?, &self.run(way, job)?) {
                return Err(self.violation(law, name, steps as u64, what));
            }
        }
        Err(self.violation(law, name, steps as u64, last))
    }

    fn check_bits(&self) -> Result<(), Violation> {
        for dimension in [1, 2, 3, 4, 8, 21] {
            let (x, gradients) = (start::<T>(dimension), hostile(40, dimension));
            // No coordinate depends on another: what a transform does to one it does to many.
            let most = if dimension == 3 { transforms() } else { vec![decayed()] };
            for transform in most {
                let job = Job { transform, ..plain(&x, &gradients) };
                let expected = self.reference(job)?;
                for way in &self.ways {
                    self.compare(Law::SameBits, (way, way.name), job, &expected)?;
                }
            }
        }
        Ok(())
    }

    fn check_instruction_sets(&self) -> Result<(), Violation> {
        for dimension in [3, 21] {
            let (x, gradients) = (start::<T>(dimension), hostile(40, dimension));
            let job = Job { transform: decayed(), ..plain(&x, &gradients) };
            let expected = self.reference(job)?;
            for target in Target::available() {
                for way in self.ways.iter().filter(|way| way.guarded) {
                    let name = format!("{} with {}", way.name, target.name());
                    with_target(target, || self.compare(Law::SameBits, (way, &name), job, &expected))?;
                }
            }
        }
        Ok(())
    }

    fn check_resuming(&self) -> Result<(), Violation> {
        for dimension in [2, 21] {
            let (x, gradients) = (start::<T>(dimension), hostile(40, dimension));
            let (early, late) = gradients.split_at(17);
            let job = Job { transform: decayed(), ..plain(&x, &gradients) };
            let half = self.reference(Job { gradients: early, ..job })?;
            let whole = self.reference(job)?;
            let rest =
                Job { from: half.states.last(), x: half.points.last().unwrap_or(&x), gradients: late, ..job };
            for way in self.all().filter(|way| way.resumes) {
                let name = format!("{}, resumed", way.name);
                self.compare(Law::Resumes, (way, &name), rest, &whole)?;
            }
        }
        Ok(())
    }

    fn check_refusals(&self) -> Result<(), Violation> {
        let above = self.largest_gradient.next_up();
        let dimension = 5;
        let (x, good) = (start::<T>(dimension), hostile::<T>(6, dimension));
        for (step, coordinate) in [(1, 0), (4, dimension - 1), (4, 2)] {
            for transform in transforms() {
                let job = Job { transform, ..plain(&x, good.get(..step - 1).unwrap_or_default()) };
                let before = self.reference(job)?;
                for bad in [T::from_f64(f64::NAN), T::INFINITY, -T::INFINITY, above, -above] {
                    let mut gradients = good.clone();
                    if let Some(component) = gradients.get_mut(step - 1).and_then(|g| g.get_mut(coordinate)) {
                        *component = bad;
                    }
                    let job = Job { gradients: &gradients, ..job };
                    let refusal =
                        Refusal { step: step as u64, component: Some((coordinate, bad.is_finite())) };
                    self.check_refusal(job, refusal, &before)?;
                }
            }
        }
        Ok(())
    }

    /// Returns an error where a way does not refuse one gradient component, and leave all as it was `before` that step.
    fn check_refusal(&self, job: Job<'_, T>, expected: Refusal, before: &Trace<T>) -> Result<(), Violation> {
        for way in self.ways.iter().filter(|way| way.guarded) {
            let trace = self.run(way, job)?;
            let what = match trace.refused {
                None => "a bad gradient is let in".into(),
                Some(refusal) if refusal.differs(expected) => {
                    format!("a bad gradient is refused as {refusal:?} instead of {expected:?}")
                }
                _ => match difference(before, &Trace { refused: None, ..trace }) {
                    None => continue,
                    Some(what) => format!("a bad gradient is refused, but {what}"),
                },
            };
            return Err(self.violation(Law::Refuses, way.name, expected.step, what));
        }
        Ok(())
    }

    fn check_huge_gradients(&self) -> Result<(), Violation> {
        let (x, largest) = (start::<T>(3), self.largest_gradient);
        let upwards = vec![vec![largest; 3]; 300];
        let changing = (0..300).map(|i| vec![if i % 2 == 0 { largest } else { -largest }; 3]).collect();
        for gradients in [upwards, changing] {
            self.check_memory(Law::FiniteMemory, plain(&x, &gradients), |number| number.is_finite())?;
        }
        Ok(())
    }

    fn check_tiny_gradients(&self) -> Result<(), Violation> {
        let x = start::<T>(3);
        let (smallest, root) = (T::MIN_POSITIVE.to_f64(), T::MIN_POSITIVE.sqrt().to_f64());
        for size in [smallest / 2.0, smallest, -smallest, 3.0 * smallest, -root, root, 2.0 * root, 8.0 * root]
        {
            // A few such gradients, then silence, in which the moments decay below the normal numbers.
            let gradient = |step| vec![T::from_f64(if step < 3 { size } else { 0.0 }); 3];
            let gradients: Vec<_> = (0..80).map(gradient).collect();
            let normal = |number: T| number == T::default() || number.abs() >= T::MIN_POSITIVE;
            self.check_memory(Law::NormalMemory, plain(&x, &gradients), normal)?;
        }
        Ok(())
    }

    /// Checks every number of the memory after every step of the bare formula, and after the last one of the other ways.
    fn check_memory(&self, law: Law, job: Job<'_, T>, good: impl Fn(T) -> bool) -> Result<(), Violation> {
        for way in self.all() {
            // Gradients this large may take the point out of all bounds, which ends a run.
            if way.guarded && law == Law::FiniteMemory {
                continue;
            }
            let states = self.run(way, job)?.states;
            let before_last = job.gradients.len() - states.len();
            for (step, state) in (before_last as u64 + 1..).zip(&states) {
                for slot in &state.slots {
                    if let Some(i) = slot.values.iter().position(|value| !good(*value)) {
                        let value = slot.values.get(i).copied().unwrap_or_default();
                        let what = format!("{} of coordinate {i} is {value:?}", slot.name);
                        return Err(self.violation(law, way.name, step, what));
                    }
                }
            }
        }
        Ok(())
    }
}
