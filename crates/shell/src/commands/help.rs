//! `Get-Help`: from the declarations, in English or French.

use cmdlets::{Cmdlet, Fact, Kind, Parameter};

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
        text.push_str(&format!("    {}\n", cmdlet.syntax(None)));
    }
    for set in cmdlet.sets {
        text.push_str(&format!("    {}\n", cmdlet.syntax(Some(set))));
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

fn explained(parameter: &Parameter, cmdlet: &Cmdlet, language: Language) -> String {
    let switch = parameter.kind == Kind::Switch;
    let kind = if switch { String::new() } else { format!(" <{}>", parameter.kind.name()) };
    let mut text =
        format!("    -{}{kind}\n        {}\n", parameter.name, language.of(parameter.help));
    let facts: Vec<String> =
        parameter.facts(cmdlet).iter().map(|fact| said(fact, language)).collect();
    if !facts.is_empty() {
        text.push_str(&format!("        {}.\n", facts.join(". ")));
    }
    text.push('\n');
    text
}

fn said(fact: &Fact, language: Language) -> String {
    let label = language.of(fact.label);
    if fact.values.is_empty() {
        return label.to_owned();
    }
    format!("{label} {}", fact.values.join(", "))
}
