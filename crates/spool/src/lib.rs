//! Durable messages. `250` is said to a client only after this room has said *committed*.
//!
//! One SQLite file (WAL, `synchronous=FULL`) behind one committing thread: everything that
//! waits is written in one transaction and shares one sync. Large contents are in files beside it,
//! synced before. The finished are removed with the
//! next commit, without one of their own: losing that costs at most a duplicate.
//!
//! Local trouble is told apart: a full disk refuses new mail and goes on recording outcomes; a
//! failed write refuses its waiters, and two in a row, or a file that cannot be opened again after
//! one, stop acceptance until a probe of a freshly opened file has been synced; a damaged file
//! stops it for good.
//!
//! What waits has a row here, in the order in which its queue's turn comes, and whoever sends
//! loads as much of it as can be sent: memory does not grow with what waits.
//!
//! This room knows envelopes and opaque content. Of queues it knows numbers, of next hops an
//! opaque key and state; it knows nothing of routes or SMTP.

mod among_others;
mod apply;
mod aside;
mod ask;
mod batch;
mod bodies;
mod committer;
mod content;
mod copy;
mod copying;
mod digest;
mod disk;
mod driver;
mod durability;
mod error;
mod gathering;
mod held;
mod inbox;
mod load;
mod lock;
mod metrics;
mod needs;
#[cfg(test)]
mod properties;
mod readers;
mod record;
mod rescue;
mod resume;
mod rows;
mod schema;
mod second;
mod settled;
mod sift;
mod spool;
mod store;
mod stored;
#[cfg(test)]
mod testing;
mod thread;
mod upgrade;
mod verify;
mod waiting;

pub use batch::Batch;
pub use copy::{CopyError, SpoolCopy, copy};
pub use disk::{Disk, DiskFile, DiskLimits, DiskSpace, Listed, RealDisk};
#[doc(hidden)]
pub use driver::Driver;
pub use durability::{Copied, Durability, Incarnation, Judging, MessageCopy, Verdict};
pub use error::SpoolError;
pub use held::{Brought, WhatWaits, bring_back};
pub use lock::{Lock, LockError};
pub use needs::{Needs, TextNeed};
pub use record::{Damaged, MessageRecord, Origin, StoredMessage};
pub use rescue::{Rescue, RescueError, Rescued};
pub use rows::RowView;
pub use schema::FORMAT as NEWEST_FORMAT;
pub use spool::{Backlog, Contents, Spool};
pub use verify::{Problem, Summary};
pub use waiting::{
    AgeKey, BandCount, Due, Loaded, NextHopRow, RowKey, TurnKey, Unsettled, WaitingCount,
    WaitingRow,
};
