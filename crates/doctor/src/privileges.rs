//! As whom the server runs, and whether that one may do what it has to: listen on low ports, have enough files open.

use std::{fs, path::Path};

use texts::{Sentence, checks};

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
    pub known_by: Sentence,
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
    (account, known_by): (Account, Sentence),
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
    let Facts { account, known_by, .. } = facts;
    let named = facts.unit.as_ref().map(|unit| unit.user.as_deref().unwrap_or("root"));
    if let (Some(named), Some(_)) = (named, &facts.server)
        && named != account.name
    {
        let text = Sentence::new(checks::USER_UNLIKE_UNIT)
            .with(&account.name)
            .with_part(known_by.clone())
            .with(named);
        let remedy = Sentence::new(checks::USER_UNLIKE_UNIT_REMEDY).with(named);
        return Finding::notice(checks::USER, text).remedy(remedy);
    }
    let does_run = facts.server.is_some();
    if account.is_root() {
        let text = if does_run { checks::RUNS_AS_ROOT } else { checks::WOULD_RUN_AS_ROOT };
        let text = Sentence::new(text).with_part(known_by.clone());
        return Finding::notice(checks::USER, text).remedy(checks::ROOT_REMEDY);
    }
    let text = if does_run { checks::RUNS_AS } else { checks::WOULD_RUN_AS };
    let text = Sentence::new(text).with(&account.name).with_part(known_by.clone());
    Finding::good(checks::USER, text)
}

fn low_ports(facts: &Facts) -> Option<Finding> {
    let port = facts.lowest_port?;
    if port >= facts.first_free_port || facts.server.is_some() {
        return None;
    }
    let by = if facts.account.is_root() {
        checks::BY_ROOT
    } else if facts.unit.as_ref().is_some_and(|unit| unit.binds_low_ports) {
        checks::BY_UNIT
    } else if facts.file_may_bind {
        checks::BY_FILE
    } else {
        let text = Sentence::new(checks::LOW_PORTS_CLOSED)
            .with(&facts.account.name)
            .with(facts.first_free_port)
            .with(port);
        let remedy = match facts.unit {
            Some(_) => checks::LOW_PORTS_UNIT_REMEDY.into(),
            None => Sentence::new(checks::LOW_PORTS_FILE_REMEDY).with(&facts.program),
        };
        return Some(Finding::bad(checks::LOW_PORTS, text).remedy(remedy));
    };
    let text = Sentence::new(checks::LOW_PORTS_FREE).with(port).with_part(by);
    Some(Finding::good(checks::LOW_PORTS, text))
}

fn files(facts: &Facts) -> Option<Finding> {
    let limit = facts.files?;
    let shown = match limit {
        u64::MAX => checks::UNLIMITED_FILES.into(),
        limit => Sentence::verbatim(limit),
    };
    let of = |text| Sentence::new(text).with_part(shown.clone());
    let Some(connections) = facts.connections else {
        return Some(Finding::good(checks::OPEN_FILES, of(checks::FILES_UNKNOWN)));
    };
    let needed = connections.saturating_add(OTHER_FILES);
    if limit >= needed {
        return Some(Finding::good(checks::OPEN_FILES, of(checks::FILES_ENOUGH).with(needed)));
    }
    let remedy = Sentence::new(checks::FILES_FEW_REMEDY).with(needed.next_power_of_two());
    let text = of(checks::FILES_FEW).with(connections);
    Some(Finding::notice(checks::OPEN_FILES, text).remedy(remedy))
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

    fn facts() -> Facts {
        Facts {
            account: Account { uid: 990, groups: vec![990], name: "relais".to_owned() },
            known_by: Sentence::new(checks::KNOWN_BY_OWNER).with("/var/lib/relais"),
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
        let found = findings.iter().find(|one| one.about(English) == subject).unwrap();
        (found.verdict, format!("{} {}", found.text(English), found.advice(English)))
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
            assert!(judge(&none).iter().all(|finding| finding.about(English) != "Low ports"));
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
