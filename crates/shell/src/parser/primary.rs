//! Operands: literals, variables, brackets, and what follows them (`.member`, `[index]`, `(…)`).

use std::rc::Rc;

use super::statement::is_assignable;
use super::{Parser, Result};
use crate::ast::{Block, Expr, ExprKind, Statement};
use crate::lexer::{Inside, Mode, Spanned, Token};
use crate::source::Span;

impl Parser<'_> {
    /// An operand with everything that follows it without a blank.
    pub(super) fn operand(&mut self) -> Result<Expr> {
        let first = self.next(Mode::Expression);
        let mut value = self.nested(first.span, |p| p.primary(&first))?;
        loop {
            value = match self.lexer.peek_char() {
                Some('.') if !self.lexer.rest().starts_with("..") => self.member(value)?,
                Some('[') => self.index(value)?,
                Some('+' | '-') if is_assignable(&value) => match self.stepped_after(value)? {
                    (value, true) => value,
                    (value, false) => return Ok(value),
                },
                _ => return Ok(value),
            };
        }
    }

    /// `$x++` and `$x--`; whether it was one.
    fn stepped_after(&mut self, target: Expr) -> Result<(Expr, bool)> {
        let sign = self.peek(Mode::Expression);
        let Token::Step { down } = sign.token else { return Ok((target, false)) };
        self.next(Mode::Expression);
        self.longer(sign.span)?;
        let span = target.span.to(sign.span);
        let kind = ExprKind::Step { target: Box::new(target), down, before: false };
        Ok((Expr { kind, span }, true))
    }

    fn primary(&mut self, first: &Spanned) -> Result<Expr> {
        let kind = match &first.token {
            Token::Number(number) => ExprKind::Number(*number),
            Token::Text(text) => ExprKind::Text(text.clone()),
            Token::QuoteOpen => self.string(Inside::Quotes, first.span)?,
            Token::HereOpen => self.string(Inside::HereString, first.span)?,
            Token::Variable(name) => ExprKind::Variable(name.clone()),
            Token::SubOpen => ExprKind::Sub(self.block_to(&Token::CloseParen, ")", first.span)?),
            Token::ArrayOpen => {
                ExprKind::Array(self.block_to(&Token::CloseParen, ")", first.span)?)
            }
            Token::OpenParen => self.group(first.span)?,
            Token::OpenBrace => self.script_block(first.span)?,
            Token::HashtableOpen => self.hashtable(first.span)?,
            _ => return Err(self.unexpected(first, "a value")),
        };
        Ok(Expr { kind, span: Span::new(first.span.start, self.lexer.position()) })
    }

    pub(super) fn block_to(&mut self, end: &Token, shown: &str, open: Span) -> Result<Block> {
        let block = self.statements(end)?;
        self.close(end, shown, open)?;
        Ok(block)
    }

    fn group(&mut self, open: Span) -> Result<ExprKind> {
        self.lexer.skip_lines();
        let statement = self.statement()?;
        self.close(&Token::CloseParen, ")", open)?;
        Ok(ExprKind::Group(Box::new(statement)))
    }

    fn script_block(&mut self, open: Span) -> Result<ExprKind> {
        let block = self.block_with_parameters(open, Vec::new())?;
        Ok(ExprKind::ScriptBlock(Rc::new(block)))
    }

    fn hashtable(&mut self, open: Span) -> Result<ExprKind> {
        let mut entries: Vec<(Expr, Statement)> = Vec::new();
        loop {
            self.lexer.skip_lines();
            if self.accept(&Token::Semicolon, Mode::Expression).is_some() {
                continue;
            }
            if self.accept(&Token::CloseBrace, Mode::Expression).is_some() {
                return Ok(ExprKind::Hashtable(entries));
            }
            let next = self.peek(Mode::Expression);
            if next.token == Token::End {
                let error = self.error(open, "The closing '}' is missing.");
                return Err(error.incomplete());
            }
            let key = self.key()?;
            let sign = self.next(Mode::Expression);
            if sign.token != Token::Assign(None) {
                return Err(self.unexpected(&sign, "'=' and a value"));
            }
            self.lexer.skip_lines();
            let value = self.statement()?;
            entries.push((key, value));
            let next = self.peek(Mode::Expression);
            let ends = matches!(
                next.token,
                Token::Semicolon | Token::NewLine | Token::CloseBrace | Token::End
            );
            if !ends {
                return Err(self.unexpected(&next, "';' or '}'"));
            }
        }
    }

    fn key(&mut self) -> Result<Expr> {
        let next = self.peek(Mode::Expression);
        match next.token {
            Token::Identifier(name) => {
                self.next(Mode::Expression);
                Ok(Expr { kind: ExprKind::Text(name), span: next.span })
            }
            _ => self.operand(),
        }
    }

    /// `.name`, `.'name'`, `.$name`, and the call when `(` follows at once.
    fn member(&mut self, target: Expr) -> Result<Expr> {
        let dot = self.next(Mode::Expression).span;
        self.longer(dot)?;
        let name = self.next(Mode::Expression);
        if name.span.start != dot.end {
            return Err(self.unexpected(&name, "the name of a property directly after '.'"));
        }
        let kind = match &name.token {
            Token::Identifier(text) => ExprKind::Text(text.clone()),
            Token::Text(text) => ExprKind::Text(text.clone()),
            Token::Variable(variable) => ExprKind::Variable(variable.clone()),
            Token::QuoteOpen => self.string(Inside::Quotes, name.span)?,
            _ => return Err(self.unexpected(&name, "the name of a property")),
        };
        let name = Expr { kind, span: Span::new(name.span.start, self.lexer.position()) };
        if let (ExprKind::Text(method), Some('(')) = (&name.kind, self.lexer.peek_char()) {
            let method = method.clone();
            let arguments = self.call_arguments()?;
            let span = Span::new(target.span.start, self.lexer.position());
            return Ok(Expr {
                kind: ExprKind::Call { target: Box::new(target), method, arguments },
                span,
            });
        }
        let span = target.span.to(name.span);
        Ok(Expr { kind: ExprKind::Member { target: Box::new(target), name: Box::new(name) }, span })
    }

    /// At `(`: arguments up to `)`.
    fn call_arguments(&mut self) -> Result<Vec<Expr>> {
        let open = self.next(Mode::Expression).span;
        self.lexer.skip_lines();
        if self.accept(&Token::CloseParen, Mode::Expression).is_some() {
            return Ok(Vec::new());
        }
        let mut arguments = Vec::new();
        loop {
            self.lexer.skip_lines();
            let argument = self.with_commas(false, |p| p.nested(open, Self::expression))?;
            arguments.push(argument);
            if self.accept(&Token::Comma, Mode::Expression).is_none() {
                self.close(&Token::CloseParen, ")", open)?;
                return Ok(arguments);
            }
        }
    }

    fn index(&mut self, target: Expr) -> Result<Expr> {
        let open = self.next(Mode::Expression).span;
        self.longer(open)?;
        self.lexer.skip_lines();
        let index = self.with_commas(true, |p| p.nested(open, Self::expression))?;
        let index = Box::new(index);
        let close = self.close(&Token::CloseBracket, "]", open)?;
        let span = target.span.to(close);
        Ok(Expr { kind: ExprKind::Index { target: Box::new(target), index }, span })
    }

    /// At `::` after a type.
    pub(super) fn static_member(&mut self, type_name: String, open: Span) -> Result<Expr> {
        self.next(Mode::Expression);
        let name = self.next(Mode::Expression);
        let Token::Identifier(member) = name.token else {
            return Err(self.unexpected(&name, "the name of a member of the type"));
        };
        let arguments =
            if self.lexer.peek_char() == Some('(') { Some(self.call_arguments()?) } else { None };
        let span = Span::new(open.start, self.lexer.position());
        let mut value = Expr { kind: ExprKind::Static { type_name, member, arguments }, span };
        loop {
            value = match self.lexer.peek_char() {
                Some('.') if !self.lexer.rest().starts_with("..") => self.member(value)?,
                Some('[') => self.index(value)?,
                _ => return Ok(value),
            };
        }
    }
}
