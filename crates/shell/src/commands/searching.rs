//! `Select-String`: lines that match.

use std::rc::Rc;

use cmdlets::Kind;

use super::declare::{INPUT, TEXTS, at, command, parameter, required};
use super::output::input_of;
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::pattern;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Object, Value};

pub(super) static SELECT_STRING: LocalCommand = LocalCommand {
    declaration: command(
        "Select-String",
        "Gives the lines that match.",
        "Donne les lignes qui correspondent.",
        &[
            required(at(
                1,
                parameter(
                    "Pattern",
                    TEXTS,
                    "Regular expressions, of which one must match.",
                    "Expressions régulières, dont l'une doit correspondre.",
                ),
            )),
            at(2, parameter("Path", TEXTS, "Text files to search.", "Fichiers texte à parcourir.")),
            parameter(
                "SimpleMatch",
                Kind::Switch,
                "The patterns are plain texts.",
                "Les modèles sont de simples textes.",
            ),
            parameter("CaseSensitive", Kind::Switch, "Regards letter case.", "Respecte la casse."),
            parameter(
                "NotMatch",
                Kind::Switch,
                "Gives the lines that do not match.",
                "Donne les lignes qui ne correspondent pas.",
            ),
            parameter(
                "Quiet",
                Kind::Switch,
                "Says only whether there is one.",
                "Dit seulement s'il y en a une.",
            ),
            INPUT,
        ],
    ),
    run: select_string,
};

fn select_string(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let plain = bound.is_on("SimpleMatch");
    let patterns = bound
        .texts("Pattern")
        .iter()
        .map(|p| if plain { regex::escape(p) } else { p.clone() })
        .map(|p| pattern::compiled(&p, bound.is_on("CaseSensitive")))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|message| bound.wrong("Pattern", message))?;
    let mut texts: Vec<(Value, String)> = Vec::new();
    let paths = bound.texts("Path");
    for path in &paths {
        let text = runtime.host().read_file(path).map_err(|e| bound.wrong("Path", e.message))?;
        texts.push((Value::from(path.as_str()), text));
    }
    if paths.is_empty() {
        let all: Vec<_> = input_of(bound, input).iter().map(to_text).collect();
        texts.push((Value::Null, all.join("\n")));
    }
    let wanted = !bound.is_on("NotMatch");
    let mut found = Vec::new();
    for (path, text) in &texts {
        for (number, line) in text.lines().enumerate() {
            if patterns.iter().any(|p| p.is_match(line)) == wanted {
                found.push(shown(path, number + 1, line));
            }
        }
    }
    Ok(if bound.is_on("Quiet") { vec![Value::Bool(!found.is_empty())] } else { found })
}

fn shown(path: &Value, number: usize, line: &str) -> Value {
    let properties = [
        ("Path", path.clone()),
        ("LineNumber", Value::Int(i64::try_from(number).unwrap_or(i64::MAX))),
        ("Line", Value::from(line)),
    ];
    let columns: &'static [&'static str] =
        if path.is_null() { &["LineNumber", "Line"] } else { &["Path", "LineNumber", "Line"] };
    let properties = properties.into_iter().collect();
    Value::Object(Rc::new(Object { type_name: "MatchInfo".into(), columns, properties }))
}
