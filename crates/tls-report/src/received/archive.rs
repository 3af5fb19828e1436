//! The reports that are kept: those of the last 90 days, so many and so large together at most. Whoever sends
//! many loses his own first, so that nobody can drive out what others have told.

use std::{collections::HashMap, sync::Arc};

use model::{TimeSpan, Timestamp};
use serde::{Deserialize, Serialize};

use super::types::ReceivedReport;

/// Most reports.
const MOST: usize = 2_000;
/// Most bytes of all together, as they are written down.
const MOST_BYTES: usize = 16 << 20;
/// For how long they are kept after the time they are about.
const KEPT: TimeSpan = TimeSpan::days(90);
/// How far the end of a report may be ahead: clocks and time zones.
const AHEAD: TimeSpan = TimeSpan::days(2);

/// A report that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it says.
    pub report: Arc<ReceivedReport>,
    /// The domain that submitted it, as the message says.
    pub submitter: String,
    /// Whether that domain has signed the message (RFC 8460 section 3).
    pub verified: bool,
    /// When it came.
    pub received_at: Timestamp,
    /// Bytes of the report as it is written down.
    size: usize,
}

/// What became of a report that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is a new one.
    New,
    /// It was known: the one before it is gone.
    Replaced,
    /// It is about a time so long ago that it is not kept.
    TooOld,
    /// It is about a time that is still to come.
    TooNew,
}

/// The reports that are kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Archive {
    /// In the order in which they came.
    reports: Vec<Kept>,
}

impl Kept {
    /// A report that came now. It counts as verified where the domain that submits it, or one above it, is among the
    /// domains that have signed the message.
    #[must_use]
    pub fn new(
        report: ReceivedReport,
        submitter: String,
        signers: &[String],
        now: Timestamp,
    ) -> Self {
        let is_of = |signer: &String| {
            let below = submitter.strip_suffix(signer.as_str());
            !signer.is_empty() && below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let verified = signers.iter().any(is_of);
        let size = serde_json::to_vec(&report).map_or(MOST_BYTES, |text| text.len());
        Self { report: Arc::new(report), submitter, verified, received_at: now, size }
    }

    /// Whether the other is the same report, sent again. Nobody replaces one of somebody else.
    fn is_same(&self, other: &Self) -> bool {
        self.verified == other.verified
            && self.submitter == other.submitter
            && self.report.id == other.report.id
            && self.report.organization.eq_ignore_ascii_case(&other.report.organization)
    }

    /// Who loses what he has sent where there is too much: those who have not proved who they are together.
    fn source(&self) -> &str {
        if self.verified { &self.submitter } else { "" }
    }
}

impl Archive {
    /// Keeps a report.
    pub fn put(&mut self, kept: Kept, now: Timestamp) -> Put {
        if kept.report.end + KEPT < now {
            return Put::TooOld;
        }
        if kept.report.end > now + AHEAD {
            return Put::TooNew;
        }
        let before = self.reports.len();
        self.reports.retain(|other| !other.is_same(&kept));
        let put = if self.reports.len() < before { Put::Replaced } else { Put::New };
        self.reports.push(kept);
        self.prune(now);
        put
    }

    /// Forgets what is too old, and what is too much.
    pub fn prune(&mut self, now: Timestamp) {
        self.reports.retain(|kept| kept.report.end + KEPT >= now);
        let mut bytes: usize = self.reports.iter().map(|kept| kept.size).sum();
        while self.reports.len() > MOST || bytes > MOST_BYTES {
            let Some(at) = self.first_to_go() else { return };
            bytes -= self.reports.remove(at).size;
        }
    }

    /// The oldest of whoever takes most room.
    fn first_to_go(&self) -> Option<usize> {
        let mut taken: HashMap<&str, usize> = HashMap::new();
        for kept in &self.reports {
            // A report costs a place, however small it is.
            *taken.entry(kept.source()).or_default() += kept.size + MOST_BYTES / MOST;
        }
        let (source, _) = taken.into_iter().max_by_key(|(source, taken)| (*taken, *source))?;
        self.reports.iter().position(|kept| kept.source() == source)
    }

