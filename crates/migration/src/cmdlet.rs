//! A cmdlet and its arguments, written so that the shell reads them back as they were.

use std::fmt;

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// The parameter alone.
    Switch,
    /// `$true` or `$false`.
    Boolean(bool),
    /// A number.
    Number(u64),
    /// A word of an enumeration, a size, a time span: written without quotes where that is possible.
    Word(String),
    /// Any text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
    /// A user name and a password that are asked for when the line runs; the name, where it is known.
    Credential {
        /// Who signs in.
        user: Option<String>,
        /// What is said before the question.
        message: String,
    },
}

/// One line for the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cmdlet {
    /// `Verb-Noun`.
    pub name: &'static str,
    /// The cmdlet whose objects it changes, all of them: `Get-ReceiveConnector | Set-ReceiveConnector …`.
    pub each: Option<&'static str>,
    /// What is given without a parameter's name, in front: an identity.
    pub identity: Option<String>,
    /// Parameters in the order they are written.
    pub arguments: Vec<(&'static str, Argument)>,
}

impl Cmdlet {
    /// A cmdlet without arguments.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, each: None, identity: None, arguments: Vec::new() }
    }

    /// A cmdlet that changes everything another one gives.
    #[must_use]
    pub fn for_each(get: &'static str, set: &'static str) -> Self {
        Self { each: Some(get), ..Self::new(set) }
    }

    /// With one more argument.
    #[must_use]
    pub fn with(mut self, parameter: &'static str, argument: Argument) -> Self {
        self.arguments.push((parameter, argument));
        self
    }

    /// The argument of a parameter.
    #[must_use]
    pub fn argument(&self, parameter: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(name, _)| *name == parameter).map(|(_, value)| value)
    }
}

impl fmt::Display for Cmdlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(get) = self.each {
            write!(f, "{get} | ")?;
        }
        f.write_str(self.name)?;
        if let Some(identity) = &self.identity {
            write!(f, " {}", quoted(identity))?;
        }
        for (parameter, argument) in &self.arguments {
            write!(f, " -{parameter}")?;
            match argument {
                Argument::Switch => {}
                other => write!(f, " {other}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch => Ok(()),
            Self::Boolean(true) => f.write_str("$true"),
            Self::Boolean(false) => f.write_str("$false"),
            Self::Number(number) => number.fmt(f),
            Self::Word(word) if is_bare(word) => f.write_str(word),
            Self::Word(text) | Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(items) if items.is_empty() => f.write_str("@()"),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
                f.write_str(&items.join(","))
            }
            Self::Credential { user, message } => {
                f.write_str("(Get-Credential")?;
                if let Some(user) = user {
                    write!(f, " -UserName {}", quoted(user))?;
                }
                write!(f, " -Message {})", quoted(message))
            }
        }
    }
}

/// Whether a word means itself without quotes: letters and digits, as of enumerations and sizes.
fn is_bare(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '.'))
}

/// A text in quotes, on one line: single quotes, in which everything means itself, or double ones with
/// escapes where single ones cannot say it (typographic apostrophes end a string too; line ends).
#[must_use]
pub fn quoted(text: &str) -> String {
    let curly = |c: char| matches!(c, '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    if !text.chars().any(|c| curly(c) || c.is_control()) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("`n"),
            '\r' => out.push_str("`r"),
            '\t' => out.push_str("`t"),
            c if c.is_control() => out.push('\u{fffd}'),
            '`' | '$' | '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' => {
                out.push('`');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_say_what_was_meant() {
        for (text, line) in [
            ("SMTP:*;1", "'SMTP:*;1'"),
            ("L'envoi $x `n \"a\"", "'L''envoi $x `n \"a\"'"),
            ("l’envoi à $x", "\"l’envoi à `$x\""),
            ("a\nb\u{1b}", "\"a`nb\u{fffd}\""),
            ("", "''"),
        ] {
            assert_eq!(quoted(text), line);
        }
    }

    #[test]
    fn a_line_reads_as_an_administrator_writes_it() {
        let line = Cmdlet::new("New-SendConnector")
            .with("Name", Argument::Text("Out".into()))
            .with("Internet", Argument::Switch)
            .with("AddressSpaces", Argument::List(vec!["SMTP:*;1".into(), "a.test".into()]))
            .with("MaxMessageSize", Argument::Word("35MB".into()))
            .with("Enabled", Argument::Boolean(false));
        assert_eq!(
            line.to_string(),
            "New-SendConnector -Name 'Out' -Internet -AddressSpaces 'SMTP:*;1','a.test' \
             -MaxMessageSize 35MB -Enabled $false"
        );
        let each = Cmdlet::for_each("Get-ReceiveConnector", "Set-ReceiveConnector")
            .with("MaxMessageSize", Argument::Number(10_240_000));
        assert_eq!(
            each.to_string(),
            "Get-ReceiveConnector | Set-ReceiveConnector -MaxMessageSize 10240000"
        );
    }
}
