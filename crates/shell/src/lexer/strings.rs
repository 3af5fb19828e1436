//! What stands inside quotes, here-strings and words; names of variables.

use super::characters::{ends_word, is_double_quote, is_single_quote, is_variable_char};
use super::scanner::Lexer;
use super::token::{Inside, Part, Token};
use crate::source::Span;

impl Lexer<'_> {
    /// After the opening quote: the text up to the closing one, `''` standing for `'`.
    pub(super) fn single_quoted(&mut self) -> Token {
        self.single_quoted_text().map_or_else(
            || Token::Unsupported("a string whose closing quote is missing".into()),
            Token::Text,
        )
    }

    fn single_quoted_text(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(c) = self.bump() {
            if !is_single_quote(c) {
                text.push(c);
            } else if self.peek_char().is_some_and(is_single_quote) {
                self.bump();
                text.push('\'');
            } else {
                return Some(text);
            }
        }
        None
    }

    /// `@"` or `@'` and the end of the line; `None` when something else follows.
    pub(super) fn here_string(&mut self, expands: bool) -> Option<Token> {
        let rest = self.rest();
        let header = rest.find('\n')?;
        if !rest.get(..header)?.chars().skip(2).all(char::is_whitespace) {
            return None;
        }
        self.pos += header + 1;
        if expands {
            return Some(Token::HereOpen);
        }
        let rest = self.rest();
        let end = if rest.starts_with("'@") { Some(0) } else { rest.find("\n'@").map(|at| at + 1) };
        let Some(end) = end else {
            self.pos = self.text.len();
            return Some(Token::Unsupported("a string whose closing '@ is missing".into()));
        };
        self.pos += end + 2;
        let body = &rest[..end];
        let body = body.strip_suffix('\n').unwrap_or(body);
        Some(Token::Text(body.strip_suffix('\r').unwrap_or(body).to_owned()))
    }

    /// After `$` is at the position: `$name`, `${name}`, `$scope:name`, `$_`, `$?`. The position is
    /// left anywhere when there is no name.
    pub(super) fn variable_name(&mut self) -> Option<String> {
        self.bump();
        match self.peek_char()? {
            '{' => {
                self.bump();
                let name = self.take_while(|c| c != '}' && c != '\n').to_owned();
                (self.bump() == Some('}') && !name.is_empty()).then_some(name)
            }
            '?' => {
                self.bump();
                Some("?".into())
            }
            _ => {
                let mut name = self.take_while(is_variable_char).to_owned();
                let scoped = self.rest().strip_prefix(':').and_then(|r| r.chars().next());
                if !name.is_empty() && scoped.is_some_and(is_variable_char) {
                    self.bump();
                    name.push(':');
                    name.push_str(self.take_while(is_variable_char));
                }
                (!name.is_empty()).then_some(name)
            }
        }
    }

    /// The next part of a string or word.
    pub(crate) fn part(&mut self, inside: Inside) -> Part {
        let mut literal = String::new();
        loop {
            let start = self.pos;
            let Some(c) = self.peek_char() else {
                return match inside {
                    _ if !literal.is_empty() => Part::Literal(literal),
                    Inside::Word => Part::End,
                    _ => Part::Unterminated,
                };
            };
            if self.special(c, inside).is_some() && !literal.is_empty() {
                return Part::Literal(literal);
            }
            match self.special(c, inside) {
                Some(Special::End(length)) => {
                    self.pos += length;
                    return Part::End;
                }
                Some(Special::Quote) => {
                    self.bump();
                    return Part::QuoteOpen;
                }
                Some(Special::Sub) => {
                    self.pos += 2;
                    return Part::SubOpen(Span::new(start, self.pos));
                }
                Some(Special::Variable) => {
                    if let Some(name) = self.variable_name() {
                        return Part::Variable(name, Span::new(start, self.pos));
                    }
                    self.pos = start + 1;
                    literal.push('$');
                }
                None => self.literal_char(c, inside, &mut literal),
            }
        }
    }

    /// What at the position interrupts a literal.
    fn special(&self, c: char, inside: Inside) -> Option<Special> {
        let mut after = self.rest().chars().skip(1);
        let next = after.next();
        match inside {
            Inside::Word if ends_word(c) => return Some(Special::End(0)),
            Inside::Word if is_double_quote(c) => return Some(Special::Quote),
            Inside::Quotes if is_double_quote(c) && !next.is_some_and(is_double_quote) => {
                return Some(Special::End(c.len_utf8()));
            }
            Inside::HereString => {
                if let Some(length) = self.here_end() {
                    return Some(Special::End(length));
                }
            }
            _ => {}
        }
        match (c, next) {
            ('$', Some('(')) => Some(Special::Sub),
            ('$', Some(n)) if is_variable_char(n) || n == '{' => Some(Special::Variable),
            _ => None,
        }
    }

    /// Length of the end of a here-string at the position.
    fn here_end(&self) -> Option<usize> {
        let rest = self.rest();
        let at_line_start = self.text[..self.pos].ends_with('\n') && rest.starts_with("\"@");
        if at_line_start {
            return Some(2);
        }
        ["\n\"@", "\r\n\"@"].iter().find(|end| rest.starts_with(**end)).map(|end| end.len())
    }

    fn literal_char(&mut self, c: char, inside: Inside, literal: &mut String) {
        self.bump();
        match c {
            '`' => self.escape(literal),
            c if inside == Inside::Quotes && is_double_quote(c) => {
                self.bump();
                literal.push('"');
            }
            c if inside == Inside::Word && is_single_quote(c) => {
                let start = self.pos;
                match self.single_quoted_text() {
                    Some(text) => literal.push_str(&text),
                    None => {
                        self.pos = start;
                        literal.push(c);
                    }
                }
            }
            c => literal.push(c),
        }
    }

    fn escape(&mut self, literal: &mut String) {
        match self.bump() {
            Some('n') => literal.push('\n'),
            Some('r') => literal.push('\r'),
            Some('t') => literal.push('\t'),
            Some('a') => literal.push('\u{7}'),
            Some('b') => literal.push('\u{8}'),
            Some('f') => literal.push('\u{c}'),
            Some('v') => literal.push('\u{b}'),
            Some('0') => literal.push('\0'),
            Some('\n') => {}
            Some(c) => literal.push(c),
            None => literal.push('`'),
        }
    }
}

enum Special {
    /// The end, and how many bytes it has.
    End(usize),
    Quote,
    Sub,
    Variable,
}
