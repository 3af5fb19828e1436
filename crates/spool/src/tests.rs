use std::sync::Arc;

use model::{Address, Envelope, Guid, ReversePath, Timestamp};
use rusqlite::Connection;

use super::*;
use crate::{MessageRecord, Origin};

fn record(id: MessageId, recipients: usize) -> Arc<MessageRecord> {
    let sender: Address = "jean@contoso.com".parse().unwrap();
    let to = (0..recipients).map(|n| format!("r{n}@example.net").parse().unwrap()).collect();
    Arc::new(MessageRecord {
        id,
        network_id: Guid::nil(),
        accepted_at: Timestamp::from_millis(1),
        band: 1,
        size: 5,
        stranger: false,
        tls_not_required: false,
        eight_bit: false,
        origin: Origin::Smtp { connector: "c".into(), client: [127, 0, 0, 1].into() },
        subject: Some("Bonjour".into()),
        internet_message_id: None,
        trace: String::new(),
        envelope: Arc::new(Envelope::plain(ReversePath::Address(sender), to)),
    })
}

async fn insert(spool: &Spool, recipients: usize) -> MessageId {
    let id = spool.next_id();
    let mut batch = Batch::new();
    batch.insert(record(id, recipients), Bytes::from_static(b"hello"));
    spool.commit(batch).await.unwrap();
    id
}

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let first = insert(&spool, 3).await;
    let second = insert(&spool, 1).await;
    let mut batch = Batch::new();
    batch.finish(first, 1).delay_reported(first, 2).remove(second);
    spool.commit(batch).await.unwrap();
    assert_eq!(spool.content(first).unwrap(), "hello");
    drop(spool);

    let spool = Spool::open(directory.path()).unwrap();
    let contents = spool.contents().unwrap();
    assert_eq!(contents.messages.len(), 1);
    let stored = &contents.messages[0];
    assert_eq!(stored.record, record(first, 3));
    assert_eq!((&stored.finished, &stored.delay_reported), (&vec![1], &vec![2]));
    assert!(contents.damaged.is_empty());
    assert!(spool.content(second).is_err());
}

#[tokio::test]
async fn ids_grow_and_are_never_used_again() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let id = insert(&spool, 1).await;
    let mut batch = Batch::new();
    batch.remove(id);
    spool.commit(batch).await.unwrap();
    drop(spool);
    let spool = Spool::open(directory.path()).unwrap();
    assert!(spool.next_id() > id);
}

#[tokio::test]
async fn changes_without_a_waiter_are_durable_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let id = insert(&spool, 1).await;
    let mut batch = Batch::new();
    batch.remove(id);
    spool.commit_later(batch);
    drop(spool);
    assert!(Spool::open(directory.path()).unwrap().contents().unwrap().messages.is_empty());
}

#[tokio::test]
async fn a_batch_is_all_or_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let id = insert(&spool, 1).await;
    let mut batch = Batch::new();
    let fresh = spool.next_id();
    batch.insert(record(fresh, 1), Bytes::new()).insert(record(id, 1), Bytes::new());
    assert!(spool.commit(batch).await.is_err(), "the second insert repeats an id");
    assert_eq!(spool.contents().unwrap().messages.len(), 1);
    assert_eq!(insert(&spool, 1).await, spool.contents().unwrap().messages[1].record.id);
}

#[tokio::test]
async fn a_damaged_record_hides_nobody_and_stays() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let (bad, good) = (insert(&spool, 1).await, insert(&spool, 1).await);
    let outside = Connection::open(directory.path().join("spool.db")).unwrap();
    outside.execute("UPDATE message SET record = x'01ff' WHERE id = ?1", [bad.as_u64()]).unwrap();
    let contents = spool.contents().unwrap();
    assert_eq!(contents.damaged[0].id, bad.as_u64());
    assert_eq!(contents.messages[0].record.id, good);
    assert!(spool.content(bad).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_waiters_share_commits() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let spool = spool.clone();
            tokio::spawn(async move { insert(&spool, 2).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(spool.contents().unwrap().messages.len(), 200);
}

#[test]
fn a_newer_format_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(Spool::open(directory.path()).unwrap());
    let outside = Connection::open(directory.path().join("spool.db")).unwrap();
    outside.pragma_update(None, "user_version", 99).unwrap();
    drop(outside);
    assert!(matches!(Spool::open(directory.path()), Err(SpoolError::Open(_))));
}

/// A spool that version 0.1.0 wrote is understood by every later one.
#[test]
fn the_spool_of_0_1_0_is_understood() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/0.1.0/spool/spool.db");
    let directory = tempfile::tempdir().unwrap();
    std::fs::copy(fixture, directory.path().join("spool.db")).unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let contents = spool.contents().unwrap();
    assert!(contents.damaged.is_empty());
    let record = &contents.messages[0].record;
    assert_eq!(record.subject.as_deref(), Some("Été"));
    assert_eq!(record.envelope.sender.as_str(), "jean@contoso.com");
    let to: Vec<_> = record.envelope.recipients.iter().map(|r| r.address.as_str()).collect();
    assert_eq!(to, ["someone@example.net", "other@example.org"]);
    assert_eq!(spool.content(record.id).unwrap().len() as u64, record.size);
    assert!(spool.events().unwrap().is_empty(), "0.1.0 kept no events");
}