    /// All of them, the last that came first.
    pub fn reports(&self) -> impl Iterator<Item = &Kept> {
        self.reports.iter().rev()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reports.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReceivedPolicy;

    const NOW: Timestamp = Timestamp::from_millis(1_764_374_400_000);

    fn kept(id: &str, submitter: &str, signers: &[&str], age: TimeSpan) -> Kept {
        let report = ReceivedReport {
            organization: "Company-X".to_owned(),
            contact: String::new(),
            id: id.to_owned(),
            begin: NOW - age - TimeSpan::days(1),
            end: NOW - age,
            policies: vec![ReceivedPolicy {
                policy_type: "sts".to_owned(),
                domain: "contoso.com".parse().unwrap(),
                mx_hosts: Vec::new(),
                successes: 1,
                failures: 0,
                details: Vec::new(),
                left_out: 0,
            }],
        };
        let signers: Vec<String> = signers.iter().map(|&signer| signer.to_owned()).collect();
        Kept::new(report, submitter.to_owned(), &signers, NOW)
    }

    #[test]
    fn who_has_signed_it() {
        let verified = |submitter: &str, signers: &[&str]| {
            kept("1", submitter, signers, TimeSpan::days(1)).verified
        };
        assert!(verified("google.com", &["other.example", "google.com"]));
        assert!(verified("reports.google.com", &["google.com"]));
        assert!(!verified("google.com", &["reports.google.com"]));
        assert!(!verified("notgoogle.com", &["google.com"]));
        assert!(!verified("google.com", &[""]) && !verified("", &[""]) && !verified("", &[]));
        assert!(!verified("google.com", &[]));
    }

    #[test]
    fn one_that_is_sent_again_takes_the_place_of_its_own() {
        let mut archive = Archive::default();
        let day = TimeSpan::days(1);
        let google = || kept("1", "google.com", &["google.com"], day);
        assert_eq!(archive.put(google(), NOW), Put::New);
        assert_eq!(archive.put(google(), NOW), Put::Replaced);
        // Nobody else does.
        assert_eq!(archive.put(kept("1", "google.com", &[], day), NOW), Put::New);
        assert_eq!(archive.put(kept("1", "evil.example", &["evil.example"], day), NOW), Put::New);
        assert_eq!(archive.put(kept("2", "google.com", &["google.com"], day), NOW), Put::New);
        assert_eq!(archive.len(), 4);
        let text = serde_json::to_vec(&archive).unwrap();
        let read: Archive = serde_json::from_slice(&text).unwrap();
        assert!(read.reports().eq(archive.reports()));
    }

    #[test]
    fn what_is_old_goes_and_what_is_to_come_is_not_kept() {
        let mut archive = Archive::default();
        let signed = |id: &str, age| kept(id, "a.example", &["a.example"], age);
        assert_eq!(archive.put(signed("old", TimeSpan::days(91)), NOW), Put::TooOld);
        assert_eq!(archive.put(signed("1", TimeSpan::days(90)), NOW), Put::New);
        assert_eq!(archive.put(signed("2", TimeSpan::days(1)), NOW), Put::New);
        let mut future = signed("3", TimeSpan::days(0));
        Arc::make_mut(&mut future.report).end = NOW + TimeSpan::days(3);
        assert_eq!(archive.put(future, NOW), Put::TooNew);
        archive.prune(NOW + TimeSpan::days(1));
        assert_eq!(archive.len(), 1);
        archive.prune(NOW + TimeSpan::days(100));
        assert!(archive.is_empty());
    }

    #[test]
    fn whoever_sends_many_loses_his_own() {
        let mut archive = Archive::default();
        let day = TimeSpan::days(1);
        archive.put(kept("1", "google.com", &["google.com"], day), NOW);
        for number in 0..MOST + 50 {
            let submitter = format!("s{number}.example");
            archive.put(kept(&number.to_string(), &submitter, &[], day), NOW);
        }
        assert_eq!(archive.len(), MOST);
        assert!(archive.reports().any(|kept| kept.submitter == "google.com"));
        // By size as well.
        let mut archive = Archive::default();
        archive.put(kept("1", "google.com", &["google.com"], day), NOW);
        for number in 0..20 {
            let mut large = kept(&number.to_string(), "evil.example", &["evil.example"], day);
            large.size = 1 << 20;
            archive.put(large, NOW);
        }
        assert!(archive.reports().any(|kept| kept.submitter == "google.com"));
        assert!(archive.len() < 20, "{}", archive.len());
    }
}
