//! Mailboxes of this server, which are its own Maildirs or those of an LMTP server: what becomes of a
//! consignment for them.

use std::sync::Arc;

use bytes::Bytes;
use delivery::{ConnectFailure, Connection, Delivery, Outcome, Parcel};
use directory::{Mailbox, Snapshot};
use mailbox::{Copy, MailboxError, Mailboxes};
use model::{EnhancedCode, Envelope, Recipient};
use spool::{MessageRecord, SpoolError};

use crate::{
    categorizer::Categorizer, core::Core, outbound::Link, registry::Item, settings::MailboxStore,
};

impl Core {
    /// Opens the way to this server's mailboxes.
    pub(crate) async fn open_mailboxes(&self) -> Result<Link, ConnectFailure> {
        let server = match &self.mailboxes {
            MailboxStore::Maildirs(maildirs) => return Ok(Link::Maildirs(maildirs.clone())),
            MailboxStore::Lmtp(server) => server,
        };
        let here = self.here(&self.directory.snapshot()).map(|here| here.fqdn.to_string());
        let hello = here.unwrap_or_else(|| self.server.to_string());
        Ok(Link::Lmtp(Box::new(server.connect(hello).await?)))
    }

    /// Delivers a consignment to Maildirs.
    ///
    /// # Errors
    /// When its content cannot be read; nothing has been tried then.
    pub(crate) async fn deliver_to_maildirs(
        &self,
        maildirs: &Mailboxes,
        item: &Item,
    ) -> Result<Delivery, SpoolError> {
        let content = self.content(&item.message).await?;
        let (snapshot, server) = (self.directory.snapshot(), self.server.clone());
        let (maildirs, owned) = (maildirs.clone(), item.clone());
        let delivered = tokio::task::spawn_blocking(move || {
            let categorizer = Categorizer::new(&snapshot, &server);
            let record = &owned.message.record;
            let one = |index: &u32| match mailbox_of(&categorizer, record, *index) {
                Ok((recipient, mailbox)) => {
                    let copy = Copy {
                        id: record.id,
                        recipient: *index,
                        sender: &record.envelope.sender,
                        delivered_to: &recipient.address,
                        trace: record.trace.as_bytes(),
                        content: &content,
                    };
                    (*index, deliver(&maildirs, mailbox, &copy))
                }
                Err(outcome) => (*index, outcome),
            };
            owned.recipients.iter().map(one).collect()
        });
        let recipients = delivered.await.unwrap_or_else(|_| {
            let interrupted =
                Outcome::Deferred("451 4.3.0 The delivery was interrupted".to_owned());
            item.recipients.iter().map(|index| (*index, interrupted.clone())).collect()
        });
        Ok(settled_here(recipients))
    }

    /// Gives a consignment to the LMTP server, all of its recipients at once.
    ///
    /// # Errors
    /// When its content cannot be read; nothing has been tried then.
    pub(crate) async fn deliver_by_lmtp(
        &self,
        connection: &mut Connection,
        item: &Item,
    ) -> Result<Delivery, SpoolError> {
        let content = self.content(&item.message).await?;
        let Addressed { indexes, to, others } = self.addressed(&self.directory.snapshot(), item);
        if to.is_empty() {
            return Ok(settled_here(others));
        }
        let mut delivery = match connection.begin(parcel(&item.message.record, to, content)).await {
            Ok(()) => connection.conclude().await,
            Err(over) => over,
        };
        for (place, _) in &mut delivery.recipients {
            *place = indexes.get(*place as usize).copied().unwrap_or(*place);
        }
        delivery.recipients.extend(others);
        Ok(delivery)
    }

    fn addressed(&self, snapshot: &Snapshot, item: &Item) -> Addressed {
        let categorizer = Categorizer::new(snapshot, &self.server);
        let mut addressed = Addressed::default();
        for index in &item.recipients {
            match mailbox_of(&categorizer, &item.message.record, *index) {
                Ok((_, mailbox)) => {
                    addressed.indexes.push(*index);
                    addressed.to.push(Recipient::plain(mailbox.primary_smtp_address.clone()));
                }
                Err(outcome) => addressed.others.push((*index, outcome)),
            }
        }
        addressed
    }
}

/// The recipients of a consignment, as the LMTP server knows them.
#[derive(Default)]
struct Addressed {
    /// Indexes into the envelope.
    indexes: Vec<u32>,
    /// The mailboxes, in the same order.
    to: Vec<Recipient>,
    /// What became of those who have none.
    others: Vec<(u32, Outcome)>,
}

/// The recipient with this index, and the mailbox.
///
/// # Errors
/// What becomes of him where there is none.
fn mailbox_of<'a>(
    categorizer: &Categorizer<'a>,
    record: &'a MessageRecord,
    index: u32,
) -> Result<(&'a Recipient, &'a Mailbox), Outcome> {
    let recipient = record.envelope.recipients.get(index as usize).ok_or(Outcome::Untried)?;
    let mailbox = categorizer.mailbox_of(&recipient.address).ok_or_else(|| {
        let text = "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found";
        Outcome::Failed(EnhancedCode::new(5, 1, 1), text.to_owned())
    })?;
    Ok((recipient, mailbox))
}

fn deliver(maildirs: &Mailboxes, mailbox: &Mailbox, copy: &Copy<'_>) -> Outcome {
    let (address, quota) = (&mailbox.primary_smtp_address, mailbox.prohibit_send_receive_quota);
    match maildirs.deliver(address, quota, copy) {
        Ok(()) => Outcome::Delivered("250 2.1.5 Delivered to mailbox".to_owned()),
        Err(full @ MailboxError::Full { .. }) => {
            // Whoever sent it learns that it is full, and not how large it is.
            tracing::info!(mailbox = %address, message = %copy.id, %full, "a mailbox is full");
            let text = "554 5.2.2 mailbox full; STOREDRV.Deliver";
            Outcome::Failed(EnhancedCode::new(5, 2, 2), text.to_owned())
        }
        Err(error @ MailboxError::Disk { .. }) => Outcome::Deferred(format!("452 4.3.1 {error}")),
    }
}

/// What the LMTP server is given: the message and whom it is for. What was wanted of the way here is done
/// with, and who is told what became of it is told by us.
fn parcel(record: &MessageRecord, to: Vec<Recipient>, content: Bytes) -> Parcel {
    let recipients = (0..).take(to.len()).collect();
    let envelope = Envelope {
        body: record.envelope.body,
        smtputf8: record.envelope.smtputf8,
        recipients: to,
        ..Envelope::plain(record.envelope.sender.clone(), Vec::new())
    };
    Parcel {
        id: record.id,
        internet_message_id: None,
        envelope: Arc::new(envelope),
        recipients,
        trace: record.trace.clone(),
        content,
        eight_bit: record.eight_bit,
        signer: None,
        attributes: None,
    }
}

fn settled_here(recipients: Vec<(u32, Outcome)>) -> Delivery {
    Delivery {
        recipients,
        session_failure: None,
        has_answered: true,
        relays_dsn: false,
        host: String::new(),
    }
}
