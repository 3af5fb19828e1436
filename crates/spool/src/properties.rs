//! Random parking, unparking, inserting, finishing, removing, loading and reopening, against a
//! model in memory that is too plain to be wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use bytes::Bytes;
use model::{MessageId, Timestamp};
use proptest::prelude::*;

use crate::{
    Batch, Due, RowKey, WaitingCount, WaitingRow,
    testing::{Place, record, row},
};

const RECIPIENTS: u32 = 4;
const QUEUES: u64 = 3;

/// What is done. Numbers choose among what is there.
#[derive(Debug, Clone)]
enum Op {
    /// A number is given out; its message comes later.
    Number,
    Insert(usize),
    Park {
        which: usize,
        mask: u32,
        queue: u64,
        due: Due,
        band: u8,
        sender: u64,
        told: bool,
    },
    Unpark(usize),
    Finish {
        which: usize,
        recipient: u32,
    },
    Remove(usize),
    /// Says how far all is parked, as one who knows nothing of messages never parked.
    Settle,
    Commit,
    Load {
        queue: u64,
        now: i64,
        limit: usize,
        keep: bool,
    },
    Forget,
    Reopen,
}

fn op() -> impl Strategy<Value = Op> {
    let due = prop_oneof![
        3 => Just(Due::Now),
        2 => (1_i64..20).prop_map(|t| Due::NotBefore(Timestamp::from_millis(t))),
        1 => Just(Due::Suspended),
    ];
    let which = any::<usize>;
    let park = (which(), 1_u32..1 << RECIPIENTS, 0..QUEUES, due, 0_u8..3, 0_u64..4, any::<bool>());
    prop_oneof![
        4 => Just(Op::Number),
        4 => which().prop_map(Op::Insert),
        10 => park.prop_map(|(which, mask, queue, due, band, sender, told)| {
            // Both ends of what a number may be.
            let sender = if sender == 3 { u64::MAX } else { sender };
            Op::Park { which, mask, queue, due, band, sender, told }
        }),
        2 => which().prop_map(Op::Unpark),
        2 => (which(), 0..RECIPIENTS).prop_map(|(which, recipient)| Op::Finish { which, recipient }),
        1 => which().prop_map(Op::Remove),
        2 => Just(Op::Settle),
        3 => Just(Op::Commit),
        4 => (0..QUEUES, 0_i64..25, 0_usize..9, any::<bool>())
            .prop_map(|(queue, now, limit, keep)| Op::Load { queue, now, limit, keep }),
        1 => Just(Op::Forget),
        1 => Just(Op::Reopen),
    ]
}

/// What should be in the store.
#[derive(Default)]
struct Model {
    /// Given out and not inserted.
    numbers: Vec<MessageId>,
    /// Finished recipients of each message.
    messages: BTreeMap<MessageId, BTreeSet<u32>>,
    /// Messages that were parked once.
    parked: BTreeSet<MessageId>,
    rows: BTreeMap<RowKey, WaitingRow>,
    resident: BTreeSet<RowKey>,
}

impl Model {
    fn message(&self, which: usize) -> Option<MessageId> {
        self.messages.keys().nth(which % self.messages.len().max(1)).copied()
    }

    /// Unfinished recipients that are in no row.
    fn loose(&self, id: MessageId) -> Vec<u32> {
        let rows = self.rows.range(RowKey { message: id, first: 0 }..);
        let rows = rows.take_while(|(key, _)| key.message == id);
        let waiting: BTreeSet<u32> = rows.flat_map(|(_, row)| row.recipients.clone()).collect();
        let finished = &self.messages[&id];
        (0..RECIPIENTS).filter(|r| !finished.contains(r) && !waiting.contains(r)).collect()
    }

    fn of_queue(&self, queue: u64) -> impl Iterator<Item = &WaitingRow> {
        self.rows.values().filter(move |row| row.queue == queue)
    }
}

/// The model, the store, and what has been asked and not committed.
struct Run {
    model: Model,
    place: Place,
    batch: Batch,
}

