//! Who is signed in with a browser: sessions, in memory only, so that a restart ends them all.
//!
//! A session is known by 256 random bits, of which only the hash is kept; it ends when nobody has
//! used it for a while, when its time is over, when somebody ends it, or when there are too many:
//! then the one that has been idle longest goes. Whether its owner still may come in is asked of the
//! directory at each request (`identity::Pass`), not remembered here.

use std::{collections::HashMap, fmt, sync::Arc};

use aws_lc_rs::{
    constant_time,
    digest::{SHA256, digest},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::Pass;
use model::{Clock, Timestamp};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use zeroize::Zeroizing;

use crate::settings::SessionLimits;

/// Most sessions of one user, and of all.
const MAX_PER_USER: usize = 64;
const MAX: usize = 4096;
/// Streams of events a session may have open.
const MAX_STREAMS: usize = 2;

/// The secret that names a session to its browser.
pub(crate) struct Token(Zeroizing<[u8; 32]>);

impl Token {
    fn fresh() -> Self {
        Self(Zeroizing::new(rand::random()))
    }

    /// What a browser sent.
    pub(crate) fn from_secret(secret: [u8; 32]) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// For the cookie alone.
    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.0
    }

    /// Under which the session is kept. Of a hash nothing can be found out by measuring time.
    pub(crate) fn id(&self) -> SessionId {
        let mut id = [0; 32];
        id.copy_from_slice(digest(&SHA256, &*self.0).as_ref());
        SessionId(id)
    }
}

/// A session's name inside this program: no secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SessionId([u8; 32]);

/// What a page has to repeat in each request that changes something.
#[derive(Clone)]
pub(crate) struct CsrfToken(Arc<str>);

impl CsrfToken {
    fn fresh() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()).into())
    }

    /// For the page that may know it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the request's is the same.
    pub(crate) fn is(&self, other: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), other).is_ok()
    }
}

/// A session as it was when it was looked up.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) pass: Pass,
    pub(crate) csrf: CsrfToken,
    /// When it ends if nobody uses it.
    pub(crate) idle_expires: Timestamp,
    /// When it ends at the latest.
    pub(crate) expires: Timestamp,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("pass", &self.pass).finish_non_exhaustive()
    }
}

/// The right to one stream of events; tells when its session has ended.
pub(crate) struct StreamPermit {
    pub(crate) ended: watch::Receiver<()>,
    _place: OwnedSemaphorePermit,
}

/// All sessions. Cheap to clone; clones are the same.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    limits: SessionLimits,
    open: Mutex<HashMap<SessionId, Open>>,
}

struct Open {
    pass: Pass,
    csrf: CsrfToken,
    began: Timestamp,
    used: Timestamp,
    streams: Arc<Semaphore>,
    /// Dropped with the session, which its streams notice.
    end: watch::Sender<()>,
}

impl Sessions {
    pub(crate) fn new(limits: SessionLimits, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { clock, limits, open: Mutex::default() }))
    }

    /// A new session of somebody who has just signed in.
    pub(crate) fn begin(&self, pass: Pass) -> (Token, Session) {
        let (token, now) = (Token::fresh(), self.0.clock.now());
        let id = token.id();
        let new = Open {
            pass,
            csrf: CsrfToken::fresh(),
            began: now,
            used: now,
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            end: watch::Sender::new(()),
        };
        let session = new.shown(id, self.0.limits);
        let mut open = self.0.open.lock();
        open.retain(|_, session| !session.is_over(now, self.0.limits));
        make_room(&mut open, MAX_PER_USER, |s| s.pass.mailbox() == pass.mailbox());
        make_room(&mut open, MAX, |_| true);
        open.insert(id, new);
        (token, session)
    }

    /// The session of this name, if it has not ended. Does not count as use.
    pub(crate) fn find(&self, id: SessionId) -> Option<Session> {
        let now = self.0.clock.now();
        let mut open = self.0.open.lock();
        let session = open.get(&id)?;
        if session.is_over(now, self.0.limits) {
            open.remove(&id);
            return None;
        }
        Some(session.shown(id, self.0.limits))
    }

    /// Its user is there: the session as it is from now on.
    pub(crate) fn touch(&self, id: SessionId) -> Option<Session> {
        let now = self.0.clock.now();
        let mut open = self.0.open.lock();
        let session = open.get_mut(&id)?;
        session.used = now;
        Some(session.shown(id, self.0.limits))
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: SessionId) {
        self.0.open.lock().remove(&id);
    }

    /// The right to a stream of events; `None` when the session has as many as it may.
    pub(crate) fn stream(&self, id: SessionId) -> Option<StreamPermit> {
        let open = self.0.open.lock();
        let session = open.get(&id)?;
        let place = Arc::clone(&session.streams).try_acquire_owned().ok()?;
        Some(StreamPermit { ended: session.end.subscribe(), _place: place })
    }
}

impl Open {
    /// A clock that was set back makes a session younger, never older.
    fn is_over(&self, now: Timestamp, limits: SessionLimits) -> bool {
        now.since(self.used) >= limits.idle() || now.since(self.began) >= limits.life()
    }

    fn shown(&self, id: SessionId, limits: SessionLimits) -> Session {
        let expires = self.began + limits.life();
        let idle_expires = (self.used + limits.idle()).min(expires);
        Session { id, pass: self.pass, csrf: self.csrf.clone(), idle_expires, expires }
    }
}

/// Ends sessions of a kind, the longest idle first, until one more of it may be.
fn make_room(open: &mut HashMap<SessionId, Open>, most: usize, is_of_kind: impl Fn(&Open) -> bool) {
    while open.values().filter(|session| is_of_kind(session)).count() >= most {
        let of_kind = open.iter().filter(|(_, session)| is_of_kind(session));
        let Some(id) = of_kind.min_by_key(|(_, session)| session.used).map(|(id, _)| *id) else {
            return;
        };
        open.remove(&id);
    }
}

#[cfg(test)]
mod tests;
