//! Refusals as `application/problem+json` (RFC 9457), in English or, where it is known, in French.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    middleware::Next,
    response::IntoResponse,
};
use management::Problem;
use serde::Serialize;

/// What the client reads when his request is refused.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Refusal {
    /// `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<String>,
    /// Seconds after which another try is worth while.
    #[serde(skip)]
    retry_after: Option<u64>,
    /// Whether the client is told that a user name and a password would help.
    #[serde(skip)]
    challenges: bool,
    /// The sentence in French, where there is one.
    #[serde(skip)]
    french: Option<String>,
}

impl Refusal {
    /// A refusal with a whole sentence for people.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status,
            french: texts::french(&detail),
            detail,
            id: None,
            parameter: None,
            value: None,
            allowed: None,
            retry_after: None,
            challenges: false,
        }
    }

    fn body(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn with_id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Asks for `Authorization: Basic`.
    pub(crate) fn challenging(mut self) -> Self {
        self.challenges = true;
        self
    }

    pub(crate) fn without_challenge(mut self) -> Self {
        self.challenges = false;
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            french: problem.french(),
            id: problem.id,
            parameter: problem.parameter,
            value: problem.value,
            allowed: problem.allowed,
            ..Self::new(status, problem.message)
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.challenges {
            let challenge = HeaderValue::from_static("Basic realm=\"Relais\", charset=\"UTF-8\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // For whoever knows the reader's language.
        response.extensions_mut().insert(self);
        response
    }
}

/// Says refusals in the reader's language: the first of Accept-Language, if it is French.
pub(crate) async fn in_readers_language(request: Request, next: Next) -> Response<Body> {
    let is_french = reads_french(request.headers());
    let mut response = next.run(request).await;
    if is_french
        && let Some(refusal) = response.extensions_mut().remove::<Refusal>()
        && let Some(french) = refusal.french
    {
        let said = Refusal { detail: french, french: None, ..refusal };
        *response.body_mut() = Body::from(said.body());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("fr"));
        headers.remove(header::CONTENT_LENGTH);
    }
    response
}

/// Whether the first language of a reader is French (RFC 9110 section 12.5.4).
pub(crate) fn reads_french(headers: &HeaderMap) -> bool {
    let languages = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    languages
        .and_then(|text| text.trim_start().get(..2))
        .is_some_and(|tag| tag.eq_ignore_ascii_case("fr"))
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