impl Run {
    fn commit(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        self.place.commit(|empty| *empty = batch);
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::Number => self.model.numbers.push(self.place.spool.next_id()),
            Op::Insert(which) => self.insert(which),
            Op::Park { which, mask, queue, due, band, sender, told } => {
                let Some(id) = self.model.message(which) else { return };
                let recipients: Vec<u32> =
                    (0..RECIPIENTS).filter(|r| mask & (1 << r) != 0).collect();
                let row = WaitingRow { due, band, sender, told, ..row(id, &recipients, queue) };
                self.model.parked.insert(id);
                let before = self.model.rows.insert(row.key(), row.clone());
                self.batch.park(row);
                self.finish_all(before);
            }
            Op::Unpark(which) => {
                let rows = &mut self.model.rows;
                let key = rows.keys().nth(which % rows.len().max(1)).copied();
                if let Some(key) = key {
                    let before = rows.remove(&key);
                    self.batch.unpark(key);
                    self.finish_all(before);
                }
            }
            Op::Finish { which, recipient } => {
                let Some(id) = self.model.message(which) else { return };
                self.model.messages.get_mut(&id).unwrap().insert(recipient);
                self.batch.finish(id, recipient);
            }
            Op::Remove(which) => {
                let Some(id) = self.model.message(which) else { return };
                self.model.messages.remove(&id);
                self.model.rows.retain(|key, _| key.message != id);
                self.batch.remove(id);
                // Too late: it is gone, and nothing may bring a row of it back.
                self.batch.park(row(id, &[0], 0));
            }
            Op::Settle => {
                let known = |id: &&MessageId| self.model.parked.contains(id);
                let loose = |id: &&MessageId| !self.model.loose(**id).is_empty();
                let first = self.model.messages.keys().filter(known).find(loose).copied();
                self.batch.settled_below(first.unwrap_or(MessageId::MAX));
            }
            Op::Commit => self.commit(),
            Op::Load { queue, now, limit, keep } => {
                self.commit();
                self.load(queue, now, limit, keep);
            }
            Op::Forget => self.model.resident.clear(),
            Op::Reopen => {
                self.commit();
                self.place.reopen();
                self.model.numbers.clear();
                // As a start does: all that is loose is known from now on.
                self.model.parked.extend(self.model.messages.keys());
            }
        }
    }

    /// Whoever takes a recipient out of its row has finished it.
    fn finish_all(&mut self, row: Option<WaitingRow>) {
        let Some(row) = row else { return };
        for recipient in self.model.loose(row.message) {
            if row.recipients.contains(&recipient) {
                self.model.messages.get_mut(&row.message).unwrap().insert(recipient);
                self.batch.finish(row.message, recipient);
            }
        }
    }

    fn insert(&mut self, which: usize) {
        if self.model.numbers.is_empty() {
            return;
        }
        // In any order, as messages become complete.
        let id = self.model.numbers.remove(which % self.model.numbers.len());
        self.model.messages.insert(id, BTreeSet::new());
        self.batch.insert(record(id, RECIPIENTS), Bytes::from_static(b"hello"));
    }

    fn load(&mut self, queue: u64, now: i64, limit: usize, keep: bool) {
        let resident = &self.model.resident;
        let time = Timestamp::from_millis(now);
        let loaded =
            self.place.spool.load(queue, time, limit, &|key| resident.contains(&key)).unwrap();
        let free = |row: &&WaitingRow| !resident.contains(&row.key());
        let (mut ready, mut timed) = (Vec::new(), Vec::new());
        for row in self.model.of_queue(queue).filter(free) {
            match row.due {
                Due::Now => ready.push(row),
                Due::NotBefore(at) if at <= time => timed.push(row),
                _ => {}
            }
        }
        let rows: Vec<_> = loaded.iter().map(|loaded| &loaded.row).collect();
        assert_eq!(rows.len(), limit.min(ready.len() + timed.len()));
        let split = rows.iter().filter(|row| row.due == Due::Now).count();
        let (first, then) = rows.split_at(split);
        timed.sort_by_key(|row| (row.due, row.band, row.sender.cast_signed(), row.key()));
        assert_eq!(then, &timed[..then.len()], "times in order, after the others");
        let half = limit.div_ceil(2);
        assert!(then.len() <= half || first.len() == ready.len(), "at most half");
        assert!(first.len() <= half || then.len() == timed.len(), "neither starves the other");
        assert_turns(first, &ready);
        for loaded in &loaded {
            let finished = &self.model.messages[&loaded.row.message];
            let message = loaded.message.as_ref().unwrap();
            assert_eq!(message.record.id, loaded.row.message);
            assert_eq!(&message.finished.iter().copied().collect::<BTreeSet<_>>(), finished);
        }
        if keep {
            self.model.resident.extend(loaded.iter().map(|loaded| loaded.row.key()));
        }
    }

    fn check(&mut self) {
        self.commit();
        let spool = &self.place.spool;
        let mut rows = Vec::new();
        let mut visit = |view: &crate::RowView<'_>| {
            rows.push(view.to_row());
            ControlFlow::Continue(())
        };
        spool.scan(None, &mut visit).unwrap();
        assert!(rows.iter().eq(self.model.rows.values()));
        let mut counts: Vec<WaitingCount> = Vec::new();
        for queue in 0..QUEUES {
            let mut expected: Vec<_> = self.model.of_queue(queue).cloned().collect();
            counts.extend(count(queue, &expected));
            let order = |row: &WaitingRow| (row.due, row.band, row.sender.cast_signed(), row.key());
            expected.sort_by_key(order);
            let (mut found, mut from) = (Vec::new(), None);
            while let Some(row) = spool.scan_queue(queue, from, 1).unwrap().pop() {
                from = Some(row.turn_key());
                found.push(row);
            }
            assert_eq!(found, expected);
        }
        assert_eq!(spool.waiting_counts().unwrap(), counts);
        for (told, band) in [(false, 0), (true, 1), (false, 2)] {
            let expected = self.model.rows.values().filter(|r| r.told == told && r.band == band);
            let mut expected: Vec<_> = expected.cloned().collect();
            expected.sort_by_key(WaitingRow::age_key);
            let (mut found, mut after) = (Vec::new(), None);
            let never = Timestamp::from_millis(i64::MAX);
            while let [row] = &spool.older_than(told, band, never, after, 1).unwrap()[..] {
                after = Some(row.age_key());
                found.push(row.clone());
            }
            assert_eq!(found, expected);
        }
        self.check_start();
    }

    /// Nothing that is in no row is passed over by a start.
    fn check_start(&self) {
        let (mut found, mut after) = (BTreeMap::new(), None);
        while let [unsettled] = &self.place.spool.unsettled(after, 1).unwrap()[..] {
            after = unsettled.id();
            found.insert(after.unwrap(), unsettled.recipients.clone());
        }
        for id in self.model.messages.keys() {
            let loose = self.model.loose(*id);
            if !loose.is_empty() {
                assert_eq!(found.remove(id), Some(loose), "message {id}");
            }
        }
        for id in found.keys() {
            assert_eq!(self.model.messages[id].len() as u32, RECIPIENTS, "only finished ones left");
        }
    }
}

