//! MAIL, RCPT, DATA and BDAT: what a command in this order, with these parameters, leads to.
//!
//! What only the connector can decide comes back as a question for the driver; everything that
//! the protocol or the session's settings decide is replied to here.

use bytes::{Buf, Bytes, BytesMut};
use model::{Address, Reply};

use super::{
    dialogue::Dialogue,
    replies,
    settings::{AuthOffer, ServerSettings, SizeMode},
    step::ReceivedMessage,
    transaction::{Chunks, MailTransaction},
};
use crate::{
    content::{Content, ContentLimits, DataDecoder, Defect},
    grammar::{MailCommand, MailRequest, RcptCommand},
};

/// The transaction under way, if any.
#[derive(Debug, Default)]
pub(super) struct Mailing {
    transaction: Option<MailTransaction>,
    /// MAIL was refused: what the client had pipelined behind it is no error of protocol.
    mail_refused: bool,
    /// Size of the last message, in bytes: the next one of a session is often about as large.
    last_size: Option<u64>,
}

/// A BDAT chunk that is arriving.
#[derive(Debug)]
pub(super) struct Chunk {
    size: u64,
    remaining: u64,
    last: bool,
    /// Why the chunk is only read over.
    refusal: Option<ChunkRefusal>,
}

#[derive(Debug)]
struct ChunkRefusal {
    reply: Reply,
    is_protocol_error: bool,
}

impl Chunk {
    /// Bytes of content in it.
    pub(super) fn size(&self) -> u64 {
        self.size
    }
}

impl Mailing {
    /// Forgets the transaction.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.transaction.is_some()
    }

    /// Bytes of content held for BDAT.
    pub(super) fn buffered(&self) -> usize {
        self.transaction.as_ref().map_or(0, MailTransaction::buffered)
    }

    /// MAIL. Gives it back when the driver is to be asked.
    pub(super) fn mail(&mut self, talk: &mut Dialogue, mail: MailCommand) -> Option<MailRequest> {
        if talk.hello.is_none() {
            talk.protocol_error(&replies::hello_needed());
            return None;
        }
        if self.transaction.is_some() {
            talk.protocol_error(&replies::bad_sequence());
            return None;
        }
        let refusal = if talk.lacks_tls() {
            Some(replies::tls_needed())
        } else if talk.settings.require_auth && !talk.authenticated {
            Some(replies::auth_needed())
        } else {
            peer_refusal(talk, &mail.request)
                .or_else(|| tag_refusal(talk, &mail.request))
                .or_else(|| mail_refusal(&talk.settings, &mail))
        };
        if let Some(reply) = refusal {
            self.refuse_mail(talk, &reply);
            return None;
        }
        Some(mail.request)
    }

    /// The driver takes the sender.
    pub(super) fn accept_mail(&mut self, talk: &mut Dialogue, request: MailRequest) {
        self.mail_refused = false;
        self.transaction = Some(MailTransaction::new(request));
        talk.say(&replies::sender_ok());
    }

    /// The sender is refused.
    pub(super) fn refuse_mail(&mut self, talk: &mut Dialogue, reply: &Reply) {
        self.mail_refused = true;
        talk.say(reply);
    }

    /// RCPT. Gives it back when the driver is to be asked.
    pub(super) fn rcpt(&mut self, talk: &mut Dialogue, rcpt: RcptCommand) -> Option<RcptCommand> {
        let Some(transaction) = &self.transaction else {
            self.out_of_sequence(talk);
            return None;
        };
        if transaction.chunks.is_some() {
            talk.protocol_error(&replies::bad_sequence());
            return None;
        }
        if let Some(reply) = rcpt_refusal(&talk.settings, transaction, &rcpt) {
            self.refuse_rcpt(talk, &reply);
            return None;
        }
        Some(rcpt)
    }

    /// The driver takes the recipient as `address`.
    pub(super) fn accept_rcpt(&mut self, talk: &mut Dialogue, rcpt: RcptCommand, address: Address) {
        if let Some(transaction) = &mut self.transaction {
            transaction.recipients.push(rcpt.into_recipient(address));
        }
        talk.say(&replies::recipient_ok());
    }

    /// The recipient is refused.
    pub(super) fn refuse_rcpt(&mut self, talk: &mut Dialogue, reply: &Reply) {
        if let Some(transaction) = &mut self.transaction {
            transaction.any_refused = true;
        }
        talk.say(reply);
    }

    /// DATA. The decoder of the content, when it may come.
    pub(super) fn data(&mut self, talk: &mut Dialogue) -> Option<DataDecoder> {
        let Some(transaction) = &self.transaction else {
            self.out_of_sequence(talk);
            return None;
        };
        if transaction.recipients.is_empty() && transaction.any_refused {
            talk.say(&replies::no_recipients());
            return None;
        }
        if transaction.recipients.is_empty() || transaction.chunks.is_some() {
            talk.protocol_error(&replies::bad_sequence());
            return None;
        }
        talk.say(&replies::start_input());
        // A little more than the last: otherwise one byte more makes the whole buffer move.
        let about_as_last = self.last_size.map(|size| size.saturating_add(size / 8));
        let expected = transaction.expected_size().or(about_as_last);
        Some(DataDecoder::new(limits(&talk.settings), expected))
    }

    /// Ends the transaction with its content: a message for the driver, or a refusal.
    pub(super) fn content_complete(
        &mut self,
        talk: &mut Dialogue,
        content: Result<(Bytes, bool), Defect>,
    ) -> Option<ReceivedMessage> {
        let transaction = self.transaction.take();
        match content {
            Ok((content, eight_bit)) => {
                self.last_size = Some(content.len() as u64);
                let mut transaction = transaction?;
                let attributes = transaction.take_attributes();
                let envelope = transaction.into_envelope(eight_bit);
                Some(ReceivedMessage { envelope, content, attributes })
            }
            Err(defect) => {
                talk.say(&defect.reply());
                None
            }
        }
    }

    /// MAIL that cannot be read refuses the transaction that was meant to begin.
    pub(super) fn malformed_mail(&mut self) {
        self.mail_refused |= self.transaction.is_none();
    }

    /// RCPT that cannot be read is one recipient refused.
    pub(super) fn malformed_rcpt(&mut self, talk: &mut Dialogue, reply: &Reply) {
        if self.transaction.is_some() {
            self.refuse_rcpt(talk, reply);
        } else {
            self.out_of_sequence(talk);
        }
    }

    /// RCPT, DATA or BDAT without a transaction.
    fn out_of_sequence(&self, talk: &mut Dialogue) {
        if self.mail_refused {
            talk.say(&replies::bad_sequence());
        } else {
            talk.protocol_error(&replies::bad_sequence());
        }
    }
}

