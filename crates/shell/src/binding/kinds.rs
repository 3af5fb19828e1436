//! Whether a value fits a parameter's kind, and in which form it is kept.
//!
//! Only what the language itself must know is checked here: truth values, numbers, secrets, lists.
//! Ranges and rules are the server's, whose message names what is allowed.

use cmdlets::Kind;

use crate::bytes;
use crate::convert::{from_number, to_int, to_text};
use crate::dates;
use crate::lexer::read_number;
use crate::value::Value;

/// A kind in words, with its article.
pub(super) fn described(kind: &Kind) -> String {
    match kind {
        Kind::Boolean | Kind::Switch => "$true or $false".into(),
        Kind::OptionalBoolean => "$true, $false or $null".into(),
        Kind::Int32 => "a number".into(),
        Kind::Size => "a size such as 10MB".into(),
        Kind::UnlimitedSize => "a size such as 10MB, or unlimited,".into(),
        Kind::UnlimitedInt32 => "a number, or unlimited,".into(),
        Kind::TimeSpan => "a time span such as 00:15:00".into(),
        Kind::Guid => "a GUID".into(),
        Kind::DateTime => "a date".into(),
        Kind::Credential => "a credential, such as (Get-Credential),".into(),
        Kind::SecureString => "a SecureString".into(),
        Kind::Bytes => {
            "the bytes of a file, such as ([System.IO.File]::ReadAllBytes('file')),".into()
        }
        Kind::Fqdn => "a domain name".into(),
        Kind::IpAddress => "an IP address".into(),
        Kind::SmtpAddress => "an e-mail address".into(),
        Kind::Enum(words) => format!("one of {}", words.join(", ")),
        Kind::Flags(words) => format!("one or several of {}", words.join(", ")),
        Kind::List(item) => format!("one or several values (each {})", described(item)),
        Kind::Identity => "a name, GUID or object".into(),
        Kind::String => "a text".into(),
        Kind::Object => "a value".into(),
    }
}

/// The value in the form its kind wants; `bare` when it was written as words without quotes.
pub(super) fn fitted(kind: &Kind, value: Value, bare: bool) -> Result<Value, String> {
    if let Value::Formatted(_) = value {
        return Err(
            "What a Format command gives is text to read; use the objects themselves.".into()
        );
    }
    match kind {
        Kind::Boolean | Kind::Switch => truth(value, bare),
        Kind::OptionalBoolean if !value.is_null() => truth(value, bare),
        Kind::Int32 if !value.is_null() => match to_int(&value) {
            Some(n) => Ok(Value::Int(n)),
            None => Err(cannot_convert(&value, "System.Int32", "a number")),
        },
        Kind::SecureString => match value {
            Value::Secure(_) | Value::Null => Ok(value),
            _ => Err("A SecureString is needed, not plain text: use (ConvertTo-SecureString '…' -AsPlainText -Force) or (Get-Credential).Password.".into()),
        },
        Kind::Bytes => match bytes::of_value(&value) {
            Some(bytes) => Ok(bytes::to_text(&bytes)),
            None => Err(format!("These are no bytes. Give {}.", described(kind))),
        },
        Kind::List(Kind::Enum(words)) | Kind::Flags(words) => Ok(each_completed(value, words)),
        Kind::List(_) => Ok(value),
        Kind::Enum(words) if matches!(value, Value::Text(_)) => Ok(completed(value, words)),
        // Dates in all the forms the shell reads go out in the one every server reads.
        Kind::DateTime => Ok(match &value {
            Value::Text(text) => dates::parsed(text).map_or(value.clone(), Value::Date),
            _ => value,
        }),
        Kind::Object => Ok(if bare { numbers(value) } else { value }),
        _ => match value {
            Value::Array(items) => match items.as_slice() {
                [one] => Ok(one.clone()),
                _ => Err(format!(
                    "Cannot convert 'System.Object[]' to a single value: it holds {} values. Give {}.",
                    items.len(),
                    described(kind)
                )),
            },
            Value::Secure(_) => {
                Err(format!("A SecureString cannot be given here. Give {}.", described(kind)))
            }
            other => Ok(other),
        },
    }
}

/// A word of an enumeration may be shortened as long as one word begins so: `-TransportRole Frontend`.
fn completed(value: Value, words: &[&str]) -> Value {
    let Value::Text(typed) = &value else { return value };
    let begins =
        |word: &str| word.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
    if typed.is_empty() || words.iter().any(|word| word.eq_ignore_ascii_case(typed)) {
        return value;
    }
    let mut matching = words.iter().filter(|word| begins(word));
    match (matching.next(), matching.next()) {
        (Some(one), None) => Value::from(*one),
        _ => value,
    }
}

fn each_completed(value: Value, words: &[&str]) -> Value {
    match value {
        Value::Array(items) => {
            Value::array(items.iter().map(|item| completed(item.clone(), words)).collect())
        }
        one => completed(one, words),
    }
}

fn truth(value: Value, bare: bool) -> Result<Value, String> {
    match &value {
        Value::Bool(_) => Ok(value),
        Value::Int(n) => Ok(Value::Bool(*n != 0)),
        Value::Text(text) if bare && matches!(text.as_ref(), "0" | "1") => {
            Ok(Value::Bool(text.as_ref() == "1"))
        }
        _ => Err(cannot_convert(&value, "System.Boolean", "$true, $false, 1 or 0")),
    }
}

fn cannot_convert(value: &Value, to: &str, allowed: &str) -> String {
    let shown = match value {
        Value::Secure(_) | Value::Credential(_) => value.type_name(),
        other => to_text(other).chars().take(80).collect(),
    };
    format!("Cannot convert value \"{shown}\" to type \"{to}\". Allowed: {allowed}.")
}

/// Words that are numbers as numbers.
pub(crate) fn numbers(value: Value) -> Value {
    match value {
        Value::Text(text) => match read_number(&text) {
            Some(number) => from_number(number),
            None => Value::Text(text),
        },
        Value::Array(items) => Value::array(items.iter().cloned().map(numbers).collect()),
        other => other,
    }
}
