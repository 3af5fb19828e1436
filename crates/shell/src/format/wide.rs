//! One property of each object, in columns side by side.

use super::cell::{cut, single_line, width};
use super::selection::{Column, value_in};
use super::view::{DEFAULT_WIDTH, View};
use crate::value::Value;

/// Values side by side in `count` columns, or in as many as fit.
pub(crate) fn wide(
    values: &[Value],
    column: Option<&Column>,
    count: Option<usize>,
    view: &View,
) -> String {
    if values.is_empty() {
        return String::new();
    }
    let cells: Vec<String> = values
        .iter()
        .map(|value| match column {
            Some(column) => single_line(&value_in(value, column.property()), view.limit),
            None => single_line(value, view.limit),
        })
        .collect();
    let total = view.width.unwrap_or(DEFAULT_WIDTH);
    let widest = cells.iter().map(|cell| width(cell)).max().unwrap_or(1).max(1);
    let count = count.unwrap_or_else(|| (total + 1) / (widest + 1)).clamp(1, 1000);
    let room = ((total + 1) / count).saturating_sub(1).max(1);
    let mut text = String::from("\n");
    for row in cells.chunks(count) {
        let shown: Vec<String> = row
            .iter()
            .map(|cell| {
                let cell = cut(cell, room);
                let padding = room.saturating_sub(width(&cell));
                format!("{cell}{}", " ".repeat(padding))
            })
            .collect();
        text.push_str(shown.join(" ").trim_end());
        text.push('\n');
    }
    text.push('\n');
    text
}
