//! The message tracking log: one row for each step of a message's life, with the 27 fields of
//! transport.md section 10.1 under their documented names. It holds no content.
//!
//! Terminal events must outlive a crash (DESIGN section 10). Who commits one asks for its
//! [lines](MessageTrackingLog::lines), stores it in the same commit, and [appends](MessageTrackingLog::append)
//! them; other events are lost while the log is full. What is found stored at a start is handed to [`MessageTrackingLog::recover`].

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use directory::{Directory, Server};
use model::{
    Clock, Event, EventSink, MessageEvent, MessageEventKind, ObjectName, RecipientResult, TimeSpan,
    Timestamp, TlsRequirement, Unlimited,
};

use crate::{
    files::{self, Day, DirectoryCap, LogFiles, LogFormat, LogSettings, Row},
    search::{self, Found, Lines, Most, TrackingRow},
};

/// The beginning of the files' names.
pub(crate) const PREFIX: &str = "MSGTRK";

const FORMAT: LogFormat = LogFormat {
    prefix: PREFIX,
    log_type: "Message Tracking Log",
    fields: "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data",
    durable: true,
};

/// Bytes of addresses and statuses in one row, before anything of it is quoted, which doubles it
/// at most.
const PORTION: usize = 120 << 10;

/// Rows are given to the log a little later than they happen, and not always in order.
const DISORDER: TimeSpan = TimeSpan::minutes(5);

/// What an administrator may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingSettings {
    /// MessageTrackingLogEnabled; without a folder the log is off all the same.
    pub enabled: bool,
    /// Where it is and how much is kept.
    pub log: LogSettings,
    /// MessageTrackingLogSubjectLoggingEnabled.
    pub subjects: bool,
}

impl TrackingSettings {
    /// No message tracking.
    pub const OFF: Self = Self { enabled: false, log: LogSettings::OFF, subjects: false };

    /// As the directory has them for a server. A path that is not absolute begins at `data`.
    pub fn of(server: &Server, data: &Path) -> Self {
        let transport = &server.transport;
        Self {
            enabled: transport.message_tracking_log_enabled,
            log: LogSettings {
                folder: transport
                    .message_tracking_log_path
                    .as_ref()
                    .map(|p| data.join(p.as_path())),
                max_file_size: Unlimited::Limited(transport.message_tracking_log_max_file_size),
                max_directory_size: transport.message_tracking_log_max_directory_size,
                max_age: transport.message_tracking_log_max_age,
            },
            subjects: transport.message_tracking_log_subject_logging_enabled,
        }
    }

    fn written(self) -> LogSettings {
        if self.enabled { self.log } else { LogSettings::OFF }
    }
}

/// The log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MessageTrackingLog {
    files: LogFiles,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    subjects: AtomicBool,
    folder: ArcSwapOption<PathBuf>,
}

impl MessageTrackingLog {
    /// A log with a thread of its own. `cap`: the limit it shares with other logs.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(
        settings: TrackingSettings,
        cap: Option<Arc<DirectoryCap>>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            subjects: AtomicBool::new(settings.subjects),
            folder: ArcSwapOption::from_pointee(settings.log.folder.clone()),
        });
        Ok(Self { files: LogFiles::start(FORMAT, settings.written(), cap, clock)?, shared })
    }

    /// Makes other settings count, from the next event on.
    pub fn configure(&self, settings: TrackingSettings) {
        self.shared.subjects.store(settings.subjects, Ordering::Relaxed);
        self.shared.folder.store(settings.log.folder.clone().map(Arc::new));
        self.files.configure(settings.written());
    }

    /// Follows the settings of `server` for as long as the directory is there.
    pub async fn follow(self, directory: Directory, server: ObjectName, data: PathBuf) {
        let mut changed = directory.subscribe();
        let mut present = None;
        loop {
            let snapshot = directory.snapshot();
            let wanted = snapshot.server(server.as_str()).map(|s| TrackingSettings::of(s, &data));
            if let Some(settings) = wanted.filter(|w| Some(w) != present.as_ref()) {
                if settings.enabled && settings.log.folder.is_none() {
                    tracing::error!(
                        "MessageTrackingLogEnabled is $true but MessageTrackingLogPath is empty: no message tracking"
                    );
                }
                self.configure(settings.clone());
                present = Some(settings);
            }
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// The first `most` rows, and no more of them than [`Found::BYTES`], from `start` up to, but not including, `end` that `wanted` takes. What
    /// was written while the log was on is found when it is off. Blocks while it reads.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn search(
        &self,
        span: (Option<Timestamp>, Option<Timestamp>),
        most: usize,
        wanted: impl Fn(&TrackingRow) -> bool,
    ) -> io::Result<Found> {
        let folder = self.folder();
        let most = Most { rows: most, bytes: Found::BYTES };
        folder.map_or(Ok(Found::default()), |f| search::search(&f, PREFIX, span, most, wanted))
    }

    /// Where the files are; `None` when there is no place for them.
    pub fn folder(&self) -> Option<PathBuf> {
        self.shared.folder.load().as_deref().cloned()
    }

    /// The event as rows without their line ends: one, or several where it is about so many
    /// recipients that one row would be too long. None while the log is off.
    pub fn lines(&self, at: Timestamp, event: &MessageEvent<'_>) -> impl Iterator<Item = Vec<u8>> {
        let subjects = self.shared.subjects.load(Ordering::Relaxed);
        let portions = self.files.is_on().then(|| Portions(Some(&event.recipients)));
        let line = move |some| files::line(at, |row| write(row, event, some, subjects));
        portions.into_iter().flatten().map(line)
    }

    /// Takes a [line](MessageTrackingLog::lines) of an event that happened at `at`.
    pub fn append(&self, at: Timestamp, line: &[u8]) {
        self.files.write_line(at, line);
    }

    /// Appends those of the lines that the log has not got; returns how many. Reads the end of
    /// the log: call it where that may take a while.
    ///
    /// # Errors
    /// When the log cannot be read; all lines have been appended then, since twice is better
    /// than never.
    pub fn recover(&self, lines: &[Vec<u8>]) -> io::Result<usize> {
        let mut wanted: HashSet<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        let known = self.folder().map_or(Ok(()), |folder| forget_known(&folder, &mut wanted));
        let mut missing = 0;
        for line in lines {
            // Each once, in the order in which they were stored.
            if wanted.remove(line.as_slice())
                && let Some(at) = time_of(line)
            {
                self.append(at, line);
                missing += 1;
            }
        }
        known.map(|()| missing)
    }

    /// Waits until everything given so far is on disk; give it a time limit.
    pub async fn flush(&self) {
        self.files.flush().await;
    }

    /// Whether so much is unwritten that nobody should add to it who can wait.
    pub fn is_full(&self) -> bool {
        self.files.is_full()
    }

    /// Waits while so much is unwritten that nobody should add to it who can wait.
    pub async fn room(&self) {
        self.files.room().await;
    }
}

