//! From one server to several and back (docs/several-servers.md), one command each, with mail flowing: nothing is
//! refused, nothing is lost, and no secret stands where it does not belong.

use std::{
    collections::BTreeSet,
    fs,
    net::Ipv4Addr,
    path::Path,
    time::{Duration, Instant},
};

use end_to_end::{
    ADMIN_PASSWORD, ADMINISTRATOR, Ledger, Letter, NameServer, Postgres, Relais, SECOND, SOON,
    Settings, Sink, Smtp, address, message, until,
};
use serde_json::{Value, json};
use spool::Spool;

use crate::world::PORT;

const SENDER: &str = "stranger@elsewhere.example";
const THIRD: &str = "MBX03";
/// What the engine asks nobody for here.
const PASSWORD: &str = "the engine's Secret 5";
/// How long what is left may take.
const DRAINED: Duration = Duration::from_secs(60);
/// How soon the mail of a server that is lost is another's, on a busy machine.
const TAKEN_OVER: Duration = Duration::from_secs(60);

/// One server that sends to `a.test`, an engine, and a host that takes the mail.
struct World {
    engine: Postgres,
    first: Relais,
    sink: Sink,
    dns: NameServer,
}

impl World {
    fn start() -> Self {
        let host: Ipv4Addr = address();
        let records = [format!("mail A {host}"), "a MX 10 mail".to_owned()];
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let dns = NameServer::start(address(), &records);
        let first = Relais::relaying(settings(&dns, "MBX01"));
        first.send_connector("A", "a.test", PORT);
        first.run(
            "Set-TransportService",
            json!({ "Identity": "MBX01", "MaxConnectionRatePerMinute": 1_000_000 }),
        );
        Self { engine: Postgres::start(), first, sink: Sink::start(host, PORT), dns }
    }

    fn enable(&self) {
        let engine = json!({ "Engine": self.engine.connection(), "Password": PASSWORD });
        self.first.run("Enable-Cluster", engine);
    }

    fn token(&self) -> String {
        let made = self.first.run("New-JoinToken", json!({})).remove(0);
        assert_eq!(made["Url"], self.first.url());
        made["Token"].as_str().expect("a token").to_owned()
    }

    /// A server that has joined and runs.
    fn joined(&self, name: &'static str) -> Relais {
        let mut server = Relais::unstarted(settings(&self.dns, name));
        let (good, text) = join(&server, &self.first.url(), &self.token(), &[]);
        assert!(good && text.contains("has joined"), "{text}");
        server.resume();
        server
    }

    fn status(&self) -> Vec<Value> {
        self.first.run("Get-ClusterStatus", json!({}))
    }

    fn wait_for_living(&self, names: &[&str]) {
        until("the servers know of each other", SOON, || {
            let rows = self.status();
            let living: Vec<&str> = rows
                .iter()
                .filter(|row| row["Lives"] == true)
                .filter_map(|row| row["Server"].as_str())
                .collect();
            (living == names).then_some(())
        });
    }

    /// Waits until the last heartbeat has seen nobody else.
    fn wait_to_be_alone(&self) {
        until("there is one server", SOON, || {
            (names(&self.status(), "Server") == ["MBX01"]).then_some(())
        });
    }

    fn wait_for_redundancy(&self) {
        until("all that is here is in the engine", SOON, || {
            self.status().iter().any(|row| row["Redundancy"] == "Redundant").then_some(())
        });
    }

    /// Everything that was accepted has arrived.
    fn reconcile(&self, ledger: &Ledger) {
        let accepted = ledger.accepted();
        until("all that was accepted has arrived", DRAINED, || {
            let received = self.sink.received();
            let numbers: BTreeSet<usize> =
                received.iter().filter_map(|m| Ledger::number_in(&m.text())).collect();
            accepted.keys().all(|number| numbers.contains(number)).then_some(())
        });
    }
}

fn settings(dns: &NameServer, server: &'static str) -> Settings {
    Settings { server, dns: Some(dns.address()), ..Settings::default() }
}

