//! The ports that a server listens on: whether each is free, held by the server itself, or by somebody else.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use procfs::net::{TcpNetEntry, TcpState};
use texts::{Sentence, Text, checks};

use crate::{
    finding::Finding,
    process::{self, Process},
};

/// A port that is to be listened on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where.
    pub address: SocketAddr,
    /// By what of the server: a Receive connector, the admin center.
    pub what: Sentence,
    /// Whether it may be shared with others of this kind: several Receive connectors may have the same binding.
    pub is_shared: bool,
    /// Whether the server listens there all the time that it runs.
    pub always: bool,
}

/// A socket that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Where.
    pub address: SocketAddr,
    /// Whose it is, where this program may see that.
    pub owner: Option<Process>,
}

/// What the judgement needs.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What is to be listened on.
    pub wanted: Vec<Wanted>,
    /// What is listened on.
    pub listeners: Vec<Listener>,
    /// Addresses of this machine.
    pub addresses: Vec<IpAddr>,
    /// Whether there is IPv6 on it.
    pub has_v6: bool,
    /// Whether addresses that are not there may be listened on (`net.ipv4.ip_nonlocal_bind`).
    pub any_address: bool,
    /// The server of the data directory, when it runs and that can be seen.
    pub server: Option<i32>,
    /// Whether it is known that no server has the data directory.
    pub is_stopped: bool,
}

/// Looks at the machine. Owners are known of sockets that this user may look at.
#[must_use]
pub fn gather(wanted: Vec<Wanted>, server: Option<&Process>, is_stopped: bool) -> Facts {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    Facts {
        listeners: listeners(&wanted),
        wanted,
        addresses: interfaces.iter().map(if_addrs::Interface::ip).collect(),
        has_v6: std::path::Path::new("/proc/net/if_inet6").exists(),
        any_address: std::fs::read_to_string("/proc/sys/net/ipv4/ip_nonlocal_bind")
            .is_ok_and(|text| text.trim() == "1"),
        server: server.map(|process| process.pid),
        is_stopped,
    }
}

fn listeners(wanted: &[Wanted]) -> Vec<Listener> {
    let tables = [procfs::net::tcp(), procfs::net::tcp6()];
    let is_asked = |entry: &TcpNetEntry| {
        entry.state == TcpState::Listen
            && wanted.iter().any(|one| one.address.port() == entry.local_address.port())
    };
    let entries: Vec<TcpNetEntry> =
        tables.into_iter().flatten().flatten().filter(is_asked).collect();
    let inodes: Vec<u64> = entries.iter().map(|entry| entry.inode).collect();
    let mut owners: HashMap<u64, Process> = process::owners(&inodes);
    entries
        .iter()
        .map(|entry| Listener { address: entry.local_address, owner: owners.remove(&entry.inode) })
        .collect()
}

/// How it is with a port.
enum Port {
    /// As it should be, and how.
    Well(Sentence),
    /// Not so.
    Ill(Finding),
}

/// One finding for each port that is well, by how it is, and one for each that is not.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut good: Vec<(Sentence, Vec<String>)> = Vec::new();
    let mut findings = Vec::new();
    let mut unseen = Vec::new();
    for wanted in &facts.wanted {
        if is_unseen(facts, wanted) {
            unseen.push(wanted.address.to_string());
            continue;
        }
        let address = wanted.address.to_string();
        match judge_one(facts, wanted) {
            Port::Well(how) => match good.iter_mut().find(|(known, _)| *known == how) {
                Some((_, addresses)) => addresses.push(address),
                None => good.push((how, vec![address])),
            },
            Port::Ill(finding) => findings.push(finding),
        }
    }
    let all = good.into_iter().map(|(how, addresses)| {
        let text = Sentence::new(checks::PORTS_SO).with(addresses.join(", ")).with_part(how);
        Finding::good(checks::PORTS, text)
    });
    let unseen = (!unseen.is_empty()).then(|| {
        let text = if facts.is_stopped { checks::PORT_UNSEEN_STOPPED } else { checks::PORT_UNSEEN };
        Finding::notice(checks::PORTS, Sentence::new(text).with(unseen.join(", ")))
            .remedy(checks::PORT_UNSEEN_REMEDY)
    });
    all.chain(unseen).chain(findings).collect()
}

