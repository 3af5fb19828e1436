//! The log's thread: writes what waits, begins the next file when one is full or its day is over,
//! deletes old files. A disk that takes nothing is tried again every second, and said once.
//!
//! A sync that has failed says nothing of what was written since the last good one, and neither
//! does the next sync of the same file, however well it goes: the kernel has forgotten the pages.
//! Such a file is closed, and what was not on disk for certain is written into another.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use model::Clock;

use super::{
    buffer::{Buffer, Chunk},
    cap::DirectoryCap,
    folder::{self, LogFile},
    iso::Day,
    name::LogName,
    retention,
    settings::{LogFormat, LogSettings},
};

/// So many bytes are kept for fear of a sync that fails; then one is made unasked.
const UNSYNCED: usize = 4 << 20;

type SyncFile = Box<dyn FnMut(&File) -> io::Result<()> + Send>;

/// The file being written.
#[derive(Debug)]
struct Open {
    file: File,
    name: LogName,
    size: u64,
    has_rows: bool,
    synced: bool,
    /// Its size when it was synced last; 0: never.
    durable: u64,
}

/// The thread's own state.
pub(crate) struct Writer {
    format: LogFormat,
    settings: LogSettings,
    cap: Option<Arc<DirectoryCap>>,
    clock: Arc<dyn Clock>,
    buffer: Arc<Buffer>,
    /// What has been taken and is not written yet.
    backlog: VecDeque<Chunk>,
    /// What has been written and is not on disk for certain, where the format asks for that.
    unsynced: VecDeque<Chunk>,
    /// A sync has failed; what it left uncertain is to be written again.
    uncertain: bool,
    sync_file: SyncFile,
    open: Option<Open>,
    /// All files of the log, oldest first; `None`: not looked yet.
    files: Option<Vec<LogFile>>,
    /// What the shared cap counts for this log.
    accounted: u64,
    in_trouble: bool,
    synced: u64,
}

impl Writer {
    pub(crate) fn new(
        format: LogFormat,
        settings: LogSettings,
        cap: Option<Arc<DirectoryCap>>,
        clock: Arc<dyn Clock>,
        buffer: Arc<Buffer>,
    ) -> Self {
        Self {
            format,
            settings,
            cap,
            clock,
            buffer,
            backlog: VecDeque::new(),
            unsynced: VecDeque::new(),
            uncertain: false,
            sync_file: Box::new(File::sync_data),
            open: None,
            files: None,
            accounted: 0,
            in_trouble: false,
            synced: 0,
        }
    }

    /// The same with another way to sync.
    #[cfg(test)]
    pub(crate) fn syncing_with(mut self, sync_file: SyncFile) -> Self {
        self.sync_file = sync_file;
        self
    }

    /// Runs until the log is closed.
    pub(crate) fn run(mut self) {
        self.tidy();
        loop {
            let work = self.buffer.take(!self.backlog.is_empty(), self.synced);
            if let Some(settings) = work.settings {
                self.configure(settings);
            }
            self.backlog.extend(work.chunks);
            let sync = work.sync_to > self.synced || work.closing;
            let mut result = self.bring_to_disk(sync);
            if result.is_err() && work.closing {
                // There is no later time; a file that could not be synced has been given up.
                result = self.bring_to_disk(sync);
            }
            if result.is_ok() && sync {
                self.synced = work.end;
                self.buffer.set_durable(work.end);
            }
            self.say(result.as_ref().err());
            self.buffer.set_in_hand(self.backlog.iter().map(|chunk| chunk.rest().len()).sum());
            self.tidy();
            if work.closing {
                break;
            }
            if result.is_err() && self.backlog.is_empty() {
                // Only the sync failed, which would be asked for again at once.
                std::thread::sleep(std::time::Duration::from_secs(1));
            }
        }
        if !self.backlog.is_empty() {
            tracing::error!(
                log = self.format.log_type,
                "the last rows of a log could not be written"
            );
        }
    }

    fn configure(&mut self, settings: LogSettings) {
        if settings.folder != self.settings.folder {
            if let Err(error) = self.sync() {
                tracing::error!(%error, log = self.format.log_type, "a log could not be synced");
                self.write_again();
            }
            self.open = None;
            self.files = None;
            self.account(0);
        }
        self.settings = settings;
    }

