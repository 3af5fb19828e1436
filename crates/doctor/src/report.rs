//! All that was found, in sections: for people, and for machines as JSON.

use std::fmt;

use serde::Serialize;
use serde_json::json;

use crate::{Finding, Verdict};

/// What belongs together.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Everything that was looked at.
#[derive(Debug, Clone, Default)]
pub struct Report(Vec<Section>);

impl Report {
    /// Adds a section; one without findings is left out.
    pub fn add(&mut self, title: &'static str, findings: Vec<Finding>) {
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
    /// `title` and `findings` (`verdict`, `subject`, `text`, `remedy`).
    pub fn json(&self) -> String {
        let report = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "ok": self.count(Verdict::Bad) == 0,
            "bad": self.count(Verdict::Bad),
            "notices": self.count(Verdict::Notice),
            "good": self.count(Verdict::Good),
            "sections": self.0,
        });
        format!("{report:#}")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for section in &self.0 {
            writeln!(f, "{}", section.title)?;
            for finding in &section.findings {
                for line in finding.to_string().lines() {
                    writeln!(f, "  {line}")?;
                }
            }
            writeln!(f)?;
        }
        let (bad, notices) = (self.count(Verdict::Bad), self.count(Verdict::Notice));
        match (bad, notices) {
            (0, 0) => write!(f, "Everything is as it should be."),
            (0, _) => write!(f, "Nothing is BAD; {notices} to notice."),
            _ => write!(f, "{bad} BAD, {notices} to notice."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_machines_read_the_same() {
        let mut report = Report::default();
        report.add("Nothing", Vec::new());
        assert_eq!(report.to_string(), "Everything is as it should be.");
        let bad = Finding::bad("Port 25", "is taken", "stop it");
        report.add("Ports", vec![Finding::good("Port 443", "is free"), bad]);
        let text = "Ports\n  good    Port 443: is free\n  BAD     Port 25: is taken\n          stop it\n\n\
                    1 BAD, 0 to notice.";
        assert_eq!(report.to_string(), text);
        let read: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(read["ok"], false);
        assert_eq!(read["sections"][0]["findings"][1]["verdict"], "bad");
        assert_eq!(read["sections"][0]["findings"][1]["remedy"], "stop it");
        assert_eq!(read["good"], 1);
    }
}
