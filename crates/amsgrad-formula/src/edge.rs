//! The edges of a formula: where a number on the way to a finite answer is infinite, or 0 times infinity.
//!
//! The tape computes with plain numbers. Where its answer is not finite, the formula is expanded in a small step from
//! the point, with exponents that do not overflow: `1/(1 + 1/x)` at 0 becomes `h - h^2 + ...`, of value 0 and slope 1. What
//! is not known after that stays as the tape left it, and a run refuses it.

use amsgrad::Real;

use crate::graph::{Graph, Id, Node};
use crate::op::Op;

mod germ;
mod local;
mod wide;

use germ::Germ;
use local::taylor;
use wide::Wide;

/// Largest number of operations expanded for one answer.
const BUDGET: usize = 1 << 18;

/// Replaces what is not finite of a value and a gradient at `point` by what a formula tends to there, where it is known.
///
/// Each derivative comes with its variable.
#[cold]
pub(crate) fn mend<'p, T: Real>(
    graph: &Graph,
    root: Id,
    point: &[T],
    value: &mut T,
    gradient: impl Iterator<Item = (u32, &'p mut T)>,
) {
    if graph.len() > BUDGET || !point.iter().all(|coordinate| coordinate.is_finite()) {
        return;
    }
    let edge = Edge { graph, root, values: graph.values(point) };
    let is_lost = !value.is_finite();
    if is_lost {
        let known = edge.expansion(None).value().map(|it| T::from_f64(it.to_f64()));
        match known.filter(|it| it.is_finite()) {
            Some(known) => *value = known,
            None => return,
        }
    }
    let mut left = BUDGET / graph.len().max(1);
    for (variable, partial) in gradient.filter(|(_, partial)| is_lost || !partial.is_finite()) {
        if is_lost {
            // Something left the range on the way to the value; the slopes it had part in are not to be trusted.
            *partial = T::from_f64(f64::NAN);
        }
        if left < 2 {
            continue;
        }
        left -= 2;
        let [right, left] = [1.0, -1.0].map(|sign| (sign, edge.expansion(Some((variable, sign)))));
        // A function may jump, but not to both sides: then what the tape computed is not the value.
        if ![&right, &left].into_iter().any(|(_, germ)| is_near(germ, *value)) {
            continue;
        }
        let [right, left] = [right, left].map(|(sign, germ)| germ.slope().map(|it| sign * it));
        if let Some(slope) = between(right, left) {
            *partial = T::from_f64(slope);
        }
    }
}

/// Whether an expansion starts at about this value, or where its square underflows.
fn is_near<T: Real>(germ: &Germ, value: T) -> bool {
    let Some(start) = germ.value().map(Wide::to_f64) else { return false };
    let (value, most) = (value.to_f64(), start.abs().max(value.to_f64().abs()));
    (start - value).abs() <= 0.5 * most || most < T::MIN_POSITIVE.sqrt().to_f64()
}

/// The slope where those of the two sides are known or not: their mean, or that of the only side there is.
fn between(right: Option<f64>, left: Option<f64>) -> Option<f64> {
    match (right, left) {
        (Some(right), Some(left)) if right == -left => Some(0.0),
        (Some(right), Some(left)) => Some(0.5 * right + 0.5 * left),
        (one, other) => one.or(other),
    }
}

struct Edge<'a, T> {
    graph: &'a Graph,
    root: Id,
    /// The value of each node at the point, as the tape computes it.
    values: Vec<T>,
}