/// Whether somebody listens there of whom nothing may be seen; the server, where that is known to run, is no riddle.
fn is_unseen(facts: &Facts, wanted: &Wanted) -> bool {
    let mut there = facts.listeners.iter().filter(|one| takes(one.address, wanted.address));
    facts.server.is_none() && there.next().is_some_and(|listener| listener.owner.is_none())
}

fn judge_one(facts: &Facts, wanted: &Wanted) -> Port {
    let address = wanted.address;
    let twice = facts.wanted.iter().find(|other| {
        *other != wanted && takes(other.address, address) && !(other.is_shared && wanted.is_shared)
    });
    if let Some(other) = twice {
        let text = of(checks::PORT_TWICE, wanted).with_part(other.what.clone());
        return Port::Ill(Finding::bad(checks::PORT, text).remedy(checks::PORT_TWICE_REMEDY));
    }
    if let Some(listener) = facts.listeners.iter().find(|one| takes(one.address, address)) {
        return held(facts, wanted, listener);
    }
    if let Some(both) = facts.listeners.iter().find(|one| may_take(one.address, address)) {
        let by = both.owner.as_ref().map_or(checks::ANOTHER_PROGRAM.into(), Process::shown);
        let text = of(checks::PORT_MAY_BE_TAKEN, wanted).with_part(by).with(both.address);
        let remedy = stop(both.owner.as_ref(), address.port());
        return Port::Ill(Finding::notice(checks::PORT, text).remedy(remedy));
    }
    present(facts, wanted)
}

/// A text about a port that begins with its address and what it is for.
fn of(text: Text, wanted: &Wanted) -> Sentence {
    Sentence::new(text).with(wanted.address).with_part(wanted.what.clone())
}

/// Nobody listens there: whether one could.
fn present(facts: &Facts, wanted: &Wanted) -> Port {
    let ip = wanted.address.ip();
    let is_here = ip.is_unspecified()
        || facts.addresses.iter().any(|own| own.to_canonical() == ip.to_canonical())
        || matches!(ip, IpAddr::V4(v4) if v4.is_loopback());
    if ip.is_ipv6() && !facts.has_v6 {
        let remedy = Sentence::new(checks::PORT_WITHOUT_IPV6_REMEDY).with(wanted.address.port());
        let text = of(checks::PORT_WITHOUT_IPV6, wanted);
        return Port::Ill(Finding::notice(checks::PORT, text).remedy(remedy));
    }
    if !is_here && !facts.any_address {
        let text = of(checks::PORT_NOT_HERE, wanted).with(ip);
        return Port::Ill(Finding::bad(checks::PORT, text).remedy(checks::PORT_NOT_HERE_REMEDY));
    }
    if let Some(server) = facts.server.filter(|_| wanted.always) {
        let text = of(checks::PORT_NOT_HEARD, wanted).with(server);
        let remedy = Sentence::verbatim("journalctl -u relais | grep -i listen");
        return Port::Ill(Finding::bad(checks::PORT, text).remedy(remedy));
    }
    Port::Well(checks::PORT_FREE.into())
}

fn held(facts: &Facts, wanted: &Wanted, listener: &Listener) -> Port {
    let Some(owner) = &listener.owner else {
        return Port::Well(checks::PORT_HELD_UNSEEN.into());
    };
    if facts.server == Some(owner.pid) {
        return Port::Well(Sentence::new(checks::PORT_HELD_BY_SERVER).with(owner.pid));
    }
    if !owner.is_relais() {
        let text = of(checks::PORT_HELD, wanted).with_part(owner.shown());
        let remedy = stop(Some(owner), wanted.address.port());
        return Port::Ill(Finding::bad(checks::PORT, text).remedy(remedy));
    }
    if facts.server.is_none() && !facts.is_stopped {
        return Port::Well(Sentence::new(checks::PORT_HELD_BY_A_RELAIS).with(owner.pid));
    }
    let text = of(checks::PORT_HELD_BY_ANOTHER_RELAIS, wanted).with(owner.pid);
    Port::Ill(Finding::bad(checks::PORT, text).remedy(checks::PORT_HELD_BY_ANOTHER_RELAIS_REMEDY))
}

