//! `Get-Queue` and `Retry-Queue`.

use std::sync::Arc;

use serde_json::Value;

use super::administration::QueueAdministration;
use super::call::{QueueCall, first_of, not_found, read_filter, refused};
use super::column::object;
use super::identity::QueueChoice;
use super::page::{Listed, Page};
use super::queue_row::QueueRow;
use crate::binding::identity_text;
use crate::output::Output;
use crate::pool::on_pool;
use crate::problem::Problem;

/// `Get-Queue`.
pub(crate) async fn get_queue(call: QueueCall<'_>) -> Result<Output, Problem> {
    let QueueCall { queues, place, bound, .. } = call;
    place.check_parameter(bound)?;
    let identity = bound.some("Identity");
    let choice = match identity {
        Some(value) => QueueChoice::read("Identity", value, &place, true)?,
        None => QueueChoice::All,
    };
    let named = matches!(choice, QueueChoice::Named(_));
    let text = identity.and_then(identity_text).unwrap_or_default();
    let filter = read_filter(bound, QueueRow::columns())?;
    let kinds = Kinds { include: bound.words("Include"), exclude: bound.words("Exclude") };
    let page = Page::<QueueRow>::read(bound)?;
    let paged = on_pool(move || {
        let mut rows = rows(&queues, &place.server);
        rows.retain(|row| choice.includes(row.info.name, &row.info.next_hop_domain));
        if rows.is_empty() && named {
            return Err(not_found("queue", &text));
        }
        rows.retain(|row| kinds.admit(row) && filter.as_ref().is_none_or(|f| f.matches(row)));
        page.take(rows)
    })
    .await?;
    Ok(Output {
        objects: paged
            .items
            .iter()
            .map(|row| Value::Object(object(QueueRow::columns(), row)))
            .collect(),
        warnings: paged.warnings,
        what_if: None,
    })
}

/// `Retry-Queue`: one queue by identity, or those a filter selects.
pub(crate) async fn retry_queue(call: QueueCall<'_>) -> Result<Output, Problem> {
    let chosen = chosen(&call)?;
    let QueueCall { queues, bound, .. } = call;
    let resubmit = bound.is_true("Resubmit");
    let mut output = Output::default();
    if bound.is_true("WhatIf") {
        let doing = if resubmit { "Resubmitting the messages of" } else { "Retrying" };
        let what = match chosen.as_slice() {
            [row] => format!("queue \"{}\"", row.identity()),
            rows => format!("{} queues", rows.len()),
        };
        output.what_if = Some(format!("What if: {doing} {what}."));
        return Ok(output);
    }
    let single = bound.some("Identity").is_some();
    let mut refusals = Vec::new();
    for row in &chosen {
        if let Err(error) = queues.retry_queue(row.info.name, resubmit).await {
            refusals.push(refused(&error).about("Identity").with_value(row.identity()));
        }
    }
    // With a filter, queues that could be retried have been: the others are told of.
    if refusals.len() == chosen.len() || single {
        if let Some(first) = refusals.into_iter().next() {
            return Err(first);
        }
        return Ok(output);
    }
    output.warnings = first_of(refusals.into_iter().map(|problem| problem.message).collect());
    Ok(output)
}

fn chosen(call: &QueueCall<'_>) -> Result<Vec<QueueRow>, Problem> {
    call.place.check_parameter(call.bound)?;
    let mut rows = rows(&call.queues, &call.place.server);
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
    if let Some(filter) = read_filter(call.bound, QueueRow::columns())? {
        rows.retain(|row| filter.matches(row));
    }
    Ok(rows)
}

fn ambiguous(text: &str, rows: &[QueueRow]) -> Problem {
    let list: Vec<String> = rows.iter().take(20).map(Listed::identity).collect();
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

fn rows(queues: &Arc<dyn QueueAdministration>, server: &str) -> Vec<QueueRow> {
    queues.queues().into_iter().map(|info| QueueRow { server: server.to_owned(), info }).collect()
}

/// `Include` and `Exclude`: category, emptiness and delivery type.
struct Kinds {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Kinds {
    /// Whether every aspect that `Include` speaks of is included, and nothing is excluded.
    fn admit(&self, row: &QueueRow) -> bool {
        let aspects: [fn(&str) -> bool; 3] = [is_category, is_empty_word, is_delivery_type];
        let included = aspects.iter().all(|aspect| {
            let mut words = self.include.iter().filter(|word| aspect(word)).peekable();
            words.peek().is_none() || words.any(|word| applies(word, row))
        });
        included && !self.exclude.iter().any(|word| applies(word, row))
    }
}

fn is_category(word: &str) -> bool {
    word.eq_ignore_ascii_case("Internal") || word.eq_ignore_ascii_case("External")
}

fn is_empty_word(word: &str) -> bool {
    word.eq_ignore_ascii_case("Empty")
}

fn is_delivery_type(word: &str) -> bool {
    !is_category(word) && !is_empty_word(word)
}

fn applies(word: &str, row: &QueueRow) -> bool {
    if is_empty_word(word) {
        row.info.message_count == 0
    } else if is_category(word) {
        row.info.next_hop_category.eq_ignore_ascii_case(word)
    } else {
        row.info.delivery_type.eq_ignore_ascii_case(word)
    }
}
