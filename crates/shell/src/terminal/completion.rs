//! What may stand where the cursor is: commands, parameters, values, variables.

use cmdlets::{Cmdlet, Kind, Parameter};

use super::scan::{Role, scan};
use crate::binding::{COMMON, resolve};
use crate::commands;
use crate::host::Language;
use crate::source::Span;

/// What is known besides the declarations.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    /// The cmdlets the user may run; `None` when that is not known.
    pub(crate) permitted: Option<Vec<String>>,
    pub(crate) variables: Vec<String>,
    pub(crate) language: Language,
}

/// One thing that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) text: String,
    pub(super) description: Option<String>,
}

/// What fits at the end of `before`, and the stretch it replaces.
pub(super) fn candidates(before: &str, vocabulary: &Vocabulary) -> (Span, Vec<Candidate>) {
    let end = before.len();
    let scanned = scan(before);
    let last = scanned.pieces.last().filter(|p| p.span.end == end && p.role != Role::Plain);
    let role = last.map(|p| p.role);
    let span = last.map_or(Span::new(end, end), |p| p.span);
    let typed = &before[span.start..];
    let found = match role {
        Some(Role::Comment | Role::Text | Role::Number) => Vec::new(),
        Some(Role::Variable) => variables(typed, vocabulary),
        Some(Role::Command) => names(typed, vocabulary),
        Some(Role::Parameter) if typed.ends_with(':') => {
            let name = typed.trim_start_matches('-').trim_end_matches(':');
            return (Span::new(end, end), values(&scanned.command, name, "", vocabulary));
        }
        Some(Role::Parameter) => parameters(&scanned.command, typed, vocabulary),
        _ if scanned.at_start => {
            return (Span::new(end, end), names("", vocabulary));
        }
        // After an operator nothing is proposed, except after a comma of a list.
        Some(Role::Operator) if typed != "," => Vec::new(),
        _ => {
            let (span, typed) = match role {
                Some(Role::Word) => (span, typed),
                _ => (Span::new(end, end), ""),
            };
            let parameter = scanned.parameter.as_deref().unwrap_or("");
            return (span, values(&scanned.command, parameter, typed, vocabulary));
        }
    };
    (span, found)
}

fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn cmdlet(name: &Option<String>) -> Option<&'static Cmdlet> {
    let name = name.as_deref()?;
    commands::find(name).map(|local| &local.declaration).or_else(|| cmdlets::find(name))
}

fn names(typed: &str, vocabulary: &Vocabulary) -> Vec<Candidate> {
    let permitted = |cmdlet: &&Cmdlet| {
        let all = vocabulary.permitted.as_ref();
        all.is_none_or(|all| all.iter().any(|n| n.eq_ignore_ascii_case(cmdlet.name)))
    };
    let mut found: Vec<Candidate> = cmdlets::all()
        .iter()
        .filter(permitted)
        .chain(commands::declarations())
        .filter(|c| begins(c.name, typed))
        .map(|c| described(c.name, vocabulary.language.of(c.synopsis)))
        .collect();
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}

fn described(text: &str, description: &str) -> Candidate {
    Candidate { text: text.to_owned(), description: Some(description.to_owned()) }
}

fn bare(text: impl Into<String>) -> Candidate {
    Candidate { text: text.into(), description: None }
}

fn parameters(command: &Option<String>, typed: &str, vocabulary: &Vocabulary) -> Vec<Candidate> {
    let Some(cmdlet) = cmdlet(command) else { return Vec::new() };
    let prefix: String = typed.chars().skip(1).collect();
    let shown = |p: &Parameter| described(&format!("-{}", p.name), vocabulary.language.of(p.help));
    let own = cmdlet.parameters.iter().filter(|p| begins(p.name, &prefix)).map(shown);
    let common = COMMON.iter().filter(|p| begins(p.name, &prefix)).map(shown);
    own.chain(common).collect()
}

fn values(
    command: &Option<String>,
    parameter: &str,
    typed: &str,
    vocabulary: &Vocabulary,
) -> Vec<Candidate> {
    let declared = cmdlet(command).and_then(|cmdlet| {
        if parameter.is_empty() {
            cmdlet.parameters.iter().find(|p| p.position == Some(1))
        } else {
            resolve(cmdlet, parameter).ok()
        }
    });
    let Some(declared) = declared else { return Vec::new() };
    if matches!(command.as_deref(), Some(name) if name.eq_ignore_ascii_case("get-help") || name.eq_ignore_ascii_case("help"))
    {
        return names(typed, vocabulary);
    }
    words(&declared.kind).into_iter().filter(|word| begins(word, typed)).map(bare).collect()
}

fn words(kind: &Kind) -> Vec<&'static str> {
    match kind {
        Kind::Boolean | Kind::Switch => vec!["$true", "$false"],
        Kind::OptionalBoolean => vec!["$true", "$false", "$null"],
        Kind::Enum(words) | Kind::Flags(words) => words.to_vec(),
        Kind::List(item) => words(item),
        Kind::UnlimitedSize | Kind::UnlimitedInt32 => vec!["unlimited"],
        _ => Vec::new(),
    }
}

fn variables(typed: &str, vocabulary: &Vocabulary) -> Vec<Candidate> {
    let fixed = ["true", "false", "null", "_"].into_iter();
    let own = vocabulary.variables.iter().map(String::as_str).filter(|name| *name != "_");
    let mut all: Vec<String> = fixed.chain(own).map(|name| format!("${name}")).collect();
    all.sort();
    all.into_iter().filter(|name| begins(name, typed)).map(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        let vocabulary = Vocabulary {
            permitted: None,
            variables: vec!["temp".into()],
            language: Language::English,
        };
        candidates(line, &vocabulary).1.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn what_fits_is_proposed() {
        assert_eq!(texts("get-sendc"), ["Get-SendConnector"]);
        assert_eq!(texts("Get-Queue | Retry-Q"), ["Retry-Queue"]);
        assert_eq!(texts("Set-SendConnector X -SmartHostA"), ["-SmartHostAuthMechanism"]);
        assert_eq!(texts("Set-SendConnector X -ProtocolLoggingLevel v"), ["Verbose"]);
        assert_eq!(texts("Set-SendConnector X -Enabled "), ["$true", "$false"]);
        assert_eq!(texts("Set-SendConnector X -Enabled:"), ["$true", "$false"]);
        assert_eq!(texts("$t"), ["$temp", "$true"]);
        assert_eq!(texts("help get-acc"), ["Get-AcceptedDomain"]);
        assert!(texts("'Get-Se").is_empty());
        assert!(texts("Get-SendConnector | ft -W").contains(&"-Wrap".to_owned()));
    }

    #[test]
    fn only_permitted_cmdlets_are_proposed() {
        let vocabulary = Vocabulary {
            permitted: Some(vec!["Get-Queue".into()]),
            variables: Vec::new(),
            language: Language::French,
        };
        let found = candidates("Get-Q", &vocabulary).1;
        assert_eq!(found.len(), 1);
        assert!(candidates("New-Sen", &vocabulary).1.is_empty());
    }
}
