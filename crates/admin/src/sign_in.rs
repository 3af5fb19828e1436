//! Who calls: a session's cookie, or `Authorization: Basic` (RFC 7617) verified on every request.
//!
//! A request with the cookie is the session's and nobody else's: a password that the browser
//! remembers beside it does not count. What changes something needs the session's CSRF token too.

use std::net::IpAddr;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use identity::{AuthError, Principal};
use management::{Caller, DateOrder};
use texts::Language;
use zeroize::Zeroizing;

use crate::{
    app::App,
    cookie::Cookie,
    credentials::Credentials,
    limiter::TooMany,
    refusal::{Refusal, reads_french},
    sessions::{Session, Token},
};

const CSRF: HeaderName = HeaderName::from_static("relais-csrf");
/// Sent with requests that a page makes by itself: its user need not be there.
const PASSIVE: HeaderName = HeaderName::from_static("relais-passive");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A caller who has proven who he is.
pub(crate) struct SignedIn {
    pub(crate) caller: Caller,
}

/// A caller with a session, and what it is.
pub(crate) struct InSession {
    pub(crate) caller: Caller,
    pub(crate) principal: Principal,
    pub(crate) session: Session,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let client = client(app, parts)?;
        match Cookie::of(&parts.headers) {
            Cookie::Absent => {
                let credentials = credentials(&parts.headers)?;
                let principal = verify(app, client, &credentials).await?;
                let caller = caller(&principal, client, &parts.headers);
                Ok(Self { caller })
            }
            cookie => in_session(app, client, parts, cookie).map(|s| Self { caller: s.caller }),
        }
    }
}

impl FromRequestParts<App> for InSession {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let client = client(app, parts)?;
        in_session(app, client, parts, Cookie::of(&parts.headers))
    }
}

/// Where the request comes from.
pub(crate) fn client(app: &App, parts: &Parts) -> Result<IpAddr, Refusal> {
    app.proxies
        .client(parts)
        .ok_or_else(|| Refusal::new(StatusCode::FORBIDDEN, "The client's address is unknown."))
}

/// The session of a request; its user is there from now on, unless the page asks by itself.
fn in_session(
    app: &App,
    client: IpAddr,
    parts: &Parts,
    cookie: Cookie,
) -> Result<InSession, Refusal> {
    let Cookie::Token(token) = cookie else { return Err(no_session()) };
    let (session, principal) = found(app, &token).ok_or_else(no_session)?;
    if parts.method != Method::GET && parts.method != Method::HEAD {
        refuse_forged(&parts.headers, &session)?;
    }
    let passive = parts.headers.contains_key(PASSIVE);
    let touched = if passive { Some(session) } else { app.sessions.touch(session.id) };
    let session = touched.ok_or_else(no_session)?;
    Ok(InSession { caller: caller(&principal, client, &parts.headers), principal, session })
}

/// The session of a request that a page makes by itself.
pub(crate) fn passive_session(app: &App, headers: &HeaderMap) -> Result<Session, Refusal> {
    let Cookie::Token(token) = Cookie::of(headers) else { return Err(no_session()) };
    found(app, &token).map(|(session, _)| session).ok_or_else(no_session)
}

/// The session and who its owner is now. One whose owner may not come in any more has ended.
pub(crate) fn found(app: &App, token: &Token) -> Option<(Session, Principal)> {
    let session = app.sessions.find(token.id())?;
    let principal = app.authenticator.readmit(&session.pass);
    if principal.is_none() {
        app.sessions.end(session.id);
    }
    Some((session, principal?))
}

/// Refuses what another site makes a browser do in a session.
pub(crate) fn refuse_forged(headers: &HeaderMap, session: &Session) -> Result<(), Refusal> {
    refuse_foreign(headers)?;
    match headers.get(CSRF) {
        Some(token) if session.csrf.is(token.as_bytes()) => Ok(()),
        _ => Err(forged("The request lacks the session's token in Relais-CSRF.")),
    }
}

/// The same as far as the browser says where the request was made (W3C Fetch Metadata).
pub(crate) fn refuse_foreign(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(FETCH_SITE).map(HeaderValue::as_bytes) {
        None | Some(b"same-origin") => Ok(()),
        Some(_) => Err(forged("Requests that another site makes a browser send are refused.")),
    }
}

fn forged(detail: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, detail).with_id("csrf")
}

fn no_session() -> Refusal {
    let text = "You are not signed in, or your session has ended: sign in again.";
    Refusal::new(StatusCode::UNAUTHORIZED, text).with_id("session")
}

/// The caller that a principal is.
pub(crate) fn caller(principal: &Principal, client: IpAddr, headers: &HeaderMap) -> Caller {
    Caller {
        user: principal.mailbox.name.to_string(),
        mailbox: Some(principal.mailbox.header.guid),
        role_groups: principal.role_groups.clone(),
        client: Some(client),
        dates: dates(headers),
        language: language(headers),
    }
}

/// What he reads.
fn language(headers: &HeaderMap) -> Language {
    if reads_french(headers) { Language::French } else { Language::English }
}

/// How somebody of this language writes dates.
fn dates(headers: &HeaderMap) -> DateOrder {
    if reads_french(headers) { DateOrder::DayFirst } else { DateOrder::MonthFirst }
}

/// Who has this name and this password; failures are counted against the client.
pub(crate) async fn verify(
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
        Err(AuthError::Unavailable) => {
            let text = "The directory that knows your password does not answer: try again.";
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, text).retry_after(10))
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
    Refusal::new(StatusCode::UNAUTHORIZED, detail).challenging()
}

#[cfg(test)]
mod tests {
    use axum::http::header::ACCEPT_LANGUAGE;

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
