//! What a declaration consists of.
//!
//! [`Cmdlet`] and [`Parameter`] are plain public data: the shell reads them for completion and help,
//! `management` for permission and binding. The `const` builders are for the declarations of this
//! crate, so that a parameter is one readable line.

use crate::kind::Kind;
use serde::Serialize;

/// A text in the languages of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// French.
    pub fr: &'static str,
}

/// A cmdlet.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Cmdlet {
    /// Documented name, `Verb-Noun`.
    pub name: &'static str,
    /// What it does, one sentence.
    pub synopsis: Text,
    /// Names of its parameter sets; empty when it has only one, which then has no name.
    pub sets: &'static [&'static str],
    /// The set taken when the parameters given fit several; `None` when `sets` is empty.
    pub default_set: Option<&'static str>,
    /// Its parameters, the standard ones (`Confirm`, `WhatIf`, `DomainController`) included.
    pub parameters: &'static [Parameter],
    /// Management roles, each of which permits it.
    pub roles: &'static [&'static str],
    /// Whether it asks before it acts unless `-Confirm:$false` is given.
    pub confirms: bool,
    /// Whether it has `-WhatIf` and `-Confirm`.
    pub supports_should_process: bool,
    /// Whether it changes something (`Get-` cmdlets do not).
    pub changes: bool,
    /// What it puts on the pipeline.
    pub output: Output,
}

impl Cmdlet {
    /// The parameter of this exact name or alias, letter case ignored.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|p| p.is_called(name))
    }

    /// The parameters whose name or alias begins with `prefix`, letter case ignored: the shell's
    /// completion, and its abbreviations when exactly one matches.
    pub fn parameters_beginning(
        &self,
        prefix: &str,
    ) -> impl Iterator<Item = &'static Parameter> + use<'_> {
        let prefix = prefix.to_ascii_lowercase();
        self.parameters.iter().filter(move |p| {
            p.name.to_ascii_lowercase().starts_with(&prefix)
                || p.aliases.iter().any(|a| a.to_ascii_lowercase().starts_with(&prefix))
        })
    }

    /// The verb: `New` of `New-SendConnector`.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        self.name.split_once('-').map_or(self.name, |(verb, _)| verb)
    }

    /// The noun: `SendConnector` of `New-SendConnector`.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        self.name.split_once('-').map_or("", |(_, noun)| noun)
    }
}

/// What a cmdlet puts on the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Properties shown by default as a table; empty when a cmdlet gives no object.
    pub columns: &'static [&'static str],
    /// Name of the object's type, e.g. `SendConnector`; empty when a cmdlet gives no object.
    pub type_name: &'static str,
}

impl Output {
    /// No object.
    pub const NOTHING: Self = Self { columns: &[], type_name: "" };
}

/// A parameter of a cmdlet.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Parameter {
    /// Documented name.
    pub name: &'static str,
    /// Other names that are accepted.
    pub aliases: &'static [&'static str],
    /// What its value must be.
    pub kind: Kind,
    /// Whether it must be given (in the sets it belongs to).
    pub required: bool,
    /// Place of its value when the name is left out, from 1.
    pub position: Option<u8>,
    /// Where its value comes from when an object arrives through the pipeline.
    pub pipeline: Pipeline,
    /// Parameter sets it belongs to; empty means all.
    pub sets: &'static [&'static str],
    /// What it is for, one sentence.
    pub help: Text,
    /// Whether it has an effect.
    pub availability: Availability,
}

impl Parameter {
    /// Whether `name` is its name or an alias, letter case ignored.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    }

    /// Whether it belongs to the parameter set `set`.
    #[must_use]
    pub fn belongs_to(&self, set: &str) -> bool {
        self.sets.is_empty() || self.sets.contains(&set)
    }

    pub(crate) const fn new(
        name: &'static str,
        kind: Kind,
        en: &'static str,
        fr: &'static str,
    ) -> Self {
        Self {
            name,
            aliases: &[],
            kind,
            required: false,
            position: None,
            pipeline: Pipeline::None,
            sets: &[],
            help: Text { en, fr },
            availability: Availability::Current,
        }
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn at(mut self, position: u8) -> Self {
        self.position = Some(position);
        self
    }

    pub(crate) const fn piped(mut self) -> Self {
        self.pipeline = Pipeline::ByIdentity;
        self
    }

    pub(crate) const fn sets(mut self, sets: &'static [&'static str]) -> Self {
        self.sets = sets;
        self
    }

    pub(crate) const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub(crate) const fn available(mut self, availability: Availability) -> Self {
        self.availability = availability;
        self
    }
}

/// Where a parameter's value comes from when an object arrives through the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Pipeline {
    /// Not from the pipeline.
    None,
    /// The whole object, of which its `Guid` (else `Identity`) is meant; a string is the identity.
    ByIdentity,
    /// The object's property of this name.
    ByPropertyName(&'static str),
}

/// Whether a parameter has an effect here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Availability {
    /// It does what its help says.
    Current,
    /// Documented as reserved, or without meaning here: accepted without effect.
    Reserved,
    /// Documented for Exchange Server 2010 only: refused.
    Exchange2010,
}
