//! A certificate authority and certificates of it, made by openssl.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::process::said;

/// An authority nobody else knows.
pub struct Authority {
    directory: TempDir,
}

impl Authority {
    /// A fresh one.
    ///
    /// # Panics
    /// When openssl is not there.
    pub fn new(name: &str) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let at = |name: &str| directory.path().join(name);
        openssl(
            &["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
            &[("-keyout", &at("ca.key")), ("-out", &at("ca.pem"))],
            &["-days", "2", "-subj", &format!("/CN={name}")],
        );
        Self { directory }
    }

    /// Its certificate.
    pub fn certificate(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A certificate with a subject alternative name (`DNS:relay.test`, `IP:127.0.0.1`), as the
    /// lines of Postfix's main.cf that use it.
    ///
    /// # Panics
    /// When openssl refuses.
    pub fn issue_for_postfix(&self, name: &str) -> String {
        self.issue(name).for_postfix()
    }

    /// A certificate with subject alternative names (`DNS:mx.test,DNS:a.test`); the authority's own is
    /// behind it.
    ///
    /// # Panics
    /// When openssl refuses.
    pub fn issue(&self, name: &str) -> Issued {
        self.issue_as(&name.replace([':', '.', ',', '*'], "-"), name)
    }

    /// The same with as many names as there may be: they do not all fit into the name of a file.
    ///
    /// # Panics
    /// When openssl refuses.
    pub fn issue_as(&self, file: &str, name: &str) -> Issued {
        let at = |end: &str| self.directory.path().join(format!("{file}{end}"));
        let (key, request, certificate) = (at(".key"), at(".csr"), at(".pem"));
        openssl(
            &["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
            &[("-keyout", &key), ("-out", &request)],
            &["-subj", "/CN=a mail host"],
        );
        self.sign(&request, &certificate, name);
        let issued = Issued { key, certificate, chain: at(".chain") };
        issued.join_chain(&self.certificate());
        issued
    }

    /// The same, valid for a month in 2020.
    ///
    /// # Panics
    /// When openssl refuses.
    pub fn issue_expired(&self, name: &str) -> Issued {
        let issued = self.issue(name);
        let at = |name: &str| self.directory.path().join(name);
        let request = issued.key.with_extension("csr");
        let place = self.directory.path().display();
        let settings = format!(
            "[ca]\ndefault_ca = it\n\
             [it]\ndatabase = {place}/index\nnew_certs_dir = {place}\nrand_serial = yes\n\
             default_md = sha256\npolicy = any\n\
             [any]\ncommonName = supplied\n"
        );
        fs::write(at("ca.conf"), settings)
            .and_then(|()| fs::write(at("index"), ""))
            .and_then(|()| fs::write(at("expired.ext"), format!("subjectAltName={name}\n")))
            .expect("what openssl ca wants");
        openssl(
            &["ca", "-batch", "-notext", "-startdate", "20200101000000Z"],
            &[
                ("-config", &at("ca.conf")),
                ("-in", &request),
                ("-out", &issued.certificate),
                ("-cert", &self.certificate()),
                ("-keyfile", &at("ca.key")),
                ("-extfile", &at("expired.ext")),
            ],
            &["-enddate", "20200201000000Z"],
        );
        issued.join_chain(&self.certificate());
        issued
    }

    /// Signs a request that somebody else has made, for these subject alternative names.
    ///
    /// # Panics
    /// When openssl refuses.
    pub fn sign(&self, request: &Path, certificate: &Path, names: &str) {
        let extensions = self.directory.path().join("signed.ext");
        fs::write(&extensions, format!("subjectAltName={names}\n")).expect("extensions");
        openssl(
            &["x509", "-req", "-days", "2", "-CAcreateserial"],
            &[
                ("-in", request),
                ("-out", certificate),
                ("-CA", &self.certificate()),
                ("-CAkey", &self.directory.path().join("ca.key")),
                ("-extfile", &extensions),
            ],
            &[],
        );
    }

    /// What a TLSA record with these numbers (usage, selector, matching type) says of the authority.
    pub fn tlsa(&self, numbers: (u8, u8, u8)) -> String {
        tlsa(&self.certificate(), numbers)
    }
}

/// A certificate of an [`Authority`].
pub struct Issued {
    pub(crate) key: PathBuf,
    certificate: PathBuf,
    pub(crate) chain: PathBuf,
}

impl Issued {
    fn join_chain(&self, authority: &Path) {
        let both = [&self.certificate, authority].map(|file| fs::read(file).expect("PEM"));
        fs::write(&self.chain, both.concat()).expect("chain");
    }

    /// The lines of Postfix's main.cf that use it, with the authority's behind it.
    pub fn for_postfix(&self) -> String {
        let (key, chain) = (self.key.display(), self.chain.display());
        format!("smtpd_tls_key_file = {key}\nsmtpd_tls_cert_file = {chain}\n")
    }

    /// Its key, and its certificate with the authority's behind it.
    pub fn files(&self) -> (&Path, &Path) {
        (&self.key, &self.chain)
    }

    /// What a TLSA record with these numbers says of it.
    pub fn tlsa(&self, numbers: (u8, u8, u8)) -> String {
        tlsa(&self.certificate, numbers)
    }
}

/// Computed by openssl, so that our own reading of certificates has another beside it.
fn tlsa(certificate: &Path, (usage, selector, matching): (u8, u8, u8)) -> String {
    let file = certificate.display();
    let selected = match selector {
        0 => format!("openssl x509 -in {file} -outform DER"),
        _ => format!("openssl x509 -in {file} -noout -pubkey | openssl pkey -pubin -outform DER"),
    };
    let matched = match matching {
        0 => String::new(),
        1 => " | openssl dgst -sha256 -binary".to_owned(),
        _ => " | openssl dgst -sha512 -binary".to_owned(),
    };
    let output = Command::new("sh").arg("-c").arg(selected + &matched).output().expect("sh");
    assert!(output.status.success(), "{}", said(&output));
    let hex: String = output.stdout.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{usage} {selector} {matching} {hex}")
}

fn openssl(start: &[&str], files: &[(&str, &Path)], rest: &[&str]) {
    let mut command = Command::new("openssl");
    command.args(start);
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    let output = command.args(rest).output().expect("openssl");
    assert!(output.status.success(), "{}", said(&output));
}
