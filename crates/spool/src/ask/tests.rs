//! Every question, asked of a real file.

use std::{collections::BTreeMap, sync::Arc};

use model::{Address, Envelope, Guid, ReversePath};

use super::*;
use crate::{Batch, Due, MessageRecord, Origin};

pub(super) fn record(id: MessageId, recipients: u32) -> Arc<MessageRecord> {
    let sender: Address = "jean@contoso.com".parse().unwrap();
    let to = (0..recipients).map(|n| format!("r{n}@example.net").parse().unwrap()).collect();
    Arc::new(MessageRecord {
        id,
        network_id: Guid::nil(),
        accepted_at: Timestamp::from_millis(1),
        size: 5,
        eight_bit: false,
        origin: Origin::Dsn { about: id },
        subject: None,
        internet_message_id: None,
        trace: String::new(),
        envelope: Arc::new(Envelope::plain(ReversePath::Address(sender), to)),
    })
}

pub(super) fn row(message: MessageId, recipients: &[u32], queue: u64) -> WaitingRow {
    WaitingRow {
        message,
        recipients: recipients.to_vec(),
        queue,
        due: Due::Now,
        band: 1,
        sender: 7,
        accepted_at: Timestamp::from_millis(message.as_u64() as i64 * 10),
        told: false,
        attempts: 0,
        crashes: 0,
        size: 5,
        from_address: "jean@contoso.com".into(),
        subject: Some("Été".into()),
        last_error: None,
    }
}

/// A spool on a directory of its own.
struct Place {
    _directory: tempfile::TempDir,
    spool: Spool,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::open(directory.path()).unwrap();
        Self { _directory: directory, spool }
    }

    fn commit(&self, fill: impl FnOnce(&mut Batch)) {
        let mut batch = Batch::new();
        fill(&mut batch);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.spool.commit(batch)).unwrap();
    }

    /// Stores messages of three recipients each.
    fn insert(&self, count: usize) -> Vec<MessageId> {
        let ids: Vec<_> = (0..count).map(|_| self.spool.next_id()).collect();
        self.commit(|batch| {
            for id in &ids {
                batch.insert(record(*id, 3), Bytes::from(format!("content of {id}")));
            }
        });
        ids
    }

    fn load(&self, queue: u64, now: i64, limit: usize) -> Vec<WaitingRow> {
        self.load_but(queue, now, limit, &|_| false)
    }

    fn load_but(
        &self,
        queue: u64,
        now: i64,
        limit: usize,
        is_resident: &dyn Fn(RowKey) -> bool,
    ) -> Vec<WaitingRow> {
        let now = Timestamp::from_millis(now);
        let loaded = self.spool.load(queue, now, limit, is_resident).unwrap();
        loaded.into_iter().map(|loaded| loaded.row).collect()
    }
}

