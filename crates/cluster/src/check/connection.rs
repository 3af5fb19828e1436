//! How the engine is reached, and what our role may do there.

use super::{ConnectionFacts, Facts, Finding, Tables};
use crate::{GRACE, schema::FORMAT};

/// A clock that is so far off is wrong, not merely unsteady.
const CLOCK_BAD_MS: u64 = 60_000;

pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let connection = &facts.connection;
    let standbys = facts.replication.standbys.len();
    let mut findings = vec![protection(connection)];
    findings.extend(hosts(connection, standbys));
    findings.extend([clock(connection), rights(connection), tables(connection, &facts.tables)]);
    findings
}

fn protection(facts: &ConnectionFacts) -> Finding {
    let subject = "Connection";
    match &facts.tls {
        Some(version) => Finding::good(subject, format!("protected by {version}")),
        None if facts.is_local => Finding::good(subject, "not protected, and on this machine"),
        None => Finding::bad(
            subject,
            "not protected: whoever is between can read mail and change it",
            "ssl = on in postgresql.conf, hostssl in pg_hba.conf, and no sslmode=disable in the connection string",
        ),
    }
}

/// A single host is a single host, unless it stands for several.
fn hosts(facts: &ConnectionFacts, standbys: usize) -> Option<Finding> {
    (facts.hosts == 1 && standbys > 0).then(|| {
        Finding::notice(
            "Hosts",
            "the connection string names one host: after a fail-over nobody finds the primary, unless the name moves with it",
            "name all nodes: host=pg1,pg2,pg3 port=5432,5432,5432",
        )
    })
}

fn clock(facts: &ConnectionFacts) -> Finding {
    let subject = "Clock";
    let off = facts.clock_ahead_ms.unsigned_abs();
    // What the way there and back hides is no difference.
    let sure = off.saturating_sub(facts.round_trip_ms.unsigned_abs());
    let (seconds, side) =
        (off as f64 / 1000.0, if facts.clock_ahead_ms < 0 { "behind" } else { "ahead of" });
    let text = format!("the engine's clock is {seconds:.1} s {side} this machine's");
    let remedy = "timedatectl set-ntp true (on this machine and on every node of the engine)";
    if sure >= CLOCK_BAD_MS {
        Finding::bad(subject, text, remedy)
    } else if u128::from(sure) >= GRACE.as_millis() {
        Finding::notice(subject, text, remedy)
    } else {
        Finding::good(subject, text)
    }
}

fn rights(facts: &ConnectionFacts) -> Finding {
    let (subject, role) = ("Role", &facts.role);
    if !facts.may_make_tables {
        return Finding::bad(
            subject,
            format!("{role} may not make or change the schema relais in {}", facts.database),
            format!(
                "GRANT CREATE ON DATABASE {0} TO {1}; where the schema is there already: ALTER SCHEMA relais OWNER TO {1};",
                quoted(&facts.database),
                quoted(role)
            ),
        );
    }
    if facts.is_superuser {
        return Finding::notice(
            subject,
            format!("{role} is a superuser, which Relais does not need"),
            "CREATE ROLE relais LOGIN PASSWORD '…'; CREATE DATABASE relais OWNER relais ENCODING 'UTF8' TEMPLATE template0;",
        );
    }
    Finding::good(subject, format!("{role} may make the tables in {}", facts.database))
}

fn tables(connection: &ConnectionFacts, tables: &Tables) -> Finding {
    let (subject, role) = ("Tables", quoted(&connection.role));
    match tables {
        Tables::None => {
            Finding::good(subject, "there are none yet; the first server that uses it makes them")
        }
        Tables::Format(FORMAT) => Finding::good(subject, format!("of format {FORMAT}")),
        Tables::Format(found) => Finding::bad(
            subject,
            format!("of format {found}; this version knows {FORMAT}"),
            "install the version of Relais that the other servers have",
        ),
        Tables::Forbidden => Finding::bad(
            subject,
            format!("{role} may not use all of them"),
            format!(
                "GRANT USAGE, CREATE ON SCHEMA relais TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA relais TO {role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA relais TO {role};"
            ),
        ),
    }
}

/// A name as SQL takes it whatever is in it.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
