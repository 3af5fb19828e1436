//! One outbound session in the logs: the search for a host and every connection it makes, under
//! one session id. Where neither log is wanted there is no record and nothing is allocated; where
//! the connector's ProtocolLoggingLevel is None no row of the conversation is made.
//!
//! What a logon sends is remembered, and a text that repeats any of it is not shown: servers
//! exist that quote what they do not understand.

use std::{net::SocketAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use model::session_log::{
    ConnectivitySession, ProtocolEvent, ProtocolSession, Service, SessionId, SessionLog, Side,
};
use parking_lot::Mutex;
use smtp::transcript::HIDDEN;
use zeroize::Zeroizing;

/// Shorter parts of a logon are not looked for: they stand in any text.
const SHORTEST_SECRET: usize = 4;

/// One session's rows; cheap to clone. The last clone to go writes the session's end.
#[derive(Clone, Default)]
pub(crate) struct Record(Option<Arc<Mutex<State>>>);

struct State {
    protocol: Option<ProtocolSession>,
    connectivity: Option<ConnectivitySession>,
    secrets: Vec<Zeroizing<String>>,
    /// The next line of the logon is the user's name, which is no secret.
    user_is_next: bool,
    messages: u64,
    bytes: u64,
    ending: String,
}

impl Record {
    /// Begins a session of `connector` towards `destination`, which is reached as `kind` says.
    pub(crate) fn begin(
        log: &Arc<dyn SessionLog>,
        (connector, verbose): (&str, bool),
        destination: impl FnOnce() -> String,
        kind: &str,
    ) -> Self {
        let wants_connectivity = log.wants_connectivity(Service::Hub);
        if !verbose && !wants_connectivity {
            return Self(None);
        }
        let session = SessionId::fresh();
        let connectivity = if wants_connectivity {
            let begun = format!("{kind} by Send connector {connector}");
            let ends = ("SMTP", destination());
            ConnectivitySession::start(log, Service::Hub, session, (ends.0, &ends.1), &begun)
        } else {
            None
        };
        let protocol = verbose.then(|| {
            let which = (Service::Hub, Side::Send);
            ProtocolSession::new(Arc::clone(log), which, connector.to_owned(), session)
        });
        Self::of(protocol, connectivity)
    }

    /// Begins a session with the server of the mailboxes here: no connector says whether its conversation is
    /// wanted.
    pub(crate) fn begin_lmtp(log: &Arc<dyn SessionLog>, server: &str) -> Self {
        let ends = ("LMTP", server);
        let begun =
            ConnectivitySession::start(log, Service::Hub, SessionId::fresh(), ends, "mailboxes");
        begun.map_or_else(Self::none, |connectivity| Self::of(None, Some(connectivity)))
    }

    fn of(protocol: Option<ProtocolSession>, connectivity: Option<ConnectivitySession>) -> Self {
        Self(Some(Arc::new(Mutex::new(State {
            protocol,
            connectivity,
            secrets: Vec::new(),
            user_is_next: false,
            messages: 0,
            bytes: 0,
            ending: String::new(),
        }))))
    }

    /// No rows at all.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Whether the conversation is wanted.
    pub(crate) fn is_verbose(&self) -> bool {
        self.0.as_ref().is_some_and(|state| state.lock().protocol.is_some())
    }

    /// Something was done in the search for a host.
    pub(crate) fn progress(&self, description: impl FnOnce() -> String) {
        let Some(state) = &self.0 else { return };
        let state = state.lock();
        if let Some(connectivity) = &state.connectivity {
            connectivity.progress(state.safe(&description()));
        }
    }

    /// The ends of the connection that the next rows of the conversation are about.
    pub(crate) fn set_ends(&self, local: Option<SocketAddr>, remote: SocketAddr) {
        let Some(state) = &self.0 else { return };
        if let Some(protocol) = &mut state.lock().protocol {
            protocol.set_ends(local, Some(remote));
        }
    }

    /// A row of the conversation, where it is wanted.
    pub(crate) fn row(&self, event: ProtocolEvent, data: &str, context: &str) {
        let Some(state) = &self.0 else { return };
        let mut state = state.lock();
        let State { protocol, secrets, .. } = &mut *state;
        if let Some(protocol) = protocol {
            protocol.row(event, safe(secrets, data), safe(secrets, context));
        }
    }

    /// A message was taken by the other side.
    pub(crate) fn carried(&self, bytes: u64) {
        let Some(state) = &self.0 else { return };
        let mut state = state.lock();
        state.messages += 1;
        state.bytes += bytes;
    }

    /// Why the session ends, should it end now.
    pub(crate) fn set_ending(&self, why: &str) {
        let Some(state) = &self.0 else { return };
        let mut state = state.lock();
        state.ending = state.safe(why).to_owned();
    }

    /// Remembers what a logon sends: a line of it without its end.
    pub(crate) fn remember_secret(&self, line: &[u8]) {
        let Some(state) = &self.0 else { return };
        let Ok(line) = std::str::from_utf8(line) else { return };
        let state = &mut *state.lock();
        let mut words = line.split_ascii_whitespace();
        let (response, is_user) = if smtp::transcript::is_auth(line.as_bytes()) {
            let is_login = words.nth(1).is_some_and(|name| name.eq_ignore_ascii_case("LOGIN"));
            let initial = words.next();
            state.user_is_next = is_login && initial.is_none();
            (initial, is_login)
        } else {
            (words.next(), std::mem::take(&mut state.user_is_next))
        };
        if let Some(response) = response.filter(|_| !is_user) {
            state.secrets.extend(secrets_of(response).filter(|s| s.len() >= SHORTEST_SECRET));
        }
    }
}

impl State {
    fn safe<'a>(&self, text: &'a str) -> &'a str {
        safe(&self.secrets, text)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(connectivity) = &mut self.connectivity {
            let why = if self.ending.is_empty() { "ended here" } else { &self.ending };
            let ending = format!("Messages: {} Bytes: {} ({why})", self.messages, self.bytes);
            connectivity.set_ending(ending);
        }
    }
}

/// The text, unless it repeats something of a logon.
fn safe<'a>(secrets: &[Zeroizing<String>], text: &'a str) -> &'a str {
    if secrets.iter().any(|secret| text.contains(secret.as_str())) { HIDDEN } else { text }
}

/// A logon's response and what in it is secret: all of LOGIN's password, the last part of PLAIN's
/// response (RFC 4616), the token alone of XOAUTH2's and OAUTHBEARER's.
fn secrets_of(response: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let decoded = STANDARD.decode(response).map(Zeroizing::new).unwrap_or_default();
    let text = std::str::from_utf8(&decoded).unwrap_or_default();
    let text = text.rsplit('\0').next().unwrap_or_default();
    let token = text.split('\u{1}').find_map(|part| part.strip_prefix("auth=Bearer "));
    let parts: Vec<_> = [token.unwrap_or(text), response]
        .into_iter()
        .map(|part| Zeroizing::new(part.to_owned()))
        .collect();
    parts.into_iter()
}
