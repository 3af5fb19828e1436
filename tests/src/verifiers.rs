//! Verifiers of DKIM signatures that nobody here wrote: OpenDKIM and dkimpy. Both get their keys from the
//! test's name server.

use std::{fmt::Write, fs, net::SocketAddr, process::Command};

use crate::{clients::script, process::said, smtp::dig};

/// dkimpy's verdict on all signatures of a message, and what it said.
///
/// # Panics
/// When Python is not there.
pub fn dkimpy(dns: SocketAddr, message: &[u8]) -> (bool, String) {
    let directory = tempfile::tempdir().expect("temporary directory");
    let file = directory.path().join("message");
    fs::write(&file, message).expect("message file");
    // That of Debian, whose package dkimpy is.
    let output = Command::new("/usr/bin/python3")
        .arg(script("dkim_verify.py"))
        .args([&dns.ip().to_string(), &dns.port().to_string()])
        .arg(&file)
        .output();
    let output = output.expect("python3");
    (output.status.success(), said(&output))
}

/// OpenDKIM's verdict on each signature of a message alone, and what it said. It has no setting for the
/// port of a name server, so that the keys are fetched for it.
///
/// # Panics
/// When OpenDKIM is not there (tests/setup), or there is no signature.
pub fn opendkim(dns: SocketAddr, message: &[u8]) -> (bool, String) {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = |name: &str| directory.path().join(name);
    let (signatures, rest) = signatures(message);
    assert!(!signatures.is_empty(), "no signature: {}", String::from_utf8_lossy(message));
    let (mut keys, mut good, mut told) = (String::new(), true, String::new());
    for signature in &signatures {
        let name = format!("{}._domainkey.{}", tag(signature, "s"), tag(signature, "d"));
        // Strings of a record, each in quotation marks.
        let text: String =
            dig(dns, "TXT", &format!("{name}.")).split('"').skip(1).step_by(2).collect();
        let _ = writeln!(keys, "{name} {text}");
    }
    fs::write(path("keys"), keys).expect("keys");
    let settings = format!("Mode v\nSyslog no\nTestDNSData file:{}\n", path("keys").display());
    fs::write(path("opendkim.conf"), settings).expect("settings");
    for signature in &signatures {
        fs::write(path("message"), [signature.as_bytes(), rest].concat()).expect("message file");
        let output = Command::new("/usr/sbin/opendkim")
            .arg("-x")
            .arg(path("opendkim.conf"))
            .arg("-t")
            .arg(path("message"))
            .arg("-v")
            .output();
        let output = output.expect("opendkim (tests/setup)");
        let said = said(&output);
        good &= output.status.success()
            && said.contains(&format!("(s={}, d=", tag(signature, "s")))
            && said.contains("succeeded");
        told.push_str(&said);
    }
    (good, told)
}

/// The DKIM-Signature fields on top of a message, and what stands below them.
pub fn signatures(message: &[u8]) -> (Vec<String>, &[u8]) {
    let (mut fields, mut rest) = (Vec::new(), message);
    while rest.starts_with(b"DKIM-Signature:") {
        let mut end = 0;
        loop {
            let line = rest[end..].windows(2).position(|w| w == b"\r\n").map(|at| at + 2);
            end += line.expect("the field ends");
            if !matches!(rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        fields.push(String::from_utf8_lossy(&rest[..end]).into_owned());
        rest = &rest[end..];
    }
    (fields, rest)
}

/// A tag's value in a signature field, without blanks.
pub fn tag(signature: &str, name: &str) -> String {
    let value = signature.split_once(':').map_or("", |(_, value)| value);
    let tags = value.split(';').filter_map(|tag| tag.split_once('='));
    let found = tags.filter(|(n, _)| n.trim() == name).map(|(_, value)| value).next();
    found.unwrap_or_default().split_whitespace().collect()
}
