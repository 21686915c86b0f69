//! The bound on AMSGrad's regret, computed along a run.

use crate::error::setting::{SettingError, check};
use crate::history::Record;
use crate::rule::AmsGrad;
use crate::schedule::Schedule;

/// Keeps the bound of Theorem 4 on the regret of AMSGrad: the sum of three terms, each as it stands after every step.
///
/// With D the largest distance of two points along a coordinate, alpha_t = alpha / sqrt(t) and gamma = beta1 / sqrt(beta2):
///
/// ```text
/// D^2 sqrt(T) / (alpha (1 - beta1)) * sum_i sqrt(v_hat_T,i)
/// D^2 / (2 (1 - beta1)) * sum_t sum_i beta1_t sqrt(v_hat_t,i) / alpha_t
/// alpha sqrt(1 + ln T) / ((1 - beta1)^2 (1 - gamma) sqrt(1 - beta2)) * sum_i |g_1:T,i|
/// ```
///
/// The second grows like T sqrt(T) where beta1 is constant, so that only a falling beta1_t makes the bound one of order sqrt(T).
///
/// Source: Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", 2018, Theorem 4. Tran and Phong 2019 show a gap in its
/// proof where beta1_t changes.
///
/// ```
/// use amsgrad::objective::Slices;
/// use amsgrad::online::Theorem4;
/// use amsgrad::problem::Counterexample;
/// use amsgrad::{AmsGrad, Minimizer, Record, Schedule};
/// use std::ops::ControlFlow;
///
/// let rule = AmsGrad::new(Schedule::inverse_sqrt(1.0)).beta1(Schedule::inverse(0.9)).beta2(0.99).epsilon(0.0);
/// let mut bound = Theorem4::new(&rule, 2.0)?;
/// let mut sequence = Counterexample::figure1();
/// Minimizer::new::<Slices<f64>>(&mut sequence)
///     .rule(rule)
///     .within(Counterexample::domain())
///     .start([0.0])
///     .steps(1000)
///     .run_observed(|record: &Record<'_, f64>| {
///         bound.see(record);
///         ControlFlow::Continue(())
///     })?;
/// assert_eq!(bound.steps(), 1000);
/// assert!(sequence.regret() < bound.terms().iter().sum());
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Theorem4 {
    diameter: f64,
    alpha: f64,
    beta1: f64,
    beta2: f64,
    steps: u64,
    /// The gradient that the next step uses.
    gradient: Vec<f64>,
    /// Of each coordinate the sum of the squares of all gradients that were used.
    squares: Vec<f64>,
    /// The sum over i of sqrt(v_hat) now, and that over t and i of beta1_t sqrt(v_hat) / alpha_t.
    root: f64,
    weighted: f64,
}

impl Theorem4 {
    /// Creates the bound for runs of this rule on a set where no coordinates of two points differ by more than `diameter`.
    ///
    /// # Errors
    /// The theorem asks for a learning rate of the form alpha / sqrt(t), a beta1 that never rises, and a beta1 below
    /// sqrt(beta2).
    pub fn new(rule: &AmsGrad, diameter: f64) -> Result<Self, SettingError> {
        check(diameter.is_finite() && diameter > 0.0, "diameter", diameter, "a finite number above 0")?;
        let Schedule::InverseSqrt { initial: alpha } = rule.learning_rate else {
            return Err(SettingError::new(
                "learning_rate",
                &rule.learning_rate,
                "A / sqrt(t), as the theorem asks",
            ));
        };
        check(
            alpha > 0.0 && alpha.is_finite(),
            "learning_rate",
            &rule.learning_rate,
            "A / sqrt(t) with A above 0",
        )?;
        rule.beta1.validate_decay("beta1")?;
        let falls = match &rule.beta1 {
            Schedule::Linear { from, to, .. } | Schedule::Cosine { from, to, .. } => to <= from,
            Schedule::Piecewise(pieces) => pieces.windows(2).all(|pair| pair[1].1 <= pair[0].1),
            Schedule::WarmUp { .. } => false,
            _ => true,
        };
        let (beta1, beta2) = (rule.beta1.at(1), rule.beta2);
        check(
            falls && beta1 < beta2.sqrt(),
            "beta1",
            &rule.beta1,
            "a decay that never rises and stays below sqrt(beta2)",
        )?;
        let (gradient, squares) = (Vec::new(), Vec::new());
        Ok(Self { diameter, alpha, beta1, beta2, steps: 0, gradient, squares, root: 0.0, weighted: 0.0 })
    }

    /// Takes in the next record of a run, from its start on.
    pub fn see(&mut self, record: &Record<'_, f64>) {
        if let (Some(alpha), Some(v_hat)) = (record.learning_rate(), record.slot("v_hat")) {
            self.steps += 1;
            self.squares.resize(self.gradient.len(), 0.0);
            self.squares.iter_mut().zip(&self.gradient).for_each(|(sum, g)| *sum += g * g);
            self.root = v_hat.iter().map(|v| v.sqrt()).sum();
            self.weighted += record.beta1().unwrap_or(0.0) * self.root / alpha;
        }
        self.gradient.clear();
        self.gradient.extend_from_slice(record.gradient);
    }

    /// Returns T: the number of steps that were seen.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Returns the three terms, whose sum bounds the regret of the rounds up to the last step.
    #[must_use]
    pub fn terms(&self) -> [f64; 3] {
        let Self { diameter, alpha, beta1, beta2, .. } = *self;
        let (t, square, rest) = (self.steps as f64, diameter * diameter, 1.0 - beta1);
        let lengths: f64 = self.squares.iter().map(|sum| sum.sqrt()).sum();
        let gamma = beta1 / beta2.sqrt();
        let noise = alpha * (1.0 + libm::log(t.max(1.0))).sqrt()
            / (rest * rest * (1.0 - gamma) * (1.0 - beta2).sqrt());
        [
            square * t.sqrt() / (alpha * rest) * self.root,
            square / (2.0 * rest) * self.weighted,
            noise * lengths,
        ]
    }
}
