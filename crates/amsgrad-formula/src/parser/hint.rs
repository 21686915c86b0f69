//! Errors that know what was meant.

use super::Parser;
use crate::error::FormulaError;
use crate::function::{self, Function};
use crate::lexer::{Kind, LONGEST, Token, shortened};
use crate::names::{SLIPS, nearest};

impl Parser<'_> {
    /// The error of a token that cannot follow a complete expression.
    pub(super) fn surplus(&self) -> FormulaError {
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
            // `y = x^2`; a lone `x = 3` is rather a comparison.
            Kind::Is if self.position == 1 && self.tokens.len() > 4 && self.tokens[0].kind == Kind::Name => {
                self.defined(self.tokens[0], token)
            }
            Kind::Is => FormulaError::at(token.span(), "unexpected `=`").suggest(Some("==")),
            Kind::Bang => FormulaError::at(token.span(), "unexpected `!`")
                .expected("an operator (a factorial is `gamma(n + 1)`)"),
            _ => FormulaError::at(token.span(), format!("unexpected `{shown}`")).expected("an operator"),
        }
    }

    pub(super) fn unknown_function(&self, name: Token) -> FormulaError {
        let text = &self.text[name.span()];
        if let Some(equals) =
            self.after_brackets(self.position).filter(|&it| self.tokens[it].kind == Kind::Is)
        {
            return self.defined(name, self.tokens[equals]);
        }
        let error = FormulaError::at(name.span(), format!("unknown function `{}`", shortened(text)));
        let mut names: Vec<&str> = function::functions().map(Function::name).collect();
        names.extend(["sum", "prod", "dot"]);
        names.extend(self.program.functions.iter().map(|function| function.name));
        match nearest(text, names, SLIPS) {
            Some(near) => error.suggest(Some(near)),
            None if text.chars().count() == 1 => error.suggest(Some(format!("{text}*("))),
            None => error,
        }
    }

    /// `f(x) = x^2`: the formula is what follows.
    fn defined(&self, name: Token, equals: Token) -> FormulaError {
        let end = equals.span().end;
        let formula = self.text[end..].trim();
        let error = FormulaError::at(name.span().start..end, "a formula has no name")
            .expected("what follows the `=` alone");
        error.suggest((formula.len() <= LONGEST && !formula.is_empty()).then_some(formula))
    }

    /// `sin^2(x)`: the power of a function is that of its value.
    pub(super) fn powered(&self, name: Token) -> FormulaError {
        let text = &self.text[name.span()];
        let kinds =
            |from: usize| self.tokens[from..].iter().map(|token| token.kind).take(3).collect::<Vec<_>>();
        // The name and the sign `^` come before.
        let (power, call) = match kinds(self.position + 1)[..] {
            [Kind::Number(power), Kind::Open, _] => (power, self.position + 2),
            [Kind::Minus, Kind::Number(power), Kind::Open] => (-power, self.position + 3),
            _ => (f64::NAN, self.position),
        };
        let end = self.after_brackets(call).map_or(call, |after| after - 1);
        let arguments = &self.text[self.tokens[call].span().start..self.tokens[end].span().end];
        let inverse = format!("a{text}");
        let suggestion = match power {
            -1.0 if function::find(&inverse).is_some() => Some(format!("{inverse}{arguments}")),
            power if power.is_nan() || end == call || arguments.len() > LONGEST => None,
            power => Some(format!("{text}{arguments}^{power}")),
        };
        let span = name.span().start..self.tokens[end].span().end;
        FormulaError::at(span, format!("`{text}` is a function and has no power of its own"))
            .expected("the power after the call")
            .suggest(suggestion)
    }

    /// The place after the bracket that closes the one at `open`, if there are such brackets.
    fn after_brackets(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for (place, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return (place > open).then_some(place + 1);
            }
        }
        None
    }
}
