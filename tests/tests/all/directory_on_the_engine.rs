//! The directory on PostgreSQL: the suite of every store, and what several servers make of it.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use cluster::{Engine, EngineDirectory, EngineSettings, follow};
use directory::{Audit, Directory, DirectoryError, SendConnector};
use end_to_end::{
    DIRECTORY_SUITE, DirectoryPlace, Postgres, SOON, audit, connector, create, found, remove,
    until, update,
};
use model::{ManualClock, Timestamp};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch};
use vault::DataKey;

/// One server's file, and an engine if there is one.
struct Server {
    folder: TempDir,
    clock: Arc<ManualClock>,
    engine: Option<Engine>,
}

impl Server {
    fn new(engine: Option<&Engine>) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        Self { folder: tempfile::tempdir().unwrap(), clock, engine: engine.cloned() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("directory.db")
    }

    fn open(&self) -> Result<Directory, DirectoryError> {
        self.open_with(DataKey::ephemeral())
    }
}

impl DirectoryPlace for Server {
    fn open_with(&self, key: DataKey) -> Result<Directory, DirectoryError> {
        match &self.engine {
            None => Directory::open(&self.file(), key, self.clock.clone()),
            Some(engine) => {
                Directory::open_on_engine(&self.file(), key, self.clock.clone(), store(engine))
            }
        }
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}

/// The tables on an engine; one that is silent for two seconds is away.
fn store(engine: &Engine) -> Arc<EngineDirectory> {
    Arc::new(EngineDirectory::with_patience(engine.clone(), Duration::from_secs(2)).unwrap())
}

fn prepared(connection: &str) -> Engine {
    let engine = Engine::new(EngineSettings::new(connection, None, None).unwrap());
    runtime().block_on(engine.prepare()).unwrap();
    engine
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// An organization with two servers.
fn two_servers(engine: &Engine) -> [(Server, Directory); 2] {
    let servers = [Server::new(Some(engine)), Server::new(Some(engine))];
    found(&servers[0].open().unwrap());
    servers.map(|server| {
        let directory = server.open().unwrap();
        (server, directory)
    })
}

fn has(directory: &Directory, name: &str) -> bool {
    directory.snapshot().send_connector(name).is_some()
}

fn cmdlets(directory: &Directory) -> Vec<String> {
    let log = directory.audit_log(100).unwrap();
    log.into_iter().map(|record| record.audit.cmdlet).collect()
}

#[test]
fn the_embedded_store_does_what_every_store_does() {
    for (name, test) in DIRECTORY_SUITE {
        eprintln!("{name}");
        test(&Server::new(None));
    }
}

#[test]
fn the_engine_does_what_every_store_does() {
    let postgres = Postgres::start();
    for (name, test) in DIRECTORY_SUITE {
        eprintln!("{name}");
        let engine = prepared(&postgres.connection());
        test(&Server::new(Some(&engine)));
        postgres.sql("DROP SCHEMA relais CASCADE");
    }
}

#[test]
fn servers_hear_of_each_others_changes_and_work_on_without_the_engine() {
    let mut postgres = Postgres::start();
    let engine = prepared(&postgres.connection());
    let [(_a, first), (_b, second)] = two_servers(&engine);
    let runtime = runtime();
    let (_seen, beats) = watch::channel(0);
    runtime.spawn(follow(engine.clone(), second.clone(), beats));
    let hears = |name: &str| {
        let begun = Instant::now();
        until("the other server has it", SOON, || has(&second, name).then_some(()));
        begun.elapsed()
    };
    first.apply(vec![create(connector("Before"))], audit()).unwrap();
    hears("Before");
    // It listens by now.
    first.apply(vec![create(connector("Out"))], audit()).unwrap();
    let took = hears("Out");
    assert!(took < Duration::from_secs(1), "within a second, and not {took:?}");
    assert_eq!(second.snapshot().send_connectors, first.snapshot().send_connectors);
    let header = second.snapshot().send_connector("Before").unwrap().header.clone();
    second.apply(vec![remove(&header)], audit()).unwrap();
    first.refresh().unwrap();
    assert!(!has(&first, "Before"), "what was removed is gone elsewhere");

    let late = Server::new(Some(&engine));
    drop(late.open().unwrap());
    postgres.kill();
    let refused = first.apply(vec![create(connector("New"))], audit()).unwrap_err();
    let sentence = "the directory is read-only while the engine cannot be reached: ";
    assert!(refused.to_string().starts_with(sentence), "{refused}");
    assert!(matches!(first.audit_log(1), Err(DirectoryError::Unreachable(_))));
    assert!(has(&first, "Out") && has(&second, "Out"));
    let new = Server::new(Some(&engine)).open();
    assert!(matches!(new, Err(DirectoryError::Unreachable(_))), "{new:?}");
    let restarted = late.open().unwrap();
    assert!(has(&restarted, "Out"), "a start without the engine");
    assert!(matches!(restarted.apply(Vec::new(), audit()), Err(DirectoryError::ReadOnly(_))));

    postgres.revive();
    first.apply(vec![create(connector("New"))], audit()).unwrap();
    hears("New");
    restarted.apply(vec![create(connector("Restarted"))], audit()).unwrap();
    assert!(has(&restarted, "New"));
    hears("Restarted");
}

#[test]
fn who_asks_for_the_revision_learns_without_notifications() {
    let postgres = Postgres::start();
    let engine = prepared(&postgres.connection());
    let [(_a, first), (_b, second)] = two_servers(&engine);
    let runtime = runtime();
    let (seen, beats) = watch::channel(0);
    runtime.spawn(follow(engine, second.clone(), beats));
    // Nobody is told of what is written here.
    postgres.sql("UPDATE relais.object SET revision = 2, json = replace(json, 'Jean', 'Anna') WHERE name = 'Jean'");
    postgres.sql("UPDATE relais.revision SET number = 2");
    seen.send(2).unwrap();
    until("it is seen", SOON, || second.snapshot().mailbox("Anna").map(drop));
    // Where only the connection was lost, too.
    postgres.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'relais directory%'",
    );
    assert_eq!(first.apply(vec![create(connector("Out"))], audit()).unwrap(), 3);
    until("it is heard", SOON, || has(&second, "Out").then_some(()));
}

#[test]
fn changes_at_the_same_time_follow_each_other() {
    let postgres = Postgres::start();
    let engine = prepared(&postgres.connection());
    let servers = two_servers(&engine);
    std::thread::scope(|scope| {
        for (at, (_, directory)) in servers.iter().enumerate() {
            scope.spawn(move || {
                for number in 0..10 {
                    let new = connector(&format!("Server {at} number {number}"));
                    directory.apply(vec![create(new)], audit()).unwrap();
                }
            });
        }
    });
    let [(_a, first), (_b, second)] = servers;
    for directory in [&first, &second] {
        assert_eq!(directory.refresh().unwrap(), 21);
        assert_eq!(directory.snapshot().send_connectors.len(), 20);
    }
    let revisions: Vec<u64> =
        first.audit_log(20).unwrap().iter().map(|record| record.revision).collect();
    assert_eq!(revisions, (2..=21).rev().collect::<Vec<_>>());

    let read = SendConnector::clone(&first.snapshot().send_connectors[0]);
    first.apply(vec![update(read.clone())], audit()).unwrap();
    let late = second.apply(vec![update(read)], audit());
    assert!(matches!(late, Err(DirectoryError::Conflict { .. })), "{late:?}");
    let read = SendConnector::clone(&second.snapshot().send_connectors[0]);
    assert_eq!(read.header.version, 2);
    second.apply(vec![update(read)], audit()).unwrap();
}

#[test]
fn what_an_earlier_version_lacks_is_added_once() {
    let postgres = Postgres::start();
    let engine = prepared(&postgres.connection());
    drop(two_servers(&engine));
    postgres.sql("DELETE FROM relais.object WHERE class = 'RemoteDomain'");
    postgres.sql("UPDATE relais.revision SET number = 2");
    let opened = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let server = Server::new(Some(&engine));
                assert_eq!(server.open().unwrap().snapshot().remote_domains.len(), 1);
                opened.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    assert_eq!(opened.into_inner(), 4);
    assert_eq!(postgres.sql("SELECT count(*) FROM relais.audit WHERE cmdlet = 'upgrade'"), "1");
}

#[test]
fn moved_to_the_engine_and_back() {
    let mut postgres = Postgres::start();
    let engine = prepared(&postgres.connection());
    let server = Server::new(None);
    let directory = server.open().unwrap();
    found(&directory);
    let named = |name: &str| Audit { cmdlet: name.to_owned(), ..audit() };
    directory.apply(vec![create(connector("Out"))], named("Before")).unwrap();
    for _ in 0..600 {
        directory.apply(Vec::new(), named("Again")).unwrap();
    }
    let before = directory.snapshot();
    directory.move_to_engine(store(&engine)).unwrap();
    assert!(matches!(server.open(), Err(DirectoryError::IsCopy { .. })));

    let other = Server::new(Some(&engine));
    let joined = other.open().unwrap();
    assert_eq!(joined.snapshot().send_connectors, before.send_connectors);
    assert_eq!(joined.snapshot().revision, 2);
    let log = joined.audit_log(1000).unwrap();
    assert_eq!(log.len(), 602);
    assert_eq!(log.last().unwrap().audit.cmdlet, "Install");
    joined.apply(vec![create(connector("Other"))], named("Elsewhere")).unwrap();

    // Another organization's server joins; it cannot move its own here.
    let alone = Server::new(None);
    let guest = alone.open().unwrap();
    found(&guest);
    let occupied = guest.move_to_engine(store(&engine)).unwrap_err();
    assert!(matches!(occupied, DirectoryError::Occupied { .. }), "{occupied}");
    guest.join(store(&engine)).unwrap();
    assert!(has(&guest, "Other"));

    assert!(directory.back_to_embedded().unwrap());
    postgres.stop();
    assert!(has(&directory, "Other"));
    assert_eq!(directory.apply(vec![create(connector("Own"))], named("Own")).unwrap(), 4);
    assert_eq!(cmdlets(&directory)[..3], ["Own", "Elsewhere", "Again"]);
    assert_eq!(directory.audit_log(1000).unwrap().len(), 604);
    assert!(!guest.back_to_embedded().unwrap(), "nothing can be brought back");
    drop(directory);
    assert!(has(&server.open().unwrap(), "Own"));
}

#[test]
fn a_commit_that_the_engine_does_not_vouch_for_may_have_happened() {
    let postgres = Postgres::start();
    let engine = prepared(&postgres.connection());
    let [(_a, first), (_b, second)] = two_servers(&engine);
    postgres.want_missing_standby("s1");
    // No standby is there: the commit waits until its administrator cancels the wait.
    let waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' \
                   AND application_name = 'relais directory'";
    let cancelled = std::thread::scope(|scope| {
        let change = scope.spawn(|| first.apply(vec![create(connector("Out"))], audit()));
        until("the commit waits", SOON, || {
            (postgres.sql(&format!("SELECT count(*) {waiting}")) == "1").then_some(())
        });
        postgres.sql(&format!("SELECT pg_cancel_backend(pid) {waiting}"));
        change.join().unwrap()
    });
    assert!(matches!(cancelled, Err(DirectoryError::InDoubt(_))), "{cancelled:?}");
    second.refresh().unwrap();
    assert!(has(&second, "Out"), "it is there all the same");

    // Nobody cancels it: no server waits for ever, and what becomes of the change is not known.
    let silent = second.apply(vec![create(connector("Silent"))], audit());
    assert!(matches!(silent, Err(DirectoryError::InDoubt(_))), "{silent:?}");
    // As long as the change is on its way there is no other.
    let refused = first.apply(vec![create(connector("Next"))], audit());
    assert!(matches!(refused, Err(DirectoryError::ReadOnly(_))), "{refused:?}");
    postgres.want_standbys("");
    until("changes are possible again", SOON, || {
        first.apply(vec![create(connector("Next"))], audit()).ok()
    });
    assert!(has(&first, "Silent"));
}

#[test]
fn whether_a_change_was_made_is_found_out_after_its_connection_was_lost() {
    let postgres = Postgres::start();
    let engine = prepared(&postgres.connection());
    let [(_a, first), (_b, second)] = two_servers(&engine);
    let ours = "FROM pg_stat_activity WHERE application_name = 'relais directory'";
    let lose = |wait: &str| {
        until("it waits", SOON, || {
            let terminate =
                format!("SELECT count(pg_terminate_backend(pid)) {ours} AND wait_event = '{wait}'");
            (postgres.sql(&terminate) == "1").then_some(())
        });
    };
    // While it waits for a standby its connection ends: it is committed, and nobody said so.
    postgres.want_missing_standby("s1");
    let made = std::thread::scope(|scope| {
        let change = scope.spawn(|| first.apply(vec![create(connector("Made"))], audit()));
        lose("SyncRep");
        postgres.want_standbys("");
        change.join().unwrap()
    });
    assert_eq!(made.unwrap(), 2);
    second.refresh().unwrap();
    assert!(has(&second, "Made"));
    assert_eq!(first.audit_log(10).unwrap().len(), 2, "once");

    // An engine that stops where it is does not hold up anybody for longer than there is patience.
    postgres.halt();
    let begun = Instant::now();
    let refused = second.apply(vec![create(connector("New"))], audit());
    assert!(matches!(refused, Err(DirectoryError::ReadOnly(_))), "{refused:?}");
    assert!(begun.elapsed() < SOON);
    assert!(has(&second, "Made"));
    postgres.go_on();
    until("changes are possible again", SOON, || {
        second.apply(vec![create(connector("New"))], audit()).ok()
    });
}
