//! Turns and their fairness, what a start finds, and what is done with damage.

use std::collections::BTreeMap;

use bytes::Bytes;
use rusqlite::Connection;

use super::*;
use crate::{
    Due, WaitingRow,
    testing::{Place, record, row},
};

#[test]
fn senders_take_turns_from_load_to_load() {
    let place = Place::new();
    let ids = place.insert(60);
    // Sender 1 has 40 messages, 2 to 11 have two each.
    let sender = |n: usize| if n < 40 { 1 } else { 2 + (n as u64 - 40) / 2 };
    place.commit(|batch| {
        for (n, id) in ids.iter().enumerate() {
            batch.park(WaitingRow { sender: sender(n), ..row(*id, &[0], 1) });
        }
    });
    let mut loaded: BTreeMap<RowKey, u64> = BTreeMap::new();
    let mut served = Vec::new();
    for _ in 0..6 {
        let rows = place.load_but(1, 0, 6, &|key| loaded.contains_key(&key));
        assert_eq!(rows.len(), 6);
        for row in rows {
            served.push(row.sender);
            assert!(loaded.insert(row.key(), row.sender).is_none());
        }
    }
    let once: Vec<u64> = (1..=11).collect();
    assert_eq!(served[..11], once, "each once");
    assert_eq!(served[11..22], once, "each twice");
    assert_eq!(served[22..], [1; 14], "then who is left");
    let ones: Vec<_> = loaded.iter().filter(|(_, sender)| **sender == 1).map(|(k, _)| k).collect();
    let oldest: Vec<_> = ids[..16].to_vec();
    assert_eq!(ones.iter().map(|key| key.message).collect::<Vec<_>>(), oldest, "oldest first");
}

#[test]
fn bands_come_first_and_times_get_their_half() {
    let place = Place::new();
    let ids = place.insert(24);
    place.commit(|batch| {
        for (n, id) in ids.iter().enumerate() {
            let due = if n % 2 == 0 {
                Due::Now
            } else {
                Due::NotBefore(Timestamp::from_millis(100 - n as i64))
            };
            batch.park(WaitingRow { band: (n / 2 % 3) as u8, due, ..row(*id, &[0], 1) });
        }
    });
    let rows = place.load(1, 100, 8);
    let bands: Vec<_> = rows[..4].iter().map(|row| row.band).collect();
    assert_eq!(bands, [0; 4]);
    let times: Vec<_> = rows[4..].iter().map(|row| row.due).collect();
    assert_eq!(times, [77, 79, 81, 83].map(|t| Due::NotBefore(Timestamp::from_millis(t))));
    assert_eq!(place.load(1, 80, 20).len(), 14, "what one kind leaves, the other takes");
    assert_eq!(place.load(1, 0, 20).len(), 12);
    assert_eq!(place.load(1, 100, 24).len(), 24);
    let timed = [place.load(1, 100, 1), place.load(1, 100, 1)];
    assert_eq!(timed.iter().filter(|rows| rows[0].due != Due::Now).count(), 1, "one by turns");
}

#[test]
fn what_is_unsettled_is_found_again() {
    let place = Place::new();
    let ids = place.insert(5);
    place.commit(|batch| {
        batch.park(row(ids[0], &[0, 1, 2], 1)).settled_below(ids[4]);
        batch.park(row(ids[2], &[1], 1)).finish(ids[2], 2);
        for recipient in 0..3 {
            batch.finish(ids[3], recipient);
        }
    });
    let found = |after, limit| -> Vec<_> {
        let unsettled = place.spool.unsettled(after, limit).unwrap();
        unsettled.iter().map(|u| (u.id().unwrap(), u.recipients.clone())).collect()
    };
    let expected =
        [(ids[1], vec![0, 1, 2]), (ids[2], vec![0]), (ids[3], vec![]), (ids[4], vec![0, 1, 2])];
    assert_eq!(found(None, 10), expected);
    assert_eq!(found(None, 2), expected[..2]);
    assert_eq!(found(Some(ids[2]), 10), expected[2..]);
    let mark = || place.spool.readers().with(settled).unwrap();
    assert_eq!(mark(), ids[1].as_u64(), "no higher than what was never parked");

    let early = place.spool.next_id();
    place.commit(|batch| {
        for id in &ids[1..] {
            batch.remove(*id);
        }
        batch.settled_below(MessageId::MAX);
    });
    assert_eq!(mark(), MessageId::MAX.as_u64());
    assert!(found(None, 10).is_empty());
    place.commit(|batch| {
        batch.insert(record(early, 1), Bytes::new());
    });
    assert_eq!(mark(), early.as_u64());
    assert_eq!(found(None, 10), [(early, vec![0])]);
}

