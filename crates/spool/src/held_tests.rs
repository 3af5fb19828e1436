use std::path::PathBuf;

use rusqlite::Connection;

use super::*;
use crate::{
    NextHopRow, Spool, copy,
    testing::{self, Place as Home},
};

const QUEUE: &str = "the queue";

fn held() -> WhatWaits {
    let (queue, reason) = (QUEUE.to_owned(), "held".to_owned());
    WhatWaits::Held { queue, reason, now: Timestamp::from_millis(50) }
}

/// A copy of a spool: of three messages of three recipients each, one is finished but for its removal, one
/// waits in a row with one recipient finished, one in no row.
fn copied() -> (tempfile::TempDir, PathBuf, Vec<model::MessageId>) {
    let home = Home::new();
    let ids = home.insert(3);
    home.commit(|batch| {
        for recipient in 0..3 {
            batch.finish(ids[0], recipient);
        }
        batch.finish(ids[1], 1);
        batch.next_hop(NextHopRow { number: 4, key: "other".into(), state: "{}".into() });
        batch.park(testing::row(ids[1], &[0, 2], 4));
        batch.settled_below(ids[2]);
    });
    let out = tempfile::tempdir().unwrap();
    let to = out.path().join("spool");
    copy(home.directory.path(), &to).unwrap();
    (out, to, ids)
}

#[test]
fn what_waits_is_held_whatever_it_waited_for() {
    let (_out, place, ids) = copied();
    let brought = bring_back(&place, &held(), 1000).unwrap();
    assert_eq!((brought.messages, brought.recipients, brought.set_aside), (2, 5, 0));
    let spool = Spool::open(&place).unwrap();
    assert_eq!(spool.next_id().as_u64(), brought.next_number);
    assert!(brought.next_number > ids[2].as_u64() + 1000);
    assert!(spool.unsettled(None, 10).unwrap().is_empty(), "a start sends nothing");
    let hop = spool.next_hops().unwrap().into_iter().find(|hop| hop.key == QUEUE).unwrap();
    let counts = spool.waiting_counts().unwrap();
    assert_eq!(counts.len(), 1, "{counts:?}");
    assert_eq!((counts[0].queue, counts[0].suspended, counts[0].now), (hop.number, 2, 0));
    assert_eq!(spool.ids(0, 10).unwrap(), ids[1..]);
    drop(spool);
    let connection = Connection::open(place.join("spool.db")).unwrap();
    let rows: Vec<(u64, u32, String)> = connection
        .prepare("SELECT message, first, last_error FROM waiting ORDER BY message")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = [&ids[1], &ids[2]].map(|id| (id.as_u64(), 0, "held".to_owned()));
    assert_eq!(rows, expected);
}

#[test]
fn what_waits_goes_on_or_is_forgotten_and_numbers_are_left_out_all_the_same() {
    let (_out, place, ids) = copied();
    let brought = bring_back(&place, &WhatWaits::Goes, 7).unwrap();
    let spool = Spool::open(&place).unwrap();
    assert_eq!(spool.next_id().as_u64(), brought.next_number);
    let found = spool.unsettled(None, 10).unwrap();
    assert_eq!(found.iter().filter(|found| !found.recipients.is_empty()).count(), 1);
    assert_eq!(spool.waiting_counts().unwrap()[0].now, 1);
    drop(spool);

    let again = bring_back(&place, &WhatWaits::Dropped, 7).unwrap();
    assert_eq!(again.messages, 2);
    let spool = Spool::open(&place).unwrap();
    assert!(spool.contents().unwrap().messages.is_empty());
    assert!(spool.next_id().as_u64() > ids[2].as_u64() + 14);
}

#[test]
fn what_cannot_be_read_is_set_aside() {
    let (_out, place, ids) = copied();
    let outside = Connection::open(place.join("spool.db")).unwrap();
    let spoil = "UPDATE message SET record = x'01ff' WHERE id = ?1";
    outside.execute(spoil, [ids[1].as_u64()]).unwrap();
    drop(outside);
    let brought = bring_back(&place, &held(), 0).unwrap();
    assert_eq!((brought.messages, brought.set_aside), (1, 1));
}
