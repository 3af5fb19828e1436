//! What a stranger's message proves of its sender, noted on top of it: results under our name that others
//! have written go first. Nothing is refused for what is found. Clients that sign in or may relay, and the
//! organization's own SMTP servers, cost nothing here.

use std::{collections::BTreeMap, fmt, sync::Arc};

use bytes::{Bytes, BytesMut};
use dns::Resolver;
use parking_lot::Mutex;
use sender_auth::{Arrival, Findings, evaluate};

/// Gives the resolver that is in use now, as the outside is seen.
pub type CurrentResolver = Arc<dyn Fn() -> Resolver + Send + Sync>;

/// Evaluates and counts, for all sessions.
pub(crate) struct SenderProof {
    resolver: CurrentResolver,
    /// By method and result, which are words of ours.
    counts: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
}

impl SenderProof {
    pub(crate) fn new(resolver: CurrentResolver) -> Self {
        Self { resolver, counts: Mutex::default() }
    }

    /// `content` with the field of the server called `host` on top, and the domains whose signature would be good on
    /// a TLS report. `original` is the message as it came: what has been taken out of it since may have been signed.
    pub(crate) async fn note(
        &self,
        host: &str,
        arrival: Arrival<'_>,
        original: Bytes,
        content: &[u8],
    ) -> (Bytes, Vec<String>) {
        let findings = evaluate(&(self.resolver)(), arrival, original).await;
        self.count(&findings);
        let field = findings.field(host, arrival.client);
        let mut noted = BytesMut::with_capacity(field.len() + content.len());
        noted.extend_from_slice(field.as_bytes());
        noted.extend_from_slice(content);
        (noted.freeze(), findings.report_signers())
    }

    fn count(&self, findings: &Findings) {
        let mut counts = self.counts.lock();
        for result in findings.counted() {
            *counts.entry(result).or_default() += 1;
        }
    }

    /// How often each method has had each result since the start.
    pub(crate) fn counts(&self) -> Vec<((&'static str, &'static str), u64)> {
        self.counts.lock().iter().map(|(result, count)| (*result, *count)).collect()
    }
}

impl fmt::Debug for SenderProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SenderProof").finish_non_exhaustive()
    }
}