#[test]
fn what_was_parked_comes_back_whole() {
    let place = Place::new();
    let [a, b] = place.insert(2)[..] else { panic!() };
    let full = WaitingRow {
        due: Due::NotBefore(Timestamp::from_millis(5000)),
        band: 2,
        sender: u64::MAX,
        told: true,
        attempts: 3,
        crashes: 1,
        size: 1 << 40,
        subject: None,
        last_error: Some("450 4.2.0 later".into()),
        ..row(a, &[0, 2], 9)
    };
    place.commit(|batch| {
        batch.park(full.clone()).park(row(a, &[1], 4)).park(row(b, &[2, 1, 1], 9));
        batch.park(row(MessageId::new(4444).unwrap(), &[0], 9));
        batch.park(WaitingRow { due: Due::Suspended, ..row(b, &[0], 9) });
    });
    assert_eq!(place.spool.rows_of(a).unwrap(), [full.clone(), row(a, &[1], 4)]);
    let suspended = WaitingRow { due: Due::Suspended, ..row(b, &[0], 9) };
    let all = [row(b, &[1, 2], 9), full.clone(), suspended];
    assert_eq!(place.spool.scan_queue(9, None, 10).unwrap(), all);
    let from = Some(all[0].turn_key());
    assert_eq!(place.spool.scan_queue(9, from, 1).unwrap(), std::slice::from_ref(&full));
    assert_eq!(place.load(9, 4999, 10), [row(b, &[1, 2], 9)]);
    assert_eq!(place.load(9, 5000, 10), [row(b, &[1, 2], 9), full.clone()]);
    let at = |millis| Some(Timestamp::from_millis(millis));
    let nine = WaitingCount {
        now: 1,
        later: 1,
        suspended: 1,
        earliest: at(5000),
        oldest: at(a.as_u64() as i64 * 10),
        ..WaitingCount::none(9)
    };
    let four = WaitingCount { now: 1, oldest: nine.oldest, ..WaitingCount::none(4) };
    assert_eq!(place.spool.waiting_counts().unwrap(), [four, nine]);
    let old = |told, band, at, after| {
        let at = Timestamp::from_millis(at);
        place.spool.older_than(told, band, at, after, 10).unwrap()
    };
    assert_eq!(old(true, 2, 10, None), std::slice::from_ref(&full));
    assert!(old(true, 2, 9, None).is_empty());
    let young = old(false, 1, 1000, Some(row(a, &[1], 4).age_key()));
    let keys: Vec<_> = young.iter().map(|row| (row.message, row.recipients[0])).collect();
    assert_eq!(keys, [(b, 0), (b, 1)]);

    place.commit(|batch| {
        batch.unpark(full.key()).remove(b);
    });
    assert_eq!(place.spool.rows_of(a).unwrap(), [row(a, &[1], 4)]);
    assert!(place.spool.rows_of(b).unwrap().is_empty(), "rows go with their message");
    assert!(place.spool.message(b).unwrap().is_none());
    assert_eq!(place.spool.message(a).unwrap().unwrap().record, record(a, 3));
}

#[test]
fn a_scan_shows_every_row_once_and_in_order() {
    let place = Place::new();
    let ids = place.insert(1500);
    place.commit(|batch| {
        for id in &ids {
            batch.park(row(*id, &[0, 2], id.as_u64() % 3)).park(row(*id, &[1], 5));
        }
    });
    let mut seen = Vec::new();
    place
        .spool
        .scan(None, &mut |view| {
            assert_eq!(view.subject(), Some("Été"));
            seen.push(view.key());
            ControlFlow::Continue(())
        })
        .unwrap();
    let expected: Vec<_> =
        ids.iter().flat_map(|id| [0, 1].map(|first| RowKey { message: *id, first })).collect();
    assert_eq!(seen, expected);
    let mut rest = Vec::new();
    place
        .spool
        .scan(Some(expected[2997]), &mut |view| {
            // Whoever is shown a row may look into its message.
            assert!(place.spool.message(view.key().message).unwrap().is_some());
            rest.push(view.to_row());
            if rest.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!(rest.iter().map(WaitingRow::key).collect::<Vec<_>>(), expected[2998..]);
}

#[test]
fn next_hops_are_kept() {
    let place = Place::new();
    let hop = |number, key: &str, state: &str| NextHopRow {
        number,
        key: key.to_owned(),
        state: state.to_owned(),
    };
    place.commit(|batch| {
        batch.next_hop(hop(2, "b", "")).next_hop(hop(1, "a", "x")).next_hop(hop(3, "c", ""));
        batch.next_hop(hop(1, "a", "y")).forget_next_hop(3);
    });
    assert_eq!(place.spool.next_hops().unwrap(), [hop(1, "a", "y"), hop(2, "b", "")]);
}

#[test]
fn contents_are_read_until_the_bytes_are_used_up() {
    let place = Place::new();
    let ids = place.insert(4);
    place.commit(|batch| {
        batch.remove(ids[1]);
    });
    let size = "content of 1".len();
    let read = |most| -> Vec<_> {
        place.spool.contents_of(&ids, most).into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(read(2 * size), [ids[0], ids[2]]);
    assert_eq!(read(2 * size - 1), [ids[0]]);
    assert_eq!(read(usize::MAX), [ids[0], ids[2], ids[3]]);
}

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
