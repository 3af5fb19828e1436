//! `Get-Command`, `Get-Alias` and `Get-Member`.

use cmdlets::{Cmdlet, Kind};

use super::declare::{ANY, at, command, parameter};
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::format::property_names;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Object, Properties, Value};
use crate::wildcard;

pub(super) static GET_COMMAND: LocalCommand = LocalCommand {
    declaration: command(
        "Get-Command",
        "Lists the commands that can be run.",
        "Liste les commandes disponibles.",
        &[
            at(
                1,
                parameter(
                    "Name",
                    Kind::List(&Kind::String),
                    "Names; wildcards are allowed.",
                    "Noms ; les caractères génériques sont admis.",
                ),
            ),
            parameter(
                "Noun",
                Kind::String,
                "Only commands with this noun.",
                "Seulement les commandes ayant ce nom commun.",
            ),
            parameter(
                "Verb",
                Kind::String,
                "Only commands with this verb.",
                "Seulement les commandes ayant ce verbe.",
            ),
        ],
    ),
    run: get_command,
};

fn get_command(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let names = bound.texts("Name");
    let (noun, verb) = (bound.text("Noun"), bound.text("Verb"));
    let fits = |pattern: &Option<String>, text: &str| {
        pattern.as_ref().is_none_or(|p| wildcard::matches(p, text, false))
    };
    let wanted = |cmdlet: &Cmdlet| {
        (names.is_empty() || names.iter().any(|n| wildcard::matches(n, cmdlet.name, false)))
            && fits(&noun, cmdlet.noun())
            && fits(&verb, cmdlet.verb())
    };
    let permitted = runtime.host().permitted();
    let may_run = |cmdlet: &&Cmdlet| {
        permitted.as_ref().is_none_or(|all| all.iter().any(|n| n.eq_ignore_ascii_case(cmdlet.name)))
    };
    let language = runtime.host().language();
    let own = runtime.shell_commands();
    let mut found: Vec<&'static Cmdlet> =
        cmdlets::all().iter().filter(may_run).chain(own).filter(|c| wanted(c)).collect();
    found.sort_by_key(|c| c.name);
    let exact = names.iter().find(|n| {
        !wildcard::has_wildcards(n) && !found.iter().any(|c| c.name.eq_ignore_ascii_case(n))
    });
    if let Some(name) = exact {
        let message = format!("The term '{name}' is not recognized as the name of a cmdlet.");
        return Err(bound.wrong("Name", message).into());
    }
    Ok(found
        .into_iter()
        .map(|cmdlet| {
            let row: Properties = [
                ("CommandType", Value::from("Cmdlet")),
                ("Name", Value::from(cmdlet.name)),
                ("Synopsis", Value::from(language.of(cmdlet.synopsis))),
            ]
            .into_iter()
            .collect();
            Object::custom(row)
        })
        .collect())
}

pub(super) static GET_ALIAS: LocalCommand = LocalCommand {
    declaration: command(
        "Get-Alias",
        "Lists the short names of commands.",
        "Liste les noms courts des commandes.",
        &[
            at(
                1,
                parameter(
                    "Name",
                    Kind::String,
                    "The short name; wildcards are allowed.",
                    "Le nom court ; les caractères génériques sont admis.",
                ),
            ),
            parameter(
                "Definition",
                Kind::String,
                "The command; wildcards are allowed.",
                "La commande ; les caractères génériques sont admis.",
            ),
        ],
    ),
    run: |_, bound, _| {
        let fits = |parameter: &str, text: &str| {
            bound.text(parameter).is_none_or(|pattern| wildcard::matches(&pattern, text, false))
        };
        let mut found: Vec<_> = super::ALIASES.iter().collect();
        found.retain(|(alias, full)| fits("Name", alias) && fits("Definition", full));
        found.sort();
        Ok(found
            .into_iter()
            .map(|(alias, full)| {
                let row = [("Name", Value::from(*alias)), ("Definition", Value::from(*full))];
                Object::custom(row.into_iter().collect())
            })
            .collect())
    },
};

pub(super) static GET_MEMBER: LocalCommand = LocalCommand {
    declaration: command(
        "Get-Member",
        "Lists the properties of objects.",
        "Liste les propriétés des objets.",
        &[
            at(
                1,
                parameter(
                    "Name",
                    Kind::List(&Kind::String),
                    "Names; wildcards are allowed.",
                    "Noms ; les caractères génériques sont admis.",
                ),
            ),
            parameter(
                "MemberType",
                Kind::String,
                "Accepted; only properties are listed.",
                "Accepté ; seules les propriétés sont listées.",
            ),
            parameter(
                "InputObject",
                ANY,
                "The objects; usually they come through the pipe.",
                "Les objets ; d'ordinaire ils arrivent par le tube.",
            ),
        ],
    ),
    run: get_member,
};

fn get_member(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let patterns = bound.texts("Name");
    let mut types: Vec<String> = Vec::new();
    let mut members = Vec::new();
    for item in super::output::input_of(bound, input) {
        let type_name = item.type_name();
        if types.contains(&type_name) {
            continue;
        }
        let mut names = property_names(&item);
        names.sort_by_key(|name| name.to_lowercase());
        for name in names {
            let fits =
                patterns.is_empty() || patterns.iter().any(|p| wildcard::matches(p, &name, false));
            if fits {
                members.push(member(&type_name, &name, &crate::format::value_in(&item, &name)));
            }
        }
        types.push(type_name);
    }
    Ok(members)
}

fn member(type_name: &str, name: &str, value: &Value) -> Value {
    let shown = match value {
        Value::Secure(_) => String::new(),
        other => format!("={}", to_text(other).chars().take(60).collect::<String>()),
    };
    let kind = value.type_name();
    let kind = kind.rsplit('.').next().unwrap_or(&kind).to_lowercase();
    // What holds nothing does not say of which kind it would be.
    let kind = if kind == "null" { "object".to_owned() } else { kind };
    let row: Properties = [
        ("TypeName", Value::from(type_name)),
        ("Name", Value::from(name)),
        ("MemberType", Value::from("Property")),
        ("Definition", Value::text(format!("{kind} {name}{shown}"))),
    ]
    .into_iter()
    .collect();
    Object::custom(row)
}
