//! From objects to the text administrators read: tables, lists, single values.
//!
//! Without a Format command an object shows the default columns of its type as a table; an object
//! without a type shows a table up to four properties, else a list. Texts and numbers stand one a
//! line. Nothing is printed for nothing.

mod cell;
mod list;
mod selection;
mod table;
mod view;
mod wide;

pub(crate) use cell::wrapped;
pub(crate) use list::list;
pub(crate) use selection::{Column, columns_of, property_names, value_in};
pub(crate) use table::{TableOptions, table};
pub(crate) use view::{DEFAULT_LIMIT, View, enumeration_limit};
pub(crate) use wide::wide;

use crate::convert::to_text;
use crate::value::{ERROR_RECORD, Value};

/// Up to how many properties an object without a type is shown as a table.
const TABLE_PROPERTIES: usize = 4;

/// Values as they are shown without a Format command.
pub(crate) fn default_view(values: &[Value], view: &View) -> String {
    let mut text = String::new();
    let mut rest = values;
    while let Some(first) = rest.first() {
        let shape = Shape::of(first);
        let length = rest.iter().take_while(|v| Shape::of(v) == shape).count();
        let (group, after) = rest.split_at(length);
        text.push_str(&shown(group, &shape, view));
        rest = after;
    }
    text
}

/// What is shown together.
#[derive(PartialEq)]
enum Shape {
    Line,
    Verbatim,
    Nothing,
    Table(String, Vec<String>),
    List(Vec<String>),
    Hashtable,
}

impl Shape {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Formatted(_) => Self::Verbatim,
            Value::Hashtable(_) => Self::Hashtable,
            Value::Object(object) if &*object.type_name == ERROR_RECORD => Self::Line,
            Value::Object(object) if !object.columns.is_empty() => {
                let columns = object.columns.iter().map(|c| (*c).to_owned()).collect();
                Self::Table(object.type_name.to_string(), columns)
            }
            Value::Object(object) => {
                let names: Vec<String> =
                    object.properties.iter().map(|(name, _)| name.to_string()).collect();
                if names.len() <= TABLE_PROPERTIES {
                    Self::Table(object.type_name.to_string(), names)
                } else {
                    Self::List(names)
                }
            }
            Value::Credential(_) => {
                Self::Table("credential".into(), vec!["UserName".into(), "Password".into()])
            }
            _ => Self::Line,
        }
    }
}

fn shown(group: &[Value], shape: &Shape, view: &View) -> String {
    match shape {
        Shape::Nothing => String::new(),
        Shape::Verbatim => group.iter().map(to_text).collect(),
        Shape::Line => group.iter().map(|value| format!("{}\n", line(value, view))).collect(),
        Shape::Table(_, names) => {
            let columns: Vec<_> = names.iter().map(|n| Column::named(n)).collect();
            table(group, &columns, &TableOptions::default(), view)
        }
        Shape::List(_) => list(group, None, view),
        Shape::Hashtable => {
            let columns = [Column::named("Name"), Column::named("Value")];
            let rows: Vec<_> = group.iter().flat_map(selection::entries).collect();
            table(&rows, &columns, &TableOptions::default(), view)
        }
    }
}

fn line(value: &Value, view: &View) -> String {
    match value {
        // An array within an array.
        Value::Array(_) => cell::text(value, view.limit),
        other => to_text(other),
    }
}

#[cfg(test)]
mod tests;