    /// Writes the backlog, and syncs it when asked to or when too much is uncertain. What is left
    /// after an error is in the backlog.
    fn bring_to_disk(&mut self, sync: bool) -> io::Result<()> {
        let mut result = self.drain();
        let uncertain: usize = self.unsynced.iter().map(|chunk| chunk.bytes.len()).sum();
        if result.is_ok() && (sync || uncertain > UNSYNCED) {
            result = self.sync();
        }
        self.write_again();
        result
    }

    /// After a failed sync: puts what is uncertain back to be written, in its order.
    fn write_again(&mut self) {
        if !std::mem::take(&mut self.uncertain) {
            return;
        }
        // Only the first can have been begun.
        for chunk in self.unsynced.iter_mut().chain(self.backlog.front_mut()) {
            chunk.written = chunk.synced;
        }
        self.unsynced.append(&mut self.backlog);
        std::mem::swap(&mut self.unsynced, &mut self.backlog);
    }

    fn drain(&mut self) -> io::Result<()> {
        let Some(folder) = self.settings.folder.clone() else {
            self.backlog.clear();
            self.unsynced.clear();
            return Ok(());
        };
        while let Some(mut chunk) = self.backlog.pop_front() {
            let result = self.write(&folder, &mut chunk);
            if result.is_err() {
                self.backlog.push_front(chunk);
                return result;
            }
            if self.format.durable {
                self.unsynced.push_back(chunk);
            }
        }
        Ok(())
    }

