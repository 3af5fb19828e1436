//! The times by which servers judge each other (DESIGN section 9). All of them are measured by the
//! engine's clock between servers, and by this machine's monotonic one within a server.

use std::time::Duration;

/// A server tells the engine that it lives this often.
pub const BEAT: Duration = Duration::from_secs(2);
/// So long after its last word a server may still act as the owner of its messages.
pub const LEASE: Duration = Duration::from_secs(10);
/// So long after the end of its lease, and so long after a break of the engine's, nothing of a
/// server is taken over.
pub const GRACE: Duration = Duration::from_secs(5);
