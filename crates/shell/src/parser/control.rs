//! Loops, `switch`, `try` and `throw`.

use super::{Parser, Result};
use crate::ast::{Expr, Matching, Statement, StatementKind, Switch, Try};
use crate::lexer::{Mode, Token};
use crate::source::Span;

/// The exceptions a `catch` may name: every error is one of these.
const EXCEPTIONS: &[&str] = &[
    "exception",
    "system.exception",
    "runtimeexception",
    "management.automation.runtimeexception",
    "system.management.automation.runtimeexception",
];

impl Parser<'_> {
    pub(super) fn while_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        let (condition, body) = self.clause(keyword)?;
        let condition = Box::new(condition);
        Ok(StatementKind::Loop { condition, until: false, body_first: false, body })
    }

    pub(super) fn do_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        let body = self.braced(keyword)?;
        self.lexer.skip_lines();
        let word = self.next(Mode::Expression);
        let until = match &word.token {
            Token::Identifier(w) if w.eq_ignore_ascii_case("while") => false,
            Token::Identifier(w) if w.eq_ignore_ascii_case("until") => true,
            _ => return Err(self.unexpected(&word, "'while' or 'until'")),
        };
        let condition = Box::new(self.condition(word.span)?);
        Ok(StatementKind::Loop { condition, until, body_first: true, body })
    }

    /// `( statement )`
    fn condition(&mut self, keyword: Span) -> Result<Statement> {
        let open = self.open(&Token::OpenParen, "'(' and a condition", keyword)?;
        self.lexer.skip_lines();
        let condition = self.statement()?;
        self.close(&Token::CloseParen, ")", open)?;
        Ok(condition)
    }

    pub(super) fn for_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        let open = self.open(&Token::OpenParen, "'('", keyword)?;
        let start = self.part_of_for()?;
        self.semicolon_of_for()?;
        let condition = self.part_of_for()?;
        self.semicolon_of_for()?;
        let step = self.part_of_for()?;
        self.close(&Token::CloseParen, ")", open)?;
        Ok(StatementKind::For { start, condition, step, body: self.braced(keyword)? })
    }

    fn part_of_for(&mut self) -> Result<Option<Box<Statement>>> {
        self.lexer.skip_lines();
        let next = self.peek(Mode::Expression);
        if matches!(next.token, Token::Semicolon | Token::CloseParen) {
            return Ok(None);
        }
        self.statement().map(|statement| Some(Box::new(statement)))
    }

    fn semicolon_of_for(&mut self) -> Result<()> {
        self.lexer.skip_lines();
        let next = self.next(Mode::Expression);
        if next.token == Token::Semicolon {
            return Ok(());
        }
        Err(self.unexpected(&next, "';' of for (start; condition; step)"))
    }

    pub(super) fn switch_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        let mut matching = Matching::Exact;
        let mut case_sensitive = false;
        loop {
            let option = self.peek(Mode::Expression);
            let Token::DashOperator(name) = &option.token else { break };
            match name.as_str() {
                "wildcard" => matching = Matching::Wildcard,
                "regex" => matching = Matching::Regex,
                "exact" => matching = Matching::Exact,
                "casesensitive" => case_sensitive = true,
                other => {
                    return Err(self.unsupported(option.span, &format!("'switch -{other}'")));
                }
            }
            self.next(Mode::Expression);
        }
        let subject = Box::new(self.condition(keyword)?);
        self.lexer.skip_lines();
        let open = self.open(&Token::OpenBrace, "'{' and cases", keyword)?;
        let mut cases = Vec::new();
        loop {
            self.lexer.skip_lines();
            if self.accept(&Token::Semicolon, Mode::Expression).is_some() {
                continue;
            }
            if self.accept(&Token::CloseBrace, Mode::Expression).is_some() {
                break;
            }
            if self.peek(Mode::Expression).token == Token::End {
                return Err(self.error(open, "The closing '}' is missing.").incomplete());
            }
            let case = self.case()?;
            cases.push((case, self.braced(keyword)?));
        }
        Ok(StatementKind::Switch(Switch { matching, case_sensitive, subject, cases }))
    }

    /// What stands before the braces of a case; `None` is `default`.
    fn case(&mut self) -> Result<Option<Expr>> {
        let next = self.peek(Mode::Expression);
        match &next.token {
            Token::Identifier(word) if word.eq_ignore_ascii_case("default") => {
                self.next(Mode::Expression);
                Ok(None)
            }
            // A word without quotes is a text.
            Token::Identifier(_) | Token::Star => {
                let kind = self.word_pieces()?;
                let span = Span::new(next.span.start, self.lexer.position());
                Ok(Some(Expr { kind, span }))
            }
            _ => self.operand().map(Some),
        }
    }

    pub(super) fn try_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        let body = self.braced(keyword)?;
        let catch = match self.follows("catch") {
            None => None,
            Some(word) => {
                self.exceptions()?;
                let block = self.braced(word)?;
                if let Some(second) = self.follows("catch") {
                    return Err(self.unsupported(
                        second,
                        "a second catch: errors are of one kind, so one catch takes them all",
                    ));
                }
                Some(block)
            }
        };
        let finally = match self.follows("finally") {
            None => None,
            Some(word) => Some(self.braced(word)?),
        };
        if catch.is_none() && finally.is_none() {
            let next = self.peek(Mode::Expression);
            let error = self.error(keyword, "'catch' or 'finally' is missing after 'try'.");
            return Err(if next.token == Token::End { error.incomplete() } else { error });
        }
        Ok(StatementKind::Try(Try { body, catch, finally }))
    }

    /// A word that continues a statement, on this line or the next; it is consumed.
    fn follows(&mut self, wanted: &str) -> Option<Span> {
        let position = self.lexer.position();
        self.lexer.skip_lines();
        let next = self.next(Mode::Expression);
        if matches!(&next.token, Token::Identifier(w) if w.eq_ignore_ascii_case(wanted)) {
            return Some(next.span);
        }
        self.lexer.go_to(position);
        None
    }

    /// `[System.Exception]` after `catch`.
    fn exceptions(&mut self) -> Result<()> {
        self.lexer.skip_lines();
        while let Some(open) = self.accept(&Token::OpenBracket, Mode::Expression) {
            let name = self.type_name(open)?;
            if !EXCEPTIONS.contains(&name.to_lowercase().as_str()) {
                let span = Span::new(open.start, self.lexer.position());
                let what = format!("catch [{name}]: only [System.Exception], which is every error");
                return Err(self.unsupported(span, &what));
            }
            self.accept(&Token::Comma, Mode::Expression);
            self.lexer.skip_lines();
        }
        Ok(())
    }
}
