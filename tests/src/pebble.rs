//! Pebble, the ACME server that Let's Encrypt tests clients with, and its challtestsrv, a DNS server whose records are
//! set over HTTP. In front of Pebble stands a gate (`clients/acme_gate.py`) that refuses what a test wants refused
//! and writes down what is asked.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    Authority,
    clients::script,
    loopback::address,
    process::{Process, said},
    smtp::{Smtp, dig},
    wait::{SOON, until},
};

const PEBBLE: u16 = 14000;
const PEBBLE_MANAGEMENT: u16 = 15000;
const GATE: u16 = 14443;
const DNS: u16 = 8053;
const DNS_MANAGEMENT: u16 = 8055;
const HTTP: u16 = 5002;

/// How Pebble is to be.
#[derive(Debug, Clone, Default)]
pub struct PebbleSettings {
    /// How long its certificates count, in seconds; five years where nothing is said.
    pub life: Option<u64>,
    /// The key identifier and key (base64url) of the one external account, without which it gives no accounts.
    pub external_account: Option<(&'static str, &'static str)>,
}

/// A running ACME server with its DNS. Every name there is has this server's address.
pub struct Pebble {
    at: Ipv4Addr,
    directory: TempDir,
    authority: Authority,
    pebble: Process,
    _others: [Process; 2],
}

impl Pebble {
    /// Starts it.
    ///
    /// # Panics
    /// When Debian's package pebble is not there (tests/setup), or does not answer.
    pub fn start(settings: &PebbleSettings) -> Self {
        let at = address();
        let directory = tempfile::tempdir().expect("temporary directory");
        let authority = Authority::new("Of the gate");
        let issued = authority.issue(&format!("DNS:acme.test,IP:{at}"));
        let (key, chain) = issued.files();
        let config = config(at, settings, key, chain);
        let file = directory.path().join("pebble.json");
        fs::write(&file, config.to_string()).expect("pebble.json");
        let log = |name: &str| fs::File::create(directory.path().join(name)).expect("log");
        let dns = Process::start(
            Command::new("pebble-challtestsrv")
                .args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""])
                .args(["-defaultIPv4", &at.to_string(), "-dns01", &format!("{at}:{DNS}")])
                .args(["-management", &format!("{at}:{DNS_MANAGEMENT}")])
                .stdout(log("dns.log"))
                .stderr(Stdio::null()),
        );
        let pebble = pebble(at, &directory);
        let gate = Process::start(
            Command::new("/usr/bin/python3")
                .arg(script("acme_gate.py"))
                .args([&at.to_string(), &GATE.to_string()])
                .arg(key)
                .arg(chain)
                .arg(PEBBLE.to_string())
                .arg(directory.path())
                .stderr(log("gate.log")),
        );
        let pebble = Self { at, directory, authority, pebble, _others: [dns, gate] };
        pebble.wait();
        pebble
    }

    /// Its directory.
    pub fn url(&self) -> String {
        format!("https://acme.test:{GATE}/dir")
    }

    /// The DNS server that both use.
    pub fn dns(&self) -> SocketAddr {
        SocketAddr::from((self.at, DNS))
    }

    /// Where it comes to see what is shown over HTTP.
    pub fn door(&self) -> SocketAddr {
        SocketAddr::from((self.at, HTTP))
    }

    /// The authority of its own certificate.
    pub fn authority(&self) -> PathBuf {
        self.authority.certificate()
    }

    /// The root of the certificates it issues, in a file.
    ///
    /// # Panics
    /// When it does not give it out.
    pub fn root(&self) -> PathBuf {
        let file = self.directory.path().join("root.pem");
        let url = format!("https://{}:{PEBBLE_MANAGEMENT}/roots/0", self.at);
        let output = Command::new("curl").args(["-skf", "-o"]).arg(&file).arg(url).output();
        let output = output.expect("curl");
        assert!(output.status.success(), "{}", said(&output));
        file
    }

    /// Refuses these from now on, as `clients/acme_gate.py` describes it.
    ///
    /// # Panics
    /// When that cannot be written down.
    pub fn refuse(&self, plan: &Value) {
        let file = self.directory.path().join("plan.json");
        let new = self.directory.path().join("plan.test");
        fs::write(&new, plan.to_string()).expect("the plan");
        fs::rename(new, file).expect("the plan");
    }

    /// Advises to renew every certificate between these moments (RFC 3339), from now on.
    ///
    /// # Panics
    /// When that cannot be written down.
    pub fn advise(&self, start: &str, end: &str) {
        let advice = json!({ "suggestedWindow": { "start": start, "end": end } });
        fs::write(self.directory.path().join("advice.json"), advice.to_string()).expect("advice");
    }

    /// Starts Pebble anew: it forgets everything, accounts and its own key too.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn forget(&mut self) {
        self.pebble.kill();
        self.pebble = pebble(self.at, &self.directory);
        self.wait();
    }

    fn wait(&self) {
        for port in [PEBBLE, PEBBLE_MANAGEMENT, GATE, DNS_MANAGEMENT] {
            until("the ACME server listens", SOON, || {
                Smtp::listens(SocketAddr::from((self.at, port))).then_some(())
            });
        }
        until("its DNS answers", SOON, || {
            (dig(self.dns(), "A", "mail.test.").trim() == self.at.to_string()).then_some(())
        });
    }

    /// The requests whose path begins so, as `METHOD PATH STATUS`.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        let is_so = |line: &&str| line.split(' ').nth(1).is_some_and(|p| p.starts_with(path));
        log.lines().filter(is_so).map(str::to_owned).collect()
    }

    /// A program that makes and removes TXT records in this DNS server, and writes what it is told into `calls`
    /// beside it.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn hook(&self, place: &Path) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = place.join("dns-hook");
        let url = format!("http://{}:{DNS_MANAGEMENT}", self.at);
        let text = format!(
            "#!/bin/sh\necho \"$1 $2 $3\" >> {calls}\ncase \"$1\" in\n\
             present) curl -sf -d \"{{\\\"host\\\":\\\"$2.\\\",\\\"value\\\":\\\"$3\\\"}}\" {url}/set-txt ;;\n\
             cleanup) curl -sf -d \"{{\\\"host\\\":\\\"$2.\\\"}}\" {url}/clear-txt ;;\nesac\n",
            calls = place.join("calls").display()
        );
        fs::write(&path, text).expect("the hook");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the hook");
        path
    }

    /// What Pebble itself wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("pebble.log")).unwrap_or_default()
    }
}

