//! `relais spool`: checks a spool and takes mail out of it without the server. It only reads: what
//! is wrong stays as it is. The exit status is 1 when something is.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use model::{ByteSize, MessageId};
use spool::{Rescue, Rescued, StoredMessage};

use crate::paths::DEFAULT_DATA;

/// What can be done with a spool.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check the file and everything in it. Changes nothing.
    Verify(Verify),
    /// Write each message as a file that the Replay directory takes. Removes nothing.
    Export(Export),
}

/// Options of `relais spool verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Data directory of the server.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
}

/// Options of `relais spool export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Data directory of the server.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Directory to write to, made when missing. What is damaged goes to `damaged` in it.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Only the message with this number.
    #[arg(long, value_name = "N")]
    id: Option<MessageId>,
}

impl Command {
    /// The exit status: failure when something is wrong with the spool.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let is_good = match self {
            Self::Verify(options) => options.run()?,
            Self::Export(options) => options.run()?,
        };
        Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Verify {
    fn run(&self) -> Result<bool> {
        let rescue = Rescue::open(&self.data.join("spool"))?;
        let mut problems: u64 = 0;
        let summary = rescue.verify(&mut |problem| {
            problems += 1;
            println!("{problem}");
        });
        println!("{}: format {}", rescue.path().display(), rescue.format());
        match &summary {
            Ok(s) => println!(
                "{} ({}), {} not finished, {} of what waits, {}, {}, {} set aside",
                counted(s.messages, "message"),
                ByteSize::bytes(s.bytes),
                counted(s.recipients, "recipient"),
                counted(s.rows, "row"),
                counted(s.next_hops, "next hop"),
                counted(s.events, "event"),
                counted(s.set_aside, "message"),
            ),
            Err(error) => {
                problems += 1;
                println!("it cannot be gone through: {error}");
            }
        }
        match problems {
            0 => println!("Nothing is wrong."),
            _ => println!("Found: {}.", counted(problems, "problem")),
        }
        Ok(problems == 0)
    }
}

/// How an export went.
#[derive(Default)]
struct Tally {
    written: u64,
    finished: u64,
    bad: u64,
}

impl Tally {
    fn bad(&mut self, what: &str) {
        self.bad += 1;
        eprintln!("relais: {what}");
    }
}

impl Export {
    fn run(&self) -> Result<bool> {
        let rescue = Rescue::open(&self.data.join("spool"))?;
        fs::create_dir_all(&self.to).with_context(|| self.to.display().to_string())?;
        let mut tally = Tally::default();
        match self.id {
            Some(id) => self.one(&rescue, id.as_u64(), &mut tally)?,
            None => self.all(&rescue, &mut tally)?,
        }
        File::open(&self.to).and_then(|opened| opened.sync_all())?;
        println!(
            "Written to {}: {}. Without recipients left: {}. Not exported: {}.",
            self.to.display(),
            counted(tally.written, "message"),
            tally.finished,
            tally.bad
        );
        Ok(tally.bad == 0)
    }

    fn all(&self, rescue: &Rescue, tally: &mut Tally) -> Result<()> {
        let mut failed = None;
        let errors = rescue.ids(&mut |id| {
            if failed.is_none() {
                failed = self.one(rescue, id, tally).err();
            }
        });
        for error in errors {
            tally.bad(&format!("not every message was found: {error}"));
        }
        failed.map_or(Ok(()), Err)
    }

    /// Exports one message. An error is one of the directory written to, and ends all.
    fn one(&self, rescue: &Rescue, id: u64, tally: &mut Tally) -> Result<()> {
        match rescue.message(id) {
            Ok(Some(Rescued { message: Ok(message), content: Ok(content), .. })) => {
                self.write_message(&message, &content, tally)
            }
            Ok(Some(damaged)) => self.write_damaged(id, &damaged, tally),
            Ok(None) => bail!("message {id} is not in the spool"),
            Err(error) => {
                tally.bad(&format!("message {id}: {error}"));
                Ok(())
            }
        }
    }

    fn write_message(
        &self,
        message: &StoredMessage,
        content: &[u8],
        tally: &mut Tally,
    ) -> Result<()> {
        let record = &message.record;
        let all = u32::try_from(record.envelope.recipients.len()).unwrap_or(u32::MAX);
        let left: Vec<u32> = (0..all).filter(|i| !message.finished.contains(i)).collect();
        if left.is_empty() {
            tally.finished += 1;
            return Ok(());
        }
        let file = transport::export_file(record, &left, content);
        write(&self.to, &format!("{}.eml", record.id), &file)?;
        tally.written += 1;
        Ok(())
    }

    /// What is left of a message that cannot be used, as it lies there.
    fn write_damaged(&self, id: u64, damaged: &Rescued, tally: &mut Tally) -> Result<()> {
        let directory = self.to.join("damaged");
        fs::create_dir_all(&directory).with_context(|| directory.display().to_string())?;
        let mut reasons = Vec::new();
        reasons.extend(damaged.message.as_ref().err().map(|damage| damage.reason.clone()));
        reasons.extend(damaged.content.as_ref().err().map(ToString::to_string));
        let reason = reasons.join("; ");
        let mut text = format!("Message {id}: {reason}\n");
        if let Ok(message) = &damaged.message {
            text.push_str(&format!("{:#?}\n", message));
        }
        if let Some(waiting) = &damaged.waiting {
            text.push_str(&format!("What its rows said: {waiting}\n"));
        }
        write(&directory, &format!("{id}.txt"), text.as_bytes())?;
        write(&directory, &format!("{id}.record"), &damaged.record)?;
        if let Ok(content) = &damaged.content {
            write(&directory, &format!("{id}.content"), content)?;
        }
        tally.bad(&format!(
            "message {id} is damaged ({reason}); what is left of it is in {}",
            directory.display()
        ));
        Ok(())
    }
}

/// `1 message`, `2 messages`.
fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Writes a file whole or not at all, for its owner alone. One that is there already stays.
fn write(directory: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let (part, path) = (directory.join(format!("{name}.part")), directory.join(name));
    let doing = || path.display().to_string();
    if path.exists() {
        bail!("{} is there already; name another directory", path.display());
    }
    let mut file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .with_context(doing)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(doing)?;
    // Replay takes what ends in .eml at any moment.
    fs::rename(&part, &path).with_context(doing)
}
