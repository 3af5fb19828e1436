//! AUTH on the client's side: SCRAM-SHA-256 and -PLUS, CRAM-MD5 (RFC 2195), PLAIN (RFC 4616), LOGIN,
//! EXTERNAL (RFC 4422), and bearer tokens in both forms: OAUTHBEARER (RFC 7628) and XOAUTH2.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{BufMut, BytesMut};
use model::{Reply, Severity};
use zeroize::Zeroizing;

use super::{
    cram,
    scram::{Challenged, ClientFirst, KeyWork, SaltedPassword, ServerSignature},
    types::SessionFailure,
};

/// The longest command line with its end (RFC 5321 section 4.5.3.1.4); a longer first response is sent
/// when it is asked for (RFC 4954 section 4).
const MAX_COMMAND: usize = 512;
/// The longest explanation of a refused token that is kept, in characters.
const MAX_EXPLANATION: usize = 300;

/// A logon under way: what the next reply answers.
pub(super) enum Logon {
    /// Something after which this response is asked for.
    Says {
        /// Base64.
        response: Zeroizing<String>,
        /// What the reply to the response answers.
        then: Box<Logon>,
    },
    /// The last response.
    Last,
    /// AUTH CRAM-MD5: the challenge comes next.
    CramStart {
        /// As the administrator gave it.
        user: String,
        /// Likewise.
        password: Zeroizing<String>,
    },
    /// A token. Where it is refused the server explains that first and wants this answer (base64).
    Bearer(&'static str),
    /// The answer to the server's explanation, which is here as it may be shown.
    Explained(String),
    /// AUTH SCRAM-SHA-256 or -PLUS with the first message.
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
        Self::begin("PLAIN", encoded(&text), Self::Last, out)
    }

    /// Writes AUTH LOGIN.
    pub(super) fn login(user: &str, password: &str, out: &mut BytesMut) -> Self {
        write_line(out, &["AUTH LOGIN"]);
        let password = Self::Says { response: encoded(password), then: Box::new(Self::Last) };
        Self::Says { response: encoded(user), then: Box::new(password) }
    }

    /// Writes AUTH CRAM-MD5.
    pub(super) fn cram_md5(user: &str, password: &str, out: &mut BytesMut) -> Self {
        write_line(out, &["AUTH CRAM-MD5"]);
        Self::CramStart { user: user.to_owned(), password: Zeroizing::new(password.to_owned()) }
    }

    /// Writes AUTH EXTERNAL; an empty identity is the one that the certificate names.
    pub(super) fn external(identity: &str, out: &mut BytesMut) -> Self {
        Self::begin("EXTERNAL", encoded(identity), Self::Last, out)
    }

    /// Writes AUTH XOAUTH2. The server explains a refusal and wants an empty line.
    pub(super) fn xoauth2(user: &str, token: &str, out: &mut BytesMut) -> Self {
        let text = Zeroizing::new(format!("user={user}\x01auth=Bearer {token}\x01\x01"));
        Self::begin("XOAUTH2", encoded(&text), Self::Bearer(""), out)
    }

    /// Writes AUTH OAUTHBEARER. The server explains a refusal and wants one `%x01` (RFC 7628 section
    /// 3.2.3).
    pub(super) fn oauthbearer(
        user: &str,
        (host, port): (&str, u16),
        token: &str,
        out: &mut BytesMut,
    ) -> Self {
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let text = Zeroizing::new(format!(
            "n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01"
        ));
        Self::begin("OAUTHBEARER", encoded(&text), Self::Bearer("AQ=="), out)
    }

    /// Writes AUTH SCRAM-SHA-256, or SCRAM-SHA-256-PLUS.
    pub(super) fn scram(first: ClientFirst, out: &mut BytesMut) -> Self {
        let message = Zeroizing::new(first.message());
        Self::begin(first.mechanism(), message, Self::ScramStart(first), out)
    }

    /// Writes AUTH with its first response, or without where the line would be too long.
    fn begin(mechanism: &str, response: Zeroizing<String>, then: Self, out: &mut BytesMut) -> Self {
        // RFC 4954 section 4: an empty response is a "=".
        let shown = if response.is_empty() { "=" } else { response.as_str() };
        if "AUTH  \r\n".len() + mechanism.len() + shown.len() <= MAX_COMMAND {
            write_line(out, &["AUTH ", mechanism, " ", shown]);
            return then;
        }
        write_line(out, &["AUTH ", mechanism]);
        Self::Says { response, then: Box::new(then) }
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
            (Self::Last | Self::Bearer(_) | Self::ScramEnd, Severity::Positive) => {
                LogonProgress::Authenticated
            }
            (Self::ScramProof(_), Severity::Positive) => {
                LogonProgress::Refused(distrust("it gave no proof that it knows the password"))
            }
            (Self::Cancelled(Some(why)), Severity::Transient | Severity::Permanent) => {
                LogonProgress::Refused(why)
            }
            (Self::Explained(why), Severity::Transient | Severity::Permanent) => {
                let text = format!("{} ({why})", reply.text);
                LogonProgress::Refused(Reply { text: text.into(), ..reply })
            }
            (Self::ScramRounds(_), _) => out_of_place(&reply),
            (_, Severity::Transient | Severity::Permanent) => LogonProgress::Refused(reply),
            _ => out_of_place(&reply),
        }
    }

    /// Takes a 334.
    fn asked(self, reply: Reply, out: &mut BytesMut) -> LogonProgress {
        let next = match self {
            Self::Says { response, then } => {
                write_line(out, &[&response]);
                *then
            }
            Self::CramStart { user, password } => {
                match cram::answer(&user, &password, &reply.text) {
                    Some(answer) => {
                        write_line(out, &[&answer]);
                        Self::Last
                    }
                    None => cancel(None, out),
                }
            }
            Self::Bearer(answer) => {
                write_line(out, &[answer]);
                Self::Explained(explanation(&reply.text))
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
            Self::Last | Self::Explained(_) | Self::ScramEnd => cancel(None, out),
            Self::ScramRounds(_) | Self::Cancelled(_) => return out_of_place(&reply),
        };
        LogonProgress::Continues(next)
    }
}

/// Why a token was refused, as the server explains it: JSON, usually.
fn explanation(base64: &str) -> String {
    let bytes = STANDARD.decode(base64.trim()).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let shown: String = text.chars().filter(|c| !c.is_control()).take(MAX_EXPLANATION).collect();
    if shown.is_empty() { "without explanation".to_owned() } else { shown }
}

/// Whether PLAIN can carry these: it separates by NUL.
pub(super) fn fits_plain(user: &str, password: &str) -> bool {
    !user.contains('\0') && !password.contains('\0')
}

/// Whether what carries a token can carry this one with this user: it separates by `%x01`, and a token
/// is visible ASCII (RFC 6750 section 2.1).
pub(super) fn fits_bearer(user: &str, token: &str) -> bool {
    !user.contains(char::is_control)
        && !token.is_empty()
        && token.bytes().all(|byte| byte.is_ascii_graphic())
}

fn encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(text))
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
