//! Contents of [`LARGE`] bytes and more, in files of their own beside the database: `content/` holds a few
//! files, each with many contents one behind the other. The database would write each twice.
//!
//! The order of things keeps a crash harmless: a content is written and synced before the commit
//! that stores its row, and its place is used again only after the commit that removes its row. So
//! a row never points to what is not there; what no row points to is found at the next start.
//!
//! A file in which nothing is left is written from its beginning again, or deleted. Of one that a
//! few stay in for long, what has left is given back to the file system (holes), where that can do so.
//!
//! When a commit fails, its rows may be on the disk all the same. Until a later commit has made that
//! impossible, nothing that was there is overwritten or deleted.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use rusqlite::Connection;

use crate::{Disk, DiskFile, DiskLimits, SpoolError};

/// Contents smaller than this stay in the database.
pub(crate) const LARGE: usize = 8 << 10;
/// Contents begin at multiples of this, so that what leaves can become a hole.
const BLOCK: u64 = 4096;
/// A file is full at this size, on a small disk sooner. Only a larger content makes it larger.
const MOST: u64 = 64 << 20;
const LEAST: u64 = 256 << 10;
/// Files kept to be written again: under load, and when it is quiet.
const SPARE: usize = 2;
const SPARE_QUIET: usize = 1;
/// Holes are made for no less than this when it is quiet, and under load.
const LEAST_QUIET: u64 = 1 << 20;
const LEAST_BUSY: u64 = 64 << 20;

/// Where a content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Number of the file.
    pub(crate) file: u64,
    /// Where it begins, and how long it is, in bytes.
    pub(crate) at: u64,
    pub(crate) length: u64,
    /// CRC-32 (IEEE) of it.
    pub(crate) sum: u32,
}

/// What is known of a file that rows point into, or that is being written.
#[derive(Debug, Default, Clone, Copy)]
struct Usage {
    /// Contents, and their bytes in blocks.
    contents: u64,
    live: u64,
    /// Bytes that it has on the disk.
    occupied: u64,
    /// It has holes: not worth writing again.
    holed: bool,
}

struct Current {
    number: u64,
    file: Box<dyn DiskFile>,
    /// Where the next content begins.
    at: u64,
}

/// Whether what the database says is what is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    None,
    /// A commit has failed.
    Open,
    /// A later one has succeeded: the database can be asked what there is.
    Over,
}

/// See the head of this file. Belongs to the committing thread.
pub(crate) struct Bodies {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    most: u64,
    files: BTreeMap<u64, Usage>,
    current: Option<Current>,
    /// Files that nothing is in, with their size.
    spare: Vec<(u64, u64)>,
    /// Files that nothing is in and that somebody copies: not written again before he is done.
    withheld: BTreeSet<u64>,
    next: u64,
    doubt: Doubt,
    can_have_holes: bool,
    /// Bytes that are written again before the disk gives more.
    free: Arc<AtomicU64>,
}

/// Where the file with this number is, beside the database at `database`.
pub(crate) fn path_of(database: &Path, number: u64) -> PathBuf {
    directory_of(database).join(name_of(number))
}

/// Whether the directory of the files is there.
pub(crate) fn is_there(disk: &dyn Disk, database: &Path) -> bool {
    disk.list(&directory_of(database)).is_ok()
}

fn directory_of(database: &Path) -> PathBuf {
    database.with_file_name("content")
}

fn name_of(number: u64) -> String {
    format!("{number:08}")
}

fn blocks(length: u64) -> u64 {
    length.div_ceil(BLOCK).saturating_mul(BLOCK)
}

