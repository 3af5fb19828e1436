//! What was found out about one thing.

use serde::Serialize;
use texts::{Language, Sentence, Text, checks};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it is.
    pub verdict: Verdict,
    subject: Sentence,
    text: Sentence,
    remedy: Option<Sentence>,
}

impl Finding {
    /// As it should be.
    pub fn good(subject: impl Into<Sentence>, text: impl Into<Sentence>) -> Self {
        Self::new(Verdict::Good, subject, text)
    }

    /// Mail goes.
    pub fn notice(subject: impl Into<Sentence>, text: impl Into<Sentence>) -> Self {
        Self::new(Verdict::Notice, subject, text)
    }

    /// Mail does not go, may be lost, or the server does not start.
    pub fn bad(subject: impl Into<Sentence>, text: impl Into<Sentence>) -> Self {
        Self::new(Verdict::Bad, subject, text)
    }

    fn new(verdict: Verdict, subject: impl Into<Sentence>, text: impl Into<Sentence>) -> Self {
        Self { verdict, subject: subject.into(), text: text.into(), remedy: None }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<Sentence>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// What it is about.
    #[must_use]
    pub fn about(&self, language: Language) -> String {
        visible(&self.subject.said(language))
    }

    /// How it is, in a sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        visible(&self.text.said(language))
    }

    /// What to do about it; empty where nothing is.
    #[must_use]
    pub fn advice(&self, language: Language) -> String {
        self.remedy.as_ref().map_or(String::new(), |remedy| visible(&remedy.said(language)))
    }

    /// All of it for people: a line, and below it what to do.
    #[must_use]
    pub fn said(&self, language: Language) -> String {
        let verdict = match self.verdict {
            Verdict::Good => checks::GOOD,
            Verdict::Notice => checks::NOTICE,
            Verdict::Bad => checks::BAD,
        };
        let so = Sentence::new(SO)
            .with_part(verdict)
            .with(self.about(language))
            .with(self.text(language))
            .said(language);
        match self.advice(language) {
            none if none.is_empty() => so,
            advice => format!("{so}\n        {advice}"),
        }
    }
}

/// A line: verdict, subject, text.
const SO: Text = Text { en: "{0} {1}: {2}", fr: "{0} {1} : {2}" };

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

/// What tests ask of every finding: that a French reader gets no English sentence.
#[cfg(test)]
pub(crate) fn assert_in_both(findings: &[Finding]) {
    const ENGLISH: [&str; 9] =
        [" the ", " is ", " are ", " of ", " not ", " and ", " has ", " with ", " by "];
    for finding in findings {
        let said = finding.said(Language::French);
        for word in ENGLISH {
            assert!(!said.contains(word), "{word:?} in {said}");
        }
        assert_ne!(said, finding.said(Language::English));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use texts::Language::{English, French};

    const DNS: Text = Text { en: "DNS", fr: "DNS" };

    #[test]
    fn what_strangers_say_moves_no_cursor_and_ends() {
        assert_eq!(plain("220 mx\u{1b}[2J\r\n\u{202e}x"), "220 mx?[2J???x");
        let shown = plain(&"a".repeat(500));
        assert_eq!((shown.chars().count(), shown.ends_with('…')), (201, true));
        let finding = Finding::bad(DNS, Sentence::verbatim("a\nb\u{7}"))
            .remedy(Sentence::verbatim("c\u{9b}d"));
        assert_eq!((finding.text(English), finding.advice(French)), ("a?b?".into(), "c?d".into()));
    }

    #[test]
    fn a_remedy_stands_below_what_it_is_for() {
        let text = Text { en: "is slow", fr: "est lent" };
        let finding = Finding::good(DNS, text);
        assert_eq!(finding.said(English), "good    DNS: is slow");
        let finding =
            Finding::notice(DNS, text).remedy(Text { en: "ask another", fr: "changez-en" });
        assert_eq!(finding.said(English), "notice  DNS: is slow\n        ask another");
        assert_eq!(finding.said(French), "à noter DNS : est lent\n        changez-en");
    }
}
