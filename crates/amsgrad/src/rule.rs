//! Update rules: what one step does with a gradient.
//!
//! A rule is its settings plus one formula over [`Lane`]. Everything that changes from step to step but not from
//! coordinate to coordinate is folded into a few coefficients, computed in `f64` once per step and rounded once to
//! the number type that runs; the formula then moves one coordinate, or a pack of them.

use std::fmt::Debug;

use crate::error::SettingError;
use crate::real::{Array, Lane, Real};
use crate::schedule::Schedule;

mod adagrad;
mod adam;
mod adamax;
mod adamnc;
mod adamx;
mod amsgrad;
mod clock;
mod gradient_descent;
mod momentum;
mod nadam;
mod rmsprop;
mod settings;

pub use adagrad::AdaGrad;
pub use adam::Adam;
pub use adamax::AdaMax;
pub use adamnc::AdamNc;
pub use adamx::AdamX;
pub use amsgrad::AmsGrad;
pub(crate) use clock::QuickClock;
pub use clock::{Clock, StepClock};
pub use gradient_descent::GradientDescent;
pub use momentum::Momentum;
pub use nadam::Nadam;
pub use rmsprop::RmsProp;
pub use settings::Setting;

/// An update rule.
///
/// A rule of your own needs its settings and one formula:
///
/// ```
/// use amsgrad::{Array, Lane, Minimizer, Schedule};
/// use amsgrad::error::SettingError;
/// use amsgrad::rule::{Clock, Rule};
///
/// /// Steps of one length against the sign of the gradient.
/// #[derive(Clone, Debug)]
/// struct SignDescent {
///     learning_rate: Schedule,
/// }
///
/// impl Rule for SignDescent {
///     const NAME: &'static str = "sign";
///     const SLOTS: &'static [&'static str] = &[];
///     type Memory<L: Lane> = [L; 0];
///     type Coefficients<L: Lane> = [L; 1];
///
///     fn learning_rate(&self) -> &Schedule {
///         &self.learning_rate
///     }
///     fn validate(&self) -> Result<(), SettingError> {
///         self.learning_rate.validate_rate("learning_rate")
///     }
///     fn coefficients(&self, clock: &mut impl Clock) -> [f64; 1] {
///         [clock.value(&self.learning_rate)]
///     }
///     fn step<L: Lane>([alpha]: [L; 1], x: L, gradient: L, _: &mut [L; 0]) -> L {
///         gradient.if_equal(L::number(0.0), x, x - alpha.copysign(gradient))
///     }
/// }
///
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = x[0].signum();
///     x[0].abs()
/// })
/// .rule(SignDescent { learning_rate: 0.25.into() })
/// .start([1.0])
/// .steps(4)
/// .run()?;
/// assert_eq!(outcome.last.point, [0.0]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
pub trait Rule: Clone + Debug + Send + Sync + 'static {
    /// The rule's name, as in `amsgrad rules`.
    const NAME: &'static str;

    /// The formula as a person reads it, a line for each assignment.
    const FORMULA: &'static str = "";

    /// Who published the rule.
    const SOURCE: &'static str = "";

    /// The names of the numbers kept for each coordinate, in the order of [`Self::Memory`].
    const SLOTS: &'static [&'static str];

    /// What is kept for each coordinate between steps; zero at first.
    type Memory<L: Lane>: Array<L> + Send + Sync + Debug;

    /// What is the same for every coordinate in one step.
    type Coefficients<L: Lane>: Array<L> + Send + Sync + Debug;

    /// The learning rate, called alpha in formulas.
    fn learning_rate(&self) -> &Schedule;

    /// The same to be changed: what lets a [`Group`](crate::Group) have a learning rate of its own.
    fn learning_rate_mut(&mut self) -> Option<&mut Schedule> {
        None
    }

    /// The schedule of beta1, where the rule has one.
    fn beta1(&self) -> Option<&Schedule> {
        None
    }

    /// Every setting under its name, to show or to save: of `Rule::default()` the defaults.
    fn settings(&self) -> Vec<(&'static str, Setting)> {
        let learning_rate = Setting::Schedule(self.learning_rate().clone());
        let beta1 = self.beta1().map(|beta1| ("beta1", Setting::Schedule(beta1.clone())));
        core::iter::once(("learning_rate", learning_rate)).chain(beta1).collect()
    }

    /// Changes the setting called `name` to what `text` says; whether it is in its range [`Rule::validate`] tells.
    ///
    /// # Errors
    /// The rule has no such setting, or the text does not say a value of its kind.
    fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError> {
        let _ = text;
        Err(settings::unknown(self, name))
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value, and what is allowed.
    fn validate(&self) -> Result<(), SettingError>;

    /// The coefficients of the step that `clock` stands at. Called once for every step, in order.
    fn coefficients(&self, clock: &mut impl Clock) -> Self::Coefficients<f64>;

    /// The formula: the coordinate's new value, from its value, its gradient and its memory.
    fn step<L: Lane>(
        coefficients: Self::Coefficients<L>,
        x: L,
        gradient: L,
        memory: &mut Self::Memory<L>,
    ) -> L;

    /// The weight of a coordinate in the projection onto a constraint: the denominator the step used (Reddi, Kale,
    /// Kumar 2018, Algorithm 2), 1 for rules without one.
    fn weight<L: Lane>(coefficients: Self::Coefficients<L>, memory: Self::Memory<L>) -> L {
        let _ = (coefficients, memory);
        L::number(1.0)
    }

    /// The largest gradient component, by magnitude, that the memory can hold, here its square. A larger one is
    /// refused like an infinite one, for it would freeze its coordinate for ever.
    #[must_use]
    fn largest_gradient<T: Real>() -> T {
        // A quarter of the root of the largest number: room for the rounding of the sums and products after it.
        T::from_f64(0.25) * (T::INFINITY.next_down()).sqrt()
    }
}

/// The same coefficients in the number type that runs, each rounded once.
#[inline(always)]
pub(crate) fn rounded<R: Rule, L: Lane>(coefficients: R::Coefficients<f64>) -> R::Coefficients<L> {
    let numbers = coefficients.as_slice();
    Array::from_fn(|i| L::number(numbers[i]))
}

/// Does the same for every rule of this crate, in the order they are listed to people: the name given stands for the
/// rule's type.
///
/// ```
/// use amsgrad::rule::{Rule, for_each_rule};
/// let mut names = Vec::new();
/// for_each_rule!(R => names.push(R::NAME));
/// assert_eq!(names[0], "amsgrad");
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __for_each_rule {
    ($rule:ident => $do:expr) => {
        $crate::__for_each_rule!($rule => $do;
            AmsGrad Adam AdamX AdamNc Nadam AdaMax RmsProp AdaGrad Momentum GradientDescent
        )
    };
    ($rule:ident => $do:expr; $($name:ident)*) => {
        $({
            type $rule = $crate::rule::$name;
            $do;
        })*
    };
}
#[doc(inline)]
pub use __for_each_rule as for_each_rule;
