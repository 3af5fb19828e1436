//! The exchange of AUTH PLAIN (RFC 4616) and AUTH LOGIN up to user and password, and the order of the messages
//! of SCRAM, which `scram` reads, and of those with a token, which `bearer` reads.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use model::Reply;
use zeroize::{Zeroize, Zeroizing};

use super::{
    bearer::{Form, NoToken, ShownToken},
    replies,
    scram::{Challenged, ClientFirst, Judged, TlsBinding, Unfit},
    step::Secret,
};

/// Longest user name and longest password, in bytes.
const MAX_CREDENTIAL: usize = 1024;

/// Some clients leave padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An exchange under way: what the next response is.
#[derive(Debug)]
pub(super) enum AuthExchange {
    /// The whole of PLAIN.
    Plain,
    /// LOGIN's user name.
    LoginUser,
    /// LOGIN's password; the user is known.
    LoginPassword(String),
    /// SCRAM's first message.
    ScramFirst {
        /// With channel binding.
        plus: bool,
        /// What the session can be bound to.
        bindings: Vec<TlsBinding>,
    },
    /// SCRAM's proof.
    ScramProof(Box<Challenged>),
    /// The empty response to our proof (RFC 4954 section 4: success is a reply of its own).
    ScramEnd,
    /// The message with an access token.
    Bearer(Form),
    /// What a client says to a refusal of its token before it is given the reply (RFC 7628 section 3.2.3).
    BearerRefused(Reply),
}

/// What a step of the exchange leads to.
#[derive(Debug)]
pub(super) enum AuthProgress {
    /// Ask on with `334` and this challenge.
    Challenge(AuthExchange, &'static str),
    /// Both are known.
    Credentials {
        /// `PLAIN` or `LOGIN`.
        mechanism: &'static str,
        user: String,
        password: Secret,
    },
    /// The user's keys are needed.
    Keys(ClientFirst),
    /// A proof, or a first message that may not be.
    Judged(Judged),
    /// SCRAM is over: the client has taken our proof.
    Proven,
    /// An access token is shown.
    Token(ShownToken),
    /// There is none in the message.
    NoToken(Form),
    /// The client has heard why its token is refused: the reply.
    TokenRefused(Reply),
    /// The client does not keep to the exchange, or ends it.
    Broken(Reply),
    /// Credentials that cannot be right: a failed logon.
    Failed,
}

/// What is offered beside PLAIN and LOGIN.
pub(super) struct Offered<'a> {
    /// SCRAM.
    pub(super) scram: bool,
    /// What the session can be bound to.
    pub(super) bindings: &'a [TlsBinding],
    /// Access tokens.
    pub(super) tokens: bool,
}

impl AuthExchange {
    /// Starts with the arguments of AUTH; `None` for a mechanism that is not offered.
    pub(super) fn start(
        mechanism: &str,
        initial: Option<&str>,
        offered: &Offered<'_>,
    ) -> Option<AuthProgress> {
        let is = |name: &str| mechanism.eq_ignore_ascii_case(name);
        let bindings = offered.bindings;
        let scram = |plus| Self::ScramFirst { plus, bindings: bindings.to_vec() };
        let (exchange, challenge) = if is("PLAIN") {
            (Self::Plain, "")
        } else if is("LOGIN") {
            // "Username:"
            (Self::LoginUser, "VXNlcm5hbWU6")
        } else if offered.scram && is("SCRAM-SHA-256") {
            (scram(false), "")
        } else if offered.scram && is("SCRAM-SHA-256-PLUS") && !bindings.is_empty() {
            (scram(true), "")
        } else if is("OAUTHBEARER") && offered.tokens {
            (Self::Bearer(Form::OauthBearer), "")
        } else if is("XOAUTH2") && offered.tokens {
            (Self::Bearer(Form::Xoauth2), "")
        } else {
            return None;
        };
        Some(match initial {
            None => AuthProgress::Challenge(exchange, challenge),
            // RFC 4954 section 4: "=" is an initial response of no bytes.
            Some("=") => exchange.respond(b""),
            Some(initial) => exchange.respond(initial.as_bytes()),
        })
    }

    /// Goes on with a response line given without its CRLF.
    pub(super) fn respond(self, line: &[u8]) -> AuthProgress {
        if let Self::BearerRefused(reply) = self {
            // Whatever it says: a token that was refused is a failed logon.
            let cancelled = line == b"*";
            let reply = if cancelled { replies::auth_cancelled() } else { reply };
            return AuthProgress::TokenRefused(reply);
        }
        if line == b"*" {
            return AuthProgress::Broken(replies::auth_cancelled());
        }
        let Some(text) = decode(line) else {
            return AuthProgress::Broken(replies::auth_undecodable());
        };
        match self {
            Self::Plain => plain(&text),
            // "Password:"
            Self::LoginUser => {
                AuthProgress::Challenge(Self::LoginPassword(text.to_string()), "UGFzc3dvcmQ6")
            }
            Self::LoginPassword(user) => credentials("LOGIN", &user, &text),
            Self::ScramFirst { plus, bindings } => scram_first(&text, plus, &bindings),
            Self::ScramProof(challenged) => match challenged.judge(&text) {
                Some(judged) => AuthProgress::Judged(judged),
                None => AuthProgress::Broken(replies::auth_undecodable()),
            },
            Self::ScramEnd if text.is_empty() => AuthProgress::Proven,
            Self::Bearer(form) => match form.read(&text) {
                Ok(shown) => AuthProgress::Token(shown),
                Err(NoToken::Missing) => AuthProgress::NoToken(form),
                Err(NoToken::Malformed) => AuthProgress::Broken(replies::auth_undecodable()),
            },
            Self::ScramEnd | Self::BearerRefused(_) => {
                AuthProgress::Broken(replies::auth_undecodable())
            }
        }
    }
}

fn scram_first(text: &str, plus: bool, bindings: &[TlsBinding]) -> AuthProgress {
    match ClientFirst::read(text, plus, bindings) {
        Ok(first) => AuthProgress::Keys(first),
        Err(Unfit::Refused { user, why }) => {
            let mechanism = if plus { "SCRAM-SHA-256-PLUS" } else { "SCRAM-SHA-256" };
            AuthProgress::Judged(Judged { mechanism, user, verdict: Err(why) })
        }
        Err(Unfit::Malformed) => AuthProgress::Broken(replies::auth_undecodable()),
    }
}

fn decode(line: &[u8]) -> Option<Zeroizing<String>> {
    let bytes = BASE64.decode(line).ok()?;
    match String::from_utf8(bytes) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            None
        }
    }
}

/// `authorization NUL user NUL password`. Nobody may act for somebody else.
fn plain(text: &str) -> AuthProgress {
    let mut parts = text.split('\0');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(acting_for), Some(user), Some(password), None) => {
            if acting_for.is_empty() || acting_for == user {
                credentials("PLAIN", user, password)
            } else {
                AuthProgress::Failed
            }
        }
        _ => AuthProgress::Broken(replies::auth_undecodable()),
    }
}

/// An empty password is refused here: some directories take it for an anonymous sign-in.
fn credentials(mechanism: &'static str, user: &str, password: &str) -> AuthProgress {
    let usable = |text: &str| !text.is_empty() && text.len() <= MAX_CREDENTIAL;
    if !usable(user) || !usable(password) || user.contains(char::is_control) {
        return AuthProgress::Failed;
    }
    AuthProgress::Credentials {
        mechanism,
        user: user.to_owned(),
        password: Secret::new(password.to_owned()),
    }
}
