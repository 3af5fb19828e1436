//! Order and pages of listed objects (management.md section 4.1): SortOrder, ResultSize and the
//! bookmark. A page is a window of the whole sorted list; identity ascending decides last, so the
//! order is total and pages neither overlap nor leave anything out.

use std::cmp::Ordering;

use model::{ByteSize, ValueError};
use serde_json::{Map, Value};

use super::column::{Column, Field, Type, find};
use super::filter::moment;
use crate::binding::Bound;
use crate::problem::Problem;

/// Documented default of ResultSize.
const DEFAULT_SIZE: usize = 1000;
/// Documented ceiling of a page, even of an unlimited one.
const CEILING: usize = 250_000;
const MAX_KEYS: usize = 20;

/// What can be listed: ordered by its identity, found again by it.
pub(crate) trait Listed: Sized {
    /// Its columns.
    fn columns() -> &'static [Column<Self>];
    /// Order by identity.
    fn by_identity(&self, other: &Self) -> Ordering;
    /// Its identity as shown.
    fn identity(&self) -> String;
    /// Place of this object relative to one that was shown with `identity`; `None` when
    /// `identity` is none of this server's.
    fn against(&self, identity: &str) -> Option<Ordering>;
}

/// Which part of the list, in which order.
pub(crate) struct Page<T: 'static> {
    keys: Vec<(&'static Column<T>, bool)>,
    size: usize,
    start: Start,
    forward: bool,
    report: bool,
}

enum Start {
    Edge,
    Row { index: i64, included: bool },
    Object { fields: Map<String, Value>, identity: String, included: bool },
}

/// A page of a list.
pub(crate) struct Paged<T> {
    /// The objects of the page, in order.
    pub(crate) items: Vec<T>,
    /// What the caller should know: that there is more, and where the page stands.
    pub(crate) warnings: Vec<String>,
}

impl<T: Listed + 'static> Page<T> {
    /// Reads `SortOrder`, `ResultSize` and the bookmark parameters.
    pub(crate) fn read(bound: &Bound) -> Result<Self, Problem> {
        if bound.some("BookmarkIndex").is_some() && bound.some("BookmarkObject").is_some() {
            return Err(Problem::bad(
                "Parameters 'BookmarkIndex' and 'BookmarkObject' cannot be used together.",
            )
            .about("BookmarkIndex"));
        }
        let included = bound.boolean("IncludeBookmark", true);
        let start = match (bound.some("BookmarkObject"), bound.int("BookmarkIndex")) {
            (Some(object), _) => object_start(object, included)?,
            (None, Some(index)) => Start::Row { index: i64::from(index), included },
            (None, None) => Start::Edge,
        };
        Ok(Self {
            keys: sort_order(&bound.words("SortOrder"))?,
            size: result_size(bound),
            start,
            forward: bound.boolean("SearchForward", true),
            report: bound.is_true("ReturnPageInfo"),
        })
    }

    /// Sorts `items` and takes the page out of them.
    pub(crate) fn take(&self, mut items: Vec<T>) -> Result<Paged<T>, Problem> {
        items.sort_by(|a, b| self.order(a, b));
        let total = items.len();
        let (first, end) = self.window(&items)?;
        let page: Vec<T> = items.drain(first..end).collect();
        let mut warnings = Vec::new();
        let left = if self.forward { total - end } else { first };
        if left > 0 {
            warnings.push(format!(
                "There are {left} more results. Use ResultSize to see more at once, or \
                 BookmarkObject to see the next page."
            ));
        }
        if self.report {
            warnings.push(format!(
                "Total: {total}; index of the first object: {}.",
                if page.is_empty() { 0 } else { first + 1 }
            ));
        }
        Ok(Paged { items: page, warnings })
    }

    /// First and one past the last row of the page.
    fn window(&self, items: &[T]) -> Result<(usize, usize), Problem> {
        let total = items.len();
        // Rows from `low` on are at or after the bookmark; rows before `high` at or before it.
        let (low, high) = match &self.start {
            Start::Edge => (0, total),
            Start::Row { index, .. } if *index == i64::from(i32::MAX) => {
                (total.saturating_sub(self.size), total)
            }
            Start::Row { index, .. } if *index <= 0 => (0, total.min(self.size)),
            Start::Row { index, included } => {
                let row = usize::try_from(index - 1).unwrap_or(total).min(total);
                let next = (row + 1).min(total);
                if *included { (row, next) } else { (next, row) }
            }
            Start::Object { fields, identity, included } => {
                let before =
                    |item: &T, order: Ordering| self.compare(item, fields, identity, order);
                if items.first().is_some_and(|item| item.against(identity).is_none()) {
                    let error = ValueError::new(
                        identity,
                        "is not an object of this list",
                        "an object that the same cmdlet has given",
                    );
                    return Err(Problem::value("BookmarkObject", &error));
                }
                let at = items.partition_point(|item| before(item, Ordering::Less));
                let past = items.partition_point(|item| {
                    before(item, Ordering::Less) || before(item, Ordering::Equal)
                });
                if *included { (at, past) } else { (past, at) }
            }
        };
        Ok(if self.forward {
            (low, low.saturating_add(self.size).min(total))
        } else {
            (high.saturating_sub(self.size), high)
        })
    }

    fn order(&self, a: &T, b: &T) -> Ordering {
        self.keys
            .iter()
            .map(|(column, down)| turned((column.read)(a).order(&(column.read)(b)), *down))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.by_identity(b))
    }

    /// Whether `item` stands at `wanted` relative to the bookmark object, which may be gone.
    fn compare(
        &self,
        item: &T,
        fields: &Map<String, Value>,
        identity: &str,
        wanted: Ordering,
    ) -> bool {
        let order = self
            .keys
            .iter()
            .map(|(column, down)| {
                let field = field_of(column.kind, property(fields, column.name));
                turned((column.read)(item).order(&field), *down)
            })
            .find(|order| order.is_ne())
            .or_else(|| item.against(identity))
            .unwrap_or(Ordering::Greater);
        order == wanted
    }
}

