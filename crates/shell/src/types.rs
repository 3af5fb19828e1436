//! The types a script may name: casts, `-is`, `New-Object` and a few static members.

use std::rc::Rc;

use time::OffsetDateTime;

use crate::convert::{from_number, to_bool, to_int, to_number, to_text};
use crate::dates::parsed;
use crate::lexer::Number;
use crate::value::{Credential, Object, Properties, Value};

type Result<T> = std::result::Result<T, String>;

/// A type's name in its short lower-case form: `[System.String]` is `string`.
fn plain(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let name = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')).unwrap_or(&name);
    let name = name.strip_prefix("system.").unwrap_or(name);
    let name = name.strip_prefix("management.automation.").unwrap_or(name);
    let name = name.strip_prefix("security.").unwrap_or(name);
    match name {
        "int32" | "int64" | "long" | "uint32" | "uint64" | "int16" | "byte" => "int",
        "single" | "float" | "decimal" => "double",
        "boolean" => "bool",
        "object[]" | "byte[]" => "array",
        "collections.hashtable" => "hashtable",
        "collections.arraylist" => "list",
        generic if generic.starts_with("collections.generic.list[") => "list",
        other => other,
    }
    .to_owned()
}

fn unknown(name: &str) -> String {
    format!("Unable to find type [{name}].")
}

/// `[type] value`
pub(crate) fn cast(type_name: &str, value: Value) -> Result<Value> {
    let refuse =
        |to: &str| format!("Cannot convert value \"{}\" to type \"{to}\".", to_text(&value));
    Ok(match plain(type_name).as_str() {
        "string" => Value::text(to_text(&value)),
        "int" => Value::Int(to_int(&value).ok_or_else(|| refuse("System.Int32"))?),
        "double" => match to_number(&value).ok_or_else(|| refuse("System.Double"))? {
            Number::Int(n) => Value::Double(n as f64),
            double => from_number(double),
        },
        "bool" | "switch" => Value::Bool(to_bool(&value)),
        "array" | "list" => Value::array(value.items().to_vec()),
        "string[]" => Value::array(value.items().iter().map(|v| Value::text(to_text(v))).collect()),
        "int[]" => {
            let numbers = value.items().iter().map(|v| to_int(v).map(Value::Int));
            Value::array(numbers.collect::<Option<_>>().ok_or_else(|| refuse("System.Int32[]"))?)
        }
        "datetime" => match &value {
            Value::Date(_) => value,
            other => Value::Date(parsed(&to_text(other)).ok_or_else(|| refuse("System.DateTime"))?),
        },
        "guid" => {
            let guid =
                uuid::Uuid::try_parse(&to_text(&value)).map_err(|_| refuse("System.Guid"))?;
            Value::text(guid.to_string())
        }
        "timespan" => {
            let span: model::TimeSpan =
                to_text(&value).parse().map_err(|_| refuse("System.TimeSpan"))?;
            Value::text(span.to_string())
        }
        "pscustomobject" | "psobject" => match &value {
            Value::Hashtable(table) => Object::custom((**table).clone()),
            other => other.clone(),
        },
        "ordered" | "hashtable" if matches!(value, Value::Hashtable(_)) => value,
        "hashtable" => return Err(refuse("System.Collections.Hashtable")),
        "object" => value,
        "void" => Value::Null,
        "pscredential" if matches!(value, Value::Credential(_)) => value,
        "securestring" if matches!(value, Value::Secure(_)) => value,
        "pscredential" | "securestring" => {
            // The value may be a secret: it is not repeated.
            return Err(format!("Cannot convert the value to type \"{type_name}\"."));
        }
        _ => return Err(unknown(type_name)),
    })
}

/// `value -is [type]`
pub(crate) fn is_of_type(value: &Value, type_name: &str) -> bool {
    match plain(type_name).as_str() {
        "string" => matches!(value, Value::Text(_)),
        "int" => matches!(value, Value::Int(_)),
        "double" => matches!(value, Value::Double(_)),
        "bool" => matches!(value, Value::Bool(_)),
        "array" => matches!(value, Value::Array(_)),
        "hashtable" => matches!(value, Value::Hashtable(_)),
        "datetime" => matches!(value, Value::Date(_)),
        "pscredential" => matches!(value, Value::Credential(_)),
        "securestring" => matches!(value, Value::Secure(_)),
        "scriptblock" => matches!(value, Value::Block(_)),
        "pscustomobject" | "psobject" => matches!(value, Value::Object(_)),
        "object" => !value.is_null(),
        other => plain(&value.type_name()) == other,
    }
}

