//! What `relais cluster check` says of each engine that an administrator may set up: the safe ones are good, and
//! what would lose mail is named.

use std::time::Duration;

use cluster::check::{
    CommitFacts, ConnectionFacts, Facts, Finding, Manager, ReplicationFacts, ServerFacts,
    SettingFacts, Standby, Stray, Tables, Verdict, is_safe, judge,
};

/// Three nodes as the guide has them, with nothing to say of them.
fn trio() -> Facts {
    Facts {
        connection: ConnectionFacts {
            hosts: 3,
            is_local: false,
            tls: Some("TLSv1.3".to_owned()),
            clock_ahead_ms: 20,
            round_trip_ms: 2,
            role: "relais".to_owned(),
            is_superuser: false,
            database: "relais".to_owned(),
            may_make_tables: true,
        },
        settings: SettingFacts {
            version: 150_018,
            encoding: "UTF8".to_owned(),
            fsync: true,
            full_page_writes: true,
            synchronous_commit: "on".to_owned(),
            wal_level: "replica".to_owned(),
            isolation: "read committed".to_owned(),
            max_connections: 97,
            own_connections: None,
            foreign_connections: 3,
            statement_limits: Vec::new(),
            other_limits: Vec::new(),
        },
        replication: ReplicationFacts {
            synchronous_standby_names: "ANY 1 (s1, s2)".to_owned(),
            standbys: vec![standby("s1", "quorum"), standby("s2", "quorum")],
            sees_standbys: true,
            manager: Manager::PatroniWith { synchronous: true, strict: true },
        },
        commit: CommitFacts::Answered {
            median: Duration::from_millis(3),
            worst: Duration::from_millis(9),
            warned: false,
        },
        tables: Tables::Format(1),
        servers: vec![server("MBX01"), server("MBX02")],
        strays: Vec::new(),
        wanted_servers: 3,
    }
}

fn standby(name: &str, sync: &str) -> Standby {
    Standby {
        name: name.to_owned(),
        state: Some("streaming".to_owned()),
        sync: Some(sync.to_owned()),
        lag_bytes: Some(0),
    }
}

fn server(name: &str) -> ServerFacts {
    ServerFacts {
        name: name.to_owned(),
        version: "0.8.0".to_owned(),
        silent_for: 0,
        fenced: false,
        messages: 4,
    }
}

fn set_up(change: impl FnOnce(&mut Facts)) -> Vec<Finding> {
    let mut facts = trio();
    change(&mut facts);
    judge(&facts)
}

/// What is not good about it, with what to type.
fn amiss(change: impl FnOnce(&mut Facts)) -> Vec<(Verdict, &'static str, String)> {
    let findings = set_up(change);
    let said = findings.into_iter().filter(|finding| finding.verdict != Verdict::Good);
    said.map(|found| {
        assert!(!found.remedy.is_empty(), "{found:?} does not say what to type");
        (found.verdict, found.subject, format!("{}\n{}", found.text, found.remedy))
    })
    .collect()
}

/// Exactly this is amiss, in these words among others.
#[track_caller]
fn only(verdict: Verdict, subject: &str, words: &[&str], change: impl FnOnce(&mut Facts)) {
    let found = amiss(change);
    assert_eq!(found.len(), 1, "one thing of {subject}: {found:?}");
    let (is, of, text) = &found[0];
    assert_eq!((*is, *of), (verdict, subject), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} in {text:?}");
    }
}

use Verdict::{Bad, Notice};

#[test]
fn the_set_ups_of_the_guide_are_good() {
    let findings = set_up(|_| {});
    assert!(findings.iter().all(|f| f.verdict == Verdict::Good), "{findings:?}");
    assert!(is_safe(&findings));
    // Patroni names one of them.
    let one = |facts: &mut Facts| {
        facts.replication.synchronous_standby_names = "\"pg-2\"".to_owned();
        facts.replication.standbys = vec![standby("pg-2", "sync"), standby("pg-3", "async")];
    };
    assert_eq!(amiss(one), []);
    // Servers and engine on one machine, and tables that are not there yet.
    let first = |facts: &mut Facts| {
        (facts.connection.tls, facts.connection.is_local) = (None, true);
        (facts.tables, facts.servers) = (Tables::None, Vec::new());
    };
    assert_eq!(amiss(first), []);
    // By hand: good, and who promotes is reminded of how.
    let by_hand = |facts: &mut Facts| facts.replication.manager = Manager::Unknown;
    only(Notice, "Fail-over", &["the one that has more", "pg_last_wal_receive_lsn"], by_hand);
    assert!(is_safe(&set_up(by_hand)));
}

