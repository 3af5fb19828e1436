//! Whether a message fits into its mailbox. What a mailbox holds is counted once, then what is delivered is
//! added; it is counted again after a minute, and before a message is refused. So a message never comes back
//! because of what a user has deleted meanwhile, and a mailbox may hold a minute's worth of its
//! user's own additions too much.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use model::ByteSize;
use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::{MailboxError, count::Count};

/// How long a count is good enough to let a message in.
const GOOD: Duration = Duration::from_secs(60);
/// How long it is good enough to refuse one, so that a flood to a full mailbox is not a flood of the disk.
const GOOD_TO_REFUSE: Duration = Duration::from_secs(1);
/// Mailboxes that are remembered.
const MOST_MAILBOXES: usize = 20_000;

/// What is known of mailboxes with a quota.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    of: Mutex<HashMap<PathBuf, Arc<Account>>>,
}

/// What is known of one.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// What it holds: what was counted, and what has come since.
    used: AtomicU64,
    /// Held shared while a message is written, alone while is counted: each message is in the count or not.
    last: RwLock<Last>,
}

#[derive(Debug, Default)]
struct Last {
    at: Option<Instant>,
    count: Count,
}

/// The place that a message has in its mailbox; given back unless it is [kept](Self::keep).
pub(crate) struct Place<'a> {
    account: &'a Account,
    size: u64,
    _no_count: RwLockReadGuard<'a, Last>,
}

impl Accounts {
    pub(crate) fn of(&self, maildir: &Path) -> Arc<Account> {
        let mut of = self.of.lock();
        if of.len() >= MOST_MAILBOXES && !of.contains_key(maildir) {
            of.retain(|_, account| Arc::strong_count(account) > 1);
        }
        Arc::clone(of.entry(maildir.to_owned()).or_default())
    }
}

impl Account {
    /// A place for `size` bytes more.
    ///
    /// # Errors
    /// When the mailbox at `maildir` would hold more than `quota`, or cannot be counted.
    pub(crate) fn place(
        &self,
        maildir: &Path,
        (size, quota): (u64, ByteSize),
    ) -> Result<Place<'_>, MailboxError> {
        let place = |_no_count| Place { account: self, size, _no_count };
        let last = self.last.read();
        if last.is_younger_than(GOOD) && self.take(size, quota) {
            return Ok(place(last));
        }
        drop(last);
        let mut last = self.last.write();
        if !last.is_younger_than(GOOD_TO_REFUSE) {
            self.used.store(last.count.renew(maildir)?, Ordering::Relaxed);
            last.at = Some(Instant::now());
        }
        if self.take(size, quota) {
            return Ok(place(RwLockWriteGuard::downgrade(last)));
        }
        let used = ByteSize::bytes(self.used.load(Ordering::Relaxed));
        Err(MailboxError::Full { size: ByteSize::bytes(size), used, quota })
    }

    fn take(&self, size: u64, quota: ByteSize) -> bool {
        let with = |used: u64| used.checked_add(size).filter(|sum| *sum <= quota.as_u64());
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, with).is_ok()
    }

    /// As if it had been counted long ago.
    #[cfg(test)]
    pub(crate) fn age(&self) {
        self.last.write().at = None;
    }
}

impl Last {
    fn is_younger_than(&self, age: Duration) -> bool {
        self.at.is_some_and(|at| at.elapsed() < age)
    }
}

impl Place<'_> {
    /// The message is in the mailbox.
    pub(crate) fn keep(mut self) {
        self.size = 0;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.account.used.fetch_sub(self.size, Ordering::Relaxed);
    }
}
