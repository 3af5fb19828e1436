//! What queue and message cmdlets need of the Transport service, so that they can be tried
//! without one.

use std::{future::Future, ops::ControlFlow, pin::Pin, sync::Arc};

use model::MessageId;
use transport::{
    Exported, Matches, MessageAction, MessageScope, MessageView, Progress, QueueError, QueueInfo,
    QueueName, Transport,
};

/// A future that may be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an action on a queue ends with.
pub type Acted<'a> = BoxFuture<'a, Result<(), QueueError>>;

/// Shown a message; tells whether to go on.
pub type Visit<'a> = dyn FnMut(&MessageView<'_>) -> ControlFlow<()> + 'a;

/// Administration of one server's queues. The methods are those of [`Transport`].
pub trait QueueAdministration: Send + Sync {
    /// The queues there are now.
    fn queues(&self) -> Vec<QueueInfo>;

    /// Shows the messages in `scope`, ascending by number, then queue, until `visit` breaks off.
    /// Blocks.
    ///
    /// # Errors
    /// When what waits cannot be read.
    fn visit_messages(&self, scope: &MessageScope, visit: &mut Visit<'_>)
    -> Result<(), QueueError>;

    /// Suspends a queue.
    fn suspend_queue(&self, queue: QueueName) -> Acted<'_>;

    /// Lets a suspended queue send again. `progress` counts messages that are routed upon it.
    fn resume_queue(&self, queue: QueueName, progress: Arc<Progress>) -> Acted<'_>;

    /// Tries a queue in Retry now, or routes its messages again: `progress` counts those.
    fn retry_queue(&self, queue: QueueName, resubmit: bool, progress: Arc<Progress>) -> Acted<'_>;

    /// Does `action` to the messages of `scope` that `matches`.
    fn act(
        &self,
        scope: MessageScope,
        matches: Matches,
        action: MessageAction,
        progress: Arc<Progress>,
    ) -> Acted<'_>;

    /// Hands what waits in delivery queues to these servers, by Fqdn.
    fn redirect(&self, targets: Vec<String>, progress: Arc<Progress>) -> Acted<'_>;

    /// A suspended message as a file.
    fn export(
        &self,
        id: MessageId,
        queue: Option<QueueName>,
    ) -> BoxFuture<'_, Result<Exported, QueueError>>;
}

impl QueueAdministration for Transport {
    fn queues(&self) -> Vec<QueueInfo> {
        Transport::queues(self)
    }

    fn visit_messages(
        &self,
        scope: &MessageScope,
        visit: &mut Visit<'_>,
    ) -> Result<(), QueueError> {
        Transport::visit_messages(self, scope, visit)
    }

    fn suspend_queue(&self, queue: QueueName) -> Acted<'_> {
        Box::pin(Transport::suspend_queue(self, queue))
    }

    fn resume_queue(&self, queue: QueueName, progress: Arc<Progress>) -> Acted<'_> {
        Box::pin(Transport::resume_queue_in_sight(self, queue, progress))
    }

    fn retry_queue(&self, queue: QueueName, resubmit: bool, progress: Arc<Progress>) -> Acted<'_> {
        Box::pin(Transport::retry_queue_in_sight(self, queue, resubmit, progress))
    }

    fn act(
        &self,
        scope: MessageScope,
        matches: Matches,
        action: MessageAction,
        progress: Arc<Progress>,
    ) -> Acted<'_> {
        Box::pin(Transport::act(self, scope, matches, action, progress))
    }

    fn redirect(&self, targets: Vec<String>, progress: Arc<Progress>) -> Acted<'_> {
        Box::pin(Transport::redirect(self, targets, progress))
    }

    fn export(
        &self,
        id: MessageId,
        queue: Option<QueueName>,
    ) -> BoxFuture<'_, Result<Exported, QueueError>> {
        Box::pin(Transport::export(self, id, queue))
    }
}
