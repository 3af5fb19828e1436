//! What was found out about one thing that is, or should be, published.

use texts::{Language, Sentence, Text, publishing::NOT_KNOWN};

use crate::answer::Silence;

/// Longest text shown of what the DNS says, in characters.
const LONGEST: usize = 2_000;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// The MX records of the domain.
    Mx,
    /// The addresses of a mail host.
    Address,
    /// Who may send for the domain (RFC 7208).
    Spf,
    /// A key that signs (RFC 6376).
    Dkim,
    /// What becomes of mail that fails (RFC 7489).
    Dmarc,
    /// Encryption on the way to the domain (RFC 8461).
    MtaSts,
    /// Who is told about that (RFC 8460).
    TlsRpt,
    /// By which certificate a mail host is known (RFC 7672).
    Tlsa,
    /// The name of an address that mail is sent from.
    ReverseDns,
    /// The name under which mail is sent.
    HeloName,
}

impl Check {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Mx,
        Self::Address,
        Self::Spf,
        Self::Dkim,
        Self::Dmarc,
        Self::MtaSts,
        Self::TlsRpt,
        Self::Tlsa,
        Self::ReverseDns,
        Self::HeloName,
    ];

    /// As administrators see it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mx => "MX",
            Self::Address => "Address",
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
            Self::Dmarc => "DMARC",
            Self::MtaSts => "MtaSts",
            Self::TlsRpt => "TlsRpt",
            Self::Tlsa => "Tlsa",
            Self::ReverseDns => "ReverseDns",
            Self::HeloName => "HeloName",
        }
    }
}

/// How it stands; the later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// As it should be.
    Good,
    /// It cannot be said.
    Unknown,
    /// It works, and could be better.
    Warning,
    /// It is not there.
    Missing,
    /// It does harm, or counts for nothing.
    Bad,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Good, Self::Warning, Self::Bad, Self::Missing, Self::Unknown];

    /// As administrators see it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::Unknown => "Unknown",
            Self::Warning => "Warning",
            Self::Missing => "Missing",
            Self::Bad => "Bad",
        }
    }
}

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub check: Check,
    /// How it stands.
    pub status: Status,
    /// Where it is, or should be; without the last dot.
    pub name: String,
    /// `MX`, `A`, `AAAA`, `TXT`, `PTR`, `TLSA`, or `HTTPS` for a file.
    pub kind: &'static str,
    /// What should be there, ready to publish; none where that cannot be said.
    pub recommended: Option<String>,
    /// What is there; several records one to a line.
    pub published: Option<String>,
    /// What is wrong and what to do.
    pub detail: Vec<Sentence>,
}

impl Finding {
    /// A finding about something that has not been judged yet.
    pub(crate) fn about(check: Check, name: impl Into<String>, kind: &'static str) -> Self {
        Self {
            check,
            status: Status::Good,
            name: name.into(),
            kind,
            recommended: None,
            published: None,
            detail: Vec::new(),
        }
    }

    pub(crate) fn recommending(mut self, text: impl Into<String>) -> Self {
        self.recommended = Some(text.into());
        self
    }

    /// What is there; nothing where the list is empty.
    pub(crate) fn publishing<T: AsRef<str>>(mut self, records: &[T]) -> Self {
        if !records.is_empty() {
            let lines: Vec<String> = records.iter().map(|text| shown(text.as_ref())).collect();
            self.published = Some(shortened(&lines.join("\n")));
        }
        self
    }

    /// Says this too; the worst of all statuses counts.
    pub(crate) fn say(&mut self, status: Status, sentence: Sentence) {
        self.status = self.status.max(status);
        if !self.detail.contains(&sentence) {
            self.detail.push(sentence);
        }
    }

    /// The same, where there is nothing more to say.
    pub(crate) fn saying(mut self, status: Status, sentence: Sentence) -> Self {
        self.say(status, sentence);
        self
    }

    /// Says that nobody could say.
    pub(crate) fn silent(mut self, name: &str, why: &Silence) -> Self {
        self.say(Status::Unknown, not_known(name, why));
        self
    }

    /// The whole detail in a language; none where there is nothing to say.
    #[must_use]
    pub fn said(&self, language: Language) -> Option<String> {
        let said: Vec<String> =
            self.detail.iter().map(|sentence| sentence.said(language)).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Whether it says this, whatever its values are.
    #[must_use]
    pub fn says(&self, text: Text) -> bool {
        self.detail.iter().any(|sentence| sentence.says(text))
    }
}

pub(crate) fn not_known(name: &str, why: &Silence) -> Sentence {
    Sentence::new(NOT_KNOWN).with(shown(name)).with_phrase(shown(&why.0))
}

/// A stranger's text without what could upset a terminal.
pub(crate) fn shown(text: &str) -> String {
    let clean = |c: char| if is_harmful(c) { '\u{fffd}' } else { c };
    shortened(&text.chars().take(LONGEST + 1).map(clean).collect::<String>())
}

/// Control characters, and those that change the direction of what stands around them.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts_and_nothing_is_said_twice() {
        let mut finding = Finding::about(Check::Mx, "a.example", "MX");
        let sentence = || Sentence::new(texts::publishing::MX_NULL).with("a.example");
        finding.say(Status::Bad, sentence());
        finding.say(Status::Warning, sentence());
        assert_eq!((finding.status, finding.detail.len()), (Status::Bad, 1));
        assert!(finding.said(Language::French).unwrap().starts_with("a.example annonce"));
    }

    #[test]
    fn what_strangers_write_is_bounded_and_harmless() {
        let text = format!("\u{1b}[31m\u{202e}{}", "x".repeat(5_000));
        let finding = Finding::about(Check::Spf, "a", "TXT").publishing(&[&text, &text]);
        let published = finding.published.unwrap();
        assert!(published.chars().count() <= LONGEST + 1, "{}", published.len());
        assert!(!published.contains(['\u{1b}', '\u{202e}']));
    }
}
