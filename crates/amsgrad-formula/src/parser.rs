//! From tokens to code in postfix order, by precedence climbing.
//!
//! The code is flat, so that nothing after the parser needs the machine's stack; the parser itself does, and
//! counts how deep it is.

use core::ops::Range;
use std::collections::HashMap;

use crate::error::FormulaError;
use crate::function::{self, Function};
use crate::lexer::{Kind, Token, shortened, tokens};
use crate::names::nearest;
use crate::op::Op;
use crate::options::Limits;

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
    /// The number on the stack must be an integer known now.
    Integer,
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
#[derive(Debug)]
pub(crate) struct Program<'a> {
    pub(crate) code: Vec<(Code, Range<u32>)>,
    pub(crate) symbols: Vec<&'a str>,
    pub(crate) comparisons: Vec<Infix>,
}

/// How tightly an operator binds; prefix signs bind between products and powers.
mod binding {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const COMPARISON: u8 = 4;
    pub(super) const SUM: u8 = 5;
    pub(super) const PRODUCT: u8 = 6;
    pub(super) const SIGN: u8 = 7;
    pub(super) const POWER: u8 = 8;
}

fn infix(kind: Kind) -> Option<(Infix, u8)> {
    use Infix::{Apply, Power, Swapped};
    Some(match kind {
        Kind::Or => (Apply(Op::Or), binding::OR),
        Kind::And => (Apply(Op::And), binding::AND),
        Kind::Less => (Apply(Op::Less), binding::COMPARISON),
        Kind::AtMost => (Apply(Op::AtMost), binding::COMPARISON),
        Kind::Greater => (Swapped(Op::Less), binding::COMPARISON),
        Kind::AtLeast => (Swapped(Op::AtMost), binding::COMPARISON),
        Kind::Equal => (Apply(Op::Equal), binding::COMPARISON),
        Kind::NotEqual => (Apply(Op::NotEqual), binding::COMPARISON),
        Kind::Plus => (Apply(Op::Add), binding::SUM),
        Kind::Minus => (Apply(Op::Sub), binding::SUM),
        Kind::Star => (Apply(Op::Mul), binding::PRODUCT),
        Kind::Slash => (Apply(Op::Div), binding::PRODUCT),
        Kind::Percent => (Apply(Op::Rem), binding::PRODUCT),
        Kind::Power => (Power, binding::POWER),
        _ => return None,
    })
}

pub(crate) fn parse<'a>(text: &'a str, limits: &Limits) -> Result<Program<'a>, FormulaError> {
    if text.len() > limits.length {
        let message = format!("the formula is {} bytes long, the limit is {}", text.len(), limits.length);
        return Err(FormulaError::new(message));
    }
    let program = Program { code: Vec::new(), symbols: Vec::new(), comparisons: Vec::new() };
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        position: 0,
        depth: 0,
        limit: limits.depth,
        known: HashMap::new(),
        program,
    };
    parser.expression(0)?;
    if parser.peek().kind != Kind::End {
        return Err(parser.surplus());
    }
    Ok(parser.program)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    position: usize,
    depth: usize,
    limit: usize,
    known: HashMap<&'a str, Symbol>,
    program: Program<'a>,
}

type Parsed = Result<(), FormulaError>;

impl<'a> Parser<'a> {
    /// The next token. The last one, [`Kind::End`], is never passed.
    fn peek(&self) -> Token {
        self.tokens[self.position]
    }

    fn advance(&mut self) -> Token {
        let token = self.peek();
        self.position += usize::from(token.kind != Kind::End);
        token
    }

    fn emit(&mut self, code: Code, span: Range<usize>) {
        self.program.code.push((code, span.start as u32..span.end as u32));
    }

    fn symbol(&mut self, token: Token) -> Symbol {
        let name = &self.text[token.span()];
        let symbols = &mut self.program.symbols;
        *self.known.entry(name).or_insert_with(|| {
            symbols.push(name);
            symbols.len() - 1
        })
    }

