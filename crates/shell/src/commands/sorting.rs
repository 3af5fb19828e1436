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
                    "The properties to sort by, the first one first; -Name goes down, +Name up.",
                    "Les propriétés de tri, la première d'abord ; -Nom décroît, +Nom croît.",
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
    let descending = bound.is_on("Descending");
    let wanted = bound.value("Property").map_or(&[][..], Value::items);
    let (wanted, signs): (Vec<Value>, Vec<Option<bool>>) =
        wanted.iter().map(|value| without_sign(value, &items)).unzip();
    let columns = columns_of(&wanted, &items).map_err(|e| bound.wrong("Property", e))?;
    let mut down: Vec<bool> = columns.iter().map(|c| c.descending || descending).collect();
    // Wildcards give several columns for one wish: then signs belong to nobody.
    if signs.len() == down.len() {
        for (down, sign) in down.iter_mut().zip(&signs) {
            *down = sign.unwrap_or(*down);
        }
    } else if signs.iter().any(Option::is_some) {
        let message = "A sign cannot stand before a property with wildcards.";
        return Err(bound.wrong("Property", message).into());
    }
    if columns.is_empty() {
        down.push(descending);
    }
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
    keyed.sort_by(|(a, _), (b, _)| by_keys(a, b, &down));
    if bound.is_on("Unique") {
        keyed.dedup_by(|(a, _), (b, _)| by_keys(a, b, &down).is_eq());
    }
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

/// `+Name` and `-Name`, as `-SortOrder` of the queue cmdlets writes it: the name, and whether it goes
/// down. A property that is really called so stays what it is.
fn without_sign(value: &Value, items: &[Value]) -> (Value, Option<bool>) {
    let Value::Text(text) = value else { return (value.clone(), None) };
    let down = match text.chars().next() {
        Some('+') => false,
        Some('-') => true,
        _ => return (value.clone(), None),
    };
    if items.iter().any(|i| i.properties().is_some_and(|p| p.get(text).is_some())) {
        return (value.clone(), None);
    }
    (Value::from(&text[1..]), Some(down))
}

fn by_keys(a: &[Value], b: &[Value], down: &[bool]) -> Ordering {
    a.iter()
        .zip(b)
        .zip(down)
        .map(|((a, b), down)| if *down { total(a, b).reverse() } else { total(a, b) })
        .find(|o| o.is_ne())
        .unwrap_or(Ordering::Equal)
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
