//! Methods: a small list of those that do no harm.

use time::Duration;

use super::member::{property, written_date};
use crate::convert::{text_size, to_int, to_number, to_text};
use crate::lexer::Number;
use crate::operators;
use crate::value::{Object, Properties, Value};

type Result<T> = std::result::Result<T, String>;

const OF_TEXT: &str = "Contains, EndsWith, Equals, GetType, IndexOf, LastIndexOf, PadLeft, PadRight, Replace, Split, StartsWith, Substring, ToLower, ToString, ToUpper, Trim, TrimEnd, TrimStart";

/// `target.method(arguments)`
pub(super) fn call(target: &Value, method: &str, arguments: &[Value]) -> Result<Value> {
    let name = method.to_lowercase();
    match (name.as_str(), arguments) {
        _ if target.is_null() => {
            Err("You cannot call a method on a null-valued expression.".into())
        }
        ("gettype", []) => Ok(type_object(target)),
        ("equals", [other]) => Ok(Value::Bool(operators::equal(target, other, true))),
        ("tostring", []) => Ok(Value::text(to_text(target))),
        _ => match target {
            Value::Text(text) => {
                match of_size(text, &name).or_else(|| text_of_date(text, &name, arguments)) {
                    Some(value) => value,
                    None => of_text(text, &name, arguments),
                }
            }
            Value::Array(items) if name == "contains" => {
                let wanted = arguments.first().cloned().unwrap_or_default();
                Ok(Value::Bool(items.iter().any(|i| operators::equal(i, &wanted, true))))
            }
            Value::Array(items) => {
                let results: Result<Vec<_>> =
                    items.iter().map(|item| call(item, method, arguments)).collect();
                results.map(Value::array)
            }
            Value::Hashtable(table) if name == "containskey" || name == "contains" => {
                let key = arguments.first().map(to_text).unwrap_or_default();
                Ok(Value::Bool(table.get(&key).is_some()))
            }
            Value::Date(date) => of_date(*date, &name, arguments),
            Value::Int(_) | Value::Double(_) if name == "tostring" => {
                let format = arguments.first().map(to_text).unwrap_or_default();
                let template = Value::text(format!("{{0:{format}}}"));
                let operator = crate::ast::BinaryOperator::Format;
                operators::binary(operator, &template, target)
            }
            _ => Err(unknown(target, method)),
        },
    }
}

/// `ToMB()` and the like of a size the server wrote: whole units, rounded down.
fn of_size(text: &str, name: &str) -> Option<Result<Value>> {
    let unit = match name {
        "tobytes" => 1,
        "tokb" => 1 << 10,
        "tomb" => 1 << 20,
        "togb" => 1 << 30,
        _ => return None,
    };
    let size = text_size(text)?;
    Some(Ok(Value::Int(size / unit)))
}

/// Methods of a date the server wrote as a text.
fn text_of_date(text: &str, name: &str, arguments: &[Value]) -> Option<Result<Value>> {
    let of_date_only = matches!(
        name,
        "adddays" | "addhours" | "addminutes" | "addseconds" | "touniversaltime" | "tolocaltime"
    );
    if !of_date_only && name != "tostring" {
        return None;
    }
    written_date(text).map(|date| of_date(date, name, arguments))
}

fn unknown(target: &Value, method: &str) -> String {
    let sentence = format!(
        "Method invocation failed because [{}] does not contain a method named '{method}' that can be used here.",
        target.type_name()
    );
    match target {
        Value::Text(_) => format!("{sentence} Methods: {OF_TEXT}."),
        _ if property(target, method).is_some() => {
            format!("{sentence} '{method}' is a property: leave the brackets out.")
        }
        _ => sentence,
    }
}

fn type_object(target: &Value) -> Value {
    let full = target.type_name();
    let name = full.rsplit('.').next().unwrap_or(&full).to_owned();
    let properties: Properties =
        [("Name", Value::text(name)), ("FullName", Value::text(full))].into_iter().collect();
    Object::custom(properties)
}

