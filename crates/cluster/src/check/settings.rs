//! The engine's settings: what keeps a commit on a disk, what ends a statement that waits for a standby, and
//! whether there is room for the servers' connections.

use super::{Facts, Finding, SettingFacts, connection::quoted};

/// PostgreSQL 15.
const OLDEST: u32 = 150_000;
/// Connections of a server: heartbeat, copies, take-over, directory, its listener, and one more at a start.
const PER_SERVER: u32 = 6;
/// `synchronous_commit` with which a commit is on a standby's disk.
const WAITING: [&str; 2] = ["on", "remote_apply"];

pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let settings = &facts.settings;
    let role = quoted(&facts.connection.role);
    let mut findings = vec![version(settings.version), encoding(settings), disk(settings)];
    findings.extend(wal_level(settings));
    findings.push(commit(settings, &role));
    findings.extend(isolation(settings, &role));
    findings.push(connections(settings, facts));
    findings.extend(limits(settings, &role));
    findings
}

fn version(number: u32) -> Finding {
    let (subject, text) =
        ("Version", format!("PostgreSQL {}.{}", number / 10_000, number % 10_000));
    if number >= OLDEST {
        Finding::good(subject, text)
    } else {
        Finding::bad(
            subject,
            format!("{text} is too old"),
            "upgrade the engine to PostgreSQL 15 or newer",
        )
    }
}

fn encoding(settings: &SettingFacts) -> Finding {
    let (subject, found) = ("Encoding", &settings.encoding);
    if found == "UTF8" {
        return Finding::good(subject, "UTF8");
    }
    Finding::bad(
        subject,
        format!("the database has {found}, and names of other languages do not fit in"),
        "CREATE DATABASE relais OWNER relais ENCODING 'UTF8' TEMPLATE template0;",
    )
}

fn disk(settings: &SettingFacts) -> Finding {
    let subject = "Disk";
    let off: Vec<&str> =
        [("fsync", settings.fsync), ("full_page_writes", settings.full_page_writes)]
            .into_iter()
            .filter_map(|(name, is_on)| (!is_on).then_some(name))
            .collect();
    if off.is_empty() {
        return Finding::good(subject, "fsync and full_page_writes are on");
    }
    let remedy: Vec<String> =
        off.iter().map(|name| format!("ALTER SYSTEM SET {name} = on;")).collect();
    Finding::bad(
        subject,
        format!("off: {}. A node that loses its power can lose everything", off.join(", ")),
        format!("{} SELECT pg_reload_conf(); (on every node)", remedy.join(" ")),
    )
}

fn wal_level(settings: &SettingFacts) -> Option<Finding> {
    (settings.wal_level == "minimal").then(|| {
        Finding::bad(
            "WAL",
            "wal_level is minimal: no standby can follow",
            "ALTER SYSTEM SET wal_level = replica; and start the engine again",
        )
    })
}

/// Relais sets it for itself; others that write to the same tables do not.
fn commit(settings: &SettingFacts, role: &str) -> Finding {
    let (subject, found) = ("synchronous_commit", &settings.synchronous_commit);
    if WAITING.contains(&found.as_str()) {
        return Finding::good(subject, found.as_str());
    }
    Finding::notice(
        subject,
        format!(
            "{found}: Relais sets it to on for itself; what you change by hand is not on a standby when it is answered"
        ),
        format!("ALTER ROLE {role} SET synchronous_commit = on;"),
    )
}

fn isolation(settings: &SettingFacts, role: &str) -> Option<Finding> {
    (settings.isolation != "read committed").then(|| {
        Finding::bad(
            "Isolation",
            format!(
                "transactions are {} by default: copies would be refused where two servers meet",
                settings.isolation
            ),
            format!("ALTER ROLE {role} SET default_transaction_isolation = 'read committed';"),
        )
    })
}

fn connections(settings: &SettingFacts, facts: &Facts) -> Finding {
    let subject = "Connections";
    let servers = u32::try_from(facts.servers.len()).unwrap_or(u32::MAX).max(facts.wanted_servers);
    let needed = servers.saturating_mul(PER_SERVER);
    let free = settings.max_connections.saturating_sub(settings.foreign_connections);
    if let Some(own) = settings.own_connections.filter(|own| *own < needed) {
        let role = quoted(&facts.connection.role);
        return Finding::bad(
            subject,
            format!("the role or its database may have {own}; {servers} servers need {needed}"),
            format!(
                "ALTER ROLE {role} CONNECTION LIMIT -1; ALTER DATABASE {} CONNECTION LIMIT -1;",
                quoted(&facts.connection.database)
            ),
        );
    }
    let text = format!(
        "{servers} servers need {needed}; {} of {} are others'",
        settings.foreign_connections, settings.max_connections
    );
    if free < needed {
        let least = settings.foreign_connections.saturating_add(needed).saturating_add(10);
        let remedy = format!(
            "ALTER SYSTEM SET max_connections = {least}; and start the engine again, standbys first"
        );
        Finding::bad(subject, text, remedy)
    } else {
        Finding::good(subject, text)
    }
}

fn limits(settings: &SettingFacts, role: &str) -> Vec<Finding> {
    let subject = "Time limits";
    let off = |name: &str| format!("ALTER ROLE {role} SET {name} = 0;");
    let statements = settings.statement_limits.iter().map(|(name, limit)| {
        Finding::bad(
            subject,
            format!("{name} is {limit} ms: a commit that waits for a standby is ended, and may be on one machine only"),
            off(name),
        )
    });
    let others = settings.other_limits.iter().map(|(name, limit)| {
        Finding::notice(
            subject,
            format!("{name} is {limit} ms: connections or changes are ended that do no harm"),
            off(name),
        )
    });
    let mut findings: Vec<Finding> = statements.chain(others).collect();
    if findings.is_empty() {
        findings.push(Finding::good(subject, "none for our role"));
    }
    findings
}
