//! Tables: headings, a line under them, one row for each object.
//!
//! Columns take the width their content needs. When that is more than the terminal has, the widest
//! give way; what does not fit is cut with `...`, or wrapped.

use super::cell::{cut, single_line, text, width, wrapped};
use super::selection::{Column, value_in};
use super::view::{DEFAULT_WIDTH, View};
use crate::value::Value;

/// No column is made narrower than this.
const NARROWEST: usize = 6;

/// How a table is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableOptions {
    /// Wraps what does not fit instead of cutting it.
    pub(crate) wrap: bool,
    /// Leaves the headings out.
    pub(crate) hide_headers: bool,
}

/// A table of the rows. Computed columns must have been replaced by properties.
pub(crate) fn table(
    rows: &[Value],
    columns: &[Column],
    options: &TableOptions,
    view: &View,
) -> String {
    if rows.is_empty() || columns.is_empty() {
        return String::new();
    }
    let values: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| columns.iter().map(|c| value_in(row, c.property())).collect())
        .collect();
    let cells: Vec<Vec<String>> = values
        .iter()
        .map(|row| {
            let one = |v: &Value| {
                if options.wrap { text(v, view.limit) } else { single_line(v, view.limit) }
            };
            row.iter().map(one).collect()
        })
        .collect();
    let right: Vec<bool> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| c.right.unwrap_or_else(|| is_numeric(&values, i)))
        .collect();
    let widths = widths(columns, &cells, view.width.unwrap_or(DEFAULT_WIDTH));
    let mut lines = vec![String::new()];
    if !options.hide_headers {
        let labels: Vec<String> = columns.iter().map(|c| c.label.clone()).collect();
        let rules: Vec<String> =
            labels.iter().zip(&widths).map(|(l, w)| "-".repeat(width(l).min(*w))).collect();
        lines.push(line(&labels, &widths, &right));
        lines.push(line(&rules, &widths, &right));
    }
    for row in &cells {
        if options.wrap {
            lines.extend(wrapped_row(row, &widths, &right));
        } else {
            lines.push(line(row, &widths, &right));
        }
    }
    lines.push(String::new());
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Numbers stand at the right.
fn is_numeric(values: &[Vec<Value>], column: usize) -> bool {
    let mut numbers = values.iter().map(|row| &row[column]).filter(|v| !v.is_null()).peekable();
    numbers.peek().is_some() && numbers.all(|v| matches!(v, Value::Int(_) | Value::Double(_)))
}

fn widths(columns: &[Column], cells: &[Vec<String>], total: usize) -> Vec<usize> {
    let longest = |text: &str| text.split('\n').map(width).max().unwrap_or(0);
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let widest = cells.iter().map(|row| longest(&row[i])).max().unwrap_or(0);
            c.width.unwrap_or_else(|| width(&c.label).max(widest).max(1))
        })
        .collect();
    let room = total.saturating_sub(columns.len() - 1);
    // The widest columns give way, down to a common width.
    while widths.iter().sum::<usize>() > room {
        let widest = widths.iter().copied().max().unwrap_or(0);
        if widest <= NARROWEST {
            break;
        }
        let excess = widths.iter().sum::<usize>() - room;
        let second = widths.iter().copied().filter(|w| *w < widest).max().unwrap_or(NARROWEST);
        let count = widths.iter().filter(|w| **w == widest).count();
        let target = (widest - excess.div_ceil(count).min(widest)).max(second.max(NARROWEST));
        let target = target.min(widest - 1);
        for w in widths.iter_mut().filter(|w| **w == widest) {
            *w = target;
        }
    }
    widths
}

fn line(cells: &[String], widths: &[usize], right: &[bool]) -> String {
    let mut line = String::new();
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            line.push(' ');
        }
        let shown = cut(cell, widths[i]);
        let padding = " ".repeat(widths[i].saturating_sub(width(&shown)));
        if right[i] {
            line.push_str(&padding);
            line.push_str(&shown);
        } else {
            line.push_str(&shown);
            line.push_str(&padding);
        }
    }
    line.trim_end().to_owned()
}

fn wrapped_row(row: &[String], widths: &[usize], right: &[bool]) -> Vec<String> {
    let columns: Vec<Vec<String>> =
        row.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|i| {
            let cells: Vec<String> =
                columns.iter().map(|lines| lines.get(i).cloned().unwrap_or_default()).collect();
            line(&cells, widths, right)
        })
        .collect()
}
