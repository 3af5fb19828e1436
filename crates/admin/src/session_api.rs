//! `api/v1/session`: signing in and out with a browser, and how long one stays signed in.
//!
//! Signing in takes JSON only, which no other site's form can send, and only where the browser does
//! not say that another site asks. No answer makes a browser open its own password dialog.

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use identity::Principal;
use management::Caller;
use serde_json::{Value, json};

use crate::{
    api::about,
    app::App,
    cookie::{self, Cookie},
    refusal::Refusal,
    sessions::Session,
    sign_in::{InSession, caller, client, found, refuse_foreign, refuse_forged, verify},
};

/// `POST /api/v1/session`
pub(crate) async fn begin(
    State(app): State<App>,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let (parts, body) = request.into_parts();
    refuse_foreign(&parts.headers)?;
    let client = client(&app, &parts)?;
    let credentials = app.bodies.credentials(&parts.headers, body).await?;
    let principal = verify(&app, client, &credentials).await.map_err(Refusal::without_challenge)?;
    // He has just been asked for the password that this record is of.
    let pass = app.authenticator.pass(&principal).ok_or_else(|| {
        Refusal::new(StatusCode::UNAUTHORIZED, "The user name or the password is wrong.")
    })?;
    if let Cookie::Token(former) = Cookie::of(&parts.headers) {
        app.sessions.end(former.id());
    }
    let (token, session) = app.sessions.begin(pass);
    let caller = caller(&principal, client, &parts.headers);
    tracing::info!(user = caller.user, %client, "signed in");
    let answer = Json(shown(&app, &caller, &principal, &session)).into_response();
    Ok(with_cookie(answer, cookie::given(&token)))
}

/// `GET /api/v1/session`
pub(crate) async fn show(State(app): State<App>, signed_in: InSession) -> Json<Value> {
    let InSession { caller, principal, session } = signed_in;
    Json(shown(&app, &caller, &principal, &session))
}

/// `DELETE /api/v1/session`: done as well when there is none any more.
pub(crate) async fn end(
    State(app): State<App>,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let headers = request.headers();
    if let Cookie::Token(token) = Cookie::of(headers)
        && let Some((session, _)) = found(&app, &token)
    {
        refuse_forged(headers, &session)?;
        app.sessions.end(session.id);
    } else {
        refuse_foreign(headers)?;
    }
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), cookie::taken()))
}

/// What a page has to know of its user and his session.
fn shown(app: &App, caller: &Caller, principal: &Principal, session: &Session) -> Value {
    let mailbox = &principal.mailbox;
    let mut about = about(app, caller);
    about["csrf"] = json!(session.csrf.as_str());
    about["sandbox"] = json!(app.is_sandbox);
    about["version"] = json!(env!("CARGO_PKG_VERSION"));
    about["language"] = json!(mailbox.languages.first().map(|language| language.as_str()));
    about["address"] = json!(mailbox.primary_smtp_address.as_str());
    about["idleExpires"] = json!(session.idle_expires.iso());
    about["expires"] = json!(session.expires.iso());
    about
}

fn with_cookie(mut response: Response<Body>, cookie: Option<HeaderValue>) -> Response<Body> {
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
