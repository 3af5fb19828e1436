//! Several servers on one store. The store here is a file that can be away; the real one is tested
//! end to end.

use std::sync::atomic::AtomicBool;

use super::*;

/// What is done before a commit, once.
type Before = Box<dyn FnOnce() + Send>;

/// A store for several servers.
struct Engine {
    database: Database,
    is_away: AtomicBool,
    /// The next commit is made and not answered.
    is_in_doubt: AtomicBool,
    before: Mutex<Option<Before>>,
    _folder: tempfile::TempDir,
}

impl Engine {
    fn new() -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("engine.db")).unwrap();
        database.become_copy(None, 0).unwrap();
        Arc::new(Self {
            database,
            is_away: AtomicBool::new(false),
            is_in_doubt: AtomicBool::new(false),
            before: Mutex::new(None),
            _folder: folder,
        })
    }

    /// A server's directory, on this store.
    fn open(self: &Arc<Self>, place: &Place) -> Result<Directory, DirectoryError> {
        Directory::open_on_engine(
            &place.file(),
            DataKey::ephemeral(),
            place.clock.clone(),
            self.clone(),
        )
    }

    /// The organization, with two servers.
    fn started() -> (Arc<Self>, [(Place, Directory); 2]) {
        let engine = Self::new();
        let (first, second) = (Place::new(), Place::new());
        let directory = engine.open(&first).unwrap();
        directory.apply(first_objects(&first_start()), Audit::system("Install")).unwrap();
        let other = engine.open(&second).unwrap();
        (engine, [(first, directory), (second, other)])
    }

    fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    fn reached(&self) -> Result<&Database, StoreError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::Unreachable("nobody answers".to_owned()));
        }
        Ok(&self.database)
    }
}

impl Store for Engine {
    fn read(&self) -> Result<Content, StoreError> {
        self.reached()?.read()
    }

    fn read_since(&self, revision: u64) -> Result<News, StoreError> {
        self.reached()?.read_since(revision)
    }

    fn commit(&self, commit: &Commit) -> Result<(), StoreError> {
        let before = self.before.lock().take();
        if let Some(before) = before {
            before();
        }
        self.reached()?.commit(commit)?;
        if self.is_in_doubt.swap(false, Ordering::SeqCst) {
            return Err(StoreError::InDoubt("lost".to_owned()));
        }
        Ok(())
    }

    fn audit_log(&self, limit: usize) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.reached()?.audit_log(limit)
    }
}

impl SharedStore for Engine {
    fn audit_after(&self, id: u64, limit: usize) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        let mut rows = self.audit_log(usize::MAX)?;
        rows.reverse();
        Ok(rows.into_iter().filter(|(known, _)| *known > id).take(limit).collect())
    }

    fn fill(&self, content: Content, audit: Vec<AuditRow>) -> Result<u64, StoreError> {
        let database = self.reached()?;
        if !database.read()?.objects.is_empty() {
            return Err(StoreError::Outdated);
        }
        database.follow(content.revision, &content.objects, &[])?;
        let numbered: Vec<_> = (1..).zip(audit).collect();
        database.take_audit(&numbered)?;
        Ok(numbered.last().map_or(0, |(id, _)| *id))
    }
}

fn has(directory: &Directory, name: &str) -> bool {
    directory.snapshot().send_connector(name).is_some()
}

fn cmdlets(directory: &Directory) -> Vec<String> {
    let log = directory.audit_log(100).unwrap();
    log.into_iter().map(|record| record.audit.cmdlet).collect()
}

#[test]
fn servers_see_each_others_changes() {
    let (_engine, [(_a, first), (_b, second)]) = Engine::started();
    let told = second.subscribe();
    assert_eq!(first.apply(vec![create(connector("Out"))], audit()).unwrap(), 2);
    assert!(!has(&second, "Out") && !told.has_changed().unwrap());
    assert_eq!(second.refresh_to(1).unwrap(), 1, "what is known costs nothing");
    assert_eq!(second.refresh_to(2).unwrap(), 2);
    assert!(has(&second, "Out") && told.has_changed().unwrap());
    assert_eq!(second.snapshot().send_connectors, first.snapshot().send_connectors);
    let header = second.snapshot().send_connector("Out").unwrap().header.clone();
    second.apply(vec![remove(&header)], audit()).unwrap();
    first.refresh().unwrap();
    assert!(!has(&first, "Out"));
    assert_eq!(cmdlets(&first), ["New-SendConnector", "New-SendConnector", "Install"]);
}