// === CHUNKING (RFC 3030) ===

impl Mailing {
    /// BDAT. Whatever is wrong with it, its chunk is read to the end before the reply: the client
    /// sends it without waiting.
    pub(super) fn bdat(&mut self, settings: &ServerSettings, size: u64, last: bool) -> Chunk {
        let refusal = self.chunk_refusal(settings);
        if refusal.is_none()
            && let Some(transaction) = &mut self.transaction
        {
            let expected = transaction.expected_size().or(Some(size));
            transaction
                .chunks
                .get_or_insert_with(|| Chunks::Content(Content::new(limits(settings), expected)));
        }
        Chunk { size, remaining: size, last, refusal }
    }

    fn chunk_refusal(&self, settings: &ServerSettings) -> Option<ChunkRefusal> {
        let (reply, is_protocol_error) = match &self.transaction {
            _ if !settings.chunking => (replies::not_implemented(), true),
            None => (replies::bad_sequence(), !self.mail_refused),
            Some(MailTransaction { chunks: Some(Chunks::Refused(reply)), .. }) => {
                (reply.clone(), false)
            }
            Some(transaction) if !transaction.recipients.is_empty() => return None,
            Some(transaction) if transaction.any_refused => (replies::no_recipients(), false),
            Some(_) => (replies::bad_sequence(), true),
        };
        Some(ChunkRefusal { reply, is_protocol_error })
    }

