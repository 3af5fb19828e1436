//! What reception hands over, and to whom: messages of sessions to an [`Intake`], those of files
//! to a [`FileIntake`], which also remembers which files it has taken.

use std::{fmt, future::Future, io, net::IpAddr, pin::Pin, time::Duration};

use bytes::Bytes;
use model::{Envelope, Guid, HopAttributes, MessageId, ObjectName, Reply};

/// How a message came.
#[derive(Debug, Clone)]
pub enum Source {
    /// Over a connection.
    Smtp {
        /// The Receive connector.
        connector: String,
        /// The client.
        client: IpAddr,
        /// The name the client gave itself.
        hello: String,
        /// Our own address of the connection.
        local: Option<IpAddr>,
        /// Whether the client has not signed in and may not send to anywhere.
        stranger: bool,
        /// The domains that have signed the message, where that would make a TLS report theirs (RFC 8460 section 3).
        signers: Vec<String>,
    },
    /// From another Mailbox server of the organization.
    Server {
        /// The Receive connector.
        connector: String,
        /// Which server.
        server: ObjectName,
        /// Its address of the connection.
        address: IpAddr,
        /// Our own address of it.
        local: Option<IpAddr>,
        /// What it says of the message.
        attributes: HopAttributes,
    },
    /// As a file.
    File(FileSource),
    /// From somebody who is signed in to the management interface.
    Management {
        /// The cmdlet.
        cmdlet: &'static str,
        /// Where he is.
        client: Option<IpAddr>,
    },
}

/// The directories that take messages as files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DropDirectory {
    /// Messages whose envelope is in their header.
    Pickup,
    /// Messages whose envelope stands before their header.
    Replay,
    /// Messages of programs on this host, put there by `sendmail`.
    Maildrop,
}

impl DropDirectory {
    /// Its name: `Pickup`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pickup => "Pickup",
            Self::Replay => "Replay",
            Self::Maildrop => "Maildrop",
        }
    }
}

impl fmt::Display for DropDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The file a message came as.
#[derive(Debug, Clone)]
pub struct FileSource {
    /// The directory it was in.
    pub directory: DropDirectory,
    /// Its name in printable characters.
    pub file: String,
    /// What it is remembered by, until it has been deleted; never the same for two files.
    pub key: String,
    /// The client that first gave the message to a server, as the file says.
    pub client: Option<IpAddr>,
    /// The name that client gave itself, as the file says; empty when it does not.
    pub hello: String,
    /// How the message came to that server, as the file says.
    pub source: Option<String>,
    /// The user id of the file's owner, as the file system has it.
    pub owner: u32,
}

/// A complete message that passed every rule of the way it came.
#[derive(Debug)]
pub struct Submitted {
    /// The number it will have; already in its trace field.
    pub id: MessageId,
    /// The GUID that follows it over hops.
    pub network_id: Guid,
    /// MAIL and RCPT.
    pub envelope: Envelope,
    /// The content without our own trace field.
    pub content: Bytes,
    /// Our `Received` field, to be put on top when it goes out.
    pub trace: String,
    /// Where it comes from.
    pub source: Source,
}

/// The message is durable.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Its Message-ID field's value, for the reply.
    pub internet_message_id: Option<String>,
}

/// The message was not taken; the reply says why.
#[derive(Debug, Clone)]
pub struct Refusal(pub Reply);

/// What [`Intake::accept`] returns.
pub type IntakeFuture<'a> = Pin<Box<dyn Future<Output = Result<Accepted, Refusal>> + Send + 'a>>;

/// Takes responsibility for messages.
pub trait Intake: Send + Sync {
    /// A number for a message that is about to be handed over.
    fn next_id(&self) -> MessageId;

    /// Takes the message over. Resolves when it is durable, not before: the client is told
    /// `250` right after.
    fn accept(&self, submitted: Submitted) -> IntakeFuture<'_>;

    /// Whether new messages are refused at MAIL for want of resources (back pressure).
    fn is_pressed(&self) -> bool;

    /// The same for mail that another server of the organization hands on.
    fn is_pressed_for_servers(&self) -> bool {
        self.is_pressed()
    }

    /// How long the answer to MAIL waits while new messages are accepted more slowly (tarpit).
    fn delay(&self) -> Duration {
        Duration::ZERO
    }
}

/// A file that is no message, and has been set aside.
#[derive(Debug, Clone, Copy)]
pub struct BadFile<'a> {
    /// The number its message would have had.
    pub id: MessageId,
    /// The directory it is in.
    pub directory: DropDirectory,
    /// Its name in printable characters.
    pub file: &'a str,
    /// Its size in bytes.
    pub size: u64,
    /// What is wrong with it.
    pub reason: &'a str,
}

/// Whether the sender of a message that cannot be taken was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentBack {
    /// The report is durable, and so is it that the file is done with.
    Told,
    /// There is nobody to tell; nothing was stored.
    NobodyToTell,
}

/// What [`FileIntake::send_back`] returns.
pub type SendBackFuture<'a> = Pin<Box<dyn Future<Output = Result<SentBack, Refusal>> + Send + 'a>>;

/// Takes messages that come as files. What it takes, it remembers by the key of the file, in the
/// same commit: a file that outlives a crash is known.
pub trait FileIntake: Intake {
    /// Returns a message to its sender, with a report that gives `why` for each recipient.
    fn send_back(&self, submitted: Submitted, why: Reply) -> SendBackFuture<'_>;

    /// Whether the file was taken, or sent back. Blocks.
    ///
    /// # Errors
    /// When it cannot be found out now.
    fn is_taken(&self, key: &str) -> io::Result<bool>;

    /// Files that are gone, for good: their keys need not be remembered.
    fn forget_taken(&self, keys: &[String]);

    /// A file was set aside.
    fn set_aside(&self, bad: &BadFile<'_>);
}
