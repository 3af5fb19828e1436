//! Mail clients nobody here wrote.

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::process::said;

/// swaks; all it said, and whether it was content.
///
/// # Panics
/// When swaks is not there (tests/setup).
pub fn swaks(to: SocketAddr, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("swaks")
        .args(["--server", &to.ip().to_string(), "--port", &to.port().to_string()])
        .args(["--helo", "swaks.example", "--timeout", "30"])
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    told(output.expect("swaks (tests/setup)"))
}

/// curl as a mail client: submits `content` with STARTTLS, sign-in and a verified certificate.
///
/// # Panics
/// When curl is not there.
pub fn curl_send(
    to: SocketAddr,
    authority: &Path,
    (user, password): (&str, &str),
    mail: (&str, &str),
    content: &str,
) -> (bool, String) {
    curl(to, authority, &["--user", &format!("{user}:{password}")], mail, content)
}

/// The same with an access token (OAUTHBEARER).
///
/// # Panics
/// When curl is not there.
pub fn curl_with_token(
    to: SocketAddr,
    authority: &Path,
    (user, token): (&str, &str),
    mail: (&str, &str),
    content: &str,
) -> (bool, String) {
    curl(to, authority, &["--user", &format!("{user}:"), "--oauth2-bearer", token], mail, content)
}

/// msmtp as a mail client: submits `content` with STARTTLS and a verified certificate, signed in by an access token in
/// the form `oauthbearer` or `xoauth2`.
///
/// # Panics
/// When msmtp is not there (tests/setup).
pub fn msmtp_with_token(
    to: SocketAddr,
    authority: &Path,
    (mechanism, user, token): (&str, &str, &str),
    (from, recipient): (&str, &str),
    content: &str,
) -> (bool, String) {
    let mut child = Command::new("msmtp")
        .args(["--debug", "--tls=on", "--tls-starttls=on", "--timeout=30"])
        .arg(format!("--tls-trust-file={}", authority.display()))
        .args([format!("--host={}", to.ip()), format!("--port={}", to.port())])
        .args([format!("--auth={mechanism}"), format!("--user={user}"), format!("--from={from}")])
        .args([&format!("--passwordeval=echo {token}"), recipient])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("msmtp (tests/setup)");
    // It may have been refused, and gone, before it has read all.
    let _ = child.stdin.take().expect("piped").write_all(content.replace("\r\n", "\n").as_bytes());
    told(child.wait_with_output().expect("msmtp"))
}

fn curl(
    to: SocketAddr,
    authority: &Path,
    sign_in: &[&str],
    (from, recipient): (&str, &str),
    content: &str,
) -> (bool, String) {
    let directory = tempfile::tempdir().expect("temporary directory");
    let file = directory.path().join("message");
    fs::write(&file, content).expect("message file");
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--verbose",
            "--ssl-reqd",
            "--max-time",
            "30",
            "--cacert",
        ])
        .arg(authority)
        .args(["--url", &format!("smtp://{to}")])
        .args(sign_in)
        .args(["--mail-from", from, "--mail-rcpt", recipient, "--upload-file"])
        .arg(&file)
        .output();
    told(output.expect("curl"))
}

/// Python's smtplib, by the script `clients/send.py`; its arguments are described there.
///
/// # Panics
/// When Python is not there.
pub fn python_send(to: SocketAddr, authority: &Path, arguments: &[&str]) -> (bool, String) {
    let output = python("send.py")
        .args([&to.ip().to_string(), &to.port().to_string()])
        .arg(authority)
        .args(arguments)
        .output();
    told(output.expect("python3"))
}

/// Sends `injected` in the same packet as STARTTLS, then goes on under TLS with NOOP: what the
/// server says to that (`clients/starttls_injection.py`).
///
/// # Panics
/// When Python is not there.
pub fn have_tls_injection_answer(to: SocketAddr, injected: &str) -> (bool, String) {
    let output = python("starttls_injection.py")
        .args([&to.ip().to_string(), &to.port().to_string(), injected])
        .output();
    told(output.expect("python3"))
}

/// GNU SASL's own client: signs in after STARTTLS, with a verified certificate; all it said, and whether it was
/// let in and believes the server.
///
/// # Panics
/// When gsasl is not there (tests/setup).
pub fn gsasl(
    to: SocketAddr,
    authority: &Path,
    mechanism: &str,
    (user, password): (&str, &str),
    arguments: &[&str],
) -> (bool, String) {
    let output = Command::new("gsasl")
        .args(["--smtp", "--verbose", "--mechanism", mechanism])
        .args(["--authentication-id", user, "--password", password])
        .arg(format!("--connect={to}"))
        .arg(format!("--x509-ca-file={}", authority.display()))
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    told(output.expect("gsasl (tests/setup)"))
}

/// Prometheus's own parser of what `/metrics` says (`clients/metrics.py`): a line for each sample.
///
/// # Panics
/// When Python or its module is not there (tests/setup).
pub fn read_metrics(text: &str) -> (bool, String) {
    // The Python that Debian's packages are for.
    let mut child = Command::new("/usr/bin/python3")
        .arg(script("metrics.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    let written = child.stdin.take().expect("piped").write_all(text.as_bytes());
    let output = child.wait_with_output().expect("python3");
    written.unwrap_or_else(|error| panic!("it does not listen: {error}: {}", said(&output)));
    told(output)
}

pub(crate) fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

fn python(name: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(script(name)).stdin(Stdio::null());
    command
}

fn told(output: Output) -> (bool, String) {
    (output.status.success(), said(&output))
}