    /// Takes what of the chunk is in `input`; `true` once the chunk is complete.
    pub(super) fn chunk_bytes(&mut self, chunk: &mut Chunk, input: &mut BytesMut) -> bool {
        let length = usize::try_from(chunk.remaining).map_or(input.len(), |n| n.min(input.len()));
        if chunk.refusal.is_none()
            && let Some(MailTransaction { chunks: Some(Chunks::Content(content)), .. }) =
                &mut self.transaction
        {
            content.push(&input[..length]);
        }
        input.advance(length);
        chunk.remaining -= length as u64;
        chunk.remaining == 0
    }

    /// Replies to a complete chunk; a message for the driver after the last.
    pub(super) fn end_of_chunk(
        &mut self,
        talk: &mut Dialogue,
        chunk: Chunk,
    ) -> Option<ReceivedMessage> {
        if let Some(refusal) = chunk.refusal {
            if chunk.last {
                self.transaction = None;
            }
            if refusal.is_protocol_error {
                talk.protocol_error(&refusal.reply);
            } else {
                talk.say(&refusal.reply);
            }
            return None;
        }
        let transaction = self.transaction.as_mut()?;
        let Some(Chunks::Content(content)) = transaction.chunks.take() else { return None };
        if chunk.last {
            return self.content_complete(talk, content.finish());
        }
        match content.defect() {
            Some(defect) => {
                transaction.chunks = Some(Chunks::Refused(defect.reply()));
                talk.say(&defect.reply());
            }
            None => {
                transaction.chunks = Some(Chunks::Content(content));
                talk.say(&replies::chunk_ok(chunk.size));
            }
        }
        None
    }
}

// === Rules ===

fn limits(settings: &ServerSettings) -> ContentLimits {
    ContentLimits {
        size: settings.max_message_size,
        header: settings.max_header_size,
        hops: settings.max_hops,
    }
}

/// XATTR from a client that is no server of ours.
fn peer_refusal(talk: &Dialogue, request: &MailRequest) -> Option<Reply> {
    (request.attributes.is_some() && !talk.is_peer).then(replies::unsupported)
}

/// REQUIRETLS where it is not offered: in clear, TLS comes first where there is some (RFC 8689 section 4.1).
fn tag_refusal(talk: &Dialogue, request: &MailRequest) -> Option<Reply> {
    let settings = &talk.settings;
    match (request.require_tls, talk.tls) {
        (false, _) => None,
        (true, true) if settings.offer_require_tls => None,
        (true, false) if settings.offer_require_tls && settings.start_tls => {
            Some(replies::tls_needed())
        }
        (true, _) => Some(replies::unsupported()),
    }
}

/// What in a well-formed MAIL goes against the settings.
fn mail_refusal(settings: &ServerSettings, mail: &MailCommand) -> Option<Reply> {
    let request = &mail.request;
    let dsn = request.ret.is_some() || request.envid.is_some();
    let unsupported = (request.size.is_some() && settings.size == SizeMode::Disabled)
        || (mail.body_given && !settings.eight_bit_mime)
        || (request.smtputf8 && !settings.smtputf8)
        || (dsn && !settings.dsn)
        || (mail.auth_given && settings.auth == AuthOffer::Never);
    let foreign = request.sender.address().is_some_and(Address::is_internationalized);
    if unsupported {
        Some(replies::unsupported())
    } else if foreign && !request.smtputf8 {
        Some(replies::utf8_needed())
    } else if request.size.is_some_and(|size| size > settings.max_message_size) {
        Some(replies::too_large())
    } else {
        None
    }
}

/// What in a well-formed RCPT goes against the settings.
fn rcpt_refusal(
    settings: &ServerSettings,
    transaction: &MailTransaction,
    rcpt: &RcptCommand,
) -> Option<Reply> {
    let dsn = rcpt.notify.is_some() || rcpt.original.is_some();
    let foreign = rcpt.address.as_ref().is_some_and(Address::is_internationalized)
        || rcpt.original.as_ref().is_some_and(|original| !original.as_str().is_ascii());
    if transaction.recipients.len() >= settings.max_recipients {
        Some(replies::too_many_recipients())
    } else if dsn && !settings.dsn {
        Some(replies::unsupported())
    } else if foreign && !transaction.smtputf8() {
        Some(replies::utf8_needed())
    } else {
        None
    }
}
