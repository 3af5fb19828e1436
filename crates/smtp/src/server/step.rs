//! What the server machine asks of its driver, and what the driver answers.

use std::{fmt, ops::Deref};

use bytes::Bytes;
use model::{Address, Envelope, HopAttributes, Recipient, Reply};
use zeroize::Zeroizing;

use super::scram::ScramKeys;
use crate::grammar::MailRequest;

/// What the driver has to do next.
#[derive(Debug)]
pub enum Step {
    /// Write all of the output, then read some bytes into the input.
    NeedInput,
    /// Write all of the output, do the TLS handshake, then call `tls_started`.
    StartTls,
    /// Is this who he says? Answer [`Answer::AuthOk`] or [`Answer::Refuse`].
    Authenticate {
        /// `PLAIN` or `LOGIN`.
        mechanism: &'static str,
        /// Who wants to sign in; never empty, at most 1,024 bytes.
        user: String,
        /// With which password; never empty, at most 1,024 bytes.
        password: Secret,
    },
    /// SCRAM: what is kept of this user's password? Answer [`Answer::ScramKeys`] for a user that there is
    /// not too, with keys that nobody can prove, or [`Answer::Refuse`] where nobody may sign in now.
    ScramKeys {
        /// Who wants to sign in, after SASLprep (RFC 4013); never empty, at most 1,024 bytes.
        user: String,
    },
    /// SCRAM: what the client has proven. Answer [`Answer::AuthOk`] to a proof that is right, or
    /// [`Answer::Refuse`]; one that is wrong is refused in any case.
    ScramProof {
        /// `SCRAM-SHA-256` or `SCRAM-SHA-256-PLUS`.
        mechanism: &'static str,
        /// Who wants to sign in; empty where the client did not give a name that is one.
        user: String,
        /// That he knows the password; or why not, fit for logs and for nobody else.
        proof: Result<(), &'static str>,
    },
    /// An access token: is it good, and whose is it? Answer [`Answer::AuthOk`] or [`Answer::Refuse`].
    Bearer {
        /// `OAUTHBEARER` or `XOAUTH2`.
        mechanism: &'static str,
        /// As whom the client wants to sign in, where it says so: then it must be he whose token it is. Never
        /// empty, at most 1,024 bytes.
        user: Option<String>,
        /// The token: never empty, ASCII, at most 9 KiB.
        token: Secret,
    },
    /// For information: the client whose proof was answered [`Answer::AuthOk`] has taken ours, and is signed
    /// in from here on. Needs no answer.
    SignedIn,
    /// May this sender send this? Answer [`Answer::Accept`] or [`Answer::Refuse`].
    Mail(MailRequest),
    /// May mail go to him? Answer [`Answer::Accept`], [`Answer::AcceptAs`] or
    /// [`Answer::Refuse`].
    Recipient(Recipient),
    /// `RCPT TO:<postmaster>` without a domain: answer [`Answer::AcceptAs`] with the address it
    /// stands for, or [`Answer::Refuse`].
    Postmaster,
    /// A whole message. Answer [`Answer::Accepted`] once it is safe, or [`Answer::Refuse`].
    Message(ReceivedMessage),
    /// For information: a 5yz reply stands in the output, and the driver may delay it. Needs no
    /// answer.
    Tarpit,
    /// Write all of the output and close the connection.
    Close,
}

/// The driver's answer to a step that asks. A refusal with code 421 also ends the session.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Yes, with the usual reply.
    Accept,
    /// Yes, but the recipient is this address.
    AcceptAs(Address),
    /// The message is safe; this is the reply that says so.
    Accepted(Reply),
    /// The user is who he says.
    AuthOk,
    /// What the user's proof is to be measured by.
    ScramKeys {
        /// What is kept of his password.
        keys: ScramKeys,
        /// Fresh and random: at least 16 bytes of printable ASCII without comma.
        nonce: String,
    },
    /// No, with this reply.
    Refuse(Reply),
}

/// A message that has arrived complete.
#[derive(Debug, Clone)]
pub struct ReceivedMessage {
    /// Sender, parameters, and the recipients that were accepted: at least one.
    pub envelope: Envelope,
    /// The content as it was before dot-stuffing: every line ends with CRLF, no other CR or LF.
    pub content: Bytes,
    /// What a server of ours has said of it; of nobody else anything is taken.
    pub attributes: Option<HopAttributes>,
}

/// A password or token in passing: wiped when dropped, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over `text`.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Secret {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