#[tokio::test]
async fn an_upgraded_spool_keeps_events() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/0.1.0/spool/spool.db");
    let directory = tempfile::tempdir().unwrap();
    std::fs::copy(fixture, directory.path().join("spool.db")).unwrap();
    for count in [3, 1] {
        let spool = Spool::open(directory.path()).unwrap();
        let mut batch = Batch::new();
        for number in 1..=3 {
            batch.event(number, Bytes::from(format!("line {number}")));
        }
        spool.commit(batch).await.unwrap();
        assert_eq!(spool.events().unwrap().len(), 3, "the same number is the same event");
        let mut batch = Batch::new();
        batch.forget_events(4 - count);
        spool.commit(batch).await.unwrap();
        drop(spool);
        let left = Spool::open(directory.path()).unwrap().events().unwrap();
        let expected: Vec<_> =
            (4 - count..=3).map(|n| (n, format!("line {n}").into_bytes())).collect();
        assert_eq!(left, expected);
    }
}

/// A spool that version 0.2.0 left behind at a crash, with a row that its log lacked.
#[test]
fn the_spool_of_0_2_0_is_understood() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/0.2.0/spool/spool.db");
    let directory = tempfile::tempdir().unwrap();
    std::fs::copy(fixture, directory.path().join("spool.db")).unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let contents = spool.contents().unwrap();
    assert!(contents.damaged.is_empty());
    let record = &contents.messages[0].record;
    assert_eq!(record.subject.as_deref(), Some("Été"));
    assert_eq!(spool.content(record.id).unwrap().len() as u64, record.size);
    let [(_, row)] = spool.events().unwrap().try_into().unwrap();
    let row = String::from_utf8(row).unwrap();
    for part in ["RECEIVE", "jean@contoso.com", "someone@example.net;other@example.org"] {
        assert!(row.contains(part), "{part} is not in {row}");
    }
}

#[tokio::test]
async fn a_file_is_taken_with_its_message_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let id = spool.next_id();
    let mut batch = Batch::new();
    batch.insert(record(id, 1), Bytes::from_static(b"hello")).taken("Pickup/a.1.tmp", id);
    assert!(batch.is_new_mail(), "it is refused like other mail when the disk is full");
    spool.commit(batch).await.unwrap();
    // The same number again: the whole batch fails, and what it says of a file with it.
    let mut again = Batch::new();
    again.taken("Pickup/b.1.tmp", id).insert(record(id, 1), Bytes::from_static(b"hello"));
    spool.commit(again).await.unwrap_err();
    assert_eq!(spool.taken("Pickup/b.1.tmp").unwrap(), None);
    // The message may be long gone.
    let mut batch = Batch::new();
    batch.remove(id);
    spool.commit(batch).await.unwrap();
    drop(spool);

    let spool = Spool::open(directory.path()).unwrap();
    assert_eq!(spool.taken("Pickup/a.1.tmp").unwrap(), Some(id));
    let mut batch = Batch::new();
    batch.forget_taken("Pickup/a.1.tmp");
    spool.commit(batch).await.unwrap();
    assert_eq!(spool.taken("Pickup/a.1.tmp").unwrap(), None);
}

