//! The admin center's files: the page, what it is made of, and where old addresses lead.
//!
//! The files are in the program, compressed when it was built (`build.rs`). The page is made anew
//! for each reader: its content security policy allows styles by a nonce that nobody can guess.
//! Nothing here tells who asks, or depends on it.

use axum::{
    body::{Body, Bytes},
    extract::{Path, rejection::PathRejection},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;

use crate::{api, refusal::Refusal};

const INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/index.html"));
include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Where the nonce goes in the page.
const NONCE: &str = "__CSP_NONCE__";
/// What the page may load: from here only, and no scripts but our files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-__CSP_NONCE__'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";
/// Files whose names change with their content are kept for ever; the others are asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
/// Most parts of an old address that is led to the admin center.
const MAX_PARTS: usize = 32;

/// A file of the admin center.
struct File {
    /// Without a slash in front.
    path: &'static str,
    kind: &'static str,
    /// Another one for other content.
    tag: &'static str,
    content: Content,
}

enum Content {
    /// Does not get smaller.
    #[allow(dead_code)] // there may be no such file
    Plain(&'static [u8]),
    /// Kept packed only; who takes neither gets it unpacked.
    Packed { brotli: &'static [u8], gzip: &'static [u8] },
}

/// `GET /`
pub(crate) async fn index() -> Response<Body> {
    let nonce = STANDARD.encode(rand::random::<[u8; 16]>());
    let mut response = Response::new(Body::from(INDEX.replace(NONCE, &nonce)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(ASK_AGAIN));
    // Base64 is always a header's text; without a policy of its own the page gets the strictest.
    if let Ok(policy) = HeaderValue::from_str(&POLICY.replace(NONCE, &nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    response
}

/// `GET /favicon.svg`
pub(crate) async fn icon(headers: HeaderMap) -> Result<Response<Body>, Refusal> {
    file("favicon.svg", ASK_AGAIN, &headers)
}

/// `GET /assets/{path}`
pub(crate) async fn asset(
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    let Path(path) = path.map_err(|_| api::not_found())?;
    file(&format!("assets/{path}"), FOR_EVER, &headers)
}

/// The addresses of Exchange's admin center and web mail: to the admin center, wherever a proxy
/// has put it, hence relative.
pub(crate) async fn elsewhere(uri: Uri) -> Result<Response<Body>, Refusal> {
    let up = match uri.path().matches('/').count() {
        0 | 1 => "./".to_owned(),
        parts if parts <= MAX_PARTS => "../".repeat(parts - 1),
        _ => return Err(api::not_found()),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    let location = HeaderValue::from_str(&up).map_err(|_| api::not_found())?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

fn file(path: &str, caching: &'static str, asked: &HeaderMap) -> Result<Response<Body>, Refusal> {
    let file = FILES.iter().find(|file| file.path == path).ok_or_else(api::not_found)?;
    let (coding, body) = file.content.for_reader(asked);
    let tag = format!("\"{}{}\"", file.tag, coding.map_or("", |coding| coding.suffix()));
    let is_known = names(asked, &tag);
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(body) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if !is_known {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
    }
    Ok(response)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
        }
    }

    /// The smallest that the reader takes.
    fn best(asked: &HeaderMap) -> Option<Self> {
        [Self::Brotli, Self::Gzip].into_iter().find(|coding| takes(asked, coding.name()))
    }
}

impl Content {
    fn for_reader(&self, asked: &HeaderMap) -> (Option<Coding>, Bytes) {
        match (self, Coding::best(asked)) {
            (Self::Plain(content), _) => (None, Bytes::from_static(content)),
            (Self::Packed { brotli, .. }, Some(Coding::Brotli)) => {
                (Some(Coding::Brotli), Bytes::from_static(brotli))
            }
            (Self::Packed { gzip, .. }, Some(Coding::Gzip)) => {
                (Some(Coding::Gzip), Bytes::from_static(gzip))
            }
            (Self::Packed { gzip, .. }, None) => (None, Bytes::from(unpacked(gzip))),
        }
    }
}

/// What we packed ourselves: small, and always whole.
fn unpacked(gzip: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    // Reading from memory what was written by the same library cannot fail.
    let _ = std::io::Read::read_to_end(&mut GzDecoder::new(gzip), &mut content);
    content
}

/// Whether Accept-Encoding names the coding, and not with `q=0` (RFC 9110 section 12.5.3).
fn takes(asked: &HeaderMap, coding: &str) -> bool {
    list(asked, header::ACCEPT_ENCODING).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding)) && !parts.any(is_zero)
    })
}

/// `q=0`, `q=0.0` and so on.
fn is_zero(weight: &str) -> bool {
    let weight = weight.to_ascii_lowercase();
    weight.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
}

/// Whether If-None-Match names the tag (RFC 9110 section 13.1.2).
fn names(asked: &HeaderMap, tag: &str) -> bool {
    list(asked, header::IF_NONE_MATCH)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The items of a header that is a list.
fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn the_smallest_coding_the_reader_takes_is_chosen() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some(Coding::Brotli)),
            ("GZIP;q=0.5", Some(Coding::Gzip)),
            ("br;q=0, gzip", Some(Coding::Gzip)),
            ("br; q=0.000, gzip; q=0", None),
            ("identity", None),
            ("", None),
            ("brx", None),
        ] {
            let asked = asking(header::ACCEPT_ENCODING, accepted);
            assert_eq!(Coding::best(&asked), expected, "{accepted}");
        }
    }

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        for (known, expected) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
        ] {
            assert_eq!(names(&asking(header::IF_NONE_MATCH, known), "\"a\""), expected, "{known}");
        }
    }

    #[test]
    fn every_coding_holds_the_same_content() {
        for file in FILES {
            let Content::Packed { brotli, gzip } = file.content else { continue };
            let mut content = Vec::new();
            brotli::BrotliDecompress(&mut &*brotli, &mut content).unwrap();
            assert!(!content.is_empty());
            assert_eq!(unpacked(gzip), content, "{}", file.path);
        }
    }

    #[tokio::test]
    async fn old_addresses_lead_to_the_root_under_any_prefix() {
        for (path, expected) in [
            ("/ecp", Some("./")),
            ("/ecp/", Some("../")),
            ("/ecp/?x=1", Some("../")),
            ("/ecp/a/b", Some("../../")),
            ("/ecp//x", Some("../../")),
        ] {
            let response = elsewhere(path.parse().unwrap()).await.ok();
            let location = response.map(|r| r.headers()[header::LOCATION].clone());
            assert_eq!(location.as_ref().map(|l| l.to_str().unwrap()), expected, "{path}");
        }
        let deep = format!("/ecp{}", "/".repeat(1000));
        assert!(elsewhere(deep.parse().unwrap()).await.is_err());
    }
}
