//! A file of the Pickup directory (transport.md section 15): who sends it to whom is read from its
//! header, and what must not be seen, or was not decided by us, is taken out of it.

use bytes::{Bytes, BytesMut};
use model::Address;
use thiserror::Error;

use crate::{
    facts::named_in,
    firewall::{is_reserved, is_routing, without},
    header::{Field, HeaderBlock},
    submission::{Submission, prepare_submission},
};

/// What readers see in place of recipients who are all in Bcc: an empty group (RFC 5322 section
/// 3.4).
const UNDISCLOSED: &[u8] = b"To: Undisclosed Recipients:;\r\n";

/// Who sends a message to whom, by its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickupEnvelope {
    /// Sender, or the only author.
    pub sender: Address,
    /// Everybody in To, Cc and Bcc, each once, in this order.
    pub recipients: Vec<Address>,
    /// All of them are in Bcc.
    pub undisclosed: bool,
}

/// Why a file of the Pickup directory is no message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PickupError {
    /// The header does not end.
    #[error("there is no blank line between header and body")]
    NoBlankLine,
    /// A line of the header that is none.
    #[error("\"{0}\" in the header is not a field. Allowed: lines such as \"Name: value\".")]
    NotAField(String),
    /// Neither From nor Sender.
    #[error("there is no sender. Needed: one address in From or in Sender.")]
    NoSender,
    /// A field that names nobody, or somebody who cannot be read.
    #[error(
        "{0} has something that is not an address. Allowed: addresses with a comma between them."
    )]
    Unreadable(&'static str),
    /// Several addresses where one must be.
    #[error("From has {0} addresses and Sender none. Needed: one address in From, or in Sender.")]
    SeveralAuthors(usize),
    /// Several addresses in Sender.
    #[error("Sender has {0} addresses. Allowed: one.")]
    SeveralSenders(usize),
    /// Nobody in To, Cc and Bcc.
    #[error("there is no recipient. Needed: one address at least in To, Cc or Bcc.")]
    NoRecipient,
}

/// Where the header of a file ends: behind its last field, and behind its blank line.
///
/// # Errors
/// When there is no blank line.
pub fn pickup_header_size(content: &[u8]) -> Result<usize, PickupError> {
    let header = HeaderBlock::parse(content);
    let (end, body) = (header.end(), header.body_offset());
    if body > end { Ok(body) } else { Err(PickupError::NoBlankLine) }
}

/// Reads the envelope from a header. The caller has seen to it that the header is not too large.
///
/// # Errors
/// When it does not say who sends, or to whom.
pub fn pickup_envelope(header: &[u8]) -> Result<PickupEnvelope, PickupError> {
    if let Some(line) = HeaderBlock::parse(header).fields().find(|field| field.name.is_empty()) {
        return Err(PickupError::NotAField(shown(&line)));
    }
    let sender = sender(header)?;
    let mut recipients = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut disclosed = false;
    for name in ["To", "Cc", "Bcc"] {
        let found = named_in(header, name, usize::MAX);
        if found.unreadable > 0 {
            return Err(PickupError::Unreadable(name));
        }
        disclosed |= name != "Bcc" && !found.addresses.is_empty();
        recipients.extend(found.addresses.into_iter().filter(|a| seen.insert(a.clone())));
    }
    if recipients.is_empty() {
        return Err(PickupError::NoRecipient);
    }
    Ok(PickupEnvelope { sender, recipients, undisclosed: !disclosed })
}

fn sender(header: &[u8]) -> Result<Address, PickupError> {
    let sender = named_in(header, "Sender", usize::MAX);
    if sender.unreadable > 0 {
        return Err(PickupError::Unreadable("Sender"));
    }
    let mut senders = sender.addresses;
    match senders.len() {
        0 => {}
        1 => return senders.pop().ok_or(PickupError::NoSender),
        many => return Err(PickupError::SeveralSenders(many)),
    }
    let author = named_in(header, "From", usize::MAX);
    if author.unreadable > 0 {
        return Err(PickupError::Unreadable("From"));
    }
    let mut authors = author.addresses;
    match authors.len() {
        1 => authors.pop().ok_or(PickupError::NoSender),
        0 => Err(PickupError::NoSender),
        many => Err(PickupError::SeveralAuthors(many)),
    }
}

/// The message as it is accepted: without Received, Resent-*, Bcc and what only our own servers
/// may say; with Date, Message-ID, and a To where all recipients were in Bcc.
pub fn prepare_pickup(content: Bytes, undisclosed: bool, submission: &Submission<'_>) -> Bytes {
    let goes = |field: &Field<'_>| {
        is_reserved(field)
            || is_routing(field)
            || field.is("Bcc")
            // Empty ones: nobody who can be seen is named.
            || (undisclosed && (field.is("To") || field.is("Cc")))
    };
    let content = prepare_submission(without(content, goes), submission);
    if !undisclosed {
        return content;
    }
    let mut out = BytesMut::with_capacity(content.len() + UNDISCLOSED.len());
    out.extend_from_slice(UNDISCLOSED);
    out.extend_from_slice(&content);
    out.freeze()
}

/// The start of a line for people.
fn shown(field: &Field<'_>) -> String {
    let text = field.text();
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(60).collect()
}

#[cfg(test)]
mod tests;
