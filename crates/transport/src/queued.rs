//! A message in memory: its record, where each recipient stands, and, while memory allows, its
//! content, so that fresh mail goes out without being read back.
//!
//! Messages in memory are few: what waits is in the store, and comes back as a new
//! [`QueuedMessage`] when it can be sent.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use bytes::Bytes;
use parking_lot::Mutex;
use queue::Waits;
use spool::{MessageRecord, StoredMessage};

use crate::{
    hands::Claim,
    known::{Known, Mark},
};

/// Bytes of last errors kept with a row of the store.
const MOST_ERRORS: usize = 16 << 10;

/// Content of all queued messages kept in memory, in bytes.
const MOST_CACHED: usize = 128 << 20;

/// How many bytes of content are in memory. Shared by all messages of a server.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContentBudget(Arc<Budget>);

#[derive(Debug, Default)]
struct Budget {
    used: AtomicUsize,
    /// Memory is scarce: nothing is kept.
    nothing: AtomicBool,
}

/// Content that counts against the budget while it lives.
#[derive(Debug)]
struct CachedContent {
    content: Bytes,
    budget: ContentBudget,
}

impl ContentBudget {
    /// Whether nothing is to be kept from now on.
    pub(crate) fn keep_nothing(&self, nothing: bool) {
        self.0.nothing.store(nothing, Ordering::Relaxed);
    }

    fn cache(&self, content: Bytes) -> Option<CachedContent> {
        if self.0.nothing.load(Ordering::Relaxed) {
            return None;
        }
        let used = self.0.used.fetch_add(content.len(), Ordering::Relaxed);
        let cached = CachedContent { budget: self.clone(), content };
        // Dropping gives the bytes back when they do not fit.
        (used + cached.content.len() <= MOST_CACHED).then_some(cached)
    }
}

impl Drop for CachedContent {
    fn drop(&mut self) {
        self.budget.0.used.fetch_sub(self.content.len(), Ordering::Relaxed);
    }
}

/// Where one recipient stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecipientState {
    /// Delivered, failed or removed.
    pub(crate) finished: bool,
    /// The sender has been told of the delay.
    pub(crate) delay_reported: bool,
    /// The last reply or reason of its own.
    pub(crate) last_error: Option<Box<str>>,
    /// To be removed when the attempt under way fails.
    pub(crate) removal: Option<Removal>,
    /// To be suspended when the attempt under way fails.
    pub(crate) suspension: bool,
}

/// A message as its consignments carry it: with the claim to their row of the store, where there
/// is one. A consignment that has a row keeps it until it is finished.
#[derive(Debug, Clone)]
pub(crate) struct Carried {
    pub(crate) message: Arc<QueuedMessage>,
    pub(crate) row: Option<Arc<Claim>>,
}

impl Carried {
    /// What it waits for when it goes back to the store as it is.
    pub(crate) fn waits(&self) -> Waits {
        self.row.as_ref().map_or(Waits::Turn, |claim| claim.waits())
    }
}

impl std::ops::Deref for Carried {
    type Target = Arc<QueuedMessage>;

    fn deref(&self) -> &Arc<QueuedMessage> {
        &self.message
    }
}

impl From<Arc<QueuedMessage>> for Carried {
    fn from(message: Arc<QueuedMessage>) -> Self {
        Self { message, row: None }
    }
}

/// What an administrator asked for while the message was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    Silent,
    WithReport,
}

/// A message with at least one unfinished recipient.
#[derive(Debug)]
pub(crate) struct QueuedMessage {
    pub(crate) record: Arc<MessageRecord>,
    recipients: Mutex<Vec<RecipientState>>,
    content: Mutex<Option<CachedContent>>,
    /// Whether it has been told that the next hop could not be reached.
    deferral_told: AtomicBool,
    /// Whether it was found damaged and set aside: nothing of it may be deleted.
    set_aside: AtomicBool,
    known: Arc<Known<QueuedMessage>>,
    /// Whether others may look for it among the shared.
    shared: AtomicBool,
    /// Held while a start has to look for it beside the rows of the store.
    _mark: Option<Arc<Mark>>,
}

