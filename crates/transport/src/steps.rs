//! The events of a message's life, made from its record: what every one of them says, and the few
//! words in which they differ.

use std::net::IpAddr;

use directory::Snapshot;
use model::{
    Directionality, EventSource, MessageEvent, MessageEventKind, MessageFacts, Peer,
    RecipientResult, ReversePath,
};
use spool::{MessageRecord, Origin};

/// An event about some recipients of a message, with what was said of each.
pub(crate) fn step<'a>(
    snapshot: &Snapshot,
    record: &'a MessageRecord,
    (kind, source): (MessageEventKind, EventSource),
    recipients: impl IntoIterator<Item = (u32, &'a str)>,
) -> MessageEvent<'a> {
    let all = &record.envelope.recipients;
    let result = |(index, status)| {
        let recipient = &all.get(index as usize)?.address;
        Some(RecipientResult { recipient, status })
    };
    MessageEvent {
        kind,
        source,
        message: facts(snapshot, record),
        recipients: recipients.into_iter().filter_map(result).collect(),
        connector: "",
        client: Peer::default(),
        server: Peer::default(),
        related_recipient: None,
        reference: String::new(),
    }
}

/// An event about all recipients of a message.
pub(crate) fn whole<'a>(
    snapshot: &Snapshot,
    record: &'a MessageRecord,
    what: (MessageEventKind, EventSource),
) -> MessageEvent<'a> {
    step(snapshot, record, what, (0..).take(record.envelope.recipients.len()).map(|i| (i, "")))
}

fn facts<'a>(snapshot: &Snapshot, record: &'a MessageRecord) -> MessageFacts<'a> {
    let ours = match &record.envelope.sender {
        ReversePath::Address(sender) => snapshot.is_internal(sender.domain()),
        ReversePath::Null => matches!(record.origin, Origin::Dsn { .. }),
    };
    MessageFacts {
        id: record.id,
        network_id: record.network_id,
        internet_message_id: record.internet_message_id.as_deref(),
        subject: record.subject.as_deref(),
        sender: record.envelope.sender.as_str(),
        size: record.size,
        accepted_at: record.accepted_at,
        original_client: record.origin.client(),
        directionality: if ours { Directionality::Originating } else { Directionality::Incoming },
        tls: record.tls_requirement(),
    }
}

/// A host as deliveries show it: `mx1.example.net [192.0.2.1]`, or its address alone.
pub(crate) fn peer(host: &str) -> Peer<'_> {
    let (name, address) = host.split_once(' ').unwrap_or((host, host));
    let address = address.trim_matches(|c| c == '[' || c == ']');
    let address = address.strip_prefix("IPv6:").unwrap_or(address);
    Peer { name, address: address.parse::<IpAddr>().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_name_and_address() {
        let both = peer("mx1.example.net [192.0.2.1]");
        assert_eq!((both.name, both.address), ("mx1.example.net", Some([192, 0, 2, 1].into())));
        let literal = peer("[192.0.2.1]");
        assert_eq!(literal.address, Some([192, 0, 2, 1].into()));
        assert_eq!(peer("mx1.example.net [2001:db8::1]").address, "2001:db8::1".parse().ok());
        assert_eq!(peer("mx1.example.net").address, None);
    }
}
