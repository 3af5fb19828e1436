//! The settings of priority queuing (transport.md section 3.1), and what they make of a message.

use message::Importance;
use model::{ByteSize, TimeSpan};
use queue::Priority;

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
    /// The priority of a message by its header and size.
    pub(crate) fn of(&self, content: &[u8]) -> Priority {
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
