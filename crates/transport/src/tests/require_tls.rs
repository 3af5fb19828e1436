//! Messages that want more or less of TLS than others (RFC 8689): each kind in its queue, none in another's way.

use super::*;

/// Submits from Jean to `to`, with REQUIRETLS or not, with this line above the message.
async fn submit_as(transport: &Transport, to: &str, require_tls: bool, line: &str) {
    let intake = transport.intake();
    let sender = ReversePath::Address(address("jean@contoso.com"));
    let submitted = Submitted {
        id: intake.next_id(),
        network_id: Guid::new_v4(),
        envelope: Envelope {
            require_tls,
            ret: Some(model::DsnReturn::Full),
            ..Envelope::plain(sender, vec![address(to)])
        },
        content: Bytes::from(format!("{line}{CONTENT}")),
        trace: String::new(),
        source: came_from("client.contoso.com"),
    };
    intake.accept(submitted).await.unwrap();
}

/// What each queue of a connector is for, its number of messages, and why it waits.
fn queues(transport: &Transport) -> Vec<(&'static str, u64, String)> {
    let queues = transport.queues().into_iter();
    let kept = queues.filter(|queue| matches!(queue.name, QueueName::Delivery(_)));
    let mut all: Vec<_> = kept
        .map(|q| (q.tls_requirement, q.message_count, q.last_error.unwrap_or_default()))
        .collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tagged_message_waits_apart_and_the_others_leave() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    // The peer has no TLS at all.
    submit_as(&transport, "tagged@example.net", true, "TLS-Required: No\r\n").await;
    let waits = || {
        let queues = queues(&transport);
        matches!(&queues[..], [("Required", 1, why)] if why.contains("451 4.7.10 REQUIRETLS:"))
    };
    until("it waits", waits).await;
    submit_as(&transport, "plain@example.net", false, "").await;
    submit_as(&transport, "open@example.net", false, "TLS-Required: No\r\n").await;
    until("the others have left", || peer.taken.lock().len() == 2).await;
    assert!(peer.taken.lock().iter().all(|message| !message.envelope.require_tls));
    let kinds: Vec<&str> = queues(&transport).iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds, ["Default", "NotRequired", "Required"]);
    transport.stop().await;
    drop(transport);
    // A restart finds all that again.
    let transport = place.start().await;
    until("it waits again", || queues(&transport).iter().any(|q| q.0 == "Required" && q.1 == 1))
        .await;
    let shown = transport.messages();
    assert_eq!(shown.len(), 1, "{shown:?}");
    submit_as(&transport, "again@example.net", false, "").await;
    until("another has left", || peer.taken.lock().len() == 3).await;
    transport.stop().await;
    assert_eq!(peer.taken.lock().len(), 3, "never in clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_has_the_header_only_and_asks_for_the_same() {
    let place = Place::new();
    let transport = place.start().await;
    for require_tls in [true, false] {
        submit_as(&transport, "nobody@contoso.com", require_tls, "").await;
    }
    until("both reports", || place.inbox().len() == 2).await;
    let bodies = place.inbox().iter().filter(|report| report.contains("Bonjour.\r\n")).count();
    assert_eq!(bodies, 1, "{:?}", place.inbox());
    assert!(place.inbox().iter().all(|report| report.contains("<1@contoso.com>")));
    transport.stop().await;
}
