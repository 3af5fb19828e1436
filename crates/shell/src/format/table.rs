//! Tables: headings, a line under them, one row for each object.
//!
//! Columns take the width their content needs. When that is more than the terminal has, wide headings
//! and then the widest columns give way; what does not fit is cut with `...`, or wrapped.

use super::cell::{cut, single_line, text, width, wrapped};
use super::selection::{Column, value_in};
use super::view::{DEFAULT_WIDTH, View};
use crate::value::Value;

/// A heading is cut only when that saves as many columns.
const WORTH_CUTTING: usize = 4;
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
    let content: Vec<usize> = (0..columns.len())
        .map(|i| cells.iter().map(|row| longest(&row[i])).max().unwrap_or(0).max(1))
        .collect();
    let mut widths: Vec<usize> = columns
        .iter()
        .zip(&content)
        .map(|(c, content)| c.width.unwrap_or_else(|| width(&c.label).max(*content)))
        .collect();
    let room = total.saturating_sub(columns.len() - 1);
    // First headings that are wider than what stands under them give way, then the widest columns, and
    // last of all the first column, which says what the row is about.
    let headings: Vec<usize> = content
        .iter()
        .zip(&widths)
        .map(|(content, width)| {
            let least = (*content).max(NARROWEST);
            if least + WORTH_CUTTING <= *width { least } else { *width }
        })
        .collect();
    shrink(&mut widths, room, &headings);
    let narrowest = vec![NARROWEST; columns.len()];
    let mut but_the_first = narrowest.clone();
    but_the_first[0] = widths[0].min(room / 2);
    shrink(&mut widths, room, &but_the_first);
    shrink(&mut widths, room, &narrowest);
    widths
}

/// Takes columns from the widest, none below its least, until the table fits or nothing more can go.
fn shrink(widths: &mut [usize], room: usize, least: &[usize]) {
    let mut excess = widths.iter().sum::<usize>().saturating_sub(room);
    while excess > 0 {
        let spare = |(i, w): &(usize, usize)| *w > least[*i];
        let widest = widths.iter().copied().enumerate().filter(spare).max_by_key(|(_, w)| *w);
        let Some((at, _)) = widest else { return };
        widths[at] -= 1;
        excess -= 1;
    }
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
