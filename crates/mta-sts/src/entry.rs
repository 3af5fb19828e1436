//! A policy that is kept, and the file it is kept in: a head of ours, an empty line, the policy in
//! its own form. The checksum finds what a disk or a crash has damaged; a shortened list of hosts
//! would refuse good ones for months.

use std::{fmt::Write as _, sync::Arc};

use model::{DomainName, TimeSpan, Timestamp};
use thiserror::Error;

use crate::{Found, Origin, Policy, PolicyError, PolicyId, policy::LARGEST_FILE};

/// First line of a file, with the number of its format.
const TITLE: &str = "relais-mta-sts 1\n";
/// Largest file read, in bytes. The largest written has 250 patterns of 255 characters.
pub(crate) const LARGEST_ENTRY: usize = 2 * LARGEST_FILE;
/// A policy counts at least so long, else one that says `max_age: 0` would be fetched for
/// every message.
const LEAST: TimeSpan = TimeSpan::seconds(10);

/// A kept policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: PolicyId,
    pub(crate) policy: Arc<Policy>,
    /// When it was fetched, or last renewed.
    pub(crate) fetched: Timestamp,
}

/// Why a file holds no entry.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum Damage {
    #[error("it is not in the form this version writes")]
    Form,
    #[error("its checksum does not fit")]
    Checksum,
    #[error("it is about another domain")]
    Domain,
    #[error("{0}")]
    Policy(#[from] PolicyError),
}

impl Entry {
    /// Until when it counts.
    pub(crate) fn until(&self) -> Timestamp {
        self.fetched + self.policy.max_age().as_span().max(LEAST)
    }

    /// As a look-up tells it.
    pub(crate) fn found(&self, origin: Origin) -> Found {
        let policy = Arc::clone(&self.policy);
        Found { policy, id: self.id.clone(), until: self.until(), origin }
    }

    /// The file for it.
    pub(crate) fn to_file(&self, domain: &DomainName) -> String {
        let (id, fetched, policy) = (&self.id, self.fetched.as_millis(), &self.policy);
        let content = format!("domain: {domain}\nid: {id}\nfetched: {fetched}\n\n{policy}");
        let mut file = TITLE.to_owned();
        let _ = writeln!(file, "checksum: {:08x}", crc32fast::hash(content.as_bytes()));
        file + &content
    }

    /// The entry in the file that is called `domain`.
    pub(crate) fn from_file(domain: &DomainName, file: &[u8]) -> Result<Self, Damage> {
        let file = std::str::from_utf8(file).map_err(|_| Damage::Form)?;
        let rest = file.strip_prefix(TITLE).ok_or(Damage::Form)?;
        let (checksum, content) = line(rest, "checksum: ")?;
        let checksum = u32::from_str_radix(checksum, 16).map_err(|_| Damage::Form)?;
        if crc32fast::hash(content.as_bytes()) != checksum {
            return Err(Damage::Checksum);
        }
        let (named, rest) = line(content, "domain: ")?;
        let (id, rest) = line(rest, "id: ")?;
        let (fetched, rest) = line(rest, "fetched: ")?;
        if named != domain.as_str() {
            return Err(Damage::Domain);
        }
        let fetched = Timestamp::from_millis(fetched.parse().map_err(|_| Damage::Form)?);
        let id = id.parse().map_err(|_| Damage::Form)?;
        let policy = rest.strip_prefix('\n').ok_or(Damage::Form)?;
        Ok(Self { id, policy: Arc::new(Policy::parse(policy.as_bytes())?), fetched })
    }
}

/// The value of the first line, and what follows it.
fn line<'a>(text: &'a str, key: &str) -> Result<(&'a str, &'a str), Damage> {
    text.strip_prefix(key).and_then(|rest| rest.split_once('\n')).ok_or(Damage::Form)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry() -> Entry {
        let policy = b"version: STSv1\nmode: enforce\nmx: a.example\nmx: b.example\nmax_age: 100\n";
        Entry {
            id: "1a".parse().unwrap(),
            policy: Arc::new(Policy::parse(policy).unwrap()),
            fetched: Timestamp::from_millis(1_700_000_000_123),
        }
    }

    fn domain() -> DomainName {
        "example.net".parse().unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let file = entry().to_file(&domain());
        assert_eq!(Entry::from_file(&domain(), file.as_bytes()), Ok(entry()));
        let other = "example.org".parse().unwrap();
        assert_eq!(Entry::from_file(&other, file.as_bytes()), Err(Damage::Domain));
    }

    #[test]
    fn the_largest_policy_fits_its_file() {
        let host = [&"a".repeat(63), &"b".repeat(63), &"c".repeat(63), &*"d".repeat(61)].join(".");
        let mx = vec![format!("*.{host}").parse().unwrap(); 250];
        let max_age = "31557600".parse().unwrap();
        let policy = Arc::new(Policy::new(crate::Mode::Enforce, mx, max_age).unwrap());
        let (domain, entry) = (host.parse().unwrap(), Entry { policy, ..entry() });
        let file = entry.to_file(&domain);
        assert!(file.len() < LARGEST_ENTRY);
        assert_eq!(Entry::from_file(&domain, file.as_bytes()), Ok(entry));
    }

    #[test]
    fn every_damage_is_noticed() {
        let file = entry().to_file(&domain()).into_bytes();
        for end in 0..file.len() {
            assert!(Entry::from_file(&domain(), &file[..end]).is_err(), "cut at {end}");
        }
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(Entry::from_file(&domain(), &damaged).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn the_shortest_life_is_ten_seconds() {
        let with = |seconds: &str| Entry {
            policy: Arc::new(
                Policy::new(crate::Mode::None, vec![], seconds.parse().unwrap()).unwrap(),
            ),
            ..entry()
        };
        let lives = |seconds| {
            let entry = with(seconds);
            entry.until().since(entry.fetched)
        };
        assert_eq!(lives("0"), TimeSpan::seconds(10));
        assert_eq!(lives("11"), TimeSpan::seconds(11));
        let mut last = with("31557600");
        last.fetched = Timestamp::from_millis(i64::MAX);
        assert_eq!(last.until().as_millis(), i64::MAX);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_entry_or_damage(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Entry::from_file(&domain(), &bytes);
            let mut titled = TITLE.as_bytes().to_vec();
            titled.extend(bytes);
            prop_assert!(Entry::from_file(&domain(), &titled).is_err());
        }

        #[test]
        fn a_right_checksum_does_not_make_it_good(content in "(domain: example.net\n)?(id: \\PC{0,4}\n)?(fetched: -?[0-9]{0,25}\n)?\n?\\PC{0,30}") {
            let sum = crc32fast::hash(content.as_bytes());
            let file = format!("{TITLE}checksum: {sum:08x}\n{content}");
            prop_assert!(Entry::from_file(&domain(), file.as_bytes()).is_err());
        }
    }
}
