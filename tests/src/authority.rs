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
        let file = name.replace([':', '.'], "-");
        let at = |end: &str| self.directory.path().join(format!("{file}{end}"));
        let (key, request, certificate, extensions) =
            (at(".key"), at(".csr"), at(".pem"), at(".ext"));
        fs::write(&extensions, format!("subjectAltName={name}\n")).expect("extensions");
        openssl(
            &["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
            &[("-keyout", &key), ("-out", &request)],
            &["-subj", "/CN=a mail host"],
        );
        openssl(
            &["x509", "-req", "-days", "2", "-CAcreateserial"],
            &[
                ("-in", &request),
                ("-out", &certificate),
                ("-CA", &self.certificate()),
                ("-CAkey", &self.directory.path().join("ca.key")),
                ("-extfile", &extensions),
            ],
            &[],
        );
        format!(
            "smtpd_tls_key_file = {}\nsmtpd_tls_cert_file = {}\n",
            key.display(),
            certificate.display()
        )
    }
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
