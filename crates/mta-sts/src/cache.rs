//! The policies in memory: bounded by number and by size, without I/O.
//!
//! When there are too many, those that protect least go first: mode `none` before `testing` before
//! `enforce`, and of each the one that was asked for longest ago. Who makes us look up thousands
//! of his own domains drives out few that matter.

use std::{cmp::Reverse, collections::HashMap};

use model::{DomainName, Timestamp};

use crate::{Mode, entry::Entry};

/// Most policies kept.
pub(crate) const MOST: usize = 20_000;
/// Most memory for them, in bytes as estimated by [`weight`].
const MOST_BYTES: usize = 64 << 20;

/// What is kept.
pub(crate) struct Cache {
    slots: HashMap<DomainName, Slot>,
    bytes: usize,
    most: usize,
    most_bytes: usize,
}

struct Slot {
    entry: Entry,
    used: Timestamp,
    bytes: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self { slots: HashMap::new(), bytes: 0, most: MOST, most_bytes: MOST_BYTES }
    }
}

impl Cache {
    /// The policy of `domain`, unless it has expired.
    pub(crate) fn get(&mut self, domain: &DomainName, now: Timestamp) -> Option<Entry> {
        let slot = self.slots.get_mut(domain).filter(|slot| slot.entry.until() > now)?;
        slot.used = now;
        Some(slot.entry.clone())
    }

    /// The same whatever its age, and without counting as use.
    pub(crate) fn peek(&self, domain: &DomainName) -> Option<&Entry> {
        self.slots.get(domain).map(|slot| &slot.entry)
    }

    /// Keeps a policy in place of an older one of `domain`; tells which others had to go.
    pub(crate) fn put(
        &mut self,
        domain: DomainName,
        entry: Entry,
        used: Timestamp,
    ) -> Vec<DomainName> {
        let bytes = weight(&domain, &entry);
        self.bytes += bytes;
        if let Some(old) = self.slots.insert(domain, Slot { entry, used, bytes }) {
            self.bytes -= old.bytes;
        }
        if self.slots.len() > self.most || self.bytes > self.most_bytes {
            return self.make_room();
        }
        Vec::new()
    }

    /// Forgets what has expired; tells which.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<DomainName> {
        let expired = self.domains(|entry| entry.until() <= now);
        expired.iter().for_each(|domain| self.remove(domain));
        expired
    }

    /// Whose policies protect something and expire before `by`.
    pub(crate) fn due(&self, by: Timestamp) -> Vec<DomainName> {
        self.domains(|entry| entry.policy.mode() != Mode::None && entry.until() < by)
    }

    fn domains(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<DomainName> {
        let chosen = self.slots.iter().filter(|(_, slot)| wanted(&slot.entry));
        chosen.map(|(domain, _)| domain.clone()).collect()
    }

    fn remove(&mut self, domain: &DomainName) {
        if let Some(slot) = self.slots.remove(domain) {
            self.bytes -= slot.bytes;
        }
    }

    /// Leaves a sixteenth free, so that it is not done again for each new one.
    fn make_room(&mut self) -> Vec<DomainName> {
        let (most, most_bytes) = (self.most - self.most / 16, self.most_bytes / 16 * 15);
        let mut order: Vec<_> =
            self.slots.iter().map(|(domain, slot)| (worth(slot), domain)).collect();
        order.sort_unstable_by_key(|(worth, _)| Reverse(*worth));
        let mut order: Vec<DomainName> =
            order.into_iter().map(|(_, domain)| domain.clone()).collect();
        let mut gone = Vec::new();
        while self.slots.len() > most || self.bytes > most_bytes {
            let Some(domain) = order.pop() else { break };
            self.remove(&domain);
            gone.push(domain);
        }
        gone
    }
}

/// More is kept longer.
fn worth(slot: &Slot) -> (u8, Timestamp) {
    let protection = match slot.entry.policy.mode() {
        Mode::None => 0,
        Mode::Testing => 1,
        Mode::Enforce => 2,
    };
    (protection, slot.used)
}

/// About what it takes in memory.
fn weight(domain: &DomainName, entry: &Entry) -> usize {
    let names = entry.policy.mx().iter().map(|pattern| pattern.name().as_str().len() + 64);
    256 + domain.as_str().len() + names.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Policy;

    fn domain(text: &str) -> DomainName {
        text.parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn entry(mode: Mode, patterns: usize) -> Entry {
        let mx = vec!["mx.example".parse().unwrap(); patterns];
        let policy = Policy::new(mode, mx, "1000".parse().unwrap()).unwrap();
        Entry { id: "1".parse().unwrap(), policy: Arc::new(policy), fetched: at(0) }
    }

    #[test]
    fn what_has_expired_is_not_given_out() {
        let mut cache = Cache::default();
        cache.put(domain("a.example"), entry(Mode::Enforce, 1), at(0));
        assert!(cache.get(&domain("a.example"), at(999)).is_some());
        assert!(cache.get(&domain("a.example"), at(1000)).is_none());
        assert!(cache.expire(at(999)).is_empty());
        assert_eq!(cache.expire(at(1000)), [domain("a.example")]);
        assert_eq!(cache.bytes, 0);
    }

    #[test]
    fn due_is_what_protects_and_expires_soon() {
        let mut cache = Cache::default();
        cache.put(domain("a.example"), entry(Mode::Testing, 1), at(0));
        cache.put(domain("b.example"), entry(Mode::None, 0), at(0));
        assert!(cache.due(at(1000)).is_empty());
        assert_eq!(cache.due(at(1001)), [domain("a.example")]);
    }

    #[test]
    fn the_least_useful_go_first() {
        let mut cache = Cache { most: 4, ..Cache::default() };
        cache.put(domain("old.example"), entry(Mode::Enforce, 1), at(1));
        cache.put(domain("used.example"), entry(Mode::Enforce, 1), at(0));
        cache.put(domain("testing.example"), entry(Mode::Testing, 1), at(8));
        cache.put(domain("none.example"), entry(Mode::None, 1), at(9));
        cache.get(&domain("used.example"), at(7));
        let gone = cache.put(domain("1.example"), entry(Mode::Enforce, 1), at(9));
        assert_eq!(gone, [domain("none.example")]);
        let gone = cache.put(domain("2.example"), entry(Mode::Enforce, 1), at(9));
        assert_eq!(gone, [domain("testing.example")]);
        let gone = cache.put(domain("3.example"), entry(Mode::Enforce, 1), at(9));
        assert_eq!(gone, [domain("old.example")]);
        assert!(cache.peek(&domain("used.example")).is_some());
    }

    #[test]
    fn size_is_bounded_whatever_comes() {
        let mut cache = Cache { most: 64, most_bytes: 100_000, ..Cache::default() };
        for n in 0..1000 {
            let name = domain(&format!("{}.example", n % 300));
            cache.put(name, entry(Mode::Enforce, 1 + (n * 37) % 250), at(n as i64));
            assert!(cache.slots.len() <= 64 && cache.bytes <= 100_000);
        }
        assert_eq!(cache.bytes, cache.slots.values().map(|slot| slot.bytes).sum::<usize>());
    }
}
