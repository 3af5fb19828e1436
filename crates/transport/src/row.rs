//! Rows of the store in the words of queues.

use model::Timestamp;
use queue::Waits;
use spool::{Due, TurnKey};

/// What a row waits for, as the queue counts it.
pub(crate) fn waits_of(due: Due) -> Waits {
    match due {
        Due::Now => Waits::Turn,
        Due::NotBefore(at) => Waits::Until(at),
        Due::Suspended => Waits::Suspended,
    }
}

/// What a consignment waits for, as its row says it.
pub(crate) fn due_of(waits: Waits) -> Due {
    match waits {
        Waits::Turn => Due::Now,
        Waits::Until(at) => Due::NotBefore(at),
        Waits::Suspended => Due::Suspended,
    }
}

/// The place in a queue's order right before what waits for this time or a later one, behind all
/// that waits for its turn only.
pub(crate) fn before_deferred(at: Timestamp) -> TurnKey {
    let before = at.as_millis().saturating_sub(1);
    let due = if before <= 0 { Due::Now } else { Due::NotBefore(Timestamp::from_millis(before)) };
    let sender = i64::MAX.cast_unsigned();
    TurnKey { due, band: u8::MAX, sender, message: model::MessageId::MAX, first: u32::MAX }
}
