//! `relais check` beside real servers, name servers, mail hosts and files: it names what is wrong, says what to type, and
//! leaves everything as it was.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpListener,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use end_to_end::{NameServer, Postfix, Relais, Settings, Sink, address, program};
use serde_json::{Value, json};

/// What a check found.
struct Found {
    /// Its exit status was 0.
    good: bool,
    json: Value,
}

impl Found {
    /// Verdict, text and remedy of each finding about `subject`.
    fn about(&self, subject: &str) -> Vec<(String, String)> {
        let sections = self.json["sections"].as_array().expect("sections");
        let findings = sections.iter().flat_map(|section| section["findings"].as_array().unwrap());
        let of = |finding: &Value| {
            let verdict = finding["verdict"].as_str().unwrap().to_owned();
            let text = |key: &str| finding[key].as_str().unwrap().to_owned();
            (verdict, format!("{} | {}", text("text"), text("remedy")))
        };
        findings.filter(|finding| finding["subject"] == subject).map(of).collect()
    }

    /// The one that says `part`, with its verdict.
    #[track_caller]
    fn expect(&self, verdict: &str, subject: &str, part: &str) -> String {
        let found = self.about(subject);
        let fits = found.iter().find(|(is, text)| is == verdict && text.contains(part));
        fits.unwrap_or_else(|| panic!("no {verdict} {subject} with {part:?}: {:#}", self.json))
            .1
            .clone()
    }
}

fn check_with(config: &Path, data: &Path, more: &[&str]) -> Found {
    let begin = Instant::now();
    let output = Command::new(program())
        .args(["check", "--json", "--config"])
        .arg(config)
        .arg("--data")
        .arg(data)
        .args(more)
        .output()
        .expect("relais check");
    assert!(begin.elapsed() < Duration::from_secs(60), "it ends: {:?}", begin.elapsed());
    let text = String::from_utf8_lossy(&output.stdout);
    let json = serde_json::from_str(&text);
    let said = String::from_utf8_lossy(&output.stderr);
    let json: Value = json.unwrap_or_else(|error| panic!("{error}: {text}{said}"));
    assert_eq!(json["ok"], output.status.success(), "{json:#}");
    Found { good: output.status.success(), json }
}

fn check(relais: &Relais, more: &[&str]) -> Found {
    check_with(&relais.config(), &relais.data(), more)
}

/// Every file below a directory, with what a check could change of it.
fn state(directory: &Path) -> BTreeMap<PathBuf, (u32, u32, u64)> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("directory") {
        let path = entry.expect("entry").path();
        let found = fs::metadata(&path).expect("metadata");
        files.insert(path.clone(), (found.mode(), found.uid(), found.len()));
        if found.is_dir() {
            files.extend(state(&path));
        }
    }
    files
}

#[test]
fn doctor_finds_a_running_server_well_and_a_stopped_one_as_it_was() {
    let names = NameServer::signed(address(), &[], &[]);
    let dns = Some(names.address());
    let mut relais = Relais::start(Settings { dns, shows_validation: true, ..Settings::default() });
    let found = check(&relais, &[]);
    let process = format!("process {}", relais.process_id());
    found.expect("good", "Server", &process);
    found.expect("good", "Admin center", "new mail is welcome");
    let ports = found.expect("good", "Ports", &format!("held by the running server, {process}"));
    for port in [relais.front(), relais.submission(), relais.implicit_tls()] {
        assert!(ports.contains(&port.to_string()), "{ports}");
    }
    found.expect("good", "Data directory", "nobody else may read it");
    found.expect("good", "Directory", "MBX01");
    assert!(
        found.about("Flush").iter().any(|(_, text)| text.contains("median")),
        "{:#}",
        found.json
    );
    assert!(found.good, "{:#}", found.json);
    relais.stop();
    let before = state(&relais.data());
    let found = check(&relais, &[]);
    found.expect("good", "Server", "does not run");
    found.expect("good", "Ports", "free");
    assert_eq!(state(&relais.data()), before, "nothing is changed");
}

#[test]
fn doctor_names_the_program_that_holds_a_port() {
    let relais = Relais::unstarted(Settings::default());
    let front = relais.front();
    let other = TcpListener::bind(front).expect("the port");
    let found = check(&relais, &[]);
    let said = found.expect("bad", "Port", &format!("(process {},", std::process::id()));
    assert!(said.contains(&front.to_string()), "{said}");
    assert!(!found.good);
    drop(other);
    assert!(check(&relais, &[]).about("Port").is_empty());
    let postfix = Postfix::start(relais.address(), front.port(), &["example.test"]);
    let found = check(&relais, &[]);
    found.expect("bad", "Port", "systemctl disable --now postfix");
    drop(postfix);
}

#[test]
fn doctor_names_files_with_wrong_rights_and_what_to_type() {
    let mut relais = Relais::start(Settings::default());
    relais.stop();
    let key = relais.data().join("keys/data.key");
    let set =
        |mode: u32| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("mode");
    set(0o644);
    let found = check(&relais, &[]);
    found.expect("bad", "File", &format!("chmod 0600 {}", key.display()));
    set(0o600);
    assert!(check(&relais, &[]).about("File").is_empty());
    // Owned by somebody else than most of it: the server could not read it.
    let chown = |to: &str, recursive: &str| {
        let status = Command::new("chown").args([recursive, to]).arg(relais.data()).status();
        assert!(status.is_ok_and(|status| status.success()), "chown {to}");
    };
    chown("nobody", "-h");
    let found = check(&relais, &[]);
    let said = found.expect("bad", "File", "data.key belongs to root");
    assert!(said.contains("chown -R nobody:"), "{said}");
    chown("root", "-R");
    // Whoever may not look says so, and is not mistaken for somebody who finds nothing.
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program())
        .args(["check", "--data"])
        .arg(relais.data())
        .output()
        .expect("setpriv");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("cannot be seen") || said.contains("cannot be looked at"), "{said}");
    assert!(said.contains("sudo relais check"), "{said}");
}

