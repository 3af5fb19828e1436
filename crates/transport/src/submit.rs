//! Messages that somebody writes with the management interface: the same way in as all others, and
//! the same reasons not to take them.

use std::net::IpAddr;

use message::{Letter, Protocol, Trace, received_field};
use model::{Address, Envelope, Guid, MessageId, Reply, ReversePath, Timestamp};
use reception::{Intake, Source, Submitted};

use crate::{
    core::Core,
    intake::{Door, scarce},
};

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The cmdlet it was written with.
    pub cmdlet: &'static str,
    /// Where its author is.
    pub client: Option<IpAddr>,
    /// The author's name, for people.
    pub from_name: String,
    /// The author, and the reverse-path.
    pub from: Address,
    /// The recipient.
    pub to: Address,
    /// One line.
    pub subject: String,
    /// Lines with whatever ends.
    pub body: String,
}

/// What a message that was taken is called.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Its number on this server.
    pub id: MessageId,
    /// Its Message-ID, with angle brackets.
    pub internet_message_id: String,
    /// Its Date.
    pub at: Timestamp,
}

/// Composes the message and takes it over.
pub(crate) async fn submit(core: &std::sync::Arc<Core>, draft: Draft) -> Result<Receipt, Reply> {
    let door = Door(std::sync::Arc::clone(core));
    let snapshot = core.directory.snapshot();
    let here = snapshot.server(core.server.as_str());
    // Receive connectors do not even listen then.
    if here.is_some_and(|server| !server.takes_mail()) {
        return Err(Reply::new(421, (4, 3, 2), "Service not active"));
    }
    if door.is_pressed() {
        return Err(scarce().0);
    }
    let fqdn = here.map_or_else(|| core.server.to_string(), |server| server.fqdn.to_string());
    let (id, network_id, at) = (door.next_id(), Guid::new_v4(), core.now());
    let letter = Letter {
        from_name: &draft.from_name,
        from: &draft.from,
        to: &draft.to,
        subject: &draft.subject,
        body: &draft.body,
        network_id,
        message_id_domain: &fqdn,
        at,
    };
    let (content, internet_message_id) = (letter.compose(), letter.message_id());
    let smtputf8 = [&draft.from, &draft.to].into_iter().any(Address::is_internationalized);
    let trace = Trace {
        from_hello: "",
        from_address: draft.client,
        by: &fqdn,
        with: Protocol::Http,
        tls: None,
        id,
        for_: Some(&draft.to),
        at,
    };
    let submitted = Submitted {
        id,
        network_id,
        trace: String::from_utf8_lossy(&received_field(&trace)).into_owned(),
        envelope: envelope(draft.from, draft.to, smtputf8),
        content,
        source: Source::Management { cmdlet: draft.cmdlet, client: draft.client },
    };
    door.accept(submitted).await.map_err(|refusal| refusal.0)?;
    Ok(Receipt { id, internet_message_id, at })
}

fn envelope(from: Address, to: Address, smtputf8: bool) -> Envelope {
    let body = if smtputf8 { model::BodyType::EightBitMime } else { model::BodyType::SevenBit };
    Envelope { smtputf8, body, ..Envelope::plain(ReversePath::Address(from), vec![to]) }
}