#[test]
fn who_loses_a_race_plans_again() {
    let (engine, [(_a, first), (_b, second)]) = Engine::started();
    let (racer, name) = (first.clone(), connector("A"));
    *engine.before.lock() = Some(Box::new(move || {
        racer.apply(vec![create(name)], audit()).unwrap();
    }));
    assert_eq!(second.apply(vec![create(connector("B"))], audit()).unwrap(), 3);
    assert!(has(&second, "A") && has(&second, "B"));
    // A record alone wants the right revision too.
    first.apply(Vec::new(), audit()).unwrap();
    assert_eq!(first.audit_log(1).unwrap()[0].revision, 3);
}

#[test]
fn versions_decide_what_a_conflict_is() {
    let (_engine, [(_a, first), (_b, second)]) = Engine::started();
    first.apply(vec![create(connector("Out"))], audit()).unwrap();
    second.refresh().unwrap();
    let read = SendConnector::clone(second.snapshot().send_connector("Out").unwrap());
    first.apply(vec![update(read.clone())], audit()).unwrap();
    let late = second.apply(vec![update(read)], audit());
    assert!(matches!(late, Err(DirectoryError::Conflict { class: Class::SendConnector, .. })));
    // Its directory is up to date by that.
    let present = SendConnector::clone(second.snapshot().send_connector("Out").unwrap());
    assert_eq!(present.header.version, 2);
    second.apply(vec![remove(&present.header)], audit()).unwrap();
    // The other one still has it, and asks before it refuses.
    assert!(has(&first, "Out"));
    first.apply(vec![create(connector("Out"))], audit()).unwrap();
    assert_eq!(broken(second.apply(vec![create(connector("Out"))], audit())), "SC-01");
}

#[test]
fn without_the_engine_the_directory_is_read_only() {
    let (engine, [(place, first), (_b, second)]) = Engine::started();
    first.apply(vec![create(connector("Out"))], audit()).unwrap();
    engine.set_away(true);
    let refused = first.apply(vec![create(connector("New"))], audit()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the directory is read-only while the engine cannot be reached: nobody answers"
    );
    assert!(matches!(first.refresh(), Err(DirectoryError::Unreachable(_))));
    assert!(matches!(first.audit_log(1), Err(DirectoryError::Unreachable(_))));
    assert!(has(&first, "Out") && !has(&first, "New"));
    // What would break a rule might not: that is not known either.
    let refused = first.apply(vec![create(connector("Out"))], audit());
    assert!(matches!(refused, Err(DirectoryError::ReadOnly(_))));
    drop(first);

    // A start without it.
    let first = engine.open(&place).unwrap();
    assert!(has(&first, "Out"));
    assert!(matches!(first.apply(Vec::new(), audit()), Err(DirectoryError::ReadOnly(_))));
    assert!(matches!(engine.open(&Place::new()), Err(DirectoryError::Unreachable(_))));

    engine.set_away(false);
    second.apply(vec![create(connector("Meanwhile"))], audit()).unwrap();
    first.refresh().unwrap();
    assert!(has(&first, "Meanwhile"));
    first.apply(vec![create(connector("New"))], audit()).unwrap();
}

#[test]
fn a_change_in_doubt_is_seen_when_it_was_made() {
    let (engine, [(_a, first), _]) = Engine::started();
    engine.is_in_doubt.store(true, Ordering::SeqCst);
    let doubtful = first.apply(vec![create(connector("Out"))], audit()).unwrap_err();
    assert!(matches!(doubtful, DirectoryError::InDoubt(_)), "{doubtful}");
    assert!(!has(&first, "Out"));
    first.apply(vec![create(connector("Next"))], audit()).unwrap();
    assert!(has(&first, "Out") && has(&first, "Next"));
}

