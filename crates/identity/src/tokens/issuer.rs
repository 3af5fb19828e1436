//! One issuer's keys: read when they are first needed, again after an hour and where a token names a key that is
//! not there. While the issuer does not answer, those there are count for a day.
//!
//! Anybody can show a token that names a key that is not there: for that, and while nothing is answered, an
//! issuer is asked once a minute at most. One reads, the others wait for it.

use std::{sync::Arc, time::Duration};

use model::{Clock, HttpsUrl, TimeSpan, Timestamp};
use parking_lot::Mutex;
use tokio::time::timeout;

use super::{
    keys::{Keys, Metadata},
    web::TokenWeb,
};

/// After which keys are read again.
const RENEW_AFTER: TimeSpan = TimeSpan::hours(1);
/// After which they do not count any more.
const TOO_OLD: TimeSpan = TimeSpan::hours(24);
/// How long an issuer is left alone.
const PAUSE: TimeSpan = TimeSpan::minutes(1);
/// The same where it was just not there and no keys are known.
const SHORT_PAUSE: TimeSpan = TimeSpan::seconds(10);
/// The longest one may take for both documents.
const PATIENCE: Duration = Duration::from_secs(15);
/// Largest metadata, and largest set of keys, in bytes.
const MAX_METADATA: usize = 64 * 1024;
const MAX_KEYS: usize = 256 * 1024;

/// What it takes to read keys.
pub(super) struct Reader {
    pub(super) web: Arc<dyn TokenWeb>,
    pub(super) clock: Arc<dyn Clock>,
}

/// What is known of an issuer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuerState {
    /// As its metadata have it.
    pub issuer: Option<String>,
    /// How many of its keys could have signed tokens.
    pub keys: usize,
    /// When they were read.
    pub read_at: Option<Timestamp>,
    /// Why they could not be, when that was tried last.
    pub failure: Option<String>,
}

/// An issuer, and what is known of it.
#[derive(Default)]
pub(super) struct Issuer {
    url: Option<HttpsUrl>,
    state: Mutex<State>,
    /// Whoever holds it reads.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<Keys>>,
    asked_at: Option<Timestamp>,
    failure: Option<String>,
}

impl Issuer {
    pub(super) fn at(url: HttpsUrl) -> Self {
        Self { url: Some(url), ..Self::default() }
    }

    pub(super) fn url(&self) -> Option<&HttpsUrl> {
        self.url.as_ref()
    }

    pub(super) fn state(&self) -> IssuerState {
        let state = self.state.lock();
        let keys = state.keys.as_ref();
        IssuerState {
            issuer: keys.map(|keys| keys.issuer.clone()),
            keys: keys.map_or(0, |keys| keys.len()),
            read_at: keys.map(|keys| keys.read_at),
            failure: state.failure.clone(),
        }
    }

    /// The keys that count now.
    pub(super) async fn keys(self: &Arc<Self>, reader: &Arc<Reader>) -> Result<Arc<Keys>, String> {
        let now = reader.clock.now();
        if let Some(keys) = self.counting(now) {
            if now.since(keys.read_at) >= RENEW_AFTER && self.may_ask(now, PAUSE) {
                // Nobody waits for it.
                drop(self.read(reader));
            }
            return Ok(keys);
        }
        self.read_or_wait(reader, SHORT_PAUSE).await;
        let now = reader.clock.now();
        self.counting(now).ok_or_else(|| {
            let failure = self.state.lock().failure.clone();
            failure.unwrap_or_else(|| "they could not be read".to_owned())
        })
    }

    /// The keys as they are now, for who does not find one in `known`.
    pub(super) async fn newer_keys(
        self: &Arc<Self>,
        reader: &Arc<Reader>,
        known: Arc<Keys>,
    ) -> Arc<Keys> {
        let now = reader.clock.now();
        let latest = self.counting(now).filter(|latest| !Arc::ptr_eq(latest, &known));
        if let Some(latest) = latest {
            return latest;
        }
        self.read_or_wait(reader, PAUSE).await;
        self.counting(reader.clock.now()).unwrap_or(known)
    }

    /// Reads, unless that was done less than `pause` ago; waits for whoever is reading now.
    async fn read_or_wait(self: &Arc<Self>, reader: &Arc<Reader>, pause: TimeSpan) {
        if self.may_ask(reader.clock.now(), pause) {
            // One that broke off has read nothing.
            let _ = self.read(reader).await;
        } else {
            drop(self.turn.lock().await);
        }
    }

    fn counting(&self, now: Timestamp) -> Option<Arc<Keys>> {
        let state = self.state.lock();
        state.keys.clone().filter(|keys| now.since(keys.read_at) < TOO_OLD)
    }

    /// A clock that was set back keeps nobody waiting.
    fn may_ask(&self, now: Timestamp, pause: TimeSpan) -> bool {
        let asked = self.state.lock().asked_at;
        asked.is_none_or(|asked| asked > now || now.since(asked) >= pause)
    }

    /// Reads, in a task of its own: whoever began it may go away. Where somebody has read meanwhile, that will do.
    fn read(self: &Arc<Self>, reader: &Arc<Reader>) -> tokio::task::JoinHandle<()> {
        let (issuer, reader) = (Arc::clone(self), Arc::clone(reader));
        let seen = self.state.lock().asked_at;
        tokio::spawn(async move {
            let _turn = issuer.turn.lock().await;
            {
                let mut state = issuer.state.lock();
                if state.asked_at != seen {
                    return;
                }
                state.asked_at = Some(reader.clock.now());
            }
            let result = issuer.ask(&reader).await;
            issuer.keep(result);
        })
    }

    async fn ask(&self, reader: &Reader) -> Result<Keys, String> {
        let url = self.url.as_ref().ok_or("it has no address")?;
        let asking = async {
            let metadata = Metadata::read(&reader.web.get(url, MAX_METADATA).await?)?;
            let document = reader.web.get(&metadata.keys, MAX_KEYS).await?;
            Keys::read(metadata.issuer, &document, reader.clock.now())
        };
        let late = || Err(format!("it did not answer within {} seconds", PATIENCE.as_secs()));
        timeout(PATIENCE, asking).await.unwrap_or_else(|_| late())
    }

    fn keep(&self, result: Result<Keys, String>) {
        let url = self.url.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut state = self.state.lock();
        match result {
            Ok(keys) => {
                tracing::info!(
                    url,
                    issuer = keys.issuer,
                    keys = keys.len(),
                    "the keys of an AuthServer were read"
                );
                state.keys = Some(Arc::new(keys));
                state.failure = None;
            }
            Err(why) => {
                let kept = state.keys.is_some();
                tracing::warn!(url, why, kept, "the keys of an AuthServer could not be read");
                state.failure = Some(why);
            }
        }
    }
}