#[test]
fn origins_of_older_records_stay_readable() {
    let smtp = Origin::Smtp { connector: "c".into(), client: [127, 0, 0, 1].into() };
    let dsn = Origin::Dsn { about: MessageId::new(7).unwrap() };
    // As 0.1.0 wrote them.
    for (origin, bytes) in [(smtp, &b"\x00\x01c\x00\x7f\x00\x00\x01"[..]), (dsn, b"\x01\x07")] {
        assert_eq!(postcard::to_stdvec(&origin).unwrap(), bytes);
        assert_eq!(postcard::from_bytes::<Origin>(bytes).unwrap(), origin);
    }
}

#[test]
fn a_spool_is_open_once_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let first = Spool::open(directory.path()).unwrap();
    let said = Spool::open(directory.path()).err().unwrap().to_string();
    let expected = format!("lock is in use: process {} (", std::process::id());
    assert!(said.contains(&expected), "{said}");
    drop(first);
    Spool::open(directory.path()).unwrap();
}

#[tokio::test]
async fn a_record_keeps_what_is_wanted_of_tls() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let mut batch = Batch::new();
    let all = (0..8).map(|n| (n & 1 != 0, n & 2 != 0, n & 4 != 0)).collect::<Vec<_>>();
    for (stranger, require_tls, tls_not_required) in &all {
        let plain = record(spool.next_id(), 1);
        let envelope = Envelope { require_tls: *require_tls, ..Envelope::clone(&plain.envelope) };
        let record = MessageRecord {
            band: 2,
            stranger: *stranger,
            tls_not_required: *tls_not_required,
            envelope: Arc::new(envelope),
            ..MessageRecord::clone(&plain)
        };
        batch.insert(Arc::new(record), Bytes::from_static(b"hello"));
    }
    spool.commit(batch).await.unwrap();
    drop(spool);
    let spool = Spool::open(directory.path()).unwrap();
    let messages = spool.contents().unwrap().messages;
    let records: Vec<_> = messages.iter().map(|message| &message.record).collect();
    let kept: Vec<_> =
        records.iter().map(|r| (r.stranger, r.envelope.require_tls, r.tls_not_required)).collect();
    assert_eq!(kept, all);
    assert!(records.iter().all(|record| record.band == 2));
    let of = |r: &Arc<MessageRecord>| match r.tls_requirement() {
        model::TlsRequirement::Required => r.envelope.require_tls,
        model::TlsRequirement::NotRequired => r.tls_not_required && !r.envelope.require_tls,
        model::TlsRequirement::Default => !r.envelope.require_tls && !r.tls_not_required,
    };
    assert!(records.iter().all(|record| of(record)), "REQUIRETLS counts more than the header");
    drop(spool);
    // What a later version may say of a message is not passed over.
    let file = rusqlite::Connection::open(directory.path().join("spool.db")).unwrap();
    let later = "UPDATE message SET record = x'0408' || substr(record, 3) WHERE id = 8";
    assert_eq!(file.execute(later, []).unwrap(), 1);
    drop(file);
    assert_eq!(Spool::open(directory.path()).unwrap().contents().unwrap().messages.len(), 7);
}

#[tokio::test]
async fn a_record_keeps_its_priority_and_whom_it_came_from() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    let mut batch = Batch::new();
    for band in 0..3 {
        let id = spool.next_id();
        let stranger = band == 2;
        let record = MessageRecord { band, stranger, ..MessageRecord::clone(&record(id, 1)) };
        batch.insert(Arc::new(record), Bytes::from_static(b"hello"));
    }
    spool.commit(batch).await.unwrap();
    let bands = |spool: &Spool| {
        let messages = spool.contents().unwrap().messages;
        messages.iter().map(|message| message.record.band).collect::<Vec<_>>()
    };
    assert_eq!(bands(&spool), [0, 1, 2]);
    let messages = spool.contents().unwrap().messages;
    let strangers: Vec<bool> = messages.iter().map(|message| message.record.stranger).collect();
    assert_eq!(strangers, [false, false, true]);
    drop(spool);
    let file = rusqlite::Connection::open(directory.path().join("spool.db")).unwrap();
    let damage = "UPDATE message SET record = x'0203' || substr(record, 3) WHERE id = 1";
    assert_eq!(file.execute(damage, []).unwrap(), 1);
    drop(file);
    let spool = Spool::open(directory.path()).unwrap();
    assert_eq!(bands(&spool), [1, 2], "damage, as text too, and it keeps no others");
}
