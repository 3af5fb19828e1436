//! What queue and message cmdlets have in common: what they are called with, and how they refuse.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::{Timestamp, ValueError};
use transport::{Progress, QueueError};

use crate::binding::Bound;
use crate::problem::{Problem, shortened};

use super::actions::Actions;
use super::administration::QueueAdministration;
use super::column::Row;
use super::filter::Filter;
use super::moment::DateOrder;
use super::place::Place;

/// What a queue or message cmdlet works with.
#[derive(Clone)]
pub(crate) struct QueueCall {
    /// The Transport service.
    pub(crate) queues: Arc<dyn QueueAdministration>,
    /// The actions under way on this server.
    pub(crate) actions: Actions,
    /// This server.
    pub(crate) place: Place,
    /// The parameters.
    pub(crate) bound: Arc<Bound>,
    /// Who calls.
    pub(crate) user: String,
    /// How he writes dates.
    pub(crate) dates: DateOrder,
    /// The present moment.
    pub(crate) now: Timestamp,
    /// How far the action has come; cancelled when the caller has gone.
    pub(crate) progress: Arc<Progress>,
}

impl QueueCall {
    /// The parameter `Filter` over rows of `R`, when it was given.
    pub(super) fn filter<R: Row>(&self) -> Result<Option<Filter>, Problem> {
        let text = self.bound.text("Filter");
        let parsed = text.map(|text| Filter::parse::<R>(&text, self.dates)).transpose();
        parsed.map_err(|error: ValueError| Problem::value("Filter", &error))
    }
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
        QueueError::Storage(_) | QueueError::Reading(_) => (500, None),
        // InHand and the like: the same command is right at another time.
        _ => (409, None),
    };
    let problem = Problem::new(status, sentence(&error.to_string()));
    match id {
        Some(id) => problem.rule(id),
        None => problem,
    }
}

/// `text` with a capital and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().collect::<String>());
    first.map(|first| first + chars.as_str() + ".").unwrap_or_default()
}

/// What an action on many leaves to tell: refusals by kind with how many each concerns, that it
/// was cancelled; an error when it was refused for all.
pub(super) fn outcome(progress: &Progress, what: &str, done: &str) -> Result<Vec<String>, Problem> {
    let (count, refusals) = (progress.done.load(Ordering::Relaxed), progress.refused());
    if count == 0
        && refusals.len() == 1
        && let Some(error) = progress.first_refusal()
    {
        return Err(refused(&error));
    }
    let mut warnings: Vec<String> = refusals
        .iter()
        .map(|(text, number)| format!("{number} {what} were not {done}: {}", sentence(text)))
        .collect();
    if progress.is_cancelled() {
        warnings.push(format!("The action was cancelled: {count} {what} had been {done}."));
    }
    Ok(warnings)
}