/// `[type]::new(…)` and `New-Object type (…)`
pub(crate) fn construct(type_name: &str, arguments: &[Value]) -> Result<Value> {
    match (plain(type_name).as_str(), arguments) {
        ("pscredential", [user, Value::Secure(password)]) => {
            let user_name: Rc<str> = to_text(user).into();
            if user_name.is_empty() {
                return Err("A credential needs a user name.".into());
            }
            Ok(Value::Credential(Rc::new(Credential { user_name, password: password.clone() })))
        }
        ("pscredential", _) => Err(format!(
            "[{type_name}] is made of a user name and a SecureString: (\"user\", (ConvertTo-SecureString \"…\" -AsPlainText -Force))."
        )),
        ("pscustomobject" | "psobject", []) => Ok(Object::custom(Properties::new())),
        ("pscustomobject" | "psobject", [Value::Hashtable(table)]) => {
            Ok(Object::custom((**table).clone()))
        }
        ("list", []) => Ok(Value::array(Vec::new())),
        ("hashtable" | "ordered", []) => Ok(Value::Hashtable(Rc::default())),
        ("guid", []) => Ok(Value::text(uuid::Uuid::nil().to_string())),
        ("string" | "guid" | "datetime" | "timespan" | "int", [one]) => {
            cast(type_name, one.clone())
        }
        ("pscustomobject" | "psobject" | "hashtable" | "guid" | "string", _) => {
            Err(format!("[{type_name}] cannot be made of these arguments."))
        }
        _ => Err(unknown(type_name)),
    }
}

/// Whether the type is that of files, whose members reach out of the language.
pub(crate) fn is_file(type_name: &str) -> bool {
    ["io.file", "system.io.file"].contains(&type_name.to_ascii_lowercase().as_str())
}

/// `[type]::member` and `[type]::member(…)`; `now` is the time in UTC.
pub(crate) fn static_member(
    type_name: &str,
    member: &str,
    arguments: Option<&[Value]>,
    now: OffsetDateTime,
) -> Result<Value> {
    let kind = plain(type_name);
    let member_lower = member.to_lowercase();
    let texts = || -> Vec<String> { arguments.unwrap_or(&[]).iter().map(to_text).collect() };
    match (kind.as_str(), member_lower.as_str(), arguments) {
        (_, "new", Some(arguments)) => construct(type_name, arguments),
        ("guid", "newguid", Some([])) => Ok(Value::text(uuid::Uuid::new_v4().to_string())),
        ("guid", "empty", None) => Ok(Value::text(uuid::Uuid::nil().to_string())),
        ("string", "isnullorempty", Some([one])) => Ok(Value::Bool(to_text(one).is_empty())),
        ("string", "isnullorwhitespace", Some([one])) => {
            Ok(Value::Bool(to_text(one).trim().is_empty()))
        }
        ("string", "empty", None) => Ok("".into()),
        ("string", "join", Some([separator, items])) => {
            let items: Vec<_> = items.items().iter().map(to_text).collect();
            Ok(Value::text(items.join(&to_text(separator))))
        }
        ("datetime", "now" | "utcnow", None) => Ok(Value::Date(now)),
        ("datetime", "today", None) => Ok(Value::Date(now.replace_time(time::Time::MIDNIGHT))),
        ("timespan", "fromdays" | "fromhours" | "fromminutes" | "fromseconds", Some([amount])) => {
            let unit = match member_lower.as_str() {
                "fromdays" => 86_400.0,
                "fromhours" => 3_600.0,
                "fromminutes" => 60.0,
                _ => 1.0,
            };
            let amount: Option<f64> = to_text(amount).trim().parse().ok();
            let span = amount.and_then(|n| time::Duration::checked_seconds_f64(n * unit));
            let span = span.ok_or("A time span is made of a number.")?;
            Ok(Value::text(crate::spans::written(span)))
        }
        ("environment", "newline", None) => Ok("\n".into()),
        ("environment", "machinename", None) => Err("[Environment]::MachineName is that of the client and not available; see Get-ExchangeServer.".into()),
        ("math", function, Some(_)) => math(function, &texts()),
        ("string" | "int" | "double" | "bool" | "guid" | "datetime" | "environment" | "pscredential" | "timespan", _, _) => {
            Err(format!("[{type_name}] has no member '{member}' that can be used here."))
        }
        _ => Err(unknown(type_name)),
    }
}

fn math(function: &str, arguments: &[String]) -> Result<Value> {
    let numbers: Vec<f64> = arguments.iter().filter_map(|a| a.trim().parse().ok()).collect();
    if numbers.len() != arguments.len() {
        return Err("[Math] takes numbers.".into());
    }
    let result = match (function, numbers.as_slice()) {
        ("round", [x]) => x.round_ties_even(),
        ("round", [x, digits]) if (0.0..=15.0).contains(digits) => {
            let factor = 10_f64.powf(digits.trunc());
            (x * factor).round_ties_even() / factor
        }
        ("floor", [x]) => x.floor(),
        ("ceiling", [x]) => x.ceil(),
        ("truncate", [x]) => x.trunc(),
        ("abs", [x]) => x.abs(),
        ("max", [a, b]) => a.max(*b),
        ("min", [a, b]) => a.min(*b),
        _ => return Err(format!("[Math] has no member '{function}' that can be used here.")),
    };
    Ok(if result.fract() == 0.0 && result.abs() < 9.0e15 {
        Value::Int(result as i64)
    } else {
        Value::Double(result)
    })
}
