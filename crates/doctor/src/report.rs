//! All that was found, in sections: for people in their language, and for machines as JSON, which is English.

use serde_json::{Value, json};
use texts::{Language, Sentence, Text, checks};

use crate::{Finding, Verdict};

/// What belongs together.
#[derive(Debug, Clone)]
struct Section {
    /// Its heading.
    title: Text,
    /// What was found.
    findings: Vec<Finding>,
}

/// Everything that was looked at.
#[derive(Debug, Clone, Default)]
pub struct Report(Vec<Section>);

impl Report {
    /// Adds a section; one without findings is left out.
    pub fn add(&mut self, title: Text, findings: Vec<Finding>) {
        if !findings.is_empty() {
            self.0.push(Section { title, findings });
        }
    }

    /// How many findings there are of this kind.
    pub fn count(&self, verdict: Verdict) -> usize {
        let all = self.0.iter().flat_map(|section| &section.findings);
        all.filter(|finding| finding.verdict == verdict).count()
    }

    /// One object: `version` of the program, `ok`, how many `bad`, `notices` and `good` there are, and the `sections`, each with
    /// `title` and `findings` (`verdict`, `subject`, `text`, `remedy`). In English, whoever reads it: programs compare it.
    pub fn json(&self) -> String {
        let sections: Vec<Value> = self.0.iter().map(section_json).collect();
        let report = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "ok": self.count(Verdict::Bad) == 0,
            "bad": self.count(Verdict::Bad),
            "notices": self.count(Verdict::Notice),
            "good": self.count(Verdict::Good),
            "sections": sections,
        });
        format!("{report:#}")
    }

    /// All of it for people.
    #[must_use]
    pub fn said(&self, language: Language) -> String {
        let mut text = String::new();
        for section in &self.0 {
            text.push_str(&format!("{}\n", section.title.get(language)));
            for finding in &section.findings {
                for line in finding.said(language).lines() {
                    text.push_str(&format!("  {line}\n"));
                }
            }
            text.push('\n');
        }
        text + &self.summary().said(language)
    }

    fn summary(&self) -> Sentence {
        match (self.count(Verdict::Bad), self.count(Verdict::Notice)) {
            (0, 0) => checks::ALL_GOOD.into(),
            (0, notices) => Sentence::new(checks::NOTHING_BAD).with(notices),
            (bad, notices) => Sentence::new(checks::SOME_BAD).with(bad).with(notices),
        }
    }
}

fn section_json(section: &Section) -> Value {
    let english = Language::English;
    let finding = |finding: &Finding| {
        json!({
            "verdict": finding.verdict,
            "subject": finding.about(english),
            "text": finding.text(english),
            "remedy": finding.advice(english),
        })
    };
    let findings: Vec<Value> = section.findings.iter().map(finding).collect();
    json!({ "title": section.title.get(english), "findings": findings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use texts::Language::{English, French};

    #[test]
    fn people_and_machines_read_the_same() {
        let mut report = Report::default();
        report.add(checks::DNS, Vec::new());
        assert_eq!(report.said(English), "Everything is as it should be.");
        let taken = Text { en: "is taken", fr: "est pris" };
        let bad =
            Finding::bad(checks::PORT, taken).remedy(Text { en: "stop it", fr: "arrêtez-le" });
        report.add(checks::SERVER, vec![Finding::good(checks::PORTS, checks::PORT_FREE), bad]);
        let text = "Server\n  good    Ports: free\n  BAD     Port: is taken\n          stop it\n\n\
                    1 BAD, 0 to notice.";
        assert_eq!(report.said(English), text);
        let text = "Serveur\n  bon     Ports : libres\n  MAUVAIS Port : est pris\n          arrêtez-le\n\n\
                    1 MAUVAIS, 0 à noter.";
        assert_eq!(report.said(French), text);
        let read: Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(read["ok"], false);
        assert_eq!(read["sections"][0]["title"], "Server");
        assert_eq!(read["sections"][0]["findings"][1]["verdict"], "bad");
        assert_eq!(read["sections"][0]["findings"][1]["remedy"], "stop it");
        assert_eq!(read["good"], 1);
    }
}
