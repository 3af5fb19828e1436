//! Taking a message over from reception: durable first, then routed, then `250`.

use std::sync::Arc;

use model::{MessageId, PressureLevel, Reply};
use reception::{Accepted, Intake, IntakeFuture, Refusal, Submitted};
use spool::{Batch, MessageRecord, Origin, SpoolError};

use crate::{
    core::{Core, received},
    queued::QueuedMessage,
    settle,
};

/// The way in, held by reception.
pub(crate) struct Door(pub(crate) Arc<Core>);

impl Intake for Door {
    fn next_id(&self) -> MessageId {
        self.0.spool.next_id()
    }

    fn accept(&self, submitted: Submitted) -> IntakeFuture<'_> {
        let core = Arc::clone(&self.0);
        // On its own: a session that is cut while it waits must not leave a message behind that
        // is durable and in no queue.
        let taken = tokio::spawn(async move { core.take_over(submitted).await });
        Box::pin(async move { taken.await.unwrap_or_else(|_| Err(local_trouble())) })
    }

    fn is_pressed(&self) -> bool {
        // Medium refuses all but other Exchange servers, of which there are none yet.
        self.0.pressure.level() >= PressureLevel::Medium
            || self.0.spool.is_stopped()
            || self.0.is_stopping()
    }
}

impl Core {
    async fn take_over(&self, submitted: Submitted) -> Result<Accepted, Refusal> {
        let content = submitted.content;
        let record = Arc::new(MessageRecord {
            id: submitted.id,
            network_id: submitted.network_id,
            accepted_at: self.now(),
            size: content.len() as u64,
            eight_bit: message::is_eight_bit(&content),
            origin: Origin::Smtp { connector: submitted.connector, client: submitted.client },
            subject: message::subject(&content),
            internet_message_id: message::message_id(&content),
            trace: submitted.trace,
            envelope: Arc::new(submitted.envelope),
        });
        let mut batch = Batch::new();
        batch.insert(Arc::clone(&record), content.clone());
        self.spool.commit(batch).await.map_err(|error| refusal(&error))?;
        self.emit(&received(&record));
        let message = Arc::new(QueuedMessage::fresh(Arc::clone(&record), content, &self.budget));
        self.place_new(&message).await;
        Ok(Accepted { internet_message_id: record.internet_message_id.clone() })
    }

    /// Routes a message that is durable. Recipients that cannot be delivered are reported.
    pub(crate) async fn place_new(&self, message: &Arc<QueuedMessage>) {
        let snapshot = self.directory.snapshot();
        let pending = message.pending();
        let failed = self.place(&snapshot, message, &pending);
        settle::undeliverable(self, &snapshot, message, failed).await;
    }
}

/// Local trouble is never the sender's fault (DESIGN section 6).
fn refusal(error: &SpoolError) -> Refusal {
    Refusal(match error {
        SpoolError::Full | SpoolError::Stopped | SpoolError::Corrupt(_) => {
            Reply::new(452, (4, 3, 1), "Insufficient system resources")
        }
        _ => return local_trouble(),
    })
}

fn local_trouble() -> Refusal {
    Refusal(Reply::new(451, (4, 3, 0), "The message could not be stored; try again later"))
}
