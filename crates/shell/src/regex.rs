//! The regular expressions of `-match`, `-replace` and `-split`: characters, classes, groups,
//! alternatives, anchors, greedy and lazy repetition. Anything else is refused, not guessed, and the
//! number of steps is bounded.

use thiserror::Error;

/// Steps after which a search is given up.
const MAX_STEPS: usize = 200_000;
/// How deep a search may go back; bounds the stack.
const MAX_DEPTH: usize = 2_000;

/// Why an expression cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum RegexError {
    #[error("The regular expression is not understood at '{0}'.")]
    Syntax(String),
    #[error("The regular expression takes too long on this text.")]
    TooLong,
}

/// A compiled expression.
pub(crate) struct Regex {
    alternatives: Vec<Vec<Node>>,
    groups: usize,
    ignore_case: bool,
}

/// Where a match begins and ends (in characters); group 0 is the whole.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

enum Node {
    Char(Class),
    Start,
    End,
    Boundary(bool),
    Group(Option<usize>, Vec<Vec<Node>>),
    Repeat { node: Box<Node>, min: usize, max: usize, greedy: bool },
}

struct Class {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Regex {
    pub(crate) fn new(pattern: &str, case_sensitive: bool) -> Result<Self, RegexError> {
        let chars: Vec<char> = pattern.chars().collect();
        let mut compiler = Compiler { chars, pos: 0, groups: 1, depth: 0 };
        let alternatives = compiler.alternatives()?;
        if compiler.pos < compiler.chars.len() {
            return Err(compiler.syntax());
        }
        Ok(Self { alternatives, groups: compiler.groups, ignore_case: !case_sensitive })
    }

    /// The first match at or after `from`.
    pub(crate) fn find(&self, text: &[char], from: usize) -> Result<Option<Groups>, RegexError> {
        let mut search = Search { text, ignore_case: self.ignore_case, steps: 0, depth: 0 };
        for start in from..=text.len() {
            let mut groups: Groups = vec![None; self.groups];
            let mut end = None;
            let matched = search.any(&self.alternatives, start, &mut groups, &mut |at, _| {
                end = Some(at);
                Ok(true)
            })?;
            if let (true, Some(end)) = (matched, end) {
                groups[0] = Some((start, end));
                return Ok(Some(groups));
            }
        }
        Ok(None)
    }

    /// Whether it matches anywhere.
    pub(crate) fn is_match(&self, text: &str) -> Result<bool, RegexError> {
        let chars: Vec<char> = text.chars().collect();
        Ok(self.find(&chars, 0)?.is_some())
    }

    /// Every match with its groups.
    fn matches(&self, text: &[char]) -> Result<Vec<Groups>, RegexError> {
        let mut found = Vec::new();
        let mut from = 0;
        while from <= text.len() {
            let Some(groups) = self.find(text, from)? else { break };
            let (start, end) = groups[0].unwrap_or((from, from));
            from = if end > start { end } else { end + 1 };
            found.push(groups);
        }
        Ok(found)
    }

    /// Every match replaced; `$1` in `with` stands for a group, `$$` for `$`.
    pub(crate) fn replace(&self, text: &str, with: &str) -> Result<String, RegexError> {
        let chars: Vec<char> = text.chars().collect();
        let mut result = String::new();
        let mut last = 0;
        for groups in self.matches(&chars)? {
            let (start, end) = groups[0].unwrap_or((last, last));
            result.extend(&chars[last..start]);
            substitute(with, &chars, &groups, &mut result);
            last = end;
        }
        result.extend(&chars[last..]);
        Ok(result)
    }

    /// The stretches between the matches.
    pub(crate) fn split(&self, text: &str) -> Result<Vec<String>, RegexError> {
        let chars: Vec<char> = text.chars().collect();
        let mut parts = Vec::new();
        let mut last = 0;
        for groups in self.matches(&chars)? {
            let (start, end) = groups[0].unwrap_or((last, last));
            if end > start {
                parts.push(chars[last..start].iter().collect());
                last = end;
            }
        }
        parts.push(chars[last..].iter().collect());
        Ok(parts)
    }
}

fn substitute(with: &str, text: &[char], groups: &Groups, result: &mut String) {
    let mut chars = with.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('$', Some('$')) => {
                chars.next();
                result.push('$');
            }
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                chars.next();
                let index = digit.to_digit(10).map_or(0, |d| d as usize);
                if let Some(Some((start, end))) = groups.get(index) {
                    result.extend(&text[*start..*end]);
                }
            }
            _ => result.push(c),
        }
    }
}

struct Compiler {
    chars: Vec<char>,
    pos: usize,
    groups: usize,
    depth: usize,
}