fn join(server: &Relais, url: &str, token: &str, more: &[&str]) -> (bool, String) {
    let (config, data) = (server.config(), server.data());
    let mut arguments = vec!["join", url, "--config", text(&config), "--data", text(&data)];
    arguments.extend(more);
    server.command(&arguments, &[("RELAIS_JOIN_TOKEN", token)])
}

/// `relais` does something with a running server, as its administrator.
fn manage(server: &Relais, arguments: &[&str]) -> (bool, String) {
    let (url, data) = (server.url(), server.data());
    let mut all = arguments.to_vec();
    all.extend(["--server", &url, "--data", text(&data)]);
    server.command(&all, &[("RELAIS_USER", ADMINISTRATOR), ("RELAIS_PASSWORD", ADMIN_PASSWORD)])
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn letters(number: usize) -> Letter {
    Letter {
        from: format!("s{number}@elsewhere.example"),
        to: format!("u{number}@a.test"),
        size: number * 37 % 20_000,
    }
}

/// Mail that nothing carries: it waits in Unreachable.
fn leave_waiting(server: &Relais, count: usize) {
    for number in 0..count {
        let to = format!("u{number}@nowhere.test");
        let reply = Smtp::hello(server.relay()).deliver(SENDER, &[&to], &message(SENDER, &to, "w"));
        assert_eq!(reply.code, 250, "{reply:?}");
    }
    until("they wait", SOON, || (server.messages().len() == count).then_some(()));
}

fn names(rows: &[Value], property: &str) -> Vec<String> {
    rows.iter().filter_map(|row| row[property].as_str().map(str::to_owned)).collect()
}

#[test]
fn one_server_becomes_two_and_one_again_while_mail_flows() {
    let mut world = World::start();
    let ledger = Ledger::new();
    let senders = ledger.send(world.first.relay(), 3, letters);
    let more = |count: usize| {
        let enough = ledger.count() + count;
        until("mail flows", SOON, || (ledger.count() >= enough).then_some(()));
    };
    more(50);
    let mut smtp = Smtp::hello(world.first.relay());
    world.enable();
    let reply = smtp.deliver(SENDER, &["open@a.test"], &message(SENDER, "open@a.test", "open"));
    assert_eq!(reply.code, 250, "a session goes on: {reply:?}");
    more(50);
    world.wait_for_redundancy();
    let row = world.status().remove(0);
    assert_eq!((&row["Engine"], &row["IsThisServer"]), (&json!("Reachable"), &json!(true)));
    let again = json!({ "Engine": world.engine.connection() });
    assert_eq!(world.first.try_run("Enable-Cluster", again).unwrap_err().status, 409);

    // A wrong token, then the right one, then the same again.
    let token = world.token();
    let end = if token.ends_with('A') { "B" } else { "A" };
    let wrong = format!("{}{end}", &token[..token.len() - 5]) + &token[token.len() - 4..];
    let mut second = Relais::unstarted(settings(&world.dns, SECOND));
    let (good, said) = join(&second, &world.first.url(), &wrong, &[]);
    assert!(!good && said.contains("not valid"), "{said}");
    let (good, said) = join(&second, &world.first.url(), &token, &[]);
    assert!(good, "{said}");
    let third = Relais::unstarted(settings(&world.dns, THIRD));
    let (good, said) = join(&third, &world.first.url(), &token, &[]);
    assert!(!good && said.contains("not valid"), "{said}");
    second.resume();
    world.wait_for_living(&["MBX01", SECOND]);
    more(50);

    // What is changed on one the other sees at once, and the other way round.
    let comment = json!({ "Identity": "A", "Comment": "changed on the second" });
    second.run("Set-SendConnector", comment);
    let changed = Instant::now();
    until("the first sees it", Duration::from_secs(2), || {
        let seen = world.first.run("Get-SendConnector", json!({})).remove(0);
        (seen["Comment"] == "changed on the second").then_some(())
    });
    println!("seen {:?} after the change", changed.elapsed());

    // It leaves, but not while it is a source; what waits there the first gets.
    second.make_relay();
    leave_waiting(&second, 5);
    let both = json!({ "Identity": "A", "SourceTransportServers": ["MBX01", SECOND] });
    world.first.run("Set-SendConnector", both);
    until("the second knows", SOON, || {
        let seen = second.run("Get-SendConnector", json!({})).remove(0);
        (seen["SourceTransportServers"].as_array().map(Vec::len) == Some(2)).then_some(())
    });
    let (good, said) = manage(&second, &["leave"]);
    assert!(!good && said.contains("source of the Send connector \"A\""), "{said}");
    let removal = json!({ "Identity": SECOND });
    let refused = world.first.try_run("Remove-Server", removal.clone()).unwrap_err();
    assert_eq!((refused.status, refused.field("id")), (409, "SV-02"));
    let one = json!({ "Identity": "A", "SourceTransportServers": ["MBX01"] });
    second.run("Set-SendConnector", one);
    let refused = until("the first knows", SOON, || {
        let refused = world.first.try_run("Remove-Server", removal.clone()).unwrap_err();
        (refused.field("id") != "SV-02").then_some(refused)
    });
    assert!(refused.field("detail").contains("lives"), "{refused}");
    let refused = world.first.try_run("Disable-Cluster", json!({})).unwrap_err();
    assert!(refused.field("detail").contains(SECOND), "{refused}");
    let (good, said) = manage(&second, &["leave"]);
    assert!(good && said.contains("Others take 5 messages over"), "{said}");
    second.wait_for_end();
    assert!(!second.data().join("keys/data.key").exists());
    world.first.wait_for_unreachable(5);
    world.wait_to_be_alone();
    assert_eq!(names(&world.first.run("Get-ExchangeServer", json!({})), "Name"), ["MBX01"]);
    more(50);

    // Back to one machine.
    world.first.run("Disable-Cluster", json!({}));
    more(50);
    senders.stop();
    assert!(ledger.refused().is_empty(), "{:?}", ledger.refused());
    world.reconcile(&ledger);
    for table in ["object", "audit", "message", "server", "former", "engine"] {
        let left = world.engine.sql(&format!("SELECT count(*) FROM relais.{table}"));
        assert_eq!(left, "0", "{table}");
    }
    no_secrets(&world, &second, &token);
    world.engine.stop();
    world.first.stop();
    let spool = Spool::open(&world.first.data().join("spool")).expect("the spool");
    assert_eq!((spool.incarnation().unwrap(), spool.alone().unwrap()), (None, 0));
    drop(spool);
    assert!(!world.first.data().join("engine.json").exists());
    world.first.resume();
    let seen = world.first.run("Get-SendConnector", json!({})).remove(0);
    assert_eq!(seen["Comment"], "changed on the second");
    world.first.run("Set-SendConnector", json!({ "Identity": "A", "Comment": "alone" }));
    world.first.wait_for_unreachable(5);
}

/// Token, password and data key stand in no log, and nowhere in clear where something else is written.
fn no_secrets(world: &World, second: &Relais, token: &str) {
    let key = fs::read_to_string(world.first.data().join("keys/data.key")).expect("the data key");
    let key = key.trim().trim_start_matches("v1:");
    for server in [&world.first, second] {
        let log = server.log();
        for secret in [token, PASSWORD, key] {
            assert!(!log.contains(secret), "{} logs a secret", server.name());
        }
        for file in ["directory.db", "directory.db-wal", "engine.json"] {
            let content = fs::read(server.data().join(file)).unwrap_or_default();
            for secret in [token, PASSWORD, key] {
                let found = content.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "{file} of {} holds a secret", server.name());
            }
        }
    }
}