#[test]
fn doctor_judges_what_others_see_by_the_dns() {
    let signed = NameServer::signed_with_reverse(
        address(),
        &["mail A 203.0.113.7"],
        &[],
        &["7 PTR mail.test.", "8 PTR elsewhere.test.", "9 PTR mail.test."],
    );
    let settings =
        Settings { dns: Some(signed.address()), shows_validation: true, ..Settings::default() };
    let relais = Relais::start(settings);
    relais.send_connector_with("Internet", json!({ "AddressSpaces": ["*"], "Fqdn": "mail.test" }));
    let see = |address: &str| check(&relais, &["--public-address", address]);
    let good = see("203.0.113.7");
    good.expect(
        "good",
        "EHLO name",
        "mail.test (Send connector \"Internet\") has the address 203.0.113.7",
    );
    good.expect("good", "Reverse DNS", "203.0.113.7, whose name is mail.test and leads back");
    let missing = see("203.0.113.6");
    missing.expect("bad", "Reverse DNS", "6.113.0.203.in-addr.arpa. PTR mail.test.");
    assert!(!missing.good);
    for elsewhere in ["203.0.113.8", "203.0.113.9"] {
        see(elsewhere).expect("bad", "Reverse DNS", "does not lead back");
    }
    relais.run("Set-SendConnector", json!({ "Identity": "Internet", "Fqdn": "mbx01.local" }));
    see("203.0.113.7").expect("bad", "EHLO name", "no name that exists on the Internet");
}

#[test]
fn doctor_knocks_at_the_hosts_of_a_domain_that_is_named() {
    let (open, closed) = (address(), address());
    let names = NameServer::start(
        address(),
        &[
            "open MX 10 mx-open",
            &format!("mx-open A {open}"),
            "closed MX 10 mx-closed",
            &format!("mx-closed A {closed}"),
            "none MX 0 .",
        ],
    );
    let relais = Relais::unstarted(Settings { dns: Some(names.address()), ..Settings::default() });
    assert!(check(&relais, &[]).about("Port 25 outwards").is_empty(), "strangers are left alone");
    let sink = Sink::start(open, 25);
    let found = check(&relais, &["--to", "open.test"]);
    let all = found.about("Port 25 outwards");
    assert!(all[0].1.contains(&format!("mx-open.test at {open}:25 answers \"220")), "{all:?}");
    assert!(all[0].1.contains("STARTTLS is not offered"), "{all:?}");
    assert_eq!((sink.connections(), sink.count()), (1, 0), "greeted and left");
    drop(sink);
    let postfix = Postfix::start(open, 25, &["open.test"]);
    let found = check(&relais, &["--to", "open.test"]);
    assert!(found.about("Port 25 outwards")[0].1.contains("ESMTP"), "{:#}", found.json);
    drop(postfix);
    let found = check(&relais, &["--to", "closed.test"]);
    found.expect("bad", "Port 25 outwards", "every host of closed.test refuses the connection");
    assert!(!found.good);
    check(&relais, &["--to", "none.test"]).expect("notice", "Port 25 outwards", "null MX");
}

#[test]
fn doctor_says_what_the_settings_do_not_allow() {
    let place = tempfile::tempdir().expect("temporary directory");
    let (config, data) = (place.path().join("relais.toml"), place.path().join("data"));
    let look = |text: &str| {
        fs::write(&config, text).expect("relais.toml");
        check_with(&config, &data, &[])
    };
    let start =
        "domain = \"contoso.com\"\nserver = \"MBX01\"\n[dns]\nservers = [\"127.0.0.1:9\"]\n";
    look("[listen]\nadmn = \"127.0.0.1:443\"").expect("bad", "Settings", "admn");
    look(&format!("{start}trust_anchor_file = \"/nowhere\"")).expect(
        "bad",
        "Settings",
        "nobody would use it",
    );
    let file = look(&format!("{start}[tls]\ntrusted_ca_files = [\"/nowhere/ca.pem\"]"));
    file.expect("bad", "File", "/nowhere/ca.pem does not exist");
    let elsewhere = look(&format!("{start}[listen]\nadmin = \"198.51.100.1:443\""));
    elsewhere.expect("bad", "Port", "198.51.100.1 is not an address of this machine");
    let twice = "[listen]\nadmin = \"127.0.0.1:8443\"\ndefault_frontend = [\"127.0.0.1:8443\"]";
    look(&format!("{start}{twice}")).expect("bad", "Port", "is wanted by");
    assert!(!data.exists(), "nothing is made");
}

#[test]
fn doctor_speaks_the_language_of_who_asks_and_english_to_programs() {
    let relais = Relais::unstarted(Settings::default());
    let said = |more: &[&str]| {
        let output = Command::new(program())
            .args(["check", "--config"])
            .arg(relais.config())
            .arg("--data")
            .arg(relais.data())
            .args(more)
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env("LANG", "fr_FR.UTF-8")
            .output()
            .expect("relais check");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let french = said(&[]);
    assert!(french.starts_with("Réglages\n  bon     Réglages : "), "{french}");
    for word in [" the ", " is ", " are ", " not ", "Settings"] {
        assert!(!french.contains(word), "{word:?} in {french}");
    }
    let english = said(&["--language", "en"]);
    assert!(english.starts_with("Settings\n  good    Settings: "), "{english}");
    let json: Value = serde_json::from_str(&said(&["--json"])).expect("JSON");
    assert_eq!(json["sections"][0]["title"], "Settings");
}
