//! Hosts with a network between them that can fail: a network namespace for each, all on one bridge, which
//! the test reaches as well. Two hosts can be cut from each other without a word: connections that are open stay
//! open, and nothing comes through them.
//!
//! A link is cut by a wrong link address for the other end, so that whatever is sent is lost on the way, as
//! with a switch that has gone mad; it is whole again when that is forgotten. Needs root and iproute2. What tests
//! that were killed left behind is taken away by the next one.

use std::{
    net::Ipv4Addr,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use crate::process::{is_root, run, said};

/// What names of ours begin with; a process number follows.
const BRIDGE: &str = "rlb";
const NAMESPACE: &str = "relais-test-";
/// A link address that no host has.
const NOBODY: &str = "02:00:00:00:00:01";
/// All networks are in it: addresses for measuring networks, which nobody routes (RFC 2544).
pub(crate) const NETWORKS: &str = "198.18.0.0/15";
/// Of the 16 addresses of a network, so many are the bridge's: for whatever the test itself runs.
const OF_BRIDGE: u8 = 4;
/// And the last one that can be a host's.
const LAST: u8 = 14;

/// A network. Cheap to clone; it goes away with the last clone and the last host.
#[derive(Debug, Clone)]
pub struct Network {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    id: u32,
    hosts: AtomicU8,
}

/// A host on a [`Network`].
#[derive(Debug, Clone)]
pub struct Host {
    network: Network,
    name: String,
    address: Ipv4Addr,
}

impl Network {
    /// Makes one, of which there can be one in a process. Without root there is none, and it is said; in CI that is
    /// a failure.
    ///
    /// # Panics
    /// When the machine refuses; in CI also without root.
    pub fn start() -> Option<Self> {
        if !is_root() {
            let text = "network namespaces need root: this test is left out";
            assert!(std::env::var_os("CI").is_none(), "{text}");
            eprintln!("{text}");
            return None;
        }
        sweep();
        let id = std::process::id();
        let network = Self { inner: Arc::new(Inner { id, hosts: AtomicU8::new(OF_BRIDGE) }) };
        let bridge = network.bridge();
        ip(&["link", "add", &bridge, "type", "bridge"]);
        for number in 1..=OF_BRIDGE {
            let address = format!("{}/28", network.address(number));
            ip(&["address", "add", &address, "dev", &bridge]);
        }
        ip(&["link", "set", &bridge, "up"]);
        Some(network)
    }

    /// An address of the bridge, from 1 to 4: what listens there the hosts reach.
    pub fn address(&self, number: u8) -> Ipv4Addr {
        // 8192 networks of 16 addresses; process numbers of tests that run together are near each other.
        let low = (self.inner.id % 8192) << 4;
        Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + low + u32::from(number))
    }

    /// Adds a host.
    ///
    /// # Panics
    /// When there are too many, or the machine refuses.
    pub fn host(&self) -> Host {
        let number = self.inner.hosts.fetch_add(1, Ordering::SeqCst) + 1;
        assert!(number <= LAST, "at most {} hosts on a network", LAST - OF_BRIDGE);
        let name = format!("{NAMESPACE}{}-{number}", self.inner.id);
        let link = format!("rl{}.{number}", self.inner.id);
        ip(&["netns", "add", &name]);
        ip(&["link", "add", &link, "type", "veth", "peer", "name", "eth0", "netns", &name]);
        ip(&["link", "set", &link, "master", &self.bridge(), "up"]);
        let host = Host { network: self.clone(), name, address: self.address(number) };
        host.ip(&["link", "set", "lo", "up"]);
        host.ip(&["address", "add", &format!("{}/28", host.address), "dev", "eth0"]);
        host.ip(&["link", "set", "eth0", "up"]);
        host
    }

    fn bridge(&self) -> String {
        format!("{BRIDGE}{}", self.inner.id)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        remove_of(self.id);
    }
}

impl Host {
    /// Its address.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// The network it is on.
    pub(crate) fn network(&self) -> &Network {
        &self.network
    }

    /// Loses whatever is sent between this host and the other.
    pub fn cut_from(&self, other: &Self) {
        self.lose_to(other);
        other.lose_to(self);
    }

    /// Loses what this host sends to the other, and not what the other sends.
    pub fn lose_to(&self, other: &Self) {
        let to = other.address.to_string();
        self.ip(&[
            "neighbour",
            "replace",
            &to,
            "lladdr",
            NOBODY,
            "nud",
            "permanent",
            "dev",
            "eth0",
        ]);
    }

    /// The link between them is whole again.
    pub fn rejoin(&self, other: &Self) {
        for (from, to) in [(self, other), (other, self)] {
            let to = to.address.to_string();
            let arguments = ["-n", &from.name, "neighbour", "del", &to, "dev", "eth0"];
            // There is none where only one way was cut.
            let _ = run("ip", arguments);
        }
    }

    /// A program on this host. Its process is the one that is started here.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program.as_ref());
        command
    }

    fn ip(&self, arguments: &[&str]) {
        ip(&[&["-n", self.name.as_str()], arguments].concat());
    }
}

/// A program on a host, or on this machine.
pub(crate) fn command_on(host: Option<&Host>, program: impl AsRef<Path>) -> Command {
    match host {
        Some(host) => host.command(program),
        None => Command::new(program.as_ref()),
    }
}

fn ip(arguments: &[&str]) {
    let output = run("ip", arguments.iter().copied()).expect("ip is installed");
    assert!(output.status.success(), "ip {}: {}", arguments.join(" "), said(&output));
}

/// Removes what process `id` has made, as far as it is there.
fn remove_of(id: u32) {
    let prefix = format!("{NAMESPACE}{id}-");
    for name in namespaces().iter().filter(|name| name.starts_with(&prefix)) {
        let _ = run("ip", ["netns", "del", name]);
    }
    let _ = run("ip", ["link", "del", &format!("{BRIDGE}{id}")]);
}

fn namespaces() -> Vec<String> {
    let entries = std::fs::read_dir("/run/netns").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// Takes away what tests have left that were killed.
fn sweep() {
    let links = std::fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let links = links.filter_map(|entry| entry.file_name().into_string().ok());
    let of_links = links.filter_map(|name| name.strip_prefix(BRIDGE)?.parse().ok());
    let of_namespaces = namespaces()
        .into_iter()
        .filter_map(|name| name.strip_prefix(NAMESPACE)?.split('-').next()?.parse::<u32>().ok());
    for id in of_namespaces.chain(of_links) {
        if !Path::new("/proc").join(id.to_string()).exists() {
            remove_of(id);
        }
    }
}
