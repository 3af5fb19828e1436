//! A file of the maildrop (docs/sendmail.md): what `sendmail` writes and the server takes. Lines that say who sends to whom
//! stand before the message; behind an empty line come exactly as many bytes of message as they say, so that a file
//! that was not written to its end is seen to be none.

use std::fmt::Write;

use model::{DsnReturn, EnvelopeId, Notify, ValueError};
use thiserror::Error;

use crate::mailbox_list::LocalAddress;

/// The first line: what no other file begins with, whoever puts one there.
const MARK: &str = "Relais-Maildrop: 1";
const SENDER: &str = "Sender";
const NAME: &str = "Name";
const RETURN: &str = "Return";
const ENVELOPE_ID: &str = "Envelope-ID";
const NOTIFY: &str = "Notify";
const RECIPIENT: &str = "Recipient";
const SIZE: &str = "Size";

/// Who sends a message of this host to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaildropHeader {
    /// The envelope sender; `None` is `<>`.
    pub sender: Option<LocalAddress>,
    /// The sender's name, for a From field that is missing; at most 255 characters, none of them control characters.
    pub name: Option<String>,
    /// RET (RFC 3461 section 4.3).
    pub ret: Option<DsnReturn>,
    /// ENVID (RFC 3461 section 4.4).
    pub envid: Option<EnvelopeId>,
    /// NOTIFY (RFC 3461 section 4.1), for each recipient.
    pub notify: Option<Notify>,
    /// Recipients: 1 to [`MaildropHeader::MOST_RECIPIENTS`].
    pub recipients: Vec<LocalAddress>,
}

/// Why a file is no message of the maildrop.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MaildropError {
    /// It was not written by `sendmail`.
    #[error("the first line is not \"{MARK}\": only sendmail writes files for this directory")]
    NoMark,
    /// The lines before the message do not end.
    #[error("there is no empty line between the envelope and the message")]
    NoEnd,
    /// A line that says nothing known.
    #[error(
        "\"{0}\" is no line of an envelope. Allowed: Sender, Name, Return, Envelope-ID, Notify, Recipient, Size."
    )]
    Line(String),
    /// A line that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A line that may stand once is there twice.
    #[error("{0} is given more than once")]
    Twice(&'static str),
    /// Too many recipients.
    #[error("it has more than {} recipients", MaildropHeader::MOST_RECIPIENTS)]
    TooMany,
    /// The message is not as long as is said.
    #[error("the message has {found} bytes, not the {said} that were written: the file is cut")]
    Cut {
        /// What Size says.
        said: u64,
        /// What is there.
        found: u64,
    },
    /// A value that cannot be read.
    #[error("{line}: {error}")]
    Value {
        /// The line.
        line: &'static str,
        /// What is wrong.
        error: ValueError,
    },
}

impl MaildropHeader {
    /// Most recipients of one message: as many as a Receive connector for users takes by default.
    pub const MOST_RECIPIENTS: usize = 5000;
    /// The longest name of a sender, in characters.
    pub const LONGEST_NAME: usize = 255;

    /// A name as it can be written: without control characters, at most [`Self::LONGEST_NAME`] characters;
    /// `None` where nothing is left.
    #[must_use]
    pub fn clean_name(name: &str) -> Option<String> {
        let clean: String =
            name.chars().filter(|c| !c.is_control()).take(Self::LONGEST_NAME).collect();
        let clean = clean.trim();
        (!clean.is_empty()).then(|| clean.to_owned())
    }

    /// The lines, with the empty one; `size` bytes of message follow at once.
    #[must_use]
    pub fn write(&self, size: u64) -> String {
        let mut out = format!("{MARK}\n{SENDER}: <");
        // Writing to a string does not fail.
        if let Some(sender) = &self.sender {
            let _ = write!(out, "{sender}");
        }
        out.push_str(">\n");
        if let Some(name) = self.name.as_deref().and_then(Self::clean_name) {
            let _ = writeln!(out, "{NAME}: {name}");
        }
        if let Some(ret) = self.ret {
            let _ = writeln!(out, "{RETURN}: {}", return_word(ret));
        }
        if let Some(envid) = &self.envid {
            let _ = writeln!(out, "{ENVELOPE_ID}: {}", envid.as_str());
        }
        if let Some(notify) = self.notify {
            let _ = writeln!(out, "{NOTIFY}: {notify}");
        }
        for recipient in &self.recipients {
            let _ = writeln!(out, "{RECIPIENT}: <{recipient}>");
        }
        let _ = write!(out, "{SIZE}: {size}\n\n");
        out
    }

