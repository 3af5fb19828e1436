use std::{fs, os::unix::fs::FileExt, sync::Arc};

use directory::Directory;
use model::{Clock, SystemClock};
use spool::Spool;
use vault::Authority;

use super::*;
use crate::{Settings, Source, make, refuse_unfit};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const VERSION: &str = "0.8.0";

/// A data directory with everything a server has.
struct Home {
    place: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let home = Self { place: tempfile::tempdir().unwrap() };
        let data = home.data();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let key = DataKey::load_or_create(&data.join("keys/data.key")).unwrap();
        Authority::load_or_create(&data.join("keys"), &key, "Contoso", clock.as_ref()).unwrap();
        Directory::open(&data.join("directory.db"), key, clock).unwrap();
        drop(Spool::open(&data.join("spool")).unwrap());
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(data.join("mailboxes/jean@contoso.com").join(part)).unwrap();
        }
        fs::write(data.join("mailboxes/jean@contoso.com/new/1.relais"), "Subject: x\n").unwrap();
        fs::write(data.join("mailboxes/jean@contoso.com/cur/2.relais:2,S"), "Subject: y\n")
            .unwrap();
        fs::write(data.join("mailboxes/jean@contoso.com/tmp/3"), "half").unwrap();
        fs::write(home.at("relais.toml"), "domain = \"contoso.com\"\n").unwrap();
        fs::write(home.at("ca.pem"), "a certificate\n").unwrap();
        home
    }

    fn at(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.at("data")
    }

    fn source(&self) -> Source {
        Source {
            data: self.data(),
            server: "MBX01".into(),
            settings: Settings {
                file: Some(self.at("relais.toml")),
                named: vec![self.at("ca.pem")],
            },
            mailboxes: true,
            logs: false,
            moves: false,
            version: VERSION,
            now: NOW,
        }
    }

    fn key(&self) -> PathBuf {
        self.data().join("keys/data.key")
    }

    fn target(&self) -> Target {
        Target {
            data: self.at("other"),
            config: Some(self.at("etc/relais.toml")),
            mail: None,
            queue: "q".into(),
            now: NOW,
            version: VERSION,
        }
    }

    fn backup(&self) -> PathBuf {
        let at = self.at("backup");
        let made = make(&self.source(), &at).unwrap();
        assert_eq!(made.left_out, Vec::<String>::new());
        at
    }
}

#[test]
fn a_backup_comes_back_as_it_was() {
    let home = Home::new();
    let backup = home.backup();
    assert!(!backup.join("data/keys/data.key").exists(), "the key is kept apart");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&backup), 0o700);
    assert_eq!(mode(&backup.join("data/spool/spool.db")), 0o600);
    let verified = verify::verify(&backup, None, VERSION).unwrap();
    assert!(!verified.key_fits && verified.problems.is_empty());

    let restored = restore(&backup, &home.key(), &home.target()).unwrap();
    assert_eq!((restored.mail, restored.brought.messages), (Mail::Hold, 0));
    assert!(restored.brought.next_number > NUMBERS);
    let other = home.at("other");
    refuse_unfit(&other).unwrap();
    for name in ["directory.db", "keys/authority.key", "keys/data.key", "spool/spool.db"] {
        assert_eq!(mode(&other.join(name)), 0o600, "{name}");
    }
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    assert_eq!(read(other.join("mailboxes/jean@contoso.com/new/1.relais")), "Subject: x\n");
    assert_eq!(read(other.join("mailboxes/jean@contoso.com/cur/2.relais:2,S")), "Subject: y\n");
    assert!(!other.join("mailboxes/jean@contoso.com/tmp/3").exists());
    assert_eq!(read(home.at("etc/relais.toml")), "domain = \"contoso.com\"\n");
    assert_eq!(read(home.at("etc/relais.toml.files/1-ca.pem")), "a certificate\n");
    let key = DataKey::load(&other.join("keys/data.key")).unwrap();
    Authority::load(&other.join("keys"), &key).unwrap();
    drop(Spool::open(&other.join("spool")).unwrap());
}

#[test]
fn nothing_is_overwritten_and_no_place_in_the_data_is_one() {
    let home = Home::new();
    let backup = home.backup();
    assert!(matches!(make(&home.source(), &backup), Err(BackupError::Exists(_))));
    let said = make(&home.source(), &home.data().join("backup")).unwrap_err().to_string();
    assert!(said.contains("within the data directory"), "{said}");
    let used = Target { data: home.data(), ..home.target() };
    let said = restore(&backup, &home.key(), &used).unwrap_err().to_string();
    assert!(said.contains("it is not empty"), "{said}");
    let config = Target { config: Some(home.at("relais.toml")), ..home.target() };
    assert!(matches!(restore(&backup, &home.key(), &config), Err(BackupError::Exists(_))));
    assert!(!home.at("other").exists());
    // A disk of its own is empty too.
    fs::create_dir_all(home.at("other/lost+found")).unwrap();
    restore(&backup, &home.key(), &home.target()).unwrap();
}

