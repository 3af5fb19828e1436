//! The server itself: whether it runs, answers, takes mail, and is of the version of this program.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use model::HttpsUrl;
use rustls::pki_types::ServerName;
use texts::{Sentence, checks};
use tls::ClientPolicy;
use tokio::{net::TcpStream, time::timeout};

use crate::{
    finding::{Finding, plain},
    process::{Process, Relation, holder_of},
};

/// How long each question to the admin listener may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// The largest answer that is read, in bytes: its description of itself is some hundred KiB.
const LARGEST: usize = 4 << 20;

/// Whether a server has the data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Running {
    /// This process has.
    Yes(Process),
    /// None has.
    No,
    /// It cannot be seen.
    Unknown,
}

impl Running {
    /// By the lock that a server holds as long as it runs. Nothing is locked to find out.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        let lock = data.join("lock");
        match std::fs::metadata(&lock) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::No,
            Err(_) => Self::Unknown,
            Ok(_) => holder_of(&lock).map_or(Self::No, Self::Yes),
        }
    }

    /// The process, where there is one.
    pub fn process(&self) -> Option<&Process> {
        match self {
            Self::Yes(process) => Some(process),
            Self::No | Self::Unknown => None,
        }
    }
}

/// What the admin listener said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Whether new mail is welcome (`/readyz`): else the status.
    pub ready: Result<(), u16>,
    /// The version it says (`/api/openapi.json`).
    pub version: Option<String>,
}

/// What the judgement needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Whether it runs.
    pub running: Running,
    /// Where the admin listener is.
    pub admin: SocketAddr,
    /// What it said; `None` where it was not asked, as nothing runs.
    pub answers: Option<Result<Answers, Sentence>>,
}

/// Asks the admin listener, where the server runs or that is not known.
pub async fn gather(running: Running, admin: SocketAddr) -> Facts {
    let answers = match running {
        Running::No => None,
        Running::Yes(_) | Running::Unknown => Some(ask(admin).await),
    };
    Facts { running, admin, answers }
}

async fn ask(admin: SocketAddr) -> Result<Answers, Sentence> {
    let (ready, about) = tokio::join!(get(admin, "/readyz"), get(admin, "/api/openapi.json"));
    let (status, _) = ready?;
    let version = about.ok().and_then(|(_, body)| {
        let text: serde_json::Value = serde_json::from_slice(&body).ok()?;
        text["info"]["version"].as_str().map(plain)
    });
    Ok(Answers { ready: if status == 200 { Ok(()) } else { Err(status) }, version })
}

/// Encrypted, and by whatever certificate: nothing secret is said, and what is heard decides nothing.
async fn get(admin: SocketAddr, path: &str) -> Result<(u16, Vec<u8>), Sentence> {
    timeout(PATIENCE, exchange(admin, path))
        .await
        .unwrap_or_else(|_| Err(checks::NO_ANSWER_IN_TIME.into()))
}

async fn exchange(admin: SocketAddr, path: &str) -> Result<(u16, Vec<u8>), Sentence> {
    let as_it_says = |error: &dyn std::fmt::Display| Sentence::phrase(plain(&error.to_string()));
    let address = reachable(admin);
    let url: HttpsUrl = format!("https://{address}{path}")
        .parse()
        .map_err(|error: model::ValueError| as_it_says(&error))?;
    let config = tls::client_config(ClientPolicy::Opportunistic).map_err(|e| as_it_says(&e))?;
    let stream = TcpStream::connect(address).await.map_err(|error| as_it_says(&error))?;
    let name = ServerName::from(address.ip());
    let stream = tls::connector(config)
        .connect(name, stream)
        .await
        .map_err(|error| Sentence::new(checks::HANDSHAKE_FAILED).with(plain(&error.to_string())))?;
    let request = https::get(&url, "*/*").body(Default::default());
    let request = request.map_err(|error| as_it_says(&error))?;
    let answer = https::exchange_over(stream, request, LARGEST).await;
    let (parts, body) = answer.map_err(|error| as_it_says(&error))?.into_parts();
    Ok((parts.status.as_u16(), body.to_vec()))
}

/// Of a listener on every address, the one on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Whether it runs, then what it said.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![match &facts.running {
        Running::No => Finding::good(checks::SERVER, checks::NOT_RUNNING),
        Running::Unknown => {
            Finding::notice(checks::SERVER, checks::RUNNING_UNSEEN).remedy(checks::AS_ROOT)
        }
        Running::Yes(process) => runs(process),
    }];
    match &facts.answers {
        None => {}
        Some(Err(_)) if facts.running == Running::Unknown => {}
        Some(Err(why)) => {
            let text = Sentence::new(checks::ADMIN_SILENT).with(facts.admin).with_part(why.clone());
            findings
                .push(Finding::bad(checks::ADMIN_CENTER, text).remedy(checks::ADMIN_SILENT_REMEDY));
        }
        Some(Ok(answers)) => findings.extend(said(facts, answers)),
    }
    findings
}

