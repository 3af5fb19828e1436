//! A message in memory: its record, where each recipient stands, and, while memory allows, its
//! content, so that fresh mail goes out without being read back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use bytes::Bytes;
use parking_lot::Mutex;
use spool::{MessageRecord, StoredMessage};

/// Content of all queued messages kept in memory, in bytes.
const MOST_CACHED: usize = 128 << 20;

/// How many bytes of content are in memory. Shared by all messages of a server.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContentBudget(Arc<AtomicUsize>);

/// Content that counts against the budget while it lives.
#[derive(Debug)]
struct CachedContent {
    content: Bytes,
    budget: ContentBudget,
}

impl ContentBudget {
    fn cache(&self, content: Bytes) -> Option<CachedContent> {
        let used = self.0.fetch_add(content.len(), Ordering::Relaxed);
        let cached = CachedContent { budget: self.clone(), content };
        // Dropping gives the bytes back when they do not fit.
        (used + cached.content.len() <= MOST_CACHED).then_some(cached)
    }
}

impl Drop for CachedContent {
    fn drop(&mut self) {
        self.budget.0.fetch_sub(self.content.len(), Ordering::Relaxed);
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
}

impl QueuedMessage {
    /// A message that has just been stored.
    pub(crate) fn fresh(
        record: Arc<MessageRecord>,
        content: Bytes,
        budget: &ContentBudget,
    ) -> Self {
        let recipients = vec![RecipientState::default(); record.envelope.recipients.len()];
        let content = Mutex::new(budget.cache(content));
        Self {
            record,
            recipients: Mutex::new(recipients),
            content,
            deferral_told: AtomicBool::new(false),
        }
    }

    /// A message found in the spool.
    pub(crate) fn recovered(stored: &StoredMessage) -> Self {
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
        Self {
            record: Arc::clone(&stored.record),
            recipients: Mutex::new(recipients),
            content: Mutex::new(None),
            // Told before the stop, and its LOAD is told now: a large queue would fill the log.
            deferral_told: AtomicBool::new(true),
        }
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

    /// Gives the memory back: the message will wait.
    pub(crate) fn release_content(&self) {
        *self.content.lock() = None;
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
}
