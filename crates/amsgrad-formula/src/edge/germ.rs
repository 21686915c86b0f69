//! What a function does beside a point: the first terms of its expansion in a small step.

use super::wide::Wide;

/// One term `factor * h^power * ln(1/h)^logs` of an expansion in a step `h > 0`.
#[derive(Clone, Copy, Debug)]
struct Term {
    power: f64,
    logs: i32,
    factor: Wide,
}

/// An expansion in a step `h > 0` that goes to 0: a few terms, the dominant one first, and a remainder that is smaller
/// than `h^order` times any logarithms, or 0 where the order is infinite.
#[derive(Clone, Debug)]
pub(super) struct Germ {
    terms: Vec<Term>,
    order: f64,
}

/// An expansion keeps this many terms.
const MOST: usize = 4;
/// What is 0 at the point and does not move has the logarithm and the reciprocal of this power of the step.
const BEYOND: f64 = 1e6;

/// A power that is a fraction but for its rounding becomes that fraction, so that three thirds are 1.
fn snapped(power: f64) -> f64 {
    const DENOMINATOR: f64 = 55440.0;
    let near = libm::round(power * DENOMINATOR) / DENOMINATOR;
    if (near - power).abs() < 1e-12 * (1.0 + power.abs()) { near + 0.0 } else { power }
}

