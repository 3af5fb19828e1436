//! Operators, from the loosest to the tightest: logic; comparison; `+ -`; `* / %`; `-f`; `..`; the
//! comma; signs, `!` and casts.

use super::statement::is_assignable;
use super::{Parser, Result};
use crate::ast::{BinaryOperator, Comparison, Expr, ExprKind, UnaryOperator};
use crate::lexer::{Mode, Token};
use crate::source::Span;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expr> {
        let mut left = self.comparison()?;
        loop {
            let next = self.peek(Mode::Expression);
            let operator = match &next.token {
                Token::DashOperator(name) => match name.as_str() {
                    "and" => BinaryOperator::And,
                    "or" => BinaryOperator::Or,
                    "xor" => BinaryOperator::Xor,
                    _ => return Err(self.unexpected(&next, "an operator")),
                },
                _ => return Ok(left),
            };
            left = self.right_side(left, operator, Self::comparison)?;
        }
    }

    fn comparison(&mut self) -> Result<Expr> {
        let mut left = self.sum()?;
        loop {
            let next = self.peek(Mode::Expression);
            let Token::DashOperator(name) = &next.token else {
                return Ok(left);
            };
            let operator = match name.as_str() {
                "join" => BinaryOperator::Join,
                "is" => BinaryOperator::Is { negated: false },
                "isnot" => BinaryOperator::Is { negated: true },
                "as" => BinaryOperator::As,
                name => match Comparison::named(name) {
                    Some((comparison, case_sensitive)) => {
                        BinaryOperator::Compare { comparison, case_sensitive }
                    }
                    None => return Ok(left),
                },
            };
            left = self.right_side(left, operator, Self::sum)?;
        }
    }

    fn sum(&mut self) -> Result<Expr> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek(Mode::Expression).token {
                Token::Plus => BinaryOperator::Add,
                Token::Minus => BinaryOperator::Subtract,
                _ => return Ok(left),
            };
            left = self.right_side(left, operator, Self::product)?;
        }
    }

    fn product(&mut self) -> Result<Expr> {
        let mut left = self.format()?;
        loop {
            let operator = match self.peek(Mode::Expression).token {
                Token::Star => BinaryOperator::Multiply,
                Token::Slash => BinaryOperator::Divide,
                Token::Percent => BinaryOperator::Remainder,
                _ => return Ok(left),
            };
            left = self.right_side(left, operator, Self::format)?;
        }
    }

    fn format(&mut self) -> Result<Expr> {
        let mut left = self.range()?;
        while matches!(self.peek(Mode::Expression).token, Token::DashOperator(name) if name == "f")
        {
            left = self.right_side(left, BinaryOperator::Format, Self::range)?;
        }
        Ok(left)
    }

    fn range(&mut self) -> Result<Expr> {
        let left = self.list()?;
        if self.peek(Mode::Expression).token == Token::Range {
            return self.right_side(left, BinaryOperator::Range, Self::list);
        }
        Ok(left)
    }

    fn right_side(
        &mut self,
        left: Expr,
        operator: BinaryOperator,
        side: fn(&mut Self) -> Result<Expr>,
    ) -> Result<Expr> {
        let sign = self.next(Mode::Expression);
        self.longer(sign.span)?;
        self.lexer.skip_lines();
        let right = side(self)?;
        let span = left.span.to(right.span);
        Ok(Expr { kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)), span })
    }

    fn list(&mut self) -> Result<Expr> {
        let first = self.unary()?;
        if !self.commas || self.peek(Mode::Expression).token != Token::Comma {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.accept(&Token::Comma, Mode::Expression).is_some() {
            self.lexer.skip_lines();
            items.push(self.unary()?);
        }
        let span = items.iter().fold(items[0].span, |span, item| span.to(item.span));
        Ok(Expr { kind: ExprKind::List(items), span })
    }

    fn unary(&mut self) -> Result<Expr> {
        let next = self.peek(Mode::Expression);
        let operator = match &next.token {
            Token::Not => UnaryOperator::Not,
            Token::Minus => UnaryOperator::Minus,
            Token::Plus => UnaryOperator::Plus,
            Token::Comma => UnaryOperator::Comma,
            Token::DashOperator(name) => match name.as_str() {
                "not" => UnaryOperator::Not,
                "join" => UnaryOperator::Join,
                "split" => UnaryOperator::Split,
                _ => return Err(self.unexpected(&next, "a value")),
            },
            Token::OpenBracket => return self.nested(next.span, Self::cast),
            Token::Step { down } => return self.stepped_before(*down),
            _ => return self.operand(),
        };
        self.next(Mode::Expression);
        let operand = self.nested(next.span, Self::unary)?;
        let span = next.span.to(operand.span);
        Ok(Expr { kind: ExprKind::Unary(operator, Box::new(operand)), span })
    }

    /// `++$x` and `--$x`
    fn stepped_before(&mut self, down: bool) -> Result<Expr> {
        let sign = self.next(Mode::Expression).span;
        let target = self.operand()?;
        if !is_assignable(&target) {
            let message = "Only a variable, a property or an index can be counted up or down.";
            return Err(self.error(sign.to(target.span), message));
        }
        let span = sign.to(target.span);
        Ok(Expr { kind: ExprKind::Step { target: Box::new(target), down, before: true }, span })
    }

    /// `[type] value`, `[type]::member` or `[type]`.
    fn cast(&mut self) -> Result<Expr> {
        let open = self.next(Mode::Expression).span;
        let type_name = self.type_name(open)?;
        let span = Span::new(open.start, self.lexer.position());
        let next = self.peek(Mode::Expression);
        if next.token == Token::DoubleColon {
            return self.static_member(type_name, open);
        }
        let casts = matches!(
            next.token,
            Token::Variable(_)
                | Token::Number(_)
                | Token::Text(_)
                | Token::QuoteOpen
                | Token::HereOpen
                | Token::OpenParen
                | Token::OpenBracket
                | Token::ArrayOpen
                | Token::HashtableOpen
                | Token::SubOpen
                | Token::OpenBrace
                | Token::Minus
        );
        if !casts {
            return Ok(Expr { kind: ExprKind::Type(type_name), span });
        }
        let value = Box::new(self.unary()?);
        let span = span.to(value.span);
        Ok(Expr { kind: ExprKind::Cast { type_name, value }, span })
    }

    /// After `[`: a name such as `System.IO.File` or `byte[]`, and `]`.
    pub(super) fn type_name(&mut self, open: Span) -> Result<String> {
        let rest = self.lexer.rest();
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_'))
            .unwrap_or(rest.len());
        let mut name = rest[..length].to_owned();
        let mut consumed = length;
        // `byte[]`, `List[string]`
        if let Some(inner) = rest[length..].strip_prefix('[') {
            let argument = inner
                .find(|c: char| !(c.is_alphanumeric() || c == '.'))
                .filter(|end| inner[*end..].starts_with(']'));
            if let Some(end) = argument {
                name.push_str(&rest[length..length + end + 2]);
                consumed += end + 2;
            }
        }
        if name.is_empty() || !rest[consumed..].starts_with(']') {
            let end = open.start + 1 + consumed;
            let error = self
                .error(Span::new(open.start, end), "The name of a type and ']' are expected here.");
            return Err(if rest[consumed..].is_empty() { error.incomplete() } else { error });
        }
        self.lexer.go_to(self.lexer.position() + consumed + 1);
        Ok(name)
    }
}
