//! Text and values as Markdown has them.

use serde_json::Value;

/// Text that stands for itself, also in a table.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '<' | '|' | '[' | '`' | '\\') {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

/// What is typed or shown as it is; in a table, too, a bar does not end it.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// Each as code, one after the other.
pub(crate) fn codes(texts: impl IntoIterator<Item: AsRef<str>>) -> String {
    let all: Vec<String> = texts.into_iter().map(|text| code(text.as_ref())).collect();
    all.join(", ")
}

/// A value as the shell would be told it; `None` where there is none.
pub(crate) fn value(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(is) => Some(code(&format!("${is}"))),
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(code(text)),
        Value::Array(all) if all.is_empty() => None,
        Value::Array(all) => {
            Some(all.iter().filter_map(self::value).collect::<Vec<_>>().join(", "))
        }
        other => Some(code(&other.to_string())),
    }
}

/// A row of a table.
pub(crate) fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
pub(crate) fn head(cells: &[&str]) -> String {
    format!("{}|{}\n", row(cells), "---|".repeat(cells.len()))
}

/// Where a link within a page goes to, by the heading (as mdBook and others make it of letters, digits, `-` and `_`).
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}