impl Germ {
    /// Of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self { terms: Vec::new(), order: f64::NEG_INFINITY }
    }

    pub(super) fn constant(value: Wide) -> Self {
        if value.is_nan() {
            return Self::unknown();
        }
        Self::of(vec![Term { power: 0.0, logs: 0, factor: value }], f64::INFINITY)
    }

    /// One term and no remainder.
    fn single(power: f64, logs: i32, factor: Wide) -> Self {
        Self { terms: vec![Term { power, logs, factor }], order: f64::INFINITY }
    }

    /// The number `value` moved by the step in the direction of `sign`.
    pub(super) fn moved(value: f64, sign: f64) -> Self {
        Self::constant(value.into()).plus(&Self::single(1.0, 0, sign.into()))
    }

    /// Orders terms, joins those of one kind, and forgets what the remainder may hide.
    fn of(mut terms: Vec<Term>, mut order: f64) -> Self {
        order = if order.is_nan() { f64::NEG_INFINITY } else { snapped(order) };
        terms.iter_mut().for_each(|term| term.power = snapped(term.power));
        terms.sort_by(|a, b| a.power.total_cmp(&b.power).then(b.logs.cmp(&a.logs)));
        let mut joined: Vec<Term> = Vec::with_capacity(terms.len());
        for term in terms {
            match joined.last_mut() {
                Some(last) if (last.power, last.logs) == (term.power, term.logs) => {
                    last.factor = last.factor + term.factor;
                }
                _ => joined.push(term),
            }
        }
        if joined.iter().any(|term| term.factor.is_nan()) {
            return Self::unknown();
        }
        joined.retain(|term| !term.factor.is_zero());
        if let Some(term) = joined.get(MOST) {
            order = order.min(term.power);
        }
        joined.retain(|term| term.power < order);
        Self { terms: joined, order }
    }

    /// The dominant term; `None` where there is none or it is not known.
    fn lead(&self) -> Option<&Term> {
        self.terms.first()
    }

    /// The power of the dominant term or, without one, of the remainder.
    fn lead_power(&self) -> f64 {
        self.lead().map_or(self.order, |term| term.power)
    }

    /// Whether it is exactly 0.
    pub(super) fn is_zero(&self) -> bool {
        self.terms.is_empty() && self.order == f64::INFINITY
    }

    /// The value at the point itself: `Some` where it is known and finite.
    pub(super) fn value(&self) -> Option<Wide> {
        if self.order <= 0.0 || self.is_infinite() {
            return None;
        }
        let constant = self.terms.iter().find(|term| term.power == 0.0 && term.logs == 0);
        Some(constant.map_or(Wide::ZERO, |term| term.factor))
    }

    /// Whether it grows without bound.
    pub(super) fn is_infinite(&self) -> bool {
        self.lead().is_some_and(|term| term.power < 0.0 || term.power == 0.0 && term.logs > 0)
    }

    /// Its sign beside the point: -1, 0 or 1, where known.
    pub(super) fn sign(&self) -> Option<f64> {
        match self.lead() {
            Some(term) => Some(if term.factor.is_negative() { -1.0 } else { 1.0 }),
            None => self.is_zero().then_some(0.0),
        }
    }

    /// The rate at which it leaves its value, infinite where it leaves faster than any line.
    pub(super) fn slope(&self) -> Option<f64> {
        let value = self.value()?;
        let rest = self.plus(&Self::constant(-value));
        match rest.lead() {
            Some(term) if term.power < 1.0 || term.power == 1.0 && term.logs > 0 => {
                Some(if term.factor.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY })
            }
            Some(term) if term.power == 1.0 && term.logs == 0 => Some(term.factor.to_f64()),
            _ => (rest.lead_power() > 1.0).then_some(0.0),
        }
    }

    pub(super) fn negated(mut self) -> Self {
        self.terms.iter_mut().for_each(|term| term.factor = -term.factor);
        self
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        Self::of([&self.terms[..], &other.terms].concat(), self.order.min(other.order))
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        if self.is_zero() || other.is_zero() {
            // 0 times the reciprocal of another 0.
            let unknown = self.lead_power().min(other.lead_power()) < -0.01 * BEYOND;
            return if unknown { Self::unknown() } else { Self::constant(Wide::ZERO) };
        }
        let product = |a: &Term, b: &Term| Term {
            power: a.power + b.power,
            logs: a.logs.saturating_add(b.logs),
            factor: a.factor * b.factor,
        };
        let terms = self.terms.iter().flat_map(|a| other.terms.iter().map(move |b| product(a, b))).collect();
        Self::of(terms, (self.order + other.lead_power()).min(other.order + self.lead_power()))
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        self.times(&Self::constant(factor.into()))
    }

    /// The dominant term and the rest divided by it; `None` unless the rest vanishes beside it.
    fn split(&self) -> Option<(Term, Self)> {
        let lead = *self.lead()?;
        let inverse = Self::single(-lead.power, lead.logs.saturating_neg(), lead.factor.reciprocal());
        let rest = Self { terms: self.terms[1..].to_vec(), order: self.order };
        let rest = rest.times(&inverse);
        (rest.lead_power() > 0.0).then_some((lead, rest))
    }

    /// `c0 + c1*d + c2*d^2 + ...` for this vanishing `d`, with a remainder of the first power that is not given.
    pub(super) fn series(&self, coefficients: &[f64]) -> Self {
        if self.is_zero() {
            return coefficients.first().map_or_else(Self::unknown, |&it| Self::constant(it.into()));
        }
        let remainder = self.lead_power() * coefficients.len() as f64;
        let mut sum = Self { terms: Vec::new(), order: remainder };
        let mut power = Self::constant(Wide::ONE);
        for &coefficient in coefficients {
            sum = sum.plus(&power.scaled(coefficient));
            power = power.times(self);
        }
        sum
    }

    /// Raises to a power that is a number.
    pub(super) fn pow(&self, p: f64) -> Self {
        if self.is_zero() {
            return if p > 0.0 { self.clone() } else { Self::single(p * BEYOND, 0, Wide::ONE) };
        }
        let Some((lead, rest)) = self.split() else { return Self::unknown() };
        let logs = f64::from(lead.logs) * p;
        let factor = lead.factor.pow(p);
        if factor.is_nan() || logs.fract() != 0.0 {
            return Self::unknown();
        }
        let lead = Self::single(lead.power * p, logs as i32, factor);
        let second = p * (p - 1.0) / 2.0;
        let series = rest.series(&[1.0, p, second, second * (p - 2.0) / 3.0]);
        series.times(&lead)
    }

    /// The natural logarithm.
    pub(super) fn ln(&self) -> Self {
        let log = |power: f64| Self::single(0.0, 1, (-power).into());
        if self.is_zero() {
            return log(BEYOND);
        }
        match self.split() {
            Some((lead, rest)) if lead.logs == 0 && !lead.factor.is_negative() => {
                let growth = if lead.power == 0.0 { Self::constant(Wide::ZERO) } else { log(lead.power) };
                let start = Self::constant(lead.factor.ln().into());
                growth.plus(&start).plus(&rest.series(&[0.0, 1.0, -0.5, 1.0 / 3.0]))
            }
            _ => Self::unknown(),
        }
    }

    /// The exponential. What decays beyond all powers of the step is 0; what grows so is not known.
    pub(super) fn exp(&self) -> Self {
        if self.is_infinite() && self.lead().is_some_and(|term| term.power < 0.0 && term.factor.is_negative())
        {
            return Self::constant(Wide::ZERO);
        }
        let (mut power, mut start, mut rest) =
            (0.0, Wide::ONE, Self { terms: Vec::new(), order: self.order });
        for term in &self.terms {
            match (term.power, term.logs) {
                (0.0, 1) => power = -term.factor.to_f64(),
                (0.0, 0) => start = Wide::exp(term.factor.to_f64()),
                (it, _) if it > 0.0 => rest.terms.push(*term),
                _ => return Self::unknown(),
            }
        }
        if self.order <= 0.0 || start.is_nan() {
            return Self::unknown();
        }
        rest.series(&[1.0, 1.0, 0.5, 1.0 / 6.0])
            .times(&Self::of(Self::single(power, 0, start).terms, f64::INFINITY))
    }

    /// What is left of it without its value, where that is known.
    pub(super) fn deviation(&self) -> Option<Self> {
        Some(self.plus(&Self::constant(-self.value()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64) -> Germ {
        Germ::constant(value.into())
    }

    #[test]
    fn expansions_know_values_and_slopes() {
        let x = Germ::moved(0.0, 1.0);
        let u = number(1.0).plus(&number(1.0).plus(&x.pow(-1.0)).pow(-1.0));
        assert_eq!((u.value().map(Wide::to_f64), u.slope()), (Some(1.0), Some(1.0)));
        assert_eq!(x.pow(0.5).slope(), Some(f64::INFINITY));
        assert_eq!(x.pow(1.0 / 3.0).pow(3.0).slope(), Some(1.0));
        assert_eq!(x.times(&x.ln()).slope(), Some(f64::NEG_INFINITY));
        assert_eq!(x.times(&x).times(&x.ln()).slope(), Some(0.0));
        assert_eq!(x.pow(-2.0).negated().exp().slope(), Some(0.0));
        assert_eq!(x.times(&x.ln()).exp().value(), Some(Wide::ONE));
        assert_eq!(Germ::moved(3.0, -1.0).pow(2.0).slope(), Some(-6.0));
        assert!(x.pow(-1.0).exp().slope().is_none() && Germ::unknown().slope().is_none());
        assert!(x.pow(-1.0).is_infinite() && x.pow(-1.0).value().is_none());
        assert_eq!(x.plus(&x.clone().negated()).pow(0.5).slope(), Some(0.0));
        assert!(x.plus(&x.clone().negated()).pow(-1.0).value().is_none());
    }
}
