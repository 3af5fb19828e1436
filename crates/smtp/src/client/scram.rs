//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677) on the client's side: proves the password
//! without sending it, and has the server prove that it knows it too. PLUS proves also that both are at
//! the ends of the same TLS session: nobody sits between them.
//!
//! What a server may ask for is bounded: fewer than 4,096 rounds would let a false server guess
//! the password cheaply from the proof, too many would keep a core busy. The rounds themselves are
//! [`KeyWork`], for the driver to do where it holds up nobody.

use std::{fmt, num::NonZeroU32};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
    hmac, pbkdf2,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::{Zeroize, Zeroizing};

/// Length of a SHA-256 hash.
const HASH: usize = 32;
/// RFC 7677 section 4.
const FEWEST_ROUNDS: u32 = 4_096;
/// Some tenths of a second.
const MOST_ROUNDS: u32 = 1_000_000;
/// Longest salt and nonce taken, in bytes.
const MAX_SALT: usize = 1024;
const MAX_NONCE: usize = 1024;

/// What a logon is bound to (RFC 5802 section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelBinding {
    /// There is nothing to bind to: no TLS, or nothing of it that both sides know (`n`).
    None,
    /// There is, but the server did not offer SCRAM-SHA-256-PLUS (`y`). One that did will know that
    /// somebody took it out of its offer, and refuse.
    NotOffered,
    /// To the TLS session: SCRAM-SHA-256-PLUS (`p`).
    Bound {
        /// The kind's registered name: `tls-exporter` (RFC 9266), `tls-server-end-point` (RFC 5929).
        kind: &'static str,
        /// What both sides know of the session.
        data: Vec<u8>,
    },
}

impl ChannelBinding {
    /// The flag of the first message; there is no authorization identity.
    fn gs2_header(&self) -> String {
        match self {
            Self::None => "n,,".to_owned(),
            Self::NotOffered => "y,,".to_owned(),
            Self::Bound { kind, .. } => format!("p={kind},,"),
        }
    }

    /// What `c=` carries, in base64.
    fn input(&self) -> String {
        let mut input = self.gs2_header().into_bytes();
        if let Self::Bound { data, .. } = self {
            input.extend_from_slice(data);
        }
        STANDARD.encode(input)
    }
}

/// A conversation before the server's first message.
pub(super) struct ClientFirst {
    binding: ChannelBinding,
    /// `n=…,r=…`.
    bare: String,
    nonce: String,
    password: Zeroizing<String>,
}

/// What the rounds have to wait for: the server's first message is there.
pub(super) struct Challenged {
    /// Client-first-bare, server-first, client-final without proof.
    auth_message: String,
    without_proof: String,
}

/// The expected proof of the server.
pub(super) struct ServerSignature([u8; HASH]);

/// The rounds of a SCRAM logon (PBKDF2): up to some tenths of a second of work, not for a thread
/// that serves others. Its `Debug` says nothing.
pub struct KeyWork {
    password: Zeroizing<String>,
    salt: Vec<u8>,
    rounds: NonZeroU32,
}

/// What the rounds give; as good as the password towards this server. Its `Debug` says nothing.
pub struct SaltedPassword(Zeroizing<[u8; HASH]>);

impl KeyWork {
    /// Does the work.
    pub fn run(self) -> SaltedPassword {
        let mut salted = Zeroizing::new([0; HASH]);
        let password = self.password.as_bytes();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, self.rounds, &self.salt, password, &mut *salted);
        SaltedPassword(salted)
    }
}

impl ClientFirst {
    /// Begins with a fresh random `nonce`: printable ASCII without comma. `None` when SASLprep
    /// (RFC 4013) does not allow the user name or the password, or leaves nothing of one.
    pub(super) fn new(
        user: &str,
        password: &str,
        nonce: &str,
        binding: ChannelBinding,
    ) -> Option<Self> {
        let user = prepared(user)?.replace('=', "=3D").replace(',', "=2C");
        let password = prepared(password)?;
        let bare = format!("n={user},r={nonce}");
        Some(Self { binding, bare, nonce: nonce.to_owned(), password })
    }

