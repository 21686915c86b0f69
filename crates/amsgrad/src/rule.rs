//! Update rules: what one step does with a gradient.
//!
//! A rule is its settings plus one formula over [`Number`]. Everything that changes from step to step but not from
//! coordinate to coordinate is folded into a few coefficients, computed in `f64` once per step and rounded once to
//! the number type that runs; the formula then moves one coordinate, or a pack of them. [`rule!`](crate::rule!) declares one.

use std::fmt::Debug;

use crate::error::setting::SettingError;
use crate::number::{Array, Number, Real};
use crate::schedule::Schedule;

mod adagrad;
mod adam;
mod adamax;
mod adamnc;
mod adamx;
mod amsgrad;
mod amsgrad_fed_back;
mod clock;
mod declare;
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
pub use amsgrad_fed_back::AmsGradFedBack;
pub use clock::Clock;
pub use gradient_descent::GradientDescent;
pub use momentum::Momentum;
pub use nadam::Nadam;
pub use rmsprop::RmsProp;
pub use settings::{Range, Setting, Value, unknown_setting};

/// An update rule, as [`rule!`](crate::rule!) declares it.
///
/// ```
/// use amsgrad::rule::{Clock, Rule};
/// use amsgrad::AmsGrad;
///
/// let rule = AmsGrad::tutorial();
/// let [beta1, ..] = rule.coefficients(&mut Clock::resumed(3, 1.0));
/// assert_eq!((AmsGrad::SLOTS, beta1), (&["m", "v", "v_hat"][..], 0.7290000000000001));
/// ```
pub trait Rule: Clone + Debug + Send + Sync + 'static {
    /// The rule's name, as in `amsgrad rules`.
    const NAME: &'static str;
    /// The formula as a person reads it, one line per assignment.
    const FORMULA: &'static str;
    /// Who published the rule.
    const SOURCE: &'static str;
    /// The names of the numbers kept per coordinate, in the order of [`Self::Memory`].
    const SLOTS: &'static [&'static str];
    /// How large a gradient component the memory can hold.
    const GRADIENT_LIMIT: GradientLimit;
    /// What is kept per coordinate between steps; zero at first.
    type Memory<N: Number>: Array<N> + Send + Sync + Debug;
    /// What is the same for every coordinate in one step.
    type Coefficients<N: Number>: Array<N> + Send + Sync + Debug;

    /// Returns the learning rate, called alpha in formulas.
    fn learning_rate(&self) -> &Schedule;

    /// Returns the learning rate to be changed.
    fn learning_rate_mut(&mut self) -> &mut Schedule;

    /// Returns the setting called `name` where it is a schedule, such as `beta1`.
    fn schedule(&self, name: &str) -> Option<&Schedule>;

    /// Returns every setting under its name, to show or to save.
    fn settings(&self) -> Vec<(&'static str, Setting)>;

    /// Changes the setting called `name` to what `text` says; [`validate`](Rule::validate) tells whether it is in its range.
    ///
    /// # Errors
    /// The rule has no such setting, or the text is no value of its type.
    fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError>;

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value, and what is allowed.
    fn validate(&self) -> Result<(), SettingError>;

    /// Computes the coefficients of the step at which `clock` stands. Called once per step, in order.
    fn coefficients(&self, clock: &mut Clock) -> Self::Coefficients<f64>;

    /// Computes the new value of a coordinate from its value, its gradient and its memory, and updates the memory, in which
    /// subnormal numbers are [flushed](crate::number::policy::flush).
    fn step<N: Number>(
        coefficients: Self::Coefficients<N>,
        x: N,
        gradient: N,
        memory: &mut Self::Memory<N>,
    ) -> N;

    /// Returns the weight of a coordinate in the projection onto a constraint: the denominator the step used (Reddi, Kale,
    /// Kumar 2018, Algorithm 2), 1 for rules without one.
    fn weight<N: Number>(coefficients: Self::Coefficients<N>, memory: Self::Memory<N>) -> N;
}

/// How large a gradient component the memory of a rule can hold. A larger one is refused like an infinite one, because it
/// would freeze its coordinate forever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradientLimit {
    /// Every finite number fits: nothing is remembered.
    Any,
    /// The magnitude fits, with room for rounding.
    Magnitude,
    /// The square fits, with room for rounding.
    Square,
    /// The square fits, times a factor of up to 2^24 by which the memory may grow.
    GrowingSquare,
    /// The sum of all squares fits: it rounds to itself once it is 2 / EPSILON times the largest of them.
    SumOfSquares,
}

impl GradientLimit {
    /// Returns the largest magnitude allowed in the number type `T`.
    #[inline]
    #[must_use]
    pub fn largest<T: Real>(self) -> T {
        let most = T::INFINITY.next_down();
        // A quarter of the root: room for the rounding of the sums and products that follow.
        let square = T::from_f64(0.25) * most.sqrt();
        match self {
            Self::Any => most,
            Self::Magnitude => T::from_f64(0.25) * most,
            Self::Square => square,
            Self::GrowingSquare => T::from_f64(1.0 / 4096.0) * square,
            Self::SumOfSquares => T::EPSILON.sqrt() * square,
        }
    }
}

/// What is fixed of a rule.
#[derive(Clone, Copy, Debug)]
pub struct About {
    pub(crate) name: &'static str,
    pub(crate) formula: &'static str,
    pub(crate) source: &'static str,
    pub(crate) slots: &'static [&'static str],
    pub(crate) gradient_limit: GradientLimit,
}

impl About {
    pub(crate) const fn of<R: Rule>() -> Self {
        Self {
            name: R::NAME,
            formula: R::FORMULA,
            source: R::SOURCE,
            slots: R::SLOTS,
            gradient_limit: R::GRADIENT_LIMIT,
        }
    }
}

/// Returns the same coefficients in the number type that runs, each rounded once.
#[inline(always)]
pub(crate) fn rounded<R: Rule, T: Real>(coefficients: R::Coefficients<f64>) -> R::Coefficients<T> {
    let numbers = coefficients.as_slice();
    Array::from_fn(|i| T::from_f64(numbers[i]))
}

/// Returns the same coefficients in every element, where the compiler sees that they are: it keeps each in one register,
/// however wide the packs, and tests it once.
#[inline(always)]
pub(crate) fn splat<R: Rule, N: Number>(coefficients: R::Coefficients<N::Real>) -> R::Coefficients<N> {
    let numbers = coefficients.as_slice();
    Array::from_fn(|i| N::splat(numbers[i]))
}

/// Moves a coordinate by one step: the only place that calls a rule's formula. What is stored is flushed, by
/// [`flush`](crate::number::policy::flush) or what does the same.
#[inline(always)]
pub(crate) fn advance<R: Rule, N: Number>(
    coefficients: R::Coefficients<N>,
    x: N,
    gradient: N,
    memory: &mut R::Memory<N>,
    flush: impl Fn(N) -> N,
) -> N {
    flush(R::step(coefficients, x, gradient, memory))
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
        $crate::__for_each_rule!({ $crate::__for_each_rule } $rule => $do;)
    };
    // Calls another macro with their names.
    ($macro:ident!) => {
        $crate::__for_each_rule! {{ $macro }}
    };
    ({ $($macro:tt)* } $($before:tt)*) => {
        $($macro)*! {
            $($before)*
            AmsGrad AmsGradFedBack Adam AdamX AdamNc Nadam AdaMax RmsProp AdaGrad Momentum GradientDescent
        }
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
