//! What the disk has spoilt: it is set aside wherever it waits, with a report to the sender and nothing
//! deleted, and keeps no others.

use std::{os::unix::fs::FileExt, path::PathBuf};

use model::{Clock, ManualClock, MessageId};
use rusqlite::Connection;
use spool::{Problem, Rescue};

use super::*;

/// More than stays in the database.
fn large() -> String {
    format!("{CONTENT}{}", "Bonjour encore.\r\n".repeat(2_000))
}

async fn submit_large(transport: &Transport, to: &[&str]) {
    try_submit_content(transport, to, None, &large()).await.unwrap();
}

impl Place {
    fn database(&self) -> PathBuf {
        self.data.path().join("spool/spool.db")
    }

    /// Does something to the database from outside, as a bad disk might.
    fn outside(&self, statement: &str) {
        let spool = Connection::open(self.database()).unwrap();
        assert!(spool.execute(statement, []).unwrap() > 0, "{statement}");
    }

    /// Changes one byte of the content of a message in a file.
    fn spoil_content(&self, id: MessageId) {
        let spool = Connection::open(self.database()).unwrap();
        let query = "SELECT file, place FROM body WHERE id = ?1";
        let (file, place): (u64, u64) =
            spool.query_row(query, [id.as_u64()], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let path = self.data.path().join(format!("spool/content/{file:08}"));
        let file = std::fs::File::options().read(true).write(true).open(path).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, place + 100).unwrap();
        file.write_all_at(&[byte[0] ^ 1], place + 100).unwrap();
    }

    /// What was set aside, with the reasons.
    async fn set_aside(&self) -> Vec<(u64, String)> {
        drop(self.spool().await);
        let mut found = Vec::new();
        let rescue = Rescue::open(&self.data.path().join("spool")).unwrap();
        rescue
            .verify(&mut |problem| match problem {
                Problem::SetAside { id, reason } => found.push((id, reason)),
                other => panic!("{other}"),
            })
            .unwrap();
        found
    }
}

