//! `ConvertTo-Json` and `ConvertFrom-Json`.

use cmdlets::{Kind, Output};

use super::declare::{ANY, at, command, parameter};
use crate::binding::Bound;
use crate::convert::{from_json, to_json, to_text};
use crate::error::Flow;
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
