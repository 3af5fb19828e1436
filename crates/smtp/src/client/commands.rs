//! The commands of a transaction as they are written, with only those parameters the server
//! understands.

use bytes::{BufMut, BytesMut};
use model::{Address, Recipient};

use super::{
    capabilities::Capabilities,
    types::{NotPossible, Transaction},
};

/// Which parameters a transaction is sent with.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    pub(super) pipelining: bool,
    smtputf8: bool,
    body: bool,
    size: bool,
    dsn: bool,
    require_tls: bool,
    attributes: bool,
}

impl Manner {
    /// How a transaction goes to a server with these capabilities.
    ///
    /// # Errors
    /// When the server lacks what the message needs.
    pub(super) fn new(
        transaction: &Transaction,
        capabilities: &Capabilities,
    ) -> Result<Self, NotPossible> {
        if transaction.envelope.demands_tls() && !capabilities.require_tls {
            return Err(NotPossible::RequireTls);
        }
        let size = transaction.size() as u64;
        if let Some(limit) = capabilities.size.filter(|limit| size > *limit) {
            return Err(NotPossible::TooLarge { limit });
        }
        if transaction.eight_bit && !capabilities.eight_bit_mime {
            return Err(NotPossible::EightBit);
        }
        let needed = needs_smtputf8(transaction);
        if needed && !capabilities.smtputf8 {
            return Err(NotPossible::SmtpUtf8);
        }
        Ok(Self {
            pipelining: capabilities.pipelining,
            smtputf8: capabilities.smtputf8 && (needed || transaction.envelope.smtputf8),
            body: transaction.eight_bit,
            size: capabilities.size_offered,
            dsn: capabilities.dsn,
            require_tls: capabilities.require_tls && transaction.envelope.require_tls,
            attributes: capabilities.attributes,
        })
    }

    /// Appends MAIL.
    pub(super) fn write_mail(self, out: &mut BytesMut, transaction: &Transaction) {
        let envelope = &transaction.envelope;
        out.put_slice(b"MAIL FROM:<");
        if let Some(sender) = envelope.sender.address() {
            self.write_address(out, sender);
        }
        out.put_slice(b">");
        if self.size {
            write(out, &[" SIZE=", &transaction.size().to_string()]);
        }
        if self.body {
            write(out, &[" BODY=8BITMIME"]);
        }
        if self.smtputf8 {
            write(out, &[" SMTPUTF8"]);
        }
        if self.require_tls {
            write(out, &[" REQUIRETLS"]);
        }
        if self.dsn {
            match envelope.ret {
                Some(model::DsnReturn::Full) => write(out, &[" RET=FULL"]),
                Some(model::DsnReturn::Headers) => write(out, &[" RET=HDRS"]),
                None => {}
            }
            if let Some(envid) = &envelope.envid {
                write(out, &[" ENVID=", envid.as_str()]);
            }
        }
        if let Some(attributes) = transaction.attributes.as_ref().filter(|_| self.attributes) {
            write(out, &[" XATTR=", &attributes.to_string()]);
        }
        out.put_slice(b"\r\n");
    }

    /// Appends RCPT.
    pub(super) fn write_rcpt(self, out: &mut BytesMut, recipient: &Recipient) {
        out.put_slice(b"RCPT TO:<");
        self.write_address(out, &recipient.address);
        out.put_slice(b">");
        if self.dsn {
            if let Some(notify) = recipient.notify {
                write(out, &[" NOTIFY=", &notify.to_string()]);
            }
            let original = recipient.original.as_ref().map(model::OriginalRecipient::as_str);
            if let Some(original) = original.filter(|text| self.smtputf8 || text.is_ascii()) {
                write(out, &[" ORCPT=", original]);
            }
        }
        out.put_slice(b"\r\n");
    }

    /// Without SMTPUTF8 the domain goes as A-labels.
    fn write_address(self, out: &mut BytesMut, address: &Address) {
        if self.smtputf8 || !address.is_internationalized() {
            write(out, &[address.as_str()]);
        } else {
            write(out, &[address.local_part(), "@", &address.domain().to_string()]);
        }
    }
}

fn write(out: &mut BytesMut, parts: &[&str]) {
    for part in parts {
        out.put_slice(part.as_bytes());
    }
}

/// Whether a server without SMTPUTF8 cannot take this: a local part has no other form, and a
/// header that was sent as internationalised may not be passed on as anything else (RFC 6531
/// section 3.2). Domains have A-labels.
fn needs_smtputf8(transaction: &Transaction) -> bool {
    let envelope = &transaction.envelope;
    let recipients = transaction
        .recipients
        .iter()
        .filter_map(|i| envelope.recipients.get(*i))
        .map(|r| &r.address);
    let foreign = envelope
        .sender
        .address()
        .into_iter()
        .chain(recipients)
        .any(|address| !address.local_part().is_ascii());
    let is_ascii = || transaction.top.is_ascii() && header(&transaction.content).is_ascii();
    foreign || (envelope.smtputf8 && transaction.eight_bit && !is_ascii())
}

fn header(content: &[u8]) -> &[u8] {
    let end = content.windows(4).position(|window| window == b"\r\n\r\n");
    &content[..end.unwrap_or(content.len())]
}
