//! What must not break off whoever does it: telling others of what is done already.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does it; that it broke off is only logged.
pub(crate) fn quietly(work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        tracing::error!("a reader of events broke off");
    }
}
