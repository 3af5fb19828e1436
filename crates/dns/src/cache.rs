//! What was learnt, for as long as it holds. Bounded in entries and time; failures never enter.

use std::{collections::HashMap, sync::Arc, time::Duration};

use hickory_proto::rr::{Name, RData, RecordType};
use parking_lot::Mutex;
use tokio::time::Instant;

/// Entries kept at most.
const MOST_ENTRIES: usize = 20_000;
/// Records are kept no longer than this, whatever their time to live says.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// "There is none" is kept no longer than this.
const LONGEST_NEGATIVE: Duration = Duration::from_secs(300);

/// A settled answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// These records; none when the name exists without any.
    Records(Arc<[RData]>),
    /// The name does not exist.
    NoSuchDomain,
}

impl Known {
    fn longest(&self) -> Duration {
        match self {
            Self::Records(records) if !records.is_empty() => LONGEST,
            _ => LONGEST_NEGATIVE,
        }
    }
}

/// What a look-up came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) known: Known,
    /// The name at the end of the aliases that were followed, if any.
    pub(crate) alias_of: Option<Name>,
    /// Every answer on the way was said to be authentic.
    pub(crate) authentic: bool,
}

type Key = (Name, RecordType);

/// Answers by name (lower case, absolute) and type.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<Key, (Found, Instant)>>);

impl Cache {
    pub(crate) fn get(&self, name: &Name, wanted: RecordType, now: Instant) -> Option<Found> {
        let entries = self.0.lock();
        let (found, until) = entries.get(&(name.clone(), wanted))?;
        (now < *until).then(|| found.clone())
    }

    /// Keeps `found` for `ttl` seconds from `now`, within this cache's limits.
    pub(crate) fn put(&self, name: Name, wanted: RecordType, found: Found, ttl: u32, now: Instant) {
        let lives = Duration::from_secs(ttl.into()).min(found.known.longest());
        if lives.is_zero() {
            return;
        }
        let mut entries = self.0.lock();
        if entries.len() >= MOST_ENTRIES {
            make_room(&mut entries, now);
        }
        entries.insert((name, wanted), (found, now + lives));
    }

    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}

/// Drops what is over; when that is little, drops an arbitrary quarter too, so that this is
/// rarely done.
fn make_room(entries: &mut HashMap<Key, (Found, Instant)>, now: Instant) {
    entries.retain(|_, (_, until)| now < *until);
    let keep = MOST_ENTRIES / 4 * 3;
    let surplus = entries.len().saturating_sub(keep);
    let victims: Vec<Key> = entries.keys().take(surplus).cloned().collect();
    for key in victims {
        entries.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn found(known: Known) -> Found {
        Found { known, alias_of: None, authentic: false }
    }

    fn address() -> Found {
        found(Known::Records(Arc::new([RData::A("192.0.2.1".parse().unwrap())])))
    }

    #[test]
    fn entries_live_as_long_as_they_say() {
        let (cache, now) = (Cache::default(), Instant::now());
        cache.put(name("a.example."), RecordType::A, address(), 60, now);
        let at = |seconds| {
            cache.get(&name("a.example."), RecordType::A, now + Duration::from_secs(seconds))
        };
        assert_eq!(at(59), Some(address()));
        assert_eq!(at(60), None);
        assert_eq!(cache.get(&name("a.example."), RecordType::MX, now), None);
        cache.clear();
        assert_eq!(at(0), None);
    }

    #[test]
    fn times_are_capped_and_zero_is_not_kept() {
        let (cache, now) = (Cache::default(), Instant::now());
        cache.put(name("a."), RecordType::A, address(), u32::MAX, now);
        cache.put(name("b."), RecordType::A, found(Known::NoSuchDomain), u32::MAX, now);
        cache.put(name("c."), RecordType::A, address(), 0, now);
        assert_eq!(cache.get(&name("a."), RecordType::A, now + LONGEST), None);
        assert_eq!(cache.get(&name("b."), RecordType::A, now + LONGEST_NEGATIVE), None);
        assert!(cache.get(&name("b."), RecordType::A, now).is_some());
        assert_eq!(cache.get(&name("c."), RecordType::A, now), None);
    }

    #[test]
    fn never_more_than_its_bound() {
        let (cache, now) = (Cache::default(), Instant::now());
        for i in 0..MOST_ENTRIES + 10 {
            cache.put(name(&format!("h{i}.")), RecordType::A, found(Known::NoSuchDomain), 60, now);
        }
        assert!(cache.0.lock().len() <= MOST_ENTRIES);
        let last = name(&format!("h{}.", MOST_ENTRIES + 9));
        assert!(cache.get(&last, RecordType::A, now).is_some());
    }
}
