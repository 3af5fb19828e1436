//! Disks that take nothing: what is refused, and what is not said to be done.

use std::path::Path;

use rusqlite::Connection;

use super::*;

#[tokio::test]
async fn a_message_does_not_wait_for_a_full_log_for_ever() {
    let place = Place::new();
    let logs = place.data.path().join("logs");
    std::fs::write(&logs, "not a folder").unwrap();
    let transport = place.start().await;
    assert!(!transport.intake().is_pressed());
    fill(&transport.tracking());
    assert!(transport.intake().is_pressed(), "nothing new is taken at MAIL");
    tokio::time::pause();
    let refused = try_submit(&transport, &["a@example.net"], None).await.unwrap_err();
    tokio::time::resume();
    assert_eq!(refused.0.to_string(), "452 4.3.1 Insufficient system resources");
    assert!(is_empty(&transport), "a message that was put off is not stored");
    std::fs::remove_file(&logs).unwrap();
    until("the log has room", || !transport.intake().is_pressed()).await;
    submit(&transport, &["a@example.net"], None).await;
    transport.stop().await;
}

/// Gives the log rows until it is full.
fn fill(log: &MessageTrackingLog) {
    let line = "x".repeat(1 << 20);
    for _ in 0..20 {
        log.append(model::Timestamp::from_millis(0), line.as_bytes());
    }
    assert!(log.is_full());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_cannot_be_stored_is_not_said_to_be_done() {
    for with_ndr in [false, true] {
        let place = Place::new();
        let transport = place.start().await;
        submit(&transport, &["a@example.net", "b@example.net"], None).await;
        let before = transport.messages();
        let spool = Connection::open(place.data.path().join("spool/spool.db")).unwrap();
        spool
            .execute_batch(
                "CREATE TRIGGER no_end BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no'); END",
            )
            .unwrap();
        let removed = transport.remove_message(before[0].id, None, with_ndr).await;
        assert!(matches!(removed, Err(QueueError::Storage(_))), "{removed:?}");
        let waiting = transport.messages();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].recipients.len(), 2);
        spool.execute_batch("DROP TRIGGER no_end").unwrap();
        transport.remove_message(before[0].id, None, with_ndr).await.unwrap();
        assert!(transport.messages().iter().all(|message| message.id != before[0].id));
        transport.stop().await;
    }
}

/// Routing again finds that a recipient does not exist while the report cannot be stored: he goes on
/// waiting in a row, under the key that he had, and is told of later.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_cannot_be_stored_waits_in_the_store() {
    let place = Place::new();
    let transport = place.start().await;
    submit(&transport, &["nobody@later.example"], None).await;
    until("it waits", || transport.messages().len() == 1).await;
    let spool = Connection::open(place.data.path().join("spool/spool.db")).unwrap();
    spool
        .execute_batch(
            "CREATE TRIGGER no_end BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    let (domain, name) = ("later.example".parse().unwrap(), "Later".parse().unwrap());
    let ours = AcceptedDomain::of_type(Header::fresh(), domain, name, DomainType::Authoritative);
    place.apply(Change::Create(Object::AcceptedDomain(ours)));
    let put_off = || transport.messages().iter().any(|m| m.status == "Retry");
    until("it could not be stored", put_off).await;
    transport.stop().await;
    drop(transport);
    spool.execute_batch("DROP TRIGGER no_end").unwrap();
    let transport = place.start().await;
    // Which he would not be of what is not in the store.
    until("its sender is told", || place.inbox().len() == 1 && is_empty(&transport)).await;
    transport.stop().await;
}

/// More outcomes wait for the disk than memory is meant to hold: nothing is sent meanwhile, and
/// everything goes on by itself when the disk takes them.
#[tokio::test(flavor = "multi_thread")]
async fn deliveries_pause_while_too_many_outcomes_are_owed() {
    let place = Place::new();
    let transport = place.start().await;
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    place.connect(address, |_| {});
    submit(&transport, &["a@example.net"], None).await;
    until("it waits", || transport.queues().iter().any(|queue| queue.status == "Retry")).await;
    let spool = Connection::open(place.data.path().join("spool/spool.db")).unwrap();
    spool
        .execute_batch(
            "CREATE TRIGGER no BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    let mut owed = spool::Batch::new();
    owed.event(1 << 40, Bytes::from(vec![b'x'; 17 << 20]));
    transport.core.spool.commit_later(owed);
    until("it is too much", || transport.core.spool.is_behind()).await;
    assert!(transport.intake().is_pressed());
    let peer = Peer::start_at(address).await;
    // Several times as long as until its next attempt.
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(peer.taken.lock().is_empty(), "its outcome could not be stored");
    spool.execute_batch("DROP TRIGGER no").unwrap();
    until("it leaves", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
    assert!(!transport.intake().is_pressed());
    transport.stop().await;
}

/// Folding the log in fails and the file cannot be opened: what is to be sent meanwhile waits for
/// a moment and not for MessageRetryInterval, which is 15 minutes here.
#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_only_a_moment_for_a_spool_that_is_opened_again() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    transport.stop().await;
    drop(transport);
    // What was there at the start is not in memory.
    let transport = place.start().await;
    let file = place.data.path().join("spool/spool.db");
    let (log, aside) = (file.with_extension("db-wal"), file.with_extension("aside"));
    let whole = lengthen_and_cut(&file, &log, || {
        std::fs::rename(&file, &aside).unwrap();
        std::fs::create_dir(&file).unwrap();
    });
    until("acceptance stops", || transport.intake().is_pressed()).await;
    place.connect(peer.address, |_| {});
    assert!(peer.taken.lock().is_empty());
    std::fs::remove_dir(&file).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    std::fs::write(&log, whole).unwrap();
    until("it is delivered", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
    assert!(!transport.intake().is_pressed());
    transport.stop().await;
}

/// Makes the log so long that it is folded in as soon as it is quiet, and cuts its end off, so
/// that this fails. It is not folded in before `then` has been called. Returns the whole log.
pub(super) fn lengthen_and_cut(file: &Path, log: &Path, then: impl FnOnce()) -> Vec<u8> {
    let holder = Connection::open(file).unwrap();
    holder.execute_batch("BEGIN; SELECT count(*) FROM message").unwrap();
    let writer = Connection::open(file).unwrap();
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    writer.execute("INSERT INTO event VALUES (-1, zeroblob(6 << 20))", []).unwrap();
    let whole = std::fs::read(log).unwrap();
    std::fs::File::options().write(true).open(log).unwrap().set_len(5 << 20).unwrap();
    then();
    whole
}
