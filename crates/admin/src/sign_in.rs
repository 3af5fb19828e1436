//! Who calls: `Authorization: Basic` (RFC 7617), verified on every request.

use std::net::IpAddr;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, header::ACCEPT_LANGUAGE, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use identity::{AuthError, Principal};
use management::{Caller, DateOrder};
use zeroize::Zeroizing;

use crate::{app::App, limiter::TooMany, refusal::Refusal};

/// The client's address, put into every request by the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A caller who has proven who he is.
pub(crate) struct SignedIn {
    pub(crate) caller: Caller,
}

/// A user name and a password.
#[derive(PartialEq, Eq)]
struct Credentials {
    user: String,
    password: Zeroizing<String>,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Some(Peer(client)) = parts.extensions.get().copied() else {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "The client's address is unknown."));
        };
        let credentials = credentials(&parts.headers)?;
        let principal = verify(app, client, &credentials).await?;
        Ok(Self {
            caller: Caller {
                user: principal.mailbox.name.to_string(),
                mailbox: Some(principal.mailbox.header.guid),
                role_groups: principal.role_groups,
                client: Some(client.to_canonical()),
                dates: dates(&parts.headers),
            },
        })
    }
}

/// How somebody of this language writes dates (RFC 9110 section 12.5.4: the first language counts).
fn dates(headers: &HeaderMap) -> DateOrder {
    let language = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let is_french = language.and_then(|text| text.trim_start().get(..2));
    match is_french {
        Some(tag) if tag.eq_ignore_ascii_case("fr") => DateOrder::DayFirst,
        _ => DateOrder::MonthFirst,
    }
}

async fn verify(
    app: &App,
    client: IpAddr,
    credentials: &Credentials,
) -> Result<Principal, Refusal> {
    let attempt = app.limiter.begin(client).map_err(|TooMany(seconds)| {
        Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            format!("Too many failed sign-ins from your address: try again in {seconds} s."),
        )
        .retry_after(seconds)
    })?;
    match app.authenticator.verify(&credentials.user, &credentials.password).await {
        Ok(principal) => Ok(principal),
        Err(AuthError::Wrong) => {
            attempt.failed();
            // No name: people type passwords there.
            tracing::info!(%client, "sign-in refused");
            Err(unauthorized("The user name or the password is wrong."))
        }
        Err(AuthError::Busy) => {
            let text = "Too many sign-ins at this moment: try again.";
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, text).retry_after(1))
        }
    }
}

fn credentials(headers: &HeaderMap) -> Result<Credentials, Refusal> {
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| unauthorized("Sign in with a user name and a password (Basic)."))?;
    let malformed = || unauthorized("The Authorization header cannot be read.");
    let (scheme, rest) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
    if scheme.eq_ignore_ascii_case("Bearer") {
        return Err(unauthorized(
            "This server accepts no tokens: sign in with a user name and a password (Basic).",
        ));
    }
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(unauthorized(
            "This way to sign in is unknown here: use a user name and a password (Basic).",
        ));
    }
    basic(rest.trim()).ok_or_else(malformed)
}

fn basic(encoded: &str) -> Option<Credentials> {
    let decoded = Zeroizing::new(STANDARD.decode(encoded).ok()?);
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some(Credentials { user: user.to_owned(), password: Zeroizing::new(password.to_owned()) })
}

fn unauthorized(detail: &str) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_in_the_first_language() {
        let order = |language: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(language) = language {
                headers.insert(ACCEPT_LANGUAGE, language.parse().unwrap());
            }
            dates(&headers)
        };
        for (language, expected) in [
            (None, DateOrder::MonthFirst),
            (Some("en-US,fr;q=0.5"), DateOrder::MonthFirst),
            (Some("f"), DateOrder::MonthFirst),
            (Some("fr"), DateOrder::DayFirst),
            (Some(" FR-be, en;q=0.8"), DateOrder::DayFirst),
        ] {
            assert_eq!(order(language), expected, "{language:?}");
        }
    }

    fn read(value: &str) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        credentials(&headers).ok().map(|c| (c.user, c.password.to_string()))
    }

    #[test]
    fn only_basic_with_a_name_and_a_password_is_read() {
        let encoded = STANDARD.encode("jean@contoso.com:p:ä");
        let expected = Some(("jean@contoso.com".to_owned(), "p:ä".to_owned()));
        assert_eq!(read(&format!("Basic {encoded}")), expected);
        assert_eq!(read(&format!("bASIC  {encoded}")), expected);
        let no_colon = format!("Basic {}", STANDARD.encode("jean"));
        let no_text = format!("Basic {}", STANDARD.encode([0xff, b':']));
        for bad in ["", "Basic", "Basic ", "Basic *", "Digest x", "Bearer x", &no_colon, &no_text] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert!(credentials(&HeaderMap::new()).is_err());
    }
}
