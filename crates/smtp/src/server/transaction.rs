//! One mail transaction on the server's side: what MAIL, RCPT and BDAT have brought so far.

use model::{BodyType, Envelope, HopAttributes, Recipient, Reply};

use crate::{content::Content, grammar::MailRequest};

/// A transaction from an accepted MAIL to the end of its content or a reset.
#[derive(Debug)]
pub(super) struct MailTransaction {
    request: MailRequest,
    /// Those accepted.
    pub(super) recipients: Vec<Recipient>,
    /// Whether a recipient was refused.
    pub(super) any_refused: bool,
    /// The content that BDAT has brought, once it has brought any.
    pub(super) chunks: Option<Chunks>,
}

/// Content from BDAT.
#[derive(Debug)]
pub(super) enum Chunks {
    /// So far so good.
    Content(Content),
    /// Refused; every further chunk is told the same.
    Refused(Reply),
}

impl MailTransaction {
    pub(super) fn new(request: MailRequest) -> Self {
        Self { request, recipients: Vec::new(), any_refused: false, chunks: None }
    }

    /// The size MAIL has announced, in bytes.
    pub(super) fn expected_size(&self) -> Option<u64> {
        self.request.size
    }

    /// Whether MAIL had SMTPUTF8.
    pub(super) fn smtputf8(&self) -> bool {
        self.request.smtputf8
    }

    /// Bytes of content held for BDAT.
    pub(super) fn buffered(&self) -> usize {
        match &self.chunks {
            Some(Chunks::Content(content)) => content.buffered(),
            _ => 0,
        }
    }

    /// What the client, a server of ours, has said of the message.
    pub(super) fn take_attributes(&mut self) -> Option<HopAttributes> {
        self.request.attributes.take()
    }

    /// The envelope; what goes by it is 8-bit if the content is, whatever BODY said.
    pub(super) fn into_envelope(self, eight_bit: bool) -> Envelope {
        let body = if eight_bit { BodyType::EightBitMime } else { self.request.body };
        Envelope {
            sender: self.request.sender,
            body,
            smtputf8: self.request.smtputf8,
            ret: self.request.ret,
            envid: self.request.envid,
            require_tls: self.request.require_tls,
            recipients: self.recipients,
        }
    }
}
