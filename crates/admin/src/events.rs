//! `GET /api/v1/events`: tells a page at once that the directory has changed
//! (`text/event-stream`, HTML living standard section 9.2).
//!
//! A stream belongs to a session and ends with it, with its connection's time, or when the server
//! stops; it is nobody's presence. A browser that comes back says what it has seen last, and is told
//! what it missed.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
    response::{IntoResponse, Sse, sse::Event},
};
use futures_util::stream::unfold;
use serde_json::json;
use tokio::{
    sync::watch,
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until},
};

use crate::{
    app::App,
    deadline::Deadline,
    refusal::Refusal,
    sessions::{Session, StreamPermit},
    sign_in::passive_session,
};

/// How often a stream says that it is there, and asks whether its session still is.
const PING: Duration = Duration::from_secs(15);
/// How soon a browser is to come back.
const RETRY: Duration = Duration::from_secs(1);

/// `GET /api/v1/events`
pub(crate) async fn follow(
    State(app): State<App>,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let session = passive_session(&app, request.headers())?;
    let permit = app.sessions.stream(session.id).ok_or_else(|| {
        let text = "This session follows the events twice already.";
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, text).retry_after(PING.as_secs())
    })?;
    let mut revisions = app.management.revisions();
    let now = *revisions.borrow_and_update();
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let follower = Follower {
        stopping: app.stopping(),
        session,
        permit,
        revisions,
        ping,
        deadline: request.extensions().get().copied(),
        greeting: Some(greeting(request.headers(), now)),
        app,
    };
    let events = unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    let mut response = Sse::new(events).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that know it (nginx) pass events on as they come.
    let buffering = HeaderName::from_static("x-accel-buffering");
    headers.insert(buffering, HeaderValue::from_static("no"));
    Ok(response)
}

/// Who is told, and all that can end it.
struct Follower {
    app: App,
    session: Session,
    permit: StreamPermit,
    revisions: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    ping: Interval,
    deadline: Option<Deadline>,
    /// What comes first.
    greeting: Option<Event>,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        let deadline = self.deadline;
        let event = tokio::select! {
            _ = self.permit.ended.changed() => return None,
            _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            () = over(deadline) => return None,
            changed = self.revisions.changed() => {
                changed.ok()?;
                changed_to(*self.revisions.borrow_and_update())
            }
            _ = self.ping.tick() => Event::default().event("ping").data("{}"),
        };
        self.app.still(&self.session).then_some(event)
    }
}

async fn over(deadline: Option<Deadline>) {
    match deadline {
        Some(Deadline(end)) => sleep_until(end).await,
        None => std::future::pending().await,
    }
}

/// Makes the browser come back soon, and tells it of a change that it has missed.
fn greeting(headers: &HeaderMap, now: u64) -> Event {
    let seen: Option<u64> =
        headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let event = match seen {
        Some(seen) if now != seen => changed_to(now),
        _ => Event::default(),
    };
    event.retry(RETRY)
}

fn changed_to(revision: u64) -> Event {
    let data = json!({ "revision": revision }).to_string();
    Event::default().event("directory").id(revision.to_string()).data(data)
}
