//! `Get-Help`: from the declarations, in English or French.

use cmdlets::{Availability, Cmdlet, Kind, Parameter, Pipeline};

use super::aliases::{aliases_of, full_name};
use super::declare::{at, command, parameter};
use crate::binding::{Bound, nearest};
use crate::error::Flow;
use crate::host::Language;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;
use crate::wildcard;

pub(super) static GET_HELP: LocalCommand = LocalCommand {
    declaration: command(
        "Get-Help",
        "Explains a command and its parameters.",
        "Explique une commande et ses paramètres.",
        &[
            at(
                1,
                parameter(
                    "Name",
                    Kind::String,
                    "The command; wildcards list those that match.",
                    "La commande ; les caractères génériques listent celles qui correspondent.",
                ),
            ),
            parameter(
                "Parameter",
                Kind::String,
                "Explains only this parameter; wildcards are allowed.",
                "N'explique que ce paramètre ; les caractères génériques sont admis.",
            ),
            parameter(
                "Full",
                Kind::Switch,
                "Accepted; help is always complete.",
                "Accepté ; l'aide est toujours complète.",
            ),
            parameter(
                "Detailed",
                Kind::Switch,
                "Accepted; help is always complete.",
                "Accepté ; l'aide est toujours complète.",
            ),
            parameter("Examples", Kind::Switch, "Accepted.", "Accepté."),
        ],
    ),
    run: get_help,
};

fn get_help(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let language = runtime.host().language();
    let mut all: Vec<&'static Cmdlet> =
        cmdlets::all().iter().chain(runtime.shell_commands()).collect();
    all.sort_by_key(|c| c.name);
    let name = bound.text("Name").unwrap_or_else(|| "*".into());
    if wildcard::has_wildcards(&name) {
        return Ok(vec![Value::Formatted(overview(&all, &name, language).into())]);
    }
    let full = full_name(&name);
    let Some(cmdlet) = all.iter().find(|c| c.name.eq_ignore_ascii_case(full)) else {
        let near = nearest(&name, all.iter().map(|c| c.name));
        let hint = if near.is_empty() {
            String::new()
        } else {
            format!(" Did you mean {}?", near.join(" or "))
        };
        let message = format!("There is no command '{name}'.{hint}");
        return Err(bound.wrong("Name", message).into());
    };
    let text = match bound.text("Parameter") {
        None => whole(cmdlet, language),
        Some(pattern) => {
            let parameters: Vec<_> = cmdlet
                .parameters
                .iter()
                .filter(|p| wildcard::matches(&pattern, p.name, false) || p.is_called(&pattern))
                .collect();
            if parameters.is_empty() {
                let message = format!("{} has no parameter '{pattern}'.", cmdlet.name);
                return Err(bound.wrong("Parameter", message).into());
            }
            parameters.iter().map(|p| explained(p, cmdlet, language)).collect()
        }
    };
    Ok(vec![Value::Formatted(text.into())])
}

