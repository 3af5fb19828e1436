//! As whom the server runs, and whether that one may do what it has to: listen on low ports, have enough files open.

use std::{fs, path::Path};

use crate::{Account, Unit, finding::Finding, process::Process};

/// Files that a server has open besides connections: spool, logs, DNS, the admin center.
const OTHER_FILES: u64 = 512;
/// The bit of CAP_NET_BIND_SERVICE in a set of capabilities (capabilities(7)).
const NET_BIND_SERVICE: u32 = 1 << 10;
/// The extended attribute with the capabilities of a program file.
const CAPABILITY: &str = "security.capability";

/// What the judgement needs.
#[derive(Debug, Clone)]
pub struct Facts {
    /// As whom the server runs or would run.
    pub account: Account,
    /// How that is known, such as `owns /var/lib/relais`.
    pub known_by: String,
    /// The server, when it runs.
    pub server: Option<Process>,
    /// Its unit, if there is one.
    pub unit: Option<Unit>,
    /// Whether the program file has the capability itself (setcap).
    pub file_may_bind: bool,
    /// From this port on everybody may listen.
    pub first_free_port: u16,
    /// The lowest port that is wanted.
    pub lowest_port: Option<u16>,
    /// Connections that are allowed, in and out; `None` where a limit is lifted.
    pub connections: Option<u64>,
    /// Files that the server may have open, where that is known.
    pub files: Option<u64>,
    /// Where this program lies.
    pub program: String,
}

/// What is to be known of the machine for this account, server, ports and connections.
#[must_use]
pub fn gather(
    (account, known_by): (Account, String),
    server: Option<Process>,
    lowest_port: Option<u16>,
    connections: Option<u64>,
) -> Facts {
    let unit = Unit::here();
    let program = std::env::current_exe().unwrap_or_default();
    let files = match (&server, &unit) {
        (Some(server), _) => server.files,
        (None, Some(unit)) => unit.files,
        (None, None) => own_limit(),
    };
    Facts {
        account,
        known_by,
        server,
        file_may_bind: has_capability(&program),
        first_free_port: fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(1024),
        unit,
        lowest_port,
        connections,
        files,
        program: program.display().to_string(),
    }
}

fn own_limit() -> Option<u64> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    Some(limit.current.unwrap_or(u64::MAX))
}

/// Version 2 and 3 of the attribute begin with a magic number, then the permitted capabilities below 32, little endian.
fn has_capability(program: &Path) -> bool {
    let mut value = [0_u8; 64];
    let length = rustix::fs::getxattr(program, CAPABILITY, &mut value).unwrap_or(0);
    may_bind(value.get(..length).unwrap_or_default())
}

fn may_bind(attribute: &[u8]) -> bool {
    let permitted = attribute.get(4..8).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    permitted.is_some_and(|bytes| u32::from_le_bytes(bytes) & NET_BIND_SERVICE != 0)
}

/// Findings about user, ports and files.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let findings = [Some(user(facts)), low_ports(facts), files(facts)];
    findings.into_iter().flatten().collect()
}

fn user(facts: &Facts) -> Finding {
    let subject = "User";
    let Facts { account, known_by, .. } = facts;
    let named = facts.unit.as_ref().map(|unit| unit.user.as_deref().unwrap_or("root"));
    if let (Some(named), Some(_)) = (named, &facts.server)
        && named != account.name
    {
        let text =
            format!("the server runs as {} ({known_by}), its unit says {named}", account.name);
        return Finding::notice(
            subject,
            text,
            format!(
                "stop it and start it as the service: systemctl start relais; chown -R {named} its data directory before"
            ),
        );
    }
    let runs = if facts.server.is_some() { "runs" } else { "would run" };
    if account.is_root() {
        let text = format!("the server {runs} as root ({known_by}): more than it needs");
        return Finding::notice(
            subject,
            text,
            "the package (docs/install.md) has a user and a unit of its own; by hand: adduser --system --group relais, chown -R \
             relais: on the data directory, then start it as that user",
        );
    }
    Finding::good(subject, format!("the server {runs} as {} ({known_by})", account.name))
}

fn low_ports(facts: &Facts) -> Option<Finding> {
    let subject = "Low ports";
    let port = facts.lowest_port?;
    if port >= facts.first_free_port || facts.server.is_some() {
        return None;
    }
    let by = if facts.account.is_root() {
        "root may"
    } else if facts.unit.as_ref().is_some_and(|unit| unit.binds_low_ports) {
        "the unit gives CAP_NET_BIND_SERVICE"
    } else if facts.file_may_bind {
        "the program file has cap_net_bind_service"
    } else {
        let text = format!(
            "{} may not listen on ports below {}, and {port} is one",
            facts.account.name, facts.first_free_port
        );
        let remedy = match facts.unit {
            Some(_) => "systemctl edit relais, with the lines [Service] and AmbientCapabilities=CAP_NET_BIND_SERVICE".to_owned(),
            None => format!(
                "start it by its systemd unit (docs/install.md), or: setcap cap_net_bind_service=+ep {}",
                facts.program
            ),
        };
        return Some(Finding::bad(subject, text, remedy));
    };
    Some(Finding::good(subject, format!("{port} can be listened on: {by}")))
}

