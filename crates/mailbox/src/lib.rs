//! Local delivery into Maildirs under one directory, `<root>/<address>/{tmp,new,cur}`.
//!
//! A message is in its mailbox when its file is synced under `new` and the directory too; only
//! then is the delivery reported. The file's name is made from the message's number, the
//! recipient and the size, so that a delivery repeated after a crash replaces its own file instead of
//! becoming a second copy (unless the reader has already moved it).
//!
//! A mailbox may have a quota (`quota`): what does not fit is refused for good.

mod count;
mod quota;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use model::{Address, ByteSize, MessageId, ReversePath, Unlimited};
use quota::Accounts;
use thiserror::Error;

/// A message could not be put into a mailbox.
#[derive(Debug, Error)]
pub enum MailboxError {
    /// The disk did not take it, or not tell: temporary.
    #[error("{path}: {source}")]
    Disk {
        /// The file or directory.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// It does not fit into the mailbox.
    #[error("the mailbox holds {used} of {quota}, and the message has {size}")]
    Full {
        /// What the message would take.
        size: ByteSize,
        /// What the mailbox holds.
        used: ByteSize,
        /// What it may hold.
        quota: ByteSize,
    },
}

/// All mailboxes of a server.
#[derive(Debug, Clone)]
pub struct Mailboxes {
    root: PathBuf,
    /// Of mailboxes without one of their own.
    default_quota: Unlimited<ByteSize>,
    accounts: Arc<Accounts>,
}

/// One copy for one mailbox.
#[derive(Debug, Clone, Copy)]
pub struct Copy<'a> {
    /// The message's number.
    pub id: MessageId,
    /// Index of the recipient in the envelope.
    pub recipient: u32,
    /// Envelope sender, for Return-Path.
    pub sender: &'a ReversePath,
    /// The address the message was sent to, for Delivered-To.
    pub delivered_to: &'a Address,
    /// Trace field(s) to put on top, CRLF lines; may be empty.
    pub trace: &'a [u8],
    /// The message.
    pub content: &'a [u8],
}

impl Copy<'_> {
    /// What is put on top of everything (RFC 5321 section 4.4).
    fn head(&self) -> String {
        format!("Return-Path: {}\r\nDelivered-To: {}\r\n", self.sender, self.delivered_to)
    }
}

impl Mailboxes {
    /// The mailboxes below `root`; directories are made when first used.
    pub fn new(root: PathBuf) -> Self {
        Self { root, default_quota: Unlimited::Unlimited, accounts: Arc::default() }
    }

    /// The same; a mailbox without a quota of its own may hold this much.
    #[must_use]
    pub fn with_default_quota(mut self, quota: Unlimited<ByteSize>) -> Self {
        self.default_quota = quota;
        self
    }

    /// The Maildir of the mailbox with this primary address.
    pub fn path(&self, mailbox: &Address) -> PathBuf {
        self.root.join(directory_name(&mailbox.key()))
    }

    /// Puts a copy into the mailbox with the primary address `mailbox`, which may have a `quota` of its
    /// own, and syncs it. Blocks.
    ///
    /// # Errors
    /// When the mailbox is full or the disk does not take it; nothing is left under `new` then.
    pub fn deliver(
        &self,
        mailbox: &Address,
        quota: Unlimited<ByteSize>,
        copy: &Copy<'_>,
    ) -> Result<(), MailboxError> {
        let maildir = self.path(mailbox);
        let (tmp, new) = (maildir.join("tmp"), maildir.join("new"));
        if !new.exists() {
            self.make(&maildir, [&tmp, &maildir.join("cur"), &new])?;
        }
        let head = copy.head();
        let size = (head.len() + copy.trace.len() + copy.content.len()) as u64;
        let name = format!("{:016}.{}.relais,S={size}", copy.id.as_u64(), copy.recipient);
        let (written, delivered) = (tmp.join(&name), new.join(&name));
        let put = || {
            write_synced(&written, [head.as_bytes(), copy.trace, copy.content])
                .map_err(at(&written))?;
            fs::rename(&written, &delivered).map_err(at(&delivered))?;
            sync_directory(&new)
        };
        // What replaces its own file takes no more room than before.
        let quota = quota.limit().or(self.default_quota.limit()).filter(|_| !delivered.exists());
        let Some(quota) = quota else { return put() };
        let account = self.accounts.of(&maildir);
        let place = account.place(&maildir, (size, quota))?;
        put()?;
        place.keep();
        Ok(())
    }

    /// Makes a Maildir whose own entries survive a power cut; `new` last, as the sign that all
    /// of it is there.
    fn make(&self, maildir: &Path, parts: [&PathBuf; 3]) -> Result<(), MailboxError> {
        for part in parts {
            fs::create_dir_all(part).map_err(at(part))?;
        }
        for directory in [maildir, &self.root] {
            sync_directory(directory)?;
        }
        Ok(())
    }
}

fn sync_directory(directory: &Path) -> Result<(), MailboxError> {
    File::open(directory).and_then(|opened| opened.sync_all()).map_err(at(directory))
}

fn write_synced(path: &Path, parts: [&[u8]; 3]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> MailboxError {
    let path = path.display().to_string();
    move |source| MailboxError::Disk { path, source }
}

/// A directory name for an address: everything but letters, digits and `@._+-` becomes `%XX`,
/// as does a leading dot, so that no address can name a path of its own.
fn directory_name(key: &str) -> String {
    let mut name = String::with_capacity(key.len());
    for (i, byte) in key.bytes().enumerate() {
        let plain =
            byte.is_ascii_alphanumeric() || b"@_+-".contains(&byte) || (byte == b'.' && i > 0);
        if plain {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}

#[cfg(test)]
mod tests;
