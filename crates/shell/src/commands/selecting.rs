//! `Select-Object`, and how computed properties are worked out.

use cmdlets::Kind;

use super::declare::{INPUT, PROPERTIES, at, command, parameter};
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::format::{Column, columns_of, value_in};
use crate::operators;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Object, Properties, Value};
use crate::wildcard;

pub(super) static SELECT_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "Select-Object",
        "Takes some objects, or some properties of them.",
        "Prend certains objets, ou certaines de leurs propriétés.",
        &[
            at(
                1,
                parameter(
                    "Property",
                    PROPERTIES,
                    "The properties to keep; wildcards are allowed.",
                    "Les propriétés à garder ; les caractères génériques sont admis.",
                ),
            ),
            parameter(
                "ExcludeProperty",
                PROPERTIES,
                "Properties to leave out.",
                "Propriétés à écarter.",
            ),
            parameter(
                "ExpandProperty",
                Kind::String,
                "The property whose value is given instead of the object.",
                "La propriété dont la valeur est donnée à la place de l'objet.",
            ),
            parameter(
                "First",
                Kind::Int32,
                "How many objects of the beginning.",
                "Combien d'objets du début.",
            ),
            parameter(
                "Last",
                Kind::Int32,
                "How many objects of the end.",
                "Combien d'objets de la fin.",
            ),
            parameter(
                "Skip",
                Kind::Int32,
                "How many objects are passed over.",
                "Combien d'objets sont sautés.",
            ),
            parameter(
                "Unique",
                Kind::Switch,
                "Gives equal objects only once.",
                "Ne donne qu'une fois les objets égaux.",
            ),
            INPUT,
        ],
    ),
    run: select_object,
};

fn select_object(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = part(bound, super::output::input_of(bound, input))?;
    let mut selected = Vec::new();
    if let Some(name) = bound.text("ExpandProperty") {
        for item in &items {
            let found = item.properties().and_then(|p| p.get(&name)).cloned();
            let message = format!("Property \"{name}\" cannot be found.");
            let value = found.ok_or_else(|| bound.wrong("ExpandProperty", message))?;
            selected.extend(value.into_items());
        }
    } else if bound.value("Property").is_some() || bound.value("ExcludeProperty").is_some() {
        selected = with_properties(runtime, bound, &items)?;
    } else {
        selected = items;
    }
    Ok(if bound.is_on("Unique") { unique(selected) } else { selected })
}

/// `-Skip`, `-First`, `-Last`
fn part(bound: &Bound, mut items: Vec<Value>) -> Result<Vec<Value>, Flow> {
    let (first, last) = (bound.count("First")?, bound.count("Last")?);
    let skip = bound.count("Skip")?.unwrap_or(0).min(items.len());
    if last.is_some() && first.is_none() {
        items.truncate(items.len() - skip);
    } else {
        items.drain(..skip);
    }
    let total = items.len();
    let (first, last) = match (first, last) {
        (None, None) => return Ok(items),
        (first, last) => (first.unwrap_or(0).min(total), last.unwrap_or(0).min(total)),
    };
    let kept = items.into_iter().enumerate();
    Ok(kept.filter(|(i, _)| *i < first || *i >= total - last).map(|(_, item)| item).collect())
}

fn with_properties(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    items: &[Value],
) -> Result<Vec<Value>, Flow> {
    let star = [Value::from("*")];
    let wanted = bound.value("Property").map_or(&star[..], Value::items);
    let columns = columns_of(wanted, items).map_err(|e| bound.wrong("Property", e))?;
    let excluded = bound.texts("ExcludeProperty");
    let columns: Vec<Column> = columns
        .into_iter()
        .filter(|c| !excluded.iter().any(|e| wildcard::matches(e, &c.label, false)))
        .collect();
    items
        .iter()
        .map(|item| {
            let mut properties = Properties::new();
            for column in &columns {
                let (label, value) = computed(runtime, column, item)?;
                properties.set(label, value);
            }
            Ok(Object::custom(properties))
        })
        .collect()
}

/// A column's name, as the object spells it, and its value for one object.
pub(super) fn computed(
    runtime: &mut dyn Runtime,
    column: &Column,
    item: &Value,
) -> Result<(String, Value), Flow> {
    match column.block() {
        Some(block) => {
            let output = runtime.run_block(block, item.clone())?;
            Ok((column.label.clone(), Value::from_output(output)))
        }
        None => {
            let name = column.property();
            let entry = item.properties().and_then(|p| p.entry(name));
            let own = entry.filter(|_| column.label == name).map(|(own, _)| own.to_string());
            let value = match entry {
                Some((_, value)) => value.clone(),
                None => value_in(item, name),
            };
            Ok((own.unwrap_or_else(|| column.label.clone()), value))
        }
    }
}

/// Equal objects once, in the order of their first.
fn unique(items: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        let same = |other: &Value| match (item.properties(), other.properties()) {
            (Some(_), Some(_)) => to_text(other) == to_text(&item) && same_values(other, &item),
            _ => operators::equal(other, &item, true),
        };
        if !kept.iter().any(same) {
            kept.push(item);
        }
    }
    kept
}

fn same_values(a: &Value, b: &Value) -> bool {
    crate::convert::to_json(a) == crate::convert::to_json(b)
}