fn turned(order: Ordering, down: bool) -> Ordering {
    if down { order.reverse() } else { order }
}

fn object_start(object: &Value, included: bool) -> Result<Start, Problem> {
    let identity = object
        .as_object()
        .and_then(|fields| Some((fields, property(fields, "Identity")?.as_str()?)));
    match identity {
        Some((fields, identity)) => {
            Ok(Start::Object { fields: fields.clone(), identity: identity.to_owned(), included })
        }
        None => {
            Err(Problem::bad("Parameter 'BookmarkObject': the object has no property Identity.")
                .about("BookmarkObject"))
        }
    }
}

fn property<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A property as it was shown, back in its own type.
fn field_of(kind: Type, value: Option<&Value>) -> Field {
    let Some(value) = value else { return Field::Empty };
    match (kind, value) {
        (_, Value::Null) => Field::Empty,
        (Type::Number, number) => number.as_f64().map_or(Field::Empty, Field::Number),
        (Type::Size, Value::String(text)) => {
            text.parse::<ByteSize>().map_or(Field::Empty, |size| Field::Size(size.as_u64()))
        }
        (Type::Span, Value::String(text)) => text.parse().map_or(Field::Empty, Field::Span),
        (Type::Time, Value::String(text)) => moment(text).map_or(Field::Empty, Field::Time),
        (_, Value::String(text)) => Field::text(text.as_str()),
        (_, other) => Field::Json(other.clone()),
    }
}

fn sort_order<T: Listed + 'static>(
    words: &[String],
) -> Result<Vec<(&'static Column<T>, bool)>, Problem> {
    if words.len() > MAX_KEYS {
        return Err(Problem::bad("Parameter 'SortOrder': at most 20 properties can be given.")
            .about("SortOrder"));
    }
    words
        .iter()
        .map(|word| {
            let (name, down) = match word.strip_prefix('-') {
                Some(name) => (name, true),
                None => (word.strip_prefix('+').unwrap_or(word), false),
            };
            find(T::columns(), name).map(|column| (column, down)).ok_or_else(|| {
                let names: Vec<_> = T::columns().iter().map(|column| column.name).collect();
                let error = ValueError::new(word, "cannot be sorted by", names.join(", "));
                Problem::value("SortOrder", &error)
            })
        })
        .collect()
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

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