fn overview(all: &[&'static Cmdlet], pattern: &str, language: Language) -> String {
    let all: Vec<_> = all.iter().filter(|c| wildcard::matches(pattern, c.name, false)).collect();
    let width = all.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let mut text = String::from("\n");
    for cmdlet in all {
        text.push_str(&format!("{:width$}  {}\n", cmdlet.name, language.of(cmdlet.synopsis)));
    }
    text.push_str(language.choose(
        "\nGet-Help <name> explains a command, Get-Command lists those you may run.\n\n",
        "\nGet-Help <nom> explique une commande, Get-Command liste celles qui vous sont permises.\n\n",
    ));
    text
}

fn whole(cmdlet: &Cmdlet, language: Language) -> String {
    let title = |en, fr| language.choose(en, fr).to_owned();
    let mut text = format!("\n{}\n    {}\n", title("NAME", "NOM"), cmdlet.name);
    text.push_str(&format!(
        "\n{}\n    {}\n",
        title("SYNOPSIS", "RÉSUMÉ"),
        language.of(cmdlet.synopsis)
    ));
    text.push_str(&format!("\n{}\n", title("SYNTAX", "SYNTAXE")));
    if cmdlet.sets.is_empty() {
        text.push_str(&syntax(cmdlet, None));
    }
    for set in cmdlet.sets {
        text.push_str(&syntax(cmdlet, Some(set)));
    }
    if !cmdlet.parameters.is_empty() {
        text.push_str(&format!("\n{}\n", title("PARAMETERS", "PARAMÈTRES")));
        for parameter in cmdlet.parameters {
            text.push_str(&explained(parameter, cmdlet, language));
        }
    }
    let aliases = aliases_of(cmdlet.name);
    if !aliases.is_empty() {
        text.push_str(&format!("{}\n    {}\n\n", title("ALIASES", "ALIAS"), aliases.join(", ")));
    }
    if !cmdlet.roles.is_empty() {
        let heading = title("ROLES THAT PERMIT IT", "RÔLES QUI LA PERMETTENT");
        text.push_str(&format!("{heading}\n    {}\n\n", cmdlet.roles.join(", ")));
    }
    text
}

/// `    Get-X [[-Identity] <Identity>] [-WhatIf]`
fn syntax(cmdlet: &Cmdlet, set: Option<&str>) -> String {
    let mut line = format!("    {}", cmdlet.name);
    for parameter in cmdlet.parameters.iter().filter(|p| set.is_none_or(|set| p.belongs_to(set))) {
        let name = match parameter.position {
            Some(_) => format!("[-{}]", parameter.name),
            None => format!("-{}", parameter.name),
        };
        let part = match parameter.kind {
            Kind::Switch => name,
            _ => format!("{name} <{}>", kind_name(&parameter.kind)),
        };
        if parameter.required {
            line.push_str(&format!(" {part}"));
        } else {
            line.push_str(&format!(" [{part}]"));
        }
    }
    line.push('\n');
    line
}

fn explained(parameter: &Parameter, cmdlet: &Cmdlet, language: Language) -> String {
    let switch = parameter.kind == Kind::Switch;
    let kind = if switch { String::new() } else { format!(" <{}>", kind_name(&parameter.kind)) };
    let mut text =
        format!("    -{}{kind}\n        {}\n", parameter.name, language.of(parameter.help));
    let mut facts: Vec<String> = Vec::new();
    if let Kind::Enum(words) | Kind::Flags(words) = parameter.kind {
        facts.push(format!("{} {}", language.choose("Allowed:", "Valeurs :"), words.join(", ")));
    }
    if parameter.required {
        facts.push(language.choose("Required", "Obligatoire").to_owned());
    }
    if let Some(position) = parameter.position {
        facts.push(format!("Position {position}"));
    }
    if parameter.pipeline != Pipeline::None {
        facts.push(language.choose("Taken from the pipeline", "Accepté du pipeline").to_owned());
    }
    if !parameter.aliases.is_empty() {
        facts.push(format!("Alias: {}", parameter.aliases.join(", ")));
    }
    if !parameter.sets.is_empty() && cmdlet.sets.len() > 1 {
        let heading = language.choose("Parameter sets:", "Jeux de paramètres :");
        facts.push(format!("{heading} {}", parameter.sets.join(", ")));
    }
    match parameter.availability {
        Availability::Current => {}
        Availability::Reserved => {
            facts.push(language.choose("Has no effect here", "Sans effet ici").to_owned());
        }
        Availability::Exchange2010 => {
            facts.push(
                language
                    .choose(
                        "Only for Exchange Server 2010: refused",
                        "Exchange Server 2010 uniquement : refusé",
                    )
                    .to_owned(),
            );
        }
    }
    if !facts.is_empty() {
        text.push_str(&format!("        {}.\n", facts.join(". ")));
    }
    text.push('\n');
    text
}

fn kind_name(kind: &Kind) -> String {
    match kind {
        Kind::String => "String".into(),
        Kind::Boolean | Kind::OptionalBoolean => "Boolean".into(),
        Kind::Switch => "SwitchParameter".into(),
        Kind::Int32 => "Int32".into(),
        Kind::Size => "ByteQuantifiedSize".into(),
        Kind::UnlimitedSize | Kind::UnlimitedInt32 => "Unlimited".into(),
        Kind::TimeSpan => "EnhancedTimeSpan".into(),
        Kind::Guid => "Guid".into(),
        Kind::DateTime => "DateTime".into(),
        Kind::Credential => "PSCredential".into(),
        Kind::SecureString => "SecureString".into(),
        Kind::Bytes => "Byte[]".into(),
        Kind::Fqdn => "Fqdn".into(),
        Kind::IpAddress => "IPAddress".into(),
        Kind::SmtpAddress => "SmtpAddress".into(),
        Kind::Enum(words) if words.len() <= 6 => words.join(" | "),
        Kind::Enum(_) | Kind::Flags(_) => "Enum".into(),
        Kind::List(item) => format!("{}[]", kind_name(item)),
        Kind::Identity => "Identity".into(),
        Kind::Object => "Object".into(),
    }
}