#[test]
fn an_engine_that_was_set_back_is_believed() {
    let (engine, [(_a, first), _]) = Engine::started();
    let backup = engine.database.read().unwrap();
    first.apply(vec![create(connector("Out"))], audit()).unwrap();
    engine.database.replace(&backup).unwrap();
    assert_eq!(first.refresh().unwrap(), 1);
    assert!(!has(&first, "Out"));
}

#[test]
fn what_is_a_copy_and_what_is_not_is_not_mistaken() {
    let (engine, [(place, first), _]) = Engine::started();
    drop(first);
    let error = place.open().unwrap_err();
    assert!(matches!(error, DirectoryError::IsCopy { .. }), "{error}");
    let alone = Place::new();
    drop(alone.started());
    assert!(matches!(engine.open(&alone), Err(DirectoryError::NotCopy { .. })));
    drop(alone.open().unwrap());

    // Settings that lead to another engine.
    let empty = Engine::new();
    assert!(matches!(empty.open(&place), Err(DirectoryError::NoOrganization)));
    let (other, _servers) = Engine::started();
    assert!(matches!(other.open(&place), Err(DirectoryError::OtherOrganization { .. })));
    let first = engine.open(&place).unwrap();
    engine.database.replace(&other.database.read().unwrap()).unwrap();
    engine.database.follow(9, &[], &[]).unwrap();
    assert!(matches!(first.refresh(), Err(DirectoryError::OtherOrganization { .. })));
    assert_eq!(first.snapshot().revision, 1);
}

#[test]
fn a_copy_that_cannot_be_written_is_made_good() {
    let (engine, [(place, first), _]) = Engine::started();
    let sqlite = Connection::open(place.file()).unwrap();
    sqlite.execute("ALTER TABLE object RENAME TO hidden", []).unwrap();
    first.apply(vec![create(connector("Out"))], audit()).unwrap();
    assert!(has(&first, "Out"));
    sqlite.execute("ALTER TABLE hidden RENAME TO object", []).unwrap();
    first.refresh().unwrap();
    drop(first);
    engine.set_away(true);
    assert!(has(&engine.open(&place).unwrap(), "Out"));
}

#[test]
fn moved_to_the_engine_and_back() {
    let place = Place::new();
    let directory = place.started();
    directory.apply(vec![create(connector("Out"))], audit()).unwrap();
    let before = directory.snapshot();
    let engine = Engine::new();
    engine.set_away(true);
    assert!(matches!(
        directory.move_to_engine(engine.clone()),
        Err(DirectoryError::Unreachable(_))
    ));
    assert!(!directory.is_on_engine());
    engine.set_away(false);
    directory.move_to_engine(engine.clone()).unwrap();
    assert!(directory.is_on_engine());
    assert!(matches!(directory.move_to_engine(engine.clone()), Err(DirectoryError::OnEngine)));
    let second = Place::new();
    let other = engine.open(&second).unwrap();
    assert!(other.snapshot().is_same_as(&before), "versions and times too");
    assert_eq!(cmdlets(&other), ["New-SendConnector", "Install"]);
    let named = |name: &str| Audit { cmdlet: name.to_owned(), ..audit() };
    other.apply(vec![create(connector("Other"))], named("Elsewhere")).unwrap();
    assert_eq!(directory.apply(vec![create(connector("New"))], named("Here")).unwrap(), 4);

    other.apply(vec![create(connector("Last"))], named("Last")).unwrap();
    assert!(directory.back_to_embedded().unwrap());
    assert!(!directory.is_on_engine());
    assert!(matches!(directory.back_to_embedded(), Err(DirectoryError::NotOnEngine)));
    engine.set_away(true);
    assert!(has(&directory, "Last"));
    assert_eq!(directory.apply(vec![create(connector("Own"))], named("Own")).unwrap(), 6);
    drop(directory);
    let directory = place.open().unwrap();
    assert!(has(&directory, "Other") && has(&directory, "Own"));
    let expected = ["Own", "Last", "Here", "Elsewhere", "New-SendConnector", "Install"];
    assert_eq!(cmdlets(&directory), expected);
}

