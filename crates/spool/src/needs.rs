//! What rows need to have for a question to be about them, as far as the store can test that.
//!
//! A test may let rows pass that are not meant; whoever asks looks at those. It stops none that is.

use std::ops::RangeInclusive;

/// How a text has to be; of ASCII letters the case does not matter. A text that is not ASCII always passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextNeed {
    /// It is this.
    Whole(String),
    /// It begins with this.
    Start(String),
    /// It ends with this.
    End(String),
    /// It has this in it.
    Part(String),
}

/// What a row needs to have: all that is given. Empty by default, and every row passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The envelope's sender.
    pub sender: Option<TextNeed>,
    /// The subject; a message without one does not pass.
    pub subject: Option<TextNeed>,
    /// Bytes of content.
    pub size: Option<RangeInclusive<u64>>,
    /// When the message was accepted, in milliseconds since 1970.
    pub accepted: Option<RangeInclusive<i64>>,
    /// Numbers of queues.
    pub queues: Option<Vec<u64>>,
}