fn files(facts: &Facts) -> Option<Finding> {
    let subject = "Open files";
    let limit = facts.files?;
    let shown = if limit == u64::MAX { "without a limit".to_owned() } else { limit.to_string() };
    let Some(connections) = facts.connections else {
        return Some(Finding::good(
            subject,
            format!(
                "{shown} may be open; how many connections are allowed is not known yet, or not limited"
            ),
        ));
    };
    let needed = connections.saturating_add(OTHER_FILES);
    if limit >= needed {
        return Some(Finding::good(
            subject,
            format!("{shown} may be open; {needed} are needed at most"),
        ));
    }
    let text = format!(
        "{shown} may be open, and {connections} connections are allowed: beyond the limit new connections are not taken"
    );
    let remedy = format!(
        "systemctl edit relais, with the lines [Service] and LimitNOFILE={}; or allow fewer: Set-ReceiveConnector -MaxInboundConnection",
        needed.next_power_of_two()
    );
    Some(Finding::notice(subject, text, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Verdict, process::Relation};

    fn facts() -> Facts {
        Facts {
            account: Account { uid: 990, groups: vec![990], name: "relais".to_owned() },
            known_by: "owns /var/lib/relais".to_owned(),
            server: None,
            unit: None,
            file_may_bind: false,
            first_free_port: 1024,
            lowest_port: Some(25),
            connections: Some(6000),
            files: Some(131_072),
            program: "/opt/relais".to_owned(),
        }
    }

    fn of(findings: &[Finding], subject: &str) -> (Verdict, String) {
        let found = findings.iter().find(|finding| finding.subject == subject).unwrap();
        (found.verdict, format!("{} {}", found.text, found.remedy))
    }

    #[test]
    fn low_ports_need_a_right() {
        let (verdict, said) = of(&judge(&facts()), "Low ports");
        assert_eq!(verdict, Verdict::Bad);
        assert!(said.contains("setcap cap_net_bind_service=+ep /opt/relais"), "{said}");
        let unit = |binds_low_ports| {
            Some(Unit { user: Some("relais".to_owned()), files: None, binds_low_ports })
        };
        let (verdict, said) = of(&judge(&Facts { unit: unit(false), ..facts() }), "Low ports");
        assert!(verdict == Verdict::Bad && said.contains("systemctl edit relais"), "{said}");
        for good in [
            Facts { unit: unit(true), ..facts() },
            Facts { file_may_bind: true, ..facts() },
            Facts { account: Account { uid: 0, ..facts().account }, ..facts() },
        ] {
            assert_eq!(of(&judge(&good), "Low ports").0, Verdict::Good, "{good:?}");
        }
        for none in
            [Facts { lowest_port: Some(1024), ..facts() }, Facts { first_free_port: 25, ..facts() }]
        {
            assert!(judge(&none).iter().all(|finding| finding.subject != "Low ports"));
        }
    }

    #[test]
    fn files_have_to_do_for_the_connections() {
        for (files, connections, verdict, said) in [
            (131_072, Some(6000), Verdict::Good, "6512 are needed"),
            (1024, Some(6000), Verdict::Notice, "LimitNOFILE=8192"),
            (6511, Some(6000), Verdict::Notice, "6511 may be open"),
            (6512, Some(6000), Verdict::Good, ""),
            (1024, None, Verdict::Good, "not known yet"),
            (u64::MAX, Some(6000), Verdict::Good, "without a limit"),
        ] {
            let found = judge(&Facts { files: Some(files), connections, ..facts() });
            let (is, text) = of(&found, "Open files");
            assert_eq!(is, verdict, "{text}");
            assert!(text.contains(said), "{text}");
        }
    }

    #[test]
    fn root_and_the_wrong_user_are_noticed() {
        assert_eq!(of(&judge(&facts()), "User").0, Verdict::Good);
        let root = Account { uid: 0, groups: vec![0], name: "root".to_owned() };
        let (verdict, said) = of(&judge(&Facts { account: root.clone(), ..facts() }), "User");
        assert!(verdict == Verdict::Notice && said.contains("as root"), "{said}");
        let server = Process {
            pid: 7,
            name: "relais".to_owned(),
            relation: Relation::Same,
            program: None,
            uid: Some(0),
            files: None,
            unit: None,
        };
        let unit = Some(Unit { user: Some("relais".to_owned()), ..Unit::default() });
        let wrong = Facts { account: root, server: Some(server), unit, ..facts() };
        let (verdict, said) = of(&judge(&wrong), "User");
        assert!(verdict == Verdict::Notice && said.contains("its unit says relais"), "{said}");
    }

    #[test]
    fn capabilities_of_a_file_are_read() {
        let bits = |low: u32| [&[0, 0, 0, 2][..], &low.to_le_bytes(), &[0; 12]].concat();
        assert!(may_bind(&bits(1 << 10)) && !may_bind(&bits(1 << 9)) && !may_bind(&[]));
        assert!(!has_capability(Path::new("/nowhere")));
    }
}
