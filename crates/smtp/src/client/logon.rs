//! AUTH on the client's side: PLAIN (RFC 4616) with an initial response, and LOGIN.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{BufMut, BytesMut};
use model::{Reply, Severity};
use zeroize::Zeroizing;

use super::types::SessionFailure;

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
    /// `*`, because the server asked for something that the mechanism does not have.
    Cancelled,
}

/// What a reply has led to.
pub(super) enum LogonProgress {
    /// A response was written.
    Continues(Logon),
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

    /// Takes the reply to what was written last.
    pub(super) fn reply(self, reply: Reply, out: &mut BytesMut) -> LogonProgress {
        let asks = reply.code.as_u16() == 334;
        match (self, reply.severity()) {
            (Self::LoginStart { user, password }, _) if asks => {
                write_line(out, &[&user]);
                LogonProgress::Continues(Self::LoginUser { password })
            }
            (Self::LoginUser { password }, _) if asks => {
                write_line(out, &[&password]);
                LogonProgress::Continues(Self::LoginPassword)
            }
            (Self::Plain | Self::LoginPassword, _) if asks => {
                write_line(out, &["*"]);
                LogonProgress::Continues(Self::Cancelled)
            }
            (Self::Plain | Self::LoginPassword, Severity::Positive) => LogonProgress::Authenticated,
            (_, Severity::Transient | Severity::Permanent) => LogonProgress::Refused(reply),
            _ => LogonProgress::Failed(SessionFailure::Protocol(format!(
                "the remote server sent a reply out of place in a logon: \"{reply}\""
            ))),
        }
    }
}

/// Whether PLAIN can carry these: it separates by NUL.
pub(super) fn fits_plain(user: &str, password: &str) -> bool {
    !user.contains('\0') && !password.contains('\0')
}

fn write_line(out: &mut BytesMut, parts: &[&str]) {
    for part in parts {
        out.put_slice(part.as_bytes());
    }
    out.put_slice(b"\r\n");
}
