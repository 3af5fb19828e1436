//! The cap that all logs of a server share by default: a tenth of the volume they are on
//! (DESIGN section 10). Logs that an administrator has put elsewhere are not counted.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// How much of the volume the logs may take together.
const PART: u64 = 10;
/// Message tracking may always have this part of the cap: it is what is asked for first, and no
/// peer makes it grow without mail.
const TRACKING_PART: u64 = 2;
/// Each of the six logs of sessions may always have this part.
const OTHERS_PART: u64 = 12;
/// Message tracking's files.
const TRACKING_PREFIX: &str = "MSGTRK";

/// The shared cap. A log that finds it exceeded deletes its own oldest files, down to the part of
/// the cap that is its own: the one that has grown too large pays, not the one that comes first.
#[derive(Debug)]
pub struct DirectoryCap {
    root: PathBuf,
    limit: u64,
    used: AtomicU64,
}

impl DirectoryCap {
    /// A tenth of the volume of `root`, for logs below it. No cap where the volume's size cannot
    /// be found out.
    pub fn tenth_of_volume(root: &Path) -> Self {
        // The folder may not be there yet.
        let existing = root.ancestors().find(|path| path.exists());
        let size = existing.and_then(|path| rustix::fs::statvfs(path).ok());
        let limit = size.map_or(u64::MAX, |s| s.f_blocks.saturating_mul(s.f_frsize) / PART);
        Self::new(root, if limit == 0 { u64::MAX } else { limit })
    }

    /// `limit` bytes for logs below `root`.
    pub fn new(root: &Path, limit: u64) -> Self {
        Self { root: root.to_owned(), limit, used: AtomicU64::new(0) }
    }

    /// Whether a log in this folder counts.
    pub(crate) fn covers(&self, folder: &Path) -> bool {
        folder.starts_with(&self.root)
    }

    /// A log that had `before` bytes has `after`.
    pub(crate) fn account(&self, before: u64, after: u64) {
        if after >= before {
            self.used.fetch_add(after - before, Ordering::Relaxed);
        } else {
            self.used.fetch_sub(before - after, Ordering::Relaxed);
        }
    }

    /// Bytes that the log of this prefix, which has `own`, is to give back.
    pub(crate) fn excess(&self, prefix: &str, own: u64) -> u64 {
        let part = if prefix == TRACKING_PREFIX { TRACKING_PART } else { OTHERS_PART };
        let excess = self.used.load(Ordering::Relaxed).saturating_sub(self.limit);
        excess.min(own.saturating_sub(self.limit / part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_is_a_tenth_of_the_volume() {
        let folder = tempfile::tempdir().unwrap();
        let cap = DirectoryCap::tenth_of_volume(&folder.path().join("logs/not/yet"));
        let volume = rustix::fs::statvfs(folder.path()).unwrap();
        assert_eq!(cap.limit, volume.f_blocks * volume.f_frsize / 10);
        cap.account(0, cap.limit + 5);
        assert_eq!(cap.excess("MSGTRK", cap.limit), 5);
        cap.account(10, 0);
        assert_eq!(cap.excess("MSGTRK", cap.limit), 0);
    }

    #[test]
    fn the_log_that_has_more_than_its_part_pays() {
        let cap = DirectoryCap::new(Path::new("logs"), 1200);
        cap.account(0, 600);
        cap.account(0, 700);
        assert_eq!(cap.excess("MSGTRK", 600), 0);
        assert_eq!(cap.excess("SEND", 700), 100);
        assert_eq!(cap.excess("RECV", 150), 50);
        cap.account(0, 400);
        assert_eq!(cap.excess("MSGTRK", 1000), 400);
    }
}
