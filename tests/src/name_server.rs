//! NSD as a real DNS server: one process for a test, on an address of its own.

use std::{
    fmt::Write,
    net::{Ipv4Addr, SocketAddr},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    process::{Process, said},
    smtp::dig,
    wait::{SOON, until},
};

const PORT: u16 = 5353;

/// The zone below `test.` that is not signed, when that is.
const PLAIN: &str = "plain.test.";
/// The zone below `test.` whose signatures cannot be right, when that is signed.
const BOGUS: &str = "bogus.test.";

/// The zone of the names of 203.0.113.0/24, which are no host's on the Internet (RFC 5737).
const REVERSE: &str = "113.0.203.in-addr.arpa.";

/// A running NSD that serves the zone `test.`; names it does not hold do not exist. It also has a
/// zone `broken.` without a file, whose names give SERVFAIL.
pub struct NameServer {
    directory: TempDir,
    address: SocketAddr,
    serial: u32,
    records: Vec<String>,
    /// The name of the file of the key that signs `test.`, without its ending.
    key: Option<String>,
    /// How `test.` is signed: options of ldns-signzone.
    denial: &'static [&'static str],
    process: Process,
}

impl NameServer {
    /// Starts it with these records, as in a zone file with the origin `test.`:
    /// `a MX 10 mx1.a`.
    ///
    /// # Panics
    /// When NSD is not there (tests/setup) or does not answer.
    pub fn start(at: Ipv4Addr, records: &[&str]) -> Self {
        Self::begin(at, records, None, (&[], &[]))
    }

    /// The same with a signed zone `test.`, and below it `plain.test.`, which is not signed and has these
    /// records, and `bogus.test.`, whose signatures are wrong. [`NameServer::anchor`] is what a
    /// validating resolver begins with.
    ///
    /// # Panics
    /// As above, or when ldns-signzone is not there.
    pub fn signed(at: Ipv4Addr, records: &[&str], plain: &[&str]) -> Self {
        Self::signed_with_reverse(at, records, plain, &[])
    }

    /// The same with names of addresses in 203.0.113.0/24: `7 PTR mx.test.`.
    ///
    /// # Panics
    /// As above.
    pub fn signed_with_reverse(
        at: Ipv4Addr,
        records: &[&str],
        plain: &[&str],
        reverse: &[&str],
    ) -> Self {
        Self::delegating(at, records, plain, (reverse, &[]))
    }

    /// Like [`NameServer::signed`], with NSEC3 (RFC 5155).
    ///
    /// # Panics
    /// As above.
    pub fn signed_with_nsec3(at: Ipv4Addr, records: &[&str], plain: &[&str]) -> Self {
        Self::delegating(at, records, plain, (&[], &["-n", "-t", "1", "-s", "cafe"]))
    }

    /// The same with opt-out: unsigned delegations have no records of their own in the chain.
    ///
    /// # Panics
    /// As above.
    pub fn signed_with_opt_out(at: Ipv4Addr, records: &[&str], plain: &[&str]) -> Self {
        Self::delegating(at, records, plain, (&[], &["-n", "-p", "-t", "1", "-s", "cafe"]))
    }