impl Compiler {
    fn syntax(&self) -> RegexError {
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

    fn alternatives(&mut self) -> Result<Vec<Vec<Node>>, RegexError> {
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
            None if c.is_alphanumeric() => (vec![literal_escape(c).ok_or_else(|| self.syntax())?], false),
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

struct Search<'a> {
    text: &'a [char],
    ignore_case: bool,
    steps: usize,
    depth: usize,
}

/// What must follow: called with the position reached.
type Then<'a> = &'a mut dyn FnMut(usize, &mut Groups) -> Result<bool, RegexError>;

impl Search<'_> {
    fn step(&mut self) -> Result<(), RegexError> {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH { Err(RegexError::TooLong) } else { Ok(()) }
    }

    fn any(
        &mut self,
        alternatives: &[Vec<Node>],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        for sequence in alternatives {
            if self.sequence(sequence, at, groups, then)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn sequence(
        &mut self,
        nodes: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        self.step()?;
        let Some((first, rest)) = nodes.split_first() else {
            return then(at, groups);
        };
        self.depth += 1;
        let result = self.node(first, rest, at, groups, then);
        self.depth -= 1;
        result
    }

    fn node(
        &mut self,
        node: &Node,
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        match node {
            Node::Char(class) => match self.text.get(at) {
                Some(c) if self.accepts(class, *c) => self.sequence(rest, at + 1, groups, then),
                _ => Ok(false),
            },
            Node::Start if at == 0 => self.sequence(rest, at, groups, then),
            Node::End if at == self.text.len() => self.sequence(rest, at, groups, then),
            Node::Start | Node::End => Ok(false),
            Node::Boundary(wanted) if self.boundary(at) == *wanted => {
                self.sequence(rest, at, groups, then)
            }
            Node::Boundary(_) => Ok(false),
            Node::Group(number, alternatives) => {
                self.group(*number, alternatives, rest, at, groups, then)
            }
            Node::Repeat { node, min, max, greedy } => {
                let repeat = Repeat { node, min: *min, max: *max, greedy: *greedy };
                self.repeat(&repeat, 0, rest, at, groups, then)
            }
        }
    }

    fn group(
        &mut self,
        number: Option<usize>,
        alternatives: &[Vec<Node>],
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        for sequence in alternatives {
            // All ends of this alternative are collected, so that the search needs no closures
            // within closures; alternatives are short.
            for end in self.ends(sequence, at, groups)? {
                let before = number.and_then(|n| groups[n].replace((at, end)));
                if self.sequence(rest, end, groups, then)? {
                    return Ok(true);
                }
                if let Some(n) = number {
                    groups[n] = before;
                }
            }
        }
        Ok(false)
    }

    /// Where a sequence can end, best first.
    fn ends(&mut self, nodes: &[Node], at: usize, groups: &mut Groups) -> Result<Vec<usize>, RegexError> {
        let mut ends = Vec::new();
        self.sequence(nodes, at, groups, &mut |end, _| {
            if !ends.contains(&end) {
                ends.push(end);
            }
            Ok(false)
        })?;
        Ok(ends)
    }

    fn repeat(
        &mut self,
        repeat: &Repeat<'_>,
        done: usize,
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        self.step()?;
        if let Node::Char(class) = repeat.node {
            return self.repeat_char(class, repeat, rest, at, groups, then);
        }
        if !repeat.greedy && done >= repeat.min && self.sequence(rest, at, groups, then)? {
            return Ok(true);
        }
        if done < repeat.max {
            self.depth += 1;
            for end in self.ends(std::slice::from_ref(repeat.node), at, groups)? {
                let more = end > at || done < repeat.min;
                if more && self.repeat(repeat, done + 1, rest, end, groups, then)? {
                    self.depth -= 1;
                    return Ok(true);
                }
            }
            self.depth -= 1;
        }
        if repeat.greedy && done >= repeat.min { self.sequence(rest, at, groups, then) } else { Ok(false) }
    }

    /// Repetition of a single character, without going deeper for each.
    fn repeat_char(
        &mut self,
        class: &Class,
        repeat: &Repeat<'_>,
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        let available =
            self.text[at..].iter().take(repeat.max).take_while(|c| self.accepts(class, **c)).count();
        if available < repeat.min {
            return Ok(false);
        }
        let count = available - repeat.min;
        for i in 0..=count {
            let length = if repeat.greedy { available - i } else { repeat.min + i };
            if self.sequence(rest, at + length, groups, then)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn accepts(&self, class: &Class, c: char) -> bool {
        let within = |c: char| class.ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
        let other_case = |c: char| {
            self.ignore_case
                && (c.to_lowercase().any(within) || c.to_uppercase().any(within))
        };
        (within(c) || other_case(c)) != class.negated
    }

    fn boundary(&self, at: usize) -> bool {
        let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let before = at.checked_sub(1).and_then(|i| self.text.get(i));
        is_word(before) != is_word(self.text.get(at))
    }
}

struct Repeat<'a> {
    node: &'a Node,
    min: usize,
    max: usize,
    greedy: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_match(pattern: &str, text: &str) -> bool {
        Regex::new(pattern, false).unwrap().is_match(text).unwrap()
    }

    #[test]
    fn common_expressions_match() {
        for (pattern, text) in [
            ("^MBX\\d+$", "mbx01"),
            ("a|b", "xb"),
            ("(ab)+c", "xababc"),
            ("[^@]+@contoso\\.com", "jean@contoso.com"),
            ("a{2,3}b", "aab"),
            (".*?x", "aax"),
            ("\\bmail\\b", "the mail here"),
            ("(?:a|bc)*d", "abcad"),
            ("", "anything"),
        ] {
            assert!(is_match(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("^a$", "ab"), ("a{3}", "aa"), ("[^a]", "a"), ("\\d", "x")] {
            assert!(!is_match(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn replaces_with_groups() {
        let regex = Regex::new("(\\w+)@(\\w+)", false).unwrap();
        assert_eq!(regex.replace("a@b, c@d", "$2 at $1").unwrap(), "b at a, d at c");
        assert_eq!(Regex::new(",\\s*", false).unwrap().split("a, b,c").unwrap(), ["a", "b", "c"]);
    }

    #[test]
    fn wrong_or_endless_expressions_are_refused() {
        for wrong in ["(", "a)", "[a", "*a", "a**", "(?=a)", "\\"] {
            assert!(Regex::new(wrong, false).is_err(), "{wrong}");
        }
        let hard = Regex::new("(a|aa)+$", false).unwrap();
        let text = format!("{}b", "a".repeat(60));
        assert!(matches!(hard.is_match(&text), Err(RegexError::TooLong) | Ok(false)));
    }
}
