//! `Get-Message` and `Remove-Message`.

use std::collections::HashMap;
use std::sync::Arc;

use model::Timestamp;
use serde_json::Value;
use transport::{QueueError, QueueName};

use super::administration::QueueAdministration;
use super::call::{QueueCall, first_of, not_found, read_filter, refused};
use super::identity::{MessageChoice, QueueChoice};
use super::message_row::MessageRow;
use super::page::{Listed, Page};
use crate::binding::identity_text;
use crate::output::Output;
use crate::pool::on_pool;
use crate::problem::Problem;

/// `Get-Message`.
pub(crate) async fn get_message(call: QueueCall<'_>) -> Result<Output, Problem> {
    let QueueCall { queues, place, bound, now } = call;
    place.check_parameter(bound)?;
    let one = bound
        .some("Identity")
        .map(|value| MessageChoice::read("Identity", value, &place))
        .transpose()?;
    let queue = match bound.some("Queue") {
        Some(value) => QueueChoice::read("Queue", value, &place, true)?,
        None => QueueChoice::All,
    };
    let text = bound.some("Identity").and_then(identity_text).unwrap_or_default();
    let filter = read_filter(bound, MessageRow::columns())?;
    let page = Page::<MessageRow>::read(bound)?;
    let with_recipients = bound.is_true("IncludeRecipientInfo");
    let (objects, warnings) = on_pool(move || {
        let found = match &one {
            Some(choice) => {
                let found = of_choice(&queues, &place.server, now, choice);
                if found.is_empty() {
                    return Err(not_found("message", &text));
                }
                found
            }
            None => {
                let mut rows = in_queues(&queues, &place.server, now, &queue);
                rows.retain(|row| filter.as_ref().is_none_or(|f| f.matches(row)));
                rows
            }
        };
        let paged = page.take(found)?;
        let objects =
            paged.items.iter().map(|row| Value::Object(row.to_json(with_recipients))).collect();
        Ok((objects, paged.warnings))
    })
    .await?;
    Ok(Output { objects, warnings, what_if: None })
}

/// `Remove-Message`: one message by identity, or those a filter selects.
pub(crate) async fn remove_message(call: QueueCall<'_>) -> Result<Output, Problem> {
    let QueueCall { queues, place, bound, now } = call;
    place.check_parameter(bound)?;
    let with_ndr = bound.boolean("WithNDR", true);
    let one = bound
        .some("Identity")
        .map(|value| MessageChoice::read("Identity", value, &place))
        .transpose()?;
    let text = bound.some("Identity").and_then(identity_text).unwrap_or_default();
    let filter = read_filter(bound, MessageRow::columns())?;
    let rows = {
        let (queues, one) = (queues.clone(), one.clone());
        on_pool(move || {
            Ok(match &one {
                Some(choice) => of_choice(&queues, &place.server, now, choice),
                None => {
                    let mut rows = in_queues(&queues, &place.server, now, &QueueChoice::All);
                    rows.retain(|row| filter.as_ref().is_none_or(|f| f.matches(row)));
                    rows
                }
            })
        })
        .await?
    };
    if rows.is_empty() && one.is_some() {
        return Err(not_found("message", &text));
    }
    let mut output = Output::default();
    if bound.is_true("WhatIf") {
        output.what_if = Some(what_if(&rows, with_ndr));
        return Ok(output);
    }
    if let Some(MessageChoice { id, queue: QueueChoice::All }) = one {
        // One action over all its queues, so that the sender gets one report.
        return match queues.remove_message(id, None, with_ndr).await {
            Ok(()) => Ok(output),
            Err(error) => Err(refused(&error).about("Identity").with_value(text)),
        };
    }
    let refusals = remove_all(&queues, &rows, with_ndr).await;
    if one.is_some() || (refusals.len() == rows.len() && !rows.is_empty()) {
        return refusals.into_iter().next().map_or(Ok(output), Err);
    }
    output.warnings = summarized(refusals);
    Ok(output)
}

async fn remove_all(
    queues: &Arc<dyn QueueAdministration>,
    rows: &[MessageRow],
    with_ndr: bool,
) -> Vec<Problem> {
    let mut refusals = Vec::new();
    for row in rows {
        let done = queues.remove_message(row.info.id, Some(&row.info.queue), with_ndr).await;
        match done {
            Ok(()) => {}
            // Delivered between the list and now: there is nothing left to remove.
            Err(QueueError::NoSuchMessage(_)) if rows.len() > 1 => {}
            Err(error) => {
                refusals.push(refused(&error).about("Identity").with_value(row.identity()));
            }
        }
    }
    refusals
}

/// One warning per kind of refusal, with how many messages it concerns.
fn summarized(refusals: Vec<Problem>) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for problem in refusals {
        *counts.entry(problem.message).or_default() += 1;
    }
    let mut warnings: Vec<String> = counts
        .into_iter()
        .map(|(text, n)| format!("{n} messages were not removed: {text}"))
        .collect();
    warnings.sort();
    first_of(warnings)
}

fn what_if(rows: &[MessageRow], with_ndr: bool) -> String {
    let report = if with_ndr { "with" } else { "without" };
    match rows {
        [row] => format!(
            "What if: Removing message \"{}\" {report} a non-delivery report.",
            row.identity()
        ),
        rows => {
            format!("What if: Removing {} messages {report} a non-delivery report.", rows.len())
        }
    }
}

fn of_choice(
    queues: &Arc<dyn QueueAdministration>,
    server: &str,
    now: Timestamp,
    choice: &MessageChoice,
) -> Vec<MessageRow> {
    let mut rows = in_queues(queues, server, now, &choice.queue);
    rows.retain(|row| row.info.id == choice.id);
    rows
}

fn in_queues(
    queues: &Arc<dyn QueueAdministration>,
    server: &str,
    now: Timestamp,
    choice: &QueueChoice,
) -> Vec<MessageRow> {
    let domains: HashMap<QueueName, String> = match choice {
        QueueChoice::Domain(_) => {
            queues.queues().into_iter().map(|q| (q.name, q.next_hop_domain)).collect()
        }
        _ => HashMap::new(),
    };
    queues
        .messages()
        .into_iter()
        .filter(|info| {
            choice.includes(info.queue, domains.get(&info.queue).map_or("", String::as_str))
        })
        .map(|info| MessageRow { server: server.to_owned(), now, info })
        .collect()
}
