//! What was found, what becomes of it, and the cmdlets that do it.

use std::fmt::Write as _;

use texts::{Language, Sentence, Text, imports};

use crate::{
    Cmdlet,
    text::{plain, shortened},
};

/// Longest value that is shown, in characters.
const SHOWN: usize = 200;

/// What the administrator has said beforehand.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Servers of Relais that are to send; without them, the server that the commands run on.
    pub source_servers: Vec<String>,
}

/// What becomes of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Carried over as it is.
    Carried,
    /// Carried over, but not quite the same.
    Changed,
    /// Nothing needs to be done: a default of both systems, or the other system's own bookkeeping.
    Nothing,
    /// There is nothing like it here.
    NoEquivalent,
    /// Somebody has to decide; what is done unless somebody does is said.
    Decision,
}

impl Outcome {
    fn word(self) -> Text {
        match self {
            Self::Carried => imports::CARRIED,
            Self::Changed => imports::CHANGED,
            Self::Nothing => imports::NOTHING,
            Self::NoEquivalent => imports::NO_EQUIVALENT,
            Self::Decision => imports::DECISION,
        }
    }
}

/// What becomes of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The setting, by its name in the other system.
    pub setting: String,
    /// Its value there.
    pub value: String,
    /// Where it stands: file and line.
    pub place: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why, and what to do; may be empty where it is carried over as it is.
    pub why: String,
}

/// What belongs together: one connector, one kind of settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What becomes of its settings.
    pub findings: Vec<Finding>,
    /// What is to be run.
    pub cmdlets: Vec<Cmdlet>,
    /// Why its cmdlets cannot be run as they are, whatever is decided; empty where they can.
    pub blocked: Vec<String>,
}

impl Section {
    /// An empty section.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}

/// Everything that an import would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In the order they are run.
    pub sections: Vec<Section>,
}

impl Plan {
    /// How many findings have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.findings().filter(|finding| finding.outcome == outcome).count()
    }

    /// All findings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.sections.iter().flat_map(|section| &section.findings)
    }

    /// The cmdlets that can be run.
    pub fn cmdlets(&self) -> impl Iterator<Item = &Cmdlet> {
        let runnable = self.sections.iter().filter(|section| section.blocked.is_empty());
        runnable.flat_map(|section| &section.cmdlets)
    }

    /// How many sections cannot be run as they are.
    #[must_use]
    pub fn blocked(&self) -> usize {
        self.sections.iter().filter(|section| !section.blocked.is_empty()).count()
    }

    /// What the shell is to run: one line for each cmdlet.
    #[must_use]
    pub fn commands(&self) -> String {
        self.cmdlets().map(|cmdlet| format!("{cmdlet}\n")).collect()
    }

    /// What was found, for people; `all` shows also where nothing is to be done.
    #[must_use]
    pub fn report(&self, all: bool, language: Language) -> String {
        let mut out = String::new();
        for section in &self.sections {
            let _ = writeln!(out, "{}", plain(&imports::said(language, &section.title)));
            let quiet = |finding: &&Finding| all || finding.outcome != Outcome::Nothing;
            for finding in section.findings.iter().filter(quiet) {
                let _ = writeln!(out, "  {}", finding.said(language));
            }
            let hidden = section.findings.iter().filter(|finding| !quiet(finding)).count();
            if hidden > 0 {
                let more = Sentence::new(imports::MORE_NEED_NOTHING).with(hidden);
                let _ = writeln!(out, "  {}", more.said(language));
            }
            for reason in &section.blocked {
                let word = imports::NOT_RUN.get(language);
                let width = width(language);
                let _ =
                    writeln!(out, "  {word:<width$} {}", plain(&imports::said(language, reason)));
            }
            for cmdlet in &section.cmdlets {
                let mark = if section.blocked.is_empty() { "" } else { "# " };
                let _ = writeln!(out, "  > {mark}{cmdlet}");
            }
            out.push('\n');
        }
        out + &self.summary(language)
    }

    /// One line with the numbers.
    #[must_use]
    pub fn summary(&self, language: Language) -> String {
        let summary = Sentence::new(imports::SUMMARY)
            .with(self.count(Outcome::Carried))
            .with(self.count(Outcome::Changed))
            .with(self.count(Outcome::NoEquivalent))
            .with(self.count(Outcome::Decision))
            .with(self.count(Outcome::Nothing))
            .with(self.cmdlets().count())
            .with(self.blocked());
        summary.said(language) + "\n"
    }

    /// A script of the cmdlets, with what was found as comments.
    #[must_use]
    pub fn script(&self, language: Language) -> String {
        let mut out = format!("# {}\n", imports::MADE_BY.get(language));
        for section in &self.sections {
            let _ = writeln!(out, "\n# {}", plain(&imports::said(language, &section.title)));
            let told = section.findings.iter().filter(|f| f.outcome != Outcome::Nothing);
            for finding in told {
                let _ = writeln!(out, "#   {}", finding.said(language));
            }
            for reason in &section.blocked {
                let reason = imports::said(language, reason);
                let not_run = Sentence::new(imports::NOT_RUN_AS_IT_IS).with(reason);
                let _ = writeln!(out, "#   {}", plain(&not_run.said(language)));
            }
            let mark = if section.blocked.is_empty() { "" } else { "# " };
            for cmdlet in &section.cmdlets {
                let _ = writeln!(out, "{mark}{cmdlet}");
            }
        }
        out
    }
}