fn pebble(at: Ipv4Addr, directory: &TempDir) -> Process {
    let log = |name: &str| {
        let path = directory.path().join(name);
        fs::File::options().create(true).append(true).open(path).expect("log")
    };
    Process::start(
        Command::new("pebble")
            .arg("-config")
            .arg(directory.path().join("pebble.json"))
            .args(["-dnsserver", &format!("{at}:{DNS}")])
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0")
            .env("PEBBLE_AUTHZREUSE", "0")
            .stdout(log("pebble.log"))
            .stderr(log("pebble.err")),
    )
}

fn config(at: Ipv4Addr, settings: &PebbleSettings, key: &Path, chain: &Path) -> Value {
    let mut pebble = json!({
        "listenAddress": format!("{at}:{PEBBLE}"),
        "managementListenAddress": format!("{at}:{PEBBLE_MANAGEMENT}"),
        "certificate": chain,
        "privateKey": key,
        "httpPort": HTTP,
        "tlsPort": 5001,
    });
    if let Some(life) = settings.life {
        pebble["certificateValidityPeriod"] = life.into();
    }
    if let Some((kid, key)) = settings.external_account {
        pebble["externalAccountBindingRequired"] = true.into();
        pebble["externalAccountMACKeys"] = json!({ kid: key });
    }
    json!({ "pebble": pebble })
}

impl Drop for Pebble {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let from = log.char_indices().rev().nth(6000).map_or(0, |(i, _)| i);
            eprintln!("--- the end of Pebble's log\n{}", &log[from..]);
            eprintln!("--- what was asked\n{}", self.asked("").join("\n"));
        }
    }
}
