//! The gradient as expressions: one reverse sweep over the graph.
//!
//! Each adjoint is a node of the same graph, so value and partial derivatives share what they have in common, and
//! what is printed as the gradient is what is evaluated. Nothing leaks from a branch not taken: what a node below a
//! selection hands on is itself selected by the conditions under which the node counts. All other products are plain, so
//! that 0 times an infinite slope is NaN, which [`edge`](crate::edge) then looks into.

use crate::graph::{Graph, Id, Node};
use crate::op::Op;

mod several;
mod unary;

/// The partial derivatives of `root` by each variable.
pub(crate) fn gradient(graph: &mut Graph, root: Id, dimension: usize) -> Vec<Id> {
    let zero = graph.number(0.0);
    let mut partials = vec![zero; dimension];
    let nodes = root as usize + 1;
    let mut sweep =
        Sweep { adjoints: vec![None; nodes], live: vec![Live::Never; nodes], now: Live::Always, graph };
    let one = sweep.graph.number(1.0);
    sweep.pass(root, one);
    for id in (0..=root).rev() {
        let Some(adjoint) = sweep.adjoints[id as usize] else { continue };
        sweep.now = sweep.live[id as usize];
        match sweep.graph.node(id) {
            Node::Number(_) => {}
            Node::Variable(index) => partials[index as usize] = adjoint,
            Node::Power(base, k) => {
                let factor = sweep.graph.number(k.into());
                let scaled = sweep.times(factor, adjoint);
                let lower = sweep.graph.multiplied(base, k - 1);
                let contribution = sweep.times(scaled, lower);
                sweep.give_by(lower, base, contribution);
            }
            Node::Apply(op, [a, ..]) if op.arity() == 1 => sweep.unary(op, id, adjoint, a),
            Node::Apply(op, operands) => sweep.several(op, id, adjoint, operands),
        }
    }
    partials
}

/// Under which conditions a node counts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Live {
    Never,
    /// Where this node is not 0.
    When(Id),
    Always,
}

struct Sweep<'g> {
    graph: &'g mut Graph,
    adjoints: Vec<Option<Id>>,
    live: Vec<Live>,
    /// When the node that is being swept counts.
    now: Live,
}

