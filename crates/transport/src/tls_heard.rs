//! What others tell of TLS with our hosts (RFC 8460): reports about our domains are read out of the mail that
//! brings them, and kept in a file. The mail itself goes its way as any other.
//!
//! It is a stranger's, and read beside the way of messages: a few wait, more are left unread.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    net::IpAddr,
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;
use directory::Snapshot;
use message::HeaderBlock;
use model::{AddressDomain, Clock, Envelope, MessageId};
use parking_lot::Mutex;
use reception::Source;
use tls_report::{Archive, Brought, FailureType, Kept, Put, ReceivedReport, is_report_mail};
use tokio::sync::mpsc;

/// Messages that wait to be read.
const MOST_WAITING: usize = 8;
/// Larger than anything this program writes there.
const LARGEST: u64 = 64 << 20;
/// How sessions are counted whose failure has no name of the standard.
const OTHER: &str = "other";

/// The reports about our domains.
pub(crate) struct TlsHeard {
    clock: Arc<dyn Clock>,
    file: PathBuf,
    archive: Mutex<Archive>,
    /// Sessions that failed, by what: of verified reports since the start.
    failed: Mutex<BTreeMap<&'static str, u64>>,
    letters: mpsc::Sender<Letter>,
    /// Held by whoever reads.
    waiting: tokio::sync::Mutex<mpsc::Receiver<Letter>>,
}

/// A message that says it brings a report.
pub(crate) struct Letter {
    id: MessageId,
    client: IpAddr,
    content: Bytes,
    signers: Vec<String>,
}

impl Letter {
    /// One, where the message says so and is for one of our domains. Whoever sends it, it came over a connection.
    pub(crate) fn of(
        snapshot: &Snapshot,
        (id, source, envelope): (MessageId, &Source, &Envelope),
        content: &Bytes,
    ) -> Option<Self> {
        let Source::Smtp { client, signers, .. } = source else { return None };
        let is_ours = |domain: &AddressDomain| snapshot.is_internal(domain);
        let for_us = envelope.recipients.iter().any(|to| is_ours(to.address.domain()));
        let brings = || {
            let content_type = HeaderBlock::parse(content).first("Content-Type");
            content_type.is_some_and(|text| is_report_mail(&text))
        };
        (for_us && brings()).then(|| Self {
            id,
            client: *client,
            content: content.clone(),
            signers: signers.clone(),
        })
    }
}

impl TlsHeard {
    /// With what was kept before. Blocks on the disk.
    pub(crate) fn open(file: PathBuf, clock: Arc<dyn Clock>) -> Self {
        let mut archive = read(&file).unwrap_or_else(|error| {
            tracing::warn!(%error, file = %file.display(), "the TLS reports that were received cannot be read");
            Archive::default()
        });
        archive.prune(clock.now());
        let (letters, waiting) = mpsc::channel(MOST_WAITING);
        let waiting = tokio::sync::Mutex::new(waiting);
        let (archive, failed) = (Mutex::new(archive), Mutex::default());
        Self { clock, file, archive, failed, letters, waiting }
    }

    /// Has a message read that has been taken over.
    pub(crate) fn hear(&self, letter: Letter) {
        if let Err(error) = self.letters.try_send(letter) {
            let letter = error.into_inner();
            tracing::warn!(id = %letter.id, client = %letter.client, "a TLS report was left unread: others are being read");
        }
    }

    /// The messages that wait to be read, as soon as there is one; nothing when none will come.
    pub(crate) async fn next(&self) -> Vec<Letter> {
        let mut waiting = self.waiting.lock().await;
        let mut letters: Vec<Letter> = waiting.recv().await.into_iter().collect();
        while !letters.is_empty()
            && letters.len() < MOST_WAITING
            && let Ok(another) = waiting.try_recv()
        {
            letters.push(another);
        }
        letters
    }

    /// The messages that still wait, when no more is read.
    pub(crate) async fn left(&self) -> Vec<Letter> {
        let mut waiting = self.waiting.lock().await;
        std::iter::from_fn(|| waiting.try_recv().ok()).take(MOST_WAITING).collect()
    }

