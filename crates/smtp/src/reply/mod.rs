//! Replies on the wire (RFC 5321 section 4.2): the server's writer and the client's bounded
//! reader. Neither lets a text carry control characters to the other side or into a log.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{MAX_KEPT, MAX_LINES, MAX_RAW_LINE, MAX_TEXT, ReplyError, ReplyReader, ServerReply};
pub use write::{write_hello, write_reply};
