//! What the parser makes of a formula: flat code in postfix order, so that nothing after the parser needs the machine's
//! stack.

use core::ops::Range;

use crate::function::Function;
use crate::op::Op;

/// A name of the formula, by its number.
pub(crate) type Symbol = usize;

/// One step of building the graph on a stack of nodes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Code {
    Number(f64),
    Name(Symbol),
    /// An element of a family, its index on the stack.
    Element(Symbol),
    Unary(Op),
    Binary(Infix),
    /// This many comparisons, `first` in [`Program::comparisons`], of one operand more.
    Compare {
        first: u32,
        count: u32,
    },
    Call {
        function: &'static Function,
        arguments: u32,
    },
    /// A call of a function of the options, by its number; its arguments are on the stack.
    Enter(u32),
    /// The end of the code of such a function.
    Return,
    /// The number on the stack must be an integer known now.
    Integer,
    /// The length of every family.
    Dimension,
    /// The first and last index are on the stack; the body follows up to the [`Code::Next`] at `next`.
    Loop {
        index: Symbol,
        product: bool,
        next: u32,
    },
    /// The end of the body of the [`Code::Loop`] at `start`.
    Next {
        start: u32,
    },
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Infix {
    Apply(Op),
    /// The comparison with its sides exchanged.
    Swapped(Op),
    Power,
}

/// A parsed formula.
#[derive(Debug, Default)]
pub(crate) struct Program<'a> {
    /// The code of each function in turn, then that of the formula.
    pub(crate) code: Vec<(Code, Range<u32>)>,
    pub(crate) functions: Vec<Defined<'a>>,
    /// Where the code of the formula starts, and its text.
    pub(crate) start: usize,
    pub(crate) text: &'a str,
    pub(crate) symbols: Vec<&'a str>,
    pub(crate) comparisons: Vec<Infix>,
}

/// A function of the options.
#[derive(Debug)]
pub(crate) struct Defined<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameters: Vec<Symbol>,
    /// Its definition, where its code starts and where that ends.
    pub(crate) text: &'a str,
    pub(crate) code: Range<usize>,
}

impl Program<'_> {
    /// The text that the code at this position comes from.
    pub(crate) fn text_at(&self, position: usize) -> &str {
        let defined = self.functions.iter().find(|function| function.code.contains(&position));
        defined.map_or(self.text, |function| function.text)
    }
}