    fn write(&mut self, folder: &Path, chunk: &mut Chunk) -> io::Result<()> {
        while !chunk.rest().is_empty() {
            let limit = self.settings.file_limit();
            // A row that was broken off goes on where it broke.
            let at_row = chunk.written == 0 || chunk.bytes.get(chunk.written - 1) == Some(&b'\n');
            if at_row && !self.is_usable(chunk.day, fitting(chunk.rest(), 0), limit) {
                self.begin(folder, chunk.day)?;
                chunk.synced = chunk.written;
            }
            let Some(open) = &mut self.open else {
                // The file is gone with the folder; the row's beginning is lost with it.
                (chunk.written, chunk.synced) = (0, 0);
                continue;
            };
            let room = usize::try_from(limit.saturating_sub(open.size)).unwrap_or(usize::MAX);
            let some = &chunk.bytes[chunk.written..];
            let some = &some[..fitting(some, room)];
            let count = match open.file.write(some) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                Err(error) => return Err(error),
            };
            chunk.written += count;
            open.size += count as u64;
            open.synced = false;
            open.has_rows = true;
            let (name, size) = (open.name, open.size);
            self.grown(name, size);
        }
        Ok(())
    }

    /// Whether the open file can take a row of `bytes` bytes of this day.
    fn is_usable(&self, day: Day, bytes: usize, limit: u64) -> bool {
        self.open.as_ref().is_some_and(|open| {
            let fits = !open.has_rows || open.size.saturating_add(bytes as u64) <= limit;
            // Somebody may have deleted it.
            let exists = open.file.metadata().is_ok_and(|m| m.nlink() > 0);
            open.name.day == day && fits && exists
        })
    }

    /// Begins the next file of a day.
    fn begin(&mut self, folder: &Path, day: Day) -> io::Result<()> {
        self.sync()?;
        self.open = None;
        std::fs::DirBuilder::new().recursive(true).mode(0o750).create(folder)?;
        let mut files = folder::list(folder, self.format.prefix)?;
        let last = files.iter().filter(|f| f.name.day == day).map(|f| f.name.number).max();
        let name = LogName { day, number: last.unwrap_or(0).saturating_add(1) };
        let path = folder.join(name.file_name(self.format.prefix));
        let mut file = OpenOptions::new().append(true).create_new(true).mode(0o640).open(&path)?;
        let header = self.header();
        // The file's own entry must survive a power cut as its rows do.
        let sync_folder = || File::open(folder)?.sync_all();
        if let Err(error) = file.write_all(header.as_bytes()).and_then(|()| sync_folder()) {
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        let size = header.len() as u64;
        files.push(LogFile { name, size });
        files.sort_unstable_by_key(|file| file.name);
        self.files = Some(files);
        self.open = Some(Open { file, name, size, has_rows: false, synced: false, durable: 0 });
        self.tidy();
        Ok(())
    }

    fn header(&self) -> String {
        let LogFormat { log_type, fields, .. } = self.format;
        let (version, date) = (env!("CARGO_PKG_VERSION"), self.clock.now().iso());
        format!(
            "#Software: Relais\n#Version: {version}\n#Log-Type: {log_type}\n#Date: {date}\n#Fields: {fields}\n"
        )
    }

    fn sync(&mut self) -> io::Result<()> {
        let Some(open) = self.open.as_mut().filter(|open| !open.synced) else { return Ok(()) };
        if let Err(error) = (self.sync_file)(&open.file) {
            self.give_up_file();
            return Err(error);
        }
        open.synced = true;
        open.durable = open.size;
        self.unsynced.clear();
        if let Some(begun) = self.backlog.front_mut() {
            begun.synced = begun.written;
        }
        Ok(())
    }

    /// Closes the file whose sync has failed. What will be written again is cut off it, as far as
    /// the disk allows.
    fn give_up_file(&mut self) {
        self.uncertain = true;
        self.files = None;
        let (Some(open), Some(folder)) = (self.open.take(), &self.settings.folder) else { return };
        if !self.format.durable {
            return;
        }
        let path = folder.join(open.name.file_name(self.format.prefix));
        let cut = match open.durable {
            0 => std::fs::remove_file(&path),
            durable => open.file.set_len(durable),
        };
        if let Err(error) = cut {
            tracing::warn!(%error, file = %path.display(), "some rows may stand in a log twice");
        }
    }

    fn grown(&mut self, name: LogName, size: u64) {
        let files = self.files.as_mut();
        if let Some(file) = files.and_then(|files| files.iter_mut().find(|f| f.name == name)) {
            file.size = size;
        }
    }

    /// Deletes what is too old or too much.
    fn tidy(&mut self) {
        let Some(folder) = self.settings.folder.clone() else { return };
        if self.files.is_none() {
            self.files = folder::list(&folder, self.format.prefix).ok();
        }
        let Some(mut files) = self.files.take() else { return };
        let total: u64 = files.iter().map(|f| f.size).sum();
        self.account(total);
        let cap = self.cap.as_ref().filter(|cap| cap.covers(&folder));
        let count = retention::to_delete(
            &files,
            self.clock.now(),
            self.settings.max_age,
            self.settings.directory_limit(),
            cap.map_or(0, |cap| cap.excess(self.format.prefix, total)),
        );
        let current = self.open.as_ref().map(|open| open.name);
        let deletable = files.iter().take(count).take_while(|f| Some(f.name) != current).count();
        for file in files.drain(..deletable) {
            let path: PathBuf = folder.join(file.name.file_name(self.format.prefix));
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, file = %path.display(), "an old log file could not be deleted");
                }
                _ => {}
            }
        }
        self.account(files.iter().map(|f| f.size).sum());
        self.files = Some(files);
    }

    /// Tells the shared cap how much this log has.
    fn account(&mut self, total: u64) {
        let folder = self.settings.folder.as_deref();
        if let (Some(cap), Some(folder)) = (&self.cap, folder)
            && cap.covers(folder)
        {
            cap.account(self.accounted, total);
            self.accounted = total;
        }
    }

    /// Says that a disk takes nothing, and that it does again, once each.
    fn say(&mut self, error: Option<&io::Error>) {
        let (log, folder) = (self.format.log_type, &self.settings.folder);
        match (error, self.in_trouble) {
            (Some(error), false) => {
                tracing::error!(%error, log, ?folder, "a log cannot be written; its rows wait");
            }
            (None, true) => tracing::info!(log, ?folder, "the log can be written again"),
            _ => {}
        }
        self.in_trouble = error.is_some();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.account(0);
        // Nobody waits for a thread that is gone.
        self.buffer.set_durable(u64::MAX);
        self.buffer.set_in_hand(0);
    }
}

/// How many bytes of whole rows fit into `room`; at least one row.
pub(crate) fn fitting(rows: &[u8], room: usize) -> usize {
    if rows.len() <= room {
        return rows.len();
    }
    let within = rows[..room].iter().rposition(|b| *b == b'\n');
    let end = within.or_else(|| rows.iter().position(|b| *b == b'\n'));
    end.map_or(rows.len(), |end| end + 1)
}
