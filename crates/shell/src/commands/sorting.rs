//! `Sort-Object`.

use std::cmp::Ordering;

use cmdlets::Kind;

use super::declare::{INPUT, PROPERTIES, at, command, parameter};
use super::selecting::computed;
use crate::binding::Bound;
use crate::error::Flow;
use crate::format::columns_of;
use crate::operators;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

pub(super) static SORT_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "Sort-Object",
        "Puts objects in order.",
        "Met les objets en ordre.",
        &[
            at(
                1,
                parameter(
                    "Property",
                    PROPERTIES,
                    "The properties to sort by, the first one first.",
                    "Les propriétés de tri, la première d'abord.",
                ),
            ),
            parameter(
                "Descending",
                Kind::Switch,
                "From the greatest to the least.",
                "Du plus grand au plus petit.",
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
    run: sort_object,
};

fn sort_object(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = super::output::input_of(bound, input);
    let wanted = bound.value("Property").map_or(&[][..], Value::items);
    let columns = columns_of(wanted, &items).map_err(|e| bound.wrong("Property", e))?;
    let mut keyed: Vec<(Vec<Value>, Value)> = Vec::with_capacity(items.len());
    for item in items {
        let mut keys = Vec::new();
        for column in &columns {
            keys.push(computed(runtime, column, &item)?.1);
        }
        if columns.is_empty() {
            keys.push(item.clone());
        }
        keyed.push((keys, item));
    }
    let descending = bound.is_on("Descending");
    keyed.sort_by(|(a, _), (b, _)| {
        let order = by_keys(a, b);
        if descending { order.reverse() } else { order }
    });
    if bound.is_on("Unique") {
        keyed.dedup_by(|(a, _), (b, _)| by_keys(a, b).is_eq());
    }
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

fn by_keys(a: &[Value], b: &[Value]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| total(a, b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// An order of all values: kinds that do not compare go by rank, so that sorting is consistent.
fn total(a: &Value, b: &Value) -> Ordering {
    let rank = |v: &Value| match v {
        Value::Null => 0,
        Value::Bool(_) | Value::Int(_) | Value::Double(_) => 1,
        Value::Date(_) => 2,
        _ => 3,
    };
    match rank(a).cmp(&rank(b)) {
        Ordering::Equal => operators::order(a, b, false).unwrap_or(Ordering::Equal),
        other => other,
    }
}