    /// Reads these, and writes down what they bring. Takes its time, and blocks on the disk.
    pub(crate) fn read_all(&self, snapshot: &Snapshot, letters: &[Letter]) {
        let changed = letters.iter().filter(|letter| self.read(snapshot, letter)).count();
        if changed > 0 {
            self.keep();
        }
    }

    /// The reports, the last that came first.
    pub(crate) fn reports(&self) -> Vec<Kept> {
        let mut archive = self.archive.lock();
        archive.prune(self.clock.now());
        archive.reports().cloned().collect()
    }

    /// Sessions that failed, by what: of verified reports since the start.
    pub(crate) fn failed(&self) -> Vec<(&'static str, u64)> {
        self.failed.lock().iter().map(|(failure, count)| (*failure, *count)).collect()
    }

    /// Reads one message; whether anything is to be written down. Takes its time.
    fn read(&self, snapshot: &Snapshot, letter: &Letter) -> bool {
        let Letter { id, client, .. } = letter;
        let unread = |why: &str| {
            tracing::warn!(%id, %client, why, "a message that says it brings a TLS report has none");
            false
        };
        let Brought { mut report, submitter } = match Brought::read(&letter.content) {
            Ok(brought) => brought,
            Err(why) => return unread(&why.to_string()),
        };
        report
            .policies
            .retain(|policy| snapshot.is_internal(&AddressDomain::Name(policy.domain.clone())));
        if report.policies.is_empty() {
            return unread("it is about no accepted domain");
        }
        let now = self.clock.now();
        let kept = Kept::new(report, submitter, &letter.signers, now);
        let (report, verified) = (Arc::clone(&kept.report), kept.verified);
        let (failed, submitter) = (report.failures(), kept.submitter.clone());
        match self.archive.lock().put(kept, now) {
            Put::TooOld => return unread("it is about a time more than 90 days ago"),
            Put::TooNew => return unread("it is about a time to come"),
            Put::New if verified => self.count(&report),
            Put::New | Put::Replaced => {}
        }
        tracing::info!(
            %id, %client, organization = report.organization, submitter, verified, failed,
            "TLS report received"
        );
        true
    }

    fn count(&self, report: &ReceivedReport) {
        let mut counts = self.failed.lock();
        let mut add = |failure: &'static str, count: u64| {
            let sum = counts.entry(failure).or_default();
            *sum = sum.saturating_add(count);
        };
        for policy in &report.policies {
            let mut left = policy.failures;
            for detail in &policy.details {
                // What the details say is not more than the sum.
                let count = detail.count.min(left);
                left -= count;
                add(detail.known_type().map_or(OTHER, FailureType::name), count);
            }
            add(OTHER, left);
        }
    }

    /// Writes down what is kept. Blocks on the disk.
    fn keep(&self) {
        let written = serde_json::to_vec(&*self.archive.lock());
        let kept = written.map_err(io::Error::from).and_then(|bytes| {
            let new = self.file.with_extension("new");
            let mut file = File::create(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(new, &self.file)
        });
        if let Err(error) = kept {
            tracing::warn!(%error, file = %self.file.display(), "the TLS reports that were received cannot be written");
        }
    }
}

fn read(file: &PathBuf) -> io::Result<Archive> {
    match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Archive::default()),
        Err(error) => return Err(error),
        Ok(facts) if facts.len() > LARGEST => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too large"));
        }
        Ok(_) => {}
    }
    Ok(serde_json::from_slice(&fs::read(file)?)?)
}

