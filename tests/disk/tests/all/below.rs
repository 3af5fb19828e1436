//! What the spool asks of the file system by itself, on the simulated disk.

use std::{
    any::Any,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use simulated_disk::{Disk, Trouble};
use spool::{DiskFile, DiskSpace, Listed, LockError};

/// The simulated disk, as the spool knows it.
pub(crate) struct Below(pub(crate) Arc<Mutex<Disk>>);

const SIZE: u64 = 1 << 40;

fn done(succeeded: bool) -> io::Result<()> {
    if succeeded { Ok(()) } else { Err(io::Error::other("the disk fails")) }
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

impl spool::Disk for Below {
    fn space(&self, _: &Path) -> io::Result<DiskSpace> {
        Ok(DiskSpace { size: SIZE, free: self.0.lock().room().unwrap_or(SIZE) })
    }

    /// Who was killed holds nothing, and only one lives at a time.
    fn lock(&self, _: &Path) -> Result<Box<dyn Any + Send + Sync>, LockError> {
        Ok(Box::new(()))
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        let disk = self.0.lock();
        done(!disk.is_dead())?;
        Ok(disk.length(name(path)).unwrap_or(0))
    }

    fn sync_directory(&self, _: &Path) -> io::Result<()> {
        done(self.0.lock().sync_directory())
    }

    fn write_again(&self, path: &Path) -> io::Result<()> {
        done(self.0.lock().write_again(name(path)))
    }

    fn make_directory(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Listed>> {
        let disk = self.0.lock();
        done(!disk.is_dead())?;
        let within = |(path, content): (&str, &[u8])| {
            let name = Path::new(path).strip_prefix(directory).ok()?.to_str()?.to_owned();
            let length = content.len() as u64;
            Some(Listed { name, length, occupied: length })
        };
        Ok(disk.files().filter_map(within).collect())
    }

    fn open(&self, path: &Path, make: bool) -> io::Result<Box<dyn DiskFile>> {
        let mut disk = self.0.lock();
        done(!disk.is_dead())?;
        let inode = match disk.find(name(path)) {
            Some(inode) => inode,
            None if make => disk.make(Some(name(path))).map_err(trouble)?,
            None => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Box::new(Open { disk: Arc::clone(&self.0), inode, path: path.to_owned() }))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.lock().delete(name(path), false).map_err(trouble)
    }
}

/// An open file.
struct Open {
    disk: Arc<Mutex<Disk>>,
    inode: usize,
    path: PathBuf,
}

impl DiskFile for Open {
    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.lock().length(name(&self.path)).unwrap_or(0))
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        let read = self.disk.lock().read(self.inode, at, into).map_err(trouble)?;
        if read < into.len() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    fn write_at(&self, data: &[u8], at: u64) -> io::Result<()> {
        self.disk.lock().write(self.inode, at, data).map_err(trouble)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.lock().sync(self.inode, false).map_err(trouble)
    }

    /// Zeros are what is read in a hole.
    fn make_hole(&self, from: u64, to: u64) -> io::Result<()> {
        let to = to.min(self.length()?);
        if from < to {
            self.write_at(&vec![0; (to - from) as usize], from)?;
        }
        Ok(())
    }
}

fn trouble(trouble: Trouble) -> io::Error {
    match trouble {
        Trouble::Failed => io::Error::other("the disk fails"),
        Trouble::Full => io::ErrorKind::StorageFull.into(),
    }
}
