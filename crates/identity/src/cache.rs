//! Recent successes, so that the costly comparison is not made for each of a row of sign-ins.
//!
//! Nothing of a password is kept: an entry is an HMAC, under a key of this process, over the
//! mailbox, its whole password record and the password. A changed record therefore never meets
//! an old entry.
//!
//! Where a password is asked about elsewhere and nobody answers there, a success counts for an hour.

use std::collections::HashMap;

use aws_lc_rs::hmac;
use model::{Guid, TimeSpan, Timestamp};
use parking_lot::Mutex;

/// How long a success counts.
const KEPT: TimeSpan = TimeSpan::seconds(60);
/// How long a success counts where nobody can be asked.
const KEPT_IN_NEED: TimeSpan = TimeSpan::hours(1);
/// Most entries.
const MAX_ENTRIES: usize = 4096;

/// What stands for one success.
pub(crate) type Proof = [u8; 32];

pub(crate) struct Cache {
    key: hmac::Key,
    /// When each success was.
    made: Mutex<HashMap<Proof, Timestamp>>,
}

impl Cache {
    pub(crate) fn new() -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &rand::random::<[u8; 32]>());
        Self { key, made: Mutex::default() }
    }

    /// What would stand for a success of this password with this record.
    pub(crate) fn proof(&self, mailbox: Guid, phc: &str, password: &str) -> Proof {
        self.mac(mailbox, phc, phc.len(), password)
    }

    /// What stands for a password record, whatever the password.
    pub(crate) fn mark(&self, mailbox: Guid, phc: &str) -> Proof {
        // No record has this length: never what stands for a success.
        self.mac(mailbox, phc, usize::MAX, "")
    }

    /// The length keeps record and password apart.
    fn mac(&self, mailbox: Guid, phc: &str, length: usize, password: &str) -> Proof {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(mailbox.as_bytes());
        context.update(&length.to_be_bytes());
        context.update(phc.as_bytes());
        context.update(password.as_bytes());
        let mut proof = [0; 32];
        proof.copy_from_slice(context.sign().as_ref());
        proof
    }

    /// Whether this has been proven within the last minute.
    pub(crate) fn holds(&self, proof: &Proof, now: Timestamp) -> bool {
        self.made.lock().get(proof).is_some_and(|made| is_fresh(*made, now))
    }

    /// Whether this has been proven within the last hour: for when nobody can be asked.
    pub(crate) fn held(&self, proof: &Proof, now: Timestamp) -> bool {
        let made = self.made.lock();
        made.get(proof).is_some_and(|made| is_within(*made, now, KEPT_IN_NEED))
    }

    /// Forgets a success: somebody has said that it is none any more.
    pub(crate) fn forget(&self, proof: &Proof) {
        self.made.lock().remove(proof);
    }

    /// Keeps a success.
    pub(crate) fn keep(&self, proof: Proof, now: Timestamp) {
        let mut made = self.made.lock();
        if made.len() >= MAX_ENTRIES {
            made.retain(|_, made| is_within(*made, now, KEPT_IN_NEED));
            if made.len() >= MAX_ENTRIES {
                made.retain(|_, made| is_fresh(*made, now));
            }
            if made.len() >= MAX_ENTRIES {
                made.clear();
            }
        }
        made.insert(proof, now);
    }
}

/// A success from the future is not fresh: the clock was set back.
fn is_fresh(made: Timestamp, now: Timestamp) -> bool {
    is_within(made, now, KEPT)
}

fn is_within(made: Timestamp, now: Timestamp, span: TimeSpan) -> bool {
    made <= now && now.since(made) < span
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn entries_end_and_are_bound_to_everything() {
        let (cache, other) = (Cache::new(), Cache::new());
        let proof = cache.proof(Guid::nil(), "phc", "password");
        assert!(!cache.holds(&proof, START));
        cache.keep(proof, START);
        assert!(cache.holds(&proof, START + TimeSpan::seconds(59)));
        assert!(!cache.holds(&proof, START + TimeSpan::seconds(60)));
        assert!(!cache.holds(&proof, START - TimeSpan::seconds(1)));
        assert!(cache.held(&proof, START + TimeSpan::minutes(59)));
        assert!(!cache.held(&proof, START + TimeSpan::minutes(60)));
        for different in [
            cache.proof(Guid::max(), "phc", "password"),
            cache.proof(Guid::nil(), "ph", "cpassword"),
            cache.proof(Guid::nil(), "phc", "passwor"),
            other.proof(Guid::nil(), "phc", "password"),
        ] {
            assert_ne!(different, proof);
        }
    }

    #[test]
    fn what_is_forgotten_counts_no_more() {
        let cache = Cache::new();
        let proof = cache.proof(Guid::nil(), "phc", "password");
        cache.keep(proof, START);
        cache.forget(&proof);
        assert!(!cache.holds(&proof, START) && !cache.held(&proof, START));
    }

    #[test]
    fn a_mark_tells_records_apart() {
        let cache = Cache::new();
        let mark = cache.mark(Guid::nil(), "phc");
        assert_eq!(cache.mark(Guid::nil(), "phc"), mark);
        assert_ne!(cache.mark(Guid::nil(), "phd"), mark);
        assert_ne!(cache.mark(Guid::max(), "phc"), mark);
        assert_ne!(cache.proof(Guid::nil(), "phc", ""), mark);
    }

    #[test]
    fn it_never_grows_past_its_bound() {
        let cache = Cache::new();
        for i in 0..=MAX_ENTRIES {
            cache.keep(cache.proof(Guid::nil(), "phc", &i.to_string()), START);
        }
        assert!(cache.made.lock().len() <= MAX_ENTRIES);
    }
}
