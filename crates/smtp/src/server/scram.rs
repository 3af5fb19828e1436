//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677) on the server's side: reads what the client
//! proves itself with, and proves that we know the keys of its password too. No I/O, no chance: keys and
//! nonce come from the driver.
//!
//! Whatever is wrong with a proof that can be read is the same failure to the client; why it is one is for
//! logs only.

use std::{fmt, num::NonZeroU32};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
    hmac,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::{Zeroize, Zeroizing};

/// Length of a SHA-256 hash.
const HASH: usize = 32;
/// Longest user name, in bytes of UTF-8.
const MAX_NAME: usize = 1024;
/// Longest nonce of a client, in bytes: what is made of it fits a reply line (RFC 5321 section 4.5.3.1.5).
const MAX_NONCE: usize = 256;

/// What a logon in this TLS session can be bound to (RFC 5056): the same at both ends of one session, and
/// at no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsBinding {
    /// The kind's registered name: `tls-exporter` (RFC 9266), `tls-server-end-point` (RFC 5929).
    pub kind: &'static str,
    /// What both sides know of the session.
    pub data: Vec<u8>,
}

/// What is kept of a password (RFC 5802 section 3). Its `Debug` says nothing; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramKeys {
    /// The salt, some 16 bytes.
    pub salt: Vec<u8>,
    /// The rounds of PBKDF2, 4,096 at least.
    pub rounds: NonZeroU32,
    /// StoredKey.
    pub stored_key: [u8; HASH],
    /// ServerKey.
    pub server_key: [u8; HASH],
}

/// Why a first message leads to nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is none.
    Malformed,
    /// It may not be so.
    Refused {
        /// Who it says it is from; empty where that is no name.
        user: String,
        /// Fit for logs.
        why: &'static str,
    },
}

/// A client's first message that may go on.
#[derive(Debug)]
pub(super) struct ClientFirst {
    mechanism: &'static str,
    user: String,
    /// What `c=` has to say: the flag of channel binding, and what is bound to.
    binding: Vec<u8>,
    bare: String,
    nonce: String,
}

/// A conversation that waits for the client's proof.
pub(super) struct Challenged {
    mechanism: &'static str,
    user: String,
    keys: ScramKeys,
    binding: Vec<u8>,
    nonce: String,
    /// Client-first-bare and server-first.
    said: String,
}

/// What the client's proof is worth.
#[derive(Debug)]
pub(super) struct Judged {
    /// `SCRAM-SHA-256` or `SCRAM-SHA-256-PLUS`.
    pub(super) mechanism: &'static str,
    /// Who it is about.
    pub(super) user: String,
    /// Our last message, in base64, which proves us; or why there is none, fit for logs.
    pub(super) verdict: Result<String, &'static str>,
}

impl ClientFirst {
    /// Reads the first message of SCRAM-SHA-256, or with `plus` of SCRAM-SHA-256-PLUS, in a session that
    /// can be bound to these: where there is one, PLUS was offered.
    pub(super) fn read(text: &str, plus: bool, bindings: &[TlsBinding]) -> Result<Self, Unfit> {
        let parts = Parts::read(text).ok_or(Unfit::Malformed)?;
        let Some(user) = prepared(&parts.user) else {
            let why = "the user name is not allowed by RFC 4013, or longer than 1,024 bytes";
            return Err(Unfit::Refused { user: String::new(), why });
        };
        let acts_for_itself =
            parts.acts_for.is_none_or(|other| prepared(&other).is_some_and(|other| other == user));
        let bound = if acts_for_itself {
            bound_to(parts.flag, plus, bindings)
        } else {
            Err("the authorization identity is not the user's own")
        };
        let data = match bound {
            Ok(data) => data,
            Err(why) => return Err(Unfit::Refused { user, why }),
        };
        let mechanism = if plus { "SCRAM-SHA-256-PLUS" } else { "SCRAM-SHA-256" };
        let binding = [parts.header.as_bytes(), data].concat();
        let (bare, nonce) = (parts.bare.to_owned(), parts.nonce.to_owned());
        Ok(Self { mechanism, user, binding, bare, nonce })
    }

    /// Who wants to sign in.
    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// Our first message, in base64. `nonce` is fresh, random, printable ASCII without comma; nothing where
    /// it is not.
    pub(super) fn challenge(self, keys: ScramKeys, nonce: &str) -> Option<(String, Challenged)> {
        if !is_nonce(nonce) {
            return None;
        }
        let nonce = format!("{}{nonce}", self.nonce);
        let first = format!("r={nonce},s={},i={}", STANDARD.encode(&keys.salt), keys.rounds);
        let message = STANDARD.encode(&first);
        let said = format!("{},{first}", self.bare);
        let (mechanism, user, binding) = (self.mechanism, self.user, self.binding);
        Some((message, Challenged { mechanism, user, keys, binding, nonce, said }))
    }
}

