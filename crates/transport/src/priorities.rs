//! Priority queuing (transport.md section 3.1): which priority a message has, and what that changes.
//! While it is off, which is the default, everything is Normal and the server's settings count.

use directory::Snapshot;
use message::Importance;
use model::{ByteSize, TimeSpan, Timestamp};
use queue::Priority;
use spool::MessageRecord;

use crate::core::Core;

/// PriorityQueuingEnabled and its kin. Times are in the order of [`Priority::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriorityQueuing {
    /// MaxHighPriorityMessageSize.
    pub max_high_priority_message_size: ByteSize,
    /// HighPriorityDelayNotificationTimeout and the others.
    pub delay_notification_timeout: [TimeSpan; 3],
    /// HighPriorityMessageExpirationTimeout and the others.
    pub message_expiration_timeout: [TimeSpan; 3],
}

impl Default for PriorityQueuing {
    fn default() -> Self {
        Self {
            max_high_priority_message_size: ByteSize::kb(250),
            delay_notification_timeout: [
                TimeSpan::minutes(30),
                TimeSpan::hours(4),
                TimeSpan::hours(8),
            ],
            message_expiration_timeout: [TimeSpan::hours(8), TimeSpan::days(2), TimeSpan::days(2)],
        }
    }
}

impl PriorityQueuing {
    fn of(&self, content: &[u8]) -> Priority {
        match message::importance(content) {
            Some(Importance::High)
                if content.len() as u64 <= self.max_high_priority_message_size.as_u64() =>
            {
                Priority::High
            }
            Some(Importance::Low) => Priority::Low,
            _ => Priority::Normal,
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_not_high() {
        let priorities = PriorityQueuing::default();
        let of = |header: &str, size: usize| {
            let mut content = format!("{header}\r\n\r\n").into_bytes();
            content.resize(size, b'x');
            priorities.of(&content)
        };
        assert_eq!(of("X-Priority: 1", 256_000), Priority::High);
        assert_eq!(of("X-Priority: 1", 256_001), Priority::Normal);
        assert_eq!(of("X-Priority: 5", 256_001), Priority::Low);
        assert_eq!(of("Subject: 1", 100), Priority::Normal);
    }
}
