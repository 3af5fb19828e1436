//! From the text of an expression to its nodes.

use super::node::{Class, Node, RegexError};

/// An expression that is being read.
pub(super) struct Compiler {
    pub(super) chars: Vec<char>,
    pub(super) pos: usize,
    /// Groups seen, the whole included.
    pub(super) groups: usize,
    pub(super) depth: usize,
}

impl Compiler {
    pub(super) fn syntax(&self) -> RegexError {
        let from = self.pos.min(self.chars.len());
        RegexError::Syntax(self.chars[from..].iter().take(20).collect())
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.pos).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += 1;
        Some(c)
    }

    fn accept(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.pos += usize::from(found);
        found
    }

    pub(super) fn alternatives(&mut self) -> Result<Vec<Vec<Node>>, RegexError> {
        self.depth += 1;
        if self.depth > 30 {
            return Err(self.syntax());
        }
        let mut all = vec![Vec::new()];
        while let Some(c) = self.peek() {
            match c {
                ')' => break,
                '|' => {
                    self.pos += 1;
                    all.push(Vec::new());
                }
                _ => {
                    let node = self.repeated()?;
                    if let Some(last) = all.last_mut() {
                        last.push(node);
                    }
                }
            }
        }
        self.depth -= 1;
        Ok(all)
    }

    fn repeated(&mut self) -> Result<Node, RegexError> {
        let node = self.atom()?;
        let (min, max) = match self.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => match self.counts() {
                Some((counts, after)) => {
                    self.pos = after - 1;
                    counts
                }
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        self.pos += 1;
        let greedy = !self.accept('?');
        if matches!(self.peek(), Some('*' | '+' | '?')) {
            return Err(self.syntax());
        }
        Ok(Node::Repeat { node: Box::new(node), min, max, greedy })
    }

    /// `{m}`, `{m,}` or `{m,n}` at the position, and where it ends.
    fn counts(&self) -> Option<((usize, usize), usize)> {
        let rest = &self.chars[self.pos + 1..];
        let end = rest.iter().position(|c| *c == '}')?;
        let text: String = rest[..end].iter().collect();
        let (min, max) = match text.split_once(',') {
            None => (text.parse().ok()?, text.parse().ok()?),
            Some((min, "")) => (min.parse().ok()?, usize::MAX),
            Some((min, max)) => (min.parse().ok()?, max.parse().ok()?),
        };
        (min <= 1000 && min <= max).then_some(((min, max), self.pos + end + 2))
    }

    fn atom(&mut self) -> Result<Node, RegexError> {
        let class = |ranges: &[(char, char)], negated| {
            Node::Char(Class { ranges: ranges.to_vec(), negated })
        };
        Ok(match self.take() {
            Some('.') => class(&[('\n', '\n')], true),
            Some('^') => Node::Start,
            Some('$') => Node::End,
            Some('(') => self.group()?,
            Some('[') => self.class()?,
            Some('\\') => match self.take() {
                Some('b') => Node::Boundary(true),
                Some('B') => Node::Boundary(false),
                Some(c) => self.escaped(c)?,
                None => return Err(self.syntax()),
            },
            Some('*' | '+' | '?') | None => {
                self.pos -= 1;
                return Err(self.syntax());
            }
            Some(c) => class(&[(c, c)], false),
        })
    }

    fn group(&mut self) -> Result<Node, RegexError> {
        let number = if self.accept('?') {
            if !self.accept(':') {
                return Err(self.syntax());
            }
            None
        } else {
            self.groups += 1;
            Some(self.groups - 1)
        };
        let alternatives = self.alternatives()?;
        if !self.accept(')') {
            return Err(self.syntax());
        }
        Ok(Node::Group(number, alternatives))
    }

    fn escaped(&mut self, c: char) -> Result<Node, RegexError> {
        let (ranges, negated) = match shorthand(c) {
            Some(found) => found,
            None if c.is_alphanumeric() => {
                (vec![literal_escape(c).ok_or_else(|| self.syntax())?], false)
            }
            None => (vec![(c, c)], false),
        };
        Ok(Node::Char(Class { ranges, negated }))
    }

    fn class(&mut self) -> Result<Node, RegexError> {
        let negated = self.accept('^');
        let mut ranges = Vec::new();
        loop {
            let c = self.take().ok_or_else(|| self.syntax())?;
            match c {
                ']' if !ranges.is_empty() => break,
                '\\' => {
                    let c = self.take().ok_or_else(|| self.syntax())?;
                    match shorthand(c) {
                        Some((more, false)) => ranges.extend(more),
                        Some((_, true)) => return Err(self.syntax()),
                        None => ranges.push(literal_escape(c).unwrap_or((c, c))),
                    }
                }
                _ => {
                    let follows = self.chars.get(self.pos + 1).copied();
                    if self.peek() == Some('-') && follows.is_some_and(|f| f != ']') {
                        self.pos += 1;
                        let end = self.take().ok_or_else(|| self.syntax())?;
                        ranges.push((c, end));
                    } else {
                        ranges.push((c, c));
                    }
                }
            }
        }
        Ok(Node::Char(Class { ranges, negated }))
    }
}

/// The characters of `\d`, `\w`, `\s`, and whether it is their opposite.
fn shorthand(c: char) -> Option<(Vec<(char, char)>, bool)> {
    let ranges = match c.to_ascii_lowercase() {
        'd' => vec![('0', '9')],
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_'), ('\u{c0}', '\u{24f}')],
        's' => vec![(' ', ' '), ('\t', '\r'), ('\u{a0}', '\u{a0}')],
        _ => return None,
    };
    Some((ranges, c.is_ascii_uppercase()))
}

fn literal_escape(c: char) -> Option<(char, char)> {
    let c = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => return None,
    };
    Some((c, c))
}
