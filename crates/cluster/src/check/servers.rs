//! Relais's own servers on the engine: who lives, and messages that nobody looks after.

use super::{Facts, Finding, ServerFacts, Stray};
use crate::{BEAT, GRACE};

/// So long after a lease's end its messages should have found another owner.
const TAKEN_OVER: u64 = GRACE.as_secs() + 30;

pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let living = facts.servers.iter().filter(|server| lives(server)).count();
    let mut findings: Vec<Finding> =
        facts.servers.iter().map(|server| of(server, living)).collect();
    findings.extend(facts.strays.iter().map(|stray| left(stray, living)));
    findings.extend(versions(&facts.servers));
    findings
}

fn lives(server: &ServerFacts) -> bool {
    server.silent_for == 0 && !server.fenced
}

fn of(server: &ServerFacts, living: usize) -> Finding {
    let subject = "Server";
    let ServerFacts { name, version, silent_for, messages, .. } = server;
    if lives(server) {
        return Finding::good(
            subject,
            format!("{name} lives (version {version}), {messages} messages"),
        );
    }
    let since = if server.fenced && *silent_for == 0 {
        "has lost its place".to_owned()
    } else {
        format!("has not been heard of since its lease ended {silent_for} s ago")
    };
    let text = format!("{name} {since}, {messages} messages");
    let start = format!("systemctl start relais (on {name})");
    match (messages, living) {
        (0, _) => Finding::notice(
            subject,
            text,
            format!("{start}; where it is gone for good its messages are the others' already"),
        ),
        (_, 0) => Finding::bad(
            subject,
            format!("{text} that nobody can take over: no server lives"),
            start,
        ),
        _ if *silent_for <= TAKEN_OVER => Finding::notice(
            subject,
            format!("{text} that others take over now"),
            "ask again in a minute",
        ),
        _ => Finding::bad(
            subject,
            format!("{text} that others should have taken over"),
            format!("{start}; the others' logs say why they do not (journalctl -u relais)"),
        ),
    }
}

fn left(stray: &Stray, living: usize) -> Finding {
    let subject = "Left behind";
    let Stray { owner, name, messages } = stray;
    match name {
        Some(name) if living > 0 => Finding::notice(
            subject,
            format!("{messages} messages of an earlier {name}, which others take over now"),
            "ask again in a minute",
        ),
        Some(name) => Finding::bad(
            subject,
            format!("{messages} messages of an earlier {name}: no server lives to take them over"),
            "systemctl start relais (on any server)",
        ),
        None => Finding::bad(
            subject,
            format!(
                "{messages} messages of spool {owner}, which is no server's: nobody sends them"
            ),
            format!(
                "where no server has that spool: INSERT INTO relais.former (incarnation, name) VALUES ({owner}, 'unknown'); \
                 within {} seconds a server takes them over",
                BEAT.as_secs() * 2
            ),
        ),
    }
}

fn versions(servers: &[ServerFacts]) -> Option<Finding> {
    let mut versions: Vec<&str> =
        servers.iter().filter(|s| lives(s)).map(|server| server.version.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    (versions.len() > 1).then(|| {
        Finding::notice(
            "Versions",
            format!(
                "the servers have {}: an upgrade that is not finished?",
                versions.join(" and ")
            ),
            "upgrade the others, one after the other",
        )
    })
}
