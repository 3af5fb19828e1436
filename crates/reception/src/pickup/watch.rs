//! The watch over one of the directories: looks in every few seconds, takes what is ready within
//! the rate, and brings every file that was begun to its end, also those of an earlier run.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use directory::{Server, Snapshot, TransportRole};
use futures_util::future::join_all;
use model::{MessageId, TimeSpan, Timestamp};
use tokio::sync::watch as channel;

use super::{
    DropSettings,
    files::{self, Begun, End},
    folder::{Candidate, Folder, Stamp},
    letter::{Letter, Rules, Verdict},
    names, safety,
};
use crate::{
    DropDirectory, FileSource, SentBack, Source, Submitted,
    minute::{Minute, minute_of},
};

/// Files of the maildrop that are taken each minute: so many that one sender does not fill the spool before anybody sees
/// it, and no list of them is long.
const MAILDROP_RATE: u32 = 6000;
/// An empty file is likely to be filled yet.
const REST_OF_EMPTY: TimeSpan = TimeSpan::minutes(1);
/// Files that are not ready, and troubles, that are kept in mind.
const MOST_KEPT: usize = 10_000;

/// The watch over one directory.
pub(super) struct Watch {
    kind: DropDirectory,
    settings: Arc<DropSettings>,
    stop: channel::Receiver<bool>,
    open: Option<Open>,
    /// How many files were taken this minute.
    minute: Minute,
    paused: bool,
    said: Said,
}

/// The directory while it is in use.
struct Open {
    folder: Folder,
    /// Files whose end is not known: each was taken, and is to be deleted, or is to wait again.
    unsettled: Vec<OsString>,
    /// Files that were not ready, and since when they have not changed.
    growing: HashMap<OsString, (Stamp, Timestamp)>,
    /// Files that could not be taken the last time.
    stuck: usize,
}

/// What was said, so that it is said once as long as it is true.
#[derive(Default)]
struct Said {
    before: HashSet<String>,
    now: HashSet<String>,
}

/// What a directory is to be now.
struct Wanted {
    path: PathBuf,
    rate: u32,
    rules: Rules,
}

impl Said {
    fn say(&mut self, kind: DropDirectory, text: String) {
        if !self.before.contains(&text) && !self.now.contains(&text) {
            tracing::warn!(directory = %kind, "{text}");
        }
        if self.now.len() < MOST_KEPT {
            self.now.insert(text);
        }
    }

    /// What is not true any more may be said again.
    fn turn(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }
}

impl Watch {
    pub(super) fn new(
        kind: DropDirectory,
        settings: Arc<DropSettings>,
        stop: channel::Receiver<bool>,
    ) -> Self {
        let (minute, said) = (Minute::default(), Said::default());
        Self { kind, settings, stop, open: None, minute, paused: false, said }
    }

    pub(super) async fn run(mut self) {
        let mut changed = self.settings.directory.subscribe();
        let mut stop = self.stop.clone();
        while !*stop.borrow() {
            self.look().await;
            self.said.turn();
            tokio::select! {
                () = tokio::time::sleep(self.interval()) => {}
                change = changed.changed() => if change.is_err() { return },
                _ = stop.changed() => return,
            }
        }
    }

    /// Looks in once.
    async fn look(&mut self) {
        let snapshot = self.settings.directory.snapshot();
        let server = snapshot.server(self.settings.server.as_str()).cloned();
        let wanted = server.as_ref().and_then(|server| self.wanted(&snapshot, server));
        let (Some(server), Some(wanted)) = (server, wanted) else {
            if let Some(open) = self.open.take() {
                tracing::info!(directory = %self.kind, path = %open.folder.path().display(), "files are not taken any more");
            }
            return;
        };
        if self.is_paused(&server) {
            return;
        }
        if let Err(error) = self.take(wanted).await {
            self.say(format!("the directory cannot be used: {error}"));
        }
    }

    fn interval(&self) -> Duration {
        match self.kind {
            DropDirectory::Pickup | DropDirectory::Replay => self.settings.interval,
            DropDirectory::Maildrop => self.settings.maildrop_interval,
        }
    }

    fn say(&mut self, text: String) {
        self.said.say(self.kind, text);
    }

