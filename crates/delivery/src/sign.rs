//! What is put on a message when it is about to leave and nothing changes any more: signatures. Who
//! makes them is decided above.

use std::{fmt::Debug, sync::Arc};

use bytes::Bytes;

use crate::BoxFuture;

/// Signs one message.
pub trait Sign: Debug + Send + Sync {
    /// The fields to be put on top of `content`, each with its line end. `converted`: these are the 7-bit
    /// form of a message that had 8-bit content.
    ///
    /// # Errors
    /// Why it cannot be signed, as a LastError. The message is not sent then.
    fn sign(&self, content: Bytes, converted: bool) -> BoxFuture<'_, Result<Arc<str>, String>>;
}
