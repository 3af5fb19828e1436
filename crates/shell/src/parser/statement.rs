//! Statements and pipelines.

use super::{Parser, Result};
use crate::ast::{
    BinaryOperator, Block, Element, Expr, ExprKind, Pipeline, Redirect, Statement, StatementKind,
};
use crate::lexer::{Mode, Token, is_dash, is_double_quote, is_single_quote};
use crate::source::Span;

/// Words the language reserves that this shell has no use for, or not where a statement begins.
const UNSUPPORTED: &[&str] = &[
    "begin",
    "catch",
    "class",
    "data",
    "dynamicparam",
    "end",
    "enum",
    "filter",
    "finally",
    "param",
    "process",
    "trap",
    "until",
    "using",
];

impl Parser<'_> {
    /// Statements up to `end`, which is not consumed.
    pub(super) fn statements(&mut self, end: &Token) -> Result<Block> {
        let mut block = Vec::new();
        loop {
            self.skip_separators();
            let next = self.peek(Mode::Expression);
            if next.token == *end {
                return Ok(block);
            }
            if matches!(next.token, Token::End | Token::CloseParen | Token::CloseBrace) {
                return if *end == Token::End {
                    Err(self.unexpected(&next, "a command or expression"))
                } else {
                    // The caller says which bracket is missing, and where it was opened.
                    Ok(block)
                };
            }
            block.push(self.statement()?);
            self.end_of_statement()?;
        }
    }

    fn skip_separators(&mut self) {
        loop {
            self.lexer.skip_lines();
            if self.accept(&Token::Semicolon, Mode::Expression).is_none() {
                return;
            }
        }
    }

    fn end_of_statement(&mut self) -> Result<()> {
        let next = self.peek(Mode::Expression);
        match next.token {
            Token::End
            | Token::NewLine
            | Token::Semicolon
            | Token::CloseParen
            | Token::CloseBrace => Ok(()),
            // After a block the next statement may follow at once.
            _ if self.source.text[..self.lexer.position()].ends_with('}') => Ok(()),
            _ => Err(self.unexpected(&next, "the end of the statement or a pipe")),
        }
    }

    pub(super) fn statement(&mut self) -> Result<Statement> {
        self.lexer.skip_blanks();
        let start = self.lexer.position();
        let span = Span::new(start, start);
        let chain = std::mem::take(&mut self.chain);
        let kind = self.with_commas(true, |p| p.nested(span, Self::statement_kind))?;
        self.chain = chain;
        Ok(Statement { kind, span: Span::new(start, self.lexer.position()) })
    }

    fn statement_kind(&mut self) -> Result<StatementKind> {
        let start = self.lexer.position();
        let word = self.peek(Mode::Expression);
        if let Token::Identifier(word_text) = &word.token {
            // `foreach-object` or `if.exe` are commands.
            let alone = !self.source.text[word.span.end..]
                .starts_with(|c: char| is_dash(c) || c == '.' || c == '\\' || c == ':');
            if alone {
                let keyword = word_text.to_lowercase();
                self.lexer.go_to(word.span.end);
                if let Some(kind) = self.keyword(&keyword, word.span)? {
                    return Ok(kind);
                }
                self.lexer.go_to(start);
            }
        }
        if self.begins_expression() {
            let first = self.expression()?;
            if let Token::Assign(operator) = self.peek(Mode::Expression).token {
                return self.assignment(first, operator);
            }
            return self.pipeline(Some(Element::Expression(first))).map(StatementKind::Pipeline);
        }
        self.pipeline(None).map(StatementKind::Pipeline)
    }

    fn keyword(&mut self, keyword: &str, span: Span) -> Result<Option<StatementKind>> {
        Ok(Some(match keyword {
            "if" => self.if_statement(span)?,
            "foreach" => {
                if self.peek(Mode::Expression).token != Token::OpenParen {
                    return Ok(None);
                }
                self.foreach_statement(span)?
            }
            "exit" => {
                StatementKind::Exit(if self.at_end() { None } else { Some(self.expression()?) })
            }
            "return" => StatementKind::Return(if self.at_end() {
                None
            } else {
                Some(Box::new(self.statement()?))
            }),
            "break" => StatementKind::Break,
            "continue" => StatementKind::Continue,
            "while" => self.while_statement(span)?,
            "do" => self.do_statement(span)?,
            "for" => self.for_statement(span)?,
            "switch" => self.switch_statement(span)?,
            "try" => self.try_statement(span)?,
            "throw" => StatementKind::Throw(if self.at_end() {
                None
            } else {
                Some(Box::new(self.statement()?))
            }),
            "function" => self.function_statement(span)?,
            word if UNSUPPORTED.contains(&word) => {
                return Err(self.unsupported(span, &format!("the statement '{word}'")));
            }
            _ => return Ok(None),
        }))
    }

    pub(super) fn at_end(&mut self) -> bool {
        matches!(
            self.peek(Mode::Expression).token,
            Token::End | Token::NewLine | Token::Semicolon | Token::CloseBrace | Token::CloseParen
        )
    }

    fn if_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        let mut clauses = vec![self.clause(keyword)?];
        loop {
            let position = self.lexer.position();
            self.lexer.skip_lines();
            let next = self.next(Mode::Expression);
            let Token::Identifier(word) = next.token else {
                self.lexer.go_to(position);
                return Ok(StatementKind::If { clauses, otherwise: None });
            };
            if word.eq_ignore_ascii_case("elseif") {
                clauses.push(self.clause(next.span)?);
            } else if word.eq_ignore_ascii_case("else") {
                let otherwise = Some(self.braced(next.span)?);
                return Ok(StatementKind::If { clauses, otherwise });
            } else {
                self.lexer.go_to(position);
                return Ok(StatementKind::If { clauses, otherwise: None });
            }
        }
    }

    pub(super) fn clause(&mut self, keyword: Span) -> Result<(Statement, Block)> {
        let open = self.open(&Token::OpenParen, "'(' and a condition", keyword)?;
        self.lexer.skip_lines();
        let condition = self.statement()?;
        self.close(&Token::CloseParen, ")", open)?;
        Ok((condition, self.braced(keyword)?))
    }

    fn foreach_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        let open = self.open(&Token::OpenParen, "'('", keyword)?;
        let name = self.next(Mode::Expression);
        let Token::Variable(variable) = name.token else {
            return Err(self.unexpected(&name, "a variable such as $x"));
        };
        let word = self.next(Mode::Expression);
        if !matches!(&word.token, Token::Identifier(w) if w.eq_ignore_ascii_case("in")) {
            return Err(self.unexpected(&word, "'in'"));
        }
        self.lexer.skip_lines();
        let items = Box::new(self.statement()?);
        self.close(&Token::CloseParen, ")", open)?;
        Ok(StatementKind::ForEach { variable, items, body: self.braced(keyword)? })
    }

    /// `{ statements }` of an `if`, a loop and the like.
    pub(super) fn braced(&mut self, keyword: Span) -> Result<Block> {
        self.lexer.skip_lines();
        let open = self.open(&Token::OpenBrace, "'{' and statements", keyword)?;
        let block = self.statements(&Token::CloseBrace)?;
        self.close(&Token::CloseBrace, "}", open)?;
        Ok(block)
    }

    pub(super) fn open(&mut self, wanted: &Token, shown: &str, keyword: Span) -> Result<Span> {
        match self.accept(wanted, Mode::Expression) {
            Some(span) => Ok(span),
            None => {
                let found = self.peek(Mode::Expression);
                let shown = format!("{shown} after '{}'", self.shown(keyword));
                Err(self.unexpected(&found, &shown))
            }
        }
    }

    fn assignment(&mut self, target: Expr, operator: Option<char>) -> Result<StatementKind> {
        let sign = self.next(Mode::Expression);
        if !is_assignable(&target) {
            return Err(self.error(
                target.span.to(sign.span),
                "Only a variable, a property or an index can be assigned to.",
            ));
        }
        let operator = operator.map(|c| match c {
            '+' => BinaryOperator::Add,
            '-' => BinaryOperator::Subtract,
            '*' => BinaryOperator::Multiply,
            '/' => BinaryOperator::Divide,
            _ => BinaryOperator::Remainder,
        });
        self.lexer.skip_lines();
        let value = Box::new(self.statement()?);
        Ok(StatementKind::Assignment { target, operator, value })
    }

    /// Whether an expression (not a command) begins at the position.
    fn begins_expression(&mut self) -> bool {
        let rest = self.lexer.rest();
        let mut chars = rest.chars();
        let (Some(first), second) = (chars.next(), chars.next()) else {
            return false;
        };
        let operand =
            |c: char| c.is_ascii_digit() || matches!(c, '$' | '(' | '.' | '"' | '\'' | '[');
        let step = |c: char| second == Some(c) && rest.chars().nth(2) == Some('$');
        match first {
            '+' if step('+') => true,
            '-' if step('-') => true,
            '$' | '(' | '{' | '[' | '!' | ',' => true,
            '@' => second.is_some_and(|c| {
                matches!(c, '(' | '{') || is_double_quote(c) || is_single_quote(c)
            }),
            c if c.is_ascii_digit() => true,
            '.' => second.is_some_and(|c| c.is_ascii_digit()),
            '+' => second.is_some_and(operand),
            c if is_dash(c) && second.is_some_and(operand) => true,
            c if is_dash(c) => {
                let word: String = rest.chars().skip(1).take_while(|c| c.is_alphabetic()).collect();
                ["not", "join", "split"].iter().any(|known| word.eq_ignore_ascii_case(known))
            }
            c => is_double_quote(c) || is_single_quote(c),
        }
    }

    pub(super) fn pipeline(&mut self, first: Option<Element>) -> Result<Pipeline> {
        let first = match first {
            Some(element) => element,
            None => Element::Command(self.command()?),
        };
        let mut elements = vec![first];
        let mut redirect = None;
        let mut quiet = false;
        loop {
            // A pipe may also begin the next line.
            let position = self.lexer.position();
            let next = self.next(Mode::Expression);
            match next.token {
                Token::Pipe => {
                    self.lexer.skip_lines();
                    elements.push(self.piped_to()?);
                }
                Token::Number(_) if self.hides_errors(next.span)? => quiet = true,
                Token::Redirect { append } if redirect.is_none() => {
                    redirect = Some(Redirect { append, target: self.argument_value(false)? });
                }
                Token::Redirect { .. } => {
                    return Err(self.error(next.span, "Output can be redirected only once."));
                }
                Token::NewLine if self.next_line_begins_with_pipe() => {}
                _ => {
                    self.lexer.go_to(position);
                    return Ok(Pipeline { elements, redirect, quiet });
                }
            }
        }
    }

    /// After a number that may name a stream: `2>$null` hides errors, other streams are refused.
    fn hides_errors(&mut self, number: Span) -> Result<bool> {
        if self.lexer.peek_char() != Some('>') {
            return Ok(false);
        }
        self.next(Mode::Expression);
        let target = self.next(Mode::Expression);
        let null = matches!(&target.token, Token::Variable(v) if v.eq_ignore_ascii_case("null"));
        if self.shown(number) == "2" && null {
            return Ok(true);
        }
        let shown = "the redirection of single streams, except 2>$null, which hides errors";
        Err(self.unsupported(number.to(target.span), shown))
    }

    fn next_line_begins_with_pipe(&mut self) -> bool {
        let position = self.lexer.position();
        self.lexer.skip_lines();
        if self.peek(Mode::Expression).token == Token::Pipe {
            return true;
        }
        self.lexer.go_to(position);
        false
    }

    fn piped_to(&mut self) -> Result<Element> {
        let found = self.peek(Mode::Expression);
        if matches!(found.token, Token::End | Token::Pipe | Token::Semicolon) {
            return Err(self.unexpected(&found, "a command after the pipe"));
        }
        if !matches!(found.token, Token::Percent) && self.begins_expression() {
            return Err(self.error(
                found.span,
                "Expressions are allowed only as the first element of a pipeline.",
            ));
        }
        Ok(Element::Command(self.command()?))
    }
}

pub(super) fn is_assignable(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Variable(_) | ExprKind::Member { .. } | ExprKind::Index { .. } => true,
        ExprKind::List(targets) => targets.iter().all(is_assignable),
        ExprKind::Cast { value, .. } => is_assignable(value),
        _ => false,
    }
}
