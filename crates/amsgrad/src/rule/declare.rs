//! The declarative form of a rule.

/// Declares an update rule: its settings, its coefficients by name, and its formula.
///
/// ```
/// use amsgrad::Minimizer;
///
/// amsgrad::rule! {
///     /// Steps of one length against the sign of the gradient.
///     pub struct SignDescent = "sign" {
///         /// Length of a step.
///         learning_rate = 0.25,
///     }
///     source: "";
///     formula: "x = x - alpha * sign(g)";
///     gradients: Any;
///     memory: ;
///     coefficients(self, clock): alpha;
///     {
///         let alpha = clock.value(&self.learning_rate);
///     }
///     step(x, g): { g.if_equal(N::constant(0.0), x, x - alpha.copysign(g)) }
///     weight: { N::constant(1.0) }
/// }
///
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = x[0].signum();
///     x[0].abs()
/// })
/// .rule(SignDescent::default())
/// .start([1.0])
/// .steps(4)
/// .run()?;
/// assert_eq!(outcome.last.point, [0.0]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
///
/// The parts, in this order:
///
/// - **Settings.** `learning_rate` is a [`Schedule`](crate::Schedule) every rule has; further settings are written
///   `name: Type [Range] = default`, where the type is `Schedule`, `f64`, `bool` or [`Dialect`](crate::Dialect) and the
///   range one of [`Range`](crate::rule::Range). Each becomes a public field, a builder method and a named setting.
/// - **`source`** and **`formula`**, for people.
/// - **`gradients`**: a variant of [`GradientLimit`](crate::rule::GradientLimit), how large a gradient component the memory
///   can hold.
/// - **`memory`**: the names of the numbers kept per coordinate, 0 at first; `[NonNegative]` behind one that never is
///   spares an operation.
/// - **`coefficients`**: what is the same for every coordinate in one step. The block defines each name in `f64`; `step` sees
///   them rounded once to the number type `N` that runs.
/// - **`step`**: the formula. It updates the memory (`*m = ...`) and returns the new value of the coordinate. Subnormal
///   numbers are flushed where they are stored; [`policy`](crate::number::policy) has what rules share.
/// - **`requires`**, optional, before `source`: a condition between settings, the setting to blame and what is allowed.
/// - **`weight`**: the denominator that the step divided by, as the weight of the coordinate in a projection onto a
///   constraint (Reddi, Kale, Kumar 2018, Algorithm 2); 1 for rules without one.
#[macro_export]
macro_rules! rule {
    (@flush) => { $crate::number::policy::flush };
    (@flush NonNegative) => { $crate::number::policy::flush_square };
    (
        $(#[$meta:meta])*
        $vis:vis struct $Rule:ident = $name:literal {
            $(#[$rate_meta:meta])*
            learning_rate = $rate:expr,
            $($(#[$field_meta:meta])* $field:ident: $type:ty [$range:ident] = $default:expr,)*
        }
        $(requires($this:ident): $condition:expr, $blamed:ident, $allowed:literal;)?
        source: $source:literal;
        formula: $formula:literal;
        gradients: $limit:ident;
        memory: $($slot:ident $([$sign:ident])?),*;
        coefficients($self:ident, $clock:ident): $($coefficient:ident),+;
        { $($coefficients:tt)* }
        step($x:ident, $g:ident): { $($step:tt)* }
        weight: { $($weight:tt)* }
    ) => {
        $(#[$meta])*
        ///
        /// # Formula
        ///
        #[doc = concat!("```text\n", $formula, "\n```")]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        $vis struct $Rule {
            $(#[$rate_meta])*
            #[doc = concat!("Default ", stringify!($rate), ".")]
            pub learning_rate: $crate::Schedule,
            $(
                $(#[$field_meta])*
                #[doc = concat!("Default ", stringify!($default), ".")]
                pub $field: $type,
            )*
        }

        impl Default for $Rule {
            fn default() -> Self {
                Self { learning_rate: $rate.into(), $($field: $default.into()),* }
            }
        }

        #[allow(dead_code, reason = "a private rule may not need every setting")]
        impl $Rule {
            /// Creates the rule with this learning rate and the defaults.
            #[must_use]
            $vis fn new(learning_rate: impl Into<$crate::Schedule>) -> Self {
                Self { learning_rate: learning_rate.into(), ..Self::default() }
            }

            $(
                $(#[$field_meta])*
                #[must_use]
                $vis fn $field(mut self, $field: impl Into<$type>) -> Self {
                    self.$field = $field.into();
                    self
                }
            )*
        }

        impl $crate::rule::Rule for $Rule {
            const NAME: &'static str = $name;
            const FORMULA: &'static str = $formula;
            const SOURCE: &'static str = $source;
            const SLOTS: &'static [&'static str] = &[$(stringify!($slot)),*];
            const GRADIENT_LIMIT: $crate::rule::GradientLimit = $crate::rule::GradientLimit::$limit;
            type Memory<N: $crate::Number> = [N; <[&str]>::len(&[$(stringify!($slot)),*])];
            type Coefficients<N: $crate::Number> = [N; <[&str]>::len(&[$(stringify!($coefficient)),*])];

            fn learning_rate(&self) -> &$crate::Schedule {
                &self.learning_rate
            }

            fn learning_rate_mut(&mut self) -> &mut $crate::Schedule {
                &mut self.learning_rate
            }

            fn schedule(&self, name: &str) -> Option<&$crate::Schedule> {
                match name {
                    "learning_rate" => Some(&self.learning_rate),
                    $(stringify!($field) => $crate::rule::Value::schedule(&self.$field),)*
                    _ => None,
                }
            }

            fn settings(&self) -> Vec<(&'static str, $crate::rule::Setting)> {
                use $crate::rule::Value;
                vec![
                    ("learning_rate", self.learning_rate.show()),
                    $((stringify!($field), self.$field.show())),*
                ]
            }

            fn set(&mut self, name: &str, text: &str) -> Result<(), $crate::error::SettingError> {
                match name {
                    "learning_rate" => self.learning_rate = $crate::rule::Value::read("learning_rate", text)?,
                    $(stringify!($field) => self.$field = $crate::rule::Value::read(stringify!($field), text)?,)*
                    _ => return Err($crate::rule::unknown_setting(Self::NAME, &self.settings(), name)),
                }
                Ok(())
            }

            fn validate(&self) -> Result<(), $crate::error::SettingError> {
                use $crate::rule::{Range, Value};
                self.learning_rate.check("learning_rate", Range::Rate)?;
                $(self.$field.check(stringify!($field), Range::$range)?;)*
                $(
                    let $this = self;
                    if !$condition {
                        let blamed = stringify!($blamed);
                        return Err($crate::error::SettingError::new(blamed, Value::show(&$this.$blamed), $allowed));
                    }
                )?
                Ok(())
            }

            #[inline(always)]
            fn coefficients(&$self, $clock: &mut $crate::rule::Clock) -> Self::Coefficients<f64> {
                $($coefficients)*
                [$($coefficient),*]
            }

            #[inline(always)]
            fn step<N: $crate::Number>(
                [$($coefficient),*]: Self::Coefficients<N>,
                $x: N,
                $g: N,
                [$($slot),*]: &mut Self::Memory<N>,
            ) -> N {
                let moved = { $($step)* };
                // Flushed where it is stored, not where the formula uses it: so the flush is not on the critical path.
                $(*$slot = $crate::rule!(@flush $($sign)?)(*$slot);)*
                moved
            }

            #[inline(always)]
            #[allow(unused_variables, reason = "a weight uses some of them, or none")]
            fn weight<N: $crate::Number>(
                [$($coefficient),*]: Self::Coefficients<N>,
                [$($slot),*]: Self::Memory<N>,
            ) -> N {
                $($weight)*
            }
        }
    };
}
