//! Which rows of the store are in somebody's hands: in memory to be sent, on their way to the disk,
//! or being looked at by an administrator's action. Whoever works on a row holds its [`Claim`];
//! nobody else gets one meanwhile.
//!
//! Reading rows takes time, and what is read may be old when it arrives: a row that was given back
//! during a reading is not given out again by it. Readings are therefore made one at a time.

use std::{collections::HashSet, sync::Arc};

use parking_lot::Mutex;
use queue::Waits;
use spool::RowKey;
use tokio::sync::MutexGuard;

/// All claims of a server.
#[derive(Debug, Default)]
pub(crate) struct Hands {
    state: Mutex<State>,
    readings: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    held: HashSet<RowKey>,
    /// Given back since the present reading began.
    given_back: Option<HashSet<RowKey>>,
}

/// The right to work on a row; given back when dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    key: RowKey,
    /// What the row says that it waits for.
    waits: Mutex<Waits>,
    hands: Arc<Hands>,
}

/// A reading of rows: what was given back since it began cannot be claimed.
pub(crate) struct Reading<'a> {
    hands: &'a Arc<Hands>,
    _turn: MutexGuard<'a, ()>,
}

impl Hands {
    /// Begins a reading when no other is under way.
    pub(crate) async fn reading(self: &Arc<Self>) -> Reading<'_> {
        let turn = self.readings.lock().await;
        self.state.lock().given_back = Some(HashSet::new());
        Reading { hands: self, _turn: turn }
    }

    /// The claim to a row that is only being made.
    pub(crate) fn claim_new(self: &Arc<Self>, key: RowKey, waits: Waits) -> Arc<Claim> {
        self.state.lock().held.insert(key);
        Arc::new(Claim { key, waits: Mutex::new(waits), hands: Arc::clone(self) })
    }

    /// Whether somebody holds the row.
    pub(crate) fn holds(&self, key: RowKey) -> bool {
        self.state.lock().held.contains(&key)
    }
}

impl Reading<'_> {
    /// The claim to a row that this reading has found; none, when somebody holds it or has given
    /// it back since.
    pub(crate) fn claim(&self, key: RowKey, waits: Waits) -> Option<Arc<Claim>> {
        let mut state = self.hands.state.lock();
        if state.given_back.as_ref().is_some_and(|given_back| given_back.contains(&key)) {
            return None;
        }
        let is_free = state.held.insert(key);
        let (waits, hands) = (Mutex::new(waits), Arc::clone(self.hands));
        is_free.then(|| Arc::new(Claim { key, waits, hands }))
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.hands.state.lock().given_back = None;
    }
}

impl Claim {
    /// The row.
    pub(crate) fn key(&self) -> RowKey {
        self.key
    }

    /// What the row says that it waits for.
    pub(crate) fn waits(&self) -> Waits {
        *self.waits.lock()
    }

    /// The row is written anew.
    pub(crate) fn rewritten(&self, waits: Waits) {
        *self.waits.lock() = waits;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = self.hands.state.lock();
        state.held.remove(&self.key);
        if let Some(given_back) = &mut state.given_back {
            given_back.insert(self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(message: u64) -> RowKey {
        RowKey { message: model::MessageId::new(message).unwrap(), first: 0 }
    }

    #[tokio::test]
    async fn a_row_is_in_one_pair_of_hands() {
        let hands = Arc::new(Hands::default());
        let reading = hands.reading().await;
        let claim = reading.claim(key(1), Waits::Turn).unwrap();
        assert!(reading.claim(key(1), Waits::Turn).is_none() && hands.holds(key(1)));
        drop(reading);
        let reading = hands.reading().await;
        drop(claim);
        assert!(reading.claim(key(1), Waits::Turn).is_none(), "what was read of it is old");
        drop(reading);
        assert!(hands.reading().await.claim(key(1), Waits::Turn).is_some());
    }
}
