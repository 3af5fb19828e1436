//! `Get-Queue`, and what acts on queues: `Suspend-`, `Resume-`, `Retry-Queue`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;
use transport::{Progress, QueueError, QueueName};

use super::administration::QueueAdministration;
use super::call::{QueueCall, not_found, outcome, refused};
use super::collector::{Collector, Paged};
use super::column::object;
use super::identity::QueueChoice;
use super::kinds::Kinds;
use super::page::Page;
use super::queue_row::QueueRow;
use crate::binding::identity_text;
use crate::output::Output;
use crate::pool::on_pool;
use crate::problem::Problem;

/// Refusals that are told one by one.
const TOLD: usize = 20;

/// `Get-Queue`.
pub(crate) async fn get_queue(call: QueueCall) -> Result<Output, Problem> {
    let (bound, place) = (&call.bound, &call.place);
    place.check_parameter(bound)?;
    let identity = bound.some("Identity");
    let choice = match identity {
        Some(value) => QueueChoice::read("Identity", value, place, true)?,
        None => QueueChoice::All,
    };
    let named = matches!(choice, QueueChoice::Named(_));
    let text = identity.and_then(identity_text).unwrap_or_default();
    let filter = call.filter::<QueueRow>()?;
    let kinds = Kinds::read(bound);
    let page = Page::read::<QueueRow>(bound, &place.server)?;
    let (queues, server) = (Arc::clone(&call.queues), place.server.clone());
    on_pool(move || {
        let mut rows = rows(&*queues, &server);
        rows.retain(|row| choice.includes(row.info.name, &row.info.next_hop_domain));
        if rows.is_empty() && named {
            return Err(not_found("queue", &text));
        }
        rows.retain(|row| kinds.admit(row) && filter.as_ref().is_none_or(|f| f.matches(row)));
        let Paged { rows, warnings } = paged(&page, rows);
        let objects = rows.iter().map(|row| Value::Object(object(row))).collect();
        Ok(Output { objects, warnings, what_if: None })
    })
    .await
}

fn paged(page: &Page, rows: Vec<QueueRow>) -> Paged<QueueRow> {
    let mut collector = Collector::new(page);
    for row in rows {
        let kept = row.clone();
        if collector.offer(row.key(), &row, || kept).is_break() {
            break;
        }
    }
    collector.finish()
}

/// What is done to queues.
#[derive(Debug, Clone, Copy)]
pub(crate) enum QueueAction {
    Suspend,
    Resume,
    Retry { resubmit: bool },
}

impl QueueAction {
    fn doing(self) -> &'static str {
        match self {
            Self::Suspend => "Suspending",
            Self::Resume => "Resuming",
            Self::Retry { resubmit: true } => "Resubmitting the messages of",
            Self::Retry { resubmit: false } => "Retrying",
        }
    }

    /// Whether the queue's messages are routed by it: that may take long, and is told message by
    /// message.
    fn routes(self, row: &QueueRow) -> bool {
        let holds = matches!(row.info.name, QueueName::Submission | QueueName::Unreachable);
        match self {
            Self::Suspend => false,
            Self::Resume => holds,
            Self::Retry { resubmit } => resubmit,
        }
    }

    async fn perform(
        self,
        queues: &dyn QueueAdministration,
        row: &QueueRow,
        progress: &Arc<Progress>,
    ) -> Result<(), QueueError> {
        let (name, progress) = (row.info.name, Arc::clone(progress));
        match self {
            Self::Suspend => queues.suspend_queue(name).await,
            Self::Resume => queues.resume_queue(name, progress).await,
            Self::Retry { resubmit } => queues.retry_queue(name, resubmit, progress).await,
        }
    }
}

/// `Suspend-Queue`.
pub(crate) async fn suspend_queue(call: QueueCall) -> Result<Output, Problem> {
    act(call, QueueAction::Suspend).await
}

/// `Resume-Queue`.
pub(crate) async fn resume_queue(call: QueueCall) -> Result<Output, Problem> {
    act(call, QueueAction::Resume).await
}

/// `Retry-Queue`.
pub(crate) async fn retry_queue(call: QueueCall) -> Result<Output, Problem> {
    let resubmit = call.bound.is_true("Resubmit");
    act(call, QueueAction::Retry { resubmit }).await
}