#[test]
fn another_key_is_told_by_its_fingerprint() {
    let home = Home::new();
    let backup = home.backup();
    let other = home.at("other.key");
    DataKey::load_or_create(&other).unwrap();
    let said = restore(&backup, &other, &home.target()).unwrap_err().to_string();
    let needed = DataKey::load(&home.key()).unwrap();
    assert!(said.contains(needed.fingerprint()) && said.contains("is not the key"), "{said}");
    assert!(!home.at("other").exists());
}

#[test]
fn every_flipped_byte_and_every_missing_file_is_found() {
    let home = Home::new();
    let backup = home.backup();
    let mut names =
        vec!["manifest.json".to_owned(), "manifest.sha256".to_owned(), "SHA256SUMS".to_owned()];
    sums::read(&backup, &mut |name, _| {
        names.push(name.to_owned());
        Ok(())
    })
    .unwrap();
    assert!(names.len() > 8, "{names:?}");
    for name in &names {
        let path = backup.join(name);
        let file = File::options().read(true).write(true).open(&path).unwrap();
        let at = file.metadata().unwrap().len() / 2;
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 4], at).unwrap();
        assert!(verify::verify(&backup, None, VERSION).is_err(), "{name}");
        file.write_all_at(&byte, at).unwrap();
        let away = home.at("away");
        fs::rename(&path, &away).unwrap();
        assert!(verify::verify(&backup, None, VERSION).is_err(), "{name}");
        std::os::unix::fs::symlink(&away, &path).unwrap();
        let said = verify::verify(&backup, None, VERSION).unwrap_err().to_string();
        assert!(said.contains("symbolic link"), "{said}");
        fs::remove_file(&path).unwrap();
        fs::rename(&away, &path).unwrap();
    }
    verify::verify(&backup, None, VERSION).unwrap();
}

/// A list that names a file twice, or one too few, is not the one that was written.
#[test]
fn sizes_beyond_all_reason_are_no_harm() {
    let home = Home::new();
    let backup = home.backup();
    let mut manifest = Manifest::read(&backup, VERSION).unwrap();
    for change in [
        |manifest: &mut Manifest| manifest.bytes = u64::MAX,
        |manifest: &mut Manifest| manifest.files = u64::MAX,
        |manifest: &mut Manifest| manifest.made_at = i64::MIN,
        |manifest: &mut Manifest| manifest.made_at = i64::MAX,
    ] {
        let good = manifest.clone();
        change(&mut manifest);
        for name in ["manifest.json", "manifest.sha256"] {
            fs::remove_file(backup.join(name)).unwrap();
        }
        manifest.write(&backup).unwrap();
        match restore(&backup, &home.key(), &home.target()) {
            Ok(restored) => {
                assert!(restored.brought.next_number <= MOST_NUMBERS + 10);
                fs::remove_dir_all(home.at("other")).unwrap();
                fs::remove_dir_all(home.at("etc")).unwrap();
            }
            Err(error) => assert!(matches!(error, BackupError::Bad { .. }), "{error}"),
        }
        manifest = good;
    }
}

#[test]
fn a_server_that_was_moved_does_not_start_again() {
    let home = Home::new();
    let lock = Lock::take(&home.data()).unwrap();
    let moves = Source { moves: true, ..home.source() };
    let said = make(&moves, &home.at("backup")).unwrap_err().to_string();
    assert!(said.contains("Stop the server first"), "{said}");
    drop(lock);
    refuse_unfit(&home.data()).unwrap();
    make(&moves, &home.at("backup")).unwrap();
    let said = refuse_unfit(&home.data()).unwrap_err().to_string();
    assert!(said.contains("was moved with the backup"), "{said}");
    assert!(make(&home.source(), &home.at("second")).is_err());
    let restored = restore(&home.at("backup"), &home.key(), &home.target()).unwrap();
    assert_eq!((restored.mail, restored.brought.next_number), (Mail::Send, 1));
    let held =
        Target { data: home.at("third"), mail: Some(Mail::Hold), config: None, ..home.target() };
    assert_eq!(restore(&home.at("backup"), &home.key(), &held).unwrap().mail, Mail::Hold);
}

#[test]
fn a_restore_that_was_broken_off_is_not_started_on() {
    let home = Home::new();
    let backup = home.backup();
    fs::create_dir(home.at("other")).unwrap();
    moved::begin_restore(&home.at("other")).unwrap();
    let said = refuse_unfit(&home.at("other")).unwrap_err().to_string();
    assert!(said.contains("broken off"), "{said}");
    assert!(restore(&backup, &home.key(), &home.target()).is_err(), "it is not empty");
}
