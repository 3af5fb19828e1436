//! Lists: `Name : value`, one property a line.

use super::cell::{text, width, wrapped};
use super::selection::{Column, property_names, value_in};
use super::view::View;
use crate::convert::to_text;
use crate::value::Value;

/// Values as lists; all properties unless columns are given. On a terminal long values go on in the
/// next line under their beginning; elsewhere a property is always one line per line of its text.
pub(crate) fn list(values: &[Value], columns: Option<&[Column]>, view: &View) -> String {
    let mut result = String::new();
    for value in values {
        let lines = lines(value, columns, view);
        if lines.is_empty() {
            continue;
        }
        result.push('\n');
        for line in lines {
            result.push_str(&line);
            result.push('\n');
        }
    }
    if !result.is_empty() {
        result.push('\n');
    }
    result
}

fn lines(value: &Value, columns: Option<&[Column]>, view: &View) -> Vec<String> {
    if value.properties().is_none() && !matches!(value, Value::Credential(_)) {
        return to_text(value).lines().map(str::to_owned).collect();
    }
    let own = property_names(value);
    let entries: Vec<(String, Value)> = match columns {
        None => own.iter().map(|name| (name.to_string(), value_in(value, name))).collect(),
        Some(columns) => columns.iter().filter_map(|column| entry(value, column)).collect(),
    };
    let label_width = entries.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    let room = view.width.map(|total| total.saturating_sub(label_width + 3).max(10));
    let mut lines = Vec::new();
    for (label, value) in entries {
        let padding = " ".repeat(label_width - width(&label));
        let shown = text(&value, view.limit);
        let parts = match room {
            Some(room) => wrapped(&shown, room),
            None => shown.split('\n').map(|l| l.trim_end_matches('\r').to_owned()).collect(),
        };
        for (i, part) in parts.iter().enumerate() {
            let line = if i == 0 {
                format!("{label}{padding} : {part}")
            } else {
                format!("{}{part}", " ".repeat(label_width + 3))
            };
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

/// The line of a column; none for a property the object does not have.
fn entry(value: &Value, column: &Column) -> Option<(String, Value)> {
    let name = column.property();
    let known = property_names(value).iter().any(|own| own.eq_ignore_ascii_case(name));
    known.then(|| (column.label.clone(), value_in(value, name)))
}
