//! What a rule does to a run, seen from its records.

use std::collections::BTreeMap;

use crate::history::Record;
use crate::number::Real;
use crate::power::Powers;
use crate::tune::Reach;

/// Measures the effective learning rate of each coordinate: how far a step moves it per unit of what the rule follows, which is
/// its first moment, called `m`, or for rules without one the gradient. For AMSGrad that is a_t / (sqrt(v_hat) + e_t).
///
/// ```
/// use amsgrad::diagnose::StepSizes;
/// use amsgrad::{GradientDescent, Minimizer, Record};
/// use std::ops::ControlFlow;
///
/// let mut sizes = StepSizes::default();
/// let mut seen = Vec::new();
/// Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     x[0] * x[0]
/// })
/// .rule(GradientDescent::new(0.25))
/// .start([1.0])
/// .steps(3)
/// .run_observed(|record: &Record<'_, f64>| {
///     seen.extend(sizes.see(record));
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(seen, [[0.25], [0.25], [0.25]]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepSizes {
    point: Vec<f64>,
    gradient: Vec<f64>,
}

impl StepSizes {
    /// Takes in the next record of a run, from its start on, and returns the rates of the step that led there: NaN where a
    /// coordinate had nothing to follow. `None` at the start.
    pub fn see<T: Real>(&mut self, record: &Record<'_, T>) -> Option<Vec<f64>> {
        let numbers = |values: &[T]| values.iter().map(|value| value.to_f64()).collect::<Vec<f64>>();
        let point = numbers(record.point);
        let followed = record.slot("m").map_or_else(|| self.gradient.clone(), |m| numbers(&m));
        let rates = point
            .iter()
            .zip(&self.point)
            .zip(&followed)
            .map(|((x, before), m)| if *m == 0.0 { f64::NAN } else { ((x - before) / m).abs() });
        let rates = (record.step > 0 && !self.point.is_empty()).then(|| rates.collect());
        self.gradient = numbers(record.gradient);
        self.point = point;
        rates
    }
}

/// Gradients are rare where no more than this share of the steps used one as large, up to a factor of [`HUGE`].
pub const RARE: f64 = 0.02;
/// A gradient is huge if all but rare ones are this many times smaller; a power of 2.
pub const HUGE: f64 = 64.0;
/// A coordinate is held back while the maximum makes its steps this many times shorter than they would be without.
pub const HELD: f64 = 10.0;

/// Follows what makes Adam fail and what AMSGrad does about it, coordinate by coordinate, in a run of either.
///
/// With V_t the second moment that the step is divided by (the maximum where the rule has one), a rule's effective learning rate
/// is alpha_t / sqrt(V_t). The paper's proofs need Gamma_t = sqrt(V_t) / alpha_t - sqrt(V_(t-1)) / alpha_(t-1) to be 0 or more:
/// where it is negative, the rate has grown.
///
/// ```
/// use amsgrad::diagnose::Diagnosis;
/// use amsgrad::objective::Slices;
/// use amsgrad::problem::Counterexample;
/// use amsgrad::{Adam, AmsGrad, AnyRule, Minimizer, Record, Schedule};
/// use std::ops::ControlFlow;
///
/// let rate = Schedule::inverse_sqrt(1.0);
/// let diagnose = |rule: AnyRule| {
///     let mut diagnosis = Diagnosis::default();
///     let mut losses = Counterexample::figure1();
///     Minimizer::new::<Slices<f64>>(&mut losses).rule(rule).within(Counterexample::domain()).start([0.0]).steps(1000).run_observed(
///         |record: &Record<'_, f64>| {
///             diagnosis.see(record);
///             ControlFlow::Continue(())
///         },
///     )?;
///     Ok::<_, amsgrad::Error>(diagnosis.coordinates()[0].clone())
/// };
/// let adam = diagnose(Adam::new(rate.clone()).beta2(0.9).into())?;
/// let amsgrad = diagnose(AmsGrad::new(rate).beta2(0.9).into())?;
/// assert!(adam.negative > 900 && adam.growth > 5.0);
/// assert_eq!((amsgrad.negative, amsgrad.growth), (0, 1.0));
/// # Ok::<(), amsgrad::Error>(())
/// ```
///
/// Source: Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", 2018, Section 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// The beta2 by whose power the second moment is corrected, if it is.
    beta2: Option<f64>,
    steps: u64,
    gradient: Vec<f64>,
    coordinates: Vec<Coordinate>,
}