impl Challenged {
    /// Reads the client's last message; `None` when it is none.
    pub(super) fn judge(self, text: &str) -> Option<Judged> {
        let (without_proof, proof) = text.rsplit_once(",p=")?;
        let proof = Zeroizing::new(STANDARD.decode(proof).ok()?);
        let proof = Zeroizing::new(<[u8; HASH]>::try_from(proof.as_slice()).ok()?);
        let mut fields = without_proof.split(',');
        let binding = STANDARD.decode(fields.next()?.strip_prefix("c=")?).ok()?;
        let nonce = fields.next()?.strip_prefix("r=")?;
        if !fields.all(is_extension) {
            return None;
        }
        let message = format!("{},{without_proof}", self.said);
        let verdict = if nonce != self.nonce {
            Err("the nonce is another")
        } else if verify_slices_are_equal(&binding, &self.binding).is_err() {
            Err("it is bound to another TLS session: somebody may sit in between")
        } else if self.keys.proves(&proof, &message) {
            Ok(STANDARD.encode(format!("v={}", self.keys.signature(&message))))
        } else {
            Err("wrong user name or password")
        };
        Some(Judged { mechanism: self.mechanism, user: self.user, verdict })
    }
}

impl ScramKeys {
    /// Whether who sent this proof knows the client's key.
    fn proves(&self, proof: &[u8; HASH], message: &str) -> bool {
        let signature = sign(&self.stored_key, message);
        let mut client_key = Zeroizing::new(*proof);
        for (byte, mask) in client_key.iter_mut().zip(signature.as_ref()) {
            *byte ^= mask;
        }
        let stored_key = digest(&SHA256, &*client_key);
        verify_slices_are_equal(stored_key.as_ref(), &self.stored_key).is_ok()
    }

    /// What proves that we know the server's key, in base64.
    fn signature(&self, message: &str) -> String {
        STANDARD.encode(sign(&self.server_key, message))
    }
}

impl Drop for ScramKeys {
    fn drop(&mut self) {
        self.stored_key.zeroize();
        self.server_key.zeroize();
    }
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScramKeys")
    }
}

impl fmt::Debug for Challenged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenged").field("user", &self.user).finish_non_exhaustive()
    }
}

fn sign(key: &[u8; HASH], message: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes())
}

// === The first message ===

/// What the client says of channel binding (RFC 5802 section 6).
enum Flag<'a> {
    /// `n`: it can do none.
    Unable,
    /// `y`: it can, and believes that we cannot.
    NotOffered,
    /// `p`: to this kind.
    Bound(&'a str),
}

/// `gs2-header client-first-message-bare` (RFC 5802 section 7).
struct Parts<'a> {
    flag: Flag<'a>,
    header: &'a str,
    acts_for: Option<String>,
    bare: &'a str,
    user: String,
    nonce: &'a str,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (flag, rest) = text.split_once(',')?;
        let flag = match flag {
            "n" => Flag::Unable,
            "y" => Flag::NotOffered,
            flag => Flag::Bound(flag.strip_prefix("p=").filter(|kind| is_kind(kind))?),
        };
        let (acts_for, bare) = rest.split_once(',')?;
        let acts_for = match acts_for {
            "" => None,
            other => Some(unescaped(other.strip_prefix("a=")?)?),
        };
        let header = text.strip_suffix(bare)?;
        // An extension that must be understood stands first, as "m=": there is none that is.
        let mut fields = bare.split(',');
        let user = unescaped(fields.next()?.strip_prefix("n=")?)?;
        let nonce = fields.next()?.strip_prefix("r=")?;
        let whole = is_nonce(nonce) && nonce.len() <= MAX_NONCE && fields.all(is_extension);
        whole.then_some(Self { flag, header, acts_for, bare, user, nonce })
    }
}

/// What the session is bound to by the client's word, or why that word cannot be true.
fn bound_to<'a>(
    flag: Flag<'_>,
    plus: bool,
    bindings: &'a [TlsBinding],
) -> Result<&'a [u8], &'static str> {
    match (flag, plus) {
        (Flag::Unable, false) => Ok(&[]),
        (Flag::NotOffered, false) if bindings.is_empty() => Ok(&[]),
        (Flag::NotOffered, false) => {
            Err("it has not seen that SCRAM-SHA-256-PLUS is offered: somebody may sit in between")
        }
        (Flag::Bound(kind), true) => {
            let known = bindings.iter().find(|binding| binding.kind == kind);
            known.map(|binding| binding.data.as_slice()).ok_or("unknown kind of channel binding")
        }
        (Flag::Bound(_), false) => Err("SCRAM-SHA-256 with channel binding"),
        (Flag::Unable | Flag::NotOffered, true) => {
            Err("SCRAM-SHA-256-PLUS without channel binding")
        }
    }
}

/// A name without the escapes of `,` and `=`.
pub(super) fn unescaped(name: &str) -> Option<String> {
    let mut parts = name.split('=');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (sign, rest) = match (part.strip_prefix("2C"), part.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (None, rest) => ('=', rest?),
        };
        plain.push(sign);
        plain.push_str(rest);
    }
    (!plain.is_empty()).then_some(plain)
}

/// SASLprep (RFC 4013), as the client is to do it too.
fn prepared(name: &str) -> Option<String> {
    if name.len() > MAX_NAME {
        return None;
    }
    let prepared = stringprep::saslprep(name).ok()?.into_owned();
    (!prepared.is_empty() && prepared.len() <= MAX_NAME).then_some(prepared)
}

fn is_nonce(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
}

fn is_kind(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    !text.is_empty() && text.bytes().all(fits)
}

/// An extension that need not be understood.
fn is_extension(field: &str) -> bool {
    let mut bytes = field.bytes();
    bytes.next().is_some_and(|name| name.is_ascii_alphabetic() && name != b'm')
        && bytes.next() == Some(b'=')
        && bytes.next().is_some()
}

#[cfg(test)]
mod tests;
