//! The lexer itself: a position in the text, and the next token in the mode that is asked for.

use super::characters::{is_dash, is_double_quote, is_single_quote};
use super::number::longest_number;
use super::token::{Mode, Spanned, Token};
use crate::source::Span;

/// A position in a text.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) pos: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, pos: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    /// Goes to a position a token started or ended at.
    pub(crate) fn go_to(&mut self, position: usize) {
        self.pos = position;
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or("")
    }

    /// The next character, without blanks skipped.
    pub(crate) fn peek_char(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn second_char(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek_char()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    pub(super) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.pos += end;
        &rest[..end]
    }

    /// Skips blanks, continued lines and comments, not the end of a line.
    pub(crate) fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            match rest.chars().next() {
                Some('\u{feff}') => drop(self.bump()),
                Some(c) if c.is_whitespace() && c != '\n' => drop(self.bump()),
                Some('`') if rest.starts_with("`\n") => self.pos += 2,
                Some('`') if rest.starts_with("`\r\n") => self.pos += 3,
                Some('<') if rest.starts_with("<#") => {
                    self.pos += rest.find("#>").map_or(rest.len(), |end| end + 2);
                }
                Some('#') => drop(self.take_while(|c| c != '\n')),
                _ => return,
            }
        }
    }

    /// Skips blanks and ends of lines.
    pub(crate) fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if self.peek_char() == Some('\n') {
                self.pos += 1;
            } else {
                return;
            }
        }
    }

    /// The next token, consumed.
    pub(crate) fn next(&mut self, mode: Mode) -> Spanned {
        self.skip_blanks();
        let start = self.pos;
        let token = match self.peek_char() {
            None => Token::End,
            Some(c) => self.common(c).unwrap_or_else(|| match mode {
                Mode::Command => self.in_command(c),
                Mode::Expression => self.in_expression(c),
            }),
        };
        Spanned { token, span: Span::new(start, self.pos) }
    }

    fn single(&mut self, token: Token) -> Option<Token> {
        self.bump();
        Some(token)
    }

    fn double(&mut self, token: Token) -> Option<Token> {
        self.bump();
        self.bump();
        Some(token)
    }

    /// Tokens that are the same in both modes.
    fn common(&mut self, c: char) -> Option<Token> {
        let next = self.second_char();
        match c {
            '\n' => self.single(Token::NewLine),
            ';' => self.single(Token::Semicolon),
            '|' if next == Some('|') => self.double(Token::Unsupported("'||'".into())),
            '&' if next == Some('&') => self.double(Token::Unsupported("'&&'".into())),
            '|' => self.single(Token::Pipe),
            ',' => self.single(Token::Comma),
            '(' => self.single(Token::OpenParen),
            ')' => self.single(Token::CloseParen),
            '{' => self.single(Token::OpenBrace),
            '}' => self.single(Token::CloseBrace),
            '@' if next == Some('(') => self.double(Token::ArrayOpen),
            '@' if next == Some('{') => self.double(Token::HashtableOpen),
            '@' if next.is_some_and(is_double_quote) => self.here_string(true),
            '@' if next.is_some_and(is_single_quote) => self.here_string(false),
            '@' if next.is_some_and(|n| n.is_alphabetic() || n == '_') => {
                self.bump();
                Some(Token::Splat(self.take_while(|c| c.is_alphanumeric() || c == '_').into()))
            }
            '$' if next == Some('(') => self.double(Token::SubOpen),
            '$' => self.variable(),
            '>' if next == Some('>') => self.double(Token::Redirect { append: true }),
            '>' => self.single(Token::Redirect { append: false }),
            '<' => self.single(Token::Unsupported("the '<' operator".into())),
            '&' => self.single(Token::Ampersand),
            c if is_double_quote(c) => self.single(Token::QuoteOpen),
            c if is_single_quote(c) => {
                self.bump();
                Some(self.single_quoted())
            }
            _ => None,
        }
    }

    fn in_command(&mut self, c: char) -> Token {
        let parameter = is_dash(c)
            && self.second_char().is_some_and(|n| n.is_alphabetic() || n == '_' || n == '?');
        if !parameter {
            return Token::WordStart;
        }
        self.bump();
        let name = self.take_while(|c| c.is_alphanumeric() || c == '_' || c == '?' || c == '-');
        let colon = self.peek_char() == Some(':');
        if colon {
            self.bump();
        }
        Token::Parameter { name: name.to_owned(), colon }
    }

    fn in_expression(&mut self, c: char) -> Token {
        let next = self.second_char();
        if c.is_ascii_digit() || (c == '.' && next.is_some_and(|n| n.is_ascii_digit())) {
            return self.number();
        }
        if c.is_alphabetic() || c == '_' {
            return Token::Identifier(self.take_while(|c| c.is_alphanumeric() || c == '_').into());
        }
        if is_dash(c) && next.is_some_and(char::is_alphabetic) {
            self.bump();
            return Token::DashOperator(self.take_while(char::is_alphabetic).to_lowercase());
        }
        self.operator(c, next)
    }

    fn operator(&mut self, c: char, next: Option<char>) -> Token {
        self.bump();
        let assign = next == Some('=');
        match c {
            '=' => Token::Assign(None),
            '+' | '*' | '/' | '%' if assign => {
                self.bump();
                Token::Assign(Some(c))
            }
            c if is_dash(c) && assign => {
                self.bump();
                Token::Assign(Some('-'))
            }
            c if is_dash(c) && next.is_some_and(is_dash) => {
                self.bump();
                Token::Step { down: true }
            }
            '+' if next == Some('+') => {
                self.bump();
                Token::Step { down: false }
            }
            '+' => Token::Plus,
            c if is_dash(c) => Token::Minus,
            '*' => Token::Star,
            '/' => Token::Slash,
            '%' => Token::Percent,
            '!' => Token::Not,
            '[' => Token::OpenBracket,
            ']' => Token::CloseBracket,
            '.' if next == Some('.') => {
                self.bump();
                Token::Range
            }
            '.' => Token::Dot,
            ':' if next == Some(':') => {
                self.bump();
                Token::DoubleColon
            }
            other => Token::Unsupported(format!("'{other}'")),
        }
    }

    fn number(&mut self) -> Token {
        let rest = self.rest();
        match longest_number(rest) {
            Some((number, length)) => {
                self.pos += length;
                Token::Number(number)
            }
            None => {
                let text = self.take_while(|c| c.is_ascii_digit() || c == '.');
                Token::Unsupported(format!("the number '{text}'"))
            }
        }
    }

    fn variable(&mut self) -> Option<Token> {
        let start = self.pos;
        match self.variable_name() {
            Some(name) => Some(Token::Variable(name)),
            None => {
                self.pos = start;
                self.single(Token::Unsupported("'$' without a variable's name".into()))
            }
        }
    }
}
