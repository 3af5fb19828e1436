//! `relais cluster check` against real engines: what is safe is good, what is not is named with what to type, and
//! what it says to type helps.

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Command,
    time::Duration,
};

use end_to_end::{Organization, Postgres, Relais, SOON, Settings, Smtp, message, program, until};

/// A lease ends, and its grace.
const LEASE: Duration = Duration::from_secs(40);

/// What it says, and whether nothing is wrong.
fn check(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program())
        .args(["cluster", "check"])
        .args(arguments)
        .env_remove("RELAIS_ENGINE_PASSWORD")
        .output()
        .expect("relais cluster check");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    (output.status.success(), said)
}

/// Of an engine.
fn check_engine(nodes: &[&Postgres]) -> (bool, String) {
    check(&["--engine", &Postgres::connection_to(nodes)])
}

/// The lines that are not good, and what to type.
fn amiss(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with("good ")).collect();
    lines.join("\n")
}

#[track_caller]
fn says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word:?} in\n{said}");
    }
}

#[test]
fn a_single_node_is_not_redundant() {
    let node = Postgres::start();
    let (is_good, said) = check_engine(&[&node]);
    assert!(!is_good);
    says(
        &said,
        &[
            "BAD     Redundancy: none: a single node",
            "BAD     Disk: off: fsync, full_page_writes",
            "ALTER SYSTEM SET fsync = on; ALTER SYSTEM SET full_page_writes = on;",
            "good    Version: PostgreSQL 15.",
            "good    Encoding: UTF8",
            "good    Connection: not protected, and on this machine",
            "good    Tables: there are none yet",
            "good    Commit: ",
        ],
    );

    // What our role lacks, and what is set for it.
    node.administer("CREATE ROLE stranger LOGIN CONNECTION LIMIT 5");
    node.administer("ALTER ROLE stranger SET statement_timeout = '30s'");
    node.administer("ALTER ROLE stranger SET idle_session_timeout = '1h'");
    node.administer("ALTER ROLE stranger SET synchronous_commit = off");
    let connection = node.connection().replace("user=relais", "user=stranger");
    let (is_good, said) = check(&["--engine", &connection]);
    assert!(!is_good);
    says(
        &said,
        &[
            "BAD     Role: stranger may not make or change the schema relais",
            "GRANT CREATE ON DATABASE relais TO stranger;",
            "BAD     Time limits: statement_timeout is 30000 ms",
            "ALTER ROLE stranger SET statement_timeout = 0;",
            "notice  Time limits: idle_session_timeout is 3600000 ms",
            "notice  synchronous_commit: off",
            "BAD     Connections: the role or its database may have 5; 3 servers need 18",
        ],
    );

    let (is_good, said) = check(&["--engine", &node.connection(), "--servers", "40"]);
    assert!(!is_good && said.contains("BAD     Connections: 40 servers need 240"), "{said}");
    let (is_good, said) = check(&["--engine", "host=127.0.0.1 port=1 user=relais"]);
    assert!(!is_good && said.contains("BAD     Engine: the engine cannot be reached"), "{said}");
    let (is_good, said) = check(&["--engine", "host=pg.example user=relais sslmode=wrong"]);
    assert!(!is_good && said.contains("BAD     Engine: the connection string"), "{said}");
}

#[test]
fn a_synchronous_trio_is_redundant_until_something_of_it_is_missing() {
    let [primary, first, mut second] = Postgres::trio();
    let all = |second: &Postgres| check_engine(&[&primary, &first, second]);
    let (is_good, said) = all(&second);
    assert!(is_good, "{said}");
    says(
        &said,
        &[
            "good    Redundancy: a commit is on 1 of s1, s2 before it is answered",
            "good    Standbys: s1 is connected",
            "notice  Standbys: our role may not see how they are",
            "notice  Fail-over: no manager is seen",
        ],
    );

    // What it says to type helps.
    primary.administer("GRANT pg_monitor TO relais");
    let (_, said) = all(&second);
    says(&said, &["good    Standbys: s1: streaming, quorum, ", "good    Standbys: s2: streaming"]);
    assert!(!amiss(&said).contains("Standbys"), "{said}");

    for (names, words) in [
        ("ANY 1 (*)", "BAD     Redundancy: none to rely on: 'ANY 1 (*)' takes anybody"),
        ("FIRST 1 (*)", "BAD     Redundancy: none to rely on: 'FIRST 1 (*)'"),
        ("", "BAD     Redundancy: none: replication is asynchronous"),
    ] {
        primary.want_standbys(names);
        until(words, SOON, || all(&second).1.contains(words).then_some(()));
        let (is_good, said) = all(&second);
        assert!(!is_good, "{said}");
        says(&said, &["ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (s1, s2)'"]);
    }
    primary.want_standbys("ANY 1 (s1, s2)");
    until("it is good again", SOON, || all(&second).0.then_some(()));

    second.kill();
    until("it is missed", SOON, || {
        let (is_good, said) = all(&second);
        let is_missed = said.contains("BAD     Standbys: s2 is not connected");
        (!is_good && is_missed && said.contains("good    Commit: ")).then_some(())
    });
    // The other one does not answer either: a commit waits for nobody.
    first.halt();
    let (is_good, said) = all(&second);
    assert!(!is_good);
    says(&said, &["BAD     Commit: not answered in 8 seconds"]);
    // And the one that was tried does not stay.
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    until("nothing waits", SOON, || (primary.sql(waiting) == "0").then_some(()));
    first.go_on();
}

