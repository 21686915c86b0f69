//! From tokens to code in postfix order, by precedence climbing.
//!
//! The parser uses the machine's stack and counts how deep it is.

use core::ops::Range;
use std::collections::HashMap;

use crate::code::{Code, Infix, Program, Symbol};
use crate::error::FormulaError;
use crate::lexer::{Kind, Token, tokens};
use crate::op::Op;
use crate::options::Options;

mod call;
mod define;
mod hint;

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

/// The code of `text` and of the functions that the options define.
pub(crate) fn parse<'a>(text: &'a str, options: &'a Options) -> Result<Program<'a>, FormulaError> {
    let limits = options.limits.bounded();
    let mut parser = Parser {
        text: "",
        tokens: Vec::new(),
        position: 0,
        depth: 0,
        limits: (limits.length, limits.depth),
        known: HashMap::new(),
        scope: Vec::new(),
        program: Program::default(),
    };
    for definition in &options.definitions {
        parser.definition(definition).map_err(|error| error.of(definition))?;
    }
    parser.program.start = parser.program.code.len();
    parser.program.text = text;
    parser.formula(text).map_err(|error| error.of(text))?;
    Ok(parser.program)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    position: usize,
    depth: usize,
    /// The longest text and the deepest nesting.
    limits: (usize, usize),
    known: HashMap<&'a str, Symbol>,
    /// Names that mean something here only: arguments of a function, indices of sums.
    scope: Vec<(&'a str, Symbol)>,
    program: Program<'a>,
}

type Parsed = Result<(), FormulaError>;

impl<'a> Parser<'a> {
    fn read(&mut self, text: &'a str) -> Parsed {
        let (length, limit) = (text.len(), self.limits.0);
        if length > limit {
            let message = format!("the formula is {length} bytes long, the limit is {limit}");
            return Err(FormulaError::new(message));
        }
        (self.text, self.tokens, self.position, self.depth) = (text, tokens(text)?, 0, 0);
        Ok(())
    }

    fn formula(&mut self, text: &'a str) -> Parsed {
        self.read(text)?;
        self.expression(0)?;
        self.end()
    }

    fn end(&self) -> Parsed {
        if self.peek().kind == Kind::End { Ok(()) } else { Err(self.surplus()) }
    }

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
        if let Some((_, symbol)) = self.scope.iter().rev().find(|(inner, _)| *inner == name) {
            return *symbol;
        }
        let symbols = &mut self.program.symbols;
        *self.known.entry(name).or_insert_with(|| {
            symbols.push(name);
            symbols.len() - 1
        })
    }

    /// A name that means something of its own until the scope is cut back.
    fn local(&mut self, token: Token) -> Symbol {
        let name = &self.text[token.span()];
        self.program.symbols.push(name);
        let symbol = self.program.symbols.len() - 1;
        self.scope.push((name, symbol));
        symbol
    }

    /// An expression of operators that bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Parsed {
        self.depth += 1;
        if self.depth > self.limits.1 {
            let message = format!("nested more than {} levels deep", self.limits.1);
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

    fn named(&mut self, name: Token) -> Parsed {
        match self.peek().kind {
            Kind::Power if self.is_function(name) => Err(self.powered(name)),
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
                let text = &self.text[name.span()];
                let is_local = self.scope.iter().any(|(local, _)| *local == text);
                let defined = self.program.functions.iter().find(|function| function.name == text);
                if let Some(function) = defined.filter(|_| !is_local) {
                    let error = FormulaError::at(name.span(), format!("`{text}` is a function"));
                    return Err(error.expected(format!("`{}`", self.usage(function))));
                }
                let symbol = self.symbol(name);
                self.emit(Code::Name(symbol), name.span());
                Ok(())
            }
        }
    }
}
