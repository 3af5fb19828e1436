//! A disk so small that it can be filled: a tmpfs of its own.

use std::{fs, io::Write, path::PathBuf};

use tempfile::TempDir;

use crate::process::{privileged, said};

/// A mounted tmpfs; unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    home: TempDir,
}

impl SmallDisk {
    /// One of `megabytes`. Needs root, or sudo without a question.
    ///
    /// # Panics
    /// When it cannot be mounted.
    pub fn of(megabytes: usize) -> Self {
        let home = tempfile::tempdir().expect("temporary directory");
        let options = format!("size={megabytes}m,mode=1777");
        let output = privileged("mount")
            .args(["-t", "tmpfs", "-o", &options, "relais-test"])
            .arg(home.path())
            .output()
            .expect("mount");
        assert!(output.status.success(), "mount: {}", said(&output));
        Self { home }
    }

    /// A directory on it.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// As somebody else's file: takes what is free, but for `rest` bytes.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn fill(&self, rest: usize) {
        let mut file = fs::File::create(self.filler()).expect("the filler");
        let block = vec![b'f'; 4096];
        let mut written = 0u64;
        // A tmpfs gives whole pages: this ends exactly at its edge.
        while file.write_all(&block).is_ok() {
            written += block.len() as u64;
        }
        file.set_len(written.saturating_sub(rest as u64)).expect("shorter");
    }

    /// Takes that file away again.
    ///
    /// # Panics
    /// When there is none.
    pub fn clear(&self) {
        fs::remove_file(self.filler()).expect("the filler");
    }

    fn filler(&self) -> PathBuf {
        self.home.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server under test may end after this.
        let _ = privileged("umount").arg("--lazy").arg(self.home.path()).output();
    }
}
