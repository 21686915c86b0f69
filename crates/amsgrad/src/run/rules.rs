//! How a run takes its rule: known at compile time, or chosen at run time.

use core::any::{Any, TypeId};
use core::fmt::{self, Debug};

use super::erased::RuleOf;
use super::{Observe, Setup, drive};
use crate::dispatch::Best;
use crate::error::Error;
use crate::error::setting::{Allowed, SettingError};
use crate::number::Real;
use crate::objective::{Behind, Objective};
use crate::outcome::Outcome;
use crate::rule::{self, About, Rule, Setting, for_each_rule};
use crate::schedule::Schedule;
use crate::update::Exactly;

/// A rule that a run can use: a [`Rule`], known at compile time, or an [`AnyRule`], chosen at run time.
pub trait UpdateRule: Clone + Debug + Send + Sync + 'static + Runs {}

impl<R: Rule> UpdateRule for R {}
impl UpdateRule for AnyRule {}

/// What a run needs of its rule.
pub trait Runs: Sized {
    /// Returns the rule with this learning rate, if any, once its settings are checked.
    fn checked(&self, learning_rate: Option<&Schedule>) -> Result<Self, SettingError>;

    /// Returns the same rule, chosen at run time.
    fn erased(&self) -> AnyRule;

    /// Runs to the end.
    fn run<T: Real>(
        &self,
        setup: Setup<T>,
        objective: &mut impl Objective<T>,
        observer: impl Observe<T>,
    ) -> Result<Outcome<T>, Error>;

    /// Returns the rule in one number type, behind an indirection.
    fn of<T: Real>(&self) -> Box<dyn RuleOf<T>>;
}

impl<R: Rule> Runs for R {
    fn checked(&self, learning_rate: Option<&Schedule>) -> Result<Self, SettingError> {
        let mut rule = self.clone();
        if let Some(schedule) = learning_rate {
            *rule.learning_rate_mut() = schedule.clone();
        }
        rule.validate()?;
        Ok(rule)
    }

    fn erased(&self) -> AnyRule {
        AnyRule::new(self.clone())
    }

    fn run<T: Real>(
        &self,
        setup: Setup<T>,
        objective: &mut impl Objective<T>,
        mut observer: impl Observe<T>,
    ) -> Result<Outcome<T>, Error> {
        let few = Behind(&mut *objective);
        let rule = self.clone();
        match setup.x.len() {
            2 => drive::<Best, _, _, _>(Exactly::<R, 2> { rule }, setup, few, observer),
            // Without optimization the others take long to compile, and gain nothing.
            #[cfg(not(debug_assertions))]
            1 => drive::<Best, _, _, _>(Exactly::<R, 1> { rule }, setup, few, observer),
            #[cfg(not(debug_assertions))]
            3 => drive::<Best, _, _, _>(Exactly::<R, 3> { rule }, setup, few, observer),
            #[cfg(not(debug_assertions))]
            4 => drive::<Best, _, _, _>(Exactly::<R, 4> { rule }, setup, few, observer),
            #[cfg(not(debug_assertions))]
            8 => drive::<Best, _, _, _>(Exactly::<R, 8> { rule }, setup, few, observer),
            _ => RuleOf::run(Box::new(rule), setup, objective, &mut observer),
        }
    }

    fn of<T: Real>(&self) -> Box<dyn RuleOf<T>> {
        Box::new(self.clone())
    }
}

/// A rule chosen at run time, for programs that read its name.
///
/// It runs with the bits of the rule itself. Objective and observer are called through one indirection per evaluation, so that
/// nothing is compiled for every pair of objective and rule.
///
/// ```
/// use amsgrad::{AnyRule, Minimizer};
///
/// let mut rule = AnyRule::named("adam")?;
/// rule.set("beta1", "0.8")?;
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     x[0] * x[0]
/// })
/// .rule(rule)
/// .learning_rate(0.1)
/// .start([1.0])
/// .gradient_tolerance(1e-6)
/// .run()?;
/// assert!(outcome.status.is_converged());
/// # Ok::<(), amsgrad::Error>(())
/// ```
pub struct AnyRule(Box<dyn Erased>);

impl AnyRule {
    /// Returns the rule of this crate called `name`, such as `amsgrad`, with its defaults.
    ///
    /// # Errors
    /// There is no such rule; the error lists those there are.
    pub fn named(name: &str) -> Result<Self, SettingError> {
        let mut names = Vec::new();
        for_each_rule!(R => {
            if R::NAME == name {
                return Ok(Self::from(R::default()));
            }
            names.push(R::NAME);
        });
        Err(SettingError::new("rule", name, Allowed::OneOf(names)))
    }

