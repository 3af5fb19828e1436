//! `Send-TestMessage`: a message from the caller's own mailbox, the same way as all others.

use directory::Snapshot;
use model::{Address, ObjectName, Reply, Timestamp};
use serde_json::json;
use texts::{Language, test_body, test_subject};
use transport::{Draft, Receipt, Transport};

use crate::binding::Bound;
use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;
use crate::queues::BoxFuture;

/// The cmdlet's name.
pub(crate) const SEND_TEST_MESSAGE: &str = "Send-TestMessage";
/// Most characters of a subject, and bytes of a text.
const MAX_SUBJECT: usize = 255;
const MAX_BODY: usize = 64 << 10;

/// Takes messages of users over.
pub trait Submission: Send + Sync {
    /// Takes a message over; it is durable then.
    ///
    /// # Errors
    /// The reply that a client would get in its place.
    fn submit(&self, draft: Draft) -> BoxFuture<'_, Result<Receipt, Reply>>;
}

impl Submission for Transport {
    fn submit(&self, draft: Draft) -> BoxFuture<'_, Result<Receipt, Reply>> {
        Box::pin(Transport::submit(self, draft))
    }
}

/// The message a call asks for.
pub(crate) fn draft(
    snapshot: &Snapshot,
    (server, caller): (&ObjectName, &Caller),
    bound: &Bound,
    now: Timestamp,
) -> Result<Draft, Problem> {
    let mailbox =
        caller.mailbox.and_then(|guid| snapshot.mailbox_by_guid(guid)).ok_or_else(|| {
            Problem::bad(format!(
                "{SEND_TEST_MESSAGE} sends from the caller's mailbox, and there is none."
            ))
        })?;
    let text = bound.text("To").unwrap_or_default();
    let to: Address = text.trim().parse().map_err(|error| Problem::value("To", &error))?;
    let language = Language::choose(mailbox.languages.iter().map(|culture| culture.as_str()));
    let subject = match bound.text("Subject") {
        Some(subject) => checked_subject(subject)?,
        None => format!("{} ({})", test_subject(language), texts::date(language, now)),
    };
    let body = match bound.text("Body") {
        Some(body) => checked_body(body)?,
        None => test_body(language, mailbox.name.as_str(), server.as_str()),
    };
    Ok(Draft {
        cmdlet: SEND_TEST_MESSAGE,
        client: caller.client,
        from_name: mailbox.name.to_string(),
        from: mailbox.primary_smtp_address.clone(),
        to,
        subject,
        body,
    })
}

/// What `-WhatIf` answers.
pub(crate) fn only_said(draft: &Draft) -> Output {
    let doing = format!("Sending a message from \"{}\" to \"{}\"", draft.from, draft.to);
    Output { what_if: Some(format!("What if: {doing}.")), ..Output::default() }
}

/// Sends it.
pub(crate) async fn send(submission: &dyn Submission, draft: Draft) -> Result<Output, Problem> {
    let (from, to, subject) = (draft.from.to_string(), draft.to.to_string(), draft.subject.clone());
    let receipt = submission.submit(draft).await.map_err(|reply| {
        Problem::new(503, format!("The Transport service did not take the message: {reply}."))
    })?;
    let object = json!({
        "Identity": receipt.id.to_string(),
        "InternetMessageId": receipt.internet_message_id,
        "From": from,
        "To": to,
        "Subject": subject,
        "Date": receipt.at.iso(),
    });
    Ok(Output { objects: vec![object], ..Output::default() })
}

fn checked_subject(subject: String) -> Result<String, Problem> {
    let fits = subject.chars().count() <= MAX_SUBJECT && !subject.chars().any(char::is_control);
    let allowed = format!("at most {MAX_SUBJECT} characters, none of them a control character");
    if fits { Ok(subject) } else { Err(unfit("Subject", &subject, &allowed)) }
}

fn checked_body(body: String) -> Result<String, Problem> {
    let is_strange = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
    let fits = body.len() <= MAX_BODY && !body.chars().any(is_strange);
    let allowed = "at most 65536 bytes, no control characters but line ends and tabs";
    if fits { Ok(body) } else { Err(unfit("Body", &body, allowed)) }
}

fn unfit(parameter: &str, value: &str, allowed: &str) -> Problem {
    Problem::bad(format!("Parameter '{parameter}': the text cannot be used. Allowed: {allowed}."))
        .about(parameter)
        .with_value(value)
        .allowing(allowed)
}
