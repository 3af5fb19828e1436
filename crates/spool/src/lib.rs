//! Durable messages. `250` is said to a client only after this room has said *committed*.
//!
//! One SQLite file (WAL, `synchronous=FULL`) behind one committing thread: everything that
//! waits is written in one transaction and shares one sync. The finished are removed with the
//! next commit, without one of their own: losing that costs at most a duplicate.
//!
//! This room knows envelopes and opaque content. It knows nothing of queues, routes or SMTP.

mod batch;
mod committer;
mod error;
mod record;
mod schema;
mod spool;

pub use batch::Batch;
pub use error::SpoolError;
pub use record::{Damaged, MessageRecord, Origin, StoredMessage};
pub use spool::{Contents, Spool};
