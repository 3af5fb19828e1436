//! `Group-Object`.

use std::rc::Rc;

use cmdlets::Kind;

use super::declare::{INPUT, PROPERTIES, at, command, parameter};
use super::output::input_of;
use super::selecting::computed;
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::format::columns_of;
use crate::operators;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Object, Properties, Value};

pub(super) static GROUP_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "Group-Object",
        "Puts objects with equal properties together, and counts them.",
        "Réunit les objets de mêmes propriétés et les compte.",
        &[
            at(
                1,
                parameter(
                    "Property",
                    PROPERTIES,
                    "The properties that are compared; the objects themselves unless given.",
                    "Les propriétés comparées ; par défaut les objets eux-mêmes.",
                ),
            ),
            parameter(
                "NoElement",
                Kind::Switch,
                "Leaves the objects themselves out.",
                "Omet les objets eux-mêmes.",
            ),
            parameter(
                "AsHashTable",
                Kind::Switch,
                "Gives a table: the names of the groups, and their objects.",
                "Donne une table : les noms des groupes et leurs objets.",
            ),
            parameter("AsString", Kind::Switch, "Accepted.", "Accepté."),
            INPUT,
        ],
    ),
    run: group_object,
};

struct Group {
    keys: Vec<Value>,
    items: Vec<Value>,
}

fn group_object(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = input_of(bound, input);
    let wanted = bound.value("Property").map_or(&[][..], Value::items);
    let columns = columns_of(wanted, &items).map_err(|e| bound.wrong("Property", e))?;
    let mut groups: Vec<Group> = Vec::new();
    for item in items {
        runtime.go_on()?;
        let mut keys = Vec::new();
        for column in &columns {
            keys.push(computed(runtime, column, &item)?.1);
        }
        if columns.is_empty() {
            keys.push(item.clone());
        }
        match groups.iter_mut().find(|group| same(&group.keys, &keys)) {
            Some(group) => group.items.push(item),
            None => groups.push(Group { keys, items: vec![item] }),
        }
    }
    if bound.is_on("AsHashTable") {
        let table: Properties =
            groups.into_iter().map(|g| (name(&g.keys), Value::array(g.items))).collect();
        return Ok(vec![Value::Hashtable(Rc::new(table))]);
    }
    let with_items = !bound.is_on("NoElement");
    Ok(groups.into_iter().map(|group| shown(group, with_items)).collect())
}

fn same(a: &[Value], b: &[Value]) -> bool {
    let equal = |a: &Value, b: &Value| match (a, b) {
        (Value::Array(_), _) | (_, Value::Array(_)) => to_text(a).eq_ignore_ascii_case(&to_text(b)),
        _ => operators::equal(a, b, false),
    };
    a.iter().zip(b).all(|(a, b)| equal(a, b))
}

fn name(keys: &[Value]) -> String {
    keys.iter().map(to_text).collect::<Vec<_>>().join(", ")
}

fn shown(group: Group, with_items: bool) -> Value {
    let mut properties = Properties::new();
    properties.set("Count", Value::Int(i64::try_from(group.items.len()).unwrap_or(i64::MAX)));
    properties.set("Name", Value::text(name(&group.keys)));
    if with_items {
        properties.set("Group", Value::array(group.items));
    }
    let columns: &'static [&'static str] =
        if with_items { &["Count", "Name", "Group"] } else { &["Count", "Name"] };
    Value::Object(Rc::new(Object { type_name: "GroupInfo".into(), columns, properties }))
}
