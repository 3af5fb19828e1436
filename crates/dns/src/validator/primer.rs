//! From anchors to keys: the DNSKEY records of an anchor's zone, signed by one that an anchor names. All of
//! them count from then on, for as long as the records say (RFC 4035 section 5).
//!
//! hickory takes keys only, and asks above a zone for digests of those that are not among them; an anchor
//! below the root has nothing above it.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hickory_proto::{
    dnssec::{
        TrustAnchors as Keys, Verifier,
        rdata::{DNSKEY, DNSSECRData, RRSIG},
    },
    rr::{DNSClass, Name, RData, Record, RecordType, SerialNumber},
};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{Flaw, TrustAnchors, sift::signature, trail::Trail};

/// Keys are looked for again after this time, whatever they say.
const LONGEST: Duration = Duration::from_secs(3600);

/// The keys of anchors' zones.
#[derive(Debug)]
pub(super) struct Primer {
    anchors: Arc<TrustAnchors>,
    primed: Mutex<HashMap<Name, Primed>>,
}

struct Primed {
    keys: Arc<Keys>,
    until: Instant,
}

impl std::fmt::Debug for Primed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Primed").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Primer {
    pub(super) fn new(anchors: Arc<TrustAnchors>) -> Self {
        Self { anchors, primed: Mutex::default() }
    }

    /// The nearest zone above `name` that has an anchor.
    pub(super) fn zone_above(&self, name: &Name) -> Option<Name> {
        self.anchors.zone_above(name).cloned()
    }

    /// The keys of `zone`, which has an anchor.
    pub(super) async fn keys(&self, trail: &Trail, zone: &Name) -> Result<Arc<Keys>, Flaw> {
        if let Some(primed) = self.primed.lock().get(zone)
            && Instant::now() < primed.until
        {
            return Ok(Arc::clone(&primed.keys));
        }
        let message = trail
            .look(zone, RecordType::DNSKEY)
            .await
            .map_err(|why| Flaw::Silence(format!("it cannot be proven: {zone} DNSKEY: {why}")))?;
        let records: Vec<&Record> =
            message.answers.iter().filter(|record| key_of(record).is_some()).collect();
        let signatures: Vec<&RRSIG> = message.answers.iter().filter_map(signature).collect();
        let held = self.held_for(zone, &records, &signatures);
        let held =
            held.map_err(|why| Flaw::Bogus(format!("{why} (the trust anchor of {zone})")))?;
        let mut keys = Keys::empty();
        let good = records.iter().filter_map(|record| key_of(record));
        for key in good.filter(|key| key.zone_key() && !key.revoke()) {
            keys.insert_with_name(key.public_key(), zone.into());
        }
        let keys = Arc::new(keys);
        let seconds = records.iter().map(|record| record.ttl).min().unwrap_or(0).min(held);
        let until = Instant::now() + Duration::from_secs(seconds.into()).min(LONGEST);
        let primed = Primed { keys: Arc::clone(&keys), until };
        self.primed.lock().insert(zone.clone(), primed);
        Ok(keys)
    }

    pub(super) fn forget(&self, zone: &Name) {
        self.primed.lock().remove(zone);
    }

    /// For how many seconds the signature of all of the records holds that one of them, which an anchor
    /// names, has made.
    fn held_for(
        &self,
        zone: &Name,
        records: &[&Record],
        signatures: &[&RRSIG],
    ) -> Result<u32, &'static str> {
        let keys = records.iter().filter_map(|record| key_of(record));
        let named: Vec<&DNSKEY> = keys.filter(|key| self.anchors.name(zone, key)).collect();
        if records.is_empty() {
            return Err(NO_KEYS);
        }
        if named.is_empty() {
            return Err("none of the keys of its zone is the one that the anchor names");
        }
        if signatures.is_empty() {
            return Err(MISSING);
        }
        let seconds_now = seconds_now();
        let now = SerialNumber::new(seconds_now);
        let holds = |key: &DNSKEY, signature: &RRSIG| {
            let input = signature.input();
            input.signer_name == *zone
                && input.type_covered == RecordType::DNSKEY
                && input.algorithm == key.algorithm()
                && key.calculate_key_tag().is_ok_and(|tag| tag == input.key_tag)
                && input.num_labels == zone.num_labels()
                && now >= input.sig_inception
                && now <= input.sig_expiration
                && !key.revoke()
                && key.verify_rrsig(zone, DNSClass::IN, signature, records.iter().copied()).is_ok()
        };
        let good = signatures.iter().find(|s| named.iter().any(|key| holds(key, s)));
        let until = good.ok_or("the signatures of its zone's keys do not hold")?;
        Ok(until.input().sig_expiration.get().wrapping_sub(seconds_now))
    }
}

const NO_KEYS: &str = "its zone's keys are missing: the DNS servers do not pass them on, or somebody has \
                       taken them out";
/// What is said where signatures were asked for and none came.
pub(super) const MISSING: &str = "its signatures are missing: the DNS servers do not pass them on, or \
                                  somebody has taken them out";

/// The present moment, as signatures count it (RFC 4034 section 3.1.5).
fn seconds_now() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Serial numbers: the upper half is not needed.
    (since.as_secs() & u64::from(u32::MAX)) as u32
}

fn key_of(record: &Record) -> Option<&DNSKEY> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some(key),
        _ => None,
    }
}