    /// Reads a file: the lines, and where the message begins.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(file: &[u8]) -> Result<(Self, usize), MaildropError> {
        let (header, said, begins) = Self::lines(file)?;
        let found = (file.len() - begins) as u64;
        if said != found {
            return Err(MaildropError::Cut { said, found });
        }
        Ok((header, begins))
    }

    /// The envelope of a file of which only the beginning is there; `None` where that is none.
    #[must_use]
    pub fn peek(beginning: &[u8]) -> Option<Self> {
        Self::lines(beginning).ok().map(|(header, ..)| header)
    }

    /// The lines, the size they say, and where the message begins.
    fn lines(file: &[u8]) -> Result<(Self, u64, usize), MaildropError> {
        let mut lines = Lines { file, at: 0 };
        if lines.next() != Some(MARK.as_bytes()) {
            return Err(MaildropError::NoMark);
        }
        let mut read = Read::default();
        loop {
            match lines.next() {
                None => return Err(MaildropError::NoEnd),
                Some([]) => break,
                Some(line) => read.line(line)?,
            }
        }
        let size = read.size.ok_or(MaildropError::Missing(SIZE))?;
        if read.recipients.is_empty() {
            return Err(MaildropError::Missing(RECIPIENT));
        }
        let header = Self {
            sender: read.sender.ok_or(MaildropError::Missing(SENDER))?,
            name: read.name,
            ret: read.ret,
            envid: read.envid,
            notify: read.notify,
            recipients: read.recipients,
        };
        Ok((header, size, lines.at))
    }
}

fn return_word(ret: DsnReturn) -> &'static str {
    match ret {
        DsnReturn::Full => "FULL",
        DsnReturn::Headers => "HDRS",
    }
}

/// Lines that end with LF.
struct Lines<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.file.get(self.at..)?;
        let length = rest.iter().position(|byte| *byte == b'\n')?;
        self.at += length + 1;
        Some(&rest[..length])
    }
}

/// What has been read so far.
#[derive(Default)]
struct Read {
    sender: Option<Option<LocalAddress>>,
    name: Option<String>,
    ret: Option<DsnReturn>,
    envid: Option<EnvelopeId>,
    notify: Option<Notify>,
    recipients: Vec<LocalAddress>,
    size: Option<u64>,
}

impl Read {
    fn line(&mut self, line: &[u8]) -> Result<(), MaildropError> {
        let unknown = || {
            let text = String::from_utf8_lossy(line);
            let shown = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
            MaildropError::Line(shown.take(60).collect())
        };
        let text = std::str::from_utf8(line).map_err(|_| unknown())?;
        let (name, value) = text.split_once(": ").ok_or_else(unknown)?;
        match name {
            SENDER => once(&mut self.sender, SENDER, sender(value)?),
            NAME => {
                let clean = MaildropHeader::clean_name(value).ok_or_else(unknown)?;
                once(&mut self.name, NAME, clean)
            }
            RETURN => once(&mut self.ret, RETURN, returned(value)?),
            ENVELOPE_ID => once(&mut self.envid, ENVELOPE_ID, valued(ENVELOPE_ID, value.parse())?),
            NOTIFY => once(&mut self.notify, NOTIFY, valued(NOTIFY, value.parse())?),
            RECIPIENT if self.recipients.len() >= MaildropHeader::MOST_RECIPIENTS => {
                Err(MaildropError::TooMany)
            }
            RECIPIENT => {
                self.recipients.push(valued(RECIPIENT, inner(value).parse())?);
                Ok(())
            }
            SIZE => {
                let refuse = |_| ValueError::new(value, "is not a size", "a number of bytes");
                once(&mut self.size, SIZE, valued(SIZE, value.parse().map_err(refuse))?)
            }
            _ => Err(unknown()),
        }
    }
}

fn once<T>(place: &mut Option<T>, line: &'static str, value: T) -> Result<(), MaildropError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(MaildropError::Twice(line)),
    }
}

fn valued<T>(line: &'static str, value: Result<T, ValueError>) -> Result<T, MaildropError> {
    value.map_err(|error| MaildropError::Value { line, error })
}

