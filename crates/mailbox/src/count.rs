//! How much a Maildir holds, its Maildir++ folders (`.Name/`) too: by what the names of messages say
//! (`,S=` and a number of bytes, as Dovecot writes it), else by asking the file system.
//!
//! Readers add, move and remove messages at any time and tell nobody, so nothing but the disk is
//! believed; but a directory that has not changed since it was read is not read again.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::{MailboxError, at};

/// The parts of a folder that hold messages. A message that a reader moves from `new` to `cur` meanwhile is
/// missed then, and not counted twice: nobody is refused for that.
const PARTS: [&str; 2] = ["cur", "new"];
/// Directories of one mailbox that are remembered; of those beyond, messages are counted every time.
const MOST_DIRECTORIES: usize = 2_000;
/// What has changed so lately may change again without showing it: times of files are not that exact.
const UNSURE: Duration = Duration::from_secs(2);

/// What the directories of one mailbox held when they were read last.
#[derive(Debug, Default)]
pub(crate) struct Count {
    directories: HashMap<PathBuf, Counted>,
}

/// One directory.
#[derive(Debug, Clone, Copy)]
struct Counted {
    bytes: u64,
    /// When it was changed last; nothing where that cannot be relied on.
    changed: Option<SystemTime>,
}

impl Count {
    /// Counts what the mailbox holds now: reads the directories that have changed.
    ///
    /// # Errors
    /// When the disk does not tell.
    pub(crate) fn renew(&mut self, maildir: &Path) -> Result<u64, MailboxError> {
        let mut before = std::mem::take(&mut self.directories);
        let mut total: u64 = 0;
        for folder in folders(maildir).map_err(at(maildir))? {
            for part in PARTS {
                let path = folder.join(part);
                let changed = changed(&path).map_err(at(&path))?;
                let known = before.remove(&path).filter(|known| known.holds(changed));
                let counted = match known {
                    Some(known) => known,
                    None => read(&path, changed).map_err(at(&path))?,
                };
                total = total.saturating_add(counted.bytes);
                if self.directories.len() < MOST_DIRECTORIES {
                    self.directories.insert(path, counted);
                }
            }
        }
        Ok(total)
    }
}

impl Counted {
    fn holds(&self, changed: Option<SystemTime>) -> bool {
        self.changed.is_some() && self.changed == changed
    }
}

