//! Priority queuing (transport.md section 3.1): which priority a message has, and what that changes.
//! While it is off, which is the default, everything is Normal and the server's settings count.

use directory::Snapshot;
use model::{TimeSpan, Timestamp};
use queue::Priority;
use spool::MessageRecord;

use crate::core::Core;

impl Core {
    /// The priority of a message that has just come.
    pub(crate) fn priority_of(&self, content: &[u8]) -> Priority {
        self.priorities.as_ref().map_or(Priority::Normal, |priorities| priorities.of(content))
    }

    /// When the message is given up (MessageExpirationTimeout).
    pub(crate) fn expires_at(&self, snapshot: &Snapshot, record: &MessageRecord) -> Timestamp {
        record.accepted_at + self.expiry(snapshot, Priority::of_band(record.band.into()))
    }

    /// MessageExpirationTimeout, of the priority or of the server.
    pub(crate) fn expiry(&self, snapshot: &Snapshot, priority: Priority) -> TimeSpan {
        if let Some(priorities) = &self.priorities {
            return priorities.message_expiration_timeout[priority.band()];
        }
        let here = self.here(snapshot).map(|server| &server.transport);
        here.map_or(TimeSpan::days(2), |transport| transport.message_expiration_timeout)
    }

    /// DelayNotificationTimeout, of the priority or of the server.
    pub(crate) fn delay(&self, snapshot: &Snapshot, priority: Priority) -> TimeSpan {
        if let Some(priorities) = &self.priorities {
            return priorities.delay_notification_timeout[priority.band()];
        }
        let here = self.here(snapshot).map(|server| &server.transport);
        here.map_or(TimeSpan::hours(4), |transport| transport.delay_notification_timeout)
    }
}
