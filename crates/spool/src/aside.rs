//! What has been set aside since this start, so that it is said once and not tried again while the
//! commit that removes it is under way.

use std::collections::HashSet;

use parking_lot::Mutex;

use crate::waiting::RowKey;

/// Messages and rows. Damage is rare, so they are never forgotten.
#[derive(Default)]
pub(crate) struct Aside(Mutex<(HashSet<u64>, HashSet<RowKey>)>);

impl Aside {
    /// Whether it was not there before.
    pub(crate) fn add_message(&self, id: u64) -> bool {
        self.0.lock().0.insert(id)
    }

    pub(crate) fn has_message(&self, id: u64) -> bool {
        self.0.lock().0.contains(&id)
    }

    /// Whether it was not there before.
    pub(crate) fn add_row(&self, key: RowKey) -> bool {
        self.0.lock().1.insert(key)
    }

    pub(crate) fn has_row(&self, key: RowKey) -> bool {
        self.0.lock().1.contains(&key)
    }
}
