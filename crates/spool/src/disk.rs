//! How full the spool's disk is, and what of it is kept free of new mail: the *reserve*, which
//! outcomes and reports are written into while new mail is refused (the levels of pressure are
//! in `resources`). Pages that the spool's own file has free count as free: mail that has left
//! makes room even before the file has shrunk.

use std::{
    any::Any,
    fs::File,
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};

use model::ByteSize;
use rustix::fs::FallocateFlags;

use crate::{Lock, LockError, copying};

/// The documented reserve.
const RESERVE: ByteSize = ByteSize::mb(500);
/// On a disk so small that the documented reserve would be most of it: one part in so many.
const RESERVE_SHARE: u64 = 10;

/// What a disk has, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    /// Of the whole file system.
    pub size: u64,
    /// Free for this program.
    pub free: u64,
}

impl DiskSpace {
    /// Of the file system `path` is on.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn of(path: &Path) -> io::Result<Self> {
        let found = rustix::fs::statvfs(path)?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Ok(Self { size: bytes(found.f_blocks), free: bytes(found.f_bavail) })
    }
}

/// The file system below the spool, for what is not SQLite's to do. Another than [`RealDisk`] is
/// for tests of what disks do at the worst moment.
pub trait Disk: Send + Sync {
    /// What the file system has that `path` is on.
    ///
    /// # Errors
    /// When the system does not say.
    fn space(&self, path: &Path) -> io::Result<DiskSpace>;

    /// Makes a directory this process's own until what is returned is dropped.
    ///
    /// # Errors
    /// When somebody else has it.
    fn lock(&self, directory: &Path) -> Result<Box<dyn Any + Send + Sync>, LockError>;

    /// A file's length; 0 when there is none.
    ///
    /// # Errors
    /// When the system does not say.
    fn length(&self, path: &Path) -> io::Result<u64>;

    /// Makes the names in a directory survive a power cut.
    ///
    /// # Errors
    /// When the system could not write them.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;

    /// Writes a file's content in its place once more, and syncs it. What a failed sync has left
    /// in the system's memory, and nowhere else, is on the disk then.
    ///
    /// # Errors
    /// When it cannot be read, written or synced.
    fn write_again(&self, path: &Path) -> io::Result<()>;

    /// Makes a directory and those above it where they are missing.
    ///
    /// # Errors
    /// When it cannot be made.
    fn make_directory(&self, path: &Path) -> io::Result<()>;

    /// The files in a directory.
    ///
    /// # Errors
    /// When it cannot be read.
    fn list(&self, directory: &Path) -> io::Result<Vec<Listed>>;

    /// Opens a file for reading and writing; with `make` it is made when it is missing.
    ///
    /// # Errors
    /// When it is not there, or cannot be made or opened.
    fn open(&self, path: &Path, make: bool) -> io::Result<Box<dyn DiskFile>>;

    /// Deletes a file.
    ///
    /// # Errors
    /// When it is not there or cannot be deleted.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Whether another process makes a copy of the spool in `directory` just now. On a disk that no other
    /// process sees, none does.
    fn is_copied(&self, directory: &Path) -> bool {
        let _ = directory;
        false
    }
}

/// A file in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name there.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// Bytes that it has on the disk.
    pub occupied: u64,
}

/// An open file of a [`Disk`].
pub trait DiskFile: Send {
    /// Its length in bytes.
    ///
    /// # Errors
    /// When the system does not say.
    fn length(&self) -> io::Result<u64>;

    /// Fills `into` with what is at `at`.
    ///
    /// # Errors
    /// When it cannot be read, or ends before.
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()>;

    /// Writes all of `data` at `at`.
    ///
    /// # Errors
    /// When it could not be written, or only in part.
    fn write_at(&self, data: &[u8], at: u64) -> io::Result<()>;

    /// Makes what has been written survive a power cut.
    ///
    /// # Errors
    /// When the system could not write it.
    fn sync(&self) -> io::Result<()>;

