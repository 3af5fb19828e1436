//! OAUTHBEARER (RFC 7628) and XOAUTH2, its forerunner, on the server's side: what the client shows, and what
//! is said to one whose token is refused. Whether a token is good is the driver's affair.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{scram::unescaped, settings::BearerOffer, step::Secret};

/// Longest name a client gives for whom it acts, in bytes.
const MAX_NAME: usize = 1024;
/// Most pairs of a message; three are defined.
const MAX_PAIRS: usize = 16;
/// Stands before, between and behind the pairs.
const SEPARATOR: char = '\u{1}';

/// In which of the two forms a token is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// RFC 7628.
    OauthBearer,
    /// As Google and Microsoft describe it.
    Xoauth2,
}

/// What a client shows.
#[derive(Debug)]
pub(super) struct ShownToken {
    pub(super) form: Form,
    /// As whom it wants to sign in, where it says so.
    pub(super) user: Option<String>,
    pub(super) token: Secret,
}

/// Why a message shows no token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoToken {
    /// It is none of this form.
    Malformed,
    /// It has none, or none that could be one: who only wants to know where tokens are to be had asks so
    /// (RFC 7628 section 3.2.2).
    Missing,
}

impl Form {
    /// The mechanism's registered name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OauthBearer => "OAUTHBEARER",
            Self::Xoauth2 => "XOAUTH2",
        }
    }

    /// Reads the client's one message.
    pub(super) fn read(self, text: &str) -> Result<ShownToken, NoToken> {
        let (user, pairs) = match self {
            Self::OauthBearer => {
                let (header, pairs) = text.split_once(SEPARATOR).ok_or(NoToken::Malformed)?;
                (acts_for(header).ok_or(NoToken::Malformed)?, pairs)
            }
            Self::Xoauth2 => (None, text),
        };
        let pairs = pairs.strip_suffix(SEPARATOR).ok_or(NoToken::Malformed)?;
        let [named, auth] = fields(pairs, ["user", "auth"]).ok_or(NoToken::Malformed)?;
        let user = match self {
            Self::OauthBearer => user,
            Self::Xoauth2 => named.filter(|name| !name.is_empty()).map(str::to_owned),
        };
        if user
            .as_ref()
            .is_some_and(|name| name.len() > MAX_NAME || name.contains(char::is_control))
        {
            return Err(NoToken::Malformed);
        }
        let token = auth.and_then(token).ok_or(NoToken::Missing)?;
        Ok(ShownToken { form: self, user, token: Secret::new(token.to_owned()) })
    }

    /// What a client whose token is refused is told (RFC 7628 section 3.2.2), in base64.
    pub(super) fn refusal(self, offer: &BearerOffer) -> String {
        let text = match (self, &offer.configuration) {
            (Self::Xoauth2, _) => r#"{"status":"401","schemes":"bearer","scope":""}"#.to_owned(),
            (Self::OauthBearer, Some(url)) if !url.contains(['"', '\\']) => {
                format!(r#"{{"status":"invalid_token","openid-configuration":"{url}"}}"#)
            }
            (Self::OauthBearer, _) => r#"{"status":"invalid_token"}"#.to_owned(),
        };
        STANDARD.encode(text)
    }
}

/// The header of GS2 (RFC 5801 section 4): without channel binding, which OAUTHBEARER does not have. Inside,
/// nobody where the client does not say as whom it acts.
fn acts_for(header: &str) -> Option<Option<String>> {
    let (flag, rest) = header.split_once(',')?;
    let name = rest.strip_suffix(',')?;
    match (flag, name) {
        ("n" | "y", "") => Some(None),
        ("n" | "y", name) => unescaped(name.strip_prefix("a=")?).map(Some),
        _ => None,
    }
}

/// The values of these keys among `key=value` pairs, each of which has a separator behind it.
fn fields<'a>(pairs: &'a str, keys: [&str; 2]) -> Option<[Option<&'a str>; 2]> {
    let mut found = [None, None];
    if pairs.is_empty() {
        return Some(found);
    }
    let pairs = pairs.strip_suffix(SEPARATOR)?;
    for (number, pair) in pairs.split(SEPARATOR).enumerate() {
        let (key, value) = pair.split_once('=')?;
        let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !is_key || number >= MAX_PAIRS {
            return None;
        }
        for (slot, wanted) in found.iter_mut().zip(keys) {
            if key == wanted && slot.replace(value).is_some() {
                return None;
            }
        }
    }
    Some(found)
}

