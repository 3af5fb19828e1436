//! Which part of a list is wanted, in which order (management.md section 4.1): SortOrder,
//! ResultSize and the bookmark. Identity ascending decides last, so the order is total and pages
//! neither overlap nor leave anything out. How a page is taken is `collector`'s business.

use std::cmp::Ordering;

use model::{ByteSize, ValueError};
use serde_json::{Map, Value};

use super::column::{Field, Head, Row, Type, find, heads};
use super::moment::{DateOrder, moment};
use super::name::{Key, Name};
use crate::binding::Bound;
use crate::problem::Problem;

/// Documented default of ResultSize.
const DEFAULT_SIZE: usize = 1000;
/// Documented ceiling of a page, even of an unlimited one.
const CEILING: usize = 250_000;
const MAX_KEYS: usize = 20;

/// A property to sort by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SortKey {
    pub(crate) column: usize,
    pub(crate) head: &'static Head,
    down: bool,
}

impl SortKey {
    /// Order of two values of its column.
    pub(crate) fn order(&self, a: &Field<'_>, b: &Field<'_>) -> Ordering {
        let order = a.order(b);
        if self.down { order.reverse() } else { order }
    }
}

/// Which part of the list, in which order.
#[derive(Debug)]
pub(crate) struct Page {
    /// Empty when the order is that of the identity.
    pub(crate) keys: Vec<SortKey>,
    pub(crate) size: usize,
    pub(crate) start: Start,
    pub(crate) forward: bool,
    /// Whether total and first index are asked for.
    pub(crate) report: bool,
}

/// Where a page begins.
#[derive(Debug)]
pub(crate) enum Start {
    /// At the first object, or the last when going backward.
    Edge,
    /// At the last full page.
    End,
    /// At the row counted from 0; going backward, one past it.
    Row(usize),
    /// At an object, which may be gone.
    Object(Bookmark),
}

/// An object that was shown.
#[derive(Debug)]
pub(crate) struct Bookmark {
    /// Its values in the columns sorted by.
    pub(crate) fields: Vec<Field<'static>>,
    pub(crate) key: Key,
    pub(crate) included: bool,
}

impl Page {
    /// Reads `SortOrder`, `ResultSize` and the bookmark parameters of a list of `R` on `server`.
    pub(crate) fn read<R: Row>(bound: &Bound, server: &str) -> Result<Self, Problem> {
        if bound.some("BookmarkIndex").is_some() && bound.some("BookmarkObject").is_some() {
            return Err(Problem::bad(
                "Parameters 'BookmarkIndex' and 'BookmarkObject' cannot be used together.",
            )
            .about("BookmarkIndex"));
        }
        let keys = sort_order::<R>(&bound.words("SortOrder"))?;
        let forward = bound.boolean("SearchForward", true);
        let included = bound.boolean("IncludeBookmark", true);
        let (mut size, mut start, mut goes_forward) = (result_size(bound), Start::Edge, forward);
        match (bound.some("BookmarkObject"), bound.int("BookmarkIndex")) {
            (Some(object), _) => {
                start = Start::Object(bookmark(object, &keys, server, included)?);
            }
            // The first page and the last one are these whatever the direction.
            (None, Some(index)) if index <= 0 => goes_forward = true,
            (None, Some(i32::MAX)) => start = Start::End,
            (None, Some(index)) => {
                let row = usize::try_from(index).unwrap_or(usize::MAX);
                let first = row - usize::from(included == forward);
                if forward {
                    start = Start::Row(first);
                } else {
                    // The page before a row is one that begins further up.
                    start = Start::Row(first.saturating_sub(size));
                    size = size.min(first);
                    goes_forward = true;
                }
            }
            (None, None) => {}
        }
        let page = Self {
            keys,
            size,
            start,
            forward: goes_forward,
            report: bound.is_true("ReturnPageInfo"),
        };
        page.check_reach()?;
        Ok(page)
    }

    /// Whether the first rows that come are those of the page.
    pub(crate) fn is_filled_from_start(&self) -> bool {
        self.keys.is_empty() && self.forward && !matches!(self.start, Start::End)
    }

