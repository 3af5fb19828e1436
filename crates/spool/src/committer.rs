//! The committing thread: takes everything that waits in its [`Inbox`], writes it in one transaction, syncs
//! once, then wakes the waiters. While it syncs, the next group gathers by itself.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use model::MessageId;

use crate::{
    SpoolError,
    apply::{Outside, apply, set_counter},
    batch::{Batch, Change},
    inbox::{Alarm, Inbox, Waiter, fitting},
    schema,
    settled::Settled,
    store::{Store, VACUUM_PAGES},
};

/// With so many changes owed that nobody waits for, or so much memory taken by them, whoever
/// makes such changes is to stop until the disk takes them.
const MOST_OWED: usize = 10_000;
const MOST_OWED_BYTES: usize = 16 << 20;
/// Pages that every transaction writes: the counter, roots of trees.
const GROUP_PAGES: u64 = 4;
/// Ids are reserved in the counter this far ahead of those used.
const ID_STEP: u64 = 10_000;
/// While mail is refused for want of room, space is given back this often.
const MAKE_ROOM: Duration = Duration::from_secs(1);
/// After acceptance has stopped, the file is tried again this often.
const PROBE: Duration = Duration::from_secs(5);
/// Failed writes in a row after which acceptance stops.
const MOST_FAILURES: u32 = 2;

type Requests = Vec<(Batch, Waiter)>;

/// The thread's own state.
pub(crate) struct Committer {
    store: Store,
    inbox: Arc<Inbox>,
    /// Value of the counter row: no id above it may be given out after a restart.
    id_ceiling: u64,
    /// Below what a start need not look.
    settled: Settled,
    /// Failed writes in a row.
    failures: u32,
    /// The trouble that has been reported last, if it is not over.
    trouble: Option<String>,
    /// When a stopped spool may be tried again; never, when the file is damaged.
    next_probe: Option<Instant>,
    /// When room was last made for mail that had to be refused.
    made_room: Option<Instant>,
    /// Changes that nobody waits for and that are not stored yet.
    unfinished: Vec<Batch>,
}

impl Committer {
    pub(crate) fn new(store: Store, inbox: Arc<Inbox>, id_ceiling: u64, settled: Settled) -> Self {
        Self {
            store,
            inbox,
            id_ceiling,
            settled,
            failures: 0,
            trouble: None,
            next_probe: None,
            made_room: None,
            unfinished: Vec::new(),
        }
    }

    /// Runs until the inbox is closed and empty.
    pub(crate) fn run(mut self) {
        let inbox = Arc::clone(&self.inbox);
        let _alarm = Alarm::for_end_of(&inbox);
        while let Some(requests) = inbox.take() {
            self.round(requests);
        }
        self.finish();
    }

    /// Does what is asked, or, when that is nothing, what can be done while it is quiet.
    pub(crate) fn round(&mut self, requests: Vec<(Batch, Option<Waiter>)>) {
        if requests.is_empty() && self.unfinished.is_empty() && !self.inbox.is_stopped() {
            self.give_space_back(VACUUM_PAGES / 2);
            return;
        }
        let mut waiters = Vec::new();
        for (batch, waiter) in requests {
            // A batch somebody waits for is his to repeat; the others are ours.
            match waiter {
                Some(waiter) => waiters.push((batch, waiter)),
                None => self.unfinished.push(batch),
            }
        }
        if self.inbox.is_stopped() {
            // Handed in just before the stop.
            refuse(waiters, &SpoolError::Stopped);
            self.probe();
        } else {
            let waited = waiters.len();
            self.commit(waiters);
            self.inbox.ended(waited);
        }
        self.note_owed();
    }

    /// Counts what is owed, and tells when that has become too much and when it is so no longer.
    fn note_owed(&self) {
        let count = self.unfinished.len();
        let bytes: usize = self.unfinished.iter().map(Batch::bytes).sum();
        let is_behind = count >= MOST_OWED || bytes >= MOST_OWED_BYTES;
        match (self.inbox.set_owed(count, is_behind), is_behind) {
            (false, true) => tracing::error!(
                count,
                bytes,
                "ALERT: so many outcomes wait for the spool that deliveries pause until it stores again; look after the disk"
            ),
            (true, false) => tracing::warn!("outcomes that waited are stored: deliveries go on"),
            _ => {}
        }
    }