/// What was seen of one coordinate.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Coordinate {
    /// Steps at which Gamma_t was negative.
    pub negative: u64,
    /// How many times its effective learning rate was at most what it had been before; 1 where it never grew.
    pub growth: f64,
    /// Steps at which the maximum made the step [`HELD`] times shorter, or more.
    pub held: u64,
    /// How many times shorter the maximum makes the last step; 1 for rules without one.
    pub shorter: f64,
    /// The largest magnitude of the gradient, and the step that used it.
    pub largest: f64,
    /// The step that used it.
    pub largest_step: u64,
    /// The largest sqrt(V) / alpha so far, and the last.
    most: f64,
    last: f64,
    /// Of the gradients that are not 0: the sum of their logarithms, and how many there are of each power of 2.
    logarithms: f64,
    powers: BTreeMap<i32, u64>,
}

impl Coordinate {
    fn new() -> Self {
        Self {
            negative: 0,
            growth: 1.0,
            held: 0,
            shorter: 1.0,
            largest: 0.0,
            largest_step: 0,
            most: 0.0,
            last: 0.0,
            logarithms: 0.0,
            powers: BTreeMap::new(),
        }
    }

    /// Returns the geometric mean of the gradients that are not 0; NaN where there is none.
    #[must_use]
    pub fn typical(&self) -> f64 {
        libm::exp(self.logarithms / self.powers.values().sum::<u64>() as f64)
    }

    /// Returns whether a few huge gradients have held the coordinate back for more than half of `steps` steps.
    #[must_use]
    pub fn is_frozen(&self, steps: u64) -> bool {
        let least = libm::ilogb(self.largest).saturating_sub(libm::ilogb(HUGE));
        let huge: u64 = self.powers.range(least..).map(|(_, count)| count).sum();
        2 * self.held > steps && huge as f64 <= RARE * steps as f64
    }

    fn see_gradient(&mut self, step: u64, gradient: f64) {
        let size = gradient.abs();
        if size > self.largest {
            (self.largest, self.largest_step) = (size, step);
        }
        if size > 0.0 {
            self.logarithms += libm::log(size);
            *self.powers.entry(libm::ilogb(size)).or_default() += 1;
        }
    }

    fn see_memory(&mut self, alpha: f64, v: f64, v_hat: f64) {
        let weight = v_hat.sqrt() / alpha;
        if weight < self.last {
            self.negative += 1;
        }
        if weight > 0.0 && self.most > 0.0 {
            self.growth = self.growth.max(self.most / weight);
        }
        self.shorter = if v > 0.0 { (v_hat / v).sqrt() } else { 1.0 };
        self.held += u64::from(self.shorter >= HELD);
        (self.most, self.last) = (self.most.max(weight), weight);
    }
}

impl Diagnosis {
    /// Creates the diagnosis of a rule that divides its second moment by 1 - beta2^t, as Adam and AMSGrad in the dialects
    /// `Torch` and `Keras` do; [`default`](Diagnosis::default) is for rules that do not. That quotient is then V_t.
    #[must_use]
    pub fn corrected(beta2: f64) -> Self {
        Self { beta2: Some(beta2), ..Self::default() }
    }

