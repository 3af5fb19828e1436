//! What a token endpoint answers (RFC 6749 sections 5.1 and 5.2): everything in it is bounded, and nothing
//! of it is believed that is not needed.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::permit::AccessToken;

/// Longest token taken, in bytes: what an AUTH response may hold (RFC 4954 section 4), in base64.
const MAX_TOKEN: usize = 8 * 1024;
/// Longest error and error_description that are told, in characters.
const MAX_ERROR: usize = 64;
const MAX_DESCRIPTION: usize = 300;

/// A token.
pub(super) struct Answer {
    pub(super) token: AccessToken,
    /// How long it is valid, where that is told.
    pub(super) life: Option<Duration>,
    /// A refresh token that takes the place of the one that was shown.
    pub(super) refresh_token: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
struct Success {
    access_token: Hidden,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<Hidden>,
}

/// A text that is wiped.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Hidden(Zeroizing<String>);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

#[derive(Deserialize)]
struct Failure {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

impl Answer {
    /// Reads the body of an answer with this status.
    ///
    /// # Errors
    /// What the endpoint said instead of giving a token, bounded, without any of `secrets`.
    pub(super) fn read(status: u16, body: &[u8], secrets: &[&str]) -> Result<Self, String> {
        match status {
            200 => read(body),
            300..=399 => Err(format!("it answered {status}, a redirection, and none is followed")),
            _ => Err(format!("it answered {status}{}", failure(body, secrets))),
        }
    }
}

fn read(body: &[u8]) -> Result<Answer, String> {
    // What is wrong is not told in the parser's words: they may repeat a token.
    let success: Success = serde_json::from_slice(body)
        .map_err(|_| "it answered 200 without an access token in JSON".to_owned())?;
    let is_bearer = |kind: &String| kind.eq_ignore_ascii_case("bearer");
    if !success.token_type.as_ref().is_none_or(is_bearer) {
        return Err("it gave a token that is not of the type Bearer".to_owned());
    }
    let Hidden(token) = success.access_token;
    if !is_token(&token) {
        return Err("it gave a token that is not 1 to 8,192 visible ASCII characters".to_owned());
    }
    Ok(Answer {
        token: AccessToken::new(token),
        life: success.expires_in.map(Duration::from_secs),
        refresh_token: success
            .refresh_token
            .map(|Hidden(token)| token)
            .filter(|token| is_token(token)),
    })
}

fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// ` error: error_description`; nothing where the body says none.
fn failure(body: &[u8], secrets: &[&str]) -> String {
    let Ok(Failure { error, error_description }) = serde_json::from_slice(body) else {
        return String::new();
    };
    let description = error_description.unwrap_or_default();
    let text = format!("{error} {description}");
    if secrets.iter().any(|secret| !secret.is_empty() && text.contains(secret)) {
        return " (what it said is not shown: it repeats a secret)".to_owned();
    }
    let shown = |text: &str, most| -> String {
        let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        one_line.chars().filter(|c| !c.is_control()).take(most).collect()
    };
    let description = shown(&description, MAX_DESCRIPTION);
    let separator = if description.is_empty() { "" } else { ": " };
    format!(" {}{separator}{description}", shown(&error, MAX_ERROR))
}

/// A number, or one in a text, as some endpoints write it.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> String {
        Answer::read(status, body.as_bytes(), &["s3cret"]).map(|_| ()).unwrap_err()
    }

    /// The examples of RFC 6749 sections 5.1 and 5.2, and what real endpoints make of them.
    #[test]
    fn what_endpoints_answer() {
        let of = |body: &str| Answer::read(200, body.as_bytes(), &[]).unwrap();
        let answer = of(r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example",
            "expires_in":3600}"#
            .replace("example", "Bearer")
            .as_str());
        assert_eq!(answer.life, Some(Duration::from_secs(3600)));
        assert!(answer.refresh_token.is_none());
        let answer = of(r#"{"access_token":"a","expires_in":"59","refresh_token":"b","x":[1]}"#);
        assert_eq!(answer.life, Some(Duration::from_secs(59)));
        assert_eq!(answer.refresh_token.as_deref().map(String::as_str), Some("b"));
        assert_eq!(of(r#"{"access_token":"a","expires_in":null}"#).life, None);
        assert_eq!(format!("{:?}", of(r#"{"access_token":"a"}"#).token), "AccessToken");
        let said =
            refused(400, r#"{"error":"invalid_grant","error_description":"It has\r\n expired."}"#);
        assert_eq!(said, "it answered 400 invalid_grant: It has expired.");
        assert_eq!(refused(401, r#"{"error":"invalid_client"}"#), "it answered 401 invalid_client");
        assert_eq!(refused(503, "<html>no</html>"), "it answered 503");
    }

    #[test]
    fn what_is_not_believed_or_told() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":"to ken"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"s3cret","expires_in":3600"#,
        ] {
            assert!(!refused(200, body).contains("s3cret"), "{body}");
        }
        let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(MAX_TOKEN + 1));
        assert!(refused(200, &long).contains("8,192"));
        assert!(refused(302, "").contains("redirection"));
        let said = refused(400, r#"{"error":"x","error_description":"s3cret is wrong"}"#);
        assert!(said.contains("not shown") && !said.contains("s3cret"), "{said}");
        let long = format!(r#"{{"error":"{0}","error_description":"{0}"}}"#, "a".repeat(5000));
        assert!(refused(400, &long).len() < 500);
    }
}
