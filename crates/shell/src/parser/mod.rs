//! From tokens to the tree: recursive descent, one method per rule of the grammar.
//!
//! Errors point at the place and say what is expected; [`ShellError::is_incomplete`] is true when more
//! lines could make the text right, which is how the line editor knows to go on. Nesting is bounded.

mod command;
mod control;
mod expression;
mod function;
mod primary;
mod statement;
mod strings;

use std::rc::Rc;

use crate::ast::{Block, ScriptBlock};
use crate::error::ShellError;
use crate::lexer::{Lexer, Mode, Spanned, Token};
use crate::source::{Source, Span};

/// How deep brackets, blocks and strings may be nested.
const MAX_DEPTH: usize = 96;
/// How many operators and members one statement may have: bounds the height of the tree.
const MAX_CHAIN: usize = 500;

type Result<T> = std::result::Result<T, ShellError>;

/// Parses a whole text.
///
/// # Errors
/// The first thing that is not understood, with its place.
pub(crate) fn parse(source: &Rc<Source>) -> Result<Block> {
    Parser::new(source).statements(&Token::End)
}

/// Parses a script file, which may begin with `param( … )`.
///
/// # Errors
/// The first thing that is not understood, with its place.
pub(crate) fn parse_script(source: &Rc<Source>) -> Result<ScriptBlock> {
    Parser::new(source).script()
}

struct Parser<'a> {
    source: &'a Rc<Source>,
    lexer: Lexer<'a>,
    depth: usize,
    /// Whether a comma makes a list; between the arguments of a method it does not.
    commas: bool,
    chain: usize,
}

impl<'a> Parser<'a> {
    fn new(source: &'a Rc<Source>) -> Self {
        Self { source, lexer: Lexer::new(&source.text), depth: 0, commas: true, chain: 0 }
    }
}

impl Parser<'_> {
    fn error(&self, span: Span, message: impl Into<String>) -> ShellError {
        ShellError::new(message).at(self.source, span).with_id("ParserError")
    }

    fn peek(&mut self, mode: Mode) -> Spanned {
        let position = self.lexer.position();
        let next = self.lexer.next(mode);
        self.lexer.go_to(position);
        next
    }

    fn next(&mut self, mode: Mode) -> Spanned {
        self.lexer.next(mode)
    }

    /// Consumes the next token when it is `wanted`.
    fn accept(&mut self, wanted: &Token, mode: Mode) -> Option<Span> {
        let position = self.lexer.position();
        let next = self.lexer.next(mode);
        if next.token == *wanted {
            return Some(next.span);
        }
        self.lexer.go_to(position);
        None
    }

    /// Consumes a closing bracket; `open` is where its partner stands.
    fn close(&mut self, wanted: &Token, shown: &str, open: Span) -> Result<Span> {
        self.lexer.skip_lines();
        if let Some(span) = self.accept(wanted, Mode::Expression) {
            return Ok(span);
        }
        let found = self.peek(Mode::Expression);
        if found.token == Token::End {
            return Err(self
                .error(open, format!("The closing '{shown}' is missing."))
                .incomplete());
        }
        Err(self.unexpected(&found, &format!("'{shown}'")))
    }

    fn unexpected(&self, found: &Spanned, wanted: &str) -> ShellError {
        match &found.token {
            Token::End | Token::NewLine => {
                let error = self.error(found.span, format!("{wanted} is missing here."));
                if found.token == Token::End { error.incomplete() } else { error }
            }
            Token::Unsupported(what) => self.unsupported(found.span, what),
            Token::DashOperator(name) => self.error(
                found.span,
                format!("'-{name}' is not an operator of this shell. Operators: -eq -ne -gt -ge -lt -le -like -notlike -match -notmatch -contains -notcontains -in -notin -and -or -not -replace -split -join -f."),
            ),
            _ => self.error(
                found.span,
                format!("Unexpected '{}': {wanted} is expected here.", self.shown(found.span)),
            ),
        }
    }

    fn unsupported(&self, span: Span, what: &str) -> ShellError {
        let error = self.error(span, format!("This shell does not understand {what}."));
        if what.contains("closing") { error.incomplete() } else { error }
    }

    fn shown(&self, span: Span) -> &str {
        self.source.slice(span)
    }

    /// Runs a rule with commas making lists or not.
    fn with_commas<T>(&mut self, commas: bool, rule: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.commas, commas);
        let result = rule(self);
        self.commas = before;
        result
    }

    /// Counts one more operator or member of the statement.
    fn longer(&mut self, span: Span) -> Result<()> {
        self.chain += 1;
        if self.chain > MAX_CHAIN {
            return Err(self.error(span, "This statement has too many operators."));
        }
        Ok(())
    }

    /// Runs a rule one level deeper.
    fn nested<T>(&mut self, span: Span, rule: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(span, "This is nested too deeply."));
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }
}

#[cfg(test)]
mod tests;
