//! The message tracking log: each step once, terminal ones also after a crash.

use spool::Batch;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_step_stands_once_in_the_message_tracking_log() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.set_server(|s| s.message_retry_interval = TimeSpan::seconds(1));
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    submit(&transport, &["a@example.net", "jean@contoso.com"], None).await;
    until("both are delivered", || is_empty(&transport)).await;
    peer.script.lock().push_back(model::Reply::new(451, (4, 7, 1), "greylisted"));
    submit(&transport, &["b@example.net"], None).await;
    until("it is delivered", || peer.taken.lock().len() == 2 && is_empty(&transport)).await;
    peer.script.lock().push_back(model::Reply::new(550, (5, 1, 1), "no such user"));
    submit(&transport, &["c@example.net"], None).await;
    until("the report is delivered", || is_empty(&transport) && place.inbox().len() == 2).await;
    transport.stop().await;
    drop(transport);
    let mut events = place.events();
    let first = events.drain(..3).collect::<Vec<_>>();
    assert_eq!(first[0], "RECEIVE SMTP a@example.net;jean@contoso.com");
    assert!(first.contains(&"SEND SMTP a@example.net".to_owned()), "{first:?}");
    assert!(first.contains(&"DELIVER STOREDRIVER jean@contoso.com".to_owned()), "{first:?}");
    assert_eq!(
        events,
        [
            "RECEIVE SMTP b@example.net",
            "DEFER SMTP b@example.net",
            "SEND SMTP b@example.net",
            "RECEIVE SMTP c@example.net",
            "FAIL SMTP c@example.net",
            "DSN DSN jean@contoso.com",
            "DELIVER STOREDRIVER jean@contoso.com",
        ]
    );
    let spool = place.spool().await;
    assert!(spool.events().unwrap().is_empty(), "what is on disk is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_from_outside_is_incoming_also_where_everything_is_relayed() {
    let place = Place::new();
    place.relay_everything();
    let transport = place.start().await;
    submit_from(&transport, "x@elsewhere.example", "jean@contoso.com", None).await;
    submit(&transport, &["jean@contoso.com"], None).await;
    until("both are delivered", || place.inbox().len() == 2 && is_empty(&transport)).await;
    transport.stop().await;
    drop(transport);
    let events = place.events_with(["event-id", "sender-address", "directionality"]);
    for row in ["RECEIVE x@elsewhere.example Incoming", "RECEIVE jean@contoso.com Originating"] {
        assert!(events.iter().any(|event| event == row), "{row} in {events:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_says_why_once() {
    let place = Place::new();
    let peer = Peer::start().await;
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    place.connect(peer.address, |_| {});
    until("it is delivered", || is_empty(&transport)).await;
    transport.stop().await;
    drop(transport);
    assert_eq!(
        place.events(),
        [
            "RECEIVE SMTP a@example.net",
            "DEFER ROUTING a@example.net",
            "RESUBMIT QUEUE a@example.net",
            "SEND SMTP a@example.net",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_removal_is_a_failure_of_his() {
    let place = Place::new();
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    let id = transport.messages()[0].id;
    transport.remove_message(id, None, false).await.unwrap();
    transport.stop().await;
    drop(transport);
    assert_eq!(place.events()[2], "FAIL ADMIN a@example.net");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_kept_from_the_log_is_written_at_the_next_start() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    until("it is delivered", || is_empty(&transport)).await;
    transport.stop().await;
    drop(transport);
    // As if the process had been killed after the commit: one row has come to the log's file
    // and one has not; none has been forgotten.
    let before = place.events();
    let file = std::fs::read_dir(place.data.path().join("logs")).unwrap().next().unwrap().unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    let (kept, lost) = text.trim_end().rsplit_once('\n').unwrap();
    std::fs::write(file.path(), format!("{kept}\n")).unwrap();
    let spool = place.spool().await;
    let (mut batch, known) = (Batch::new(), kept.rsplit_once('\n').unwrap().1);
    batch.event(1, Bytes::from(known.to_owned())).event(2, Bytes::from(lost.to_owned()));
    spool.commit(batch).await.unwrap();
    drop(spool);
    assert_eq!(place.events().len(), before.len() - 1);
    for _ in 0..2 {
        let transport = place.start().await;
        transport.stop().await;
        drop(transport);
        assert_eq!(place.events(), before);
        let spool = place.spool().await;
        assert!(spool.events().unwrap().is_empty());
    }
}
