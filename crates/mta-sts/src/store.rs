//! Kept policies: in memory for look-ups, on disk for the next start.
//!
//! Memory is what counts. The disk follows it, domain by domain, on threads that may block, under
//! one lock: whatever the order in which two of them get there, the file says in the end what
//! memory says. A disk that fails costs a line in the log and a fetch after the next start.

use std::{io, path::Path, sync::Arc};

use model::{DomainName, Timestamp};
use parking_lot::Mutex;
use tokio::task::spawn_blocking;

use crate::{cache::Cache, disk::Disk, entry::Entry};

/// Kept policies.
pub(crate) struct Store {
    cache: Mutex<Cache>,
    disk: Mutex<Disk>,
}

impl Store {
    /// Reads what is in `directory`. Blocks on the disk.
    pub(crate) fn open(directory: &Path, now: Timestamp) -> io::Result<Self> {
        let disk = Disk::open(directory)?;
        let mut cache = Cache::default();
        let mut gone = Vec::new();
        for (domain, mut entry) in disk.read()? {
            // A clock that was wrong once does not make a policy last for ever.
            entry.fetched = entry.fetched.min(now);
            let fetched = entry.fetched;
            gone.extend(cache.put(domain, entry, fetched));
        }
        gone.extend(cache.expire(now));
        let store = Self { cache: Mutex::new(cache), disk: Mutex::new(disk) };
        store.write_out(&gone);
        Ok(store)
    }

    /// The policy of `domain`, unless it has expired.
    pub(crate) fn get(&self, domain: &DomainName, now: Timestamp) -> Option<Entry> {
        self.cache.lock().get(domain, now)
    }

    /// The same without counting as use.
    pub(crate) fn peek(&self, domain: &DomainName) -> Option<Entry> {
        self.cache.lock().peek(domain).cloned()
    }

    /// Keeps a policy in place of an older one of `domain`; it counts at once, and is on disk
    /// when this is done.
    pub(crate) async fn keep(self: &Arc<Self>, domain: &DomainName, entry: Entry, now: Timestamp) {
        let mut changed = self.cache.lock().put(domain.clone(), entry, now);
        changed.push(domain.clone());
        self.follow(changed).await;
    }

    /// Forgets what has expired; tells how many that were.
    pub(crate) async fn expire(self: &Arc<Self>, now: Timestamp) -> usize {
        let expired = self.cache.lock().expire(now);
        let count = expired.len();
        self.follow(expired).await;
        count
    }

    /// Whose policies protect something and expire before `by`.
    pub(crate) fn due(&self, by: Timestamp) -> Vec<DomainName> {
        self.cache.lock().due(by)
    }

    async fn follow(self: &Arc<Self>, changed: Vec<DomainName>) {
        if changed.is_empty() {
            return;
        }
        let store = Arc::clone(self);
        if let Err(error) = spawn_blocking(move || store.write_out(&changed)).await {
            tracing::error!(%error, "MTA-STS: kept policies could not be written");
        }
    }

    /// Makes the disk say what memory says of these.
    fn write_out(&self, domains: &[DomainName]) {
        let disk = self.disk.lock();
        for domain in domains {
            let entry = self.cache.lock().peek(domain).cloned();
            let done = match &entry {
                Some(entry) => disk.write(domain, entry),
                None => disk.remove(domain),
            };
            if let Err(error) = done {
                tracing::warn!(%domain, %error, "MTA-STS: a policy could not be kept on disk");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{Mode, Policy};

    fn domain(text: &str) -> DomainName {
        text.parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn entry(fetched: i64) -> Entry {
        let mx = vec!["mx.example".parse().unwrap()];
        let policy = Policy::new(Mode::Enforce, mx, "1000".parse().unwrap()).unwrap();
        Entry { id: "1".parse().unwrap(), policy: Arc::new(policy), fetched: at(fetched) }
    }

    fn open(directory: &Path, now: i64) -> Arc<Store> {
        Arc::new(Store::open(directory, at(now)).unwrap())
    }

    #[tokio::test]
    async fn a_policy_outlives_restarts_until_it_expires() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("made/mta-sts");
        let longest = domain(
            &[&"a".repeat(63), &"b".repeat(63), &"c".repeat(63), &*"d".repeat(61)].join("."),
        );
        let names = [domain("example.net"), longest];
        let store = open(&directory, 0);
        for name in &names {
            store.keep(name, entry(-9), at(0)).await;
            store.keep(name, entry(0), at(0)).await;
        }
        for name in &names {
            assert_eq!(open(&directory, 999).get(name, at(999)), Some(entry(0)));
        }
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
        let late = open(&directory, 1000);
        assert_eq!(late.get(&names[0], at(999)), None);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_expires_leaves_the_disk() {
        let place = tempfile::tempdir().unwrap();
        let store = open(place.path(), 0);
        store.keep(&domain("old.example"), entry(0), at(0)).await;
        store.keep(&domain("new.example"), entry(500), at(500)).await;
        assert_eq!(store.due(at(1001)), [domain("old.example")]);
        assert_eq!(store.expire(at(1000)).await, 1);
        let left: Vec<_> =
            fs::read_dir(place.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(left, ["new.example"]);
    }

    #[tokio::test]
    async fn a_clock_that_was_wrong_is_put_right() {
        let place = tempfile::tempdir().unwrap();
        open(place.path(), 0).keep(&domain("example.net"), entry(1 << 40), at(0)).await;
        let store = open(place.path(), 10);
        assert!(store.get(&domain("example.net"), at(1009)).is_some());
        assert!(store.get(&domain("example.net"), at(1010)).is_none());
    }

    #[tokio::test]
    async fn hostile_and_damaged_files_are_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        open(place.path(), 0).keep(&domain("good.example"), entry(0), at(0)).await;
        let good = fs::read(path("good.example")).unwrap();
        fs::write(path("cut.example"), &good[..good.len() - 1]).unwrap();
        fs::write(path("renamed.example"), &good).unwrap();
        let for_other = entry(0).to_file(&domain("upper.example"));
        fs::write(path("Upper.Example"), for_other).unwrap();
        fs::write(path("not a domain"), &good).unwrap();
        fs::write(path("empty.example"), "").unwrap();
        fs::write(path("large.example"), vec![b'x'; 1 << 20]).unwrap();
        fs::write(path(".unfinished"), "half").unwrap();
        fs::create_dir(path("directory.example")).unwrap();
        let elsewhere = tempfile::NamedTempFile::new().unwrap();
        fs::write(elsewhere.path(), entry(0).to_file(&domain("link.example"))).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), path("link.example")).unwrap();
        let store = open(place.path(), 0);
        assert!(store.get(&domain("good.example"), at(0)).is_some());
        for bad in ["cut", "renamed", "upper", "empty", "large", "directory", "link"] {
            assert!(store.get(&domain(&format!("{bad}.example")), at(0)).is_none(), "{bad}");
        }
        // What is damaged is replaced when there is something better.
        store.keep(&domain("cut.example"), entry(0), at(0)).await;
        assert!(open(place.path(), 0).get(&domain("cut.example"), at(0)).is_some());
    }

    #[tokio::test]
    async fn a_disk_that_fails_costs_nothing_now() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("gone");
        let store = open(&directory, 0);
        fs::remove_dir(&directory).unwrap();
        store.keep(&domain("example.net"), entry(0), at(0)).await;
        assert_eq!(store.get(&domain("example.net"), at(1)), Some(entry(0)));
        fs::write(&directory, "in the way").unwrap();
        assert!(Store::open(&directory, at(0)).is_err());
    }
}