impl Sweep<'_> {
    /// Adds to the adjoint of a node, in the order of the sweep; 0 where the node that is being swept does not count.
    fn give(&mut self, to: Id, contribution: Id) {
        let contribution = match self.now {
            Live::When(condition) if !self.graph.is_constant(contribution) => {
                let zero = self.graph.number(0.0);
                self.graph.select(condition, contribution, zero)
            }
            _ => contribution,
        };
        self.pass(to, contribution);
    }

    /// [`Sweep::give`] for a contribution that has this factor besides the adjoint.
    fn give_by(&mut self, factor: Id, to: Id, contribution: Id) {
        if self.graph.is_tame(factor) { self.pass(to, contribution) } else { self.give(to, contribution) }
    }

    /// [`Sweep::give`] for a contribution that is 0 already where the node does not count, as its adjoint is.
    fn pass(&mut self, to: Id, contribution: Id) {
        if self.graph.is_constant(to) || self.graph.literal(contribution) == Some(0.0) {
            return;
        }
        let sum = match self.adjoints[to as usize] {
            None => contribution,
            Some(sum) => match (self.subtrahend(sum), self.subtrahend(contribution)) {
                (_, Some(less)) => self.graph.binary(Op::Sub, sum, less),
                (Some(less), None) => self.graph.binary(Op::Sub, contribution, less),
                (None, None) => self.graph.binary(Op::Add, sum, contribution),
            },
        };
        self.adjoints[to as usize] = Some(sum);
        let live = &mut self.live[to as usize];
        *live = match (*live, self.now) {
            (Live::Never, now) => now,
            (Live::When(a), Live::When(b)) if a == b => Live::When(a),
            (Live::When(a), Live::When(b)) => Live::When(self.graph.binary(Op::Or, a, b)),
            _ => Live::Always,
        };
    }

    /// Hands the adjoint on to the operand that `condition` selects.
    fn choose(&mut self, adjoint: Id, condition: Id, to: Id) {
        let zero = self.graph.number(0.0);
        let contribution = self.graph.select(condition, adjoint, zero);
        self.pass_where(condition, to, contribution);
    }

    /// [`Sweep::pass`] to a node that counts where `condition` is not 0 only.
    fn pass_where(&mut self, condition: Id, to: Id, contribution: Id) {
        let outside = self.now;
        let inside = match outside {
            Live::When(already) => self.graph.binary(Op::And, already, condition),
            _ => condition,
        };
        self.now = Live::When(inside);
        self.pass(to, contribution);
        self.now = outside;
    }

    /// The node whose negation this is, if it is one: subtracting that is the same to the bit.
    fn subtrahend(&mut self, id: Id) -> Option<Id> {
        match self.graph.node(id) {
            Node::Apply(Op::Neg, [inner, ..]) => Some(inner),
            Node::Apply(Op::Mul, [factor, rest, _]) if self.graph.literal(factor)?.is_sign_negative() => {
                let factor = self.graph.unary(Op::Neg, factor);
                Some(self.graph.binary(Op::Mul, factor, rest))
            }
            _ => None,
        }
    }

    /// The constant factor of a product and the rest.
    fn split(&mut self, id: Id) -> (Option<Id>, Id) {
        match self.graph.node(id) {
            Node::Apply(Op::Neg, [inner, ..]) => (Some(self.graph.number(-1.0)), inner),
            Node::Apply(Op::Mul, [factor, rest, _]) if self.is_factor(factor) => (Some(factor), rest),
            _ => (None, id),
        }
    }

    /// Whether a node may be drawn out of a product of the chain rule: constant and finite.
    fn is_factor(&self, id: Id) -> bool {
        self.graph.constant(id).is_some_and(f64::is_finite)
    }

    /// A product of the chain rule, constants collected in front.
    fn times(&mut self, a: Id, b: Id) -> Id {
        self.product(Op::Mul, a, b)
    }

    fn product(&mut self, op: Op, a: Id, b: Id) -> Id {
        if self.graph.literal(a) == Some(0.0) || self.graph.literal(b) == Some(0.0) {
            return self.graph.number(0.0);
        }
        if self.is_factor(a) {
            return self.scaled(a, b);
        }
        if self.is_factor(b) {
            return self.scaled(b, a);
        }
        let ((factor_a, a), (factor_b, b)) = (self.split(a), self.split(b));
        let mut product = self.graph.binary(op, a, b);
        for factor in [factor_a, factor_b].into_iter().flatten() {
            product = self.scaled(factor, product);
        }
        product
    }

    fn scaled(&mut self, factor: Id, id: Id) -> Id {
        match self.split(id) {
            (Some(inner), rest) => {
                let factor = self.graph.binary(Op::Mul, factor, inner);
                self.graph.binary(Op::Mul, factor, rest)
            }
            (None, rest) => self.graph.binary(Op::Mul, factor, rest),
        }
    }

    fn times_number(&mut self, factor: f64, id: Id) -> Id {
        let factor = self.graph.number(factor);
        self.times(factor, id)
    }

    /// A quotient of the chain rule, which is NaN where it underflows; that of a constant may be the value itself, and is
    /// plain.
    fn over(&mut self, a: Id, b: Id) -> Id {
        if self.graph.is_constant(a) || self.graph.is_constant(b) {
            return self.graph.binary(Op::Div, a, b);
        }
        let (factor, a) = self.split(a);
        let quotient = self.graph.binary(Op::Quotient, a, b);
        factor.map_or(quotient, |factor| self.scaled(factor, quotient))
    }

    fn by_function(&mut self, adjoint: Id, op: Op, u: Id) -> Id {
        let slope = self.graph.unary(op, u);
        self.times(adjoint, slope)
    }
}
