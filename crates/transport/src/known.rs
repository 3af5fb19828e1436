//! Messages in memory, where it matters which they are.
//!
//! *Unsettled* are messages that are not in rows of the store altogether: a start has to look for
//! them. Below the lowest of them it need not look ([`Known::note_settled`]). *Shared* are messages
//! with several consignments: whoever loads one of these must find what is in memory of the others.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};

use model::MessageId;
use parking_lot::{Mutex, MutexGuard};

/// The messages in memory of a server.
#[derive(Debug)]
pub(crate) struct Known<M> {
    unsettled: Arc<Mutex<Unsettled>>,
    shared: Mutex<HashMap<MessageId, Weak<M>>>,
    count: AtomicUsize,
}

impl<M> Default for Known<M> {
    fn default() -> Self {
        Self { unsettled: Arc::default(), shared: Mutex::default(), count: AtomicUsize::new(0) }
    }
}

#[derive(Debug, Default)]
struct Unsettled {
    /// How many marks each has: a start that has more to place holds one of a message that is at
    /// work itself.
    ids: BTreeMap<MessageId, usize>,
    highest: Option<MessageId>,
}

/// That a message is unsettled, as long as this lives: from before it is stored until all of it
/// is finished or in rows.
#[derive(Debug)]
pub(crate) struct Mark {
    id: MessageId,
    unsettled: Arc<Mutex<Unsettled>>,
}

impl<M> Known<M> {
    /// Marks a message as unsettled.
    pub(crate) fn mark(&self, id: MessageId) -> Arc<Mark> {
        let mut unsettled = self.unsettled.lock();
        *unsettled.ids.entry(id).or_default() += 1;
        unsettled.highest = unsettled.highest.max(Some(id));
        Arc::new(Mark { id, unsettled: Arc::clone(&self.unsettled) })
    }

    /// How many messages are in memory.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// A message came into memory.
    pub(crate) fn came(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// A message left memory.
    pub(crate) fn went(&self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }

    /// Notes below which number no message is unsettled. Nothing is marked meanwhile: what comes
    /// after the note is stored after it, which takes the note back as far as needed.
    pub(crate) fn note_settled(&self, note: impl FnOnce(MessageId)) {
        let unsettled = self.unsettled.lock();
        let first = unsettled.ids.first_key_value().map(|(id, _)| *id);
        let below = first.or_else(|| MessageId::new(unsettled.highest?.as_u64().saturating_add(1)));
        if let Some(below) = below {
            note(below);
        }
    }

    /// Remembers a message of which other consignments may be in the store, or come to be.
    pub(crate) fn share(&self, id: MessageId, message: &Arc<M>) {
        self.shared.lock().insert(id, Arc::downgrade(message));
    }

    /// The shared messages, locked: what is not found and is made instead, nobody makes twice.
    pub(crate) fn shared(&self) -> Shared<'_, M> {
        Shared(self.shared.lock())
    }

    /// Called when a shared message goes.
    pub(crate) fn forget(&self, id: MessageId) {
        let mut shared = self.shared.lock();
        if shared.get(&id).is_some_and(|message| message.strong_count() == 0) {
            shared.remove(&id);
        }
    }
}

/// The shared messages, locked.
pub(crate) struct Shared<'a, M>(MutexGuard<'a, HashMap<MessageId, Weak<M>>>);

impl<M> Shared<'_, M> {
    /// What is in memory of a message.
    pub(crate) fn find(&self, id: MessageId) -> Option<Arc<M>> {
        self.0.get(&id).and_then(Weak::upgrade)
    }

    /// Remembers a message.
    pub(crate) fn insert(&mut self, id: MessageId, message: &Arc<M>) {
        self.0.insert(id, Arc::downgrade(message));
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        let mut unsettled = self.unsettled.lock();
        if let Some(marks) = unsettled.ids.get_mut(&self.id) {
            *marks -= 1;
            if *marks == 0 {
                unsettled.ids.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(known: &Known<()>) -> Option<u64> {
        let mut noted = None;
        known.note_settled(|id| noted = Some(id.as_u64()));
        noted
    }

    #[test]
    fn a_message_is_unsettled_until_its_last_mark_is_gone() {
        let known = Known::default();
        let id = |number| MessageId::new(number).unwrap();
        assert_eq!(below(&known), None, "nothing is known yet");
        // As a start holds one for all that it has not placed, and one for the message itself.
        let (start, message) = (known.mark(id(5)), known.mark(id(5)));
        let later = known.mark(id(9));
        drop(message);
        assert_eq!(below(&known), Some(5));
        drop(start);
        assert_eq!(below(&known), Some(9));
        drop(later);
        assert_eq!(below(&known), Some(10));
    }
}
