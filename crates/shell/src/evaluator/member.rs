//! Properties: of objects, of every item of an array, and the few that plain values have.

use super::Evaluator;
use crate::convert::text_size;
use crate::value::Value;
use crate::{dates, spans};

impl Evaluator<'_> {
    /// The property of this name, `$null` when there is none.
    pub(super) fn property(&self, target: &Value, name: &str) -> Value {
        property(target, name).unwrap_or_default()
    }
}

/// The property of this name, letter case ignored.
pub(super) fn property(target: &Value, name: &str) -> Option<Value> {
    if let Some(found) = target.properties().and_then(|p| p.get(name)) {
        return Some(found.clone());
    }
    let lower = name.to_lowercase();
    match (target, lower.as_str()) {
        (Value::Array(items), "count" | "length") => Some(count(items.len())),
        (Value::Array(items), _) => of_each(items, name),
        (Value::Text(text), "length") => Some(count(text.chars().count())),
        (Value::Text(text), "value" | "isunlimited") => unlimited(text, &lower),
        (Value::Text(text), part) => of_meaning(text, part),
        (Value::Null, "count" | "length") => Some(Value::Int(0)),
        (Value::Hashtable(table), "count") => Some(count(table.len())),
        (Value::Hashtable(table), "keys") => {
            Some(Value::array(table.iter().map(|(k, _)| Value::Text(k.clone())).collect()))
        }
        (Value::Hashtable(table), "values") => {
            Some(Value::array(table.iter().map(|(_, v)| v.clone()).collect()))
        }
        (Value::Credential(credential), "username") => {
            Some(Value::Text(credential.user_name.clone()))
        }
        (Value::Credential(credential), "password") => {
            Some(Value::Secure(credential.password.clone()))
        }
        (Value::Secure(secret), "length") => Some(count(secret.expose().chars().count())),
        (Value::Date(date), part) => date_part(*date, part),
        (_, "count" | "length") => Some(Value::Int(1)),
        _ => None,
    }
}

/// `Value` and `IsUnlimited` of a text that may stand for no limit, as scripts for Exchange ask them.
fn unlimited(text: &str, name: &str) -> Option<Value> {
    let no_limit = text.eq_ignore_ascii_case("unlimited");
    match name {
        _ if !no_limit && text_size(text).is_none() => None,
        "value" if no_limit => None,
        "value" => Some(Value::from(text)),
        _ => Some(Value::Bool(no_limit)),
    }
}

/// Parts of a time span or date that the server writes as a text; every text counts as one item.
fn of_meaning(text: &str, name: &str) -> Option<Value> {
    if name == "count" {
        return Some(Value::Int(1));
    }
    spans::part(text, name).or_else(|| date_part(written_date(text)?, name))
}

/// The date of a text in the form the server writes dates.
pub(super) fn written_date(text: &str) -> Option<time::OffsetDateTime> {
    if text.len() < 20 || !text.ends_with('Z') || !text.contains('T') {
        return None;
    }
    dates::parsed(text)
}

fn count(n: usize) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The property of every item that has it.
fn of_each(items: &[Value], name: &str) -> Option<Value> {
    let mut found = Vec::new();
    for item in items {
        if matches!(item, Value::Array(_)) {
            continue;
        }
        if let Some(value) = property(item, name) {
            found.extend(value.into_items());
        }
    }
    match found.len() {
        0 => None,
        _ => Some(Value::from_output(found)),
    }
}

fn date_part(date: time::OffsetDateTime, part: &str) -> Option<Value> {
    let number = |n: u8| Some(Value::Int(i64::from(n)));
    match part {
        "year" => Some(Value::Int(i64::from(date.year()))),
        "month" => number(u8::from(date.month())),
        "day" => number(date.day()),
        "hour" => number(date.hour()),
        "minute" => number(date.minute()),
        "second" => number(date.second()),
        "dayofyear" => Some(Value::Int(i64::from(date.ordinal()))),
        "dayofweek" => Some(Value::text(date.weekday().to_string())),
        "date" => Some(Value::Date(date.replace_time(time::Time::MIDNIGHT))),
        _ => None,
    }
}
