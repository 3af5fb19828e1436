//! Who issues access tokens: PyJWT's tokens, and Python's web server with what is published of the keys.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    Issued,
    clients::script,
    process::{Process, said},
    smtp::Smtp,
    wait::{SOON, until},
};

/// A running issuer; ends when dropped.
pub struct Issuer {
    files: TempDir,
    at: SocketAddr,
    process: Process,
}

impl Issuer {
    /// One at this address and port, with this certificate and no keys.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(at: Ipv4Addr, port: u16, certificate: &Issued) -> Self {
        let files = tempfile::tempdir().expect("temporary directory");
        let mut command = python();
        command.args(["serve", &at.to_string(), &port.to_string()]);
        command.args([&certificate.key, &certificate.chain]).arg(files.path());
        let process = Process::start(&mut command);
        let at = SocketAddr::from((at, port));
        until("the issuer listens", SOON, || Smtp::listens(at).then_some(()));
        let issuer = Self { files, at, process };
        let metadata = json!({ "issuer": issuer.name(), "jwks_uri": format!("https://{at}/keys") });
        fs::write(issuer.files.path().join("metadata"), metadata.to_string()).expect("metadata");
        issuer
    }

    /// What its tokens call it.
    pub fn name(&self) -> String {
        format!("https://{}/realms/contoso", self.at)
    }

    /// Where its metadata are.
    pub fn metadata_url(&self) -> String {
        format!("https://{}/metadata", self.at)
    }

    /// Makes and publishes a key for RS256, PS256, ES256 or EdDSA.
    ///
    /// # Panics
    /// When Python or its modules are not there (tests/setup).
    pub fn add_key(&self, id: &str, algorithm: &str) {
        self.run(&["key"], &[id, algorithm]);
    }

    /// A token that is good for five minutes for the audience `relais`, with these claims changed.
    ///
    /// # Panics
    /// When there is no such key.
    pub fn token(&self, (key, algorithm): (&str, &str), changes: Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let mut claims = json!({
            "iss": self.name(), "aud": ["account", "relais"], "iat": now, "exp": now + 300,
            "azp": "thunderbird", "email": "jean@contoso.com",
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name.as_str()] = value.clone();
        }
        self.run(&["mint"], &[key, algorithm, &claims.to_string()]).trim().to_owned()
    }

    /// It is gone; its files are not.
    pub fn go_down(&mut self) {
        self.process.kill();
    }

    fn run(&self, before: &[&str], behind: &[&str]) -> String {
        let output = python().args(before).arg(self.files.path()).args(behind).output();
        let output = output.expect("python3");
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

/// The Python that Debian's packages are for.
fn python() -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.arg(script("issuer.py"));
    command
}