#[cfg(test)]
mod tests {
    use directory::{AcceptedDomain, Header, Object};
    use model::{Address, ManualClock, ReversePath, Timestamp};
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_796_000_000_000);

    fn snapshot() -> Snapshot {
        let (domain, name) = ("contoso.com".parse().unwrap(), "Contoso".parse().unwrap());
        Snapshot::of([Object::from(AcceptedDomain::with_defaults(Header::fresh(), domain, name))])
    }

    fn source(signers: &[&str]) -> Source {
        Source::Smtp {
            connector: "Default".to_owned(),
            client: [192, 0, 2, 1].into(),
            hello: String::new(),
            local: None,
            stranger: true,
            signers: signers.iter().map(|&signer| signer.to_owned()).collect(),
        }
    }

    fn to(address: &str) -> Envelope {
        let address: Address = address.parse().unwrap();
        Envelope::plain(ReversePath::Null, vec![address])
    }

    fn mail(id: &str, domain: &str) -> Bytes {
        let detail =
            |kind: &str, count: u64| json!({ "result-type": kind, "failed-session-count": count });
        let report = json!({
            "organization-name": "X", "report-id": id,
            "date-range": {
                "start-datetime": "2026-11-29T00:00:00Z", "end-datetime": "2026-11-29T23:59:59Z",
            },
            "policies": [{
                "policy": { "policy-type": "tlsa", "policy-domain": domain },
                "summary": { "total-successful-session-count": 1, "total-failure-session-count": 10 },
                "failure-details": [detail("tlsa-invalid", 3), detail("new", 2), detail("tlsa-invalid", 99)],
            }],
        });
        let head = "From: a@x.example\r\nContent-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n";
        let part = "--b\r\nContent-Type: application/tlsrpt+json\r\n\r\n";
        Bytes::from(format!("{head}{part}{report}\r\n--b--\r\n"))
    }

    fn letter(id: &str, signers: &[&str], domain: &str) -> Letter {
        let (source, envelope) = (source(signers), to("postmaster@contoso.com"));
        let facts = (MessageId::new(7).unwrap(), &source, &envelope);
        Letter::of(&snapshot(), facts, &mail(id, domain)).unwrap()
    }

    #[test]
    fn only_what_says_so_and_is_for_us_is_read() {
        let snapshot = snapshot();
        let of = |source: &Source, envelope: &Envelope, content: &Bytes| {
            Letter::of(&snapshot, (MessageId::new(7).unwrap(), source, envelope), content)
        };
        let (ours, content) = (to("postmaster@contoso.com"), mail("1", "contoso.com"));
        assert!(of(&source(&[]), &ours, &content).is_some());
        assert!(of(&source(&[]), &to("postmaster@elsewhere.example"), &content).is_none());
        let other = Bytes::from_static(
            b"Content-Type: text/plain\r\n\r\nmultipart/report; report-type=tlsrpt\r\n",
        );
        assert!(of(&source(&[]), &ours, &other).is_none());
        let own = Source::Management { cmdlet: "TLS report", client: None };
        assert!(of(&own, &ours, &content).is_none());
    }

    #[test]
    fn reports_are_counted_once_and_kept() {
        let files = tempfile::tempdir().unwrap();
        let file = files.path().join("heard.json");
        let open = || TlsHeard::open(file.clone(), Arc::new(ManualClock::new(NOW)));
        let (heard, snapshot) = (open(), snapshot());
        assert!(heard.read(&snapshot, &letter("1", &["x.example"], "contoso.com")));
        assert!(heard.read(&snapshot, &letter("1", &["x.example"], "contoso.com")));
        assert!(heard.read(&snapshot, &letter("2", &[], "contoso.com")));
        assert!(!heard.read(&snapshot, &letter("3", &["x.example"], "elsewhere.example")));
        // No more than the sum: what one detail says too much does not count.
        assert_eq!(heard.failed(), [("other", 2), ("tlsa-invalid", 8)]);
        let verified: Vec<bool> = heard.reports().iter().map(|kept| kept.verified).collect();
        assert_eq!(verified, [false, true]);
        heard.keep();
        assert_eq!(open().reports(), heard.reports());
        fs::write(&file, "{").unwrap();
        assert!(open().reports().is_empty(), "a damaged file keeps nobody from starting");
    }

    #[test]
    fn those_that_are_too_many_are_left_unread() {
        let files = tempfile::tempdir().unwrap();
        let heard =
            TlsHeard::open(files.path().join("heard.json"), Arc::new(ManualClock::new(NOW)));
        for number in 0..2 * MOST_WAITING {
            heard.hear(letter(&number.to_string(), &[], "contoso.com"));
        }
        assert_eq!(heard.letters.capacity(), 0);
    }
}
