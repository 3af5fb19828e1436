//! What queue and message cmdlets need of the Transport service, so that they can be tried
//! without one.

use std::{future::Future, pin::Pin};

use model::MessageId;
use transport::{MessageInfo, QueueError, QueueInfo, QueueName, Transport};

/// A future that may be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Administration of one server's queues.
pub trait QueueAdministration: Send + Sync {
    /// The queues there are now.
    fn queues(&self) -> Vec<QueueInfo>;
    /// The messages there are now: one per message and queue.
    fn messages(&self) -> Vec<MessageInfo>;
    /// Tries a queue in Retry now, or routes its messages again.
    ///
    /// # Errors
    /// When there is no such queue, or its state does not allow it.
    fn retry_queue(
        &self,
        queue: QueueName,
        resubmit: bool,
    ) -> BoxFuture<'_, Result<(), QueueError>>;
    /// Deletes a message from a queue, or from all its queues.
    ///
    /// # Errors
    /// When there is no such message, or it may not be deleted, or that could not be stored.
    fn remove_message<'a>(
        &'a self,
        id: MessageId,
        queue: Option<&'a QueueName>,
        with_ndr: bool,
    ) -> BoxFuture<'a, Result<(), QueueError>>;
}

impl QueueAdministration for Transport {
    fn queues(&self) -> Vec<QueueInfo> {
        Transport::queues(self)
    }

    fn messages(&self) -> Vec<MessageInfo> {
        Transport::messages(self)
    }

    fn retry_queue(
        &self,
        queue: QueueName,
        resubmit: bool,
    ) -> BoxFuture<'_, Result<(), QueueError>> {
        Box::pin(Transport::retry_queue(self, queue, resubmit))
    }

    fn remove_message<'a>(
        &'a self,
        id: MessageId,
        queue: Option<&'a QueueName>,
        with_ndr: bool,
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(Transport::remove_message(self, id, queue, with_ndr))
    }
}
