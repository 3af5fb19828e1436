//! A line cut into pieces with their roles, for highlighting and completion.
//!
//! Works on unfinished and wrong lines too: it follows the lexer's modes, not the grammar.

use crate::lexer::{Inside, Lexer, Mode, Part, Token, is_dash, is_double_quote, is_single_quote};
use crate::source::Span;

/// How deep `$( )` in strings is followed.
const MAX_DEPTH: usize = 16;

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Command,
    Parameter,
    Word,
    Text,
    Number,
    Variable,
    Operator,
    Comment,
    Plain,
}

/// A piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) span: Span,
    pub(super) role: Role,
}

/// A line with the command its end belongs to.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) pieces: Vec<Piece>,
    /// The command the end of the line belongs to.
    pub(super) command: Option<String>,
    /// The parameter just before the last word.
    pub(super) parameter: Option<String>,
    /// Whether a command may begin at the end.
    pub(super) at_start: bool,
}

/// Cuts a line into pieces.
pub(super) fn scan(line: &str) -> Scanned {
    let mut scanner = Scanner {
        line,
        lexer: Lexer::new(line),
        pieces: Vec::new(),
        contexts: vec![Context::new()],
        depth: 0,
    };
    scanner.run();
    let last = scanner.contexts.pop().unwrap_or_else(Context::new);
    Scanned {
        pieces: scanner.pieces,
        command: last.command,
        parameter: last.parameter,
        at_start: last.at_start,
    }
}

/// Within one pair of brackets.
struct Context {
    at_start: bool,
    mode: Mode,
    command: Option<String>,
    parameter: Option<String>,
}

impl Context {
    fn new() -> Self {
        Self { at_start: true, mode: Mode::Command, command: None, parameter: None }
    }
}

struct Scanner<'a> {
    line: &'a str,
    lexer: Lexer<'a>,
    pieces: Vec<Piece>,
    contexts: Vec<Context>,
    depth: usize,
}

impl Scanner<'_> {
    fn push(&mut self, start: usize, end: usize, role: Role) {
        if start < end {
            self.pieces.push(Piece { span: Span::new(start, end), role });
        }
    }

    fn context(&mut self) -> &mut Context {
        if self.contexts.is_empty() {
            self.contexts.push(Context::new());
        }
        let last = self.contexts.len() - 1;
        &mut self.contexts[last]
    }

    fn run(&mut self) {
        let bottom = self.contexts.len();
        loop {
            let before = self.lexer.position();
            self.lexer.skip_blanks();
            let start = self.lexer.position();
            let gap = &self.line[before..start];
            let role = if gap.contains('#') { Role::Comment } else { Role::Plain };
            self.push(before, start, role);
            let at_start = self.context().at_start;
            if at_start {
                let mode = if begins_expression(self.lexer.rest()) {
                    Mode::Expression
                } else {
                    Mode::Command
                };
                self.context().mode = mode;
            }
            let mode = self.context().mode;
            let next = self.lexer.next(mode);
            if next.token == Token::End {
                return;
            }
            let closes = matches!(next.token, Token::CloseParen | Token::CloseBrace);
            if closes && self.depth > 0 && self.contexts.len() == bottom {
                self.push(start, self.lexer.position(), Role::Operator);
                return;
            }
            self.token(next.token, start, at_start);
        }
    }

    fn token(&mut self, token: Token, start: usize, at_start: bool) {
        let role = match token {
            Token::NewLine | Token::Semicolon | Token::Pipe | Token::Assign(_) => {
                *self.context() = Context::new();
                Role::Operator
            }
            Token::OpenParen
            | Token::OpenBrace
            | Token::ArrayOpen
            | Token::HashtableOpen
            | Token::SubOpen => {
                self.context().at_start = false;
                self.contexts.push(Context::new());
                Role::Operator
            }
            Token::CloseParen | Token::CloseBrace => {
                if self.contexts.len() > 1 {
                    self.contexts.pop();
                }
                self.context().at_start = false;
                Role::Operator
            }
            Token::WordStart => return self.word(start, at_start),
            Token::QuoteOpen => return self.string(Inside::Quotes, start),
            Token::HereOpen => return self.string(Inside::HereString, start),
            Token::Parameter { name, .. } => {
                self.context().parameter = Some(name);
                Role::Parameter
            }
            Token::Variable(_) => Role::Variable,
            Token::Number(_) => Role::Number,
            Token::Text(_) => Role::Text,
            Token::DashOperator(_) => Role::Operator,
            Token::Identifier(_) => Role::Plain,
            Token::Unsupported(what) if what.contains("string") => Role::Text,
            _ => Role::Operator,
        };
        let keeps = matches!(role, Role::Operator | Role::Parameter);
        if !keeps {
            self.context().at_start = false;
        }
        self.push(start, self.lexer.position(), role);
    }

    fn word(&mut self, start: usize, at_start: bool) {
        while !matches!(self.lexer.part(Inside::Word), Part::End | Part::Unterminated) {}
        let end = self.lexer.position();
        let text = self.line[start..end].to_owned();
        let role = if at_start {
            Role::Command
        } else if crate::lexer::read_number(&text).is_some() {
            Role::Number
        } else {
            Role::Word
        };
        self.push(start, end, role);
        let at_end = end == self.line.len();
        let context = self.context();
        if at_start && !at_end {
            context.command = Some(text);
            context.at_start = false;
        } else if !at_start && !at_end {
            context.parameter = None;
        }
    }

    fn string(&mut self, inside: Inside, start: usize) {
        self.context().at_start = false;
        let mut from = start;
        loop {
            match self.lexer.part(inside) {
                Part::Literal(_) | Part::QuoteOpen => {}
                Part::Variable(_, span) => {
                    self.push(from, span.start, Role::Text);
                    self.push(span.start, span.end, Role::Variable);
                    from = span.end;
                }
                Part::SubOpen(span) => {
                    self.push(from, span.start, Role::Text);
                    self.push(span.start, span.end, Role::Operator);
                    if self.depth < MAX_DEPTH {
                        self.depth += 1;
                        let outer = std::mem::replace(&mut self.contexts, vec![Context::new()]);
                        self.run();
                        if self.lexer.rest().is_empty() {
                            // The end of the line is inside: its command is what matters.
                            self.depth -= 1;
                            return;
                        }
                        self.contexts = outer;
                        self.depth -= 1;
                    }
                    from = self.lexer.position();
                }
                Part::End | Part::Unterminated => {
                    self.push(from, self.lexer.position(), Role::Text);
                    self.context().parameter = None;
                    return;
                }
            }
        }
    }
}