#[test]
fn an_engine_that_cannot_be_had_changes_nothing() {
    let mut world = World::start();
    let nowhere = format!("host={} port=5432 user=relais dbname=relais", address());
    let away = world.first.try_run("Enable-Cluster", json!({ "Engine": nowhere })).unwrap_err();
    assert_eq!(away.status, 503, "{away}");
    // The database of another organization.
    let other = Relais::relaying(settings(&world.dns, "OTHER1"));
    other.run("Enable-Cluster", json!({ "Engine": world.engine.connection() }));
    let occupied = json!({ "Engine": world.engine.connection() });
    let occupied = world.first.try_run("Enable-Cluster", occupied).unwrap_err();
    assert_eq!(occupied.status, 409, "{occupied}");
    assert!(occupied.field("detail").contains("Contoso"), "{occupied}");
    assert!(!world.first.data().join("engine.json").exists());
    assert_eq!(world.status().remove(0)["Engine"], "None");
    assert_eq!(other.run("Get-ClusterStatus", json!({})).remove(0)["Engine"], "Reachable");
    // It works on, and starts again.
    world.first.run("Set-SendConnector", json!({ "Identity": "A", "Comment": "alone" }));
    let to = "u1@a.test";
    let reply =
        Smtp::hello(world.first.relay()).deliver(SENDER, &[to], &message(SENDER, to, "one"));
    assert_eq!(reply.code, 250);
    world.sink.wait_for(1, SOON);
    world.first.stop();
    world.first.resume();
    world.first.run("Set-SendConnector", json!({ "Identity": "A", "Comment": "still alone" }));
}