/// For events whose loss costs nothing: while the log is full they are lost, and counted.
impl EventSink for MessageTrackingLog {
    fn emit(&self, at: Timestamp, event: &Event<'_>) {
        if let Event::Message(event) = event {
            let subjects = self.shared.subjects.load(Ordering::Relaxed);
            for some in Portions(Some(&event.recipients)) {
                self.files.write_or_lose(at, |row| write(row, event, some, subjects));
            }
        }
    }
}

/// The recipients of an event, row by row: so many that their addresses and what was said of them
/// stay within [`PORTION`]. At least one row, and one recipient in each if there are any.
struct Portions<'a>(Option<&'a [RecipientResult<'a>]>);

impl<'a> Iterator for Portions<'a> {
    type Item = &'a [RecipientResult<'a>];

    fn next(&mut self) -> Option<Self::Item> {
        let all = self.0.take()?;
        let mut bytes = 0;
        let fits = |result: &&RecipientResult<'_>| {
            let first = bytes == 0;
            bytes += result.recipient.as_str().len() + result.status.len().min(Row::LONGEST) + 2;
            first || bytes <= PORTION
        };
        let (some, rest) = all.split_at(all.iter().take_while(fits).count());
        self.0 = Some(rest).filter(|rest| !rest.is_empty());
        Some(some)
    }
}

/// All fields after date-time, in order, of an event as far as it is about these recipients.
fn write(
    row: &mut Row<'_>,
    event: &MessageEvent<'_>,
    recipients: &[RecipientResult<'_>],
    subjects: bool,
) {
    let MessageEvent { message, client, server, .. } = event;
    row.optional(client.address).text(client.name);
    row.optional(server.address).text(server.name);
    row.empty().text(event.connector).text(event.source.name()).text(event.kind.name());
    row.display(message.id).text(message.internet_message_id.unwrap_or_default());
    row.display(message.network_id);
    row.list(recipients.iter().map(|r| r.recipient));
    if recipients.iter().all(|r| r.status.is_empty()) {
        row.empty();
    } else {
        row.list(recipients.iter().map(|r| r.status));
    }
    row.display(message.size).display(recipients.len());
    row.optional(event.related_recipient).text(&event.reference);
    row.text(message.subject.filter(|_| subjects).unwrap_or_default());
    let sender = if message.sender.is_empty() { "<>" } else { message.sender };
    row.text(sender).text(sender);
    match event.kind {
        MessageEventKind::Send | MessageEventKind::Deliver => row.time(message.accepted_at),
        _ => row.empty(),
    };
    row.text(message.directionality.name()).empty();
    row.optional(message.original_client).empty();
    match message.tls {
        TlsRequirement::Default => row.empty(),
        tls => row.text(&format!("S:TlsRequirement={}", tls.name())),
    };
}

/// Strikes out the lines that stand in the log's files: of their days, the newest files first,
/// until one begins before all of them.
fn forget_known(folder: &Path, wanted: &mut HashSet<&[u8]>) -> io::Result<()> {
    let times: Vec<Timestamp> = wanted.iter().filter_map(|line| time_of(line)).collect();
    let Some(earliest) = times.iter().min().copied() else { return Ok(()) };
    let days: HashSet<Day> = times.into_iter().map(Day::of).collect();
    for file in files::list(folder, PREFIX)?.iter().rev().filter(|f| days.contains(&f.name.day)) {
        let mut lines = Lines::open(&folder.join(file.name.file_name(PREFIX)))?;
        let mut begins = None;
        while let Some(line) = lines.next_line()? {
            begins = begins.or_else(|| time_of(line));
            wanted.remove(line);
        }
        if begins.is_some_and(|begins| begins + DISORDER < earliest) {
            break;
        }
    }
    Ok(())
}

/// When the event of a line happened.
fn time_of(line: &[u8]) -> Option<Timestamp> {
    search::parse_time(line.get(..24)?)
}

#[cfg(test)]
mod tests;
