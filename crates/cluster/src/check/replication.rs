//! Whether a commit that was answered is on another machine, on which one, and whether that one becomes the
//! primary when this one fails.

mod names;

use std::time::Duration;

use names::{Names, parse};

use super::{CommitFacts, Facts, Finding, Manager, ReplicationFacts, Standby, connection};

/// WAL that a standby has not got.
const LAG_NOTICE: u64 = 16 << 20;
/// A standby that is so far behind is none.
const LAG_BAD: u64 = 1 << 30;
/// What a client's wait is prolonged by.
const SLOW: Duration = Duration::from_millis(50);
/// Near to what counts as silence.
const TOO_SLOW: Duration = Duration::from_secs(1);

const RELOAD: &str = "SELECT pg_reload_conf();";
const STRICT: &str =
    "patronictl edit-config --set synchronous_mode=true --set synchronous_mode_strict=true";
const GUIDE: &str = "docs/several-servers-operations.md, The engine";

pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let Facts { replication, commit, .. } = facts;
    let role = connection::quoted(&facts.connection.role);
    let mut findings = vec![redundancy(replication)];
    findings.extend(standbys(replication, &role));
    findings.push(manager(replication));
    findings.push(latency(commit, &role));
    findings
}

fn is_patroni(facts: &ReplicationFacts) -> bool {
    !matches!(facts.manager, Manager::Unknown)
}

