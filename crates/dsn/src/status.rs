//! The part for programs: `message/delivery-status` (RFC 3464 section 2) or its international
//! form (RFC 6533 section 4).

use model::Recipient;

use crate::report::{Kind, RecipientReport, Report};
use crate::safe;

/// Longest reply passed on, in characters.
const MAX_DIAGNOSTIC: usize = 4096;
/// Longest host name passed on, in characters.
const MAX_NAME: usize = 255;
/// Longest decoded address or identity passed on, in characters.
const MAX_VALUE: usize = 600;

/// Whether the international form says something that the other one would have to encode.
pub(crate) fn needs_global(report: &Report<'_>) -> bool {
    report.concerned().any(|(recipient, _)| {
        recipient.address.is_internationalized()
            || recipient.original.as_ref().is_some_and(|original| !original.as_str().is_ascii())
    })
}

/// The whole part. `global` allows UTF-8 in it.
pub(crate) fn delivery_status(report: &Report<'_>, global: bool) -> String {
    let mut out = String::new();
    if let Some(id) = &report.envelope.envid {
        let id = safe::decode_xtext(id.as_str(), MAX_VALUE);
        safe::field(&mut out, "Original-Envelope-Id", &id);
    }
    safe::field(&mut out, "Reporting-MTA", &format!("dns; {}", host(report.reporting_mta)));
    safe::field(&mut out, "Arrival-Date", &report.arrival.rfc5322());
    for (recipient, result) in report.concerned() {
        out.push_str("\r\n");
        recipient_fields(&mut out, report, recipient, result, global);
    }
    out
}

fn recipient_fields(
    out: &mut String,
    report: &Report<'_>,
    recipient: &Recipient,
    result: &RecipientReport,
    global: bool,
) {
    if let Some(original) = &recipient.original {
        safe::field(out, "Original-Recipient", &original_recipient(original.as_str(), global));
    }
    let address = recipient.address.as_str();
    let typed = match (address.is_ascii(), global) {
        (true, _) => format!("rfc822; {address}"),
        (false, true) => format!("utf-8; {address}"),
        (false, false) => format!("utf-8; {}", safe::encode_utf8_address(address)),
    };
    safe::field(out, "Final-Recipient", &typed);
    safe::field(out, "Action", report.kind.action());
    safe::field(out, "Status", &result.status.to_string());
    if let Some(remote) = &result.remote_mta {
        safe::field(out, "Remote-MTA", &format!("dns; {}", host(remote)));
    }
    if let Some(reply) = &result.diagnostic {
        let reply = safe::one_line(without_type(reply), MAX_DIAGNOSTIC);
        let reply = if global { reply } else { safe::ascii(&reply) };
        safe::field(out, "Diagnostic-Code", &format!("smtp; {reply}"));
    }
    safe::field(out, "Last-Attempt-Date", &result.last_attempt.rfc5322());
    if let (Kind::Delay, Some(until)) = (report.kind, report.will_retry_until) {
        safe::field(out, "Will-Retry-Until", &until.rfc5322());
    }
}

/// A reply without the type that belongs to the field, should it carry it already.
pub(crate) fn without_type(reply: &str) -> &str {
    match reply.get(..5) {
        Some(kind) if kind.eq_ignore_ascii_case("smtp;") => reply[5..].trim_start(),
        _ => reply,
    }
}

/// ORCPT as RFC 3461 section 4.2 gives it back: the type as sent, the address decoded.
fn original_recipient(text: &str, global: bool) -> String {
    let (kind, address) = text.split_once(';').unwrap_or(("rfc822", text));
    let address = match (kind.eq_ignore_ascii_case("utf-8"), global) {
        (true, true) => safe::one_line(address, MAX_VALUE),
        (true, false) => safe::encode_utf8_remainder(&safe::one_line(address, MAX_VALUE)),
        (false, _) => safe::decode_xtext(address, MAX_VALUE),
    };
    format!("{}; {address}", safe::ascii(&safe::one_line(kind, 40)))
}

fn host(name: &str) -> String {
    safe::ascii(&safe::one_line(name, MAX_NAME))
}
