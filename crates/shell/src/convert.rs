//! From one kind of value to another, as the language does it: texts, truth, numbers, JSON.

use std::rc::Rc;

use cmdlets::Output;
use model::{ByteSize, TimeSpan};
use serde_json::{Map, Value as Json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::lexer::{Number, read_number};
use crate::value::{ERROR_RECORD, Object, Properties, Value};

const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const ISO: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// The text of a value, as string expansion and `ToString()` give it.
pub(crate) fn to_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(n) => n.to_string(),
        Value::Double(d) => d.to_string(),
        Value::Text(text) | Value::Formatted(text) => text.to_string(),
        Value::Array(items) => items.iter().map(to_text).collect::<Vec<_>>().join(" "),
        Value::Object(object) => object_text(object),
        Value::Block(block) => block.text().to_owned(),
        Value::Date(date) => date.format(DATE).unwrap_or_default(),
        Value::Hashtable(_) | Value::Secure(_) | Value::Credential(_) => value.type_name(),
    }
}

/// What names an object, else all its properties.
fn object_text(object: &Object) -> String {
    if &*object.type_name == ERROR_RECORD {
        let exception = object.properties.get("Exception").and_then(Value::properties);
        return exception.and_then(|e| e.get("Message")).map(to_text).unwrap_or_default();
    }
    if !object.type_name.is_empty() {
        for name in ["Identity", "Name"] {
            if let Some(named) = object.properties.get(name).filter(|v| !v.is_null()) {
                return to_text(named);
            }
        }
    }
    let parts: Vec<_> = object
        .properties
        .iter()
        .map(|(name, value)| format!("{name}={}", to_text(value)))
        .collect();
    format!("@{{{}}}", parts.join("; "))
}

/// Whether a value counts as true.
pub(crate) fn to_bool(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Int(n) => *n != 0,
        Value::Double(d) => *d != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::Array(items) => match items.as_slice() {
            [] => false,
            [one] => to_bool(one),
            _ => true,
        },
        _ => true,
    }
}

/// The number a value is or spells.
pub(crate) fn to_number(value: &Value) -> Option<Number> {
    match value {
        Value::Null => Some(Number::Int(0)),
        Value::Bool(b) => Some(Number::Int(i64::from(*b))),
        Value::Int(n) => Some(Number::Int(*n)),
        Value::Double(d) => Some(Number::Double(*d)),
        Value::Text(text) => read_number(text).or_else(|| text_size(text).map(Number::Int)),
        _ => None,
    }
}

/// The whole number a value is or spells.
pub(crate) fn to_int(value: &Value) -> Option<i64> {
    match to_number(value)? {
        Number::Int(n) => Some(n),
        Number::Double(d) if d.abs() < 9.0e15 => Some(d.round() as i64),
        Number::Double(_) => None,
    }
}

pub(crate) fn from_number(number: Number) -> Value {
    match number {
        Number::Int(n) => Value::Int(n),
        Number::Double(d) => Value::Double(d),
    }
}

/// Bytes of a size as the server writes it: `12 MB (12,582,912 bytes)`.
pub(crate) fn text_size(text: &str) -> Option<i64> {
    if !text.ends_with(" bytes)") {
        return None;
    }
    i64::try_from(text.parse::<ByteSize>().ok()?.as_u64()).ok()
}

/// Milliseconds of a duration written with colons.
pub(crate) fn text_span(text: &str) -> Option<u64> {
    if !text.contains(':') {
        return None;
    }
    text.parse::<TimeSpan>().ok().map(TimeSpan::as_millis)
}

/// A value as JSON, for the API and `ConvertTo-Json`. Secrets are left out.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::Secure(_) => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(n) => Json::from(*n),
        Value::Double(d) => Json::from(*d),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Object(object) => Json::Object(properties_to_json(&object.properties)),
        Value::Hashtable(table) => Json::Object(properties_to_json(table)),
        Value::Date(date) => {
            date.to_offset(time::UtcOffset::UTC).format(ISO).map_or(Json::Null, Json::String)
        }
        Value::Credential(credential) => {
            let user = Json::from(&*credential.user_name);
            Json::Object(Map::from_iter([("UserName".to_owned(), user)]))
        }
        Value::Text(_) | Value::Formatted(_) | Value::Block(_) => Json::String(to_text(value)),
    }
}

fn properties_to_json(properties: &Properties) -> Map<String, Json> {
    properties.iter().map(|(name, value)| (name.to_string(), to_json(value))).collect()
}

/// A value out of JSON; objects become objects of the cmdlet's type.
pub(crate) fn from_json(json: Json, output: Output) -> Value {
    match json {
        Json::Object(map) => {
            let nothing = Output::NOTHING;
            let properties =
                map.into_iter().map(|(name, value)| (name, from_json(value, nothing))).collect();
            Value::Object(Rc::new(Object {
                type_name: output.type_name.into(),
                columns: output.columns,
                properties,
            }))
        }
        Json::Array(items) => {
            Value::array(items.into_iter().map(|item| from_json(item, output)).collect())
        }
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(b),
        Json::Number(number) => match number.as_i64() {
            Some(n) => Value::Int(n),
            None => Value::Double(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_is_that_of_the_language() {
        let array = |items: Vec<Value>| Value::array(items);
        assert!(!to_bool(&Value::Null) && !to_bool(&"".into()) && !to_bool(&array(vec![])));
        assert!(!to_bool(&array(vec![Value::Bool(false)])));
        assert!(to_bool(&"false".into()) && to_bool(&array(vec![Value::Null, Value::Null])));
    }

    #[test]
    fn sizes_and_dates_of_the_server_are_understood() {
        assert_eq!(to_int(&"12 MB (12,582,912 bytes)".into()), Some(12 << 20));
        assert_eq!(text_span("1.00:00:00"), Some(86_400_000));
    }

    #[test]
    fn secrets_stay_out_of_texts() {
        let secret = Value::Secure(crate::value::Secret::new("hunter2"));
        assert!(!to_text(&secret).contains("hunter2"));
        assert!(!format!("{secret:?}").contains("hunter2"));
        assert_eq!(to_json(&secret), Json::Null);
    }
}