#[test]
fn what_was_stopped_on_its_way_goes_on_from_where_it_got() {
    let mut world = World::start();
    world.enable();
    world.wait_for_redundancy();
    let path = world.first.data().join("engine.json");
    let under_way = |path: &Path| {
        let text = fs::read_to_string(path).expect("engine.json");
        text.replace("\"shared\"", "\"moving\"")
    };
    // The directory is on the engine: that is where it goes on.
    world.first.stop();
    let moving = under_way(&path);
    fs::write(&path, &moving).expect("engine.json");
    world.first.resume();
    world.wait_for_redundancy();
    assert!(fs::read_to_string(&path).expect("engine.json").contains("shared"));
    // It is back: the server is alone, and its spool too.
    world.first.run("Disable-Cluster", json!({}));
    world.first.stop();
    fs::write(&path, &moving).expect("engine.json");
    world.first.resume();
    assert_eq!(world.status().remove(0)["Engine"], "None");
    assert!(!path.exists());
    // And there again.
    world.enable();
    world.wait_for_redundancy();
}

#[test]
fn a_server_that_is_lost_is_removed_once_others_have_its_mail() {
    let world = World::start();
    world.enable();
    let mut second = world.joined(SECOND);
    second.make_relay();
    leave_waiting(&second, 3);
    // A front end: no Transport service of its own, so no connector for other servers.
    let front = Relais::unstarted(settings(&world.dns, "EDGE01"));
    let roles = ["--roles", "ClientAccess"];
    let (good, said) = join(&front, &world.first.url(), &world.token(), &roles);
    assert!(good, "{said}");
    let server = world.first.run("Get-ExchangeServer", json!({ "Identity": "EDGE01" })).remove(0);
    assert_eq!(
        (&server["IsMailboxServer"], &server["IsClientAccessServer"]),
        (&json!(false), &json!(true))
    );
    let connectors = world.first.run("Get-ReceiveConnector", json!({ "Server": "EDGE01" }));
    assert_eq!(connectors.len(), 3, "{connectors:?}");
    world.first.run("Remove-Server", json!({ "Identity": "EDGE01" }));

    world.wait_for_living(&["MBX01", SECOND]);
    second.kill();
    let removal = json!({ "Identity": SECOND });
    let refused = world.first.try_run("Remove-Server", removal.clone()).unwrap_err();
    assert!(refused.field("detail").contains("lives"), "{refused}");
    until("others have its mail, and it can be removed", TAKEN_OVER, || {
        world.first.try_run("Remove-Server", removal.clone()).ok()
    });
    world.first.wait_for_unreachable(3);
    world.wait_to_be_alone();
    let left = world.first.run("Get-ReceiveConnector", json!({}));
    assert!(names(&left, "Server").iter().all(|server| server == "MBX01"), "{left:?}");
    world.first.run("Disable-Cluster", json!({}));
}