fn begins_expression(rest: &str) -> bool {
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some('$' | '(' | '{' | '[' | '!' | ','), _) => true,
        (Some('@'), Some('(' | '{')) => true,
        (Some(c), _) if c.is_ascii_digit() => true,
        (Some(c), Some(n)) if is_dash(c) => n.is_ascii_digit() || n == '$' || n == '(',
        (Some(c), _) => is_double_quote(c) || is_single_quote(c),
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(line: &str) -> Vec<(&str, Role)> {
        scan(line)
            .pieces
            .iter()
            .filter(|p| p.role != Role::Plain)
            .map(|p| (&line[p.span.start..p.span.end], p.role))
            .collect()
    }

    #[test]
    fn pieces_have_their_roles() {
        assert_eq!(
            roles("Get-X -Name \"a $b\" 5 | ? {$_.C -eq 1} # end"),
            [
                ("Get-X", Role::Command),
                ("-Name", Role::Parameter),
                ("\"a ", Role::Text),
                ("$b", Role::Variable),
                ("\"", Role::Text),
                ("5", Role::Number),
                ("|", Role::Operator),
                ("?", Role::Command),
                ("{", Role::Operator),
                ("$_", Role::Variable),
                (".", Role::Operator),
                ("-eq", Role::Operator),
                ("1", Role::Number),
                ("}", Role::Operator),
                (" # end", Role::Comment),
            ]
        );
    }

    #[test]
    fn the_end_knows_its_command() {
        let end = scan("Get-X | Set-Y -Level Ver");
        assert_eq!(end.command.as_deref(), Some("Set-Y"));
        assert_eq!(end.parameter.as_deref(), Some("Level"));
        assert!(scan("$x = Get").at_start && scan("(Get").at_start && scan("\"$(Get").at_start);
        assert!(!scan("Get-X ").at_start);
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_covered(line in "[-a-zA-Z0-9$(){}@'\"`,;|.: #=]{0,60}") {
            let mut at = 0;
            for piece in scan(&line).pieces {
                proptest::prop_assert_eq!(piece.span.start, at);
                at = piece.span.end;
            }
            proptest::prop_assert_eq!(at, line.len());
        }
    }
}
