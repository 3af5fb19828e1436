//! Signers, sealers and readers of results that nobody here wrote: dkimpy and authres, with RSA keys of
//! OpenSSL.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{clients::script, process::said};

/// A domain's RSA key, for dkimpy to sign with.
#[derive(Debug)]
pub struct SigningKey {
    directory: TempDir,
    domain: String,
    selector: String,
}

impl SigningKey {
    /// Makes one of 2,048 bits.
    ///
    /// # Panics
    /// When OpenSSL is not there.
    pub fn make(domain: &str, selector: &str) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let key = Self { directory, domain: domain.to_owned(), selector: selector.to_owned() };
        openssl(&["genrsa", "-traditional", "-out", &key.file().to_string_lossy(), "2048"]);
        key
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("key.pem")
    }

    /// Its record, as a line of the zone `test.`.
    ///
    /// # Panics
    /// When OpenSSL is not there, or the domain is not below `test`.
    pub fn record(&self) -> String {
        let file = self.file();
        let pem = openssl(&["rsa", "-in", &file.to_string_lossy(), "-pubout"]);
        let public: String = pem.lines().filter(|line| !line.starts_with("--")).collect();
        let (first, second) = public.split_at(200);
        let owner = self.domain.strip_suffix(".test").expect("a domain below test");
        let selector = &self.selector;
        format!("{selector}._domainkey.{owner} TXT \"v=DKIM1; k=rsa; p=\" \"{first}\" \"{second}\"")
    }

    /// The message with a DKIM-Signature on top.
    pub fn sign(&self, message: &str) -> String {
        let key = self.file();
        run("dkim-sign", &[&key.to_string_lossy(), &self.domain, &self.selector], message)
    }

    /// The message with an ARC set on top, of the results of `host` that it has.
    pub fn seal(&self, host: &str, message: &str) -> String {
        let key = self.file();
        run("arc-sign", &[&key.to_string_lossy(), &self.domain, &self.selector, host], message)
    }
}

/// dkimpy's verdict on the ARC chain of a message: `pass 2 success`.
pub fn arc_verdict(dns: SocketAddr, message: &str) -> String {
    let said = run("arc-verify", &[&dns.ip().to_string(), &dns.port().to_string()], message);
    said.trim().to_owned()
}

/// The results of `host` in a message, as authres reads them: `spf=pass smtp.mailfrom=a@b.test`.
pub fn results(host: &str, message: &str) -> Vec<String> {
    run("results", &[host], message).lines().map(str::to_owned).collect()
}

fn run(way: &str, arguments: &[&str], message: &str) -> String {
    let directory = tempfile::tempdir().expect("temporary directory");
    let file = directory.path().join("message");
    fs::write(&file, message).expect("message file");
    let mut command = Command::new("/usr/bin/python3");
    command.arg(script("sender_auth.py")).arg(way).args(arguments).arg(&file);
    output(&mut command, Path::new(way))
}

fn openssl(arguments: &[&str]) -> String {
    output(Command::new("openssl").args(arguments), Path::new("openssl"))
}

fn output(command: &mut Command, what: &Path) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{}: {e}", what.display()));
    assert!(output.status.success(), "{}: {}", what.display(), said(&output));
    String::from_utf8(output.stdout).expect("text")
}