    /// The settings, where the directory is on.
    fn wanted(&mut self, snapshot: &Snapshot, server: &Server) -> Option<Wanted> {
        let transport = &server.transport;
        let at = |path: &Option<directory::LocalPath>| {
            path.as_ref().map(|path| self.settings.data.join(path.as_path()))
        };
        let (pickup, replay) =
            (at(&transport.pickup_directory_path), at(&transport.replay_directory_path));
        let path = match self.kind {
            DropDirectory::Pickup => pickup?,
            DropDirectory::Replay => {
                let replay = replay?;
                if pickup.is_some_and(|pickup| is_same(&pickup, &replay)) {
                    self.say("the Replay directory is that of Pickup, to which its files belong: Replay is off".to_owned());
                    return None;
                }
                replay
            }
            DropDirectory::Maildrop => self.settings.maildrop.clone()?,
        };
        let domain = snapshot.default_domain().map(ToString::to_string);
        Some(Wanted {
            path,
            rate: match self.kind {
                DropDirectory::Maildrop => MAILDROP_RATE,
                _ => transport.pickup_directory_max_messages_per_minute,
            },
            rules: Rules {
                max_header: transport.pickup_directory_max_header_size.as_u64(),
                max_recipients: transport.pickup_directory_max_recipients_per_message as usize,
                domain: domain.unwrap_or_else(|| self.settings.fqdn.clone()),
                fqdn: self.settings.fqdn.clone(),
            },
        })
    }

    /// Whether nothing is taken at present; told when that changes.
    fn is_paused(&mut self, server: &Server) -> bool {
        let reason = if !server.takes_mail_through(TransportRole::HubTransport) {
            Some("the Transport service takes no mail (Set-ServerComponentState)")
        } else if self.settings.intake.is_pressed() {
            Some("back pressure")
        } else {
            None
        };
        match reason {
            Some(reason) if !self.paused => {
                tracing::warn!(directory = %self.kind, reason, "files wait");
            }
            None if self.paused => tracing::warn!(directory = %self.kind, "files are taken again"),
            _ => {}
        }
        self.paused = reason.is_some();
        self.paused
    }

    /// Takes what is ready, as far as the rate allows.
    async fn take(&mut self, wanted: Wanted) -> io::Result<()> {
        let mut open = match self.open.take() {
            Some(open) if open.folder.path() == wanted.path => open,
            _ => self.open(&wanted.path).await?,
        };
        let taken = self.take_from(&mut open, &wanted).await;
        self.open = Some(open);
        taken
    }

    async fn open(&mut self, path: &Path) -> io::Result<Open> {
        let wanted = path.to_owned();
        let kind = self.kind;
        let (folder, unsettled, findings) = blocking(move || {
            let (folder, findings) = match kind {
                DropDirectory::Maildrop => {
                    safety::refuse_maildrop(&wanted)?;
                    (Folder::open_existing(&wanted)?, Vec::new())
                }
                _ => (Folder::open(&wanted)?, safety::findings(&wanted)),
            };
            let unsettled = folder.temporaries()?;
            Ok((folder, unsettled, findings))
        })
        .await?;
        tracing::info!(directory = %self.kind, path = %path.display(), "files are taken");
        for finding in findings {
            tracing::warn!(directory = %self.kind, "{finding}. Whoever can put files there can send mail as anybody: an open relay");
        }
        Ok(Open { folder, unsettled, growing: HashMap::new(), stuck: 0 })
    }

    async fn take_from(&mut self, open: &mut Open, wanted: &Wanted) -> io::Result<()> {
        self.settle(open).await?;
        let budget = self.budget(wanted.rate);
        if budget == 0 {
            return Ok(());
        }
        let ready = self.ready(open, budget + open.stuck).await?;
        let (mut taken, mut rest) = (0, &ready[..]);
        open.stuck = 0;
        while taken < budget && !rest.is_empty() && !*self.stop.borrow() {
            let (some, others) = rest.split_at(files::together(rest, budget - taken));
            rest = others;
            let begun = self.begin(open, wanted, some).await?;
            let number = u32::try_from(begun.len()).unwrap_or(u32::MAX);
            self.minute.count = self.minute.count.saturating_add(number);
            taken += begun.len();
            self.finish(open, begun).await?;
            if self.settings.intake.is_pressed() {
                break;
            }
        }
        Ok(())
    }

    /// How many files may still be taken in this minute.
    fn budget(&mut self, rate: u32) -> usize {
        let number = minute_of(self.settings.clock.now());
        if number != self.minute.number {
            self.minute = Minute { number, count: 0 };
        }
        rate.saturating_sub(self.minute.count) as usize
    }

    /// Brings files to their end that were begun: taken ones are deleted, others wait again.
    async fn settle(&mut self, open: &mut Open) -> io::Result<()> {
        if open.unsettled.is_empty() {
            return Ok(());
        }
        let names = std::mem::take(&mut open.unsettled);
        let (kind, folder) = (self.kind, open.folder.clone());
        let (intake, now) = (Arc::clone(&self.settings.intake), self.settings.clock.now());
        let (left, troubles) =
            blocking(move || Ok(files::settle(kind, &folder, intake.as_ref(), names, now))).await?;
        open.unsettled = left;
        for trouble in troubles {
            self.say(trouble);
        }
        Ok(())
    }