fn metrics(relais: &Relais) -> String {
    relais.http("GET", "/metrics", None, None).1
}

/// Patroni's REST API, as far as it is asked: answers once.
fn patroni(config: &'static str) -> (String, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind((end_to_end::address(), 8008)).expect("an address");
    let address = listener.local_addr().expect("an address").to_string();
    let answer = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut asked = [0; 1024];
        let length = stream.read(&mut asked).expect("a question");
        let asked = String::from_utf8_lossy(&asked[..length]);
        assert!(asked.starts_with("GET /config HTTP/1.0\r\n"), "{asked}");
        let answer = format!("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{config}");
        stream.write_all(answer.as_bytes()).expect("an answer");
    });
    (address, answer)
}

#[test]
fn patroni_is_asked_whether_it_is_strict() {
    let node = Postgres::start();
    for (config, words) in [
        (
            r#"{"synchronous_mode": true, "synchronous_mode_strict": true}"#,
            "good    Fail-over: Patroni, with",
        ),
        (
            r#"{"ttl": 30, "synchronous_mode": "quorum"}"#,
            "BAD     Fail-over: Patroni without synchronous_mode_strict",
        ),
    ] {
        let (address, answered) = patroni(config);
        let (_, said) = check(&["--engine", &node.connection(), "--patroni", &address]);
        answered.join().expect("it was asked");
        says(&said, &[words]);
    }
    let (_, said) = check(&["--engine", &node.connection(), "--patroni", "127.0.0.1:1"]);
    says(&said, &["BAD     Fail-over: Patroni does not tell its configuration: 127.0.0.1:1"]);
}

#[test]
fn a_server_is_checked_by_its_data_directory_and_nothing_is_left_to_itself() {
    let mut organization =
        Organization::start(vec![Postgres::start_with(&[])], 2, Settings::default(), |_| {});
    let data = organization.servers[0].data();
    let data = data.to_str().expect("a path").to_owned();
    let of_server = || check(&["--data", &data]).1;
    says(
        &of_server(),
        &[
            "good    Tables: of format 1",
            "good    Server: MBX01 lives (version ",
            "good    Server: MBX02 lives (version ",
        ],
    );
    // A role that may do nothing with the tables, until what is said is typed.
    organization.primary().administer("CREATE ROLE stranger LOGIN");
    let stranger = organization.primary().connection().replace("user=relais", "user=stranger");
    let of_stranger = || check(&["--engine", &stranger]).1;
    let said = of_stranger();
    says(&said, &["BAD     Role: stranger may not", "BAD     Tables: stranger may not use all of"]);
    let grants = said.lines().find_map(|line| Some(line.split_once("GRANT USAGE, ")?.1));
    organization.sql(&format!("GRANT USAGE, {}", grants.expect("what to type")));
    let said = of_stranger();
    says(&said, &["good    Role: stranger may", "good    Tables: of format 1", "MBX01 lives"]);

    until("the engine has what is here", SOON, || {
        let found = metrics(&organization.servers[0]);
        let is_there = |line: &str| found.lines().any(|found| found.starts_with(line));
        (is_there("relais_engine_away 0") && is_there("relais_engine_behind 0")).then_some(())
    });
    let (sender, to) = ("a@elsewhere.example", "b@nowhere.test");
    let reply = Smtp::hello(organization.servers[0].relay()).deliver(
        sender,
        &[to],
        &message(sender, to, "a copy"),
    );
    assert_eq!(reply.code, 250, "{reply:?}");
    let found = metrics(&organization.servers[0]);
    for line in [
        "relais_shadow_copied_messages_total 1",
        "relais_shadow_unprotected_messages_total 0",
        "relais_taken_over_messages_total 0",
        "relais_fenced_total 0",
    ] {
        assert!(found.lines().any(|found| found.starts_with(line)), "{line} in\n{found}");
    }
    let beat = found.lines().find_map(|line| {
        line.strip_prefix("relais_engine_heartbeat_age_seconds ")?.parse::<f64>().ok()
    });
    assert!(beat.is_some_and(|age| age < 10.0), "{beat:?}");

    // Messages of a spool that no server has, until what is said is typed.
    organization.sql(
        "INSERT INTO relais.message (owner, id, record, content, progress) \
         SELECT 77, id, record, content, progress FROM relais.message LIMIT 1",
    );
    let said = of_server();
    says(&said, &["BAD     Left behind: 1 messages of spool 77, which is no server's"]);
    let typed = said.split("INSERT INTO").nth(1).and_then(|rest| rest.split(';').next());
    organization.sql(&format!("INSERT INTO{}", typed.expect("what to type")));
    until("it has an owner", SOON, || (!of_server().contains("spool 77")).then_some(()));
    until("it is counted", SOON, || {
        let taken = |server: &Relais| {
            metrics(server)
                .lines()
                .any(|line| line.starts_with("relais_taken_over_messages_total 1"))
        };
        organization.servers.iter().any(taken).then_some(())
    });

    organization.servers[1].kill();
    until("it is missed", LEASE, || {
        of_server().contains("Server: MBX02 has not been heard of since").then_some(())
    });
    let key = format!("{data}/keys/data.key");
    std::fs::rename(&key, format!("{key}.away")).expect("the key");
    says(&of_server(), &["data.key is missing"]);
    std::fs::rename(format!("{key}.away"), &key).expect("the key");
}
