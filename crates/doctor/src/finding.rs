//! What was found out about one thing.

use std::fmt;

use serde::Serialize;

/// Longest text of a stranger's that is shown, in characters.
const LONGEST: usize = 200;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Mail goes, with less than there could be, or something could not be looked at.
    Notice,
    /// Mail does not go, may be lost, or the server does not start.
    Bad,
}

/// What was found out about one thing, in a sentence, and what to type where that is to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it is.
    pub verdict: Verdict,
    /// What it is about.
    pub subject: &'static str,
    /// How it is, in a sentence.
    pub text: String,
    /// What to do about it; empty where nothing is.
    pub remedy: String,
}

impl Finding {
    /// As it should be.
    pub fn good(subject: &'static str, text: impl AsRef<str>) -> Self {
        Self::new(Verdict::Good, subject, text.as_ref(), "")
    }

    /// Mail goes.
    pub fn notice(subject: &'static str, text: impl AsRef<str>, remedy: impl AsRef<str>) -> Self {
        Self::new(Verdict::Notice, subject, text.as_ref(), remedy.as_ref())
    }

    /// Mail does not go, may be lost, or the server does not start.
    pub fn bad(subject: &'static str, text: impl AsRef<str>, remedy: impl AsRef<str>) -> Self {
        Self::new(Verdict::Bad, subject, text.as_ref(), remedy.as_ref())
    }

    fn new(verdict: Verdict, subject: &'static str, text: &str, remedy: &str) -> Self {
        Self { verdict, subject, text: visible(text), remedy: visible(remedy) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Good => "good   ",
            Verdict::Notice => "notice ",
            Verdict::Bad => "BAD    ",
        };
        write!(f, "{verdict} {}: {}", self.subject, self.text)?;
        if !self.remedy.is_empty() {
            write!(f, "\n        {}", self.remedy)?;
        }
        Ok(())
    }
}

/// A stranger's text as it may be shown: at most 200 characters, none of which moves a cursor or turns the direction
/// of writing.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut shown: String = visible(text).chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Without what a terminal obeys and without what reorders or hides text.
fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().map(|c| if is_hidden(c) { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_say_moves_no_cursor_and_ends() {
        assert_eq!(plain("220 mx\u{1b}[2J\r\n\u{202e}x"), "220 mx?[2J???x");
        let shown = plain(&"a".repeat(500));
        assert_eq!((shown.chars().count(), shown.ends_with('…')), (201, true));
        let finding = Finding::bad("DNS", "a\nb\u{7}", "c\u{9b}d");
        assert_eq!((finding.text.as_str(), finding.remedy.as_str()), ("a?b?", "c?d"));
    }

    #[test]
    fn a_remedy_stands_below_what_it_is_for() {
        assert_eq!(Finding::good("DNS", "answers").to_string(), "good    DNS: answers");
        let finding = Finding::notice("DNS", "is slow", "ask another");
        assert_eq!(finding.to_string(), "notice  DNS: is slow\n        ask another");
    }
}
