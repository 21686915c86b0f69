//! The graph of a formula: every distinct expression once.
//!
//! Nodes live in one vector, operands before their users, so that every traversal is a loop. What a constructor
//! rewrites is exact: the bits of the value stay those of the formula as typed, in `f32` and in `f64`.

use core::f64::consts;
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::op::Op;

/// The place of a node in its graph.
pub(crate) type Id = u32;

/// The largest exponent computed by multiplication. Errors up to 5 units in the last place were measured, 7 of a
/// reciprocal; that of a library power is smaller, and costs far more.
pub(crate) const LARGEST_MULTIPLIED_POWER: u8 = 8;

/// One expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// A number that is not negative, as the bits of an `f64`; each type rounds it once.
    Number(u64),
    Variable(u32),
    /// A power by multiplication: `x^k = x^ceil(k/2) * x^floor(k/2)`, for k from 2 to
    /// [`LARGEST_MULTIPLIED_POWER`].
    Power(Id, u8),
    /// An operation; the places past its operands repeat the first one.
    Apply(Op, [Id; 3]),
}

impl Node {
    pub(crate) fn operands(&self) -> &[Id] {
        match self {
            Node::Number(_) | Node::Variable(_) => &[],
            Node::Power(base, _) => core::slice::from_ref(base),
            Node::Apply(op, operands) => &operands[..op.arity()],
        }
    }
}

/// What is known of a node.
#[derive(Clone, Copy, Debug)]
struct Facts {
    /// No variable is below it.
    constant: bool,
    /// Its value in `f64` where it is constant.
    value: f64,
    /// See [`Graph::is_tame`].
    tame: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    facts: Vec<Facts>,
    known: HashMap<Node, Id, FxBuildHasher>,
}

