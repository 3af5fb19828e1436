//! What queue and message cmdlets have in common: what they are called with, and how they refuse.

use std::sync::Arc;

use model::{Timestamp, ValueError};
use transport::QueueError;

use crate::binding::Bound;
use crate::problem::{Problem, shortened};

use super::administration::QueueAdministration;
use super::column::Column;
use super::filter::Filter;
use super::place::Place;

/// What a queue or message cmdlet works with.
pub(crate) struct QueueCall<'a> {
    /// The Transport service.
    pub(crate) queues: Arc<dyn QueueAdministration>,
    /// This server.
    pub(crate) place: Place,
    /// The parameters.
    pub(crate) bound: &'a Bound,
    /// The present moment.
    pub(crate) now: Timestamp,
}

/// The parameter `Filter`, when it was given.
pub(super) fn read_filter<T>(
    bound: &Bound,
    columns: &'static [Column<T>],
) -> Result<Option<Filter<'static, T>>, Problem> {
    let parsed = bound.text("Filter").map(|text| Filter::parse(&text, columns)).transpose();
    parsed.map_err(|error: ValueError| Problem::value("Filter", &error))
}

pub(super) fn not_found(what: &str, identity: &str) -> Problem {
    let identity = shortened(identity);
    Problem::new(404, format!("The {what} '{identity}' couldn't be found on this server."))
        .rule("SC-21")
        .about("Identity")
        .with_value(identity)
}

pub(super) fn refused(error: &QueueError) -> Problem {
    let (status, id) = match error {
        QueueError::NoSuchQueue(_) | QueueError::NoSuchMessage(_) => (404, Some("SC-21")),
        QueueError::Storage(_) => (500, None),
        _ => (409, None),
    };
    let text = error.to_string();
    let mut chars = text.chars();
    let sentence: String = chars
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + chars.as_str() + ".")
        .unwrap_or_default();
    let problem = Problem::new(status, sentence);
    match id {
        Some(id) => problem.rule(id),
        None => problem,
    }
}

/// So many warnings that they can be read; the last one tells how many were left out.
pub(super) fn first_of(mut warnings: Vec<String>) -> Vec<String> {
    const SHOWN: usize = 20;
    let left = warnings.len().saturating_sub(SHOWN);
    if left > 0 {
        warnings.truncate(SHOWN);
        warnings.push(format!("There are {left} more warnings like these."));
    }
    warnings
}
