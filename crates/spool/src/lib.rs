//! Durable messages. `250` is said to a client only after this room has said *committed*.
//!
//! One SQLite file (WAL, `synchronous=FULL`) behind one committing thread: everything that
//! waits is written in one transaction and shares one sync. The finished are removed with the
//! next commit, without one of their own: losing that costs at most a duplicate.
//!
//! Local trouble is told apart: a full disk refuses new mail and goes on recording outcomes; a
//! failed write refuses its waiters, and two in a row, or a file that cannot be opened again after
//! one, stop acceptance until a probe of a freshly opened file has been synced; a damaged file
//! stops it for good.
//!
//! This room knows envelopes and opaque content. It knows nothing of queues, routes or SMTP.

mod batch;
mod committer;
mod disk;
mod driver;
mod error;
mod record;
mod schema;
mod spool;
mod store;

pub use batch::Batch;
pub use disk::{DiskLimits, DiskSpace};
#[doc(hidden)]
pub use driver::Driver;
pub use error::SpoolError;
pub use record::{Damaged, MessageRecord, Origin, StoredMessage};
pub use spool::{Contents, Spool};