impl QueuedMessage {
    /// A message that has just been stored; marked since before it was.
    pub(crate) fn fresh(
        record: Arc<MessageRecord>,
        content: Bytes,
        budget: &ContentBudget,
        (known, mark): (&Arc<Known<QueuedMessage>>, Arc<Mark>),
    ) -> Self {
        let recipients = vec![RecipientState::default(); record.envelope.recipients.len()];
        let message = Self::new(record, recipients, (known, Some(mark)));
        *message.content.lock() = budget.cache(content);
        message
    }

    /// A message found in the spool: all of it in rows, or, with a mark, not.
    pub(crate) fn stored(
        stored: &StoredMessage,
        known: &Arc<Known<QueuedMessage>>,
        mark: Option<Arc<Mark>>,
    ) -> Self {
        let mut recipients =
            vec![RecipientState::default(); stored.record.envelope.recipients.len()];
        for index in &stored.finished {
            if let Some(state) = recipients.get_mut(*index as usize) {
                state.finished = true;
            }
        }
        for index in &stored.delay_reported {
            if let Some(state) = recipients.get_mut(*index as usize) {
                state.delay_reported = true;
            }
        }
        let message = Self::new(Arc::clone(&stored.record), recipients, (known, mark));
        // Told before it was stored, or before the stop: a large queue would fill the log.
        message.deferral_told.store(true, Ordering::Relaxed);
        message
    }

    fn new(
        record: Arc<MessageRecord>,
        recipients: Vec<RecipientState>,
        (known, mark): (&Arc<Known<QueuedMessage>>, Option<Arc<Mark>>),
    ) -> Self {
        known.came();
        Self {
            record,
            recipients: Mutex::new(recipients),
            content: Mutex::new(None),
            deferral_told: AtomicBool::new(false),
            set_aside: AtomicBool::new(false),
            known: Arc::clone(known),
            shared: AtomicBool::new(false),
            _mark: mark,
        }
    }

    /// Lets whoever loads another consignment of it find this.
    pub(crate) fn share(self: &Arc<Self>) {
        if !self.shared.swap(true, Ordering::Relaxed) {
            self.known.share(self.record.id, self);
        }
    }

    /// Found among the shared, or put there by whoever has the lock.
    pub(crate) fn is_shared(&self) {
        self.shared.store(true, Ordering::Relaxed);
    }

    /// Keeps content that was read ahead, while memory allows.
    pub(crate) fn keep_content(&self, content: Bytes, budget: &ContentBudget) {
        *self.content.lock() = budget.cache(content);
    }

    /// Indexes of recipients that are not finished.
    pub(crate) fn pending(&self) -> Vec<u32> {
        let recipients = self.recipients.lock();
        (0..).zip(recipients.iter()).filter(|(_, s)| !s.finished).map(|(i, _)| i).collect()
    }

    /// Marks recipients as finished; `true` when none is left.
    pub(crate) fn finish(&self, indexes: impl IntoIterator<Item = u32>) -> bool {
        let mut recipients = self.recipients.lock();
        for index in indexes {
            if let Some(state) = recipients.get_mut(index as usize) {
                state.finished = true;
            }
        }
        recipients.iter().all(|state| state.finished)
    }

    /// It was set aside, and these recipients are done with.
    pub(crate) fn set_aside(&self, indexes: impl IntoIterator<Item = u32>) {
        self.set_aside.store(true, Ordering::Relaxed);
        self.finish(indexes);
    }

    /// Whether it was set aside.
    pub(crate) fn is_set_aside(&self) -> bool {
        self.set_aside.load(Ordering::Relaxed)
    }

    /// Remembers why a recipient waits.
    pub(crate) fn set_last_error(&self, index: u32, error: &str) {
        if let Some(state) = self.recipients.lock().get_mut(index as usize) {
            state.last_error = Some(error.into());
        }
    }

    /// Remembers that the sender has been told of the delay.
    pub(crate) fn set_delay_reported(&self, index: u32) {
        if let Some(state) = self.recipients.lock().get_mut(index as usize) {
            state.delay_reported = true;
        }
    }

    /// The sender was not told after all.
    pub(crate) fn forget_delay_reported(&self, index: u32) {
        if let Some(state) = self.recipients.lock().get_mut(index as usize) {
            state.delay_reported = false;
        }
    }

    /// A recipient's state.
    pub(crate) fn recipient(&self, index: u32) -> RecipientState {
        self.recipients.lock().get(index as usize).cloned().unwrap_or_default()
    }