fn runs(process: &Process) -> Finding {
    let of = |text| Sentence::new(text).with(process.pid);
    let subject = checks::SERVER;
    match process.relation {
        Relation::Replaced => Finding::notice(subject, of(checks::RUNNING_REPLACED))
            .remedy(Sentence::verbatim("systemctl restart relais")),
        Relation::Relais => Finding::good(subject, of(checks::RUNNING_OTHER_FILE)),
        Relation::Other => {
            let text = Sentence::new(checks::LOCK_HELD).with_part(process.shown());
            let look = format!("ps -fp {}", process.pid);
            Finding::bad(subject, text).remedy(Sentence::verbatim(look))
        }
        Relation::Same | Relation::Unknown => Finding::good(subject, of(checks::RUNNING)),
    }
}

fn said(facts: &Facts, answers: &Answers) -> Vec<Finding> {
    let own = env!("CARGO_PKG_VERSION");
    let of = |text| Sentence::new(text).with(facts.admin);
    let subject = checks::ADMIN_CENTER;
    let mut findings = vec![match answers.ready {
        Ok(()) => Finding::good(subject, of(checks::ADMIN_READY)),
        Err(503) => {
            Finding::bad(subject, of(checks::ADMIN_REFUSING)).remedy(checks::ADMIN_REFUSING_REMEDY)
        }
        Err(status) => {
            let ask = format!("curl -k https://{}/readyz", reachable(facts.admin));
            let text = of(checks::ADMIN_STRANGE).with(status);
            Finding::notice(subject, text).remedy(Sentence::verbatim(ask))
        }
    }];
    if let Some(version) = answers.version.as_ref().filter(|version| *version != own) {
        let text = Sentence::new(checks::VERSIONS_DIFFER).with(version).with(own);
        findings
            .push(Finding::notice(checks::VERSION, text).remedy(checks::VERSIONS_DIFFER_REMEDY));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict::{self, Bad, Good, Notice};
    use crate::finding::assert_in_both;
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    fn facts(relation: Relation, answers: Result<Answers, Sentence>) -> Facts {
        let (name, program, files) = ("relais".to_owned(), None, None);
        let process =
            Process { pid: 77, name, relation, program, uid: Some(990), files, unit: None };
        let admin = "0.0.0.0:443".parse().unwrap();
        Facts { running: Running::Yes(process), admin, answers: Some(answers) }
    }

    fn answers(ready: Result<(), u16>, version: &str) -> Result<Answers, Sentence> {
        Ok(Answers { ready, version: Some(version.to_owned()) })
    }

    #[test]
    fn a_server_is_judged_by_its_process_and_its_words() {
        let own = env!("CARGO_PKG_VERSION");
        let cases: [(_, _, &[Verdict], &str); 7] = [
            (Relation::Same, answers(Ok(()), own), &[Good, Good], "new mail is welcome"),
            (Relation::Replaced, answers(Ok(()), own), &[Notice, Good], "after a restart"),
            (Relation::Relais, answers(Ok(()), "0.1.0"), &[Good, Good, Notice], "version 0.1.0"),
            (Relation::Same, answers(Err(503), own), &[Good, Bad], "refused at the moment"),
            (Relation::Same, answers(Err(404), own), &[Good, Notice], "is it a Relais?"),
            (Relation::Same, Err(Sentence::verbatim("refused")), &[Good, Bad], "is not answered"),
            (Relation::Other, answers(Ok(()), own), &[Bad, Good], "no Relais"),
        ];
        for (relation, answers, verdicts, said) in cases {
            let found = judge(&facts(relation, answers));
            let is: Vec<Verdict> = found.iter().map(|one| one.verdict).collect();
            assert_eq!(is, verdicts, "{found:?}");
            assert!(found.iter().any(|one| one.text(English).contains(said)), "{found:?}");
        }
    }

    #[test]
    fn one_that_does_not_run_is_no_fault() {
        let mut facts = facts(Relation::Same, Err(Sentence::verbatim("refused")));
        facts.running = Running::Unknown;
        assert_eq!(judge(&facts).len(), 1, "it may simply not run");
        facts.running = Running::No;
        facts.answers = None;
        assert_eq!(judge(&facts)[0].verdict, Good);
    }

    #[test]
    fn whether_one_runs_is_read_from_its_lock() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(Running::of(place.path()), Running::No);
        let lock = spool::Lock::take(place.path()).unwrap();
        let me = i32::try_from(std::process::id()).unwrap();
        assert_eq!(Running::of(place.path()).process().map(|process| process.pid), Some(me));
        drop(lock);
        assert_eq!(Running::of(place.path()), Running::No);
    }

    #[tokio::test]
    async fn a_port_that_nobody_answers_is_told() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let why = ask(closed).await.unwrap_err().said(English);
        assert!(why.contains("refused"), "{why}");
        assert_eq!(reachable("[::]:443".parse().unwrap()), "[::1]:443".parse().unwrap());
    }
}
