//! Which properties are shown: names, wildcards, and properties computed by a script block.

use std::rc::Rc;

use crate::ast::ScriptBlock;
use crate::convert::{to_bool, to_int, to_text};
use crate::value::{Object, Properties, Value};
use crate::wildcard;

/// One column or line.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The heading.
    pub(crate) label: String,
    source: Source,
    /// `Descending=$true`: sorted from the greatest to the least.
    pub(crate) descending: bool,
    /// `Width=…`: columns a table gives it.
    pub(crate) width: Option<usize>,
    /// `Alignment='right'` and the like: whether it stands at the right.
    pub(crate) right: Option<bool>,
}

/// Where the value of a column comes from.
#[derive(Debug, Clone)]
enum Source {
    Property(String),
    Block(Rc<ScriptBlock>),
}

impl Column {
    pub(crate) fn named(name: &str) -> Self {
        Self::of(name.to_owned(), Source::Property(name.to_owned()))
    }

    fn of(label: String, source: Source) -> Self {
        Self { label, source, descending: false, width: None, right: None }
    }

    /// The script block that computes it.
    pub(crate) fn block(&self) -> Option<&Rc<ScriptBlock>> {
        match &self.source {
            Source::Block(block) => Some(block),
            Source::Property(_) => None,
        }
    }

    /// The property it shows; of a computed one its label.
    pub(crate) fn property(&self) -> &str {
        match &self.source {
            Source::Block(_) => &self.label,
            Source::Property(name) => name,
        }
    }
}

/// The names of an object's properties.
pub(crate) fn property_names(value: &Value) -> Vec<Rc<str>> {
    match value {
        Value::Credential(_) => vec!["UserName".into(), "Password".into()],
        Value::Text(_) => vec!["Length".into()],
        _ => value
            .properties()
            .map(|properties| properties.iter().map(|(name, _)| name.clone()).collect())
            .unwrap_or_default(),
    }
}

/// The columns a property list asks for. A name keeps the spelling that was typed; wildcards give
/// the properties the objects have.
///
/// # Errors
/// An item that is neither a name, a script block nor `@{Name=…; Expression=…}`.
pub(crate) fn columns_of(wanted: &[Value], values: &[Value]) -> Result<Vec<Column>, String> {
    let mut columns: Vec<Column> = Vec::new();
    for item in wanted {
        match item {
            Value::Block(block) => {
                let source = Source::Block(Rc::clone(block));
                columns.push(Column::of(block.text().to_owned(), source));
            }
            Value::Hashtable(table) => columns.push(computed(table)?),
            other => {
                let name = to_text(other);
                if wildcard::has_wildcards(&name) {
                    add_matching(&name, values, &mut columns);
                } else {
                    columns.push(Column::named(&name));
                }
            }
        }
    }
    Ok(columns)
}

fn add_matching(pattern: &str, values: &[Value], columns: &mut Vec<Column>) {
    for value in values {
        for name in property_names(value) {
            let new = !columns.iter().any(|c| c.label.eq_ignore_ascii_case(&name));
            if new && wildcard::matches(pattern, &name, false) {
                columns.push(Column::named(&name));
            }
        }
    }
}

/// `@{Name=…; Expression={…}}`
fn computed(table: &Properties) -> Result<Column, String> {
    if let Some((key, _)) = table.iter().find(|(key, _)| !is_known(key)) {
        return Err(format!(
            "'{key}' is not understood in a computed property. Allowed: {}.",
            KEYS.join(", ")
        ));
    }
    let entry = |names: &[&str]| {
        table.iter().find(|(key, _)| {
            names.iter().any(|n| n.to_lowercase().starts_with(&key.to_lowercase()))
        })
    };
    let label = entry(&["Name", "Label"]).map(|(_, value)| to_text(value));
    let source = match entry(&["Expression"]).map(|(_, value)| value) {
        Some(Value::Block(block)) => Source::Block(Rc::clone(block)),
        Some(name) => Source::Property(to_text(name)),
        None => return Err("A computed property is @{Name='…'; Expression={…}}.".into()),
    };
    let own = match &source {
        Source::Property(name) => name.clone(),
        Source::Block(block) => block.text().to_owned(),
    };
    let is_on = |name: &str| entry(&[name]).map(|(_, value)| to_bool(value));
    let width = entry(&["Width"]).and_then(|(_, value)| to_int(value));
    let alignment = entry(&["Alignment"]).map(|(_, value)| to_text(value).to_lowercase());
    Ok(Column {
        descending: is_on("Descending").unwrap_or_else(|| is_on("Ascending") == Some(false)),
        width: width.and_then(|w| usize::try_from(w).ok()).filter(|w| (1..=10_000).contains(w)),
        right: alignment.map(|text| text.starts_with('r')),
        ..Column::of(label.unwrap_or(own), source)
    })
}

/// What a computed property may say; each may be shortened.
const KEYS: &[&str] =
    &["Name", "Label", "Expression", "Ascending", "Descending", "Width", "Alignment"];

fn is_known(key: &str) -> bool {
    let key = key.to_lowercase();
    !key.is_empty() && KEYS.iter().any(|known| known.to_lowercase().starts_with(&key))
}

/// A hashtable's entries as objects with Name and Value.
pub(super) fn entries(value: &Value) -> Vec<Value> {
    let Value::Hashtable(table) = value else { return Vec::new() };
    table
        .iter()
        .map(|(name, value)| {
            let row: Properties = [("Name", Value::Text(name.clone())), ("Value", value.clone())]
                .into_iter()
                .collect();
            Object::custom(row)
        })
        .collect()
}

/// The value of a plain property of a row.
pub(crate) fn value_in(row: &Value, name: &str) -> Value {
    match row {
        Value::Credential(credential) => match name.to_lowercase().as_str() {
            "username" => Value::Text(credential.user_name.clone()),
            "password" => Value::Secure(credential.password.clone()),
            _ => Value::Null,
        },
        Value::Text(text) if name.eq_ignore_ascii_case("length") => {
            Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))
        }
        other => other.properties().and_then(|p| p.get(name)).cloned().unwrap_or_default(),
    }
}
