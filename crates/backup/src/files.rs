//! Files of a backup: opened without following a link out of it, written whole, synced and summed up.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;

use crate::{BackupError, sum::Sum};

/// Bytes copied at once.
const PART: usize = 256 << 10;

/// Opens the regular file `name` below `root`; no part of `name` may be a link.
pub(crate) fn open_in(root: &Path, name: &str) -> Result<File, BackupError> {
    let mut path = root.to_owned();
    for part in name.split('/') {
        path.push(part);
        let found = fs::symlink_metadata(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BackupError::bad(root, format!("{name} is missing")),
            _ => BackupError::at(&path)(error),
        })?;
        if found.is_symlink() {
            return Err(BackupError::bad(root, format!("{} is a symbolic link", path.display())));
        }
    }
    open_plain(&path)?
        .ok_or_else(|| BackupError::bad(root, format!("{} is not a file", path.display())))
}

/// Opens a file for reading; nothing when it is none. A link is not followed, a pipe not waited for.
pub(crate) fn open_plain(path: &Path) -> Result<Option<File>, BackupError> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let opened = File::options().read(true).custom_flags(flags).open(path);
    let file = opened.map_err(BackupError::at(path))?;
    let kind = file.metadata().map_err(BackupError::at(path))?.file_type();
    Ok(kind.is_file().then_some(file))
}

/// Shows all of a file in parts; its length.
pub(crate) fn read_all(
    mut file: impl Read,
    visit: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let (mut part, mut length) = (vec![0; PART], 0);
    loop {
        match file.read(&mut part) {
            Ok(0) => return Ok(length),
            Ok(read) => {
                visit(&part[..read])?;
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The checksum of a file, and its length.
pub(crate) fn sum_of(path: &Path, file: File) -> Result<(String, u64), BackupError> {
    let mut sum = Sum::new();
    let length = read_all(file, &mut |part| {
        sum.add(part);
        Ok(())
    });
    Ok((sum.text(), length.map_err(BackupError::at(path))?))
}

/// Makes a new file of mode 0600.
pub(crate) fn make_file(path: &Path) -> Result<File, BackupError> {
    let mut options = File::options();
    let made = options.read(true).write(true).create_new(true).mode(0o600).open(path);
    made.map_err(BackupError::at(path))
}

/// Writes a new file, synced.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let mut file = make_file(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(BackupError::at(path))
}

/// Copies an open file to a new one, synced; checksum and length of what was copied. Blocks of nothing but
/// zeros are left out where that leaves a hole.
pub(crate) fn copy(from: (&Path, File), to: &Path) -> Result<(String, u64), BackupError> {
    use std::os::unix::fs::FileExt;
    let file = make_file(to)?;
    let (mut sum, mut at) = (Sum::new(), 0);
    let mut failed = None;
    let length = read_all(from.1, &mut |part| {
        sum.add(part);
        if part.iter().any(|byte| *byte != 0)
            && let Err(error) = file.write_all_at(part, at)
        {
            failed = Some(error);
            return Err(io::ErrorKind::Other.into());
        }
        at += part.len() as u64;
        Ok(())
    });
    if let Some(error) = failed {
        return Err(BackupError::at(to)(error));
    }
    let length = length.map_err(BackupError::at(from.0))?;
    file.set_len(length).and_then(|()| file.sync_all()).map_err(BackupError::at(to))?;
    Ok((sum.text(), length))
}

/// Makes a directory of mode 0700 and those above it where they are missing.
pub(crate) fn make_directories(path: &Path) -> Result<(), BackupError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(BackupError::at(path))
}

/// Makes the names in a directory survive a power cut.
pub(crate) fn sync_directory(path: &Path) -> Result<(), BackupError> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path).and_then(|opened| opened.sync_all()).map_err(BackupError::at(path))
}

/// Syncs a directory and all directories in it; the files are synced as they are written.
pub(crate) fn sync_tree(path: &Path) -> Result<(), BackupError> {
    each(path, &mut |entry, kind| if kind.is_dir() { sync_tree(entry) } else { Ok(()) })?;
    sync_directory(path)
}

