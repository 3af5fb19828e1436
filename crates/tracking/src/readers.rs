//! Several readers of events as one.

use std::sync::Arc;

use model::{Event, EventSink, Timestamp};

/// Tells each of them, in order.
#[derive(Clone, Default)]
pub struct Readers(Vec<Arc<dyn EventSink>>);

impl Readers {
    /// These readers.
    pub fn new(readers: Vec<Arc<dyn EventSink>>) -> Self {
        Self(readers)
    }
}

impl EventSink for Readers {
    fn emit(&self, at: Timestamp, event: &Event<'_>) {
        for reader in &self.0 {
            reader.emit(at, event);
        }
    }
}
