//! Mail hosts that do what Postfix does not: aiosmtpd with REQUIRETLS (`clients/requiretls_host.py`), or with
//! AUTH EXTERNAL (`clients/external_host.py`).

use std::{
    ffi::OsStr,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    Issued,
    clients::script,
    process::Process,
    smtp::Smtp,
    wait::{SOON, until},
};

/// A running host; ends when dropped.
pub struct AioHost {
    messages: TempDir,
    _process: Process,
}

impl AioHost {
    /// One with this certificate that offers REQUIRETLS under TLS.
    ///
    /// # Panics
    /// When it does not start, or aiosmtpd is not there (tests/setup).
    pub fn with_requiretls(at: Ipv4Addr, port: u16, certificate: &Issued) -> Self {
        Self::start("requiretls_host.py", (at, port), certificate, &[])
    }

    /// One that wants clients to sign in by a certificate of `authority` with this common name.
    ///
    /// # Panics
    /// As above.
    pub fn with_external(
        (at, port): (Ipv4Addr, u16),
        certificate: &Issued,
        authority: &Path,
        name: &str,
    ) -> Self {
        let more = [authority.as_os_str(), OsStr::new(name)];
        Self::start("external_host.py", (at, port), certificate, &more)
    }

    fn start(
        program: &str,
        (at, port): (Ipv4Addr, u16),
        certificate: &Issued,
        more: &[&OsStr],
    ) -> Self {
        let messages = tempfile::tempdir().expect("temporary directory");
        let (key, chain) = certificate.files();
        // The Python that Debian's packages are for.
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script(program)).args([at.to_string(), port.to_string()]);
        command.arg(key).arg(chain).args(more).arg(messages.path()).stderr(Stdio::null());
        let process = Process::start(&mut command);
        let address = SocketAddr::from((at, port));
        until("aiosmtpd listens", SOON, || Smtp::listens(address).then_some(()));
        Self { messages, _process: process }
    }

    /// What it has taken: `X-Mail: ` with the options of MAIL or `X-Authenticated: `, `X-Rcpt: ` with the
    /// recipients, and the message.
    ///
    /// # Panics
    /// When a file cannot be read.
    pub fn messages(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.messages.path()).expect("the messages");
        let mut paths: Vec<_> = files
            .filter_map(|file| Some(file.ok()?.path()).filter(|path| path.extension().is_none()))
            .collect();
        paths.sort();
        let text =
            |path| String::from_utf8_lossy(&std::fs::read(path).expect("a message")).into_owned();
        paths.iter().map(text).collect()
    }

    /// Waits for the message to this recipient.
    pub fn wait_for(&self, to: &str) -> String {
        let line = format!("X-Rcpt: {to}\r\n");
        until(&format!("{to} has it"), SOON, || {
            self.messages().into_iter().find(|message| message.contains(&line))
        })
    }
}
