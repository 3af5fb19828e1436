//! `Format-List` as text: `Name : value`, long values wrapped by the window's width, lists in braces.

use super::{Exported, MAX_CONNECTORS, MAX_PROPERTIES, Property, Value};
use crate::ImportError;

/// How a list ends that was cut off.
const ELLIPSES: [&str; 2] = ["...", "…"];

/// Whether a line is `Name : value`.
pub(super) fn is_line(line: &str) -> bool {
    split(line).is_some()
}

/// The name, the place where values begin, and the value.
fn split(line: &str) -> Option<(&str, usize, &str)> {
    let at = line.find(':')?;
    let (name, rest) = line.split_at(at);
    let value = rest.get(1..)?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.trim_end().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if !is_name || !(value.is_empty() || value.starts_with(' ')) {
        return None;
    }
    // At least the longest name is followed by a blank.
    name.ends_with(' ').then_some((name.trim_end(), at, value.strip_prefix(' ').unwrap_or(value)))
}

/// A property whose value may go on.
struct Open {
    name: String,
    line: usize,
    /// Where the colon stands.
    column: usize,
    text: String,
    /// Length of the line read last.
    length: usize,
}

/// The objects of a file.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Exported>, ImportError> {
    let width = text.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
    let mut connectors: Vec<Exported> = Vec::new();
    let mut current: Vec<Property> = Vec::new();
    let mut open: Option<Open> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let line = line.trim_end();
        if line.is_empty() {
            close(&mut open, &mut current);
            end(file, &mut current, &mut connectors);
            continue;
        }
        if let Some((name, at, value)) = split(line) {
            close(&mut open, &mut current);
            if is_repeated(name, &current) {
                end(file, &mut current, &mut connectors);
            }
            open = Some(Open {
                name: name.to_owned(),
                line: number,
                column: at,
                text: value.trim().to_owned(),
                length: line.chars().count(),
            });
        } else if let Some(open) = open.as_mut().filter(|open| is_indented(line, open.column)) {
            go_on(open, line, width);
        } else if is_prompt(line) {
            close(&mut open, &mut current);
        } else {
            let problem = format!(
                "This is no line of Format-List (Name : value): {}",
                crate::text::shortened(line, 60)
            );
            return Err(ImportError::new(file, number, problem));
        }
        let properties = current.len();
        if properties > MAX_PROPERTIES || connectors.len() > MAX_CONNECTORS {
            let problem = format!(
                "There are more than {MAX_CONNECTORS} objects, or one has more than {MAX_PROPERTIES} properties."
            );
            return Err(ImportError::new(file, number, problem));
        }
    }
    close(&mut open, &mut current);
    end(file, &mut current, &mut connectors);
    Ok(connectors)
}

fn is_repeated(name: &str, properties: &[Property]) -> bool {
    properties.iter().any(|property| property.name.eq_ignore_ascii_case(name))
}

fn is_indented(line: &str, column: usize) -> bool {
    line.chars().take_while(|c| *c == ' ').count() > column
}

/// What a window shows before and after: `[PS] C:\>Get-SendConnector | fl`.
pub(super) fn is_prompt(line: &str) -> bool {
    line.starts_with("[PS]") || line.starts_with("PS ")
}

/// Adds a line that was wrapped. A blank at the end of a full line is lost in the window, so words are put apart
/// again, but for values of a list, which have no blanks, and for what fills the line to its end.
fn go_on(open: &mut Open, line: &str, width: usize) {
    let more = line.trim();
    let in_list = open.text.starts_with('{');
    let is_between = open.text.ends_with(',') || more.starts_with('}');
    let is_cut = if in_list { !is_between } else { open.length >= width };
    if !is_cut && !open.text.is_empty() {
        open.text.push(' ');
    }
    open.text.push_str(more);
    open.length = line.chars().count();
}

fn close(open: &mut Option<Open>, properties: &mut Vec<Property>) {
    if let Some(open) = open.take() {
        properties.push(Property { name: open.name, value: value(&open.text), line: open.line });
    }
}

fn end(file: &str, properties: &mut Vec<Property>, connectors: &mut Vec<Exported>) {
    if let Some(first) = properties.first() {
        let line = first.line;
        let properties = std::mem::take(properties);
        connectors.push(Exported { file: file.to_owned(), line, properties });
    }
}

fn value(text: &str) -> Value {
    if text.is_empty() {
        return Value::Empty;
    }
    if text == "System.Management.Automation.PSCredential" {
        return Value::Credential(None);
    }
    let Some(inner) = text.strip_prefix('{') else {
        return Value::Text(text.to_owned());
    };
    let inner = inner.strip_suffix('}');
    let cut_off = inner.is_none();
    let inner = inner.unwrap_or_else(|| text.get(1..).unwrap_or_default()).trim();
    let shortened = ELLIPSES.iter().find_map(|sign| inner.strip_suffix(sign));
    let items =
        shortened.unwrap_or(inner).split(", ").map(|item| item.trim().trim_end_matches(','));
    let items = items.filter(|item| !item.is_empty()).map(str::to_owned).collect();
    Value::List { items, cut: cut_off || shortened.is_some() }
}