async fn end(transport: Transport) {
    transport.stop().await;
    drop(transport);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_is_damaged_is_set_aside_and_its_sender_is_told() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let transport = place.start().await;
    let to = ["a@example.net", "b@example.net", "c@elsewhere.example"];
    submit_large(&transport, &to).await;
    submit_large(&transport, &["d@example.net"]).await;
    let id = transport.messages()[0].id;
    place.spoil_content(id);
    place.connect(peer.address, |_| {});
    until("the sender is told", || place.inbox().len() == 1 && is_empty(&transport)).await;
    assert_eq!(peer.taken.lock().len(), 1, "the other leaves");
    let report = place.inbox().remove(0);
    assert!(report.contains("Status: 5.3.0") && !report.contains("encore"), "{report}");
    assert!(to.iter().all(|to| report.contains(&format!("rfc822; {to}"))), "{report}");
    until("no queue holds it", || transport.queues().iter().all(|q| q.message_count == 0)).await;
    end(transport).await;
    // It stays where it is, also over a start.
    end(place.start().await).await;
    let aside = place.set_aside().await;
    assert_eq!(aside.len(), 1);
    assert!(aside[0].0 == id.as_u64() && aside[0].1.contains("its checksum is"), "{aside:?}");
    let rescue = Rescue::open(&place.data.path().join("spool")).unwrap();
    let left = rescue.message(id.as_u64()).unwrap().unwrap();
    assert_eq!(left.message.unwrap().record.envelope.recipients.len(), 3);
    assert!(left.content.is_err() && left.waiting.unwrap().contains("jean@contoso.com"));
    // Once it is whole again, it can be had.
    drop(rescue);
    place.spoil_content(id);
    let rescue = Rescue::open(&place.data.path().join("spool")).unwrap();
    let whole = rescue.message(id.as_u64()).unwrap().unwrap().content.unwrap();
    assert_eq!(whole, large());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_content_and_a_missing_file_are_damage_too() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    submit(&transport, &["b@example.net"], None).await;
    submit_large(&transport, &["c@example.net"]).await;
    let ids: Vec<u64> = transport.messages().iter().map(|m| m.id.as_u64()).collect();
    place.outside(&format!("UPDATE content SET content = x'20' WHERE id = {}", ids[0]));
    place.outside(&format!("DELETE FROM content WHERE id = {}", ids[1]));
    for file in std::fs::read_dir(place.data.path().join("spool/content")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    place.connect(peer.address, |_| {});
    until("every sender is told", || place.inbox().len() == 3 && is_empty(&transport)).await;
    assert!(peer.taken.lock().is_empty());
    end(transport).await;
    let aside = place.set_aside().await;
    let has = |n: usize, what| aside.iter().any(|(id, why)| *id == ids[n] && why.contains(what));
    assert!(has(0, "has 1 bytes and should have"), "{aside:?}");
    assert!(has(1, "its content is not there") && has(2, "the file is missing"), "{aside:?}");
}

/// Not a message: the disk that contents are on is not there.
#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_missing_is_no_proof_of_damage() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.set_server(|s| s.message_retry_interval = TimeSpan::seconds(1));
    let transport = place.start().await;
    submit_large(&transport, &["a@example.net"]).await;
    let (content, aside) =
        (place.data.path().join("spool/content"), place.data.path().join("aside"));
    std::fs::rename(&content, &aside).unwrap();
    place.connect(peer.address, |_| {});
    let waits = || transport.messages().iter().any(|m| m.status == "Retry");
    until("it is put off", waits).await;
    std::fs::rename(&aside, &content).unwrap();
    until("it leaves", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
    assert!(place.inbox().is_empty());
    end(transport).await;
}

/// Waits in the Unreachable queue, where nothing is ever loaded.
async fn unreachable(place: &Place, clock: &Arc<ManualClock>) -> (Transport, MessageId) {
    let time: Arc<dyn Clock> = Arc::clone(clock) as _;
    let transport = place.start_with(|settings| settings.clock = time).await;
    submit_large(&transport, &["a@example.net", "b@example.net"]).await;
    let id = transport.messages()[0].id;
    (transport, id)
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(SystemClock.now()))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_damaged_content_is_deleted_at_its_deadline() {
    for (hours, what) in [(5, "the notice"), (49, "the end")] {
        let (place, clock) = (Place::new(), clock());
        let (transport, id) = unreachable(&place, &clock).await;
        place.spoil_content(id);
        clock.advance(TimeSpan::hours(hours));
        until(what, || place.inbox().len() == 1 && is_empty(&transport)).await;
        assert!(place.inbox()[0].contains("Action: failed"));
        let none = |queue: &crate::QueueInfo| queue.message_count == 0;
        until("it is in no queue", || transport.queues().iter().all(none)).await;
        end(transport).await;
        assert_eq!(place.set_aside().await.len(), 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_damaged_is_set_aside_where_nothing_is_loaded() {
    let (place, clock) = (Place::new(), clock());
    let (transport, id) = unreachable(&place, &clock).await;
    place.outside("UPDATE message SET record = x'01ff'");
    clock.advance(TimeSpan::hours(5));
    until("it is in no queue", || {
        transport.queues().iter().all(|queue| queue.message_count == 0) && is_empty(&transport)
    })
    .await;
    end(transport).await;
    assert_eq!(place.set_aside().await[0].0, id.as_u64());
}

/// With the first recipient alone, which is what such a row still says, the others would be lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_does_not_say_who_waits_forgets_nobody() {
    let (place, clock) = (Place::new(), clock());
    let (transport, _) = unreachable(&place, &clock).await;
    place.outside("UPDATE waiting SET recipients = 'x'");
    clock.advance(TimeSpan::hours(49));
    until("the row is set aside", || is_empty(&transport)).await;
    assert!(place.inbox().is_empty());
    end(transport).await;
    let transport = place.start().await;
    let messages = transport.messages();
    assert_eq!((messages.len(), messages[0].recipients.len()), (1, 2));
    end(transport).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_a_queue_that_nobody_knows_is_routed_again() {
    let (place, clock, peer) = (Place::new(), clock(), Peer::start().await);
    let (transport, _) = unreachable(&place, &clock).await;
    place.outside("UPDATE waiting SET queue = 4711");
    place.connect(peer.address, |_| {});
    clock.advance(TimeSpan::hours(5));
    until("it leaves", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
    end(transport).await;
}

/// A file that cannot be opened for now: what has expired waits for it, with its original.
#[tokio::test(flavor = "multi_thread")]
async fn what_expires_while_the_spool_is_closed_is_reported_with_the_original() {
    let (place, clock) = (Place::new(), clock());
    let (transport, _) = unreachable(&place, &clock).await;
    end(transport).await;
    let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let transport = place.start_with(|settings| settings.clock = time).await;
    let file = place.database();
    let (log, aside) = (file.with_extension("db-wal"), file.with_extension("aside"));
    let whole = super::trouble::lengthen_and_cut(&file, &log, || {
        std::fs::rename(&file, &aside).unwrap();
        std::fs::create_dir(&file).unwrap();
    });
    until("acceptance stops", || transport.intake().is_pressed()).await;
    clock.advance(TimeSpan::hours(49));
    // Several looks of the clock.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(place.inbox().is_empty());
    std::fs::remove_dir(&file).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    std::fs::write(&log, whole).unwrap();
    until("the sender is told", || place.inbox().iter().any(|m| m.contains("Action: failed")))
        .await;
    let inbox = place.inbox();
    assert!(inbox.iter().all(|report| report.contains("Bonjour encore.")), "with the original");
    end(transport).await;
}
