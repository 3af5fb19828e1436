//! A disk: files by name, room, and a plan of what goes wrong when.
//!
//! Operations that change something are counted; the plan names them by number. From the one at
//! which the power goes, everything fails until [`Disk::power_cut`] has decided what is left.

use std::ops::Range;

use crate::{
    Dice, Names,
    file::{Change, File, Loss},
    shm::SharedMemory,
};

/// What goes wrong. Numbers are those of operations: writes, resizes, syncs, deletions, and files
/// made.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The power goes here.
    pub crash_at: Option<u64>,
    /// These fail.
    pub failing: Vec<Range<u64>>,
    /// Reads that fail, by a number of their own.
    pub failing_reads: Vec<Range<u64>>,
    /// All files together may have so many bytes.
    pub capacity: Option<u64>,
    /// Syncs say that they have succeeded, and take effect when the next one is asked for.
    pub late_syncs: bool,
}

/// Why an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The disk, or the power.
    Failed,
    /// No room.
    Full,
}

#[derive(Debug, Default)]
pub(crate) struct Inode {
    pub(crate) file: File,
    pub(crate) memory: SharedMemory,
    pub(crate) locks: Locks,
}

/// The locks of a database file outside of its write-ahead log, in SQLite's five levels.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    pub(crate) shared: usize,
    pub(crate) reserved: bool,
    pub(crate) pending: bool,
    pub(crate) exclusive: bool,
}

/// Files and what becomes of them.
#[derive(Debug)]
pub struct Disk {
    inodes: Vec<Inode>,
    names: Names,
    plan: Plan,
    dice: Dice,
    operations: u64,
    reads: u64,
    dead: bool,
    open: usize,
    log: Option<Vec<String>>,
}

impl Disk {
    /// An empty one on which nothing goes wrong yet.
    pub fn new(seed: u64) -> Self {
        Self {
            inodes: Vec::new(),
            names: Names::default(),
            plan: Plan::default(),
            dice: Dice::new(seed),
            operations: 0,
            reads: 0,
            dead: false,
            open: 0,
            log: None,
        }
    }

    /// Puts a file there that has always been.
    pub fn put(&mut self, name: &str, content: Vec<u8>) {
        self.inodes.push(Inode { file: File::settled(content), ..Inode::default() });
        self.names.set(name, self.inodes.len() - 1);
        self.names.sync();
    }