    /// Gives the bytes from `from` to `to` back to the disk: zeros are read there.
    ///
    /// # Errors
    /// When the file system cannot do that.
    fn make_hole(&self, from: u64, to: u64) -> io::Result<()>;
}

/// The machine's.
#[derive(Debug, Clone, Copy)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn space(&self, path: &Path) -> io::Result<DiskSpace> {
        DiskSpace::of(path)
    }

    fn lock(&self, directory: &Path) -> Result<Box<dyn Any + Send + Sync>, LockError> {
        Ok(Box::new(Lock::take(directory)?))
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        match std::fs::metadata(path) {
            Ok(file) => Ok(file.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn write_again(&self, path: &Path) -> io::Result<()> {
        let file = File::options().read(true).write(true).open(path)?;
        let mut part = vec![0; 1 << 20];
        let mut at = 0;
        loop {
            let length = FileExt::read_at(&file, &mut part, at)?;
            if length == 0 {
                return file.sync_all();
            }
            file.write_all_at(&part[..length], at)?;
            at += length as u64;
        }
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Listed>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if let Ok(name) = entry.file_name().into_string()
                && metadata.is_file()
            {
                let occupied = metadata.blocks() * 512;
                found.push(Listed { name, length: metadata.len(), occupied });
            }
        }
        Ok(found)
    }

    fn open(&self, path: &Path, make: bool) -> io::Result<Box<dyn DiskFile>> {
        let mut options = File::options();
        let file = options.read(true).write(true).create(make).truncate(false).open(path)?;
        Ok(Box::new(file))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn is_copied(&self, directory: &Path) -> bool {
        copying::is_under_way(directory)
    }
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.read_exact_at(into, at)
    }

    fn write_at(&self, data: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(data, at)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn make_hole(&self, from: u64, to: u64) -> io::Result<()> {
        let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        Ok(rustix::fs::fallocate(self, flags, from, to.saturating_sub(from))?)
    }
}

/// Where the levels begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskLimits {
    /// Less free than this is high pressure.
    pub reserve: ByteSize,
}

impl DiskLimits {
    /// The documented reserve, or a tenth of a disk of less than 5 GB.
    pub fn of_size(size: u64) -> Self {
        Self { reserve: RESERVE.min(ByteSize::bytes(size / RESERVE_SHARE)) }
    }

    /// What must stay free when new mail is written. Less than the reserve: a message that was
    /// begun under normal pressure may still come to its end.
    pub(crate) fn floor(self) -> u64 {
        self.reserve.as_u64() / 2
    }

    /// Pages of 4 KiB the write-ahead log may hold before it is folded in: well within the
    /// reserve, since folding in needs the same room once more.
    pub(crate) fn log_pages(self) -> u32 {
        const MOST: u64 = 8000;
        const LEAST: u64 = 100;
        let pages = (self.reserve.as_u64() / 4 / 4096).clamp(LEAST, MOST);
        u32::try_from(pages).unwrap_or(8000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_disk_keeps_a_tenth() {
        let limits = DiskLimits::of_size(100 << 20);
        assert_eq!(limits.reserve, ByteSize::mb(10));
        assert_eq!(DiskLimits::of_size(10 << 30).reserve, ByteSize::mb(500));
        assert!(u64::from(limits.log_pages()) * 4096 <= limits.floor());
        assert_eq!(DiskLimits::of_size(1 << 40).log_pages(), 8000);
    }

    #[test]
    fn what_is_written_again_stays_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &content).unwrap();
        assert_eq!(RealDisk.length(&path).unwrap(), 3_000_000);
        RealDisk.write_again(&path).unwrap();
        assert!(std::fs::read(&path).unwrap() == content);
        assert_eq!(RealDisk.length(&directory.path().join("none")).unwrap(), 0);
    }

    #[test]
    fn this_disk_has_a_size() {
        let space = DiskSpace::of(Path::new("/")).unwrap();
        assert!(space.size > 0 && space.free <= space.size);
        assert!(DiskSpace::of(Path::new("/nowhere/at/all")).is_err());
    }
}
