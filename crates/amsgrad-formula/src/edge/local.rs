//! Value, slope and curvature of one operation at a number, by the rules of the gradient.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::gradient::gradient;
use crate::graph::{Graph, Id, Node};
use crate::op::Op;

/// An operation on one variable with its derivatives.
struct Local {
    graph: Graph,
    roots: [Id; 3],
}

/// The first coefficients of the Taylor series of `op` at `at`; those that are finite.
pub(super) fn taylor(op: Op, at: f64) -> Vec<f64> {
    static KNOWN: OnceLock<HashMap<Op, Local>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| Op::UNARY.iter().map(|&op| (op, local(op))).collect());
    let Some(Local { graph, roots }) = known.get(&op) else { return Vec::new() };
    let values = graph.values(&[at]);
    let value = |place: usize| values[roots[place] as usize];
    [value(0), value(1), value(2) / 2.0].into_iter().take_while(|it| it.is_finite()).collect()
}

fn local(op: Op) -> Local {
    let mut graph = Graph::default();
    let x = graph.variable(0);
    let value = graph.unary(op, x);
    let slope = gradient(&mut graph, value, 1)[0];
    let curvature = gradient(&mut graph, slope, 1)[0];
    Local { graph, roots: [value, slope, curvature] }
}

impl Graph {
    /// The value of every node at a point, by the arithmetic of its numbers.
    pub(super) fn values<T: amsgrad::Real>(&self, point: &[T]) -> Vec<T> {
        let mut values: Vec<T> = Vec::with_capacity(self.len());
        for id in 0..self.len() as Id {
            let value = |operand: Id| values[operand as usize];
            let next = match self.node(id) {
                Node::Number(bits) => T::from_f64(f64::from_bits(bits)),
                Node::Variable(index) => point[index as usize],
                Node::Power(base, k) => raised(value(base), k),
                Node::Apply(op, [a, b, c]) => op.apply(&value(a), &value(b), &value(c)),
            };
            values.push(next);
        }
        values
    }
}

/// A power by the multiplications of a tape.
fn raised<T: amsgrad::Real>(base: T, k: u8) -> T {
    if k == 1 { base } else { raised(base, k - k / 2) * raised(base, k / 2) }
}
