//! Calls: of functions, of sums and products.

use super::{Parsed, Parser};
use crate::code::{Code, Defined, Infix};
use crate::error::FormulaError;
use crate::function;
use crate::lexer::{Kind, Token};
use crate::op::Op;

impl Parser<'_> {
    pub(super) fn call(&mut self, name: Token) -> Parsed {
        let text = &self.text[name.span()];
        match text {
            "sum" | "prod" => return self.repetition(name, text == "prod"),
            "dot" => return self.dot(name),
            _ => {}
        }
        let defined = self.program.functions.iter().position(|function| function.name == text);
        let function = function::find(text);
        if defined.is_none() && function.is_none() {
            return Err(self.unknown_function(name));
        }
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
        let (takes, usage) = match (defined, function) {
            (Some(place), _) => {
                let function = &self.program.functions[place];
                (function.parameters.len() == arguments, self.usage(function))
            }
            (_, Some(function)) => (function.takes(arguments), function.usage().to_owned()),
            _ => (false, String::new()),
        };
        if !takes {
            let given = if arguments == 1 { "1 argument".into() } else { format!("{arguments} arguments") };
            let message = format!("`{text}` does not take {given}");
            return Err(FormulaError::at(span, message).expected(format!("`{usage}`")));
        }
        match (defined, function) {
            (Some(place), _) => self.emit(Code::Enter(place as u32), span),
            (_, Some(function)) => self.emit(Code::Call { function, arguments: arguments as u32 }, span),
            _ => {}
        }
        Ok(())
    }

    /// How a function of the options is called.
    pub(super) fn usage(&self, function: &Defined<'_>) -> String {
        let names: Vec<&str> =
            function.parameters.iter().map(|&symbol| self.program.symbols[symbol]).collect();
        format!("{}({})", function.name, names.join(", "))
    }

    /// `dot(a, b)`: the sum of the products of the elements of two families.
    fn dot(&mut self, name: Token) -> Parsed {
        const USAGE: &str = "`dot(a, b)` of two families";
        let open = self.advance();
        let span = name.span();
        self.emit(Code::Number(1.0), span.clone());
        self.emit(Code::Dimension, span.clone());
        self.program.symbols.push("");
        let index = self.program.symbols.len() - 1;
        let start = self.program.code.len();
        self.emit(Code::Loop { index, product: false, next: start as u32 + 8 }, span.clone());
        for place in 0..2 {
            if place == 1 {
                self.comma(USAGE)?;
            }
            let family = self.advance();
            if family.kind != Kind::Name {
                return Err(
                    FormulaError::at(family.span(), "the name of a family is missing").expected(USAGE)
                );
            }
            let symbol = self.symbol(family);
            for code in [Code::Name(index), Code::Integer, Code::Element(symbol)] {
                self.emit(code, family.span());
            }
        }
        self.emit(Code::Binary(Infix::Apply(Op::Mul)), span.clone());
        self.emit(Code::Next { start: start as u32 }, span);
        self.close(open, Kind::Close)
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
        for _ in 0..2 {
            self.comma(&usage)?;
            let start = self.peek().span().start;
            self.expression(0)?;
            let end = self.tokens[self.position - 1].span().end;
            self.emit(Code::Integer, start..end);
        }
        self.comma(&usage)?;
        let start = self.program.code.len();
        let symbol = self.local(index);
        self.emit(Code::Loop { index: symbol, product, next: 0 }, name.span());
        self.expression(0)?;
        self.scope.pop();
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
