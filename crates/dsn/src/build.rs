//! Putting the notification together: its header and the `multipart/report` (RFC 6522).

use std::collections::HashSet;

use mail_builder::encoders::{base64::Base64Encoder, quoted_printable::QuotedPrintableEncoder};
use model::{BodyType, Envelope, Notify, Recipient, ReversePath};
use texts::Label;

use crate::document;
use crate::human;
use crate::original::Original;
use crate::report::Report;
use crate::safe;
use crate::status;

/// How notifications are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether people get HTML beside plain text (`DsnSendHtml`; `true` unless set).
    pub html: bool,
    /// Whether replies, server names and the original's trace are told
    /// (`NDRDiagnosticInfoEnabled`; `true` unless set). What RFC 3464 demands always is.
    pub diagnostics: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { html: true, diagnostics: true }
    }
}

/// A notification ready to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// From `<>` to the original's sender with NOTIFY=NEVER; BODY and SMTPUTF8 as the content
    /// needs them, REQUIRETLS where the original had it (RFC 8689 section 5).
    pub envelope: Envelope,
    /// The message, CRLF lines.
    pub content: Vec<u8>,
}

/// The notification's content with HTML beside plain text: 7-bit clean, unless the report
/// allows SMTPUTF8 and has a use for it, or an 8-bit original comes back whole.
pub fn build(report: &Report<'_>) -> Vec<u8> {
    notification(report, &Options::default()).content
}

/// The notification with the envelope that suits it.
pub fn notification(report: &Report<'_>, options: &Options) -> Notification {
    let to = safe::downgraded(report.to);
    // An address that only SMTPUTF8 can carry decides the question.
    let utf8 = report.smtputf8 || to.is_internationalized();
    let discreet;
    let (report, original) = if options.diagnostics {
        (report, Original::read(report.original))
    } else {
        discreet = report.without_diagnostics();
        (&discreet, Original::read_without_trace(report.original))
    };
    let parts = Parts {
        human: document_part(report, &original, options),
        status: status_part(report, utf8),
        original: original_part(report, &original, utf8),
    };
    let boundary = unused_boundary(report, &parts);
    let mut content = header(report, &original, &boundary, utf8);
    if !parts.all().iter().all(|part| part.bytes.is_ascii()) {
        // A multipart says 8bit where any of its parts does (RFC 2045 section 6.4).
        content.extend_from_slice(b"Content-Transfer-Encoding: 8bit\r\n");
    }
    for part in parts.all() {
        content.extend_from_slice(format!("\r\n--{boundary}\r\n").as_bytes());
        content.extend_from_slice(&part.bytes);
    }
    content.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let smtputf8 = to.is_internationalized()
        || parts.status.is_global
        || parts.original.is_global
        || !content[..header_end(&content)].is_ascii();
    let body = if content.is_ascii() { BodyType::SevenBit } else { BodyType::EightBitMime };
    let recipient = Recipient { address: to, notify: Some(Notify::Never), original: None };
    let envelope = Envelope {
        sender: ReversePath::Null,
        body,
        smtputf8,
        ret: None,
        envid: None,
        require_tls: report.envelope.require_tls,
        recipients: vec![recipient],
    };
    Notification { envelope, content }
}

/// A body part: its header, the empty line and its body.
struct Part {
    bytes: Vec<u8>,
    /// Whether it holds UTF-8 that only an SMTPUTF8 path may carry.
    is_global: bool,
}

struct Parts {
    human: Part,
    status: Part,
    original: Part,
}

impl Parts {
    fn all(&self) -> [&Part; 3] {
        [&self.human, &self.status, &self.original]
    }
}

fn header(report: &Report<'_>, original: &Original<'_>, boundary: &str, utf8: bool) -> Vec<u8> {
    let from = safe::downgraded(report.postmaster);
    let name = Label::MailDelivery.text().get(report.language);
    let mut text = String::new();
    safe::field(&mut text, "Date", &report.now.rfc5322());
    text.push_str(&format!("From: {name} <{from}>\r\n"));
    text.push_str(&format!("To: <{}>\r\n", safe::downgraded(report.to)));
    text.push_str(&subject(report, original));
    let own_id = safe::message_id(report.message_id, utf8)
        .unwrap_or_else(|| format!("<{}@{}>", digest(report.message_id), from.domain()));
    text.push_str(&format!("Message-ID: {own_id}\r\n"));
    if let Some(id) = report.original_message_id.and_then(|id| safe::message_id(id, utf8)) {
        text.push_str(&format!("In-Reply-To: {id}\r\nReferences: {id}\r\n"));
    }
    text.push_str(&format!(
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Language: {}\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{boundary}\"\r\n",
        report.language.tag()
    ));
    text.into_bytes()
}