/// Whether a socket on `has` keeps another from `wants`.
fn takes(has: SocketAddr, wants: SocketAddr) -> bool {
    let (a, b) = (has.ip(), wants.ip());
    has.port() == wants.port()
        && a.is_ipv4() == b.is_ipv4()
        && (a == b || a.is_unspecified() || b.is_unspecified())
}

/// Whether it may: a socket on [::] takes IPv4 too, unless it was told not to.
fn may_take(has: SocketAddr, wants: SocketAddr) -> bool {
    has.port() == wants.port()
        && has.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
        && wants.ip() == IpAddr::V4(Ipv4Addr::UNSPECIFIED)
}

/// Mail servers that are usual on Debian, by how their processes, units or files begin, and their services.
const MAIL_SERVERS: [(&str, &str); 5] = [
    ("postfix", "postfix"),
    ("exim", "exim4"),
    ("sendmail", "sendmail"),
    ("opensmtpd", "opensmtpd"),
    ("smtpd", "opensmtpd"),
];

/// What to type to get rid of a program.
fn stop(owner: Option<&Process>, port: u16) -> Sentence {
    let Some(owner) = owner else { return Sentence::new(checks::STOP_UNSEEN).with(port) };
    let unit = owner.unit.as_deref().unwrap_or_default();
    let program = owner.program.as_deref().unwrap_or_default();
    let is = |name: &str| {
        owner.name.starts_with(name)
            || unit.starts_with(name)
            || program.split('/').any(|part| part.starts_with(name))
    };
    let disable = |unit: &str| Sentence::verbatim(format!("systemctl disable --now {unit}"));
    if let Some((_, service)) = MAIL_SERVERS.iter().find(|(name, _)| is(name)) {
        return disable(service);
    }
    if is("nginx") {
        return checks::STOP_NGINX.into();
    }
    if is("apache2") {
        return checks::STOP_APACHE.into();
    }
    match (owner.name.as_str(), owner.pid, unit) {
        ("master", ..) => disable("postfix"),
        (_, 1, _) => Sentence::new(checks::STOP_SOCKET).with(port),
        (_, _, "") => Sentence::new(checks::STOP_PROCESS).with(owner.pid),
        (_, _, unit) => disable(unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::assert_in_both;
    use crate::{Verdict, process::Relation};
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    fn process(pid: i32, name: &str, relation: Relation) -> Process {
        let name = name.to_owned();
        Process { pid, name, relation, program: None, uid: Some(0), files: None, unit: None }
    }

    fn wanted_at(address: SocketAddr) -> Wanted {
        Wanted { address, what: Sentence::verbatim(address), is_shared: false, always: true }
    }

    fn facts(wanted: &[&str], listeners: &[(&str, Option<Process>)]) -> Facts {
        Facts {
            wanted: wanted.iter().map(|at| wanted_at(at.parse().unwrap())).collect(),
            listeners: listeners
                .iter()
                .map(|(at, owner)| Listener { address: at.parse().unwrap(), owner: owner.clone() })
                .collect(),
            addresses: vec!["203.0.113.7".parse().unwrap(), "::1".parse().unwrap()],
            has_v6: true,
            ..Facts::default()
        }
    }

    #[test]
    fn each_port_is_free_ours_or_somebody_elses() {
        use Verdict::{Bad, Good, Notice};
        let postfix = || Some(process(812, "master", Relation::Other));
        let systemd = || Some(process(1, "systemd", Relation::Other));
        let mut unit = process(9, "java", Relation::Other);
        unit.unit = Some("james.service".to_owned());
        let mut smtpd = process(30, "smtpd", Relation::Other);
        smtpd.program = Some("/usr/lib/postfix/sbin/smtpd".to_owned());
        let ours = || Some(process(77, "relais", Relation::Same));
        let hidden = || Some(process(78, "relais", Relation::Unknown));
        let cases = [
            ("0.0.0.0:25", vec![], Good, "free", ""),
            ("0.0.0.0:25", vec![("127.0.0.1:26", postfix())], Good, "free", ""),
            (
                "0.0.0.0:25",
                vec![("127.0.0.1:25", postfix())],
                Bad,
                "master (process 812)",
                "systemctl disable --now postfix",
            ),
            ("127.0.0.1:25", vec![("0.0.0.0:25", postfix())], Bad, "master", "postfix"),
            ("203.0.113.7:25", vec![("127.0.0.1:25", postfix())], Good, "free", ""),
            ("[::]:25", vec![("0.0.0.0:25", postfix())], Good, "free", ""),
            ("0.0.0.0:25", vec![("[::]:25", postfix())], Notice, "may take IPv4 too", "postfix"),
            ("0.0.0.0:25", vec![("0.0.0.0:25", systemd())], Bad, "systemd", "list-sockets"),
            (
                "0.0.0.0:25",
                vec![("0.0.0.0:25", Some(unit))],
                Bad,
                "java",
                "systemctl disable --now james.service",
            ),
            ("0.0.0.0:25", vec![("0.0.0.0:25", Some(smtpd))], Bad, "smtpd", "--now postfix"),
            ("0.0.0.0:25", vec![("0.0.0.0:25", None)], Notice, "only root may see", "ss -ltnp"),
            ("0.0.0.0:25", vec![("0.0.0.0:25", ours())], Good, "a running Relais, process 77", ""),
            (
                "0.0.0.0:25",
                vec![("0.0.0.0:25", hidden())],
                Good,
                "a running Relais, process 78",
                "",
            ),
            ("198.51.100.1:25", vec![], Bad, "not an address of this machine", "ip -brief address"),
            ("127.5.5.5:25", vec![], Good, "free", ""),
        ];
        for (at, listeners, verdict, said, remedy) in cases {
            let found = judge(&facts(&[at], &listeners));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].verdict, verdict, "{found:?}");
            assert!(found[0].text(English).contains(said), "{found:?}");
            assert!(found[0].advice(English).contains(remedy), "{found:?}");
        }
    }

    #[test]
    fn a_running_server_holds_its_own_ports() {
        let listeners = [("0.0.0.0:25", Some(process(77, "relais", Relation::Same)))];
        let mut facts = facts(&["0.0.0.0:25", "0.0.0.0:587"], &listeners);
        facts.server = Some(77);
        let found = judge(&facts);
        assert!(found[0].text(English).contains("held by the running server"), "{found:?}");
        assert!(found[1].text(English).contains("does not listen there"), "{found:?}");
        assert_eq!(found[1].verdict, Verdict::Bad);
        facts.server = Some(78);
        let found = judge(&facts);
        assert!(found[0].text(English).contains("another Relais (process 77)"), "{found:?}");
        facts.server = None;
        facts.is_stopped = true;
        assert!(
            judge(&facts).iter().any(|f| f.text(English).contains("another Relais (process 77)"))
        );
    }

    #[test]
    fn two_of_the_servers_own_may_not_want_the_same() {
        let found = judge(&facts(&["0.0.0.0:443", "127.0.0.1:443", "[::]:443"], &[]));
        let bad = found.iter().filter(|one| one.verdict == Verdict::Bad).count();
        assert_eq!((bad, found.len()), (2, 3), "{found:?}");
        let mut shared = facts(&["0.0.0.0:25", "203.0.113.7:25"], &[]);
        shared.wanted.iter_mut().for_each(|wanted| wanted.is_shared = true);
        assert_eq!(judge(&shared).len(), 1, "connectors may share a binding");
        shared.server = Some(7);
        shared.wanted.iter_mut().for_each(|wanted| wanted.always = false);
        assert_eq!(judge(&shared)[0].verdict, Verdict::Good, "not always listened on");
        let mut without = facts(&["[::]:25"], &[]);
        without.has_v6 = false;
        let found = judge(&without);
        assert!(found[0].text(English).contains("no IPv6") && found[0].verdict == Verdict::Notice);
    }

    #[test]
    fn this_machine_is_read() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let wanted = wanted_at(listener.local_addr().unwrap());
        let facts = gather(vec![wanted], None, false);
        let me = i32::try_from(std::process::id()).unwrap();
        assert_eq!(facts.listeners[0].owner.as_ref().map(|owner| owner.pid), Some(me));
        assert!(facts.addresses.iter().any(IpAddr::is_loopback));
    }
}