#[test]
fn back_without_the_engine_is_what_was_seen_last() {
    let (engine, [(place, first), (_b, second)]) = Engine::started();
    first.apply(vec![create(connector("Seen"))], audit()).unwrap();
    second.apply(vec![create(connector("Unseen"))], audit()).unwrap();
    engine.set_away(true);
    assert!(!first.back_to_embedded().unwrap());
    assert!(has(&first, "Seen") && !has(&first, "Unseen"));
    assert_eq!(first.apply(vec![create(connector("Own"))], audit()).unwrap(), 3);
    drop(first);
    assert!(has(&place.open().unwrap(), "Own"));
}

#[test]
fn an_interrupted_move_goes_on() {
    let place = Place::new();
    let directory = place.started();
    let engine = Engine::new();
    let filled = |engine: &Engine| {
        let own = directory.inner.file.read().unwrap();
        let log = directory.inner.file.audit_log(100).unwrap();
        engine.fill(own, log.into_iter().map(|(_, row)| row).collect()).unwrap();
    };
    filled(&engine);
    directory.move_to_engine(engine.clone()).unwrap();
    assert_eq!(cmdlets(&directory), ["Install"]);

    // The same with a new start in between.
    let place = Place::new();
    let directory = place.started();
    let engine = Engine::new();
    let own = directory.inner.file.read().unwrap();
    engine.fill(own, Vec::new()).unwrap();
    drop(directory);
    let directory = engine.open(&place).unwrap();
    assert!(directory.is_on_engine() && !directory.is_empty());
    assert!(matches!(place.open(), Err(DirectoryError::IsCopy { .. })));
}

#[test]
fn an_occupied_engine_is_joined_rather() {
    let (engine, [(_a, first), _]) = Engine::started();
    first.apply(vec![create(connector("Theirs"))], audit()).unwrap();
    let place = Place::new();
    let directory = place.started();
    directory.apply(vec![create(connector("Ours"))], audit()).unwrap();
    let occupied = directory.move_to_engine(engine.clone()).unwrap_err();
    assert!(occupied.to_string().contains("\"Contoso\""), "{occupied}");
    assert!(matches!(directory.join(Engine::new()), Err(DirectoryError::NoOrganization)));
    assert!(has(&directory, "Ours") && !directory.is_on_engine());

    let told = directory.subscribe();
    directory.join(engine.clone()).unwrap();
    assert!(has(&directory, "Theirs") && !has(&directory, "Ours") && told.has_changed().unwrap());
    assert!(matches!(directory.join(engine.clone()), Err(DirectoryError::OnEngine)));
    directory.apply(vec![create(connector("New"))], audit()).unwrap();
    first.refresh().unwrap();
    assert!(has(&first, "New"));
    drop(directory);
    engine.set_away(true);
    assert!(has(&engine.open(&place).unwrap(), "New"));
}

#[test]
fn what_an_earlier_version_lacks_is_added_once() {
    let (engine, [(a, first), (b, second)]) = Engine::started();
    let default = first.snapshot().remote_domains[0].header.guid.to_string();
    engine.database.follow(2, &[], &[default]).unwrap();
    for directory in [first, second] {
        directory.refresh().unwrap();
    }
    engine.set_away(true);
    let late = engine.open(&a).unwrap();
    assert!(late.snapshot().remote_domains.is_empty());
    engine.set_away(false);
    let (racer, other) = (engine.clone(), Arc::new(b));
    let racing = Arc::clone(&other);
    *engine.before.lock() = Some(Box::new(move || drop(racer.open(&racing).unwrap())));
    late.refresh().unwrap();
    assert_eq!(late.snapshot().remote_domains.len(), 1);
    assert_eq!(late.snapshot().revision, 3);
    let again = engine.open(&other).unwrap();
    assert_eq!(again.snapshot().remote_domains.len(), 1);
    assert_eq!(cmdlets(&again), ["upgrade", "Install"]);
}
