//! AUTH on the client's side: SCRAM-SHA-256 and PLAIN (RFC 4616) with an initial response, and
//! LOGIN.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{BufMut, BytesMut};
use model::{Reply, Severity};
use zeroize::Zeroizing;

use super::{
    scram::{Challenged, ClientFirst, KeyWork, SaltedPassword, ServerSignature},
    types::SessionFailure,
};

/// A logon under way: what the next reply answers.
pub(super) enum Logon {
    /// AUTH PLAIN with everything.
    Plain,
    /// AUTH LOGIN: the user is asked for next.
    LoginStart {
        /// Base64.
        user: Zeroizing<String>,
        /// Base64.
        password: Zeroizing<String>,
    },
    /// The user: the password is asked for next.
    LoginUser {
        /// Base64.
        password: Zeroizing<String>,
    },
    /// The password.
    LoginPassword,
    /// AUTH SCRAM-SHA-256 with the first message.
    ScramStart(ClientFirst),
    /// Nothing: the driver does the rounds.
    ScramRounds(Challenged),
    /// The proof: the server's own is awaited.
    ScramProof(ServerSignature),
    /// The empty line after the server's proof, which was good.
    ScramEnd,
    /// `*`: the server asked for something that the mechanism does not have, or, with a reason,
    /// what it said must not be believed.
    Cancelled(Option<Reply>),
}

/// What a reply has led to.
pub(super) enum LogonProgress {
    /// A response was written.
    Continues(Logon),
    /// The driver has work to do.
    Works(Logon, KeyWork),
    /// The logon succeeded.
    Authenticated,
    /// It failed.
    Refused(Reply),
    /// The server does not keep to the protocol.
    Failed(SessionFailure),
}

impl Logon {
    /// Writes AUTH PLAIN.
    pub(super) fn plain(user: &str, password: &str, out: &mut BytesMut) -> Self {
        let text = Zeroizing::new(format!("\0{user}\0{password}"));
        let response = Zeroizing::new(STANDARD.encode(text.as_bytes()));
        write_line(out, &["AUTH PLAIN ", &response]);
        Self::Plain
    }

    /// Writes AUTH LOGIN.
    pub(super) fn login(user: &str, password: &str, out: &mut BytesMut) -> Self {
        write_line(out, &["AUTH LOGIN"]);
        Self::LoginStart {
            user: Zeroizing::new(STANDARD.encode(user)),
            password: Zeroizing::new(STANDARD.encode(password)),
        }
    }

    /// Writes AUTH SCRAM-SHA-256.
    pub(super) fn scram(first: ClientFirst, out: &mut BytesMut) -> Self {
        write_line(out, &["AUTH SCRAM-SHA-256 ", &first.message()]);
        Self::ScramStart(first)
    }

    /// Writes the proof after the rounds; anything else than a logon that waits for them stays.
    pub(super) fn salted(self, salted: &SaltedPassword, out: &mut BytesMut) -> Self {
        match self {
            Self::ScramRounds(challenged) => {
                let (answer, signature) = challenged.answer(salted);
                write_line(out, &[&answer]);
                Self::ScramProof(signature)
            }
            other => other,
        }
    }

    /// Takes the reply to what was written last.
    pub(super) fn reply(self, reply: Reply, out: &mut BytesMut) -> LogonProgress {
        let asks = reply.code.as_u16() == 334;
        match (self, reply.severity()) {
            (logon, Severity::Intermediate) if asks => logon.asked(reply, out),
            (Self::Plain | Self::LoginPassword | Self::ScramEnd, Severity::Positive) => {
                LogonProgress::Authenticated
            }
            (Self::ScramProof(_), Severity::Positive) => {
                LogonProgress::Refused(distrust("it gave no proof that it knows the password"))
            }
            (Self::Cancelled(Some(why)), Severity::Transient | Severity::Permanent) => {
                LogonProgress::Refused(why)
            }
            (Self::ScramRounds(_), _) => out_of_place(&reply),
            (_, Severity::Transient | Severity::Permanent) => LogonProgress::Refused(reply),
            _ => out_of_place(&reply),
        }
    }

    /// Takes a 334.
    fn asked(self, reply: Reply, out: &mut BytesMut) -> LogonProgress {
        let next = match self {
            Self::LoginStart { user, password } => {
                write_line(out, &[&user]);
                Self::LoginUser { password }
            }
            Self::LoginUser { password } => {
                write_line(out, &[&password]);
                Self::LoginPassword
            }
            Self::ScramStart(first) => match first.challenge(&reply.text) {
                Ok((work, challenged)) => {
                    return LogonProgress::Works(Self::ScramRounds(challenged), work);
                }
                Err(why) => cancel(Some(distrust(why)), out),
            },
            Self::ScramProof(signature) => match signature.verify(&reply.text) {
                Ok(()) => {
                    write_line(out, &[]);
                    Self::ScramEnd
                }
                Err(why) => cancel(Some(distrust(&why)), out),
            },
            Self::Plain | Self::LoginPassword | Self::ScramEnd => cancel(None, out),
            Self::ScramRounds(_) | Self::Cancelled(_) => return out_of_place(&reply),
        };
        LogonProgress::Continues(next)
    }
}

/// Whether PLAIN can carry these: it separates by NUL.
pub(super) fn fits_plain(user: &str, password: &str) -> bool {
    !user.contains('\0') && !password.contains('\0')
}

fn cancel(why: Option<Reply>, out: &mut BytesMut) -> Logon {
    write_line(out, &["*"]);
    Logon::Cancelled(why)
}

fn distrust(why: &str) -> Reply {
    Reply::new(
        535,
        (5, 7, 8),
        format!("SCRAM-SHA-256 with the remote server was broken off: {why}"),
    )
}

/// The text of a reply in a logon may hold what nobody else should read.
fn out_of_place(reply: &Reply) -> LogonProgress {
    LogonProgress::Failed(SessionFailure::Protocol(format!(
        "the remote server sent a reply out of place in a logon ({})",
        reply.code
    )))
}

fn write_line(out: &mut BytesMut, parts: &[&str]) {
    for part in parts {
        out.put_slice(part.as_bytes());
    }
    out.put_slice(b"\r\n");
}