impl Bodies {
    /// Makes the directory when it is missing, and looks at what is in it.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        database: &Path,
        limits: DiskLimits,
        connection: &Connection,
    ) -> Result<Self, SpoolError> {
        let directory = directory_of(database);
        disk.make_directory(&directory).map_err(|e| not_open(&directory, &e))?;
        let mut bodies = Self {
            disk,
            directory,
            most: (limits.reserve.as_u64() / 4).clamp(LEAST, MOST),
            files: BTreeMap::new(),
            current: None,
            spare: Vec::new(),
            withheld: BTreeSet::new(),
            next: 1,
            doubt: Doubt::None,
            can_have_holes: true,
            free: Arc::default(),
        };
        bodies.look(connection)?;
        Ok(bodies)
    }

    /// Bytes that files have and that hold nothing, as they are at any time.
    pub(crate) fn free(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.free)
    }

    /// Asks the database anew which files are needed. What no row points into is left over from
    /// before a crash or a failure. Reads all rows: about 0.2 seconds for a million.
    pub(crate) fn look(&mut self, connection: &Connection) -> Result<(), SpoolError> {
        let mut files: BTreeMap<u64, Usage> = BTreeMap::new();
        let mut statement = connection.prepare("SELECT file, length FROM body")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            // A row that does not say where it points to hides no other.
            let (Ok(file), Ok(length)) = (row.get(0), row.get(1)) else { continue };
            let usage = files.entry(file).or_default();
            usage.contents += 1;
            usage.live = usage.live.saturating_add(blocks(length));
        }
        let mut empty = Vec::new();
        let highest = files.last_key_value().map_or(0, |(number, _)| *number);
        self.next = self.next.max(highest + 1);
        for (number, size, occupied) in self.on_disk().map_err(|e| not_open(&self.directory, &e))? {
            self.next = self.next.max(number + 1);
            match files.get_mut(&number) {
                Some(usage) => {
                    usage.occupied = occupied.max(usage.live);
                    usage.holed = occupied < size;
                }
                None => empty.push((number, if occupied < size { u64::MAX } else { size })),
            }
        }
        for (number, usage) in &files {
            if usage.occupied == 0 {
                tracing::error!(path = %self.path(*number).display(), contents = usage.contents, "a file of the spool is missing");
            }
        }
        self.files = files;
        self.current = None;
        self.spare.clear();
        self.withheld.clear();
        self.doubt = Doubt::None;
        let is_copied = !empty.is_empty() && self.is_copied();
        for (number, size) in empty {
            if is_copied {
                let holed = size == u64::MAX;
                let occupied = if holed { 0 } else { size };
                let usage = Usage { occupied, holed, ..Usage::default() };
                self.files.insert(number, usage);
                self.withheld.insert(number);
            } else {
                self.set_aside(number, size);
            }
        }
        self.count();
        Ok(())
    }

    /// Our files: number, size and bytes on the disk. Others are not ours to judge.
    fn on_disk(&self) -> io::Result<Vec<(u64, u64, u64)>> {
        let listed = self.disk.list(&self.directory)?;
        let ours = listed.into_iter().filter_map(|file| {
            let number = file.name.parse().ok().filter(|number| name_of(*number) == file.name)?;
            Some((number, file.length, file.occupied))
        });
        Ok(ours.collect())
    }

    /// Writes contents and syncs them. They may be lost again until their rows are committed.
    pub(crate) fn store<'a>(
        &mut self,
        contents: impl Iterator<Item = &'a Bytes>,
    ) -> Result<Vec<Place>, SpoolError> {
        let mut placed = Vec::new();
        let mut full = Vec::new();
        for content in contents {
            placed.push(self.write(content, &mut full)?);
        }
        if placed.is_empty() {
            return Ok(placed);
        }
        let current = self.current.as_ref().map(|current| &current.file);
        for file in full.iter().chain(current) {
            if let Err(error) = file.sync() {
                // What it wrote before is safe; what comes goes elsewhere, and is synced there.
                self.current = None;
                self.doubt = Doubt::Open;
                return Err(failed(&error));
            }
        }
        Ok(placed)
    }

    fn write(
        &mut self,
        content: &Bytes,
        full: &mut Vec<Box<dyn DiskFile>>,
    ) -> Result<Place, SpoolError> {
        let length = content.len() as u64;
        let current = match self.current.take() {
            Some(current) if current.at == 0 || current.at + length <= self.most => current,
            ended => {
                full.extend(ended.map(|ended| ended.file));
                self.begin().map_err(|e| failed(&e))?
            }
        };
        let current = self.current.insert(current);
        current.file.write_at(content, current.at).map_err(|e| failed(&e))?;
        let place =
            Place { file: current.number, at: current.at, length, sum: crc32fast::hash(content) };
        current.at += blocks(length);
        let usage = self.files.entry(current.number).or_default();
        usage.occupied = usage.occupied.max(current.at);
        Ok(place)
    }

    /// The next file: one that was used before, whose place on the disk is settled, or a new one.
    fn begin(&mut self) -> io::Result<Current> {
        let (number, occupied) = self.spare.pop().unwrap_or((self.next, 0));
        let file = self.disk.open(&self.path(number), true)?;
        if occupied == 0 {
            self.next = number + 1;
            // Its name must outlive a power cut before a row names it.
            self.disk.sync_directory(&self.directory)?;
        }
        self.files.insert(number, Usage { occupied, ..Usage::default() });
        Ok(Current { number, file, at: 0 })
    }

    /// The rows of `placed` are durable, those of `gone` durably removed.
    pub(crate) fn committed(&mut self, placed: &[Place], gone: &[Place]) {
        if self.doubt == Doubt::Open {
            self.doubt = Doubt::Over;
        }
        if placed.is_empty() && gone.is_empty() {
            return;
        }
        for place in placed {
            let usage = self.files.entry(place.file).or_default();
            usage.contents += 1;
            usage.live += blocks(place.length);
        }
        for place in gone {
            let Some(usage) = self.files.get_mut(&place.file) else { continue };
            usage.contents = usage.contents.saturating_sub(1);
            usage.live = usage.live.saturating_sub(blocks(place.length));
            if usage.contents == 0 && self.doubt == Doubt::None {
                self.withheld.insert(place.file);
            }
        }
        if self.doubt == Doubt::None && !self.withheld.is_empty() && !self.is_copied() {
            self.release();
        }
        self.count();
    }

    /// Whether somebody may have a copy of the database that refers to what has left.
    fn is_copied(&self) -> bool {
        self.directory.parent().is_some_and(|spool| self.disk.is_copied(spool))
    }

    /// What nothing is in may be written again.
    fn release(&mut self) {
        for number in std::mem::take(&mut self.withheld) {
            // It may be the file that is written, and have got something since.
            if self.files.get(&number).is_some_and(|usage| usage.contents == 0) {
                self.emptied(number);
            }
        }
    }

    /// A commit with contents has failed.
    pub(crate) fn not_committed(&mut self) {
        self.doubt = Doubt::Open;
    }

    fn emptied(&mut self, number: u64) {
        if let Some(current) = self.current.as_mut().filter(|current| current.number == number) {
            current.at = 0;
            return;
        }
        if let Some(usage) = self.files.remove(&number) {
            self.set_aside(number, if usage.holed { u64::MAX } else { usage.occupied });
        }
    }

    /// Keeps a file that nothing is in, or deletes it. A deletion that fails costs space until the
    /// next start.
    fn set_aside(&mut self, number: u64, size: u64) {
        if size > 0 && size <= self.most && self.spare.len() < SPARE {
            self.spare.push((number, size));
        } else {
            self.delete(number);
        }
    }

    fn delete(&self, number: u64) {
        if let Err(error) = self.disk.remove(&self.path(number)) {
            tracing::warn!(path = %self.path(number).display(), %error, "a file of the spool that holds nothing could not be deleted");
        }
    }

    /// Gives space back: of it, all there is when it is `scarce`.
    pub(crate) fn give_back(
        &mut self,
        connection: &Connection,
        scarce: bool,
    ) -> Result<(), SpoolError> {
        if self.doubt == Doubt::Over {
            self.look(connection)?;
        }
        // Mail goes before copies: whoever copies finds out and begins again.
        if !self.withheld.is_empty() && self.doubt == Doubt::None && (scarce || !self.is_copied()) {
            self.release();
        }
        while self.spare.len() > if scarce { 0 } else { SPARE_QUIET } {
            if let Some((number, _)) = self.spare.pop() {
                self.delete(number);
            }
        }
        self.count();
        self.make_holes(connection, if scarce { BLOCK } else { LEAST_QUIET }, scarce)
    }

    /// The same while there is much to do: only when it is worth reading all rows.
    pub(crate) fn give_back_much(&mut self, connection: &Connection) -> Result<(), SpoolError> {
        let live: u64 = self.files.values().map(|usage| usage.live).fold(0, u64::saturating_add);
        self.make_holes(connection, LEAST_BUSY.max(live / 8), false)
    }

    /// Makes holes of what has left files that are not empty, when it is `least` bytes.
    fn make_holes(
        &mut self,
        connection: &Connection,
        least: u64,
        scarce: bool,
    ) -> Result<(), SpoolError> {
        if !self.can_have_holes || self.doubt != Doubt::None || self.left_over() < least {
            return Ok(());
        }
        if !scarce && self.is_copied() {
            return Ok(());
        }
        let mut kept: HashMap<u64, Vec<(u64, u64)>> = HashMap::new();
        let current = self.current.as_ref().map(|current| current.number);
        for (number, usage) in &self.files {
            if Some(*number) != current && usage.occupied > usage.live {
                kept.insert(*number, Vec::new());
            }
        }
        let mut statement = connection.prepare("SELECT file, place, length FROM body")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (Ok(file), Ok(at), Ok(length)) = (row.get(0), row.get(1), row.get(2)) else {
                continue;
            };
            if let Some(places) = kept.get_mut(&file) {
                places.push((at, length));
            }
        }
        for (number, mut places) in kept {
            places.sort_unstable();
            match self.holes(number, &places) {
                Ok(()) => {
                    if let Some(usage) = self.files.get_mut(&number) {
                        usage.occupied = usage.live;
                        usage.holed = true;
                    }
                }
                Err(error) => {
                    tracing::info!(%error, "space within files of the spool cannot be given back one by one on this file system");
                    self.can_have_holes = false;
                    break;
                }
            }
        }
        self.count();
        Ok(())
    }

    /// Bytes within files that are needed, and that nothing is in.
    fn left_over(&self) -> u64 {
        let current = self.current.as_ref().map(|current| current.number);
        let others = self.files.iter().filter(|(number, _)| Some(**number) != current);
        others.map(|(_, usage)| usage.occupied.saturating_sub(usage.live)).sum()
    }

    fn count(&self) {
        let spare: u64 = self.spare.iter().map(|(_, size)| size).sum();
        let coming = self.current.as_ref().map_or(0, |current| {
            let occupied = self.files.get(&current.number).map_or(0, |usage| usage.occupied);
            occupied.saturating_sub(current.at)
        });
        let left_over = if self.can_have_holes { self.left_over() } else { 0 };
        self.free.store(spare + coming + left_over, Ordering::Relaxed);
    }

    fn path(&self, number: u64) -> PathBuf {
        self.directory.join(name_of(number))
    }

    /// Makes holes of everything in the file but `kept` (where, length; ascending).
    fn holes(&self, number: u64, kept: &[(u64, u64)]) -> io::Result<()> {
        let file = self.disk.open(&self.path(number), false)?;
        let size = file.length()?;
        let mut from = 0;
        for (at, length) in kept.iter().copied().chain([(blocks(size), 0)]) {
            if at > from {
                file.make_hole(from, at)?;
            }
            from = at.saturating_add(blocks(length));
        }
        Ok(())
    }
}

fn failed(error: &io::Error) -> SpoolError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SpoolError::Full,
        _ => SpoolError::Write(error.to_string()),
    }
}

fn not_open(directory: &Path, error: &io::Error) -> SpoolError {
    SpoolError::Open(format!("{}: {error}", directory.display()))
}

#[cfg(test)]
mod tests;
