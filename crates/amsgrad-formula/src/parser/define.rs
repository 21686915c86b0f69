//! Functions that the options define: `f(x, y) = x^2 + y`.

use super::{Parsed, Parser};
use crate::code::{Code, Defined};
use crate::error::FormulaError;
use crate::function;
use crate::lexer::{Kind, Token};

impl<'a> Parser<'a> {
    /// Compiles a definition. It may call functions defined before it, so that none calls itself.
    pub(super) fn definition(&mut self, text: &'a str) -> Parsed {
        self.read(text)?;
        let token = self.wanted(Kind::Name, "the name of the function is missing")?;
        let name = &text[token.span()];
        if self.is_function(token) {
            return Err(FormulaError::at(token.span(), format!("`{name}` is a function already")));
        }
        self.wanted(Kind::Open, "the arguments are missing")?;
        let mut parameters = Vec::new();
        loop {
            let parameter = self.wanted(Kind::Name, "the name of an argument is missing")?;
            let named = &text[parameter.span()];
            if self.scope.iter().any(|(other, _)| *other == named) {
                return Err(FormulaError::at(parameter.span(), format!("`{named}` is declared twice")));
            }
            parameters.push(self.local(parameter));
            if self.peek().kind != Kind::Comma {
                break;
            }
            self.advance();
        }
        self.wanted(Kind::Close, "the list of arguments is never closed")?;
        self.wanted(Kind::Is, "the `=` is missing")?;
        let start = self.program.code.len();
        self.expression(0)?;
        self.end()?;
        self.emit(Code::Return, token.span());
        self.scope.clear();
        let code = start..self.program.code.len();
        self.program.functions.push(Defined { name, parameters, text, code });
        Ok(())
    }

    fn wanted(&mut self, kind: Kind, otherwise: &str) -> Result<Token, FormulaError> {
        let token = self.advance();
        if token.kind == kind {
            return Ok(token);
        }
        Err(FormulaError::at(token.span(), otherwise).expected("a definition such as `f(x, y) = x^2 + y`"))
    }

    /// Whether a name is that of a function, of the language or defined before.
    pub(super) fn is_function(&self, token: Token) -> bool {
        let name = &self.text[token.span()];
        matches!(name, "sum" | "prod" | "dot")
            || function::find(name).is_some()
            || self.program.functions.iter().any(|function| function.name == name)
    }
}
