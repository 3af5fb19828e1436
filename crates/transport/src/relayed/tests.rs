//! What is told of a message, what is believed, and what would only go back and forth.

use std::{net::IpAddr, sync::Arc};

use directory::{
    Change, Header, Object, SendConnector, Usage,
    bootstrap::{DefaultBindings, NewServer, server_objects},
};
use model::{Envelope, Guid, MessageId, ReversePath, TimeSpan};

use super::*;

/// Two Mailbox servers, and a connector to everywhere with these sources.
fn snapshot(sources: &[&str]) -> Snapshot {
    let servers = ["MBX01", "MBX02"].into_iter().flat_map(|name| {
        let new = NewServer {
            name: name.parse().unwrap(),
            fqdn: format!("{}.contoso.com", name.to_lowercase()).parse().unwrap(),
            egress_addresses: Vec::new(),
            bindings: DefaultBindings::default(),
        };
        server_objects(&new).into_iter().filter_map(|change| match change {
            Change::Create(object) => Some(object),
            _ => None,
        })
    });
    let mut connector =
        SendConnector::from_usage(Header::fresh(), "Out".parse().unwrap(), Usage::Custom);
    connector.address_spaces = vec!["*".parse().unwrap()];
    connector.source_transport_servers = sources.iter().map(|name| (*name).to_owned()).collect();
    Snapshot::of(servers.chain([Object::from(connector)]))
}

fn record(origin: Origin) -> MessageRecord {
    let sender = ReversePath::Address("jean@contoso.com".parse().unwrap());
    MessageRecord {
        id: MessageId::new(7).unwrap(),
        network_id: Guid::new_v4(),
        accepted_at: Timestamp::from_millis(1_700_000_000_000),
        band: 0,
        stranger: true,
        tls_not_required: false,
        size: 1_300,
        eight_bit: false,
        origin,
        subject: None,
        internet_message_id: None,
        trace: String::new(),
        envelope: Arc::new(Envelope::plain(sender, vec!["a@example.net".parse().unwrap()])),
    }
}

fn from(server: &str) -> MessageRecord {
    let client: IpAddr = [192, 0, 2, 9].into();
    record(Origin::Server {
        connector: "Default MBX02".to_owned(),
        server: server.to_owned(),
        client: Some(client),
        size: 1_000,
    })
}

#[test]
fn what_would_go_back_stays_where_it_is() {
    let here: ObjectName = "MBX02".parse().unwrap();
    let refusal = |sources: &[&str], record: &MessageRecord| {
        goes_back(&snapshot(sources), &here, record).map(|reply| reply.to_string())
    };
    assert_eq!(refusal(&["MBX02"], &from("MBX01")), None, "used here");
    assert_eq!(refusal(&["mbx01", "MBX02"], &from("MBX01")), None, "here too");
    let back = refusal(&["mbx01"], &from("MBX01")).unwrap();
    assert!(back.starts_with("451 4.4.6 Send connector Out is used by MBX01"), "{back}");
    assert_eq!(refusal(&["MBX01"], &from("MBX03")), None, "it goes on");
    let client = [192, 0, 2, 9].into();
    let own = record(Origin::Smtp { connector: "Relay".to_owned(), client });
    assert_eq!(refusal(&["MBX01"], &own), None, "it has been nowhere yet");
}

#[test]
fn limits_are_about_what_was_accepted() {
    assert_eq!(from("MBX01").limited_size(), 1_000);
    let small = MessageRecord { size: 900, ..from("MBX01") };
    assert_eq!(small.limited_size(), 900, "the smaller of the two");
    let own = record(Origin::Pickup { file: "a.eml".to_owned() });
    assert_eq!((own.limited_size(), own.origin.client()), (1_300, None));
    assert_eq!(from("MBX01").origin.client(), Some([192, 0, 2, 9].into()));
}

#[test]
fn nothing_comes_from_the_future() {
    let now = Timestamp::from_millis(1_700_000_000_000);
    let told = |accepted_at| HopAttributes {
        network_id: Guid::nil(),
        accepted_at,
        band: 1,
        stranger: false,
        delay_told: false,
        size: 1,
        client: None,
    };
    let hour = TimeSpan::hours(1);
    assert_eq!(accepted_at(&told(now - hour), now), now - hour);
    assert_eq!(accepted_at(&told(now + hour), now), now);
}
