//! A mail host that offers REQUIRETLS, which Postfix does not: aiosmtpd (`clients/requiretls_host.py`).

use std::{
    net::{Ipv4Addr, SocketAddr},
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
pub struct RequireTlsHost {
    messages: TempDir,
    _process: Process,
}

impl RequireTlsHost {
    /// One with this certificate.
    ///
    /// # Panics
    /// When it does not start, or aiosmtpd is not there (tests/setup).
    pub fn start(at: Ipv4Addr, port: u16, certificate: &Issued) -> Self {
        let messages = tempfile::tempdir().expect("temporary directory");
        let (key, chain) = certificate.files();
        // The Python that Debian's packages are for.
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script("requiretls_host.py"));
        command.args([at.to_string(), port.to_string()]);
        command.arg(key).arg(chain).arg(messages.path()).stderr(Stdio::null());
        let process = Process::start(&mut command);
        let address = SocketAddr::from((at, port));
        until("aiosmtpd listens", SOON, || Smtp::listens(address).then_some(()));
        Self { messages, _process: process }
    }

    /// What it has taken: `X-Mail: ` with the options of MAIL, `X-Rcpt: ` with the recipients, and the message.
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