/// The mailbox and its folders. A link leads elsewhere, and what is there is not this mailbox's.
fn folders(maildir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = vec![maildir.to_owned()];
    for entry in entries(maildir)? {
        let entry = entry?;
        let is_folder = entry.file_name().as_encoded_bytes().starts_with(b".");
        if is_folder && unless_gone(entry.file_type())?.is_some_and(|kind| kind.is_dir()) {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn read(directory: &Path, changed: Option<SystemTime>) -> io::Result<Counted> {
    let mut bytes: u64 = 0;
    for entry in entries(directory)? {
        bytes = bytes.saturating_add(size(&entry?)?);
    }
    let is_quiet =
        |at: &SystemTime| SystemTime::now().duration_since(*at).is_ok_and(|age| age > UNSURE);
    Ok(Counted { bytes, changed: changed.filter(is_quiet) })
}

/// What is in a directory; nothing in one that is not there (any more).
fn entries(directory: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    let opened = unless_gone(fs::read_dir(directory))?;
    Ok(opened.into_iter().flatten())
}

fn changed(path: &Path) -> io::Result<Option<SystemTime>> {
    unless_gone(fs::metadata(path).and_then(|found| found.modified()))
}

fn size(entry: &fs::DirEntry) -> io::Result<u64> {
    let name = entry.file_name();
    if let Some(size) = named_size(&name) {
        return Ok(size);
    }
    let found = unless_gone(entry.metadata())?;
    Ok(found.filter(fs::Metadata::is_file).map_or(0, |file| file.len()))
}

fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The bytes that a message's name says it has: `1700000000.M1P2.host,S=1234,W=1260:2,S`.
pub(crate) fn named_size(name: &OsStr) -> Option<u64> {
    let (base, _flags) = name.to_str().map(|name| name.split_once(':').unwrap_or((name, "")))?;
    base.split(',').skip(1).find_map(|field| field.strip_prefix("S="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn maildir() -> tempfile::TempDir {
        let maildir = tempfile::tempdir().unwrap();
        for part in ["tmp", "cur", "new", ".Sent/cur", ".Sent/new", "plain/cur"] {
            fs::create_dir_all(maildir.path().join(part)).unwrap();
        }
        maildir
    }

    fn put(maildir: &Path, name: &str, bytes: usize) {
        fs::write(maildir.join(name), vec![b'x'; bytes]).unwrap();
    }

    /// As if it had last been changed at this time.
    fn set_changed(directory: &Path, at: SystemTime) {
        fs::File::open(directory).unwrap().set_modified(at).unwrap();
    }

    #[test]
    fn a_name_may_say_the_size() {
        let of = |name: &str| named_size(OsStr::new(name));
        assert_eq!(of("0000000000000042.0.relais,S=1234"), Some(1234));
        assert_eq!(of("1700.M1P2.host,S=7,W=9:2,FS"), Some(7));
        assert_eq!(of("1700.M1P2.host,W=9,S=7:2,"), Some(7));
        for none in
            ["1700.M1P2.host", "S=7", "1700.host:2,S=7", "a,S=", "a,S=-7", "a,S=7x", "a,XS=7"]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn messages_count_in_all_folders_and_nothing_else_does() {
        let maildir = maildir();
        let path = maildir.path();
        for (name, bytes) in [
            ("new/1.x", 10),
            ("cur/2.x,S=1000:2,S", 1),
            (".Sent/cur/3.x:2,S", 100),
            ("tmp/half", 7),
            ("plain/cur/4.x", 7),
            ("maildirsize", 7),
            (".Sent/maildirfolder", 7),
        ] {
            put(path, name, bytes);
        }
        let elsewhere = self::maildir();
        put(elsewhere.path(), "cur/5.x", 7);
        std::os::unix::fs::symlink(elsewhere.path(), path.join(".Shared")).unwrap();
        assert_eq!(Count::default().renew(path).unwrap(), 1110);
        assert_eq!(Count::default().renew(&path.join("none")).unwrap(), 0);
    }

    #[test]
    fn what_has_not_changed_is_not_read_again() {
        let maildir = maildir();
        let (path, cur) = (maildir.path(), maildir.path().join("cur"));
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        let mut count = Count::default();
        put(path, "cur/1.x", 10);
        set_changed(&cur, hour_ago);
        assert_eq!(count.renew(path).unwrap(), 10);
        // Nobody can see this change.
        put(path, "cur/2.x", 5);
        set_changed(&cur, hour_ago);
        assert_eq!(count.renew(path).unwrap(), 10, "it was read again");
        set_changed(&cur, hour_ago + Duration::from_secs(1));
        assert_eq!(count.renew(path).unwrap(), 15);
        // A folder that goes takes its messages with it.
        put(path, ".Sent/cur/3.x", 100);
        assert_eq!(count.renew(path).unwrap(), 115);
        fs::remove_dir_all(path.join(".Sent")).unwrap();
        assert_eq!(count.renew(path).unwrap(), 15);
    }

    #[test]
    fn a_directory_that_has_just_changed_is_read_again() {
        let maildir = maildir();
        let (path, cur) = (maildir.path(), maildir.path().join("cur"));
        let mut count = Count::default();
        put(path, "cur/1.x", 10);
        let now = SystemTime::now();
        set_changed(&cur, now);
        assert_eq!(count.renew(path).unwrap(), 10);
        put(path, "cur/2.x", 5);
        set_changed(&cur, now);
        assert_eq!(count.renew(path).unwrap(), 15, "the second change of one moment was missed");
    }

    proptest! {
        #[test]
        fn no_name_is_too_odd(name in "\\PC{0,40}") {
            let _ = named_size(OsStr::new(&name));
        }

        #[test]
        fn a_size_is_read_as_it_was_written(size: u64, flags in "(:2,[DFPRST]{0,6})?") {
            let name = format!("0000000000000042.0.relais,S={size}{flags}");
            prop_assert_eq!(named_size(OsStr::new(&name)), Some(size));
        }
    }
}