    /// An expression of operators that bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Parsed {
        self.depth += 1;
        if self.depth > self.limit {
            let message = format!("nested more than {} levels deep", self.limit);
            return Err(FormulaError::at(self.peek().span(), message));
        }
        let start = self.peek().span().start;
        self.operand()?;
        while let Some((operator, strength)) = infix(self.peek().kind).filter(|(_, it)| *it >= least) {
            if strength == binding::COMPARISON {
                self.comparisons(start)?;
                continue;
            }
            let token = self.advance();
            match operator {
                // To the right, and the exponent may carry a sign.
                Infix::Power => self.expression(binding::SIGN)?,
                _ => self.expression(strength + 1)?,
            }
            self.emit(Code::Binary(operator), token.span());
        }
        self.depth -= 1;
        Ok(())
    }

    /// `a < b <= c`: both comparisons hold.
    fn comparisons(&mut self, start: usize) -> Parsed {
        let mut chain = Vec::new();
        while let Some((operator, binding::COMPARISON)) = infix(self.peek().kind) {
            self.advance();
            self.expression(binding::COMPARISON + 1)?;
            chain.push(operator);
        }
        let (first, count) = (self.program.comparisons.len() as u32, chain.len() as u32);
        self.program.comparisons.append(&mut chain);
        self.emit(Code::Compare { first, count }, start..self.peek().span().start);
        Ok(())
    }

    /// A number, a name, a call, something in parentheses, or a sign before one of them.
    fn operand(&mut self) -> Parsed {
        let token = self.advance();
        match token.kind {
            Kind::Number(value) => self.emit(Code::Number(value), token.span()),
            Kind::Name => self.named(token)?,
            Kind::Plus => self.expression(binding::SIGN)?,
            Kind::Minus => {
                self.expression(binding::SIGN)?;
                self.emit(Code::Unary(Op::Neg), token.span());
            }
            Kind::Bang => {
                self.expression(binding::SIGN)?;
                self.emit(Code::Unary(Op::Not), token.span());
            }
            Kind::Not => {
                self.expression(binding::NOT)?;
                self.emit(Code::Unary(Op::Not), token.span());
            }
            Kind::Open => {
                self.expression(0)?;
                self.close(token, Kind::Close)?;
            }
            kind => {
                let found = match kind {
                    Kind::End => "the formula ends too early".into(),
                    _ => format!("unexpected `{}`", &self.text[token.span()]),
                };
                return Err(FormulaError::at(token.span(), found).expected("a number, a name or `(`"));
            }
        }
        Ok(())
    }

    /// The bracket that closes `open`.
    fn close(&mut self, open: Token, kind: Kind) -> Parsed {
        if self.peek().kind == kind {
            self.advance();
            return Ok(());
        }
        if self.peek().kind == Kind::End {
            let bracket = &self.text[open.span()];
            return Err(FormulaError::at(open.span(), format!("this `{bracket}` is never closed")));
        }
        Err(self.surplus())
    }

    /// The error of a token that cannot follow a complete expression.
    fn surplus(&self) -> FormulaError {
        let token = self.peek();
        let shown = shortened(&self.text[token.span()]);
        match token.kind {
            Kind::Number(_) | Kind::Name | Kind::Open => {
                let error = FormulaError::at(token.span(), format!("unexpected `{shown}`"))
                    .expected("an operator (a product needs its `*`)");
                let before = self.position.checked_sub(1).map(|previous| self.tokens[previous]);
                // `sin x` is what mathematicians write.
                let function = before.map(|previous| &self.text[previous.span()]);
                if let Some(name) = function.filter(|name| function::find(name).is_some()) {
                    return error.suggest(Some(format!("{name}({shown})")));
                }
                match before.filter(|previous| previous.span().end == token.span().start) {
                    Some(previous) if token.kind != Kind::Open => {
                        let before = shortened(&self.text[previous.span()]);
                        error.suggest(Some(format!("{before}*{shown}")))
                    }
                    Some(previous) => {
                        let before = shortened(&self.text[previous.span()]);
                        error.suggest(Some(format!("{before}*(")))
                    }
                    None => error,
                }
            }
            Kind::Close | Kind::CloseIndex => {
                FormulaError::at(token.span(), format!("this `{shown}` closes nothing"))
            }
            Kind::Bang => FormulaError::at(token.span(), "unexpected `!`")
                .expected("an operator (a factorial is `gamma(n + 1)`)"),
            _ => FormulaError::at(token.span(), format!("unexpected `{shown}`")).expected("an operator"),
        }
    }

    fn named(&mut self, name: Token) -> Parsed {
        match self.peek().kind {
            Kind::Open => self.call(name),
            Kind::OpenIndex => {
                let open = self.advance();
                let start = self.peek().span().start;
                self.expression(0)?;
                self.emit(Code::Integer, start..self.peek().span().start);
                if self.peek().kind == Kind::Comma {
                    let error = FormulaError::at(self.peek().span(), "an element has one index");
                    return Err(error.expected("`]`"));
                }
                self.close(open, Kind::CloseIndex)?;
                let symbol = self.symbol(name);
                let end = self.tokens[self.position - 1].span().end;
                self.emit(Code::Element(symbol), name.span().start..end);
                Ok(())
            }
            _ => {
                let symbol = self.symbol(name);
                self.emit(Code::Name(symbol), name.span());
                Ok(())
            }
        }
    }

    fn call(&mut self, name: Token) -> Parsed {
        let text = &self.text[name.span()];
        if text == "sum" || text == "prod" {
            return self.repetition(name, text == "prod");
        }
        let Some(function) = function::find(text) else {
            return Err(self.unknown_function(name));
        };
        let open = self.advance();
        let mut arguments = 0;
        if self.peek().kind != Kind::Close {
            loop {
                self.expression(0)?;
                arguments += 1;
                if self.peek().kind != Kind::Comma {
                    break;
                }
                self.advance();
            }
        }
        self.close(open, Kind::Close)?;
        let span = name.span().start..self.tokens[self.position - 1].span().end;
        if !function.takes(arguments) {
            let given = if arguments == 1 { "1 argument".into() } else { format!("{arguments} arguments") };
            let message = format!("`{text}` does not take {given}");
            return Err(FormulaError::at(span, message).expected(format!("`{}`", function.usage())));
        }
        self.emit(Code::Call { function, arguments: arguments as u32 }, span);
        Ok(())
    }

    fn unknown_function(&self, name: Token) -> FormulaError {
        let text = &self.text[name.span()];
        let error = FormulaError::at(name.span(), format!("unknown function `{}`", shortened(text)));
        let names = function::functions().map(Function::name).chain(["sum", "prod"]);
        match nearest(text, names) {
            Some(near) => error.suggest(Some(near)),
            None if text.chars().count() == 1 => error.suggest(Some(format!("{text}*("))),
            None => error,
        }
    }

    /// `sum(i, first, last, body)` or `prod(...)`.
    fn repetition(&mut self, name: Token, product: bool) -> Parsed {
        let text = &self.text[name.span()];
        let usage = format!("`{text}(i, first, last, expression)`");
        let open = self.advance();
        let index = self.advance();
        if index.kind != Kind::Name {
            return Err(FormulaError::at(index.span(), "the name of an index is missing").expected(usage));
        }
        let symbol = self.symbol(index);
        for _ in 0..2 {
            self.comma(&usage)?;
            let start = self.peek().span().start;
            self.expression(0)?;
            let end = self.tokens[self.position - 1].span().end;
            self.emit(Code::Integer, start..end);
        }
        self.comma(&usage)?;
        let start = self.program.code.len();
        self.emit(Code::Loop { index: symbol, product, next: 0 }, name.span());
        self.expression(0)?;
        let next = self.program.code.len() as u32;
        self.program.code[start].0 = Code::Loop { index: symbol, product, next };
        self.emit(Code::Next { start: start as u32 }, name.span());
        if self.peek().kind == Kind::Comma {
            return Err(FormulaError::at(self.peek().span(), "one argument too many").expected(usage));
        }
        self.close(open, Kind::Close)
    }

    fn comma(&mut self, usage: &str) -> Parsed {
        match self.peek().kind {
            Kind::Comma => {
                self.advance();
                Ok(())
            }
            Kind::Number(_) | Kind::Name => Err(self.surplus()),
            _ => Err(FormulaError::at(self.peek().span(), "an argument is missing").expected(usage)),
        }
    }
}
