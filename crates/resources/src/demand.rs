//! What scarcity asks of everybody else.

use std::time::Duration;

use model::{NewMail, PressureLevel, TimeSpan};

/// What scarcity asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Demand {
    /// The highest level of all.
    pub level: PressureLevel,
    /// What becomes of new mail.
    pub new_mail: NewMail,
    /// How long the answer to MAIL waits.
    pub delay: TimeSpan,
    /// Content that can be read again is to leave memory.
    pub release: bool,
    /// What the DNS said is to be forgotten.
    pub flush: bool,
}

impl Demand {
    /// What both ask for.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            level: self.level.max(other.level),
            new_mail: self.new_mail.max(other.new_mail),
            delay: self.delay.max(other.delay),
            release: self.release || other.release,
            flush: self.flush || other.flush,
        }
    }

    /// Whether clients, Pickup and Replay bring nothing in now.
    pub fn refuses_clients(self) -> bool {
        self.new_mail >= NewMail::RefusedFromOthers
    }

    /// Whether other servers of the organization bring nothing in either.
    pub fn refuses_servers(self) -> bool {
        self.new_mail >= NewMail::Refused
    }

    /// The delay as tasks take it; none where mail is refused.
    pub fn delay(self) -> Duration {
        if self.refuses_clients() { Duration::ZERO } else { self.delay.as_duration() }
    }
}