fn sender(value: &str) -> Result<Option<LocalAddress>, MaildropError> {
    match inner(value) {
        "" => Ok(None),
        address => valued(SENDER, address.parse()).map(Some),
    }
}

fn returned(value: &str) -> Result<DsnReturn, MaildropError> {
    match value {
        "FULL" => Ok(DsnReturn::Full),
        "HDRS" => Ok(DsnReturn::Headers),
        other => valued(RETURN, Err(ValueError::new(other, "cannot be returned", "FULL or HDRS"))),
    }
}

/// Without angle brackets.
fn inner(value: &str) -> &str {
    value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEAST: &str = "Relais-Maildrop: 1\nSender: <>\nRecipient: <bob>\nSize: 2\n\nx\n";

    fn error(file: &str) -> String {
        MaildropHeader::parse(file.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(MaildropHeader::parse(LEAST.as_bytes()).is_ok());
        for (from, to, said) in [
            ("Relais-Maildrop: 1", "From: a@b.c", "only sendmail writes"),
            ("Sender: <>\n", "", "Sender is missing"),
            ("Sender: <>", "Sender: <>\nSender: <a>", "Sender is given more than once"),
            ("Recipient: <bob>\n", "", "Recipient is missing"),
            ("<bob>", "<b b>", "Recipient: \"b b\" is not an address"),
            ("Size: 2\n", "", "Size is missing"),
            ("Size: 2", "Size: 3", "the message has 2 bytes, not the 3"),
            ("Size: 2", "Size: -1", "Size: \"-1\" is not a size"),
            ("Size: 2\n\nx\n", "Size: 2\n", "no empty line"),
            (
                "Sender: <>",
                "Sender: <>\nReturn: ALL",
                "Return: \"ALL\" cannot be returned. Allowed: FULL",
            ),
            ("Sender: <>", "Sender: <>\nNotify: MAYBE", "Notify: \"MAYBE\""),
            ("Sender: <>", "Sender: <>\nEnvelope-ID: a b", "Envelope-ID: \"a b\""),
            ("Sender: <>", "Sender: <>\nX-Other: 1", "\"X-Other: 1\" is no line"),
        ] {
            let found = error(&LEAST.replace(from, to));
            assert!(found.contains(said), "{to}: {found}");
        }
    }

    #[test]
    fn recipients_are_bounded() {
        let lines = "Recipient: <bob>\n".repeat(MaildropHeader::MOST_RECIPIENTS + 1);
        let file = LEAST.replace("Recipient: <bob>\n", &lines);
        assert_eq!(error(&file), "it has more than 5000 recipients");
    }

    fn address() -> impl Strategy<Value = LocalAddress> {
        prop_oneof![
            "[a-z0-9.]{1,9}[a-z]",
            "[a-z]{1,9}@[a-z]{1,9}\\.[a-z]{2,3}",
            "\"[ -!#-\\[\\]-~]{0,9}\"@b\\.c"
        ]
        .prop_filter_map("an address", |text| text.parse().ok())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            sender in proptest::option::of(address()),
            name in proptest::option::of("\\PC{0,300}"),
            words in (proptest::option::of(any::<bool>()), proptest::option::of("[!-*,-<>-~]{1,100}"), proptest::option::of(any::<(bool, bool)>())),
            recipients in proptest::collection::vec(address(), 1..9),
            content in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let header = MaildropHeader {
                sender,
                name: name.as_deref().and_then(MaildropHeader::clean_name),
                ret: words.0.map(|full| if full { DsnReturn::Full } else { DsnReturn::Headers }),
                envid: words.1.and_then(|text| text.parse().ok()),
                notify: words.2.map(|(success, delay)| Notify::On { success, failure: true, delay }),
                recipients,
            };
            let mut file = header.write(content.len() as u64).into_bytes();
            file.extend_from_slice(&content);
            let (read, begins) = MaildropHeader::parse(&file).unwrap();
            prop_assert_eq!(read, header);
            prop_assert_eq!(&file[begins..], &content[..]);
            // Cut anywhere it is no message.
            for end in 0..file.len() {
                prop_assert!(MaildropHeader::parse(&file[..end]).is_err());
            }
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), lines in "([A-Z][a-z-]{2,9}: ?[ -~]{0,9}\n){0,9}") {
            let _ = MaildropHeader::parse(&bytes);
            let _ = MaildropHeader::parse(&[MARK.as_bytes(), b"\n", lines.as_bytes(), &bytes].concat());
        }
    }
}
