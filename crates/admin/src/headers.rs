//! Response headers: those every answer has, and texts inside of headers.

use std::fmt::Write;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Response, header},
    middleware::Next,
};
use management::Output;

use crate::cookie::Cookie;

const WARNING: HeaderName = HeaderName::from_static("relais-warning");
const WHAT_IF: HeaderName = HeaderName::from_static("relais-what-if");
/// Most warnings sent with one answer, and the most characters of each: clients bound headers.
const MAX_WARNINGS: usize = 20;
const MAX_TEXT: usize = 1000;

/// Every answer tells browsers to trust nothing: no framing, no sniffing, no caching, no
/// scripts, TLS only.
const STRICT: [(HeaderName, &str); 7] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the headers every answer has; the admin center's files have some of their own.
pub(crate) async fn strict(mut response: Response<Body>) -> Response<Body> {
    for (name, value) in STRICT {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Keeps browsers from asking for a password in a dialog of their own: they say that they are
/// browsers (W3C Fetch Metadata), or have a session.
pub(crate) async fn quiet_for_browsers(request: Request, next: Next) -> Response<Body> {
    let headers = request.headers();
    let is_browser = headers.contains_key("sec-fetch-mode") || Cookie::of(headers).is_there();
    let mut response = next.run(request).await;
    if is_browser {
        response.headers_mut().remove(header::WWW_AUTHENTICATE);
    }
    response
}

/// Puts warnings and the text of `-WhatIf` into headers, percent-encoded.
pub(crate) fn tell(headers: &mut HeaderMap, output: &Output) {
    for warning in output.warnings.iter().take(MAX_WARNINGS) {
        append(headers, WARNING, warning);
    }
    if let Some(more) = output.warnings.len().checked_sub(MAX_WARNINGS).filter(|n| *n > 0) {
        append(headers, WARNING, &format!("There are {more} more warnings."));
    }
    if let Some(text) = &output.what_if {
        append(headers, WHAT_IF, text);
    }
}

fn append(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    let text: String = text.chars().take(MAX_TEXT).collect();
    if let Ok(value) = HeaderValue::from_str(&percent_encoded(&text)) {
        headers.append(name, value);
    }
}

/// RFC 3986 section 2.1: everything but unreserved characters is encoded, as UTF-8.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_ascii() {
        assert_eq!(percent_encoded("a-b é\r\n%"), "a-b%20%C3%A9%0D%0A%25");
        let mut headers = HeaderMap::new();
        let output = Output {
            objects: vec![],
            warnings: (0..25).map(|i| format!("no {i}")).collect(),
            what_if: Some("What if: \"x\".".to_owned()),
        };
        tell(&mut headers, &output);
        assert_eq!(headers.get_all(WARNING).iter().count(), 21);
        assert_eq!(headers[WARNING], "no%200");
        assert_eq!(headers[WHAT_IF], "What%20if%3A%20%22x%22.");
    }
}