impl<T: Real> Edge<'_, T> {
    /// The formula beside the point, one variable moved in one direction; at the point itself without one.
    fn expansion(&self, step: Option<(u32, f64)>) -> Germ {
        let mut germs: Vec<Germ> = Vec::with_capacity(self.graph.len());
        for id in 0..=self.root {
            let germ = match self.graph.node(id) {
                Node::Variable(index) => match step.filter(|(variable, _)| *variable == index) {
                    Some((_, sign)) => Germ::moved(self.value(id), sign),
                    None => Germ::constant(self.value(id).into()),
                },
                Node::Number(_) => Germ::constant(self.value(id).into()),
                Node::Power(base, k) => germs[base as usize].pow(k.into()),
                Node::Apply(op, operands) => self.applied(op, id, operands, &germs),
            };
            germs.push(germ);
        }
        germs.pop().unwrap_or_else(Germ::unknown)
    }

    fn value(&self, id: Id) -> f64 {
        self.values[id as usize].to_f64()
    }

    fn applied(&self, op: Op, id: Id, operands: [Id; 3], germs: &[Germ]) -> Germ {
        let [a, b, c] = operands.map(|operand| &germs[operand as usize]);
        let (one, zero) = (Germ::constant(Wide::ONE), Germ::constant(Wide::ZERO));
        match op {
            Op::Neg => a.clone().negated(),
            Op::Add => a.plus(b),
            Op::Sub => a.plus(&b.clone().negated()),
            Op::Mul => a.times(b),
            // The sign of a 0 is that of its reciprocal.
            Op::Div if self.value(operands[1]).is_sign_negative() && b.is_zero() => {
                a.times(&b.pow(-1.0).negated())
            }
            Op::Div => a.times(&b.pow(-1.0)),
            Op::Sqrt => a.pow(0.5),
            Op::Cbrt if a.sign() == Some(-1.0) => a.clone().negated().pow(1.0 / 3.0).negated(),
            Op::Cbrt => a.pow(1.0 / 3.0),
            Op::Exp => a.exp(),
            Op::Exp2 => a.scaled(core::f64::consts::LN_2).exp(),
            Op::ExpM1 if !self.is_moderate(operands[0]) => a.exp().plus(&one.negated()),
            Op::Sinh | Op::Cosh if !self.is_moderate(operands[0]) => {
                let (up, down) = (a.exp(), a.clone().negated().exp());
                up.plus(&if op == Op::Sinh { down.negated() } else { down }).scaled(0.5)
            }
            Op::Ln => a.ln(),
            Op::Ln1p if self.value(operands[0]).abs() > 0.5 => one.plus(a).ln(),
            Op::Log2 => a.ln().scaled(core::f64::consts::LOG2_E),
            Op::Log10 => a.ln().scaled(core::f64::consts::LOG10_E),
            Op::Abs => magnitude(a),
            Op::Min | Op::Max => match a.plus(&b.clone().negated()).sign() {
                Some(sign) => if (sign < 0.0) == (op == Op::Min) { a } else { b }.clone(),
                None => Germ::unknown(),
            },
            Op::LogSumExp => a.exp().plus(&b.exp()).ln(),
            Op::Hypot => a.pow(2.0).plus(&b.pow(2.0)).pow(0.5),
            Op::Atan => arctangent(a),
            Op::Atan2 => Self::angle(self.value(id), a, b),
            Op::Pow => match b.is_zero() {
                true => one,
                _ if self.graph.is_constant(operands[1]) => a.pow(self.value(operands[1])),
                _ if a.is_zero() && b.sign() == Some(1.0) => zero,
                _ => a.ln().times(b).exp(),
            },
            Op::Rem => {
                let times = libm::round((self.value(operands[0]) - self.value(id)) / self.value(operands[1]));
                a.plus(&b.scaled(-times))
            }
            Op::Select => if self.value(operands[0]) == 0.0 { c } else { b }.clone(),
            op if Op::UNARY.contains(&op) => regular(op, a),
            // Flat between its jumps.
            _ => Germ::constant(self.value(id).into()),
        }
    }

    /// Whether an exponential of this node stays in the range.
    fn is_moderate(&self, id: Id) -> bool {
        self.value(id).abs() < 700.0
    }

    /// The angle `value` of the point (`x`, `y`); that it jumps at half a turn counts as little as other jumps do.
    fn angle(value: f64, y: &Germ, x: &Germ) -> Germ {
        let quotient = y.times(&x.pow(-1.0));
        let turned = if x.is_zero() { Some(x.clone()) } else { arctangent(&quotient).deviation() };
        turned.map_or_else(Germ::unknown, |turned| turned.plus(&Germ::constant(value.into())))
    }
}

fn magnitude(a: &Germ) -> Germ {
    match a.sign() {
        Some(-1.0) => a.clone().negated(),
        Some(_) => a.clone(),
        None => Germ::unknown(),
    }
}

/// A right angle with the sign of `y`.
fn quarter(y: &Germ) -> Germ {
    y.sign().map_or_else(Germ::unknown, |sign| Germ::constant((sign * core::f64::consts::FRAC_PI_2).into()))
}

/// The inverse tangent; of what is large by the reciprocal.
fn arctangent(a: &Germ) -> Germ {
    match a.value() {
        Some(value) if value.to_f64().abs() <= 1.0 => regular(Op::Atan, a),
        None if !a.is_infinite() => Germ::unknown(),
        _ => quarter(a).plus(&regular(Op::Atan, &a.pow(-1.0)).negated()),
    }
}

/// A function by its Taylor series or, of what is large, by how it tends to its limit where it has one.
fn regular(op: Op, a: &Germ) -> Germ {
    const FAR: f64 = 40.0;
    let one = || Germ::constant(Wide::ONE);
    let sign = a.sign().unwrap_or(f64::NAN);
    let place = if a.is_infinite() { sign * f64::INFINITY } else { a.value().map_or(f64::NAN, Wide::to_f64) };
    match op {
        Op::Sigmoid | Op::Softplus if place < -FAR => a.exp(),
        Op::Sigmoid if place > FAR => one().plus(&a.clone().negated().exp().negated()),
        Op::Softplus if place > FAR => a.plus(&a.clone().negated().exp()),
        Op::Tanh | Op::Erf if a.is_infinite() => Germ::constant(sign.into()),
        // It decays beyond the range of `f64`, and by no power.
        Op::Erfc if !a.is_infinite() && place > 26.0 => Germ::unknown(),
        Op::Erfc if a.is_infinite() => Germ::constant((1.0 - sign).into()),
        _ if a.is_infinite() => Germ::unknown(),
        _ => match a.deviation() {
            Some(rest) => rest.series(&taylor(op, place)),
            None => Germ::unknown(),
        },
    }
}

#[cfg(test)]
mod tests;
