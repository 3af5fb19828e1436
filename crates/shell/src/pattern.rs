//! The regular expressions of `-match`, `-replace` and `-split`.
//!
//! Matching takes time linear in the text, so no expression can hang the shell; what that excludes
//! (back-references, looking around) is refused with the expression and the place in it. Texts that
//! replace are written as in .NET: `$1`, `${name}`, `$$`; every other `$` stands for itself.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use regex::{Error, Regex, RegexBuilder};

/// Most bytes a compiled expression may take.
const MAX_COMPILED: usize = 10 << 20;
/// How many expressions stay compiled.
const MAX_KEPT: usize = 8;

thread_local! {
    /// The latest expressions and whether they regard case: compiling takes far longer than matching,
    /// and a condition of `Where-Object` comes by once for each object.
    static KEPT: RefCell<VecDeque<(bool, Rc<Regex>)>> = const { RefCell::new(VecDeque::new()) };
}

/// The expression, or why it cannot be used, as shown.
pub(crate) fn compiled(pattern: &str, case_sensitive: bool) -> Result<Rc<Regex>, String> {
    let same = |(sensitive, regex): &&(bool, Rc<Regex>)| {
        *sensitive == case_sensitive && regex.as_str() == pattern
    };
    let kept = KEPT.with_borrow(|all| all.iter().find(same).map(|(_, regex)| Rc::clone(regex)));
    if let Some(regex) = kept {
        return Ok(regex);
    }
    let regex = Rc::new(compile(pattern, case_sensitive)?);
    KEPT.with_borrow_mut(|all| {
        all.truncate(MAX_KEPT - 1);
        all.push_front((case_sensitive, Rc::clone(&regex)));
    });
    Ok(regex)
}

fn compile(pattern: &str, case_sensitive: bool) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern)
        .case_insensitive(!case_sensitive)
        .size_limit(MAX_COMPILED)
        .build();
    built.map_err(|error| match error {
        Error::CompiledTooBig(_) => format!("The regular expression '{pattern:.80}' is too large."),
        // A syntax error shows the expression itself, with marks under the place.
        other => format!("The regular expression cannot be used: {other}"),
    })
}

/// The groups of the first match, by name or number, the whole as `0`; `None` when nothing matches.
pub(crate) fn captured(
    pattern: &str,
    case_sensitive: bool,
    text: &str,
) -> Option<Vec<(String, String)>> {
    let regex = compiled(pattern, case_sensitive).ok()?;
    let captures = regex.captures(text)?;
    let groups = regex.capture_names().zip(captures.iter()).enumerate();
    Some(
        groups
            .filter_map(|(at, (name, found))| {
                let name = name.map_or_else(|| at.to_string(), str::to_owned);
                Some((name, found?.as_str().to_owned()))
            })
            .collect(),
    )
}

/// A replacing text of .NET as [`Regex::replace_all`] reads it. There `$1st` would be the group
/// `1st`, and a group that does not exist would vanish instead of being text.
pub(crate) fn replacement(with: &str, regex: &Regex) -> String {
    let mut result = String::with_capacity(with.len());
    let mut rest = with;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            result.push_str("$$");
            rest = after;
        } else if let Some((index, after)) = group(rest, regex) {
            result.push_str(&format!("${{{index}}}"));
            rest = after;
        } else {
            result.push_str("$$");
        }
    }
    result.push_str(rest);
    result
}

/// The group named after a `$`, by digits or in braces, and what follows.
fn group<'t>(text: &'t str, regex: &Regex) -> Option<(usize, &'t str)> {
    let (name, after) = match text.strip_prefix('{') {
        Some(braced) => braced.split_once('}')?,
        None => text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())),
    };
    Some((index_of(name, regex)?, after))
}

/// Which group is meant. .NET numbers those without a name first.
fn index_of(name: &str, regex: &Regex) -> Option<usize> {
    let Ok(number) = name.parse::<usize>() else {
        return regex.capture_names().position(|known| known == Some(name));
    };
    let groups = || regex.capture_names().enumerate();
    let nameless = groups().filter(|(_, name)| name.is_none());
    let named = groups().filter(|(_, name)| name.is_some());
    nameless.chain(named).nth(number).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_match(pattern: &str, text: &str) -> bool {
        compiled(pattern, false).unwrap().is_match(text)
    }

    fn replaced(pattern: &str, text: &str, with: &str) -> String {
        let regex = compiled(pattern, false).unwrap();
        regex.replace_all(text, replacement(with, &regex)).into_owned()
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
        assert!(!compiled("^MBX", true).unwrap().is_match("mbx01"));
    }

    #[test]
    fn replaces_with_groups() {
        assert_eq!(replaced("(\\w+)@(\\w+)", "a@b, c@d", "$2 at $1"), "b at a, d at c");
        let regex = compiled(",\\s*", false).unwrap();
        assert_eq!(regex.split("a, b,c").collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn replacing_texts_are_read_as_in_dot_net() {
        for (with, expected) in [
            ("$1st", "ast"),
            ("${1}_${user}", "a_a"),
            ("$0!", "a@b!"),
            ("$$1", "$1"),
            ("$100", "$100"),
            ("${other} $user $", "${other} $user $"),
            ("${user", "${user"),
            ("é$1é", "éaé"),
        ] {
            assert_eq!(replaced("(?<user>\\w+)@\\w+", "a@b", with), expected, "{with}");
        }
    }

    #[test]
    fn wrong_or_endless_expressions_are_refused() {
        for wrong in ["(", "a)", "[a", "*a", "(?=a)", "\\", "(a)\\1"] {
            let error = compiled(wrong, false).unwrap_err();
            assert!(error.contains(wrong) && error.contains('^'), "{error}");
        }
        assert!(compiled("\\w{1000}{1000}", false).unwrap_err().contains("too large"));
        let text = format!("{}b", "a".repeat(60));
        assert!(!is_match("(a|aa)+$", &text));
    }
}
