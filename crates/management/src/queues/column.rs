//! The properties of listed objects as one table: name, type, how the value is read.
//!
//! Output, filter and order all read this table, so a property cannot be shown and not filtered.

use std::cmp::Ordering;

use model::{ByteSize, TimeSpan, Timestamp};
use serde_json::{Map, Value};

/// The type of a property, which decides what a filter may ask of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// `-eq -ne -like`.
    Text,
    /// `-eq -ne`.
    Word,
    /// `-eq -ne -gt -ge -lt -le`.
    Number,
    /// Bytes, shown with a unit; as numbers.
    Size,
    /// A moment; as numbers.
    Time,
    /// A duration; as numbers.
    Span,
    /// Shown only.
    Shown,
}

/// The value of a property of one object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Field {
    Text(String),
    Number(f64),
    Size(u64),
    Time(Timestamp),
    Span(TimeSpan),
    Json(Value),
    Empty,
}

impl Field {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn time(time: Option<Timestamp>) -> Self {
        time.map_or(Self::Empty, Self::Time)
    }

    pub(crate) fn optional(text: Option<&String>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.clone()))
    }

    /// As JSON: sizes and moments as their text.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Value::from(*number as i64)
            }
            Self::Number(number) => Value::from(*number),
            Self::Size(bytes) => Value::from(ByteSize::bytes(*bytes).to_string()),
            Self::Time(time) => Value::from(time.iso()),
            Self::Span(span) => Value::from(span.to_string()),
            Self::Json(value) => value.clone(),
            Self::Empty => Value::Null,
        }
    }

    /// Order within a property: nothing first, texts without regard to case.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
            _ => self.rank().total_cmp(&other.rank()),
        }
    }

    /// The value on a scale of numbers; nothing lies below everything.
    pub(crate) fn rank(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Size(bytes) => *bytes as f64,
            Self::Time(time) => time.as_millis() as f64,
            Self::Span(span) => span.as_millis() as f64,
            Self::Empty => f64::NEG_INFINITY,
            Self::Text(_) | Self::Json(_) => f64::INFINITY,
        }
    }
}

/// One property of objects of type `T`.
pub(crate) struct Column<T> {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    pub(crate) read: fn(&T) -> Field,
}

impl<T> Column<T> {
    pub(crate) const fn new(name: &'static str, kind: Type, read: fn(&T) -> Field) -> Self {
        Self { name, kind, read }
    }
}

/// The column of this name, letter case ignored.
pub(crate) fn find<'a, T>(columns: &'a [Column<T>], name: &str) -> Option<&'a Column<T>> {
    columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
}

/// `item` as JSON, its properties in the order of the table.
pub(crate) fn object<T>(columns: &[Column<T>], item: &T) -> Map<String, Value> {
    columns.iter().map(|c| (c.name.to_owned(), (c.read)(item).to_json())).collect()
}
