//! What was found, what becomes of it, and the cmdlets that do it.

use std::fmt::{self, Write as _};

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

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Carried => "carried over",
            Self::Changed => "changed",
            Self::Nothing => "nothing to do",
            Self::NoEquivalent => "no equivalent",
            Self::Decision => "DECIDE",
        })
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
    pub fn report(&self, all: bool) -> String {
        let mut out = String::new();
        for section in &self.sections {
            let _ = writeln!(out, "{}", plain(&section.title));
            let quiet = |finding: &&Finding| all || finding.outcome != Outcome::Nothing;
            for finding in section.findings.iter().filter(quiet) {
                let _ = writeln!(out, "  {finding}");
            }
            let hidden = section.findings.iter().filter(|finding| !quiet(finding)).count();
            if hidden > 0 {
                let _ = writeln!(out, "  {hidden} more need nothing (--all shows them)");
            }
            for reason in &section.blocked {
                let _ = writeln!(out, "  NOT RUN        {}", plain(reason));
            }
            for cmdlet in &section.cmdlets {
                let mark = if section.blocked.is_empty() { "" } else { "# " };
                let _ = writeln!(out, "  > {mark}{cmdlet}");
            }
            out.push('\n');
        }
        out.push_str(&self.summary());
        out
    }

    /// One line with the numbers.
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "{} carried over, {} changed, {} without equivalent, {} to decide, {} need nothing; \
             cmdlets: {}, not run as they are: {}.\n",
            self.count(Outcome::Carried),
            self.count(Outcome::Changed),
            self.count(Outcome::NoEquivalent),
            self.count(Outcome::Decision),
            self.count(Outcome::Nothing),
            self.cmdlets().count(),
            self.blocked(),
        )
    }

    /// A script of the cmdlets, with what was found as comments.
    #[must_use]
    pub fn script(&self) -> String {
        let mut out = String::from(
            "# Made by relais import. Read it, change it, and run it: relais shell FILE.ps1\n",
        );
        for section in &self.sections {
            let _ = writeln!(out, "\n# {}", plain(&section.title));
            let told = section.findings.iter().filter(|f| f.outcome != Outcome::Nothing);
            for finding in told {
                let _ = writeln!(out, "#   {finding}");
            }
            for reason in &section.blocked {
                let _ = writeln!(out, "#   not run as it is: {}", plain(reason));
            }
            let mark = if section.blocked.is_empty() { "" } else { "# " };
            for cmdlet in &section.cmdlets {
                let _ = writeln!(out, "{mark}{cmdlet}");
            }
        }
        out
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = plain(&shortened(&self.value, SHOWN));
        write!(f, "{:<14} {} = {value}", self.outcome, plain(&self.setting))?;
        if !self.place.is_empty() {
            write!(f, " ({})", plain(&self.place))?;
        }
        if !self.why.is_empty() {
            write!(f, ": {}", plain(&self.why))?;
        }
        Ok(())
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
        assert!(plan.script().contains("\n# New-SendConnector\n"));
        assert_eq!((plan.count(Outcome::Carried), plan.blocked()), (1, 1));
    }

    #[test]
    fn what_is_shown_cannot_steer_a_terminal_or_leave_its_comment() {
        let plan = plan();
        assert!(!plan.report(true).contains('\u{1b}'));
        assert!(plan.report(true).contains("Port = 25"));
        assert!(!plan.report(false).contains("Port = 25"));
        for line in plan.script().lines().filter(|line| !line.is_empty()) {
            assert!(line.starts_with('#') || line.starts_with("New-"), "{line}");
        }
    }
}