    /// An orderly end: what is owed is written, and the log folded in.
    pub(crate) fn finish(&mut self) {
        if self.store.is_closed()
            && let Err(error) = self.store.reopen()
        {
            tracing::error!(%error, "the spool could not be opened again to store the last outcomes");
            return;
        }
        if !self.unfinished.is_empty() {
            self.commit(Vec::new());
        }
        if let Err(error) = self.store.fold_in("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the spool's log could not be folded in at the end");
        }
    }

    /// How many changes that nobody waits for are not stored yet.
    pub(crate) fn owed(&self) -> usize {
        self.unfinished.len()
    }

    /// Lets the next round probe a stopped spool, however soon that is.
    pub(crate) fn probe_is_due(&mut self) {
        self.next_probe = self.next_probe.map(|_| Instant::now());
    }

    /// Writes what is waited for together with what nobody waits for. Where the disk has no room
    /// for new mail, that is refused, and outcomes are not held up by it.
    fn commit(&mut self, waited: Requests) {
        let (mut waited, without_room) = self.fitting(waited);
        if !without_room.is_empty() {
            refuse(without_room, &SpoolError::Full);
            self.make_room();
        }
        let mut pages = match self.write_back() {
            Ok(pages) => pages,
            Err(error) => {
                let result = Err(error);
                self.judge(&result);
                return answer(waited, &result);
            }
        };
        let lazy = std::mem::take(&mut self.unfinished);
        if all(&lazy, &waited).all(Batch::is_empty) {
            // Nothing to write proves nothing about the disk.
            return answer(waited, &Ok(()));
        }
        let mut result = self.write(all(&lazy, &waited));
        if matches!(result, Err(SpoolError::Full)) && waited.iter().any(|(b, _)| b.is_new_mail()) {
            self.report(Some(&SpoolError::Full));
            let (new, outcomes): (Requests, Requests) =
                waited.into_iter().partition(|(batch, _)| batch.is_new_mail());
            refuse(new, &SpoolError::Full);
            waited = outcomes;
            if !all(&lazy, &waited).all(Batch::is_empty) {
                result = self.write(all(&lazy, &waited));
            }
        }
        self.judge(&result);
        pages += all(&lazy, &waited).map(Batch::pages).sum::<u64>() + GROUP_PAGES;
        if result.is_err() {
            self.unfinished = lazy;
            answer(waited, &result);
        } else {
            // What the batches held is let go before anybody hears of the commit: who waited for it
            // finds nobody holding what has become durable.
            for batch in all(&lazy, &waited) {
                batch.tell();
            }
            drop(lazy);
            answer(waited, &result);
            // After the answers: what was committed is safe in the log.
            let folded = self.store.wrote(pages);
            self.judge_file(folded);
        }
    }

    /// Writes what is owed, a group at a time, until the rest of it fits into one transaction. Returns
    /// how many pages that were.
    fn write_back(&mut self) -> Result<u64, SpoolError> {
        let mut pages = 0;
        loop {
            let fitting = fitting(self.unfinished.iter());
            if fitting == self.unfinished.len() {
                return Ok(pages);
            }
            let rest = self.unfinished.split_off(fitting);
            let written = self.write_owed();
            self.unfinished.extend(rest);
            pages += written?;
        }
    }

    /// Writes all that is owed in one transaction. Returns how many pages that were.
    fn write_owed(&mut self) -> Result<u64, SpoolError> {
        let owed = std::mem::take(&mut self.unfinished);
        if let Err(error) = self.write(owed.iter()) {
            self.unfinished = owed;
            return Err(error);
        }
        owed.iter().for_each(Batch::tell);
        Ok(owed.iter().map(Batch::pages).sum::<u64>() + GROUP_PAGES)
    }

    /// Takes out new mail for which there is no room beside the reserve.
    fn fitting(&self, waited: Requests) -> (Requests, Requests) {
        let new: usize =
            waited.iter().filter(|(b, _)| b.is_new_mail()).map(|(b, _)| b.content_bytes()).sum();
        if new == 0 || self.has_room(new as u64) {
            return (waited, Vec::new());
        }
        waited.into_iter().partition(|(batch, _)| !batch.is_new_mail())
    }

    /// Whether `bytes` may be added: once to the log and once, when it is folded in, to the file.
    /// Where the system does not say, the write itself will.
    fn has_room(&self, bytes: u64) -> bool {
        let Ok(space) = self.store.disk.space(&self.store.path) else { return true };
        let floor = self.store.limits.floor().saturating_add(bytes);
        let both = floor.saturating_add(bytes);
        if space.free >= both {
            return true;
        }
        let inside = schema::free_bytes(&self.store.writer).unwrap_or(0)
            + self.store.bodies.free().load(Ordering::Relaxed);
        space.free >= floor && space.free.saturating_add(inside) >= both
    }

    /// What has left may still take its place on the disk, and under load it is never quiet.
    fn make_room(&mut self) {
        if self.made_room.is_none_or(|at| at.elapsed() >= MAKE_ROOM) {
            self.give_space_back(1);
            self.made_room = Some(Instant::now());
        }
    }

    /// Counts failures, and stops acceptance when there have been too many.
    fn judge(&mut self, result: &Result<(), SpoolError>) {
        let Err(error) = result else {
            self.failures = 0;
            self.report(None);
            return;
        };
        self.report(Some(error));
        match error {
            SpoolError::Corrupt(_) => {
                self.inbox.set_stopped(true);
                self.next_probe = None;
                tracing::error!(%error, "ALERT: acceptance stopped (452 4.3.1); restore the spool or start again on a good disk");
            }
            SpoolError::Write(_) => {
                self.failures += 1;
                if self.failures >= MOST_FAILURES {
                    self.stop_for_now();
                    tracing::error!(%error, "ALERT: acceptance stopped (452 4.3.1) after two failed writes in a row; look after the disk");
                }
            }
            // Neither written nor read until a probe has opened it: nothing to wait for.
            SpoolError::Open(_) => {
                self.stop_for_now();
                tracing::error!(%error, "ALERT: acceptance stopped (452 4.3.1) and nothing can be read: the spool was closed after a failed write and could not be opened again; look after the disk");
            }
            _ => {}
        }
    }

    /// Stops acceptance until a probe succeeds.
    fn stop_for_now(&mut self) {
        self.inbox.set_stopped(true);
        self.next_probe = Some(Instant::now() + PROBE);
    }

    /// One line when trouble begins, changes or is over, not one a commit.
    fn report(&mut self, error: Option<&SpoolError>) {
        let trouble = error.map(ToString::to_string);
        if trouble == self.trouble {
            return;
        }
        match error {
            Some(error) => {
                tracing::error!(%error, "the spool could not store; senders are told to try again");
            }
            None => tracing::warn!("the spool stores again"),
        }
        self.trouble = trouble;
    }

    /// After a stop: opens the file afresh and writes into it. What a failed sync may have left
    /// in the system's memory is not trusted: this has to be synced by itself, and everything
    /// not yet acknowledged is written again.
    fn probe(&mut self) {
        if self.next_probe.is_none_or(|at| Instant::now() < at) {
            return;
        }
        let probe =
            "INSERT INTO counter VALUES ('probe', 1) ON CONFLICT DO UPDATE SET value = value + 1";
        // Where the disk takes it again, this goes over what a refused group has left in the log:
        // read anew, that would count as committed. Where it does not, nothing is lost.
        let _ = self.store.writer.execute(probe, []);
        let probed = self.store.reopen().and_then(|()| {
            self.store.writer.execute(probe, [])?;
            self.store.fold_in("PRAGMA wal_checkpoint(PASSIVE)")
        });
        let result = probed
            .and_then(|()| self.write_back())
            .and_then(|pages| Ok(pages + self.write_owed()?));
        match result {
            Ok(pages) => {
                self.failures = 0;
                self.next_probe = None;
                self.inbox.set_stopped(false);
                self.report(None);
                tracing::warn!("a probe of the spool was synced: mail is accepted again");
                let folded = self.store.wrote(pages);
                self.judge_file(folded);
            }
            Err(error) => {
                self.next_probe = Some(Instant::now() + PROBE);
                self.report(Some(&error));
            }
        }
    }

    /// One transaction, one sync, and one more before it for contents in files. After an error
    /// nothing of it is kept.
    fn write<'a>(
        &mut self,
        batches: impl Iterator<Item = &'a Batch> + Clone,
    ) -> Result<(), SpoolError> {
        let begun = Instant::now();
        let (count, bytes) = batches
            .clone()
            .fold((0_u32, 0), |(n, sum), batch| (n + 1, sum + batch.content_bytes()));
        let result = self.write_all(batches);
        let metrics = &self.inbox.metrics;
        metrics.seconds.observe(begun.elapsed().as_secs_f64());
        metrics.batches.observe(f64::from(count));
        // Far below 2^53.
        metrics.bytes.observe(bytes as f64);
        if result.is_err() {
            metrics.failures.inc();
        }
        result
    }

    fn write_all<'a>(
        &mut self,
        batches: impl Iterator<Item = &'a Batch> + Clone,
    ) -> Result<(), SpoolError> {
        let changes = || batches.clone().flat_map(|batch| &batch.changes);
        // Before the rows that name their places.
        let placed = self.store.bodies.store(changes().filter_map(Change::outside))?;
        let mut outside = Outside { placed: placed.iter(), gone: Vec::new() };
        let written = self.transact(changes, &mut outside);
        match &written {
            Ok(()) => self.store.bodies.committed(&placed, &outside.gone),
            Err(_) if !placed.is_empty() => self.store.bodies.not_committed(),
            Err(_) => {}
        }
        written
    }

    fn transact<'a, C: Iterator<Item = &'a Change>>(
        &mut self,
        changes: impl Fn() -> C,
        outside: &mut Outside<'_>,
    ) -> Result<(), SpoolError> {
        let highest = changes().filter_map(Change::inserted).map(MessageId::as_u64).max();
        let transaction = self.store.writer.transaction()?;
        for change in changes() {
            apply(&transaction, change, outside)?;
        }
        let ceiling = match highest {
            Some(highest) if highest > self.id_ceiling => highest + ID_STEP,
            _ => self.id_ceiling,
        };
        if ceiling != self.id_ceiling {
            set_counter(&transaction, "message_id", ceiling)?;
        }
        let mut settled = self.settled.begin();
        for change in changes() {
            settled.note(change);
        }
        if let Some(mark) = settled.moved() {
            set_counter(&transaction, "settled", mark)?;
        }
        transaction.commit()?;
        settled.keep();
        self.id_ceiling = ceiling;
        for row in changes().filter_map(Change::parked) {
            self.store.digests.touch(row.message);
        }
        Ok(())
    }

    /// Folds the log in; a failure is counted.
    pub(crate) fn fold_in(&mut self) {
        let folded = self.store.fold_in("PRAGMA wal_checkpoint(PASSIVE)");
        self.judge_file(folded);
    }

    /// What cannot be given back now can later; a failed sync is counted.
    pub(crate) fn give_space_back(&mut self, least: u32) {
        let given = self.store.give_space_back(least);
        self.judge_file(given);
    }

    /// The file as a whole could not be written as it should.
    fn judge_file(&mut self, result: Result<(), SpoolError>) {
        match result {
            Err(error @ (SpoolError::Write(_) | SpoolError::Corrupt(_))) => {
                tracing::error!(%error, "the spool's log could not be folded into its file");
                self.judge(&Err(error));
            }
            Err(error @ SpoolError::Open(_)) => self.judge(&Err(error)),
            _ => {}
        }
    }
}

fn all<'a>(lazy: &'a [Batch], waited: &'a Requests) -> impl Iterator<Item = &'a Batch> + Clone {
    lazy.iter().chain(waited.iter().map(|(batch, _)| batch))
}

fn answer(waiters: Requests, result: &Result<(), SpoolError>) {
    for (batch, waiter) in waiters {
        drop(batch);
        let _ = waiter.send(result.clone());
    }
}

fn refuse(waiters: Requests, error: &SpoolError) {
    answer(waiters, &Err(error.clone()));
}

#[cfg(test)]
mod tests;
