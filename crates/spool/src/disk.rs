//! How full the spool's disk is, and from where on that is a reason to take no more mail.
//!
//! The levels are those of transport.md section 6: high when less than the *reserve* is free,
//! medium 2 % of the disk before that, normal again 4 % before it; on a large disk, where 2 % are
//! more than the reserve, one and two reserves before. The reserve is what outcomes
//! and reports are written into while new mail is refused. Pages that the spool's own file has
//! free count as free: mail that has left makes room even before the file has shrunk.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use model::{ByteSize, PressureLevel};

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
}

/// The machine's.
#[derive(Debug, Clone, Copy)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn space(&self, path: &Path) -> io::Result<DiskSpace> {
        DiskSpace::of(path)
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
            let length = file.read_at(&mut part, at)?;
            if length == 0 {
                return file.sync_all();
            }
            file.write_all_at(&part[..length], at)?;
            at += length as u64;
        }
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

    /// The level that `now` is, coming from `before`: it rises at once, and falls only when
    /// there is somewhat more room than when it rose.
    pub fn level(self, now: DiskSpace, before: PressureLevel) -> PressureLevel {
        let reserve = self.reserve.as_u64();
        // The documented 2 % of a disk of terabytes would refuse mail where nothing is scarce.
        let step = (now.size / 50).min(reserve);
        if now.free < reserve {
            return PressureLevel::High;
        }
        if now.free < reserve.saturating_add(step) {
            return before.max(PressureLevel::Medium);
        }
        if now.free < reserve.saturating_add(step.saturating_mul(2)) {
            return before.min(PressureLevel::Medium);
        }
        PressureLevel::Normal
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

    const SIZE: u64 = 10 << 30;

    fn walk(limits: DiskLimits, free: &[u64]) -> Vec<PressureLevel> {
        let mut level = PressureLevel::Normal;
        let next = |free: &u64| {
            level = limits.level(DiskSpace { size: SIZE, free: *free }, level);
            level
        };
        free.iter().map(next).collect()
    }

    #[test]
    fn levels_rise_at_once_and_fall_with_room_to_spare() {
        use PressureLevel::{High, Medium, Normal};
        let limits = DiskLimits::of_size(SIZE);
        assert_eq!(limits.reserve, ByteSize::mb(500));
        let (reserve, percent) = (500 << 20, SIZE / 100);
        assert_eq!(
            walk(limits, &[reserve + 3 * percent, reserve + percent, reserve + 3 * percent]),
            [Normal, Medium, Medium],
            "what has become medium stays so until there is 4 % more than the reserve"
        );
        assert_eq!(
            walk(limits, &[reserve - 1, reserve + percent, reserve + 2 * percent, SIZE]),
            [High, High, Medium, Normal]
        );
        assert_eq!(walk(limits, &[0, reserve + 4 * percent]), [High, Normal]);
    }

    #[test]
    fn a_large_disk_is_not_short_of_what_it_has() {
        let limits = DiskLimits::of_size(4 << 40);
        let level = |free: u64, before| limits.level(DiskSpace { size: 4 << 40, free }, before);
        assert_eq!(level(20 << 30, PressureLevel::High), PressureLevel::Normal);
        assert_eq!(level(1200 << 20, PressureLevel::High), PressureLevel::Medium);
        assert_eq!(level(900 << 20, PressureLevel::Normal), PressureLevel::Medium);
        assert_eq!(level(400 << 20, PressureLevel::Normal), PressureLevel::High);
    }

    #[test]
    fn a_small_disk_keeps_a_tenth() {
        let limits = DiskLimits::of_size(100 << 20);
        assert_eq!(limits.reserve, ByteSize::mb(10));
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