    /// The name of the mechanism.
    pub(super) fn mechanism(&self) -> &'static str {
        match self.binding {
            ChannelBinding::None | ChannelBinding::NotOffered => "SCRAM-SHA-256",
            ChannelBinding::Bound { .. } => "SCRAM-SHA-256-PLUS",
        }
    }

    /// The first message, in base64.
    pub(super) fn message(&self) -> String {
        STANDARD.encode(format!("{}{}", self.binding.gs2_header(), self.bare))
    }

    /// Takes the server's first message, in base64.
    ///
    /// # Errors
    /// What is wrong with it, fit for logs.
    pub(super) fn challenge(self, base64: &str) -> Result<(KeyWork, Challenged), &'static str> {
        let text = decode(base64).ok_or("its challenge cannot be read")?;
        let mut fields = text.split(',');
        let mut field = |name: &str| fields.next().and_then(|field| field.strip_prefix(name));
        // An extension that must be understood comes first, as "m=" (RFC 5802 section 5.1).
        let nonce = field("r=").ok_or("its challenge has no nonce, or an unknown extension")?;
        let salt = field("s=").and_then(|salt| STANDARD.decode(salt).ok());
        let salt = salt.filter(|salt| !salt.is_empty() && salt.len() <= MAX_SALT);
        let salt = salt.ok_or("its challenge has no salt of 1 to 1,024 bytes")?;
        let rounds = field("i=").and_then(|rounds| rounds.parse::<NonZeroU32>().ok());
        let rounds = rounds
            .filter(|rounds| (FEWEST_ROUNDS..=MOST_ROUNDS).contains(&rounds.get()))
            .ok_or("its iteration count is not between 4,096 and 1,000,000")?;
        let is_ours = nonce.strip_prefix(self.nonce.as_str()).is_some_and(|own| !own.is_empty());
        let is_printable = nonce.bytes().all(|b| b.is_ascii_graphic());
        if !is_ours || !is_printable || nonce.len() > MAX_NONCE {
            return Err("its nonce does not continue ours");
        }
        let without_proof = format!("c={},r={nonce}", self.binding.input());
        let auth_message = format!("{},{text},{without_proof}", self.bare);
        let work = KeyWork { password: self.password, salt, rounds };
        Ok((work, Challenged { auth_message, without_proof }))
    }
}

impl Challenged {
    /// The final message, in base64, and what the server has to prove itself with.
    pub(super) fn answer(self, salted: &SaltedPassword) -> (Zeroizing<String>, ServerSignature) {
        let salted = hmac::Key::new(hmac::HMAC_SHA256, &*salted.0);
        let mut proof = Zeroizing::new([0; HASH]);
        proof.copy_from_slice(hmac::sign(&salted, b"Client Key").as_ref());
        let stored_key = digest(&SHA256, &*proof);
        let stored_key = hmac::Key::new(hmac::HMAC_SHA256, stored_key.as_ref());
        let signature = hmac::sign(&stored_key, self.auth_message.as_bytes());
        for (byte, mask) in proof.iter_mut().zip(signature.as_ref()) {
            *byte ^= mask;
        }
        let text = format!("{},p={}", self.without_proof, STANDARD.encode(*proof));
        let server_key = hmac::sign(&salted, b"Server Key");
        let server_key = hmac::Key::new(hmac::HMAC_SHA256, server_key.as_ref());
        let mut expected = [0; HASH];
        expected.copy_from_slice(hmac::sign(&server_key, self.auth_message.as_bytes()).as_ref());
        (Zeroizing::new(STANDARD.encode(text)), ServerSignature(expected))
    }
}

impl ServerSignature {
    /// Whether the server's final message, in base64, proves that it knows the password.
    ///
    /// # Errors
    /// What is wrong with it, fit for logs.
    pub(super) fn verify(&self, base64: &str) -> Result<(), String> {
        let text = decode(base64).ok_or("its last message cannot be read")?;
        if let Some(error) = text.strip_prefix("e=") {
            let word = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
            return Err(error.chars().take_while(word).take(64).collect());
        }
        let signature = text.strip_prefix("v=").and_then(|rest| rest.split(',').next());
        let signature = signature.and_then(|signature| STANDARD.decode(signature).ok());
        match signature.filter(|given| verify_slices_are_equal(given, &self.0).is_ok()) {
            Some(_) => Ok(()),
            None => Err("it does not prove that it knows the password".to_owned()),
        }
    }
}

impl Drop for ServerSignature {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for KeyWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyWork")
    }
}

impl fmt::Debug for SaltedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaltedPassword")
    }
}

fn prepared(text: &str) -> Option<Zeroizing<String>> {
    let prepared = Zeroizing::new(stringprep::saslprep(text).ok()?.into_owned());
    (!prepared.is_empty()).then_some(prepared)
}

