//! Unbound as a real validating resolver: one process for a test, on an address of its own, which knows
//! the zone `test.` of one [`NameServer`] and nothing else.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    name_server::NameServer,
    process::Process,
    smtp::dig,
    wait::{SOON, until},
};

const PORT: u16 = 5353;

/// A running Unbound.
pub struct Validator {
    directory: TempDir,
    address: SocketAddr,
    zones: String,
    process: Process,
}

impl Validator {
    /// Starts one that believes what the key of `zones` has signed.
    ///
    /// # Panics
    /// When Unbound is not there (tests/setup) or does not answer.
    pub fn start(at: Ipv4Addr, zones: &NameServer) -> Self {
        Self::begin(at, zones, true)
    }

    /// Starts one that validates nothing and passes signatures on.
    ///
    /// # Panics
    /// As above.
    pub fn passing_on(at: Ipv4Addr, zones: &NameServer) -> Self {
        Self::begin(at, zones, false)
    }

    fn begin(at: Ipv4Addr, zones: &NameServer, validates: bool) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let address = SocketAddr::from((at, PORT));
        let stub = |zone: &str| {
            let (ip, port) = (zones.address().ip(), zones.address().port());
            format!("stub-zone:\n  name: \"{zone}\"\n  stub-addr: {ip}@{port}\n")
        };
        let anchor = format!("  trust-anchor: \"{}\"\n", zones.anchor().replace('\t', " "));
        let stubs =
            ["test.", "plain.test.", "bogus.test.", "113.0.203.in-addr.arpa."].map(stub).concat();
        let process = start(&directory, address, &anchor, &stubs, validates);
        Self { directory, address, zones: format!("{anchor}{stubs}"), process }
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts it anew, so that it only passes on what it hears.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn stop_validating(&mut self) {
        self.process.kill();
        let zones = std::mem::take(&mut self.zones);
        let (anchor, stubs) = zones.split_once("stub-zone:").expect("its zones");
        let stubs = format!("stub-zone:{stubs}");
        self.process = start(&self.directory, self.address, anchor, &stubs, false);
    }
}

fn start(
    directory: &TempDir,
    address: SocketAddr,
    anchor: &str,
    stubs: &str,
    validates: bool,
) -> Process {
    let path = directory.path().display();
    let modules = if validates { "validator iterator" } else { "iterator" };
    let (ip, port) = (address.ip(), address.port());
    let conf = format!(
        "server:\n\
         \x20 interface: {ip}@{port}\n\
         \x20 do-ip6: no\n\
         \x20 do-not-query-localhost: no\n\
         \x20 username: \"\"\n\
         \x20 chroot: \"\"\n\
         \x20 directory: \"{path}\"\n\
         \x20 pidfile: \"{path}/unbound.pid\"\n\
         \x20 use-syslog: no\n\
         \x20 logfile: \"{path}/log\"\n\
         \x20 num-threads: 1\n\
         \x20 module-config: \"{modules}\"\n\
         \x20 cache-max-ttl: 1\n\
         \x20 cache-max-negative-ttl: 1\n\
         \x20 local-zone: \"test.\" nodefault\n\
         \x20 local-zone: \"113.0.203.in-addr.arpa.\" nodefault\n\
         {anchor}\
         remote-control:\n\
         \x20 control-enable: no\n\
         {stubs}"
    );
    let file = directory.path().join("unbound.conf");
    std::fs::write(&file, conf).expect("unbound.conf");
    let process = Process::start(Command::new("/usr/sbin/unbound").arg("-d").arg("-c").arg(&file));
    until("Unbound answers", SOON, || {
        dig(address, "A", "test.").starts_with("127.0.0.1").then_some(())
    });
    process
}
