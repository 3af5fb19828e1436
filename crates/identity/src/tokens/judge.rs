//! The judge of tokens: signature, issuer, audience, time, user. Pure; keys and time are handed in.

use std::fmt;

use jsonwebtoken::{Algorithm, Validation};
use model::{TimeSpan, Timestamp};
use serde_json::{Map, Value};

use super::keys::Keys;

/// Longest token, in bytes: more does not come through SMTP.
const MAX_TOKEN: usize = 9 * 1024;
/// How far the issuer's clock and ours may differ.
const LEEWAY: TimeSpan = TimeSpan::seconds(60);
/// Keys tried of those that could be meant.
const MOST_KEYS: usize = 8;
/// Longest piece of a token that is shown, in characters.
const MOST_SHOWN: usize = 200;
/// What a token may say it is (RFC 9068 section 2.1; most say only JWT, or nothing).
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// What a token says of itself before anything is verified: by whom and which key it wants to be judged.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) algorithm: Algorithm,
    /// The key's id, where one is named.
    pub(super) key: Option<String>,
    pub(super) issuer: String,
}

/// What must be so.
pub(super) struct Rules<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    /// Claims that may name the user.
    pub(super) claims: &'a [String],
    pub(super) now: Timestamp,
}

/// A good token.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// Whom it names.
    pub(super) user: String,
    /// By which claim.
    pub(super) claim: String,
    /// Until when it is good.
    pub(super) until: Timestamp,
}

/// What is wrong with a token. Shows nothing of one that its issuer has not signed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    TooLong,
    NotOne,
    Algorithm(Algorithm),
    Type,
    NoIssuer,
    UnknownKey,
    Signature,
    Issuer,
    Audience { said: String, wanted: String },
    NoExpiry,
    Expired(Timestamp),
    NotYet(Timestamp),
    NoUser(Vec<String>),
    NotVerified,
}

impl Head {
    pub(super) fn read(token: &str) -> Result<Self, Flaw> {
        if token.len() > MAX_TOKEN {
            return Err(Flaw::TooLong);
        }
        // An unknown method, "none" above all, is no header here.
        let header = jsonwebtoken::decode_header(token).map_err(|_| Flaw::NotOne)?;
        if !is_taken(header.alg) {
            return Err(Flaw::Algorithm(header.alg));
        }
        let is_type = |said: &String| TYPES.iter().any(|known| known.eq_ignore_ascii_case(said));
        if !header.typ.as_ref().is_none_or(is_type) {
            return Err(Flaw::Type);
        }
        let claims: Map<String, Value> =
            jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| Flaw::NotOne)?;
        let issuer = claims.get("iss").and_then(Value::as_str).ok_or(Flaw::NoIssuer)?.to_owned();
        Ok(Self { algorithm: header.alg, key: header.kid, issuer })
    }
}

/// Judges a token of which `head` was read, by the keys of who should have issued it.
pub(super) fn judge(
    token: &str,
    head: &Head,
    keys: &Keys,
    rules: &Rules<'_>,
) -> Result<Judged, Flaw> {
    let claims = signed(token, head, keys)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(rules.issuer) {
        return Err(Flaw::Issuer);
    }
    let until = within_time(&claims, rules.now)?;
    is_for(claims.get("aud"), rules.audience)?;
    // The first that is there decides: another could be chosen by the user himself.
    let named = rules.claims.iter().find(|claim| claims.contains_key(claim.as_str()));
    let none = || Flaw::NoUser(rules.claims.to_vec());
    let claim = named.ok_or_else(none)?;
    let user = text(claim).filter(|user| !user.is_empty()).ok_or_else(none)?.to_owned();
    if claim == "email" && claims.get("email_verified") == Some(&Value::Bool(false)) {
        return Err(Flaw::NotVerified);
    }
    Ok(Judged { user, claim: claim.clone(), until })
}

/// The claims, where one of the keys has signed them.
fn signed(token: &str, head: &Head, keys: &Keys) -> Result<Map<String, Value>, Flaw> {
    let mut validation = Validation::new(head.algorithm);
    // The rest is looked at here, by the clock that is handed in.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let mut flaw = Flaw::UnknownKey;
    for key in keys.fitting(head.key.as_deref(), head.algorithm).take(MOST_KEYS) {
        match jsonwebtoken::decode(token, key, &validation) {
            Ok(data) => return Ok(data.claims),
            Err(_) => flaw = Flaw::Signature,
        }
    }
    Err(flaw)
}

/// Until when it is good, where it is good now.
fn within_time(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, Flaw> {
    let expires = claims.get("exp").and_then(moment).ok_or(Flaw::NoExpiry)?;
    let until = expires + LEEWAY;
    if now >= until {
        return Err(Flaw::Expired(expires));
    }
    match claims.get("nbf").map(moment) {
        Some(None) => Err(Flaw::NotOne),
        Some(Some(from)) if now + LEEWAY < from => Err(Flaw::NotYet(from)),
        _ => Ok(until),
    }
}

/// A NumericDate (RFC 7519 section 2): seconds, with a fraction or not.
fn moment(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_i64().or_else(|| {
        let seconds = value.as_f64().filter(|s| (0.0..1e11).contains(s))?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "bounded above, and a fraction does not matter"
        )]
        Some(seconds as i64)
    })?;
    Some(Timestamp::from_millis(seconds.checked_mul(1000)?))
}

/// One text or a list of them (RFC 7519 section 4.1.3).
fn is_for(audience: Option<&Value>, wanted: &str) -> Result<(), Flaw> {
    let said: Vec<&str> = match audience {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if said.contains(&wanted) {
        return Ok(());
    }
    Err(Flaw::Audience { said: said.join(", "), wanted: wanted.to_owned() })
}

/// Methods with a public key. Those with a shared secret are not: whoever knew the secret could make tokens.
fn is_taken(algorithm: Algorithm) -> bool {
    !matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)
}

/// A text out of a token, fit for a log.
pub(super) fn shown(text: &str) -> String {
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let short: String = text.chars().map(clean).take(MOST_SHOWN).collect();
    if short.is_empty() { "nothing".to_owned() } else { format!("\"{short}\"") }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the token is longer than 9 KiB"),
            Self::NotOne => {
                f.write_str("it is no JSON Web Token, or not signed by a method that is taken")
            }
            Self::Algorithm(method) => {
                write!(f, "the token is signed by {method:?}, which is not taken")
            }
            Self::Type => f.write_str("it is a JSON Web Token of another type than JWT or at+jwt"),
            Self::NoIssuer => f.write_str("the token names no issuer"),
            Self::UnknownKey => f.write_str(
                "the issuer publishes no key of the id and kind that the token is signed with",
            ),
            Self::Signature => f.write_str("the token's signature is not good"),
            Self::Issuer => f.write_str("the token's issuer is another"),
            Self::Audience { said, wanted } => {
                write!(f, "the token is for {}, and Audience is \"{wanted}\"", shown(said))
            }
            Self::NoExpiry => f.write_str("the token does not say when it expires"),
            Self::Expired(at) => write!(f, "the token expired at {at}"),
            Self::NotYet(from) => write!(f, "the token is good from {from} on"),
            Self::NoUser(claims) => {
                write!(
                    f,
                    "the token names no user: it has none of the claims {}",
                    claims.join(", ")
                )
            }
            Self::NotVerified => {
                f.write_str("the issuer has not verified the address in the claim email")
            }
        }
    }
}
