//! What is to be said of a cmdlet: `Get-Help` of the shell and the reference of the book say it each in its own form.

use crate::declaration::{Availability, Cmdlet, Parameter, Pipeline, Text};
use crate::kind::Kind;

/// Something that is so of a parameter, such as `Position: 1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is so; with values a heading for them.
    pub label: Text,
    /// Words and numbers that are the same in every language; empty where the label says all.
    pub values: Vec<String>,
}

impl Fact {
    fn plain(en: &'static str, fr: &'static str) -> Self {
        Self { label: Text { en, fr }, values: Vec::new() }
    }

    fn of<S: ToString>(en: &'static str, fr: &'static str, values: &[S]) -> Self {
        let values = values.iter().map(ToString::to_string).collect();
        Self { label: Text { en, fr }, values }
    }
}

impl Cmdlet {
    /// `Get-X [[-Identity] <Identity>] [-WhatIf]`: how it is written with a parameter set, or with its only one.
    #[must_use]
    pub fn syntax(&self, set: Option<&str>) -> String {
        let mut line = self.name.to_owned();
        for parameter in self.parameters.iter().filter(|p| set.is_none_or(|set| p.belongs_to(set)))
        {
            let part = parameter.syntax();
            line.push_str(&if parameter.required {
                format!(" {part}")
            } else {
                format!(" [{part}]")
            });
        }
        line
    }
}

impl Parameter {
    /// `[-Identity] <Identity>`, `-WhatIf`.
    fn syntax(&self) -> String {
        let name = match self.position {
            Some(_) => format!("[-{}]", self.name),
            None => format!("-{}", self.name),
        };
        match self.kind {
            Kind::Switch => name,
            _ => format!("{name} <{}>", self.kind.name()),
        }
    }

    /// What is so of it in its cmdlet, beside its help.
    #[must_use]
    pub fn facts(&self, cmdlet: &Cmdlet) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Kind::Enum(words) | Kind::Flags(words) = self.kind {
            facts.push(Fact::of("Allowed:", "Valeurs :", words));
        }
        if self.required {
            facts.push(Fact::plain("Required", "Obligatoire"));
        }
        if let Some(position) = self.position {
            facts.push(Fact::of("Position", "Position", &[position]));
        }
        if self.pipeline != Pipeline::None {
            facts.push(Fact::plain("Taken from the pipeline", "Accepté du pipeline"));
        }
        if !self.aliases.is_empty() {
            facts.push(Fact::of("Alias:", "Alias :", self.aliases));
        }
        if !self.sets.is_empty() && cmdlet.sets.len() > 1 {
            facts.push(Fact::of("Parameter sets:", "Jeux de paramètres :", self.sets));
        }
        match self.availability {
            Availability::Current => {}
            Availability::Reserved => {
                facts.push(Fact::plain("Has no effect here", "Sans effet ici"));
            }
            Availability::Exchange2010 => facts.push(Fact::plain(
                "Only for Exchange Server 2010: refused",
                "Exchange Server 2010 uniquement : refusé",
            )),
        }
        facts
    }
}

impl Kind {
    /// As Exchange's documentation calls it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::String => "String".into(),
            Self::Boolean | Self::OptionalBoolean => "Boolean".into(),
            Self::Switch => "SwitchParameter".into(),
            Self::Int32 => "Int32".into(),
            Self::Size => "ByteQuantifiedSize".into(),
            Self::UnlimitedSize | Self::UnlimitedInt32 => "Unlimited".into(),
            Self::TimeSpan => "EnhancedTimeSpan".into(),
            Self::Guid => "Guid".into(),
            Self::DateTime => "DateTime".into(),
            Self::Credential => "PSCredential".into(),
            Self::SecureString => "SecureString".into(),
            Self::Bytes => "Byte[]".into(),
            Self::Fqdn => "Fqdn".into(),
            Self::IpAddress => "IPAddress".into(),
            Self::SmtpAddress => "SmtpAddress".into(),
            Self::Enum(words) if words.len() <= 6 => words.join(" | "),
            Self::Enum(_) | Self::Flags(_) => "Enum".into(),
            Self::List(item) => format!("{}[]", item.name()),
            Self::Identity => "Identity".into(),
            Self::Object => "Object".into(),
        }
    }
}
