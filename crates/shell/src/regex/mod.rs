//! The regular expressions of `-match`, `-replace` and `-split`: characters, classes, groups,
//! alternatives, anchors, greedy and lazy repetition. Anything else is refused, not guessed, and the
//! number of steps is bounded.

mod compile;
mod node;
mod search;

pub(crate) use node::RegexError;

use compile::Compiler;
use node::{Groups, Node};
use search::Search;

/// A compiled expression.
pub(crate) struct Regex {
    alternatives: Vec<Vec<Node>>,
    groups: usize,
    ignore_case: bool,
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