/// What has commits wait for standbys: Patroni's matter where it is there.
fn wait_for(facts: &ReplicationFacts) -> String {
    if is_patroni(facts) {
        return STRICT.to_owned();
    }
    let mut known: Vec<&str> = facts.standbys.iter().map(|s| s.name.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let usable = known.len() > 1 && known.iter().all(|name| is_a_name(name));
    let names = if usable {
        known.iter().map(|name| names::quoted(name)).collect::<Vec<_>>().join(", ")
    } else {
        "s1, s2".to_owned()
    };
    format!("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({names})'; {RELOAD}")
}

/// What a standby calls itself when nobody gave it a name, which any other may do as well.
fn is_a_name(name: &str) -> bool {
    !name.is_empty() && !["walreceiver", "pg_receivewal", "pg_basebackup"].contains(&name)
}

fn redundancy(facts: &ReplicationFacts) -> Finding {
    let subject = "Redundancy";
    let setting = &facts.synchronous_standby_names;
    match parse(setting) {
        Some(Names::None) if facts.standbys.is_empty() => Finding::bad(
            subject,
            "none: a single node, and mail is lost with it",
            format!("make two standbys ({GUIDE}), then: {}", wait_for(facts)),
        ),
        Some(Names::None) => Finding::bad(
            subject,
            "none: replication is asynchronous, and a commit is answered before any standby has it",
            wait_for(facts),
        ),
        Some(Names::Anyone) if is_strict(facts) => Finding::bad(
            subject,
            "Patroni has no synchronous standby: commits wait until there is one",
            "patronictl list (a replica must be running and streaming)",
        ),
        Some(Names::Anyone) => Finding::bad(
            subject,
            format!(
                "none to rely on: '{setting}' takes anybody for a standby, a backup that runs too, and who is promoted may be another"
            ),
            wait_for(facts),
        ),
        Some(Names::These { count, names }) => named(subject, facts, count, &names),
        None => Finding::bad(
            subject,
            format!("synchronous_standby_names '{setting}' is not understood"),
            wait_for(facts),
        ),
    }
}

fn is_strict(facts: &ReplicationFacts) -> bool {
    matches!(facts.manager, Manager::PatroniWith { synchronous: true, strict: true })
}

/// Commits wait for some of those that are named.
fn named(
    subject: &'static str,
    facts: &ReplicationFacts,
    count: usize,
    names: &[String],
) -> Finding {
    let text = format!("a commit is on {count} of {} before it is answered", names.join(", "));
    if count >= names.len() && !is_patroni(facts) {
        let text = format!("{text}; when one of them is away nothing is redundant");
        return Finding::notice(subject, text, wait_for(facts));
    }
    Finding::good(subject, text)
}

/// Each standby that commits may wait for, and who else is connected.
fn standbys(facts: &ReplicationFacts, role: &str) -> Vec<Finding> {
    let subject = "Standbys";
    let wanted = match parse(&facts.synchronous_standby_names) {
        Some(Names::These { names, .. }) => names,
        _ => Vec::new(),
    };
    let of = |name: &String| facts.standbys.iter().find(|s| s.name.eq_ignore_ascii_case(name));
    let mut findings: Vec<Finding> = wanted
        .iter()
        .map(|name| match of(name) {
            Some(standby) => standing(standby),
            None => Finding::bad(
                subject,
                format!("{name} is not connected: the next failure is one too many"),
                format!("start it, with application_name={name} in its primary_conninfo; its log says why it does not come"),
            ),
        })
        .collect();
    if !facts.sees_standbys && !facts.standbys.is_empty() {
        let text = "our role may not see how they are";
        findings.push(Finding::notice(subject, text, format!("GRANT pg_monitor TO {role};")));
    }
    findings
}

fn standing(standby: &Standby) -> Finding {
    let (subject, name) = ("Standbys", &standby.name);
    let Some(state) = &standby.state else {
        return Finding::good(subject, format!("{name} is connected"));
    };
    let lag = standby.lag_bytes.unwrap_or(0);
    let sync = standby.sync.as_deref().unwrap_or("unknown");
    let text = format!("{name}: {state}, {sync}, {} behind", model::ByteSize::bytes(lag));
    let remedy = "look at its disk and network; until it has caught up it is no help";
    match (state.as_str(), sync) {
        _ if lag >= LAG_BAD => Finding::bad(subject, text, remedy),
        ("streaming", "sync" | "quorum" | "potential") if lag < LAG_NOTICE => {
            Finding::good(subject, text)
        }
        _ => Finding::notice(subject, text, remedy),
    }
}

fn manager(facts: &ReplicationFacts) -> Finding {
    let subject = "Fail-over";
    match &facts.manager {
        Manager::PatroniWith { synchronous: true, strict: true } => {
            Finding::good(subject, "Patroni, with synchronous_mode and synchronous_mode_strict")
        }
        Manager::PatroniWith { synchronous: true, strict: false } => Finding::bad(
            subject,
            "Patroni without synchronous_mode_strict: when the last standby goes, commits go on without one",
            STRICT,
        ),
        Manager::PatroniWith { synchronous: false, .. } => Finding::bad(
            subject,
            "Patroni without synchronous_mode: it may promote a standby that lacks what was answered",
            STRICT,
        ),
        Manager::Patroni => Finding::notice(
            subject,
            "Patroni; whether it is strict cannot be seen from here",
            "relais cluster check --patroni 10.0.0.1:8008 (a node's REST API), or: patronictl show-config",
        ),
        Manager::PatroniSilent(why) => Finding::bad(
            subject,
            format!("Patroni does not tell its configuration: {why}"),
            "name a node's REST API: --patroni 10.0.0.1:8008",
        ),
        Manager::Unknown => Finding::notice(
            subject,
            "no manager is seen: whoever promotes a standby must see all of them and take the one that has more",
            "SELECT pg_last_wal_receive_lsn(); on each standby, then promote the higher one; or let Patroni do it",
        ),
    }
}

fn latency(commit: &CommitFacts, role: &str) -> Finding {
    let subject = "Commit";
    let remedy = "look at the disks of the engine (pg_test_fsync) and at the way between its nodes";
    match commit {
        CommitFacts::Answered { warned: true, .. } => Finding::bad(
            subject,
            "the engine warned while it committed: what it answers may not be on a standby",
            "its log has the warning",
        ),
        CommitFacts::Answered { median, worst, .. } => {
            let millis = |time: &Duration| time.as_secs_f64() * 1000.0;
            let text = format!("{:.1} ms, at worst {:.1} ms", millis(median), millis(worst));
            match median {
                slow if *slow >= TOO_SLOW => Finding::bad(subject, text, remedy),
                slow if *slow >= SLOW => Finding::notice(
                    subject,
                    format!("{text}: every client waits so much longer"),
                    remedy,
                ),
                _ => Finding::good(subject, text),
            }
        }
        CommitFacts::Silent(limit) => Finding::bad(
            subject,
            format!("not answered in {} seconds: no standby confirms it", limit.as_secs()),
            "start the standbys that synchronous_standby_names names",
        ),
        CommitFacts::Untried(why) => Finding::notice(
            subject,
            format!("could not be measured: {why}"),
            format!(
                "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) TO {role};"
            ),
        ),
    }
}
