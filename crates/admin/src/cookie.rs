//! The cookie that names a session (RFC 6265): one name, one form, nothing else is read.
//!
//! `__Host-` makes browsers take it only from this host, over TLS, for the whole host; `HttpOnly`
//! hides it from scripts, `SameSite=Strict` from requests that other sites cause. It ends with the
//! browser; how long it counts is decided by the server.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::sessions::Token;

const NAME: &str = "__Host-relais";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// What a request says of its session.
pub(crate) enum Cookie {
    /// Nothing.
    Absent,
    /// What cannot be a session's name, or two names.
    Unreadable,
    /// A name, of a session or not.
    Token(Token),
}

impl Cookie {
    /// Reads the request's cookies.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let fields = headers.get_all(header::COOKIE).into_iter();
        // What is no text cannot be ours; the others' cookies are not our concern.
        let pairs = fields.filter_map(|field| field.to_str().ok()).flat_map(|f| f.split(';'));
        let mut ours = pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .filter_map(|(name, value)| (name == NAME).then_some(value));
        match (ours.next(), ours.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => token(value).map_or(Self::Unreadable, Self::Token),
            (Some(_), Some(_)) => Self::Unreadable,
        }
    }

    /// Whether there is one, whatever it says.
    pub(crate) fn is_there(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

/// The field that gives the browser its session.
pub(crate) fn given(token: &Token) -> Option<HeaderValue> {
    let value = URL_SAFE_NO_PAD.encode(token.secret());
    let mut field = HeaderValue::from_str(&format!("{NAME}={value}; {ATTRIBUTES}")).ok()?;
    // Kept out of what is logged of headers.
    field.set_sensitive(true);
    Some(field)
}

/// The field that takes it away.
pub(crate) fn taken() -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{NAME}=; Max-Age=0; {ATTRIBUTES}")).ok()
}

fn token(value: &str) -> Option<Token> {
    // Longer ones are not even decoded.
    let bytes = (value.len() <= 64).then(|| URL_SAFE_NO_PAD.decode(value).ok())??;
    Some(Token::from_secret(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[&str]) -> Option<Option<[u8; 32]>> {
        let headers =
            HeaderMap::from_iter(fields.iter().map(|f| (header::COOKIE, f.parse().unwrap())));
        match Cookie::of(&headers) {
            Cookie::Absent => None,
            Cookie::Unreadable => Some(None),
            Cookie::Token(token) => Some(Some(*token.secret())),
        }
    }

    #[test]
    fn only_one_whole_name_is_read() {
        let token = Token::from_secret([0xfb; 32]);
        let field = given(&token).unwrap();
        let pair = field.to_str().unwrap().split(';').next().unwrap().to_owned();
        assert_eq!(read(&[&pair]), Some(Some([0xfb; 32])));
        assert_eq!(read(&["a=b", &format!("c=d;{pair} ; e")]), Some(Some([0xfb; 32])));
        assert_eq!(read(&[&pair, &pair]), Some(None));
        let long = format!("{NAME}={}", "A".repeat(10_000));
        for wrong in [&format!("{pair}A"), &pair[..pair.len() - 1], &long, "__Host-relais="] {
            assert_eq!(read(&[wrong]), Some(None), "{wrong:.80}");
        }
        for other in ["", "relais=x", "__host-relais=x", "__Host-relais", "x__Host-relais=y"] {
            assert_eq!(read(&[other]), None, "{other}");
        }
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn it_is_for_this_host_over_tls_and_not_for_scripts() {
        let field = given(&Token::from_secret([1; 32])).unwrap();
        assert!(field.is_sensitive());
        for field in [field, taken().unwrap()] {
            let text = field.to_str().unwrap();
            for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
                assert!(text.split("; ").any(|part| part == attribute), "{text}");
            }
            assert!(!text.contains("Domain"));
        }
    }
}
