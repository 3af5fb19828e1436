//! The requests: run a cmdlet, who am I, the API's own description, health.

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use management::Caller;
use serde_json::{Value, json};

use crate::{app::App, headers::tell, refusal::Refusal, sign_in::SignedIn};

/// `POST /api/v1/cmdlets/{name}`
pub(crate) async fn run(
    State(app): State<App>,
    // Before the body, which is read only for somebody known.
    SignedIn { caller }: SignedIn,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Body>, Refusal> {
    refuse_cross_site(&headers)?;
    let Path(name) = name.map_err(|_| not_found())?;
    let version = known_version(&headers)?;
    let parameters = app.bodies.parameters(&headers, body).await?;
    let output = app.management.run_on_version(&caller, &name, parameters.map, version).await?;
    let mut response = Json(&output.objects).into_response();
    tell(response.headers_mut(), &output);
    Ok(response)
}

/// `GET /api/v1/whoami`
pub(crate) async fn who_am_i(State(app): State<App>, SignedIn { caller }: SignedIn) -> Json<Value> {
    Json(about(&app, &caller))
}

/// Who somebody is, what he may do, and where.
pub(crate) fn about(app: &App, caller: &Caller) -> Value {
    let endpoints = &*app.endpoints;
    json!({
        "user": caller.user,
        "roleGroups": caller.role_groups,
        "cmdlets": app.management.allowed(caller),
        "server": endpoints.server,
        "submission": endpoints.submission,
        "relay": endpoints.relay,
    })
}

/// `GET /api/openapi.json`
pub(crate) async fn openapi(State(app): State<App>) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::clone(&app.openapi)));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// `GET /livez`: the process answers.
pub(crate) async fn live() -> &'static str {
    "ok"
}

/// `GET /readyz`: new work is welcome.
pub(crate) async fn ready(State(app): State<App>) -> Result<&'static str, Refusal> {
    if app.is_stopping() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping."));
    }
    if (app.refuses_mail)() {
        return Err(Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "New mail is refused at the moment (452 4.3.1): Get-BackPressure and the log say why.",
        ));
    }
    Ok("ok")
}

/// Everything else.
pub(crate) async fn nothing_here() -> Refusal {
    not_found()
}

/// A path that exists, asked in the wrong way.
pub(crate) async fn wrong_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This path does not take this method.")
}

pub(crate) fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "There is nothing at this path.")
}

/// The version in `If-Match`, as the property `ObjectVersion` gives it (RFC 9110 section 13.1.1).
fn known_version(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let mut fields = headers.get_all(header::IF_MATCH).iter();
    let Some(field) = fields.next() else { return Ok(None) };
    let quoted = field.to_str().ok().map(str::trim).filter(|_| fields.next().is_none());
    let version = quoted.and_then(|text| text.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    version.map(Some).ok_or_else(|| {
        let text = "If-Match takes one version, such as \"3\": the ObjectVersion that was read.";
        Refusal::new(StatusCode::BAD_REQUEST, text)
    })
}

/// A browser sends the password it remembers along with whatever another site makes it send;
/// it says so in this header (W3C Fetch Metadata).
fn refuse_cross_site(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => {
            let text = "Requests that another site makes a browser send are refused.";
            Err(Refusal::new(StatusCode::FORBIDDEN, text))
        }
    }
}
