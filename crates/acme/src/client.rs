//! How the ACME server is spoken to: one HTTPS request after another by the server's own client, which verifies by the
//! server's authorities. What comes back is made harmless before the protocol sees it: only HTTPS is asked for, and a
//! Retry-After is a number of seconds within bounds.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use https::{Dial, Https};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode, Uri,
    header::{HeaderValue, RETRY_AFTER, USER_AGENT},
};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient, Problem};
use model::Clock;
use model::HttpsUrl;
use parking_lot::Mutex;
use serde_json::Value;
use tls::TrustAnchors;

use crate::{failure::said, resolver::FreshResolver};

/// The longest that is read out of a Retry-After.
const LONGEST_WAIT: Duration = Duration::from_secs(8 * 86_400);

/// What it takes to ask.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) dial: Arc<dyn Dial>,
    pub(crate) trust: Arc<TrustAnchors>,
    pub(crate) resolver: FreshResolver,
    pub(crate) clock: Arc<dyn Clock>,
    /// How long the server wanted to be left alone when it refused something last.
    pub(crate) refused_for: Arc<Mutex<Option<Duration>>>,
}

/// Why there is no answer of use.
#[derive(Debug)]
struct Unheard(String);

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unheard {}

/// Whether the server was not heard, or made no sense.
pub(crate) fn is_unheard(error: &Error) -> bool {
    matches!(error, Error::Other(inner) if inner.is::<Unheard>())
}

fn unheard(why: impl Into<String>) -> Error {
    Error::Other(Box::new(Unheard(why.into())))
}

type Answer = Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>>;

impl HttpClient for Client {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Answer {
        let client = self.clone();
        Box::pin(async move { client.exchange(request).await })
    }
}

impl Client {
    async fn exchange(&self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
        let url = request.uri().to_string();
        let url: HttpsUrl = url.parse().map_err(|error| unheard(format!("{error}")))?;
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let ours = concat!("Relais/", env!("CARGO_PKG_VERSION"));
        parts.headers.insert(USER_AGENT, HeaderValue::from_static(ours));
        let method = parts.method.clone();
        let resolver = (self.resolver)();
        let https = Https { dial: self.dial.as_ref(), trust: &self.trust, resolver: &resolver };
        let asked = https.ask(&url, Request::from_parts(parts, Full::new(body))).await;
        let (mut parts, body) =
            asked.map_err(|why| unheard(format!("{}: {why}", url.authority())))?.into_parts();
        let wait = retry_after(&parts.headers, self.clock.as_ref());
        parts.headers.remove(RETRY_AFTER);
        if let Some(wait) = wait {
            parts.headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        if parts.status.is_client_error() || parts.status.is_server_error() {
            *self.refused_for.lock() = wait;
            refusal(&method, parts.status, &body)?;
        } else if method == Method::GET {
            directory(&body)?;
        }
        let body = Full::new(body);
        Ok(BytesResponse::from(Response::from_parts(parts, body)))
    }
}

/// Lets problem documents through to who has asked by POST; whatever else is refused is said here.
fn refusal(method: &Method, status: StatusCode, body: &[u8]) -> Result<(), Error> {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    match problem {
        Some(_) if method == Method::POST => Ok(()),
        Some(problem) => Err(unheard(format!("it answered {status}: {}", said(&problem)))),
        None => Err(unheard(format!("it answered {status}"))),
    }
}

/// Refuses a directory (RFC 8555 section 7.1.1) whose address for nonces is none: the protocol's library relies on it.
fn directory(body: &[u8]) -> Result<(), Error> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(nonces) = answer.get("newNonce") else { return Ok(()) };
    let is_address = |text: &str| text.parse::<HttpsUrl>().is_ok() && text.parse::<Uri>().is_ok();
    match nonces.as_str().is_some_and(is_address) {
        true => Ok(()),
        false => Err(unheard("its directory has no address for nonces")),
    }
}

/// Seconds or a date (RFC 9110 section 10.2.3).
fn retry_after(headers: &HeaderMap, clock: &dyn Clock) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let span = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        // More than a number holds.
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Duration::MAX
        }
        Err(_) => {
            let date: SystemTime = httpdate::parse_http_date(text).ok()?;
            let now = u64::try_from(clock.now().as_millis()).unwrap_or(0);
            let date = date.duration_since(UNIX_EPOCH).ok()?;
            date.saturating_sub(Duration::from_millis(now))
        }
    };
    Some(span.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use model::{ManualClock, Timestamp};

    use super::*;

    fn wait(text: &str) -> Option<u64> {
        // Sun, 06 Nov 1994 08:49:37 GMT is 784111777.
        let clock = ManualClock::new(Timestamp::from_millis(784_111_777_000));
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        retry_after(&headers, &clock).map(|span| span.as_secs())
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_and_bounded() {
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(wait("Sun, 06 Nov 1994 08:48:37 GMT"), Some(0));
        assert_eq!(wait("18446744073709551615"), Some(LONGEST_WAIT.as_secs()));
        assert_eq!(wait("99999999999999999999999999"), Some(LONGEST_WAIT.as_secs()));
        assert_eq!(wait("Fri, 31 Dec 9999 23:59:59 GMT"), Some(LONGEST_WAIT.as_secs()));
        assert_eq!((wait("soon"), wait("-1"), wait("")), (None, None, None));
    }

    #[test]
    fn a_directory_has_an_address_for_nonces() {
        let told = |text: &str| directory(text.as_bytes()).is_ok();
        assert!(told(r#"{"newNonce":"https://acme.test/nonce"}"#));
        assert!(told(r#"{"suggestedWindow":{}}"#) && told("<html>"), "something else");
        for bad in
            [r#""http://acme.test/""#, "7", r#""https://acme.test/\u0007""#, r#""https://[""#]
        {
            assert!(!told(&format!("{{\"newNonce\":{bad}}}")), "{bad}");
        }
    }

    #[test]
    fn what_is_no_problem_document_is_said() {
        let said = |method: &Method, body: &str| {
            refusal(method, StatusCode::SERVICE_UNAVAILABLE, body.as_bytes())
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            said(&Method::POST, "<html>").unwrap_err(),
            "it answered 503 Service Unavailable"
        );
        let problem = r#"{"type":"urn:ietf:params:acme:error:serverInternal","detail":"Down"}"#;
        assert_eq!(said(&Method::POST, problem), Ok(()));
        assert_eq!(
            said(&Method::GET, problem).unwrap_err(),
            "it answered 503 Service Unavailable: Down (serverInternal)"
        );
    }
}