    /// Takes in the next record of a run, from its start on.
    pub fn see<T: Real>(&mut self, record: &Record<'_, T>) {
        let numbers = |values: &[T]| values.iter().map(|value| value.to_f64()).collect::<Vec<f64>>();
        self.coordinates.resize(record.point.len(), Coordinate::new());
        if let (Some(alpha), Some(v)) = (record.learning_rate(), record.slot("v").map(|v| numbers(&v))) {
            self.steps += 1;
            let v_hat = record.slot("v_hat").map_or_else(|| v.clone(), |v_hat| numbers(&v_hat));
            let correction = self.beta2.map_or(1.0, |beta2| 1.0 - Powers::default().of(beta2, self.steps));
            for (i, coordinate) in self.coordinates.iter_mut().enumerate() {
                coordinate.see_gradient(self.steps, self.gradient.get(i).copied().unwrap_or(0.0));
                if let (Some(v), Some(v_hat)) = (v.get(i), v_hat.get(i)) {
                    coordinate.see_memory(alpha, *v / correction, *v_hat / correction);
                }
            }
        }
        self.gradient = numbers(record.gradient);
    }

    /// Returns the number of steps that were seen.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Returns what was seen of each coordinate.
    #[must_use]
    pub fn coordinates(&self) -> &[Coordinate] {
        &self.coordinates
    }

    /// Returns the share of all steps of all coordinates at which Gamma_t was negative; 0 before the first.
    #[must_use]
    pub fn negative_share(&self) -> f64 {
        let negative: u64 = self.coordinates.iter().map(|coordinate| coordinate.negative).sum();
        negative as f64 / (self.steps.saturating_mul(self.coordinates.len() as u64)).max(1) as f64
    }
}

/// Whether a rule does better than another from the same starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Helps,
    /// It does worse.
    Hurts,
    /// The difference is none, or may be chance.
    NoDifference,
}

/// Runs that differ by no more than this share are as good as each other.
const ALIKE: f64 = 0.1;
/// A difference that chance makes as often as this, or more rarely, counts.
const CHANCE: f64 = 0.05;

impl Verdict {
    /// Compares runs of a rule with those of another from the same starts by a sign test: how often the one is better than the
    /// other, where they differ by more than a tenth, against the chance of a fair coin. Costs are above the best value known.
    ///
    /// ```
    /// use amsgrad::diagnose::Verdict;
    /// use amsgrad::tune::Reach;
    ///
    /// let [fast, slow] = [50, 80].map(|steps| [Reach::Arrived { steps }; 6]);
    /// assert_eq!(Verdict::of(&fast, &slow), Verdict::Helps);
    /// assert_eq!(Verdict::of(&slow, &fast), Verdict::Hurts);
    /// assert_eq!(Verdict::of(&fast[..5], &slow[..5]), Verdict::NoDifference); // 5 of 5: one in 16 by chance
    /// ```
    #[must_use]
    pub fn of(rule: &[Reach], other: &[Reach]) -> Self {
        let apart = |a: f64, b: f64| (a - b).abs() > ALIKE * a.abs().max(b.abs());
        let clear = |(a, b): (&Reach, &Reach)| match (a, b) {
            (Reach::Arrived { steps: a }, Reach::Arrived { steps: b }) => apart(*a as f64, *b as f64),
            (Reach::Cost(a), Reach::Cost(b)) => a.is_finite() != b.is_finite() || apart(*a, *b),
            _ => true,
        };
        let pairs: Vec<_> = rule.iter().zip(other).filter(|pair| clear(*pair)).collect();
        let better = pairs.iter().filter(|(a, b)| a.total_cmp(b).is_lt()).count();
        let (n, fewer) = (pairs.len(), better.min(pairs.len() - better));
        // Twice the chance of so few heads, or fewer.
        let (mut ways, mut sum) = (1.0, 0.0);
        for k in 0..=fewer {
            sum += ways;
            ways *= (n - k) as f64 / (k + 1) as f64;
        }
        match 2.0 * sum * libm::exp2(-(n as f64)) <= CHANCE {
            true if 2 * better > n => Self::Helps,
            true => Self::Hurts,
            false => Self::NoDifference,
        }
    }
}
