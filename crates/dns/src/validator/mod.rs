//! The built-in validator (DNSSEC, RFC 4033 to 4035, 5155, 6840, 9276): proves answers from trust anchors
//! down, with hickory-net, so that DNS servers may be anywhere and need not be believed.
//!
//! hickory is given as little as can be (`sift`): one name and one type at a time, aliases followed by us,
//! nothing of an answer that is not needed for its proof. What it says is judged once more (`verdict`) where
//! the library is content with less. How much a look-up may cost is bounded here (`trail`).

mod kept;
mod opt_out;
mod primer;
mod sift;
mod trail;
mod verdict;
mod wildcard;

#[cfg(test)]
mod signed;
#[cfg(test)]
mod tests;

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use hickory_net::{
    dnssec::DnssecDnsHandle,
    xfer::{DnsHandle, FirstAnswer},
};
use hickory_proto::{
    op::{DnsRequestOptions, Query},
    rr::{Name, RecordType},
};

use crate::{error::Trouble, upstream::Upstream, wire::Form, wire::Reply};
use kept::Kept;
use primer::Primer;
use trail::Trail;

pub(crate) use crate::anchors::TrustAnchors;

/// NSEC3 iterations of which a denial is believed (RFC 9276 section 3.2). Beyond it nothing is; the library
/// could take such a denial for that of an unsigned zone, which a parent's would do as well.
const MOST_ITERATIONS: u16 = 150;
/// Signatures of one look-up whose verification is remembered while it lasts. Never longer: they would be
/// known again by 64 bits that can be forged.
const REMEMBERED: usize = 256;

/// Proves what servers say.
#[derive(Debug)]
pub(crate) struct Validator {
    primer: Primer,
    kept: Arc<Kept>,
}

/// Why an attempt failed.
enum Flaw {
    /// Nothing was heard, or too much would have had to be asked.
    Silence(String),
    Bogus(String),
}

impl Validator {
    pub(crate) fn new(anchors: Arc<TrustAnchors>) -> Self {
        Self { primer: Primer::new(anchors), kept: Arc::default() }
    }

    /// What is known of `name`: proven (`authentic`), or proven to be of a zone that is not signed, or of a
    /// zone that no anchor is above. An alias is given as such, for the asker to follow.
    pub(crate) async fn ask(
        &self,
        upstream: &Arc<Upstream>,
        name: &Name,
        wanted: RecordType,
    ) -> Result<Reply, Trouble> {
        let mut name = name.clone();
        name.set_fqdn(true);
        let Some(zone) = self.primer.zone_above(&name) else {
            let reply = upstream.ask(&name, wanted, Form::Plain).await;
            let reply = reply.map_err(|unanswered| Trouble::Silence(unanswered.why))?;
            return Ok(Reply { authentic: false, ..reply });
        };
        let trail = Trail::new(upstream, &self.kept, true);
        match self.prove(&trail, &zone, (&name, wanted)).await {
            // A zone may have changed its keys since.
            Err(Flaw::Bogus(_)) if trail.forget_kept() => {
                self.primer.forget(&zone);
                let again = Trail::new(upstream, &self.kept, false);
                self.prove(&again, &zone, (&name, wanted)).await
            }
            other => other,
        }
        .map_err(|flaw| match flaw {
            Flaw::Silence(why) => Trouble::Silence(format!("{name} {wanted}: {why}")),
            Flaw::Bogus(why) => {
                Trouble::Bogus(format!("the answer for {name} {wanted} is bogus (DNSSEC): {why}"))
            }
        })
    }

    async fn prove(
        &self,
        trail: &Trail,
        zone: &Name,
        (name, wanted): (&Name, RecordType),
    ) -> Result<Reply, Flaw> {
        let first = trail.look(name, wanted).await.map_err(Flaw::Silence)?;
        // Of an alias only itself is proven here: what it leads to has names and proofs of its own.
        let wanted = if sift::is_alias(&first, name, wanted) { RecordType::CNAME } else { wanted };
        let anchors = self.primer.keys(trail, zone).await?;
        let handle = DnssecDnsHandle::with_trust_anchor(trail.clone(), anchors)
            .nsec3_iteration_limits(Some(MOST_ITERATIONS), Some(MOST_ITERATIONS))
            .validation_cache_size(REMEMBERED);
        let query = Query::query(name.clone(), wanted);
        let proving = async {
            let asked = handle.lookup(query, DnsRequestOptions::default());
            asked.first_answer().await
        };
        // Strangers' bytes reach code of others here: were it to give up, one look-up fails.
        let proven = AssertUnwindSafe(proving).catch_unwind().await;
        let proven = proven.map_err(|_| Flaw::Bogus("it cannot be worked on".to_owned()))?;
        let judged = verdict::judge((name, wanted), proven);
        match (judged, trail.trouble()) {
            (Ok(reply), _) => {
                trail.keep();
                Ok(reply)
            }
            (Err(_), Some(why)) => Err(Flaw::Silence(format!("it cannot be proven: {why}"))),
            (Err(why), None) => Err(Flaw::Bogus(why)),
        }
    }
}