    /// Takes a rule; one of your own too.
    #[must_use]
    pub fn new(rule: impl Rule) -> Self {
        Self(Box::new(rule))
    }

    /// Returns all rules of this crate with their defaults, in the order they are listed to people.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut rules = Vec::new();
        for_each_rule!(R => rules.push(Self::from(R::default())));
        rules
    }

    /// Returns the rule's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.about().name
    }

    /// Returns the formula as a person reads it, one line per assignment.
    #[must_use]
    pub fn formula(&self) -> &'static str {
        self.0.about().formula
    }

    /// Returns who published the rule.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.0.about().source
    }

    /// Returns the names of the numbers kept per coordinate.
    #[must_use]
    pub fn slots(&self) -> &'static [&'static str] {
        self.0.about().slots
    }

    /// Returns every setting under its name.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, Setting)> {
        self.0.settings()
    }

    /// Changes the setting called `name` to what `text` says.
    ///
    /// # Errors
    /// The rule has no such setting, or the text is no value of its type.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError> {
        self.0.set(name, text)
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value, and what is allowed.
    pub fn validate(&self) -> Result<(), SettingError> {
        self.0.validate()
    }

    /// Returns the learning rate.
    #[must_use]
    pub fn learning_rate(&self) -> &Schedule {
        self.0.learning_rate()
    }
}

/// The rules of this crate: their loops are compiled here, and not once more in every crate that names one.
macro_rules! from_rules {
    ($($rule:ident)*) => {$(
        impl From<rule::$rule> for AnyRule {
            #[inline(never)]
            fn from(rule: rule::$rule) -> Self {
                Self::new(rule)
            }
        }
    )*};
}
for_each_rule! { from_rules! }

impl Clone for AnyRule {
    fn clone(&self) -> Self {
        Self(self.0.duplicate())
    }
}

impl Debug for AnyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0, f)
    }
}

impl Runs for AnyRule {
    fn checked(&self, learning_rate: Option<&Schedule>) -> Result<Self, SettingError> {
        let mut rule = self.clone();
        if let Some(schedule) = learning_rate {
            rule.0.set_learning_rate(schedule.clone());
        }
        rule.validate()?;
        Ok(rule)
    }

    fn erased(&self) -> AnyRule {
        self.clone()
    }

    fn run<T: Real>(
        &self,
        setup: Setup<T>,
        objective: &mut impl Objective<T>,
        mut observer: impl Observe<T>,
    ) -> Result<Outcome<T>, Error> {
        self.of::<T>().run(setup, objective, &mut observer)
    }

    fn of<T: Real>(&self) -> Box<dyn RuleOf<T>> {
        let single = TypeId::of::<T>() == TypeId::of::<f32>();
        let rule: Box<dyn Any> = if single { Box::new(self.0.of_f32()) } else { Box::new(self.0.of_f64()) };
        match rule.downcast::<Box<dyn RuleOf<T>>>() {
            Ok(rule) => *rule,
            Err(_) => unreachable!("f32 and f64 are all the number types there are"),
        }
    }
}

/// A rule behind an indirection.
trait Erased: Debug + Send + Sync {
    fn about(&self) -> About;
    fn settings(&self) -> Vec<(&'static str, Setting)>;
    fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError>;
    fn validate(&self) -> Result<(), SettingError>;
    fn learning_rate(&self) -> &Schedule;
    fn set_learning_rate(&mut self, learning_rate: Schedule);
    fn duplicate(&self) -> Box<dyn Erased>;
    fn of_f32(&self) -> Box<dyn RuleOf<f32>>;
    fn of_f64(&self) -> Box<dyn RuleOf<f64>>;
}

impl<R: Rule> Erased for R {
    fn about(&self) -> About {
        About::of::<R>()
    }

    fn settings(&self) -> Vec<(&'static str, Setting)> {
        Rule::settings(self)
    }

    fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError> {
        Rule::set(self, name, text)
    }

    fn validate(&self) -> Result<(), SettingError> {
        Rule::validate(self)
    }

    fn learning_rate(&self) -> &Schedule {
        Rule::learning_rate(self)
    }

    fn set_learning_rate(&mut self, learning_rate: Schedule) {
        *self.learning_rate_mut() = learning_rate;
    }

    fn duplicate(&self) -> Box<dyn Erased> {
        Box::new(self.clone())
    }

    fn of_f32(&self) -> Box<dyn RuleOf<f32>> {
        Box::new(self.clone())
    }

    fn of_f64(&self) -> Box<dyn RuleOf<f64>> {
        Box::new(self.clone())
    }
}