impl Graph {
    pub(crate) fn node(&self, id: Id) -> Node {
        self.nodes[id as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn is_constant(&self, id: Id) -> bool {
        self.facts[id as usize].constant
    }

    /// The value of a constant in `f64`.
    pub(crate) fn constant(&self, id: Id) -> Option<f64> {
        let facts = self.facts[id as usize];
        facts.constant.then_some(facts.value)
    }

    /// Whether the value is made of sums, products, powers, sines and cosines alone: it and its derivatives are then
    /// numbers unless something overflows.
    pub(crate) fn is_tame(&self, id: Id) -> bool {
        self.facts[id as usize].tame
    }

    /// Whether the value is 1 or 0, as that of comparisons and logic.
    fn is_truth(&self, id: Id) -> bool {
        let Node::Apply(op, _) = self.node(id) else { return false };
        matches!(op, Op::Less | Op::AtMost | Op::Equal | Op::NotEqual | Op::And | Op::Or | Op::Not)
    }

    /// A number as typed, or its negation; equal in every type that holds it.
    pub(crate) fn literal(&self, id: Id) -> Option<f64> {
        match self.node(id) {
            Node::Number(bits) => Some(f64::from_bits(bits)),
            Node::Apply(Op::Neg, [inner, ..]) => match self.node(inner) {
                Node::Number(bits) => Some(-f64::from_bits(bits)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn number(&mut self, value: f64) -> Id {
        let magnitude = self.intern(Node::Number(value.abs().to_bits()));
        if value.is_sign_negative() { self.intern(Node::Apply(Op::Neg, [magnitude; 3])) } else { magnitude }
    }

    pub(crate) fn variable(&mut self, index: u32) -> Id {
        self.intern(Node::Variable(index))
    }

    pub(crate) fn unary(&mut self, op: Op, a: Id) -> Id {
        self.apply(op, [a; 3])
    }

    pub(crate) fn binary(&mut self, op: Op, a: Id, b: Id) -> Id {
        self.apply(op, [a, b, a])
    }

    pub(crate) fn select(&mut self, condition: Id, yes: Id, no: Id) -> Id {
        self.apply(Op::Select, [condition, yes, no])
    }

    /// The operation on these operands, or an expression equal to it bit for bit in every type (any NaN equals
    /// any NaN).
    pub(crate) fn apply(&mut self, op: Op, [a, b, c]: [Id; 3]) -> Id {
        if let Some(value) = self.folded(op, [a, b, c]) {
            return self.number(value);
        }
        let is = |id: Id, value: f64| self.literal(id).is_some_and(|it| it.to_bits() == value.to_bits());
        let negated = |id: Id| match self.node(id) {
            Node::Apply(Op::Neg, [inner, ..]) => Some(inner),
            _ => None,
        };
        match op {
            Op::Neg => {
                if let Some(inner) = negated(a) {
                    return inner;
                }
            }
            Op::Mul if is(a, 1.0) => return b,
            Op::Mul | Op::Div if is(b, 1.0) => return a,
            Op::Mul if is(a, -1.0) => return self.unary(Op::Neg, b),
            Op::Mul | Op::Div if is(b, -1.0) => return self.unary(Op::Neg, a),
            // The number e stays apart: its powers are exponentials.
            Op::Mul if a == b && !is(a, consts::E) => return self.intern(Node::Power(a, 2)),
            // Taking away a negative number is adding it, and the other way round; x - 0 is x for every x,
            // where 0 + x is not: it turns -0 into 0.
            Op::Sub if is(b, 0.0) => return a,
            Op::Add if is(b, -0.0) => return a,
            Op::Add => {
                if let Some(inner) = negated(b) {
                    return self.binary(Op::Sub, a, inner);
                }
            }
            Op::Sub => {
                if let Some(inner) = negated(b) {
                    return self.binary(Op::Add, a, inner);
                }
            }
            Op::Min | Op::Max if a == b => return a,
            Op::Select => {
                if let Some(condition) = self.literal(a).filter(|it| is_single(*it)) {
                    return if condition != 0.0 { b } else { c };
                }
                if b == c {
                    return b;
                }
                // A truth is the number that stands for it.
                if self.is_truth(a) && is(b, 1.0) && is(c, 0.0) {
                    return a;
                }
                if self.is_truth(a) && is(b, 0.0) && is(c, 1.0) {
                    return self.unary(Op::Not, a);
                }
                // What the same condition has selected already.
                if let Node::Apply(Op::Select, [inner, yes, _]) = self.node(b)
                    && inner == a
                {
                    return self.select(a, yes, c);
                }
            }
            _ => {}
        }
        let swapped = Node::Apply(op, [b, a, b]);
        if op.commutes()
            && let Some(&id) = self.known.get(&swapped)
        {
            return id;
        }
        self.intern(Node::Apply(op, [a, b, c]))
    }

    /// The result of an operation on numbers, where it has the same bits whichever type computes it.
    ///
    /// Where the operands and the result in `f64` are all numbers of `f32`, the result is that of `f32` as well:
    /// 53 bits are enough that rounding `+ - * /` first to `f64` and then to `f32` equals rounding once (Figueroa,
    /// "When is double rounding innocuous?", 1995). All other constants are folded for each type by its own
    /// arithmetic when the tape is built.
    fn folded(&self, op: Op, operands: [Id; 3]) -> Option<f64> {
        let arity = match op {
            Op::Abs | Op::Sign | Op::Floor | Op::Ceil | Op::Round | Op::Trunc | Op::Not => 1,
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Min | Op::Max | Op::And | Op::Or => 2,
            Op::Less | Op::AtMost | Op::Equal | Op::NotEqual => 2,
            _ => return None,
        };
        let mut numbers = [0.0; 3];
        for (number, &operand) in numbers.iter_mut().zip(&operands[..arity]) {
            *number = self.literal(operand).filter(|it| is_single(*it))?;
        }
        let [a, b, c] = numbers;
        Some(op.apply(&a, &b, &c)).filter(|it| is_single(*it))
    }

    /// `base^exponent`, by the operation that means it: see the crate's documentation.
    pub(crate) fn power(&mut self, base: Id, exponent: Id) -> Id {
        let base_number = self.literal(base);
        match self.literal(exponent) {
            Some(0.0) => self.number(1.0),
            _ if base_number == Some(1.0) => self.number(1.0),
            _ if base_number == Some(consts::E) => self.unary(Op::Exp, exponent),
            Some(0.5) => self.unary(Op::Sqrt, base),
            Some(k) if k.fract() == 0.0 && k.abs() <= LARGEST_MULTIPLIED_POWER.into() => {
                let power = self.multiplied(base, k.abs() as u8);
                let one = self.number(1.0);
                if k > 0.0 { power } else { self.binary(Op::Div, one, power) }
            }
            _ if base_number == Some(2.0) => self.unary(Op::Exp2, exponent),
            _ => self.binary(Op::Pow, base, exponent),
        }
    }

    /// `base^k` for k from 1 to [`LARGEST_MULTIPLIED_POWER`].
    pub(crate) fn multiplied(&mut self, base: Id, k: u8) -> Id {
        if k == 1 {
            return base;
        }
        if self.literal(base).is_some() {
            let (high, low) = (self.multiplied(base, k - k / 2), self.multiplied(base, k / 2));
            if let Some(value) = self.folded(Op::Mul, [high, low, high]) {
                return self.number(value);
            }
        }
        self.intern(Node::Power(base, k))
    }

    fn intern(&mut self, node: Node) -> Id {
        if let Some(&id) = self.known.get(&node) {
            return id;
        }
        let facts = self.facts_of(&node);
        let id = self.nodes.len() as Id;
        self.nodes.push(node);
        self.facts.push(facts);
        self.known.insert(node, id);
        id
    }

    fn facts_of(&self, node: &Node) -> Facts {
        let operands = node.operands();
        let constant = operands.iter().all(|&id| self.is_constant(id));
        let value = |id: Id| self.facts[id as usize].value;
        let tame = operands.iter().all(|&id| self.is_tame(id));
        match node {
            Node::Number(bits) => Facts { constant: true, value: f64::from_bits(*bits), tame: true },
            Node::Variable(_) => Facts { constant: false, value: f64::NAN, tame: true },
            Node::Power(base, k) => {
                let power = (1..*k).fold(value(*base), |power, _| power * value(*base));
                Facts { constant, value: power, tame }
            }
            Node::Apply(op, [a, b, c]) => {
                let value = if constant { op.apply(&value(*a), &value(*b), &value(*c)) } else { f64::NAN };
                let stays_tame = match op {
                    Op::Neg | Op::Add | Op::Sub | Op::Mul | Op::Sin | Op::Cos => true,
                    Op::Div => self.is_constant(*b),
                    _ => false,
                };
                Facts { constant, value, tame: if constant { value.is_finite() } else { tame && stays_tame } }
            }
        }
    }

    /// What `roots` need in a new graph, where `place` puts each node given with its operands already placed, in
    /// the order of a walk from the first root on.
    fn copied(&self, roots: &[Id], mut place: impl FnMut(&mut Graph, Node) -> Id) -> (Graph, Vec<Id>) {
        let mut graph = Graph::default();
        let mut places = vec![0; self.nodes.len()];
        for id in self.reachable(roots) {
            let placed = |operand: Id| places[operand as usize];
            let node = match self.node(id) {
                Node::Power(base, k) => Node::Power(placed(base), k),
                Node::Apply(op, operands) => Node::Apply(op, operands.map(placed)),
                leaf => leaf,
            };
            places[id as usize] = place(&mut graph, node);
        }
        let roots = roots.iter().map(|&root| places[root as usize]).collect();
        (graph, roots)
    }

    /// The nodes `root` needs, numbered by a walk from it, variables renamed: two formulas that are the same below
    /// their root become the same vector of nodes.
    pub(crate) fn canonical(&self, root: Id, rename: &[u32]) -> (Graph, Id) {
        let (graph, roots) = self.copied(&[root], |graph, node| match node {
            Node::Variable(index) => graph.variable(rename[index as usize]),
            other => graph.intern(other),
        });
        (graph, roots[0])
    }

    /// The nodes `roots` need, with powers written out as multiplications.
    pub(crate) fn lowered(&self, roots: &[Id]) -> (Graph, Vec<Id>) {
        self.copied(roots, |graph, node| match node {
            Node::Power(base, k) => graph.raised(base, k),
            other => graph.intern(other),
        })
    }

    /// [`Node::Power`] as multiplications.
    fn raised(&mut self, base: Id, k: u8) -> Id {
        if k == 1 {
            return base;
        }
        let (high, low) = (self.raised(base, k - k / 2), self.raised(base, k / 2));
        self.intern(Node::Apply(Op::Mul, [high, low, high]))
    }

    /// The nodes at and below `roots`, each once, operands before users, in the order of a walk from the first
    /// root on.
    pub(crate) fn reachable(&self, roots: &[Id]) -> Vec<Id> {
        let mut order = Vec::new();
        let mut seen = vec![false; self.nodes.len()];
        for &root in roots {
            // A node is pushed unexpanded, then again to be listed once its operands are.
            let mut stack = vec![(root, false)];
            while let Some((id, expanded)) = stack.pop() {
                if expanded {
                    order.push(id);
                } else if !core::mem::replace(&mut seen[id as usize], true) {
                    stack.push((id, true));
                    let node = self.node(id);
                    stack.extend(node.operands().iter().rev().map(|&operand| (operand, false)));
                }
            }
        }
        order
    }
}

impl PartialEq for Graph {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
    }
}

/// Whether `f32` holds this number too: not NaN, and, if finite and not 0, in the normal range.
fn is_single(value: f64) -> bool {
    let single = value as f32;
    f64::from(single) == value && !single.is_subnormal()
}