#[test]
fn what_is_not_redundant_is_refused() {
    let names = |names: &'static str, manager: Manager| {
        move |facts: &mut Facts| {
            facts.replication.synchronous_standby_names = names.to_owned();
            facts.replication.manager = manager;
        }
    };
    for anybody in ["*", "ANY 1 (*)", "FIRST 1 (*)"] {
        let found = amiss(names(anybody, Manager::Unknown));
        let (verdict, subject, text) = &found[0];
        assert_eq!((*verdict, *subject), (Bad, "Redundancy"), "{anybody}");
        assert!(text.contains(anybody) && text.contains("'ANY 1 (s1, s2)'"), "{text}");
    }
    let found = amiss(names("", Manager::Unknown));
    assert!(found[0].0 == Bad && found[0].2.contains("asynchronous"), "{found:?}");
    let alone = |facts: &mut Facts| {
        names("", Manager::Unknown)(facts);
        facts.replication.standbys.clear();
    };
    let found = amiss(alone);
    assert!(found[0].0 == Bad && found[0].2.contains("a single node"), "{found:?}");
    let found = amiss(names("ANY 1 (s1", Manager::Unknown));
    assert!(found[0].0 == Bad && found[0].2.contains("not understood"), "{found:?}");
    // Each of two is waited for: none may be away.
    let found = amiss(names("FIRST 2 (s1, s2)", Manager::Unknown));
    assert!(found[0].0 == Notice && found[0].2.contains("when one of them is away"), "{found:?}");
}

#[test]
fn patroni_has_to_be_strict() {
    let manager = |manager: Manager| move |facts: &mut Facts| facts.replication.manager = manager;
    let strict = "synchronous_mode_strict=true";
    let with = |synchronous, strict| Manager::PatroniWith { synchronous, strict };
    only(
        Bad,
        "Fail-over",
        &["without synchronous_mode_strict", strict],
        manager(with(true, false)),
    );
    only(Bad, "Fail-over", &["without synchronous_mode:", strict], manager(with(false, true)));
    only(Notice, "Fail-over", &["--patroni"], manager(Manager::Patroni));
    let silent = Manager::PatroniSilent("no answer".to_owned());
    only(Bad, "Fail-over", &["no answer"], manager(silent));
    // Strict and without a standby, it has commits wait for whoever comes.
    only(Bad, "Redundancy", &["no synchronous standby", "patronictl list"], |facts| {
        facts.replication.synchronous_standby_names = "*".to_owned();
    });
}

#[test]
fn standbys_are_looked_at() {
    only(Bad, "Standbys", &["s2 is not connected", "application_name=s2"], |facts| {
        facts.replication.standbys.pop();
    });
    only(Notice, "Standbys", &["s2: catchup", "32 MB"], |facts| {
        let second = &mut facts.replication.standbys[1];
        second.state = Some("catchup".to_owned());
        second.lag_bytes = Some(32 << 20);
    });
    only(Bad, "Standbys", &["s1: streaming"], |facts| {
        facts.replication.standbys[0].lag_bytes = Some(2 << 30);
    });
    only(Notice, "Standbys", &["may not see", "GRANT pg_monitor"], |facts| {
        facts.replication.sees_standbys = false;
        for standby in &mut facts.replication.standbys {
            (standby.state, standby.sync, standby.lag_bytes) = (None, None, None);
        }
    });
}

#[test]
fn each_setting_has_its_line() {
    only(Bad, "Version", &["14.9 is too old"], |facts| facts.settings.version = 140_009);
    only(Bad, "Disk", &["fsync = on", "full_page_writes = on"], |facts| {
        (facts.settings.fsync, facts.settings.full_page_writes) = (false, false);
    });
    only(Bad, "WAL", &["minimal"], |facts| facts.settings.wal_level = "minimal".to_owned());
    only(Bad, "Encoding", &["SQL_ASCII", "ENCODING 'UTF8'"], |facts| {
        facts.settings.encoding = "SQL_ASCII".to_owned();
    });
    only(Notice, "synchronous_commit", &["local", "ALTER ROLE relais"], |facts| {
        facts.settings.synchronous_commit = "local".to_owned();
    });
    only(Bad, "Isolation", &["serializable"], |facts| {
        facts.settings.isolation = "serializable".to_owned();
    });
    only(Bad, "Time limits", &["statement_timeout is 30000 ms", "= 0;"], |facts| {
        facts.settings.statement_limits = vec![("statement_timeout".to_owned(), 30_000)];
    });
    only(Notice, "Time limits", &["ALTER ROLE \"Mail\" SET idle_session_timeout = 0;"], |facts| {
        facts.connection.role = "Mail".to_owned();
        facts.settings.other_limits = vec![("idle_session_timeout".to_owned(), 60_000)];
    });
}

