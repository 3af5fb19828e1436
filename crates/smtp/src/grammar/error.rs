//! What can be wrong with a command line, and the reply that says so.

use model::Reply;
use thiserror::Error;

/// Why a command line was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommandError {
    /// No command of ours.
    #[error("unrecognized command")]
    Unrecognized,
    /// Control characters, or bytes that are not UTF-8.
    #[error("characters no command may contain")]
    Malformed,
    /// Arguments that are missing, too many or wrong.
    #[error("wrong arguments")]
    Arguments,
    /// EHLO or HELO without a usable name.
    #[error("not a host name or address literal")]
    HelloName,
    /// MAIL FROM with something that is not a path.
    #[error("invalid sender address")]
    Sender,
    /// RCPT TO with something that is not a path.
    #[error("invalid recipient address")]
    Recipient,
    /// A parameter no extension of ours defines.
    #[error("unknown parameter")]
    UnknownParameter,
    /// BODY=BINARYMIME, which is never offered.
    #[error("binary content is not accepted")]
    BinaryMime,
    /// BDAT without a readable size: where the next command starts can no longer be told.
    #[error("unreadable chunk size")]
    ChunkSize,
}

impl CommandError {
    /// The reply to a line with this error.
    pub fn reply(self) -> Reply {
        match self {
            Self::Unrecognized => Reply::new(500, (5, 5, 2), "Unrecognized command"),
            Self::Malformed => Reply::new(500, (5, 5, 2), "Syntax error, command not understood"),
            Self::Arguments => Reply::new(501, (5, 5, 4), "Invalid arguments"),
            Self::HelloName => Reply::new(501, (5, 5, 4), "Invalid domain name"),
            Self::Sender => Reply::new(501, (5, 1, 7), "Invalid address"),
            Self::Recipient => Reply::new(501, (5, 1, 3), "Invalid address"),
            Self::UnknownParameter => Reply::new(555, (5, 5, 4), "Unsupported option"),
            Self::BinaryMime => Reply::new(504, (5, 5, 4), "BODY=BINARYMIME is not supported"),
            Self::ChunkSize => Reply::new(501, (5, 5, 4), "Invalid chunk size"),
        }
    }
}
