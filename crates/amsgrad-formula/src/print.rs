//! Formulas as text, with as few parentheses as the grammar needs.

use core::fmt::{self, Formatter, Write};

use crate::graph::{Graph, Id, Node};
use crate::names::CONSTANTS;
use crate::op::Op;

/// A text of more bytes ends in `...`: written out, a graph can be exponentially longer than it is.
pub(crate) const LONGEST: usize = 1 << 23;

/// Text that counts what it may still write.
struct Bounded<'a, 'f> {
    out: &'a mut Formatter<'f>,
    left: usize,
}

impl Write for Bounded<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.saturating_sub(text.len());
        self.out.write_str(text)
    }
}

/// How tightly a piece of text binds: that of the parser, and one more for what needs no parentheses anywhere.
mod binding {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const COMPARISON: u8 = 4;
    pub(super) const SUM: u8 = 5;
    pub(super) const PRODUCT: u8 = 6;
    pub(super) const SIGN: u8 = 7;
    pub(super) const POWER: u8 = 8;
    pub(super) const WHOLE: u8 = 9;
}

enum Piece {
    /// A node, in parentheses if it binds less than this.
    Node(Id, u8),
    Text(&'static str),
    Exponent(u8),
    Number(f64),
}

/// How an operation is written.
enum Style {
    Prefix(&'static str),
    /// The operator, what it makes, and what its left and right sides must be.
    Infix(&'static str, u8, u8, u8),
    Call(&'static str),
}

/// Writes an expression, up to about this many bytes.
pub(crate) fn print(
    graph: &Graph,
    variables: &[String],
    root: Id,
    longest: usize,
    out: &mut Formatter<'_>,
) -> fmt::Result {
    let f = &mut Bounded { out, left: longest };
    let mut pieces = vec![Piece::Node(root, 0)];
    while let Some(piece) = pieces.pop() {
        if f.left == 0 {
            return f.write_str("...");
        }
        match piece {
            Piece::Text(text) => f.write_str(text)?,
            Piece::Exponent(k) => write!(f, "^{k}")?,
            Piece::Number(value) => number(value, variables, f)?,
            // Each piece on the stack is at least one byte to come: what is deeper than all that may be written is left out.
            Piece::Node(..) if pieces.len() > 2 * longest => f.write_str("...")?,
            Piece::Node(id, least) => match graph.node(id) {
                Node::Number(bits) => number(f64::from_bits(bits), variables, f)?,
                Node::Variable(index) => f.write_str(variables.get(index as usize).map_or("?", |it| it))?,
                Node::Power(base, k) => {
                    let inside = [Piece::Node(base, binding::WHOLE), Piece::Exponent(k)];
                    put(&mut pieces, inside, binding::POWER < least);
                }
                Node::Apply(Op::Normal, [inner, ..]) => pieces.push(Piece::Node(inner, least)),
                Node::Apply(op, operands) if is_slope(op) => {
                    let (inside, own) = slope(graph, op, operands);
                    put(&mut pieces, inside, own < least);
                }
                Node::Apply(op, operands) => {
                    let operands = &operands[..op.arity()];
                    match (style(op), operands) {
                        (Style::Prefix(sign), [a]) => {
                            let inside = [Piece::Text(sign), Piece::Node(*a, binding::SIGN)];
                            put(&mut pieces, inside, binding::SIGN < least);
                        }
                        (Style::Infix(operator, own, left, right), [a, b]) => {
                            let inside =
                                [Piece::Node(*a, left), Piece::Text(operator), Piece::Node(*b, right)];
                            put(&mut pieces, inside, own < least);
                        }
                        (Style::Call(name), operands) => {
                            f.write_str(name)?;
                            let inside = operands.iter().enumerate().flat_map(|(place, &operand)| {
                                let comma = (place > 0).then_some(Piece::Text(", "));
                                comma.into_iter().chain([Piece::Node(operand, 0)])
                            });
                            put(&mut pieces, inside.collect::<Vec<_>>(), true);
                        }
                        _ => f.write_char('?')?,
                    }
                }
            },
        }
    }
    Ok(())
}

fn put(pieces: &mut Vec<Piece>, inside: impl IntoIterator<Item = Piece>, parentheses: bool) {
    let start = pieces.len();
    if parentheses {
        pieces.push(Piece::Text("("));
    }
    pieces.extend(inside);
    if parentheses {
        pieces.push(Piece::Text(")"));
    }
    pieces[start..].reverse();
}

/// Whether no function of the language is this operation.
fn is_slope(op: Op) -> bool {
    matches!(op, Op::Bell | Op::UnitHypot | Op::Share | Op::TanhSlope | Op::PowerSlope)
}

/// What such an operation computes, and how tightly that binds.
fn slope(graph: &Graph, op: Op, [a, b, _]: [Id; 3]) -> (Vec<Piece>, u8) {
    use Piece::{Node, Number, Text};
    match op {
        Op::Bell => (vec![Text("exp(-"), Node(a, binding::WHOLE), Text("^2)")], binding::WHOLE),
        Op::UnitHypot => (vec![Text("sqrt(1 + "), Node(a, binding::WHOLE), Text("^2)")], binding::WHOLE),
        Op::Share => {
            let (a, b) = (|| Node(a, binding::SUM), || Node(b, binding::SUM));
            let less = [Text("if("), a(), Text(" < "), b()];
            let equal = [Text(", 1, if("), a(), Text(" == "), b(), Text(", 0.5, 0))")];
            (less.into_iter().chain(equal).collect(), binding::WHOLE)
        }
        Op::PowerSlope => {
            let mut pieces = vec![Node(b, binding::PRODUCT), Text("*"), Node(a, binding::WHOLE), Text("^")];
            match graph.literal(b) {
                Some(exponent) => pieces.push(Number(exponent - 1.0)),
                None => pieces.extend([Text("("), Node(b, binding::SUM), Text(" - 1)")]),
            }
            (pieces, binding::PRODUCT)
        }
        _ => (vec![Text("1 - "), Node(b, binding::WHOLE), Text("^2")], binding::SUM),
    }
}

/// A number by its name, unless a variable has taken it, or by its shortest digits.
fn number(value: f64, variables: &[String], f: &mut impl Write) -> fmt::Result {
    let named = CONSTANTS.iter().find(|(_, constant)| *constant == value);
    if let Some((name, _)) = named.filter(|(name, _)| !variables.iter().any(|variable| variable == name)) {
        return f.write_str(name);
    }
    let text = format!("{value:?}");
    f.write_str(text.strip_suffix(".0").unwrap_or(&text))
}

fn style(op: Op) -> Style {
    use binding::{AND, COMPARISON, OR, POWER, PRODUCT, SIGN, SUM, WHOLE};
    let comparison = |operator| Style::Infix(operator, COMPARISON, SUM, SUM);
    match op {
        Op::Neg => Style::Prefix("-"),
        Op::Not => Style::Prefix("!"),
        Op::Add => Style::Infix(" + ", SUM, SUM, PRODUCT),
        Op::Sub => Style::Infix(" - ", SUM, SUM, PRODUCT),
        Op::Mul | Op::Product | Op::NormalProduct => Style::Infix("*", PRODUCT, PRODUCT, SIGN),
        Op::Div | Op::Quotient => Style::Infix("/", PRODUCT, PRODUCT, SIGN),
        Op::Rem => Style::Infix(" % ", PRODUCT, PRODUCT, SIGN),
        Op::Pow => Style::Infix("^", POWER, WHOLE, SIGN),
        Op::Less => comparison(" < "),
        Op::AtMost => comparison(" <= "),
        Op::Equal => comparison(" == "),
        Op::NotEqual => comparison(" != "),
        Op::And => Style::Infix(" && ", AND, AND, COMPARISON),
        Op::Or => Style::Infix(" || ", OR, OR, AND),
        Op::Abs => Style::Call("abs"),
        Op::Sign => Style::Call("sign"),
        Op::Floor => Style::Call("floor"),
        Op::Ceil => Style::Call("ceil"),
        Op::Round => Style::Call("round"),
        Op::Trunc => Style::Call("trunc"),
        Op::Sqrt => Style::Call("sqrt"),
        Op::Cbrt => Style::Call("cbrt"),
        Op::Exp => Style::Call("exp"),
        Op::Exp2 => Style::Call("exp2"),
        Op::ExpM1 => Style::Call("expm1"),
        Op::Ln => Style::Call("ln"),
        Op::Ln1p => Style::Call("log1p"),
        Op::Log2 => Style::Call("log2"),
        Op::Log10 => Style::Call("log10"),
        Op::Sin => Style::Call("sin"),
        Op::Cos => Style::Call("cos"),
        Op::Tan => Style::Call("tan"),
        Op::Asin => Style::Call("asin"),
        Op::Acos => Style::Call("acos"),
        Op::Atan => Style::Call("atan"),
        Op::Sinh => Style::Call("sinh"),
        Op::Cosh => Style::Call("cosh"),
        Op::Tanh => Style::Call("tanh"),
        Op::Asinh => Style::Call("asinh"),
        Op::Acosh => Style::Call("acosh"),
        Op::Atanh => Style::Call("atanh"),
        Op::Erf => Style::Call("erf"),
        Op::Erfc => Style::Call("erfc"),
        Op::Gamma => Style::Call("gamma"),
        Op::LnGamma => Style::Call("lgamma"),
        Op::Digamma => Style::Call("digamma"),
        Op::Trigamma => Style::Call("trigamma"),
        Op::Sigmoid => Style::Call("sigmoid"),
        Op::Softplus => Style::Call("softplus"),
        Op::Hypot => Style::Call("hypot"),
        Op::LogSumExp => Style::Call("logsumexp"),
        Op::Atan2 => Style::Call("atan2"),
        Op::Min => Style::Call("min"),
        Op::Max => Style::Call("max"),
        Op::Select => Style::Call("if"),
        // Written as what they compute, or made for tapes only.
        Op::Bell
        | Op::Normal
        | Op::UnitHypot
        | Op::Share
        | Op::TanhSlope
        | Op::PowerSlope
        | Op::MulAdd
        | Op::MulSub
        | Op::SubMul => Style::Call("?"),
    }
}