#[test]
fn connections_are_counted() {
    // Three servers: 18.
    let room = |most, foreign| {
        move |facts: &mut Facts| {
            facts.settings.max_connections = most;
            facts.settings.foreign_connections = foreign;
        }
    };
    assert_eq!(amiss(room(20, 2)), []);
    only(Bad, "Connections", &["3 servers need 18", "max_connections = 31;"], room(20, 3));
    only(Bad, "Connections", &["30 servers need 180"], |facts| facts.wanted_servers = 30);
    only(Bad, "Connections", &["may have 10", "CONNECTION LIMIT"], |facts| {
        facts.settings.own_connections = Some(10);
    });
}

#[test]
fn the_connection_is_looked_at() {
    only(Bad, "Connection", &["not protected", "hostssl"], |facts| facts.connection.tls = None);
    only(Notice, "Hosts", &["host=pg1,pg2,pg3"], |facts| facts.connection.hosts = 1);
    only(Notice, "Clock", &["6.0 s behind", "set-ntp"], |facts| {
        facts.connection.clock_ahead_ms = -6_010;
    });
    only(Bad, "Clock", &["90.0 s ahead of"], |facts| facts.connection.clock_ahead_ms = 90_000);
    // A slow answer says nothing of the clock.
    assert_eq!(
        amiss(|facts| {
            (facts.connection.clock_ahead_ms, facts.connection.round_trip_ms) = (6_000, 2_000);
        }),
        []
    );
    only(Bad, "Role", &["GRANT CREATE ON DATABASE relais TO relais;"], |facts| {
        facts.connection.may_make_tables = false;
    });
    only(Notice, "Role", &["superuser"], |facts| facts.connection.is_superuser = true);
    only(Bad, "Tables", &["of format 9"], |facts| facts.tables = Tables::Format(9));
    only(Bad, "Tables", &["GRANT ALL ON ALL TABLES"], |facts| facts.tables = Tables::Forbidden);
}

#[test]
fn a_commit_must_be_answered_soon_and_without_a_warning() {
    let answered = |median, warned| {
        move |facts: &mut Facts| {
            let (median, worst) = (Duration::from_millis(median), Duration::from_secs(2));
            facts.commit = CommitFacts::Answered { median, worst, warned };
        }
    };
    only(Notice, "Commit", &["80.0 ms", "every client waits"], answered(80, false));
    only(Bad, "Commit", &["1500.0 ms"], answered(1500, false));
    only(Bad, "Commit", &["warned"], answered(3, true));
    only(Bad, "Commit", &["not answered in 8 seconds"], |facts| {
        facts.commit = CommitFacts::Silent(Duration::from_secs(8));
    });
    only(Notice, "Commit", &["denied", "GRANT EXECUTE"], |facts| {
        facts.commit = CommitFacts::Untried("denied".to_owned());
    });
}

#[test]
fn nothing_of_the_servers_is_left_to_itself() {
    let second = |silent_for, messages, fenced| {
        move |facts: &mut Facts| {
            let second = &mut facts.servers[1];
            (second.silent_for, second.messages, second.fenced) = (silent_for, messages, fenced);
        }
    };
    only(Notice, "Server", &["MBX02", "20 s ago", "take over now"], second(20, 5, false));
    only(Bad, "Server", &["should have taken over"], second(300, 5, true));
    only(Notice, "Server", &["0 messages"], second(300, 0, true));
    let none_lives = amiss(|facts| {
        second(300, 0, true)(facts);
        facts.servers[0].silent_for = 3;
    });
    assert!(
        none_lives[0].0 == Bad && none_lives[0].2.contains("no server lives"),
        "{none_lives:?}"
    );
    only(Notice, "Versions", &["0.8.0 and 0.8.1"], |facts| {
        facts.servers[1].version = "0.8.1".to_owned();
    });
    let stray = |name: Option<&str>| {
        let stray = Stray { owner: 7, name: name.map(str::to_owned), messages: 3 };
        move |facts: &mut Facts| facts.strays = vec![stray]
    };
    only(Notice, "Left behind", &["an earlier MBX09"], stray(Some("MBX09")));
    only(Bad, "Left behind", &["spool 7", "INSERT INTO relais.former"], stray(None));
}
