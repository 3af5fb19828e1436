//! `ConvertTo-Json`, `ConvertFrom-Json`, `ConvertTo-Csv`.

use cmdlets::{Kind, Output};

use super::declare::{ANY, INPUT, at, command, parameter};
use crate::binding::Bound;
use crate::convert::{from_json, to_json, to_text};
use crate::error::Flow;
use crate::format::property_names;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

pub(super) static CONVERT_TO_JSON: LocalCommand = LocalCommand {
    declaration: command(
        "ConvertTo-Json",
        "Gives objects as JSON text.",
        "Donne les objets en texte JSON.",
        &[
            at(1, parameter("InputObject", ANY, "The objects.", "Les objets.")),
            parameter(
                "Depth",
                Kind::Int32,
                "Accepted; everything is given.",
                "Accepté ; tout est donné.",
            ),
            parameter(
                "Compress",
                Kind::Switch,
                "Without blanks and line ends.",
                "Sans espaces ni fins de ligne.",
            ),
            parameter(
                "AsArray",
                Kind::Switch,
                "Gives an array for one object too.",
                "Donne un tableau même pour un seul objet.",
            ),
        ],
    ),
    run: convert_to_json,
};

fn convert_to_json(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let value = match bound.value("InputObject") {
        Some(value) => value.clone(),
        None => Value::from_output(input),
    };
    if value.is_null() && bound.has_input {
        return Ok(Vec::new());
    }
    let value = match value {
        one if bound.is_on("AsArray") && !matches!(one, Value::Array(_)) => Value::array(vec![one]),
        other => other,
    };
    let json = to_json(&value);
    let text = if bound.is_on("Compress") {
        serde_json::to_string(&json)
    } else {
        serde_json::to_string_pretty(&json)
    };
    text.map(|text| vec![Value::text(text)]).map_err(|e| bound.failed(e.to_string()).into())
}

pub(super) static CONVERT_FROM_JSON: LocalCommand = LocalCommand {
    declaration: command(
        "ConvertFrom-Json",
        "Gives the objects of a JSON text.",
        "Donne les objets d'un texte JSON.",
        &[at(1, parameter("InputObject", ANY, "The text.", "Le texte."))],
    ),
    run: convert_from_json,
};

fn convert_from_json(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let lines: Vec<_> = super::output::input_of(bound, input).iter().map(to_text).collect();
    let json = serde_json::from_str(&lines.join("\n"))
        .map_err(|e| bound.failed(format!("This is not JSON: {e}.")))?;
    Ok(from_json(json, Output::NOTHING).into_items())
}

pub(super) static CONVERT_TO_CSV: LocalCommand = LocalCommand {
    declaration: command(
        "ConvertTo-Csv",
        "Gives objects as lines of comma-separated values.",
        "Donne les objets en lignes de valeurs séparées par des virgules.",
        &[
            INPUT,
            at(
                1,
                parameter(
                    "Delimiter",
                    Kind::String,
                    "What separates values; a comma unless given.",
                    "Le séparateur ; une virgule par défaut.",
                ),
            ),
            parameter(
                "NoTypeInformation",
                Kind::Switch,
                "Accepted; there is no such line.",
                "Accepté ; cette ligne n'existe pas.",
            ),
        ],
    ),
    run: convert_to_csv,
};

fn convert_to_csv(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = super::output::input_of(bound, input);
    let Some(first) = items.first() else { return Ok(Vec::new()) };
    let separator = bound.text("Delimiter").unwrap_or_else(|| ",".into());
    let names = property_names(first);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let heading: Vec<_> = names.iter().map(|name| quoted(name)).collect();
    let mut lines = vec![Value::text(heading.join(&separator))];
    for item in &items {
        let cells: Vec<_> = names
            .iter()
            .map(|name| quoted(&to_text(&crate::format::value_in(item, name))))
            .collect();
        lines.push(Value::text(cells.join(&separator)));
    }
    Ok(lines)
}