fn of_text(text: &str, name: &str, arguments: &[Value]) -> Result<Value> {
    let texts: Vec<String> = arguments.iter().map(to_text).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let position = |found: Option<usize>| {
        Value::Int(found.map_or(-1, |at| i64::try_from(text[..at].chars().count()).unwrap_or(-1)))
    };
    Ok(match (name, texts.as_slice()) {
        ("replace", [from, to]) if !from.is_empty() => Value::text(text.replace(from, to)),
        ("replace", [_, _]) => return Err("The text to replace must not be empty.".into()),
        ("contains", [part]) => Value::Bool(text.contains(part)),
        ("startswith", [part]) => Value::Bool(text.starts_with(part)),
        ("endswith", [part]) => Value::Bool(text.ends_with(part)),
        ("toupper" | "toupperinvariant", []) => Value::text(text.to_uppercase()),
        ("tolower" | "tolowerinvariant", []) => Value::text(text.to_lowercase()),
        ("trim", []) => Value::from(text.trim()),
        ("trim", [chars]) => Value::from(text.trim_matches(|c| chars.contains(c))),
        ("trimstart", []) => Value::from(text.trim_start()),
        ("trimstart", [chars]) => Value::from(text.trim_start_matches(|c| chars.contains(c))),
        ("trimend", []) => Value::from(text.trim_end()),
        ("trimend", [chars]) => Value::from(text.trim_end_matches(|c| chars.contains(c))),
        ("split", []) => Value::array(text.split_whitespace().map(Value::from).collect()),
        ("split", [chars]) => {
            Value::array(text.split(|c| chars.contains(c)).map(Value::from).collect())
        }
        ("indexof", [part]) => position(text.find(part)),
        ("lastindexof", [part]) => position(text.rfind(part)),
        ("substring", [_] | [_, _]) => substring(text, arguments)?,
        ("padleft" | "padright", [_] | [_, _]) => padded(text, name == "padleft", arguments)?,
        _ => return Err(unknown(&Value::from(text), name)),
    })
}

fn index(value: &Value) -> Result<usize> {
    to_int(value)
        .and_then(|n| usize::try_from(n).ok())
        .ok_or_else(|| format!("'{}' is not a position in a text.", to_text(value)))
}

fn substring(text: &str, arguments: &[Value]) -> Result<Value> {
    let total = text.chars().count();
    let start = index(&arguments[0])?;
    let length = match arguments.get(1) {
        Some(length) => index(length)?,
        None => total.saturating_sub(start),
    };
    if start.checked_add(length).is_none_or(|end| end > total) {
        return Err("Index and length must refer to a location within the string.".into());
    }
    Ok(Value::text(text.chars().skip(start).take(length).collect::<String>()))
}

fn padded(text: &str, left: bool, arguments: &[Value]) -> Result<Value> {
    let width = index(&arguments[0])?.min(10_000);
    let with = arguments.get(1).and_then(|c| to_text(c).chars().next()).unwrap_or(' ');
    let missing = width.saturating_sub(text.chars().count());
    let padding: String = std::iter::repeat_n(with, missing).collect();
    Ok(Value::text(if left { format!("{padding}{text}") } else { format!("{text}{padding}") }))
}

fn of_date(date: time::OffsetDateTime, name: &str, arguments: &[Value]) -> Result<Value> {
    let moved = |seconds: f64| -> Result<Value> {
        let [amount] = arguments else {
            return Err(format!("{name} takes one number."));
        };
        let amount = match to_number(amount) {
            Some(Number::Int(n)) => n as f64,
            Some(Number::Double(d)) => d,
            None => return Err(format!("{name} takes one number.")),
        };
        Duration::checked_seconds_f64(amount * seconds)
            .and_then(|span| date.checked_add(span))
            .map(Value::Date)
            .ok_or_else(|| "The date would be out of range.".to_owned())
    };
    match name {
        "adddays" => moved(86_400.0),
        "addhours" => moved(3_600.0),
        "addminutes" => moved(60.0),
        "addseconds" => moved(1.0),
        "touniversaltime" | "tolocaltime" => Ok(Value::Date(date)),
        "toshortdatestring" => {
            Ok(Value::text(to_text(&Value::Date(date)).chars().take(10).collect::<String>()))
        }
        "tostring" => {
            let format = arguments.first().map(to_text).unwrap_or_default();
            Ok(Value::text(crate::dates::formatted(date, &format)))
        }
        _ => Err(unknown(&Value::Date(date), name)),
    }
}