/// The Subject field: our prefix and the original's subject, encoded anew (RFC 2047).
fn subject(report: &Report<'_>, original: &Original<'_>) -> String {
    let prefix = report.kind.notice().subject_prefix().get(report.language);
    let text = format!("{prefix}{}", original.subject().unwrap_or_default());
    let mut out = String::new();
    // What looks like an encoded word without being one would be decoded once too often.
    if text.is_ascii() && !text.contains("=?") {
        safe::field(&mut out, "Subject", &text);
    } else {
        safe::field(&mut out, "Subject", &safe::encoded_words(text.trim_end()));
    }
    out
}

fn document_part(report: &Report<'_>, original: &Original<'_>, options: &Options) -> Part {
    let blocks = human::document(report, original, options.diagnostics);
    let plain = text_part("plain", &document::plain(&blocks));
    if !options.html {
        return Part { bytes: plain, is_global: false };
    }
    let html = text_part("html", &document::html(&blocks, report.language));
    // Quoted-printable never has this: `=` is followed there by hexadecimal digits.
    let boundary = "=_alternative_=";
    let mut bytes =
        format!("Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n").into_bytes();
    for part in [plain, html] {
        bytes.extend_from_slice(format!("\r\n--{boundary}\r\n").as_bytes());
        bytes.extend_from_slice(&part);
    }
    bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Part { bytes, is_global: false }
}

fn text_part(subtype: &str, text: &str) -> Vec<u8> {
    let mut bytes = format!(
        "Content-Type: text/{subtype}; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    .into_bytes();
    QuotedPrintableEncoder::new().preserve_line_breaks().encode_into(text.as_bytes(), &mut bytes);
    bytes
}

fn status_part(report: &Report<'_>, utf8: bool) -> Part {
    let global = utf8 && status::needs_global(report);
    let text = status::delivery_status(report, global);
    let subtype = if global { "global-delivery-status" } else { "delivery-status" };
    let encoding = if text.is_ascii() { "7bit" } else { "8bit" };
    part(&format!("message/{subtype}"), encoding, text.as_bytes(), global)
}

fn original_part(report: &Report<'_>, original: &Original<'_>, utf8: bool) -> Part {
    let global = original.is_international();
    let (media_type, bytes) = match (report.attaches_all(), global) {
        (true, false) => ("message/rfc822", original.whole()),
        (true, true) => ("message/global", original.whole()),
        (false, false) => ("text/rfc822-headers", original.header().into_owned()),
        (false, true) => ("message/global-headers", original.header().into_owned()),
    };
    if global && !utf8 {
        let mut encoded = Vec::with_capacity(bytes.len() * 3 / 2);
        Base64Encoder::new().wrap_lines().encode_into(&bytes, &mut encoded);
        return part(media_type, "base64", &encoded, false);
    }
    part(media_type, if bytes.is_ascii() { "7bit" } else { "8bit" }, &bytes, global)
}

fn part(media_type: &str, encoding: &str, body: &[u8], is_global: bool) -> Part {
    let mut bytes =
        format!("Content-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n")
            .into_bytes();
    bytes.extend_from_slice(body);
    Part { bytes, is_global }
}

/// A boundary that no line of the parts starts with: always the same one for the same report.
fn unused_boundary(report: &Report<'_>, parts: &Parts) -> String {
    let stem = format!("=_report_{}_", digest(report.message_id));
    // One pass however many of our boundaries an original may have guessed.
    let taken: HashSet<&[u8]> = parts
        .all()
        .iter()
        .flat_map(|part| part.bytes.split(|b| *b == b'\n'))
        .filter_map(|line| line.strip_prefix(b"--")?.strip_prefix(stem.as_bytes())?.get(..8))
        .collect();
    let number = (0..u32::MAX)
        .map(|number| format!("{number:08x}"))
        .find(|number| !taken.contains(number.as_bytes()));
    format!("{stem}{}", number.unwrap_or_default())
}

/// FNV-1a over 64 bits: a name for the report, not a protection.
fn digest(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| {
        (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn header_end(content: &[u8]) -> usize {
    content.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(content.len())
}

#[cfg(test)]
mod tests;
