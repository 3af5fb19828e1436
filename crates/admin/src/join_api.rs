//! `POST /api/v1/join`: a new server asks with a token. Nobody signs in: the token is what counts, and who asks with wrong
//! ones waits as who signs in wrongly does. Nothing of what was asked is repeated.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use vault::JoinAnswer;

use crate::{
    app::App,
    limiter::TooMany,
    refusal::Refusal,
    sign_in::{client, refuse_foreign},
};

/// `POST /api/v1/join`
pub(crate) async fn join(
    State(app): State<App>,
    request: Request,
) -> Result<Json<JoinAnswer>, Refusal> {
    let (parts, body) = request.into_parts();
    refuse_foreign(&parts.headers)?;
    let client = client(&app, &parts)?;
    let attempt = app.limiter.begin(client).map_err(|TooMany(seconds)| {
        Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            format!("Too many failed attempts from your address: try again in {seconds} s."),
        )
        .retry_after(seconds)
    })?;
    let asked = app.bodies.question_to_join(&parts.headers, body).await?;
    match app.management.join(Some(client), asked).await {
        Ok(answer) => Ok(Json(answer)),
        Err(problem) => {
            if problem.status == StatusCode::FORBIDDEN.as_u16() {
                attempt.failed();
                tracing::warn!(%client, "somebody asked to join with a token that is not valid");
            }
            Err(problem.into())
        }
    }
}
