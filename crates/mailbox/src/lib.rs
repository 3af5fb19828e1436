//! Local delivery into Maildirs under one directory, `<root>/<address>/{tmp,new,cur}`.
//!
//! A message is in its mailbox when its file is synced under `new` and the directory too; only
//! then is the delivery reported. The file's name is made from the message's number and the
//! recipient, so that a delivery repeated after a crash replaces its own file instead of
//! becoming a second copy (unless the reader has already moved it).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use model::{Address, MessageId, ReversePath};
use thiserror::Error;

/// A message could not be put into a mailbox. Always temporary: the disk, not the mail.
#[derive(Debug, Error)]
#[error("{path}: {source}")]
pub struct MailboxError {
    /// The file or directory.
    pub path: String,
    /// What the system said.
    pub source: io::Error,
}

/// All mailboxes of a server.
#[derive(Debug, Clone)]
pub struct Mailboxes {
    root: PathBuf,
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

impl Mailboxes {
    /// The mailboxes below `root`; directories are made when first used.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The Maildir of the mailbox with this primary address.
    pub fn path(&self, mailbox: &Address) -> PathBuf {
        self.root.join(directory_name(&mailbox.key()))
    }

    /// Puts a copy into the mailbox with the primary address `mailbox` and syncs it. Blocks.
    ///
    /// # Errors
    /// When the disk does not take it; nothing is left under `new` then.
    pub fn deliver(&self, mailbox: &Address, copy: &Copy<'_>) -> Result<(), MailboxError> {
        let maildir = self.path(mailbox);
        let (tmp, new) = (maildir.join("tmp"), maildir.join("new"));
        if !new.exists() {
            self.make(&maildir, [&tmp, &maildir.join("cur"), &new])?;
        }
        let name = format!("{:016}.{}.relais", copy.id.as_u64(), copy.recipient);
        let (written, delivered) = (tmp.join(&name), new.join(&name));
        write_synced(&written, copy).map_err(at(&written))?;
        fs::rename(&written, &delivered).map_err(at(&delivered))?;
        sync_directory(&new)
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

fn write_synced(path: &Path, copy: &Copy<'_>) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    write!(file, "Return-Path: {}\r\nDelivered-To: {}\r\n", copy.sender, copy.delivered_to)?;
    file.write_all(copy.trace)?;
    file.write_all(copy.content)?;
    file.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> MailboxError {
    let path = path.display().to_string();
    move |source| MailboxError { path, source }
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_copy_is_delivered_once_even_when_repeated() {
        let root = tempfile::tempdir().unwrap();
        let mailboxes = Mailboxes::new(root.path().to_owned());
        let jean: Address = "Jean@Contoso.com".parse().unwrap();
        let copy = Copy {
            id: MessageId::new(42).unwrap(),
            recipient: 0,
            sender: &ReversePath::Null,
            delivered_to: &jean,
            trace: b"Received: here\r\n",
            content: b"Subject: x\r\n\r\nbody\r\n",
        };
        for _ in 0..2 {
            mailboxes.deliver(&jean, &copy).unwrap();
        }
        let new = root.path().join("jean@contoso.com/new");
        let files: Vec<_> = fs::read_dir(new).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        let text = fs::read_to_string(&files[0]).unwrap();
        assert_eq!(
            text,
            "Return-Path: <>\r\nDelivered-To: Jean@Contoso.com\r\nReceived: here\r\nSubject: x\r\n\r\nbody\r\n"
        );
        assert_eq!(fs::read_dir(root.path().join("jean@contoso.com/tmp")).unwrap().count(), 0);
    }

    proptest! {
        #[test]
        fn no_address_leaves_the_root(key in "\\PC{1,40}") {
            let name = directory_name(&key);
            prop_assert!(!name.contains('/') && !name.starts_with('.') && !name.is_empty());
        }
    }
}