fn decode(base64: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(base64.trim()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SERVER_FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                                s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    fn begin() -> ClientFirst {
        begin_with(ChannelBinding::None)
    }

    fn begin_with(binding: ChannelBinding) -> ClientFirst {
        ClientFirst::new("user", "pencil", "rOprNGfwEbeRWgbNEkqO", binding).unwrap()
    }

    fn refused(server_first: &str) -> &'static str {
        begin().challenge(&STANDARD.encode(server_first)).map(|_| ()).unwrap_err()
    }

    /// The example of RFC 7677 section 3.
    #[test]
    fn the_example_of_the_rfc() {
        let first = begin();
        assert_eq!(STANDARD.decode(first.message()).unwrap(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let (work, challenged) = first.challenge(&STANDARD.encode(SERVER_FIRST)).unwrap();
        let (last, signature) = challenged.answer(&work.run());
        assert_eq!(
            String::from_utf8(STANDARD.decode(&*last).unwrap()).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        let verify = |text: &str| signature.verify(&STANDARD.encode(text));
        verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap();
        assert!(verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=").is_err());
        assert!(verify("v=").is_err() && verify("").is_err());
        assert_eq!(verify("e=invalid-proof\r\nx").unwrap_err(), "invalid-proof");
    }

    /// RFC 5802 section 6: what the first message says of binding is said again, with what is bound to,
    /// where the proof covers it.
    #[test]
    fn the_flag_of_channel_binding_and_what_is_bound_to() {
        let bound =
            |data: &[u8]| ChannelBinding::Bound { kind: "tls-exporter", data: data.to_vec() };
        let proof = |binding: ChannelBinding| {
            let (work, challenged) =
                begin_with(binding).challenge(&STANDARD.encode(SERVER_FIRST)).unwrap();
            let without_proof = challenged.without_proof.clone();
            let (answer, _) = challenged.answer(&work.run());
            (without_proof.split(',').next().unwrap()[2..].to_owned(), answer.to_string())
        };
        let cases = [
            (ChannelBinding::None, "SCRAM-SHA-256", "n,,", &b"n,,"[..]),
            (ChannelBinding::NotOffered, "SCRAM-SHA-256", "y,,", b"y,,"),
            (
                bound(b"\x01\xff"),
                "SCRAM-SHA-256-PLUS",
                "p=tls-exporter,,",
                b"p=tls-exporter,,\x01\xff",
            ),
        ];
        for (binding, mechanism, flag, input) in cases {
            let first = begin_with(binding.clone());
            assert_eq!(first.mechanism(), mechanism);
            let message = String::from_utf8(STANDARD.decode(first.message()).unwrap()).unwrap();
            assert_eq!(message, format!("{flag}n=user,r=rOprNGfwEbeRWgbNEkqO"));
            assert_eq!(STANDARD.decode(proof(binding).0).unwrap(), input);
        }
        assert_ne!(proof(bound(b"one session")).1, proof(bound(b"another")).1);
    }

    #[test]
    fn what_a_server_may_not_ask_for() {
        let with = |from: &str, to: &str| refused(&SERVER_FIRST.replace(from, to));
        assert!(with("i=4096", "i=1").contains("iteration count"));
        assert!(with("i=4096", "i=4294967295").contains("iteration count"));
        assert!(with("i=4096", "i=99999999999999999999").contains("iteration count"));
        assert!(with("r=rOpr", "r=rOpx").contains("nonce"));
        assert!(with("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "").contains("nonce"));
        assert!(with("%hv", &"x".repeat(MAX_NONCE)).contains("nonce"));
        assert!(with("W22ZaJ0SNY7soEsUEjb6gQ==", "").contains("salt"));
        assert!(with("r=", "m=x,r=").contains("extension"));
        assert!(begin().challenge("not base64!").is_err());
    }

    #[test]
    fn names_are_prepared_and_escaped() {
        let first = |user: &str, password: &str| {
            ClientFirst::new(user, password, "n", ChannelBinding::None)
        };
        let bare = |user: &str| first(user, "x").unwrap().bare;
        assert_eq!(bare("a=b,c"), "n=a=3Db=2Cc,r=n");
        // Compatibility characters are normalised, a soft hyphen goes.
        assert_eq!(bare("\u{2168}I\u{ad}X"), "n=IXIX,r=n");
        assert!(first("bell\u{7}", "x").is_none());
        assert!(first("user", "").is_none());
    }

    proptest! {
        #[test]
        fn nothing_a_server_says_is_too_much(text in ".{0,200}", rest in "[ -~]{0,80}") {
            let _ = begin().challenge(&text);
            let continued = format!("r=rOprNGfwEbeRWgbNEkqO{rest}");
            let _ = begin().challenge(&STANDARD.encode(continued));
            let _ = ServerSignature([0; HASH]).verify(&STANDARD.encode(text));
        }
    }
}