/// What lies in quarantine: number, reason, what its rows said.
fn quarantined(place: &Place) -> Vec<(u64, String, String)> {
    let outside = Connection::open(place.directory.path().join("spool.db")).unwrap();
    let mut statement = outside.prepare("SELECT message, reason, waiting FROM quarantine").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn outside(place: &Place, statement: &str, id: MessageId) {
    let outside = Connection::open(place.directory.path().join("spool.db")).unwrap();
    assert_eq!(outside.execute(statement, [id.as_u64()]).unwrap(), 1);
}

const SPOIL: &str = "UPDATE message SET record = x'01ff' WHERE id = ?1";

#[test]
fn a_damaged_message_is_given_once_to_each_queue_and_hides_nobody() {
    let place = Place::new();
    let [bad, good] = place.insert(2)[..] else { panic!() };
    place.commit(|batch| {
        batch.park(row(bad, &[0], 1)).park(row(bad, &[1, 2], 2)).park(row(good, &[0], 1));
    });
    outside(&place, SPOIL, bad);
    let load = |queue| -> Vec<_> {
        let now = Timestamp::from_millis(0);
        let loaded = place.spool.load(queue, now, 10, &|_| false).unwrap();
        loaded.into_iter().map(|loaded| (loaded.row.key(), loaded.message.is_ok())).collect()
    };
    let key = |message, first| RowKey { message, first };
    assert_eq!(load(1), [(key(bad, 0), false), (key(good, 0), true)]);
    assert_eq!(load(1), [(key(good, 0), true)]);
    place.settle();
    assert_eq!(load(2), [(key(bad, 1), false)]);
    assert!(load(2).is_empty());
    place.settle();
    let [(id, reason, waiting)] = quarantined(&place).try_into().unwrap();
    assert_eq!(id, bad.as_u64());
    assert!(!reason.is_empty());
    assert!(waiting.contains("jean@contoso.com") && waiting.contains("\"queue\":2"), "{waiting}");
    assert!(place.spool.rows_of(bad).unwrap().is_empty());
    assert!(place.spool.content(bad).is_ok(), "nothing of it is deleted");
}

#[test]
fn a_start_sets_damaged_records_aside() {
    let place = Place::new();
    let [bad, good] = place.insert(2)[..] else { panic!() };
    outside(&place, SPOIL, bad);
    let found = place.spool.unsettled(None, 10).unwrap();
    assert_eq!(found[0].message.as_ref().unwrap_err().id, bad.as_u64());
    assert_eq!(found[1].recipients, [0, 1, 2]);
    place.settle();
    assert_eq!(quarantined(&place).len(), 1);
    let found = place.spool.unsettled(None, 10).unwrap();
    assert_eq!(found.iter().map(|u| u.id().unwrap()).collect::<Vec<_>>(), [good]);
}

#[test]
fn what_a_damaged_row_said_is_found_in_the_message() {
    let place = Place::new();
    let [bad, _] = place.insert(2)[..] else { panic!() };
    place.commit(|batch| {
        batch.park(row(bad, &[0, 2], 1)).park(row(bad, &[1], 2)).settled_below(MessageId::MAX);
    });
    outside(&place, "UPDATE waiting SET recipients = x'ff' WHERE first = 0 AND message = ?1", bad);
    let now = Timestamp::from_millis(0);
    let loaded = place.spool.load(1, now, 10, &|_| false).unwrap();
    assert_eq!(loaded[0].message.as_ref().unwrap_err().reason, ROW_DAMAGED);
    assert!(place.spool.load(1, now, 10, &|_| false).unwrap().is_empty());
    place.settle();
    let found = place.spool.unsettled(None, 1).unwrap();
    assert_eq!((found[0].id(), &found[0].recipients), (Some(bad), &vec![0, 2]));
}

/// What a batch holds is let go of when the batch is durable, not when it is handed in.
#[test]
fn what_is_held_is_let_go_when_it_is_durable() {
    let directory = tempfile::tempdir().unwrap();
    let (spool, mut driver) =
        Spool::open_driven(std::sync::Arc::new(crate::disk::RealDisk), directory.path(), None)
            .unwrap();
    let outside = Connection::open(directory.path().join("spool.db")).unwrap();
    let strike =
        "CREATE TRIGGER strike BEFORE DELETE ON next_hop BEGIN SELECT RAISE(ABORT, 'no'); END;
        INSERT INTO next_hop VALUES (1, 'a', '')";
    outside.execute_batch(strike).unwrap();
    let held = std::sync::Arc::new(());
    let mut batch = Batch::new();
    batch.forget_next_hop(1).hold(std::sync::Arc::<()>::clone(&held));
    spool.commit_later(batch);
    driver.step();
    assert_eq!((driver.owed(), std::sync::Arc::strong_count(&held)), (1, 2), "the write failed");
    outside.execute_batch("DROP TRIGGER strike").unwrap();
    driver.step();
    assert_eq!((driver.owed(), std::sync::Arc::strong_count(&held)), (0, 1));
    assert!(spool.next_hops().unwrap().is_empty());
}
