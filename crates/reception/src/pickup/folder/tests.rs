use std::os::unix::{
    ffi::OsStringExt,
    fs::{PermissionsExt, symlink},
};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

struct Place {
    home: tempfile::TempDir,
    folder: Folder,
}

impl Place {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(&home.path().join("pickup")).unwrap();
        Self { home, folder }
    }

    fn put(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn letters(&self) -> Vec<Candidate> {
        self.folder.letters(100, |_| true).unwrap()
    }

    fn only(&self) -> Candidate {
        let mut letters = self.letters();
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters.remove(0)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn take(&self, letter: &Candidate) -> Result<Vec<u8>, NotNow> {
        let claimed = self.folder.claim(letter, OsStr::new("work.tmp"))?;
        self.folder.read(claimed, OsStr::new("work.tmp"))
    }
}

#[test]
fn a_new_directory_is_private() {
    let place = Place::new();
    let mode = fs::metadata(place.folder.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o700);
    place.put("file", b"");
    assert!(Folder::open(&place.folder.path().join("file")).is_err());
}

#[test]
fn a_file_is_read_under_its_name_in_work() {
    let place = Place::new();
    place.put("a.eml", b"hello");
    assert_eq!(place.take(&place.only()).unwrap(), b"hello");
    assert_eq!(place.names(), ["work.tmp"]);
    assert_eq!(place.folder.temporaries().unwrap(), ["work.tmp"]);
    place.folder.delete(OsStr::new("work.tmp")).unwrap();
    place.folder.delete(OsStr::new("work.tmp")).unwrap();
    place.folder.sync().unwrap();
    assert!(place.names().is_empty());
}

#[test]
fn the_oldest_come_first_and_not_too_many() {
    let place = Place::new();
    for (number, name) in ["c.eml", "a.eml", "b.eml", "d.txt"].iter().enumerate() {
        let file = File::create(place.folder.path().join(name)).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1000 + number as u64);
        file.set_modified(time).unwrap();
    }
    let found = place.folder.letters(2, |_| true).unwrap();
    let names: Vec<_> = found.iter().map(|l| l.name.to_str().unwrap()).collect();
    assert_eq!(names, ["c.eml", "a.eml"]);
    let others = place.folder.letters(2, |letter| letter.name != "c.eml").unwrap();
    assert_eq!(others[0].name, "a.eml");
}

#[test]
fn nothing_but_files_is_opened_and_no_link_followed() {
    let place = Place::new();
    let secret = place.home.path().join("secret");
    fs::write(&secret, b"secret").unwrap();
    symlink(&secret, place.folder.path().join("link.eml")).unwrap();
    let link = place.only();
    assert_eq!(link.oddity, Some("it is a symbolic link"));
    // Also when it takes the place of a file after it was looked at.
    assert!(matches!(place.take(&link), Err(NotNow::Trouble(_))));
    let bad = place.folder.set_aside(&link.name, "no file", NOW).unwrap();
    assert_eq!(bad, "link.bad");
    assert_eq!(place.names(), ["link.bad", "link.bad.txt"]);
    assert_eq!(fs::read(secret).unwrap(), b"secret");

    fs::create_dir(place.folder.path().join("d.eml")).unwrap();
    assert_eq!(place.only().oddity, Some("it is a directory"));
    fs::remove_dir(place.folder.path().join("d.eml")).unwrap();
    std::process::Command::new("mkfifo").arg(place.folder.path().join("p.eml")).status().unwrap();
    let pipe = place.only();
    assert_eq!(pipe.oddity, Some("it is a pipe"));
    // Nobody writes to it: whoever opens it plainly waits for ever.
    assert!(matches!(place.take(&pipe), Err(NotNow::Busy)));
}

#[test]
fn another_name_of_a_file_is_not_taken() {
    let place = Place::new();
    let secret = place.home.path().join("secret");
    fs::write(&secret, b"secret").unwrap();
    fs::hard_link(&secret, place.folder.path().join("a.eml")).unwrap();
    let Err(NotNow::Trouble(why)) = place.take(&place.only()) else { panic!("taken") };
    assert!(why.contains("hard link"), "{why}");
    fs::remove_file(secret).unwrap();
    assert_eq!(place.take(&place.only()).unwrap(), b"secret");
}

#[test]
fn what_is_being_written_is_left() {
    let place = Place::new();
    let path = place.put("a.eml", b"From: ");
    let seen = place.only();
    place.put("a.eml", b"From: a@b.c");
    assert!(matches!(place.take(&seen), Err(NotNow::Busy)), "changed since it was looked at");
    let writer = File::options().append(true).open(&path).unwrap();
    writer.lock().unwrap();
    assert!(matches!(place.take(&place.only()), Err(NotNow::Busy)), "locked by who writes it");
    writer.unlock().unwrap();
    let letter = place.only();
    let claimed = place.folder.claim(&letter, OsStr::new("work.tmp")).unwrap();
    (&writer).write_all(b"more").unwrap();
    let read = place.folder.read(claimed, OsStr::new("work.tmp"));
    assert!(matches!(read, Err(NotNow::Busy)), "written to while it was read");
    // It waits again under its own name.
    let waits = place.folder.rename_to_free(OsStr::new("work.tmp"), "a.eml".into(), NOW).unwrap();
    assert_eq!(waits, "a.eml");
    assert_eq!(place.take(&place.only()).unwrap(), b"From: a@b.cmore");
}

#[test]
fn no_file_is_ever_replaced() {
    let place = Place::new();
    for expected in ["a.bad", "a-20231114T221320000.bad", "a-20231114T221320000-1.bad"] {
        place.put("a.eml", expected.as_bytes());
        let bad = place.folder.set_aside(OsStr::new("a.eml"), "why\u{e9}", NOW).unwrap();
        assert_eq!(bad, expected);
        assert_eq!(fs::read_to_string(place.folder.path().join(expected)).unwrap(), expected);
        let reason = place.folder.path().join(format!("{expected}.txt"));
        assert_eq!(fs::read_to_string(reason).unwrap(), "why\u{e9}\n");
    }
    // The text of the reason may not be written through somebody's link.
    symlink(place.home.path().join("target"), place.folder.path().join("b.bad.txt")).unwrap();
    place.put("b.eml", b"");
    place.folder.set_aside(OsStr::new("b.eml"), "why", NOW).unwrap();
    assert!(!place.home.path().join("target").exists());
}

#[test]
fn names_are_bytes() {
    let place = Place::new();
    let name = OsString::from_vec(b"\xff\n'; rm -rf *.eml".to_vec());
    fs::write(place.folder.path().join(&name), b"x").unwrap();
    let letter = place.only();
    assert_eq!(letter.name, name);
    let id = model::MessageId::new(7).unwrap();
    let work = names::in_work(&name, id);
    place.folder.read(place.folder.claim(&letter, &work).unwrap(), &work).unwrap();
    assert_eq!(place.folder.rename_to_free(&work, names::waiting(&work), NOW).unwrap(), name);
}
