//! Until when an answer may go on.

use tokio::time::Instant;

/// When an answer that goes on and on has to end, so that it ends in order: shortly before its
/// connection is cut. Put into every request by the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(pub(crate) Instant);
