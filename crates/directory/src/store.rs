//! What a directory asks of the store beneath it: rows, and a revision that a change is compared with. The
//! embedded store is a file of this server's; a shared one is the organization's, and other servers
//! write to it too. All of it blocks.

use crate::{
    error::StoreError,
    rows::{AuditRow, Commit, Content, News},
};

/// A store of rows. What is written is durable when the call returns.
pub trait Store: Send + Sync {
    /// All objects, as they are at one revision.
    ///
    /// # Errors
    /// When the store fails.
    fn read(&self) -> Result<Content, StoreError>;

    /// What is new to who knows `revision`, as it is at one revision. Where the store cannot be sure that
    /// it is the one that was known it tells everything.
    ///
    /// # Errors
    /// When the store fails.
    fn read_since(&self, revision: u64) -> Result<News, StoreError>;

    /// Writes all of a change and its record, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when the store is at another revision than expected, or cannot be sure; others when
    /// it fails. Only after [`StoreError::InDoubt`] the change may have been made.
    fn commit(&self, commit: &Commit) -> Result<(), StoreError>;

    /// The newest `limit` audit records with their numbers, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    fn audit_log(&self, limit: usize) -> Result<Vec<(u64, AuditRow)>, StoreError>;
}

/// A store that the organization's servers share.
pub trait SharedStore: Store {
    /// The first `limit` audit records after the one with the number `id`, the oldest first.
    ///
    /// # Errors
    /// When the store fails.
    fn audit_after(&self, id: u64, limit: usize) -> Result<Vec<(u64, AuditRow)>, StoreError>;

    /// Puts a whole directory into a store that holds nothing yet: the objects, their revision, and audit
    /// records from the oldest on. Returns the number of the last record, 0 without one.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when it holds objects; others as for [`Store::commit`].
    fn fill(&self, content: Content, audit: Vec<AuditRow>) -> Result<u64, StoreError>;
}