    fn delegating(
        at: Ipv4Addr,
        records: &[&str],
        plain: &[&str],
        how: (&[&str], &'static [&'static str]),
    ) -> Self {
        // Below names it does not sign, a zone points to others.
        let wrong = "0".repeat(64);
        let delegations = [
            "@ A 127.0.0.1".to_owned(),
            "plain NS ns".to_owned(),
            "bogus NS ns".to_owned(),
            format!("bogus DS 4711 13 2 {wrong}"),
        ];
        let all: Vec<&str> =
            delegations.iter().map(String::as_str).chain(records.iter().copied()).collect();
        Self::begin(at, &all, Some(plain), how)
    }

    fn begin(
        at: Ipv4Addr,
        records: &[&str],
        plain: Option<&[&str]>,
        (reverse, denial): (&[&str], &'static [&'static str]),
    ) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let address = SocketAddr::from((at, PORT));
        let records: Vec<String> = records.iter().map(|&r| r.to_owned()).collect();
        let file = |name: &str| directory.path().join(name);
        let key = plain.is_some().then(|| make_key(&directory));
        let mut zones = String::new();
        if let Some(plain) = plain {
            let plain: Vec<String> = plain.iter().map(|&r| r.to_owned()).collect();
            let own = vec!["@ A 127.0.0.1".to_owned()];
            let reverse: Vec<String> = reverse.iter().map(|&r| r.to_owned()).collect();
            let all = [(PLAIN, [own.clone(), plain].concat()), (BOGUS, own), (REVERSE, reverse)];
            for (name, records) in all {
                std::fs::write(file(name), zone(name, 1, &records)).expect("zone file");
                zones.push_str(&format!("zone:\n\x20 name: {name}\n\x20 zonefile: {name}\n"));
            }
        }
        let served = if key.is_some() { "test.zone.signed" } else { "test.zone" };
        let conf = settings(&directory, address, served) + &zones;
        std::fs::write(file("nsd.conf"), conf).expect("nsd.conf");
        write_zone(&directory, 1, &records, key.as_deref().map(|key| (key, denial)));
        let process = Process::start(&mut command(&directory));
        let server = Self { directory, address, serial: 1, records, key, denial, process };
        server.wait_for_serial();
        server
    }

    /// The DS record of `test.`, when that is signed.
    ///
    /// # Panics
    /// When it is not.
    pub fn anchor(&self) -> String {
        let key = self.key.as_deref().expect("a signed zone");
        let file = self.directory.path().join(format!("{key}.ds"));
        std::fs::read_to_string(file).expect("the DS record").trim().to_owned()
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
        let signing = self.key.as_deref().map(|key| (key, self.denial));
        write_zone(&self.directory, self.serial, &self.records, signing);
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

/// Makes a key for `test.`; its file's name without ending.
fn make_key(directory: &TempDir) -> String {
    let made = Command::new("ldns-keygen")
        .args(["-k", "-a", "ECDSAP256SHA256", "test"])
        .current_dir(directory.path())
        .output()
        .expect("ldns-keygen");
    assert!(made.status.success(), "{}", said(&made));
    String::from_utf8_lossy(&made.stdout).trim().to_owned()
}

/// Writes `test.`, and signs it when there is a key, so.
fn write_zone(
    directory: &TempDir,
    serial: u32,
    records: &[String],
    signing: Option<(&str, &[&str])>,
) {
    let file = directory.path().join("test.zone");
    std::fs::write(file, zone("test.", serial, records)).expect("zone file");
    let Some((key, denial)) = signing else { return };
    let signed = Command::new("ldns-signzone")
        .args(denial)
        .args(["-f", "test.zone.new", "test.zone", key])
        .current_dir(directory.path())
        .output()
        .expect("ldns-signzone");
    assert!(signed.status.success(), "{}", said(&signed));
    let at = |name: &str| directory.path().join(name);
    std::fs::rename(at("test.zone.new"), at("test.zone.signed")).expect("the signed zone");
}

/// Short lives, so that a changed zone counts at once.
fn zone(origin: &str, serial: u32, records: &[String]) -> String {
    let mut zone = format!("$ORIGIN {origin}\n$TTL 1\n");
    let _ =
        writeln!(zone, "@ IN SOA ns root {serial} 3600 600 86400 1\n@ IN NS ns\nns IN A 127.0.0.1");
    for record in records {
        zone.push_str(record);
        zone.push('\n');
    }
    zone
}

fn settings(directory: &TempDir, address: SocketAddr, served: &str) -> String {
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
         \x20 zonefile: {served}\n\
         zone:\n\
         \x20 name: broken.\n\
         \x20 zonefile: missing.zone\n",
        address.ip(),
        address.port(),
    )
}
