//! What the spool asks of the file system by itself, on the simulated disk.

use std::{io, path::Path, sync::Arc};

use parking_lot::Mutex;
use simulated_disk::Disk;
use spool::DiskSpace;

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
}