/// Shows what is in a directory, in the order of names.
pub(crate) fn each(
    directory: &Path,
    visit: &mut dyn FnMut(&Path, fs::FileType) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let listed = fs::read_dir(directory).map_err(BackupError::at(directory))?;
    let mut entries: Vec<PathBuf> = listed
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()
        .map_err(BackupError::at(directory))?;
    entries.sort_unstable();
    for entry in entries {
        match fs::symlink_metadata(&entry) {
            Ok(found) => visit(&entry, found.file_type())?,
            // It was moved or deleted meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(BackupError::at(&entry)(error)),
        }
    }
    Ok(())
}

/// Where something that is new is made: beside it, under a name that says so. Removed when this is dropped before
/// it is put in its place.
pub(crate) struct Staging {
    path: PathBuf,
    target: PathBuf,
    done: bool,
}

impl Staging {
    /// The suffix of unfinished ones.
    pub(crate) const SUFFIX: &'static str = ".part";

    /// For a directory that is to be at `target`, which must not be there.
    pub(crate) fn begin(target: &Path) -> Result<Self, BackupError> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(BackupError::Exists(target.to_owned()));
        }
        let name = target.file_name().and_then(|name| name.to_str());
        let name =
            name.ok_or_else(|| BackupError::place(target, "it has no name, or not one of text"))?;
        let path = target.with_file_name(format!(".{name}.{}{}", std::process::id(), Self::SUFFIX));
        DirBuilder::new().mode(0o700).create(&path).map_err(BackupError::at(&path))?;
        Ok(Self { path, target: target.to_owned(), done: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts all of it in its place, or nothing.
    pub(crate) fn finish(mut self) -> Result<(), BackupError> {
        sync_tree(&self.path)?;
        let here = rustix::fs::CWD;
        let flags = rustix::fs::RenameFlags::NOREPLACE;
        match rustix::fs::renameat_with(here, &self.path, here, &self.target, flags) {
            Ok(()) => {}
            Err(rustix::io::Errno::EXIST) => {
                return Err(BackupError::Exists(self.target.clone()));
            }
            // Some network file systems do not know it.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS)
                if fs::symlink_metadata(&self.target).is_err() =>
            {
                fs::rename(&self.path, &self.target).map_err(BackupError::at(&self.target))?;
            }
            Err(error) => return Err(BackupError::at(&self.target)(error.into())),
        }
        self.done = true;
        sync_directory(self.target.parent().unwrap_or(Path::new(".")))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.done {
            // Whoever looks sees by its name that it is unfinished.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_pipes_are_not_followed() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("root");
        fs::create_dir_all(root.join("data")).unwrap();
        fs::write(place.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(place.path().join("secret"), root.join("data/link")).unwrap();
        std::os::unix::fs::symlink(place.path(), root.join("data/way")).unwrap();
        fs::write(root.join("data/good"), "x").unwrap();
        assert!(open_in(&root, "data/good").is_ok());
        for bad in ["data/link", "data/way/secret", "data/none", "data"] {
            assert!(open_in(&root, bad).is_err(), "{bad}");
        }
        rustix::fs::mknodat(
            rustix::fs::CWD,
            root.join("data/pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        assert!(open_in(&root, "data/pipe").is_err());
    }

    #[test]
    fn a_copy_is_what_was_read_holes_and_all() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        let mut content = vec![0; 3 * PART + 5];
        content[PART * 2] = 7;
        fs::write(&from, &content).unwrap();
        let file = || File::open(&from).unwrap();
        let (sum, length) = copy((&from, file()), &to).unwrap();
        assert_eq!((length, fs::read(&to).unwrap() == content), (content.len() as u64, true));
        assert_eq!(sum, Sum::of(&content));
        assert_eq!(sum_of(&from, file()).unwrap(), (sum, length));
        assert!(copy((&from, file()), &to).is_err(), "nothing is replaced");
    }

    #[test]
    fn what_is_unfinished_is_gone_and_what_is_there_stays() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("target");
        let staging = Staging::begin(&target).unwrap();
        write_new(&staging.path().join("file"), b"x").unwrap();
        drop(staging);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        let staging = Staging::begin(&target).unwrap();
        fs::create_dir(&target).unwrap();
        assert!(matches!(staging.finish(), Err(BackupError::Exists(_))));
        assert!(matches!(Staging::begin(&target), Err(BackupError::Exists(_))));
        fs::remove_dir(&target).unwrap();
        Staging::begin(&target).unwrap().finish().unwrap();
        assert!(target.is_dir());
    }
}
