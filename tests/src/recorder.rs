//! Records what the program does to the files of its spool (`tests/shim/record.c`, preloaded), and
//! computes from that what a power cut at any moment may leave of them.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use simulated_disk::{Change, Dice, File, Loss, Names};
use tempfile::TempDir;

use crate::process::said;

/// The compiled recorder and where it writes.
#[derive(Debug, Clone)]
pub struct Recorder {
    home: Arc<TempDir>,
    late_syncs: bool,
}

impl Recorder {
    /// Compiles it. With `late_syncs` the program is told that a sync is done before it is: it takes
    /// effect with the next one.
    ///
    /// # Panics
    /// When it does not compile.
    pub fn new(late_syncs: bool) -> Self {
        let recorder = Self { home: Arc::new(tempfile::tempdir().expect("directory")), late_syncs };
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/shim/record.c");
        let output = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(recorder.library())
            .args([source, "-ldl", "-lpthread"])
            .output()
            .expect("cc");
        assert!(output.status.success(), "{}", said(&output));
        recorder
    }

    /// Lets `command` be recorded in what it does below `directory`.
    pub(crate) fn attach(&self, command: &mut Command, directory: &Path) {
        command
            .env("LD_PRELOAD", self.library())
            .env("RECORD_DIRECTORY", directory)
            .env("RECORD_FILE", self.record());
        if self.late_syncs {
            command.env("RECORD_LATE_SYNCS", "1");
        }
    }

    fn library(&self) -> PathBuf {
        self.home.path().join("record.so")
    }

    fn record(&self) -> PathBuf {
        self.home.path().join("record")
    }

    /// What was recorded until now.
    ///
    /// # Panics
    /// When there is nothing, or it makes no sense.
    pub fn steps(&self) -> Vec<Step> {
        let record = fs::read(self.record()).expect("a record");
        let mut rest = record.as_slice();
        let mut steps = Vec::new();
        while let Some((head, after)) = rest.split_first_chunk::<32>() {
            let number = |n: usize| {
                let bytes = head[n * 8..n * 8 + 8].try_into().expect("eight bytes");
                u64::from_ne_bytes(bytes)
            };
            let Some((data, after)) = after.split_at_checked(number(3) as usize) else { break };
            steps.push(Step::read(number(0), number(1), number(2), data));
            rest = after;
        }
        steps
    }
}

/// One thing that was recorded. Files and directories are named by inode.
#[derive(Debug, Clone)]
pub enum Step {
    /// A file was made.
    Make(u64, String),
    /// Bytes were written.
    Write(u64, Change),
    /// A file got another length.
    Resize(u64, u64),
    /// A file got room, and at least this length.
    Grow(u64, u64),
    /// A sync of a file began; its ticket.
    SyncBegin(u64, u64),
    /// It has succeeded.
    SyncEnd(u64, u64),
    /// A sync of names began.
    NamesBegin(u64),
    /// It has succeeded.
    NamesEnd(u64),
    /// A file got another name.
    Rename(String, String),
    /// A name was taken away.
    Unlink(String),
    /// About to be sent: messages with these InternalIds are accepted.
    Accepted(Vec<u64>),
    /// Received: the messages with these numbers were taken.
    Taken(Vec<u64>),
    /// What the recorder does not understand.
    Strange(String),
}

impl Step {
    fn read(kind: u64, inode: u64, number: u64, data: &[u8]) -> Self {
        let text = || String::from_utf8_lossy(data).into_owned();
        match kind {
            1 => Self::Make(inode, text()),
            2 => Self::Write(inode, Change::Write { offset: number, data: data.to_vec() }),
            3 => Self::Resize(inode, number),
            4 => Self::Grow(inode, number),
            5 => Self::SyncBegin(inode, number),
            6 => Self::SyncEnd(inode, number),
            7 => Self::NamesBegin(number),
            8 => Self::NamesEnd(number),
            9 => {
                let both = text();
                let (from, to) = both.split_once('\0').expect("two names");
                Self::Rename(from.to_owned(), to.to_owned())
            }
            10 => Self::Unlink(text()),
            11 => Self::Accepted(numbers_after(&text(), "[InternalId=")),
            12 => Self::Taken(numbers_after(&text(), "taken number ")),
            13 => Self::Strange(text()),
            _ => panic!("the record has a step of kind {kind}"),
        }
    }
}

fn numbers_after(text: &str, words: &str) -> Vec<u64> {
    let digits = |rest: &str| {
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().ok()
    };
    text.split(words).skip(1).filter_map(digits).collect()
}

/// The files as they are after some steps, and as they might be.
#[derive(Debug, Default)]
pub struct Replay {
    files: Vec<File>,
    by_inode: HashMap<u64, usize>,
    names: Names,
    /// What a sync of a file that is under way covers, by ticket.
    marks: HashMap<u64, u64>,
    /// The same of names.
    snapshots: HashMap<u64, Names>,
}

impl Replay {
    /// The next step.
    ///
    /// # Panics
    /// When it is one that makes no sense or was not understood by the recorder.
    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Make(inode, path) => {
                self.files.push(File::default());
                self.by_inode.insert(*inode, self.files.len() - 1);
                self.names.set(path, self.files.len() - 1);
            }
            Step::Write(inode, change) => self.file(*inode).change(change.clone()),
            Step::Resize(inode, size) => self.file(*inode).change(Change::Resize(*size)),
            Step::Grow(inode, size) => {
                let file = self.file(*inode);
                if (file.content().len() as u64) < *size {
                    file.change(Change::Resize(*size));
                }
            }
            Step::SyncBegin(inode, ticket) => {
                let mark = self.file(*inode).mark();
                self.marks.insert(*ticket, mark);
            }
            Step::SyncEnd(inode, ticket) => {
                let mark = self.marks.remove(ticket).expect("it has begun");
                self.file(*inode).sync_to(mark);
            }
            Step::NamesBegin(ticket) => {
                self.snapshots.insert(*ticket, self.names.clone());
            }
            Step::NamesEnd(ticket) => {
                let then = self.snapshots.remove(ticket).expect("it has begun");
                self.names.sync_to(&then);
            }
            Step::Rename(from, to) => {
                let file = self.names.remove(from).expect("a file of this name");
                self.names.set(to, file);
            }
            Step::Unlink(path) => {
                self.names.remove(path);
            }
            Step::Accepted(_) | Step::Taken(_) => {}
            Step::Strange(what) => panic!("a way of writing that is not recorded: {what}"),
        }
    }

    fn file(&mut self, inode: u64) -> &mut File {
        let file = self.by_inode[&inode];
        &mut self.files[file]
    }

    /// Writes into `directory` what the files recorded below `origin` might be if the power went
    /// now.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn image(&self, origin: &Path, directory: &Path, loss: Loss, dice: &mut Dice) {
        for (name, file) in self.names.image(loss, dice).iter() {
            let below = Path::new(name).strip_prefix(origin).expect("below the directory");
            let path = directory.join(below);
            fs::create_dir_all(path.parent().expect("a directory")).expect("directory");
            fs::write(path, self.files[file].image(loss, dice)).expect("a file");
        }
    }

    /// Names and contents as the program sees them.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.names.iter().map(|(name, file)| (name, self.files[file].content()))
    }
}
