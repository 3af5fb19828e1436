//! What waits: recipients of one message that go to the same next hop together.

use model::MessageId;

/// Recipients of one message that go to the same next hop together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignment<M> {
    /// The message's number.
    pub id: MessageId,
    /// The message.
    pub message: M,
    /// Indexes into its envelope, ascending; never empty.
    pub recipients: Vec<u32>,
    /// Who sent it, as a hash: the unit of fairness within a queue.
    pub sender: u64,
    /// Whose turn comes more often.
    pub priority: Priority,
    /// Attempts in which this message (not the next hop) was put off.
    pub attempts: u32,
    /// Attempts that broke off in our own hands.
    pub crashes: u32,
    /// The message's own last failure.
    pub last_error: Option<String>,
}

impl<M> Consignment<M> {
    /// The lowest recipient: no two consignments of a message have the same.
    pub fn first(&self) -> u32 {
        self.recipients.first().copied().unwrap_or_default()
    }
}

/// Priority of a message (transport.md section 3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// High: not more than MaxHighPriorityMessageSize.
    High,
    /// Normal: what nobody marked, and everything while PriorityQueuingEnabled is off.
    #[default]
    Normal,
    /// Low.
    Low,
}

impl Priority {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// The name that is shown and filtered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Normal => "Normal",
            Self::Low => "Low",
        }
    }

    /// Its place among [`Priority::ALL`].
    pub fn band(self) -> usize {
        self as usize
    }

    /// The priority in this place; beyond the last, the last.
    pub fn of_band(band: usize) -> Self {
        Self::ALL.get(band).copied().unwrap_or(Self::Low)
    }
}