    /// The recipient's own last error, else its queue's.
    pub(crate) fn last_error(&self, index: u32, queue_error: Option<&str>) -> Option<String> {
        let own = self.recipient(index).last_error.map(String::from);
        own.or_else(|| queue_error.map(str::to_owned))
    }

    /// The content, while it is in memory.
    pub(crate) fn cached_content(&self) -> Option<Bytes> {
        self.content.lock().as_ref().map(|cached| cached.content.clone())
    }

    /// Gives the memory back: the message will wait, or memory is scarce. Whether there was any.
    pub(crate) fn release_content(&self) -> bool {
        self.content.lock().take().is_some()
    }

    /// `true` once: when it has not been told yet that the next hop could not be reached.
    pub(crate) fn is_first_deferral(&self) -> bool {
        !self.deferral_told.swap(true, Ordering::Relaxed)
    }

    /// Asks for the removal of recipients when the attempt under way has failed.
    pub(crate) fn request_removal(&self, indexes: &[u32], removal: Removal) {
        let mut recipients = self.recipients.lock();
        for index in indexes {
            if let Some(state) = recipients.get_mut(*index as usize) {
                state.removal = Some(removal);
            }
        }
    }

    /// Asks for the suspension of recipients when the attempt under way has failed, or takes that
    /// back.
    pub(crate) fn request_suspension(&self, indexes: &[u32], suspension: bool) {
        let mut recipients = self.recipients.lock();
        for index in indexes {
            if let Some(state) = recipients.get_mut(*index as usize) {
                state.suspension = suspension;
            }
        }
    }

    /// Whether any of the recipients is to be suspended when the attempt under way has failed.
    pub(crate) fn suspension(&self, indexes: &[u32]) -> bool {
        let recipients = self.recipients.lock();
        indexes.iter().any(|index| recipients.get(*index as usize).is_some_and(|s| s.suspension))
    }

    /// Whether the sender has been told of the delay of all these recipients.
    pub(crate) fn all_told(&self, indexes: &[u32]) -> bool {
        let recipients = self.recipients.lock();
        let told = |index: &u32| recipients.get(*index as usize).is_none_or(|s| s.delay_reported);
        indexes.iter().all(told)
    }

    /// The last errors of these recipients as one text for their row: the first one's, then a line
    /// for each who has another.
    pub(crate) fn errors(&self, indexes: &[u32]) -> Option<Box<str>> {
        let recipients = self.recipients.lock();
        let error = |index: &u32| recipients.get(*index as usize)?.last_error.as_deref();
        let first = indexes.iter().find_map(error)?;
        let mut text = first.replace('\n', " ");
        for index in indexes {
            let other = error(index).filter(|other| *other != first);
            if let Some(other) = other.filter(|other| text.len() + other.len() < MOST_ERRORS) {
                text.push_str(&format!("\n{index} {}", other.replace('\n', " ")));
            }
        }
        Some(text.into())
    }

    /// Takes the last errors back from the text of a row.
    pub(crate) fn set_errors(&self, indexes: &[u32], text: &str) {
        let mut lines = text.split('\n');
        let Some(first) = lines.next() else { return };
        for index in indexes {
            self.set_last_error(*index, first);
        }
        for line in lines {
            if let Some((index, error)) = line.split_once(' ')
                && let Ok(index) = index.parse()
                && indexes.contains(&index)
            {
                self.set_last_error(index, error);
            }
        }
    }
}

impl Drop for QueuedMessage {
    fn drop(&mut self) {
        self.known.went();
        if *self.shared.get_mut() {
            self.known.forget(self.record.id);
        }
    }
}

#[cfg(test)]
mod budget_tests {
    use super::*;

    #[test]
    fn nothing_is_kept_while_memory_is_scarce() {
        let budget = ContentBudget::default();
        let content = Bytes::from_static(b"content");
        let kept = budget.cache(content.clone());
        assert!(kept.is_some());
        budget.keep_nothing(true);
        assert!(budget.cache(content.clone()).is_none());
        budget.keep_nothing(false);
        assert!(budget.cache(content).is_some());
        drop(kept);
        assert_eq!(budget.0.used.load(Ordering::Relaxed), 0);
    }
}
