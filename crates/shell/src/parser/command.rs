//! Commands and their arguments.

use super::{Parser, Result};
use crate::ast::{Argument, Command, Expr, ExprKind};
use crate::lexer::{Mode, Spanned, Token, is_dash};
use crate::source::Span;

impl Parser<'_> {
    pub(super) fn command(&mut self) -> Result<Command> {
        let first = self.peek(Mode::Command);
        if first.token == Token::Ampersand || self.begins_dot_sourcing() {
            return self.called();
        }
        if first.token != Token::WordStart {
            return Err(self.unexpected(&first, "the name of a command"));
        }
        let name = self.word()?;
        let ExprKind::Word(text) = &name.kind else {
            return Err(self.error(name.span, "The name of a command cannot contain variables."));
        };
        let text = text.clone();
        if is_syntax_template(&text) {
            return Err(self.error(name.span, format!("'{text}' is not the name of a command.")));
        }
        let arguments = self.arguments()?;
        let span = Span::new(name.span.start, self.end_of_last(&name, &arguments));
        Ok(Command {
            name: text,
            target: None,
            in_place: false,
            name_span: name.span,
            arguments,
            span,
        })
    }

    /// `. {…}` or `. name`: a dot and a blank.
    fn begins_dot_sourcing(&mut self) -> bool {
        self.lexer.skip_blanks();
        let mut chars = self.lexer.rest().chars();
        chars.next() == Some('.') && chars.next().is_some_and(char::is_whitespace)
    }

    /// `& command` and `. command`.
    fn called(&mut self) -> Result<Command> {
        let sign = self.next(Mode::Expression);
        let target = self.argument_item()?;
        let arguments = self.arguments()?;
        let span = Span::new(sign.span.start, self.end_of_last(&target, &arguments));
        Ok(Command {
            name: self.shown(target.span).to_owned(),
            name_span: target.span,
            target: Some(target),
            in_place: sign.token == Token::Dot,
            arguments,
            span,
        })
    }

    fn end_of_last(&self, name: &Expr, arguments: &[Argument]) -> usize {
        match arguments.last() {
            None => name.span.end,
            Some(Argument::Value(value)) => value.span.end,
            Some(Argument::Splat { span, .. }) => span.end,
            Some(Argument::Parameter { value: Some(value), .. }) => value.span.end,
            Some(Argument::Parameter { span, .. }) => span.end,
        }
    }

    fn arguments(&mut self) -> Result<Vec<Argument>> {
        let mut arguments = Vec::new();
        loop {
            let next = self.peek(Mode::Command);
            match next.token {
                Token::End
                | Token::NewLine
                | Token::Semicolon
                | Token::Pipe
                | Token::CloseParen
                | Token::CloseBrace
                | Token::Redirect { .. } => return Ok(arguments),
                Token::Parameter { name, colon } => {
                    self.next(Mode::Command);
                    arguments.push(self.parameter(name, colon, next.span)?);
                }
                Token::Splat(name) => {
                    self.next(Mode::Command);
                    arguments.push(Argument::Splat { name, span: next.span });
                }
                // `2>$null` is the pipeline's.
                Token::WordStart if self.begins_stream() => return Ok(arguments),
                Token::Comma => {
                    return Err(self.error(next.span, "A value is missing before ','."));
                }
                _ => arguments.push(Argument::Value(self.argument_value(true)?)),
            }
        }
    }

    fn begins_stream(&mut self) -> bool {
        self.lexer.skip_blanks();
        let mut chars = self.lexer.rest().chars();
        chars.next().is_some_and(|c| c.is_ascii_digit()) && chars.next() == Some('>')
    }

    fn parameter(&mut self, name: String, colon: bool, span: Span) -> Result<Argument> {
        let name_span = Span::new(span.start, span.end - usize::from(colon));
        let value = if colon {
            let next = self.peek(Mode::Command);
            if ends_argument(&next) {
                return Err(self.error(span, format!("A value is missing after '-{name}:'.")));
            }
            Some(self.argument_value(true)?)
        } else {
            None
        };
        Ok(Argument::Parameter { name, span: name_span, value })
    }

    /// A value, or several separated by commas when `list`.
    pub(super) fn argument_value(&mut self, list: bool) -> Result<Expr> {
        let first = self.argument_item()?;
        if !list {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.accept(&Token::Comma, Mode::Command).is_some() {
            self.lexer.skip_lines();
            items.push(self.argument_item()?);
        }
        if items.len() == 1 {
            return Ok(items.swap_remove(0));
        }
        let span = items.iter().fold(items[0].span, |span, item| span.to(item.span));
        Ok(Expr { kind: ExprKind::List(items), span })
    }

    fn argument_item(&mut self) -> Result<Expr> {
        let next = self.peek(Mode::Command);
        match &next.token {
            Token::WordStart => self.word(),
            // `-SortOrder +a,-b`: after a comma or colon a dash begins a word.
            Token::Parameter { .. } => {
                self.lexer.go_to(next.span.start);
                self.word()
            }
            Token::Variable(_) => self.variable_argument(next.span.start),
            Token::Text(_)
            | Token::QuoteOpen
            | Token::HereOpen
            | Token::OpenParen
            | Token::OpenBrace
            | Token::ArrayOpen
            | Token::HashtableOpen
            | Token::SubOpen => self.operand(),
            _ => Err(self.unexpected(&next, "a value")),
        }
    }

    /// `$x.P` is an expression; `$x\name` is a word that contains a variable.
    fn variable_argument(&mut self, start: usize) -> Result<Expr> {
        let operand = self.operand()?;
        let follows = self.lexer.peek_char();
        let ends = follows
            .is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';' | '|' | ')' | '}' | '>'));
        if ends || !matches!(operand.kind, ExprKind::Variable(_) | ExprKind::Member { .. }) {
            return Ok(operand);
        }
        self.lexer.go_to(start);
        self.word()
    }

    fn word(&mut self) -> Result<Expr> {
        self.lexer.skip_blanks();
        let start = self.lexer.position();
        let kind = self.word_pieces()?;
        let span = Span::new(start, self.lexer.position());
        if span.start == span.end {
            let found = self.peek(Mode::Command);
            return Err(self.unexpected(&found, "a value"));
        }
        Ok(Expr { kind, span })
    }
}

fn ends_argument(next: &Spanned) -> bool {
    matches!(
        next.token,
        Token::End
            | Token::NewLine
            | Token::Semicolon
            | Token::Pipe
            | Token::CloseParen
            | Token::CloseBrace
            | Token::Comma
    )
}

/// `[-Name` and the like, as documentation writes optional parts.
fn is_syntax_template(name: &str) -> bool {
    name.starts_with('[') || name.starts_with(is_dash)
}