    /// The files that nobody is writing any more.
    async fn ready(&mut self, open: &mut Open, most: usize) -> io::Result<Vec<Candidate>> {
        let now = self.settings.clock.now();
        let rest = match self.kind {
            // What is there under its name is whole.
            DropDirectory::Maildrop => Duration::ZERO,
            _ => self.settings.rest,
        };
        let rest = TimeSpan::millis(u64::try_from(rest.as_millis()).unwrap_or(0));
        let before = std::mem::take(&mut open.growing);
        let folder = open.folder.clone();
        let (ready, growing) = blocking(move || {
            let mut growing = HashMap::new();
            let ready = folder.letters(most, |letter| {
                let needed = if letter.stamp.size == 0 { rest.max(REST_OF_EMPTY) } else { rest };
                // By its own time; by ours, where its own is wrong.
                let seen = before.get(&letter.name).filter(|(stamp, _)| *stamp == letter.stamp);
                let since = seen.map_or(now, |(_, since)| *since);
                let is_ready = letter.oddity.is_some()
                    || now.since(letter.stamp.modified()) >= needed
                    || now.since(since) > needed;
                if !is_ready && growing.len() < MOST_KEPT {
                    growing.insert(letter.name.clone(), (letter.stamp, since));
                }
                is_ready
            })?;
            Ok((ready, growing))
        })
        .await?;
        open.growing = growing;
        Ok(ready)
    }

    /// Claims files and reads them, then hands over what they are.
    async fn begin(
        &mut self,
        open: &mut Open,
        wanted: &Wanted,
        letters: &[Candidate],
    ) -> io::Result<Vec<(Begun, End)>> {
        let now = self.settings.clock.now();
        let (kind, folder, rules) = (self.kind, open.folder.clone(), wanted.rules.clone());
        let ids: Vec<MessageId> = letters.iter().map(|_| self.settings.intake.next_id()).collect();
        let letters = letters.to_vec();
        let (judged, troubles) =
            blocking(move || Ok(files::begin(kind, &folder, &rules, &letters, (&ids, now))))
                .await?;
        open.stuck = (open.stuck + troubles.len()).min(MOST_KEPT);
        for trouble in troubles {
            self.say(trouble);
        }
        let ends = judged.into_iter().map(|(begun, verdict)| async {
            let end = match verdict {
                Some(verdict) => self.hand_over(&begun, verdict).await,
                None => End::Again,
            };
            (begun, end)
        });
        Ok(join_all(ends).await)
    }

    async fn hand_over(&self, begun: &Begun, verdict: Verdict) -> End {
        let intake = &self.settings.intake;
        match verdict {
            Verdict::Bad(reason) => End::Bad(reason),
            Verdict::Good(letter) => match intake.accept(self.submitted(begun, letter)).await {
                Ok(_) => End::Done,
                Err(refusal) => {
                    tracing::debug!(directory = %self.kind, file = names::printable(&begun.name), reply = %refusal.0, "not taken now");
                    End::Again
                }
            },
            Verdict::Return(letter, why) => {
                match intake.send_back(self.submitted(begun, letter), why.clone()).await {
                    Ok(SentBack::Told) => {
                        tracing::warn!(directory = %self.kind, file = names::printable(&begun.name), reply = %why, "returned to its sender");
                        End::Done
                    }
                    Ok(SentBack::NobodyToTell) => End::Bad(why.to_string()),
                    Err(_) => End::Again,
                }
            }
        }
    }

    fn submitted(&self, begun: &Begun, letter: Letter) -> Submitted {
        Submitted {
            id: begun.id,
            network_id: begun.network_id,
            envelope: letter.envelope,
            content: letter.content,
            trace: letter.trace,
            source: Source::File(FileSource {
                directory: self.kind,
                file: names::printable(&begun.name),
                key: files::key(self.kind, &begun.work),
                client: letter.client,
                hello: letter.hello,
                source: letter.source,
                owner: begun.owner,
            }),
        }
    }

    /// Deletes what is done with, sets aside what is bad; the others are settled the next time.
    async fn finish(&mut self, open: &mut Open, ends: Vec<(Begun, End)>) -> io::Result<()> {
        let (kind, folder) = (self.kind, open.folder.clone());
        let (intake, now) = (Arc::clone(&self.settings.intake), self.settings.clock.now());
        let (left, troubles) =
            blocking(move || Ok(files::end(kind, &folder, intake.as_ref(), ends, now))).await?;
        open.unsettled.extend(left);
        for trouble in troubles {
            self.say(trouble);
        }
        Ok(())
    }
}

/// Whether both are the same directory, as far as they are there.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(io::Error::other("interrupted")))
}