    /// Names and contents as the program sees them.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.names.iter().map(|(name, inode)| (name, self.inodes[inode].file.content()))
    }

    /// From now on this goes wrong; counting begins anew.
    pub fn plan(&mut self, plan: Plan) {
        (self.plan, self.operations, self.reads) = (plan, 0, 0);
    }

    /// How many operations there have been since the plan was made.
    pub fn operations(&self) -> u64 {
        self.operations
    }

    /// From now on every operation is written down.
    pub fn keep_log(&mut self) {
        self.log = Some(Vec::new());
    }

    /// What was written down since the last time.
    pub fn take_log(&mut self) -> Vec<String> {
        self.log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Whether the power has gone.
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// How many handles are open.
    pub fn open_files(&self) -> usize {
        self.open
    }

    /// The power goes now, if it has not gone yet, and comes back.
    pub fn power_cut(&mut self, loss: Loss) {
        let dice = &mut self.dice;
        for inode in &mut self.inodes {
            inode.file.cut(loss, dice);
        }
        self.names = self.names.image(loss, dice);
        self.dead = false;
    }

    /// Bytes of room, where there is an end to it.
    pub fn room(&self) -> Option<u64> {
        let capacity = self.plan.capacity?;
        let used: usize = self.files().map(|(_, content)| content.len()).sum();
        Some(capacity.saturating_sub(used as u64))
    }

    /// A file's length.
    pub fn length(&self, name: &str) -> Option<u64> {
        self.find(name).map(|inode| self.inodes[inode].file.content().len() as u64)
    }

    /// Writes the file's content in its place once more, and syncs it. False when that fails.
    pub fn write_again(&mut self, name: &str) -> bool {
        let Some(inode) = self.find(name) else { return false };
        let content = self.inodes[inode].file.content().to_vec();
        self.write(inode, 0, &content).and_then(|()| self.sync(inode, false)).is_ok()
    }

    /// What the program's own sync of the directory does. False when it fails.
    pub fn sync_directory(&mut self) -> bool {
        let result = self.operate(|| "sync directory".to_owned());
        if result.is_ok() {
            self.names.sync();
        }
        result.is_ok()
    }

    /// The program was killed, the machine goes on: what was not synced still may be.
    pub fn revive(&mut self) {
        self.dead = false;
    }

    /// The number of the file of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name)
    }

    /// Makes a file; without a name it is seen by nobody else.
    ///
    /// # Errors
    /// As planned.
    pub fn make(&mut self, name: Option<&str>) -> Result<usize, Trouble> {
        if let Some(name) = name {
            self.operate(|| format!("make {name}"))?;
        }
        self.inodes.push(Inode::default());
        let inode = self.inodes.len() - 1;
        if let Some(name) = name {
            self.names.set(name, inode);
        }
        Ok(inode)
    }

    /// Takes a name away; with `sync` for good.
    ///
    /// # Errors
    /// As planned.
    pub fn delete(&mut self, name: &str, sync: bool) -> Result<(), Trouble> {
        self.operate(|| format!("delete {name}"))?;
        self.names.remove(name);
        if sync {
            self.names.sync();
        }
        Ok(())
    }

    /// How many bytes were read.
    ///
    /// # Errors
    /// As planned.
    pub fn read(&mut self, inode: usize, offset: u64, into: &mut [u8]) -> Result<usize, Trouble> {
        self.reads += 1;
        let number = self.reads;
        if self.dead || self.plan.failing_reads.iter().any(|range| range.contains(&number)) {
            return Err(Trouble::Failed);
        }
        let content = self.inodes[inode].file.content();
        let from = (offset as usize).min(content.len());
        let length = into.len().min(content.len() - from);
        into[..length].copy_from_slice(&content[from..from + length]);
        Ok(length)
    }

    /// A write that fails has been done in part.
    ///
    /// # Errors
    /// As planned, or when there is no room.
    pub fn write(&mut self, inode: usize, offset: u64, data: &[u8]) -> Result<(), Trouble> {
        let was_dead = self.dead;
        let mut result = self.operate(|| format!("write {inode} {} at {offset}", data.len()));
        let mut length = data.len();
        if result.is_err() {
            if was_dead {
                return result;
            }
            length = self.dice.index(length);
        }
        let size = self.inodes[inode].file.content().len() as u64;
        let end = offset + length as u64;
        if let Some(room) = self.room()
            && end.saturating_sub(size) > room
        {
            length = length.min((size + room).saturating_sub(offset) as usize);
            result = result.and(Err(Trouble::Full));
        }
        if length > 0 {
            let data = data[..length].to_vec();
            self.inodes[inode].file.change(Change::Write { offset, data });
        }
        result
    }

    pub(crate) fn resize(&mut self, inode: usize, size: u64) -> Result<(), Trouble> {
        self.operate(|| format!("resize {inode} to {size}"))?;
        self.inodes[inode].file.change(Change::Resize(size));
        Ok(())
    }

    /// `names` too: what SQLite does at the first sync of a log or journal it has made.
    ///
    /// # Errors
    /// As planned.
    pub fn sync(&mut self, inode: usize, names: bool) -> Result<(), Trouble> {
        let was_dead = self.dead;
        let result = self.operate(|| format!("sync {inode}"));
        let file = &mut self.inodes[inode].file;
        match result {
            Ok(()) if self.plan.late_syncs => file.sync_late(),
            Ok(()) => file.sync(),
            // Without power nothing is decided before it is back.
            Err(_) if self.dead && !was_dead && self.dice.percent(50) => {
                let loss = Loss::any(&mut self.dice);
                file.cut(loss, &mut self.dice);
            }
            Err(_) if !self.dead => file.fail_to_sync(&mut self.dice),
            Err(_) => {}
        }
        if result.is_ok() && names {
            self.names.sync();
        }
        result
    }

    /// Counts an operation; whether it succeeds.
    pub(crate) fn operate(&mut self, what: impl FnOnce() -> String) -> Result<(), Trouble> {
        let number = self.operations;
        let result = self.count();
        if let Some(log) = &mut self.log {
            let said = if result.is_ok() { "" } else { ": fails" };
            log.push(format!("    {number} {}{said}", what()));
        }
        result
    }

    fn count(&mut self) -> Result<(), Trouble> {
        if self.dead {
            return Err(Trouble::Failed);
        }
        let number = self.operations;
        self.operations += 1;
        if self.plan.crash_at.is_some_and(|at| number >= at) {
            self.dead = true;
        }
        if self.dead || self.plan.failing.iter().any(|range| range.contains(&number)) {
            return Err(Trouble::Failed);
        }
        Ok(())
    }

    pub(crate) fn inode(&mut self, inode: usize) -> &mut Inode {
        &mut self.inodes[inode]
    }

    pub(crate) fn opened(&mut self) {
        self.open += 1;
    }

    pub(crate) fn closed(&mut self) {
        self.open -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_crash_on_everything_fails_until_the_power_is_back() {
        let mut disk = Disk::new(1);
        disk.plan(Plan { crash_at: Some(3), ..Plan::default() });
        let file = disk.make(Some("a")).unwrap();
        disk.write(file, 0, b"kept").unwrap();
        disk.sync(file, true).unwrap();
        assert_eq!(disk.write(file, 4, b"lost"), Err(Trouble::Failed));
        assert_eq!(disk.read(file, 0, &mut [0; 4]), Err(Trouble::Failed));
        assert!(disk.is_dead());
        disk.power_cut(Loss::Everything);
        assert_eq!(disk.files().collect::<Vec<_>>(), [("a", b"kept".as_slice())]);
    }

    #[test]
    fn a_name_that_was_not_synced_may_be_gone() {
        let gone = |seed| {
            let mut disk = Disk::new(seed);
            let file = disk.make(Some("a")).unwrap();
            disk.write(file, 0, b"x").unwrap();
            disk.sync(file, false).unwrap();
            disk.power_cut(Loss::Whole);
            disk.files().count() == 0
        };
        assert!((0..50).any(gone) && !(0..50).all(gone));
    }

    #[test]
    fn there_is_an_end_to_its_room() {
        let mut disk = Disk::new(1);
        disk.plan(Plan { capacity: Some(10), ..Plan::default() });
        let file = disk.make(Some("a")).unwrap();
        disk.write(file, 0, &[1; 8]).unwrap();
        assert_eq!(disk.write(file, 8, &[2; 8]), Err(Trouble::Full));
        disk.write(file, 0, &[3; 10]).unwrap();
        assert_eq!(disk.files().next(), Some(("a", [3; 10].as_slice())));
    }
}
