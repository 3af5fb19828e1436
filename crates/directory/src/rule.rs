//! What is wrong with a value or with an object: refusals of single values carry the id of the
//! documented rule when there is one, refusals by cross rules always carry one.
//!
//! `SC-nn` are the rules of send-connectors.md section 5.5 (SC-02, SC-18 and SC-23 are used for
//! every object: names, ranges and enumerations are alike everywhere). The others are ours: `RC-nn`
//! Receive connectors, `TS-nn` transport services, `TC-nn` transport configuration, `AD-nn`
//! accepted domains, `RD-nn` remote domains, `MB-nn` mailboxes, `RG-nn` role groups, `SV-nn` servers, `DK-nn` DKIM,
//! `EC-nn` certificates, `AS-nn` authorization servers, `LD-nn` LDAP directories.

use std::fmt;

use model::ValueError;

/// A refused value and the rule that refuses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The rule, where it is documented.
    pub(crate) id: Option<&'static str>,
    /// The value, what is wrong with it, what is allowed.
    pub(crate) error: ValueError,
}

impl Refused {
    /// A refusal by the rule `id`.
    pub(crate) fn by(id: &'static str, error: ValueError) -> Self {
        Self { id: Some(id), error }
    }
}

impl From<ValueError> for Refused {
    fn from(error: ValueError) -> Self {
        Self { id: None, error }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Refused {}

/// Settings that are each possible and together are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The rule.
    pub id: &'static str,
    /// The property to look at first.
    pub parameter: &'static str,
    /// Its present value; empty when it has none.
    pub value: String,
    /// What to change, or what is allowed.
    pub allowed: String,
    /// A whole sentence for people, which includes all of the above.
    pub message: String,
}

impl RuleError {
    /// A refusal; the message becomes `problem. allowed.`
    pub fn new(
        id: &'static str,
        parameter: &'static str,
        value: impl fmt::Display,
        problem: impl fmt::Display,
        allowed: impl Into<String>,
    ) -> Self {
        let allowed = allowed.into();
        let message = format!("{parameter}: {problem}. {allowed}.");
        Self { id, parameter, value: value.to_string(), allowed, message }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RuleError {}
