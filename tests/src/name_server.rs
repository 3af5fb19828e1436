//! NSD as a real DNS server: one process for a test, on an address of its own.

use std::{
    fmt::Write,
    net::{Ipv4Addr, SocketAddr},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    process::Process,
    smtp::dig,
    wait::{SOON, until},
};

const PORT: u16 = 5353;

/// A running NSD that serves the zone `test.`; names it does not hold do not exist. It also has a
/// zone `broken.` without a file, whose names give SERVFAIL.
pub struct NameServer {
    directory: TempDir,
    address: SocketAddr,
    serial: u32,
    records: Vec<String>,
    process: Process,
}

impl NameServer {
    /// Starts it with these records, as in a zone file with the origin `test.`:
    /// `a MX 10 mx1.a`.
    ///
    /// # Panics
    /// When NSD is not there (tests/setup) or does not answer.
    pub fn start(at: Ipv4Addr, records: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let address = SocketAddr::from((at, PORT));
        let records: Vec<String> = records.iter().map(|&r| r.to_owned()).collect();
        std::fs::write(directory.path().join("test.zone"), zone(1, &records)).expect("zone file");
        std::fs::write(directory.path().join("nsd.conf"), settings(&directory, address))
            .expect("nsd.conf");
        let process = Process::start(&mut command(&directory));
        let server = Self { directory, address, serial: 1, records, process };
        server.wait_for_serial();
        server
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds records; NSD reads its zone again.
    pub fn add(&mut self, records: &[&str]) {
        self.records.extend(records.iter().map(|&r| r.to_owned()));
        self.reload();
    }

    /// Takes away the records that begin with `start` and puts others in their place.
    pub fn replace(&mut self, start: &str, records: &[&str]) {
        self.records.retain(|record| !record.starts_with(start));
        self.add(records);
    }

    fn reload(&mut self) {
        self.serial += 1;
        let file = self.directory.path().join("test.zone");
        std::fs::write(file, zone(self.serial, &self.records)).expect("zone file");
        let hup = Command::new("kill").args(["-HUP", &self.process.id().to_string()]).status();
        assert!(hup.is_ok_and(|status| status.success()), "NSD does not take signals");
        self.wait_for_serial();
    }

    fn wait_for_serial(&self) {
        let serial = self.serial.to_string();
        until("NSD answers with the new zone", SOON, || {
            let soa = dig(self.address, "SOA", "test.");
            (soa.split(' ').nth(2) == Some(serial.as_str())).then_some(())
        });
    }
}

fn command(directory: &TempDir) -> Command {
    let mut command = Command::new("/usr/sbin/nsd");
    command.arg("-d").arg("-c").arg(directory.path().join("nsd.conf"));
    let log = std::fs::File::create(directory.path().join("stderr")).expect("log file");
    command.stderr(log).stdout(std::process::Stdio::null());
    command
}

/// Short lives, so that a changed zone counts at once.
fn zone(serial: u32, records: &[String]) -> String {
    let mut zone = String::from("$ORIGIN test.\n$TTL 1\n");
    let _ =
        writeln!(zone, "@ IN SOA ns root {serial} 3600 600 86400 1\n@ IN NS ns\nns IN A 127.0.0.1");
    for record in records {
        zone.push_str(record);
        zone.push('\n');
    }
    zone
}

fn settings(directory: &TempDir, address: SocketAddr) -> String {
    let path = directory.path().display();
    format!(
        "server:\n\
         \x20 server-count: 1\n\
         \x20 ip-address: {}@{}\n\
         \x20 username: \"\"\n\
         \x20 chroot: \"\"\n\
         \x20 database: \"\"\n\
         \x20 zonesdir: \"{path}\"\n\
         \x20 pidfile: \"{path}/nsd.pid\"\n\
         \x20 xfrdfile: \"{path}/xfrd.state\"\n\
         \x20 xfrdir: \"{path}\"\n\
         \x20 zonelistfile: \"{path}/zone.list\"\n\
         \x20 logfile: \"{path}/nsd.log\"\n\
         \x20 do-ip6: no\n\
         \x20 rrl-ratelimit: 0\n\
         remote-control:\n\
         \x20 control-enable: no\n\
         zone:\n\
         \x20 name: test.\n\
         \x20 zonefile: test.zone\n\
         zone:\n\
         \x20 name: broken.\n\
         \x20 zonefile: missing.zone\n",
        address.ip(),
        address.port(),
    )
}