    /// In an order of its own a page is found only by keeping what comes before it.
    fn check_reach(&self) -> Result<(), Problem> {
        match self.start {
            Start::Row(row) if !self.keys.is_empty() && row > CEILING => {
                Err(Problem::bad(format!(
                    "Parameter 'BookmarkIndex': with SortOrder an index is at most {CEILING}; use \
                     BookmarkObject to go further."
                ))
                .about("BookmarkIndex"))
            }
            _ => Ok(()),
        }
    }
}

fn bookmark(
    object: &Value,
    keys: &[SortKey],
    server: &str,
    included: bool,
) -> Result<Bookmark, Problem> {
    let found = object
        .as_object()
        .and_then(|fields| Some((fields, property(fields, "Identity")?.as_str()?)));
    let Some((fields, identity)) = found else {
        return Err(Problem::bad(
            "Parameter 'BookmarkObject': the object has no property Identity.",
        )
        .about("BookmarkObject"));
    };
    let name = Name::read(identity, server).ok_or_else(|| {
        let error = ValueError::new(
            identity,
            "is not an object of this list",
            "an object that the same cmdlet has given",
        );
        Problem::value("BookmarkObject", &error)
    })?;
    let value = |key: &SortKey| field_of(key.head.kind, property(fields, key.head.name), server);
    Ok(Bookmark { fields: keys.iter().map(value).collect(), key: name.key(), included })
}

fn property<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A property as it was shown, back in its own type.
pub(crate) fn field_of(kind: Type, value: Option<&Value>, server: &str) -> Field<'static> {
    let Some(value) = value else { return Field::Empty };
    match (kind, value) {
        (_, Value::Null) => Field::Empty,
        (Type::Number, number) => number.as_f64().map_or(Field::Empty, Field::Number),
        (Type::Size, Value::String(text)) => {
            text.parse::<ByteSize>().map_or(Field::Empty, |size| Field::Size(size.as_u64()))
        }
        (Type::Span, Value::String(text)) => text.parse().map_or(Field::Empty, Field::Span),
        (Type::Time, Value::String(text)) => {
            moment(text, DateOrder::MonthFirst).map_or(Field::Empty, Field::Time)
        }
        (Type::Name, Value::String(text)) => {
            Name::read(text, server).map_or(Field::Empty, |name| Field::Name(name.bare()))
        }
        (_, Value::String(text)) => Field::made(text.clone()),
        (_, Value::Array(items)) => {
            let mut counts = [0; 4];
            for (count, item) in counts.iter_mut().zip(items) {
                *count = item.as_u64().unwrap_or(0);
            }
            Field::Counts(counts)
        }
        (_, other) => Field::Json(other.clone()),
    }
}

fn sort_order<R: Row>(words: &[String]) -> Result<Vec<SortKey>, Problem> {
    if words.len() > MAX_KEYS {
        return Err(Problem::bad("Parameter 'SortOrder': at most 20 properties can be given.")
            .about("SortOrder"));
    }
    let key = |word: &String| {
        let (name, down) = match word.strip_prefix('-') {
            Some(name) => (name, true),
            None => (word.strip_prefix('+').unwrap_or(word), false),
        };
        find::<R>(name).map(|(column, head)| SortKey { column, head, down }).ok_or_else(|| {
            let names: Vec<_> = heads::<R>().map(|(_, head)| head.name).collect();
            let error = ValueError::new(word, "cannot be sorted by", names.join(", "));
            Problem::value("SortOrder", &error)
        })
    };
    words.iter().map(key).collect()
}

/// ResultSize: 1000 unless given, at most 250,000.
pub(crate) fn result_size(bound: &Bound) -> usize {
    match bound.some("ResultSize") {
        None => DEFAULT_SIZE,
        Some(_) => bound
            .int("ResultSize")
            .and_then(|size| usize::try_from(size).ok())
            .map_or(CEILING, |size| size.min(CEILING)),
    }
}