/// Bands in order; of each sender the oldest; senders share a band alike while they have any.
fn assert_turns(chosen: &[&WaitingRow], ready: &[&WaitingRow]) {
    assert!(chosen.is_sorted_by_key(|row| row.band), "bands in order");
    for band in 0..3 {
        let has = |row: &&&WaitingRow| row.band == band;
        let taken = chosen.iter().filter(has).count();
        let later = chosen.iter().any(|row| row.band > band);
        assert!(!later || taken == ready.iter().filter(has).count(), "no band is passed over");
        let senders: BTreeSet<u64> = ready.iter().filter(has).map(|row| row.sender).collect();
        let mut shares = Vec::new();
        for sender in senders {
            let of = |row: &&&WaitingRow| row.band == band && row.sender == sender;
            let mut all: Vec<_> = ready.iter().filter(of).map(|row| row.key()).collect();
            all.sort();
            let mine: Vec<_> = chosen.iter().filter(of).map(|row| row.key()).collect();
            assert_eq!(mine, all[..mine.len()], "the oldest first");
            shares.push((mine.len(), mine.len() < all.len()));
        }
        let most = shares.iter().map(|(share, _)| *share).max().unwrap_or(0);
        for (share, has_more) in shares {
            assert!(!has_more || share + 1 >= most, "one sender has more than his share");
        }
    }
}

fn count(queue: u64, rows: &[WaitingRow]) -> Option<WaitingCount> {
    let oldest = rows.iter().min_by_key(|row| row.message)?;
    let mut count = WaitingCount::none(queue);
    count.oldest = Some(oldest.accepted_at);
    for row in rows {
        match row.due {
            Due::Now => count.now += 1,
            Due::NotBefore(at) => {
                count.later += 1;
                count.earliest = Some(count.earliest.map_or(at, |before| before.min(at)));
            }
            Due::Suspended => count.suspended += 1,
        }
    }
    Some(count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn the_store_is_what_the_model_says(ops in proptest::collection::vec(op(), 1..120)) {
        let mut run = Run { model: Model::default(), place: Place::new(), batch: Batch::new() };
        for op in ops {
            run.step(op);
        }
        run.check();
        run.place.reopen();
        run.check();
    }
}