impl Finding {
    /// One line: what becomes of it, the setting with its value and place, and why.
    #[must_use]
    pub fn said(&self, language: Language) -> String {
        let said = |text: &str| plain(&imports::said(language, text));
        let setting = said(&self.setting);
        let value = said(&shortened(&self.value, SHOWN));
        let what = match self.place.is_empty() {
            true => Sentence::new(imports::SETTING_IS).with(setting).with(value),
            false => {
                Sentence::new(imports::SETTING_AT).with(setting).with(value).with(said(&self.place))
            }
        };
        let what = match self.why.is_empty() {
            true => what,
            false => Sentence::new(imports::BECAUSE).with_part(what).with(said(&self.why)),
        };
        let (word, width) = (self.outcome.word().get(language), width(language));
        format!("{word:<width$} {}", what.said(language))
    }
}

/// How wide the words are that say what becomes of settings.
fn width(language: Language) -> usize {
    match language {
        Language::English => 14,
        Language::French => 15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Argument;

    fn plan() -> Plan {
        let finding = |setting: &str, value: &str, outcome| Finding {
            setting: setting.into(),
            value: value.into(),
            place: "a.xml, line 3".into(),
            outcome,
            why: "because\nso".into(),
        };
        let mut out = Section::new("Connector \"Out\"");
        out.findings.push(finding("Port", "25", Outcome::Nothing));
        out.findings.push(finding("Comment", "a\u{1b}[2Jb", Outcome::Carried));
        out.cmdlets
            .push(Cmdlet::new("New-SendConnector").with("Name", Argument::Text("Out".into())));
        let mut held = Section::new("Held");
        held.blocked.push("no address space".into());
        held.cmdlets.push(Cmdlet::new("New-SendConnector"));
        Plan { sections: vec![out, held] }
    }

    #[test]
    fn what_is_blocked_is_a_comment_and_never_runs() {
        let plan = plan();
        assert_eq!(plan.commands(), "New-SendConnector -Name 'Out'\n");
        assert!(plan.script(Language::English).contains("\n# New-SendConnector\n"));
        assert_eq!((plan.count(Outcome::Carried), plan.blocked()), (1, 1));
    }

    #[test]
    fn what_is_shown_cannot_steer_a_terminal_or_leave_its_comment() {
        let plan = plan();
        assert!(!plan.report(true, Language::English).contains('\u{1b}'));
        assert!(plan.report(true, Language::English).contains("Port = 25"));
        assert!(!plan.report(false, Language::English).contains("Port = 25"));
        for line in plan.script(Language::English).lines().filter(|line| !line.is_empty()) {
            assert!(line.starts_with('#') || line.starts_with("New-"), "{line}");
        }
    }
}
