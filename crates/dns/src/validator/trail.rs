//! The questions of one look-up: what was asked already is not asked again, and there is an end to it.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{Stream, stream};
use hickory_net::{NetError, runtime::TokioRuntimeProvider, xfer::DnsHandle};
use hickory_proto::{
    op::{DnsRequest, DnsResponse, Message, MessageType, OpCode, Query, ResponseCode},
    rr::{Name, RData, RecordType},
};
use parking_lot::Mutex;

use super::{
    kept::{Kept, Key},
    sift::sift,
};
use crate::{upstream::Upstream, wire::Form};

/// Questions that one look-up may put to servers. A usual one has four to twelve, the name of an IPv6 address
/// in an unsigned zone about forty.
pub(super) const MOST_QUESTIONS: usize = 64;
/// Steps of one proof, answered from what is known or not: each checks a few signatures.
const MOST_STEPS: usize = 256;

/// Clones are the same trail.
#[derive(Debug, Clone)]
pub(super) struct Trail(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    upstream: Arc<Upstream>,
    kept: Arc<Kept>,
    /// Whether what earlier look-ups have heard may be used.
    uses_kept: bool,
    /// What has been heard, and for how many seconds it holds.
    heard: Mutex<HashMap<Key, (Message, u32)>>,
    /// What is used of what earlier look-ups have heard.
    recalled: Mutex<Vec<Key>>,
    questions: AtomicUsize,
    steps: AtomicUsize,
    trouble: Mutex<Option<String>>,
}

impl Trail {
    pub(super) fn new(upstream: &Arc<Upstream>, kept: &Arc<Kept>, uses_kept: bool) -> Self {
        Self(Arc::new(Inner {
            upstream: Arc::clone(upstream),
            kept: Arc::clone(kept),
            uses_kept,
            heard: Mutex::default(),
            recalled: Mutex::default(),
            questions: AtomicUsize::new(0),
            steps: AtomicUsize::new(0),
            trouble: Mutex::default(),
        }))
    }

    /// The answer to a question, sifted.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn look(&self, name: &Name, wanted: RecordType) -> Result<Message, String> {
        let looked = self.look_once(name, wanted).await;
        if let Err(why) = &looked {
            self.0.trouble.lock().get_or_insert_with(|| format!("{name} {wanted}: {why}"));
        }
        looked
    }

    async fn look_once(&self, name: &Name, wanted: RecordType) -> Result<Message, String> {
        let inner = &*self.0;
        if inner.steps.fetch_add(1, Ordering::Relaxed) >= MOST_STEPS {
            return Err(format!("its proof takes more than {MOST_STEPS} steps"));
        }
        let key = (name.clone(), wanted);
        if let Some((message, _)) = inner.heard.lock().get(&key) {
            return Ok(message.clone());
        }
        if let Some(message) = inner.kept.get(&key).filter(|_| inner.uses_kept) {
            inner.recalled.lock().push(key);
            return Ok(message);
        }
        if inner.questions.fetch_add(1, Ordering::Relaxed) >= MOST_QUESTIONS {
            return Err(format!("its proof takes more than {MOST_QUESTIONS} questions"));
        }
        let message = match inner.upstream.ask(name, wanted, Form::Signed).await {
            Ok(reply) => sift(name, wanted, &reply)?,
            // Servers that cannot say where zones begin are no reason to fail: what they say of it proves
            // nothing either way.
            Err(unanswered) if wanted == RecordType::NS && !unanswered.is_silence => {
                nothing(name, wanted)
            }
            Err(unanswered) => return Err(unanswered.why),
        };
        let seconds = life(&message);
        inner.heard.lock().insert(key, (message.clone(), seconds));
        Ok(message)
    }

    /// The first thing that went wrong on the way.
    pub(super) fn trouble(&self) -> Option<String> {
        self.0.trouble.lock().clone()
    }

    /// What was heard has proven something: later look-ups may use it.
    pub(super) fn keep(&self) {
        for (key, (message, seconds)) in self.0.heard.lock().drain() {
            self.0.kept.put(key, message, seconds);
        }
    }

    /// Drops what earlier look-ups have heard and this one has used. Whether there was anything.
    pub(super) fn forget_kept(&self) -> bool {
        let recalled = std::mem::take(&mut *self.0.recalled.lock());
        for key in &recalled {
            self.0.kept.forget(key);
        }
        !recalled.is_empty()
    }
}

/// The shortest life of its records, in seconds; none where it has none.
fn life(message: &Message) -> u32 {
    let records = message.answers.iter().chain(&message.authorities);
    let lives = records.map(|record| match &record.data {
        RData::SOA(soa) => record.ttl.min(soa.minimum),
        _ => record.ttl,
    });
    lives.min().unwrap_or(0)
}

fn nothing(name: &Name, wanted: RecordType) -> Message {
    let mut message = Message::new(0, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(name.clone(), wanted));
    message.metadata.response_code = ResponseCode::NoError;
    message
}

impl DnsHandle for Trail {
    type Response = Pin<Box<dyn Stream<Item = Result<DnsResponse, NetError>> + Send>>;
    type Runtime = TokioRuntimeProvider;

    fn send(&self, request: DnsRequest) -> Self::Response {
        let trail = self.clone();
        Box::pin(stream::once(Box::pin(async move {
            let Some(query) = request.queries.first() else {
                return Err(NetError::from("no question"));
            };
            let looked = trail.look(query.name(), query.query_type()).await;
            let mut message = looked.map_err(NetError::from)?;
            message.metadata.id = request.metadata.id;
            Ok(DnsResponse::from_message(message)?)
        })))
    }
}
