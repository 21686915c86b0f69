//! From code to graph: names get their meaning, sums and products are written out.

use core::ops::Range;

use crate::code::{Code, Infix, Program, Symbol};
use crate::error::FormulaError;
use crate::graph::{Graph, Id};
use crate::names::{Meaning, Names, Order};
use crate::op::Op;
use crate::options::Options;

/// Whole numbers are exact up to this one.
const LARGEST_INDEX: f64 = (1_u64 << 53) as f64;

fn too_long(span: Range<usize>, limit: usize) -> FormulaError {
    FormulaError::at(span, format!("written out, the formula has more than {limit} operations"))
}

/// A sum or product being written out.
struct Loop {
    index: Symbol,
    current: f64,
    last: f64,
    result: Option<Id>,
}

/// The graph of a program, the node of its value and the variables.
pub(crate) fn expand(program: &Program<'_>, options: &Options) -> Result<(Graph, Id, Order), FormulaError> {
    let mut graph = Graph::default();
    let names = Names::new(&program.symbols, options, &mut graph).map_err(|error| error.of(program.text))?;
    let budget = options.limits.bounded().size;
    let mut machine =
        Machine { program, graph, names, budget, stack: Vec::new(), loops: Vec::new(), calls: Vec::new() };
    let (mut position, mut steps) = (program.start, 0);
    while let Some((code, span)) = program.code.get(position) {
        let span = span.start as usize..span.end as usize;
        steps += 1;
        let done =
            if steps > budget { Err(too_long(span, budget)) } else { machine.step(*code, position, span) };
        position = done.map_err(|error| error.of(program.text_at(position)))?.unwrap_or(position + 1);
    }
    let root = machine.pop();
    Ok((machine.graph, root, machine.names.order()))
}

struct Machine<'a> {
    program: &'a Program<'a>,
    graph: Graph,
    names: Names<'a>,
    budget: usize,
    stack: Vec<Id>,
    loops: Vec<Loop>,
    /// Where the calls that are being written out go on.
    calls: Vec<usize>,
}

impl Machine<'_> {
    /// The operand on top. The parser leaves as many as are taken.
    fn pop(&mut self) -> Id {
        self.stack.pop().unwrap_or_default()
    }

    /// One step; the position to go on from where it is not the next one.
    fn step(
        &mut self,
        code: Code,
        position: usize,
        span: Range<usize>,
    ) -> Result<Option<usize>, FormulaError> {
        let result = match code {
            Code::Number(value) => self.graph.number(value),
            Code::Name(symbol) => self.names.name(symbol, span, &mut self.graph)?,
            Code::Element(symbol) => {
                let index = self.pop();
                let index = self.graph.constant(index).unwrap_or(f64::NAN);
                self.names.element(symbol, index, span, &mut self.graph)?
            }
            Code::Unary(op) => {
                let operand = self.pop();
                self.graph.unary(op, operand)
            }
            Code::Binary(infix) => {
                let (right, left) = (self.pop(), self.pop());
                self.infix(infix, left, right)
            }
            Code::Compare { first, count } => self.compare(first as usize, count as usize),
            Code::Call { function, arguments } => {
                let arguments = self.stack.split_off(self.stack.len().saturating_sub(arguments as usize));
                function.build(&mut self.graph, &arguments)
            }
            Code::Enter(function) => {
                let program = self.program;
                let function = &program.functions[function as usize];
                for &parameter in function.parameters.iter().rev() {
                    *self.names.meaning(parameter) = Meaning::Value(self.pop());
                }
                self.calls.push(position + 1);
                return Ok(Some(function.code.start));
            }
            Code::Return => return Ok(self.calls.pop()),
            Code::Dimension => self.names.dimension(span, &mut self.graph)?,
            Code::Integer => {
                self.integer(span)?;
                return Ok(None);
            }
            Code::Loop { index, product, next } => return self.enter(index, product, next as usize, span),
            Code::Next { start } => return Ok(self.next(start as usize)),
        };
        self.stack.push(result);
        Ok(None)
    }

    fn infix(&mut self, infix: Infix, left: Id, right: Id) -> Id {
        match infix {
            Infix::Apply(op) => self.graph.binary(op, left, right),
            Infix::Swapped(op) => self.graph.binary(op, right, left),
            Infix::Power => self.graph.power(left, right),
        }
    }

    fn compare(&mut self, first: usize, count: usize) -> Id {
        let operands = self.stack.split_off(self.stack.len().saturating_sub(count + 1));
        let mut all = None;
        for (pair, infix) in operands.windows(2).zip(&self.program.comparisons[first..]) {
            let holds = self.infix(*infix, pair[0], pair[1]);
            all = Some(all.map_or(holds, |all| self.graph.binary(Op::And, all, holds)));
        }
        all.unwrap_or_default()
    }

    /// Checks that the number on the stack is an integer known now.
    fn integer(&mut self, span: Range<usize>) -> Result<(), FormulaError> {
        let top = self.stack.last().copied().unwrap_or_default();
        let Some(value) = self.graph.constant(top) else {
            let error = FormulaError::at(span, "an index or bound must be known beforehand");
            return Err(
                error.expected("a whole number, an index, a parameter or, where the dimension is given, `n`")
            );
        };
        if value.fract() != 0.0 {
            return Err(FormulaError::at(span, format!("{value} is not a whole number"))
                .expected("a whole number as index or bound"));
        }
        Ok(())
    }

    fn enter(
        &mut self,
        index: Symbol,
        product: bool,
        next: usize,
        span: Range<usize>,
    ) -> Result<Option<usize>, FormulaError> {
        let (last, first) = (self.pop(), self.pop());
        let bound = |id| self.graph.constant(id).unwrap_or(f64::NAN);
        let (current, last) = (bound(first), bound(last));
        if last - current >= self.budget as f64 {
            return Err(too_long(span, self.budget));
        }
        if current.abs().max(last.abs()) > LARGEST_INDEX {
            let message = format!("an index beyond {LARGEST_INDEX:e} is not exact");
            return Err(FormulaError::at(span, message));
        }
        if current <= last {
            let value = Meaning::Value(self.graph.number(current));
            *self.names.meaning(index) = value;
            self.loops.push(Loop { index, current, last, result: None });
            return Ok(None);
        }
        let empty = self.graph.number(if product { 1.0 } else { 0.0 });
        self.stack.push(empty);
        Ok(Some(next + 1))
    }

    fn next(&mut self, start: usize) -> Option<usize> {
        let term = self.pop();
        let state = self.loops.last_mut()?;
        let op = match self.program.code.get(start) {
            Some((Code::Loop { product: true, .. }, _)) => Op::Mul,
            _ => Op::Add,
        };
        let result = state.result.map_or(term, |result| self.graph.binary(op, result, term));
        if state.current < state.last {
            state.current += 1.0;
            state.result = Some(result);
            *self.names.meaning(state.index) = Meaning::Value(self.graph.number(state.current));
            return Some(start + 1);
        }
        self.loops.pop();
        self.stack.push(result);
        None
    }
}
