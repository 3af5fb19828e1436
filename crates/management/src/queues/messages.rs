//! `Get-Message`, and what acts on messages: `Suspend-`, `Resume-`, `Remove-`, `Export-Message`.
//!
//! A list is taken from the Transport service row by row, an action is done there: neither ever
//! holds more than a page of messages here, however many wait.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use transport::{MessageAction, MessageScope, Progress, QueueName};

use super::administration::QueueAdministration;
use super::call::{QueueCall, outcome, refused};
use super::collector::Collector;
use super::message_row::{KeptMessage, MessageRow};
use super::page::Page;
use super::target::Target;
use crate::output::Output;
use crate::pool::on_pool;
use crate::problem::Problem;

/// `Get-Message`.
pub(crate) async fn get_message(call: QueueCall) -> Result<Output, Problem> {
    let target = Target::of(&call)?;
    let page = Page::read::<MessageRow<'_>>(&call.bound, &call.place.server)?;
    let with_recipients = call.bound.is_true("IncludeRecipientInfo");
    let (queues, progress) = (call.queues, call.progress);
    on_pool(move || list(&*queues, &target, &page, with_recipients, &progress)).await
}

fn list(
    queues: &dyn QueueAdministration,
    target: &Target,
    page: &Page,
    with_recipients: bool,
    progress: &Progress,
) -> Result<Output, Problem> {
    let mut collector = Collector::new(page);
    let mut scope = target.scope.clone();
    scope.after = collector
        .begins_after()
        .and_then(|(id, queue)| model::MessageId::new(id).map(|id| (id, queue)));
    // What is kept is shown for certain only when the page is filled from its start.
    let whole = page.is_filled_from_start();
    let mut found = false;
    let visited = queues.visit_messages(&scope, &mut |view| {
        if progress.is_cancelled() {
            return ControlFlow::Break(());
        }
        if !target.takes(view) {
            return ControlFlow::Continue(());
        }
        found = true;
        let row = MessageRow { view, context: &target.context };
        collector.offer(row.key(), &row, || KeptMessage::of(view, whole))
    });
    visited.map_err(|error| refused(&error))?;
    if !found && target.is_one() {
        return Err(target.not_found());
    }
    let mut paged = collector.finish();
    for row in paged.rows.iter_mut().filter(|row| row.details.is_none()) {
        complete(queues, row).map_err(|error| refused(&error))?;
    }
    let objects = paged
        .rows
        .iter()
        .map(|row| Value::Object(row.to_json(&target.context, with_recipients)))
        .collect();
    Ok(Output { objects, warnings: paged.warnings, what_if: None })
}

/// Reads what is kept apart of a message, unless it has gone.
fn complete(
    queues: &dyn QueueAdministration,
    row: &mut KeptMessage,
) -> Result<(), transport::QueueError> {
    let scope =
        MessageScope { queues: Some(vec![row.queue]), id: Some(row.id), ..MessageScope::default() };
    queues.visit_messages(&scope, &mut |view| {
        row.details = Some(view.details().clone());
        ControlFlow::Break(())
    })
}

/// `Suspend-Message`.
pub(crate) async fn suspend_message(call: QueueCall) -> Result<Output, Problem> {
    act(call, MessageAction::Suspend, Wording { doing: "Suspending", done: "suspended", how: "" })
        .await
}

/// `Resume-Message`.
pub(crate) async fn resume_message(call: QueueCall) -> Result<Output, Problem> {
    act(call, MessageAction::Resume, Wording { doing: "Resuming", done: "resumed", how: "" }).await
}

/// `Remove-Message`.
pub(crate) async fn remove_message(call: QueueCall) -> Result<Output, Problem> {
    let with_ndr = call.bound.boolean("WithNDR", true);
    let how =
        if with_ndr { " with a non-delivery report" } else { " without a non-delivery report" };
    let wording = Wording { doing: "Removing", done: "removed", how };
    act(call, MessageAction::Remove { with_ndr }, wording).await
}

/// How an action is spoken of.
struct Wording {
    doing: &'static str,
    done: &'static str,
    how: &'static str,
}

/// One message by identity, or those a filter selects.
async fn act(call: QueueCall, action: MessageAction, words: Wording) -> Result<Output, Problem> {
    let target = Target::of(&call)?;
    if call.bound.is_true("WhatIf") {
        return what_if(call, target, &words).await;
    }
    let progress = Arc::clone(&call.progress);
    let mut running = match call.bound.text("Filter") {
        Some(filter) => {
            let cmdlet = call.bound.cmdlet().name;
            Some(call.actions.begin(cmdlet, &call.user, filter, Arc::clone(&progress))?)
        }
        None => None,
    };
    let scope = target.scope.clone();
    let acted = call.queues.act(scope, target.matches(), action, Arc::clone(&progress)).await;
    let result = match acted {
        Err(error) => Err(refused(&error)),
        // Nothing was to be done: it is so already, or there is no such message.
        Ok(()) if target.is_one() && progress.matched.load(Ordering::Relaxed) == 0 => {
            let (queues, asked) = (Arc::clone(&call.queues), target.clone());
            let found = on_pool(move || asked.count(&*queues, || false)).await?;
            if found.0 == 0 { Err(target.not_found()) } else { Ok(Vec::new()) }
        }
        Ok(()) => outcome(&progress, "messages", words.done),
    };
    if let (Err(problem), Some(running)) = (&result, &mut running) {
        running.fail(problem);
    }
    Ok(Output { warnings: result?, ..Output::default() })
}

async fn what_if(call: QueueCall, target: Target, words: &Wording) -> Result<Output, Problem> {
    let (queues, progress) = (call.queues, call.progress);
    let asked = target.clone();
    let (number, first) =
        on_pool(move || asked.count(&*queues, || progress.is_cancelled())).await?;
    let what = match (number, first) {
        (0, _) if target.is_one() => return Err(target.not_found()),
        (1, Some(name)) => format!("message \"{name}\""),
        _ => format!("{number} messages"),
    };
    let text = format!("What if: {} {what}{}.", words.doing, words.how);
    Ok(Output { what_if: Some(text), ..Output::default() })
}

/// `Export-Message`: the message as a file, for `AssembleMessage` or whoever calls.
pub(crate) async fn export_message(call: QueueCall) -> Result<Output, Problem> {
    let target = Target::of(&call)?;
    let (queues, progress) = (Arc::clone(&call.queues), call.progress);
    let asked = target.clone();
    let (_, name) = on_pool(move || asked.count(&*queues, || progress.is_cancelled())).await?;
    let (Some(name), Some(id)) = (name, target.scope.id) else { return Err(target.not_found()) };
    if call.bound.is_true("WhatIf") {
        let text = format!("What if: Exporting message \"{name}\".");
        return Ok(Output { what_if: Some(text), ..Output::default() });
    }
    // Without a queue the recipients of all queues that hold it are meant.
    let queue: Option<QueueName> = match target.scope.queues {
        None => None,
        Some(_) => name.split('\\').nth(1).and_then(|queue| queue.parse().ok()),
    };
    let exported = call.queues.export(id, queue).await;
    let exported =
        exported.map_err(|error| refused(&error).about("Identity").with_value(name.as_str()))?;
    let object = json!({ "Identity": name, "FileData": STANDARD.encode(&exported.content) });
    Ok(Output { objects: vec![object], ..Output::default() })
}
