//! Each limit refuses the one too many, and gives the place back when a session ends.

use directory::{Header, MessageRateSource, Usage};
use model::TimeSpan;

use super::*;

const T0: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn connector(change: impl FnOnce(&mut ReceiveConnector)) -> ReceiveConnector {
    let name = "Test".parse().unwrap();
    let mut connector =
        ReceiveConnector::from_usage(Header::fresh(), "MBX01".to_owned(), name, Usage::Custom);
    change(&mut connector);
    connector
}

fn source(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn admit(
    admission: &Arc<Admission>,
    connector: &ReceiveConnector,
    from: IpAddr,
) -> Result<Admitted, Denied> {
    admission.admit(connector, from, 1_000_000, T0)
}

#[test]
fn a_source_has_its_share_and_gets_it_back() {
    let admission = Arc::new(Admission::default());
    let connector = connector(|c| {
        c.max_inbound_connection_per_source = Unlimited::Limited(2);
        c.max_inbound_connection_percentage_per_source = 100;
    });
    let first = admit(&admission, &connector, source(1)).unwrap();
    let _second = admit(&admission, &connector, source(1)).unwrap();
    assert_eq!(admit(&admission, &connector, source(1)).err(), Some(Denied::Source));
    assert!(admit(&admission, &connector, source(2)).is_ok());
    drop(first);
    assert!(admit(&admission, &connector, source(1)).is_ok());
}

#[test]
fn an_ipv6_network_is_one_source() {
    let admission = Arc::new(Admission::default());
    let connector = connector(|c| {
        c.max_inbound_connection_per_source = Unlimited::Limited(1);
        c.max_inbound_connection_percentage_per_source = 100;
    });
    let _held = admit(&admission, &connector, "2001:db8::1".parse().unwrap()).unwrap();
    let neighbour = admit(&admission, &connector, "2001:db8::2".parse().unwrap());
    assert_eq!(neighbour.err(), Some(Denied::Source));
    assert!(admit(&admission, &connector, "2001:db8:0:1::1".parse().unwrap()).is_ok());
}

#[test]
fn a_percentage_is_of_what_is_left() {
    let admission = Arc::new(Admission::default());
    let connector = connector(|c| {
        c.max_inbound_connection = Unlimited::Limited(10);
        c.max_inbound_connection_per_source = Unlimited::Unlimited;
        c.max_inbound_connection_percentage_per_source = 50;
    });
    let held: Vec<_> = (0..).map_while(|_| admit(&admission, &connector, source(1)).ok()).collect();
    // Half of the 7 that are left when 3 are held is 3.
    assert_eq!(held.len(), 3);
    let others: Vec<_> =
        (2..200).map_while(|n| admit(&admission, &connector, source(n)).ok()).collect();
    assert_eq!(held.len() + others.len(), 10);
    assert_eq!(admit(&admission, &connector, source(250)).err(), Some(Denied::Connector));
}

#[test]
fn a_refused_source_does_not_use_up_the_rate_of_all() {
    let admission = Arc::new(Admission::default());
    let connector = connector(|c| {
        c.max_inbound_connection_per_source = Unlimited::Limited(1);
        c.max_inbound_connection_percentage_per_source = 100;
    });
    let _held = admission.admit(&connector, source(1), 2, T0).unwrap();
    for _ in 0..10 {
        assert_eq!(admission.admit(&connector, source(1), 2, T0).err(), Some(Denied::Source));
    }
    let _second = admission.admit(&connector, source(2), 2, T0).unwrap();
    assert_eq!(admission.admit(&connector, source(3), 2, T0).err(), Some(Denied::Rate));
    assert!(admission.admit(&connector, source(3), 2, T0 + TimeSpan::minutes(1)).is_ok());
}

/// MessageRateLimit by each MessageRateSource: the fourth message is one too many for whom it
/// is counted.
#[test]
fn messages_a_minute_are_counted_by_source_and_by_sender() {
    let later = T0 + TimeSpan::minutes(1);
    let (anna, jean) = (Sender::User(Guid::from_u128(1)), Sender::User(Guid::from_u128(2)));
    let (a, b) = (Sender::Address("a@x.test"), Sender::Address("b@x.test"));
    // Who is counted, and whether another sender at the same source, and the same sender at
    // another source, may still send after it.
    for (by, over, other_sender, other_source) in [
        (MessageRateSource::None, false, true, true),
        (MessageRateSource::IpAddress, true, false, true),
        (MessageRateSource::User, true, true, false),
        (MessageRateSource::All, true, false, false),
    ] {
        for (sender, another) in [(anna, jean), (a, b), (anna, a)] {
            let admission = Arc::new(Admission::default());
            let connector = connector(|c| {
                c.message_rate_limit = Unlimited::Limited(3);
                c.message_rate_source = by;
            });
            let here = admit(&admission, &connector, source(1)).unwrap();
            let there = admit(&admission, &connector, source(2)).unwrap();
            assert!((0..3).all(|_| here.may_send(&connector, sender, T0)), "{by}");
            assert_eq!(here.may_send(&connector, sender, T0), !over, "{by}");
            assert_eq!(here.may_send(&connector, another, T0), other_sender, "{by}");
            assert_eq!(there.may_send(&connector, sender, T0), other_source, "{by}");
            assert!(here.may_send(&connector, sender, later), "{by}");
        }
    }
}

#[test]
fn a_senders_letter_case_buys_nothing_and_no_limit_counts_nothing() {
    let admission = Arc::new(Admission::default());
    let limited = connector(|c| {
        c.message_rate_limit = Unlimited::Limited(1);
        c.message_rate_source = MessageRateSource::User;
    });
    let session = admit(&admission, &limited, source(1)).unwrap();
    assert!(session.may_send(&limited, Sender::Address("a@x.test"), T0));
    assert!(!session.may_send(&limited, Sender::Address("A@X.TEST"), T0));
    let unlimited = connector(|_| {});
    let session = admit(&admission, &unlimited, source(1)).unwrap();
    assert!((0..100).all(|_| session.may_send(&unlimited, Sender::Address(""), T0)));
}

#[test]
fn one_connectors_messages_are_not_anothers() {
    let admission = Arc::new(Admission::default());
    let limited = || {
        connector(|c| {
            c.message_rate_limit = Unlimited::Limited(1);
            c.message_rate_source = MessageRateSource::All;
        })
    };
    for connector in [limited(), limited()] {
        let session = admit(&admission, &connector, source(1)).unwrap();
        assert!(session.may_send(&connector, Sender::Address("a@x.test"), T0));
        assert!(!session.may_send(&connector, Sender::Address("a@x.test"), T0));
    }
}

#[test]
fn content_in_memory_is_counted_and_given_back() {
    let admission = Arc::new(Admission::default());
    let connector = connector(|_| {});
    let mut one = admit(&admission, &connector, source(1)).unwrap();
    let mut other = admit(&admission, &connector, source(2)).unwrap();
    assert_eq!(one.holds(3 << 20), 3 << 20);
    assert_eq!(other.holds(1 << 20), 4 << 20);
    assert_eq!((one.held_by_source(), other.held_by_source()), (3 << 20, 1 << 20));
    drop(one);
    assert_eq!((admission.buffered(), other.held_by_source()), (1 << 20, 1 << 20));
    assert_eq!(other.holds(0), 0);
}

#[test]
fn guesses_are_counted_over_all_connections_of_a_source() {
    let admission = Arc::new(Admission::default());
    let connector = connector(|_| {});
    for _ in 0..MOST_FAILURES {
        let session = admit(&admission, &connector, source(1)).unwrap();
        assert!(session.may_sign_in(T0));
        session.sign_in_failed(T0);
    }
    let session = admit(&admission, &connector, source(1)).unwrap();
    assert!(!session.may_sign_in(T0));
    assert!(session.may_sign_in(T0 + TimeSpan::minutes(1)));
    assert!(admit(&admission, &connector, source(2)).unwrap().may_sign_in(T0));
}
