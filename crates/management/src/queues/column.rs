//! The properties of listed objects as one table: name, type, how the value is read.
//!
//! Output, filter and order all read this table, so a property cannot be shown and not filtered.
//! Values are borrowed from the row: a filter looks at a million of them.

use std::borrow::Cow;
use std::cmp::Ordering;

use model::{ByteSize, TimeSpan, Timestamp};
use serde_json::{Map, Value};

use super::name::Name;
use super::text;

/// The type of a property, which decides what a filter may ask of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// `-eq -ne -like`.
    Text,
    /// The name of a queue or message; as texts.
    Name,
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
pub(crate) enum Field<'a> {
    Text(Cow<'a, str>),
    Name(Name<'a>),
    /// By priority: High, Normal, Low, None.
    Counts([u64; 4]),
    Number(f64),
    Size(u64),
    Time(Timestamp),
    Span(TimeSpan),
    Json(Value),
    Empty,
}

impl<'a> Field<'a> {
    pub(crate) fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(crate) fn made(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }

    pub(crate) fn time(time: Option<Timestamp>) -> Self {
        time.map_or(Self::Empty, Self::Time)
    }

    pub(crate) fn optional(text: Option<&'a str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// The same value, owned.
    pub(crate) fn into_owned(self) -> Field<'static> {
        match self {
            Self::Text(text) => Field::Text(Cow::Owned(text.into_owned())),
            Self::Name(name) => Field::Name(name.bare()),
            Self::Counts(counts) => Field::Counts(counts),
            Self::Number(number) => Field::Number(number),
            Self::Size(bytes) => Field::Size(bytes),
            Self::Time(time) => Field::Time(time),
            Self::Span(span) => Field::Span(span),
            Self::Json(value) => Field::Json(value),
            Self::Empty => Field::Empty,
        }
    }

    /// As JSON: sizes and moments as their text.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_ref()),
            Self::Name(name) => Value::from(name.to_string()),
            Self::Counts(counts) => Value::from(counts.to_vec()),
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

    /// Order within a property: nothing first, texts without regard to case, names by number.
    pub(crate) fn order(&self, other: &Field<'_>) -> Ordering {
        match (self, other) {
            (Self::Text(a), Field::Text(b)) => text::order(a, b),
            (Self::Name(a), Field::Name(b)) => a.key().cmp(&b.key()),
            (Self::Counts(a), Field::Counts(b)) => a.cmp(b),
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
            Self::Text(_) | Self::Name(_) | Self::Counts(_) | Self::Json(_) => f64::INFINITY,
        }
    }

    /// Whether there is no value.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// Name and type of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    /// Whether reading it costs more than looking at the row.
    pub(crate) is_apart: bool,
    /// The values there are; empty when they are not known beforehand.
    pub(crate) words: &'static [&'static str],
}

/// One property, with the function that reads it.
pub(crate) struct Column<F> {
    pub(crate) head: Head,
    pub(crate) read: F,
}

impl<F: Copy> Column<F> {
    pub(crate) const fn new(name: &'static str, kind: Type, read: F) -> Self {
        Self { head: Head { name, kind, is_apart: false, words: &[] }, read }
    }

    /// A word, one of these.
    pub(crate) const fn word(name: &'static str, words: &'static [&'static str], read: F) -> Self {
        Self { head: Head { name, kind: Type::Word, is_apart: false, words }, read }
    }

    /// A word, one of these, that is read from where the rest of an object is kept.
    pub(crate) const fn word_apart(
        name: &'static str,
        words: &'static [&'static str],
        read: F,
    ) -> Self {
        Self { head: Head { name, kind: Type::Word, is_apart: true, words }, read }
    }

    /// One that is read from where the rest of an object is kept.
    pub(crate) const fn apart(name: &'static str, kind: Type, read: F) -> Self {
        Self { head: Head { name, kind, is_apart: true, words: &[] }, read }
    }
}

/// Reads a property of a row.
pub(crate) type Read<R> = fn(&R) -> Field<'_>;

/// A row of a table: its columns are counted from 0.
pub(crate) trait Row {
    /// Name and type of a column; nothing beyond the last.
    fn head(column: usize) -> Option<&'static Head>;
    /// The value in a column; [`Field::Empty`] beyond the last.
    fn field(&self, column: usize) -> Field<'_>;
}

/// Implements [`Row`] by a table of columns.
macro_rules! row {
    ($row:ty, $columns:expr) => {
        impl $crate::queues::Row for $row {
            fn head(column: usize) -> Option<&'static $crate::queues::Head> {
                $columns.get(column).map(|column| &column.head)
            }
            fn field(&self, column: usize) -> $crate::queues::Field<'_> {
                $columns.get(column).map_or($crate::queues::Field::Empty, |c| (c.read)(self))
            }
        }
    };
}
pub(crate) use row;

/// The columns of `R`, numbered.
pub(crate) fn heads<R: Row>() -> impl Iterator<Item = (usize, &'static Head)> {
    (0..).map_while(|column| R::head(column).map(|head| (column, head)))
}

/// The column of this name, letter case ignored.
pub(crate) fn find<R: Row>(name: &str) -> Option<(usize, &'static Head)> {
    heads::<R>().find(|(_, head)| head.name.eq_ignore_ascii_case(name))
}

/// `row` as JSON, its properties in the order of the table.
pub(crate) fn object<R: Row>(row: &R) -> Map<String, Value> {
    heads::<R>().map(|(column, head)| (head.name.to_owned(), row.field(column).to_json())).collect()
}