/// The token of `Bearer token` (RFC 6750 section 2.1).
fn token(auth: &str) -> Option<&str> {
    let (scheme, token) = auth.split_once(' ')?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let is_token = !token.is_empty() && token.bytes().all(fits);
    (scheme.eq_ignore_ascii_case("Bearer") && is_token).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: Form, text: &str) -> Result<(Option<String>, String), NoToken> {
        form.read(text).map(|shown| (shown.user, shown.token.to_string()))
    }

    #[test]
    fn what_clients_show() {
        let some = |user: &str, token: &str| Ok((Some(user.to_owned()), token.to_owned()));
        for (text, user) in [
            // RFC 7628 section 4.1.
            (
                "n,a=user@example.com,\u{1}host=server.example.com\u{1}port=143\u{1}auth=Bearer vF9dft4qmT\u{1}\u{1}",
                Some("user@example.com"),
            ),
            ("n,,\u{1}auth=Bearer vF9dft4qmT\u{1}\u{1}", None),
            ("y,a=a=2Cb=3Dc,\u{1}auth=bearer vF9dft4qmT\u{1}\u{1}", Some("a,b=c")),
        ] {
            let wanted = Ok((user.map(str::to_owned), "vF9dft4qmT".to_owned()));
            assert_eq!(read(Form::OauthBearer, text), wanted, "{text}");
        }
        let text = "user=someuser@example.com\u{1}auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\u{1}\u{1}";
        let token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
        assert_eq!(read(Form::Xoauth2, text), some("someuser@example.com", token));
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "n,,",
            "n,,\u{1}auth=Bearer x\u{1}",
            "n,,auth=Bearer x\u{1}\u{1}",
            "p=tls-exporter,,\u{1}auth=Bearer x\u{1}\u{1}",
            "n,user,\u{1}auth=Bearer x\u{1}\u{1}",
            "n,a=,\u{1}auth=Bearer x\u{1}\u{1}",
            "n,a=x=,\u{1}auth=Bearer x\u{1}\u{1}",
            "n,,\u{1}auth=Bearer x\u{1}auth=Bearer y\u{1}\u{1}",
            "n,,\u{1}auth\u{1}\u{1}",
            "n,,\u{1}=x\u{1}\u{1}",
            "n,a=a\u{7}b,\u{1}auth=Bearer x\u{1}\u{1}",
        ] {
            assert_eq!(read(Form::OauthBearer, text), Err(NoToken::Malformed), "{text:?}");
        }
        let many = format!("n,,\u{1}{}\u{1}", "a=b\u{1}".repeat(17));
        assert_eq!(read(Form::OauthBearer, &many), Err(NoToken::Malformed));
        for text in [
            "n,,\u{1}\u{1}",
            "n,,\u{1}host=x\u{1}\u{1}",
            "n,,\u{1}auth=\u{1}\u{1}",
            "n,,\u{1}auth=Bearer \u{1}\u{1}",
            "n,,\u{1}auth=Basic x\u{1}\u{1}",
            "n,,\u{1}auth=Bearer a b\u{1}\u{1}",
        ] {
            assert_eq!(read(Form::OauthBearer, text), Err(NoToken::Missing), "{text:?}");
        }
        assert_eq!(read(Form::Xoauth2, "user=a\u{1}auth=Bearer x\u{1}"), Err(NoToken::Malformed));
        assert_eq!(read(Form::Xoauth2, "user=a\u{1}\u{1}"), Err(NoToken::Missing));
    }

    #[test]
    fn an_address_that_would_break_the_answer_is_left_out() {
        let said = |url: &str| {
            let offer = BearerOffer { configuration: Some(url.to_owned()) };
            String::from_utf8(STANDARD.decode(Form::OauthBearer.refusal(&offer)).unwrap()).unwrap()
        };
        assert!(said("https://a.test/x").contains(r#""openid-configuration":"https://a.test/x""#));
        assert_eq!(said("https://a.test/\"x"), r#"{"status":"invalid_token"}"#);
    }
}
