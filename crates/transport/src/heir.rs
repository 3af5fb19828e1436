//! Messages of a server that is gone, and of our own that the spool lacked: stored here, then queued like those
//! that a start finds.

use std::sync::Arc;

use cluster::{Heir, Inherited};
use model::{EventSource, MessageEventKind, MessageId};
use spool::{Batch, SpoolError, StoredMessage, Unsettled};
use tokio::runtime::Handle;

use crate::{core::Core, start};

/// The Transport service as it takes messages over.
pub(crate) struct Inheritance {
    pub(crate) core: Arc<Core>,
    /// Where messages are queued: whoever brings them is no task of it.
    pub(crate) runtime: Handle,
}

impl Heir for Inheritance {
    fn next_id(&self) -> MessageId {
        self.core.spool.next_id()
    }

    fn take_in(&self, messages: Vec<Inherited>) -> Result<(), SpoolError> {
        let known = &self.core.known;
        let marks: Vec<_> = messages.iter().map(|message| known.mark(message.record.id)).collect();
        let mut batch = Batch::new();
        for message in &messages {
            message.put_into(&mut batch);
        }
        self.core.spool.commit_here_blocking(batch)?;
        self.runtime.block_on(async {
            let what = (MessageEventKind::Resubmit, EventSource::Redundancy);
            for message in messages {
                start::place_one(&self.core, unsettled(message), what).await;
            }
        });
        drop(marks);
        Ok(())
    }
}

fn unsettled(message: Inherited) -> Unsettled {
    let Inherited { record, finished, delay_reported, content: _ } = message;
    let count = u32::try_from(record.envelope.recipients.len()).unwrap_or(u32::MAX);
    let recipients = (0..count).filter(|index| !finished.contains(index)).collect();
    Unsettled { message: Ok(StoredMessage { record, finished, delay_reported }), recipients }
}