/// One queue by identity, or those a filter selects.
async fn act(call: QueueCall, action: QueueAction) -> Result<Output, Problem> {
    let chosen = chosen(&call)?;
    if call.bound.is_true("WhatIf") {
        let what = match chosen.as_slice() {
            [row] => format!("queue \"{}\"", row.name()),
            rows => format!("{} queues", rows.len()),
        };
        let text = format!("What if: {} {what}.", action.doing());
        return Ok(Output { what_if: Some(text), ..Output::default() });
    }
    let progress = Arc::clone(&call.progress);
    let routes = chosen.iter().any(|row| action.routes(row));
    let of_one = || chosen.first().map(|row| format!("Identity -eq '{}'", row.name()));
    let filter = call.bound.text("Filter").or_else(|| of_one().filter(|_| routes));
    let mut running = match filter {
        Some(filter) => {
            let cmdlet = call.bound.cmdlet().name;
            Some(call.actions.begin(cmdlet, &call.user, filter, Arc::clone(&progress))?)
        }
        None => None,
    };
    let mut refusals = perform(&*call.queues, &chosen, action, &progress).await;
    if routes && refusals.is_empty() {
        let told = outcome(&progress, "messages", "routed again");
        if let (Err(problem), Some(running)) = (&told, &mut running) {
            running.fail(problem);
        }
        return Ok(Output { warnings: told?, ..Output::default() });
    }
    // With a filter, queues for which it could be done have it done: the others are told of.
    if call.bound.some("Identity").is_some() || refusals.len() == chosen.len() {
        let first = if refusals.is_empty() { None } else { Some(refusals.swap_remove(0)) };
        if let (Some(problem), Some(running)) = (&first, &mut running) {
            running.fail(problem);
        }
        return first.map_or_else(|| Ok(Output::default()), Err);
    }
    let mut warnings: Vec<String> =
        refusals.iter().take(TOLD).map(|problem| problem.message.clone()).collect();
    if let Some(more) = refusals.len().checked_sub(TOLD).filter(|more| *more > 0) {
        warnings.push(format!("There are {more} more warnings like these."));
    }
    if progress.is_cancelled() {
        let done = progress.done.load(Ordering::Relaxed);
        warnings.push(format!("The action was cancelled: it was done to {done} queues."));
    }
    Ok(Output { warnings, ..Output::default() })
}

async fn perform(
    queues: &dyn QueueAdministration,
    chosen: &[QueueRow],
    action: QueueAction,
    progress: &Arc<Progress>,
) -> Vec<Problem> {
    let mut refusals = Vec::new();
    // Where messages are routed, those are counted.
    let queues_count = chosen.iter().filter(|row| !action.routes(row)).count();
    progress.matched.store(queues_count as u64, Ordering::Relaxed);
    for row in chosen {
        if progress.is_cancelled() {
            break;
        }
        match action.perform(queues, row, progress).await {
            Ok(()) if action.routes(row) => {}
            Ok(()) => {
                progress.done.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                progress.refuse(&error, 1);
                let name = row.name().to_string();
                refusals.push(refused(&error).about("Identity").with_value(name));
            }
        }
    }
    refusals
}

fn chosen(call: &QueueCall) -> Result<Vec<QueueRow>, Problem> {
    call.place.check_parameter(&call.bound)?;
    let filter = call.filter::<QueueRow>()?;
    let mut rows = rows(&*call.queues, &call.place.server);
    if let Some(value) = call.bound.some("Identity") {
        let choice = QueueChoice::read("Identity", value, &call.place, false)?;
        let text = identity_text(value).unwrap_or_default();
        rows.retain(|row| choice.includes(row.info.name, &row.info.next_hop_domain));
        return match rows.as_slice() {
            [] => Err(not_found("queue", &text)),
            [_] => Ok(rows),
            several => Err(ambiguous(&text, several)),
        };
    }
    rows.retain(|row| filter.as_ref().is_none_or(|filter| filter.matches(row)));
    Ok(rows)
}

fn ambiguous(text: &str, rows: &[QueueRow]) -> Problem {
    let list: Vec<String> = rows.iter().take(20).map(|row| row.name().to_string()).collect();
    Problem::new(
        409,
        format!(
            "'{}' names several queues: {}. Exactly one must be named.",
            crate::problem::shortened(text),
            list.join(", ")
        ),
    )
    .rule("SC-22")
    .about("Identity")
    .with_value(text)
    .allowing(list.join(", "))
}

/// The queues there are, in the order of their identity.
pub(super) fn rows(queues: &dyn QueueAdministration, server: &str) -> Vec<QueueRow> {
    let row = |info| QueueRow { server: server.to_owned(), info };
    let mut rows: Vec<QueueRow> = queues.queues().into_iter().map(row).collect();
    rows.sort_by_key(QueueRow::key);
    rows
}
