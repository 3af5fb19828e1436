//! `relais backup` and `relais restore`: a server's data as a backup, whether it runs or not, and back again
//! (docs/backup.md).

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use backup::{Mail, Manifest, Restored, Settings, Source, State, Target, Verified};
use model::{ByteSize, Clock, SystemClock};
use queue::QueueKey;
use vault::DataKey;

use crate::{
    config::Config,
    membership::EngineFile,
    paths::{DEFAULT_CONFIG, DEFAULT_DATA},
    serve::{config_in, host_name},
};

/// This version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Options of `relais backup`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["target", "verify", "key"])))]
pub(crate) struct Backup {
    /// Directory to make, which must not be there. With --keep: the directory in which backups are kept.
    target: Option<PathBuf>,
    /// Read all of this backup and say whether it could be restored.
    #[arg(long, value_name = "SOURCE")]
    verify: Option<PathBuf>,
    /// Write the data key, which is in no backup and which each of them needs, to this new file.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Data directory of the server.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Settings file of the server.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Make the backup in TARGET, under a name with the time, and keep the newest N there: 1 to 100000.
    #[arg(long, value_name = "N", requires = "target", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    keep: Option<u32>,
    /// Without the mailboxes.
    #[arg(long, requires = "target")]
    without_mailboxes: bool,
    /// With the logs.
    #[arg(long, requires = "target")]
    with_logs: bool,
    /// The server is stopped and moves with this backup: it does not start again here, and mail is sent where it is
    /// restored.
    #[arg(long = "final", requires = "target", conflicts_with = "keep")]
    moves: bool,
}

/// Options of `relais restore`.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup.
    source: PathBuf,
    /// The file with its data key (relais backup --key).
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Data directory to fill: empty, or not there.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Where to write relais.toml, which must not be there; without it the settings stay in the backup.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What becomes of mail that waits in the backup; without it, send after `relais backup --final`, else hold.
    #[arg(long, value_enum)]
    mail: Option<MailWord>,
    /// Only verify the backup and the key.
    #[arg(long)]
    check: bool,
}

/// What becomes of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum MailWord {
    /// It waits in the queue Poison until somebody resumes it: it may have been delivered since.
    Hold,
    /// It is sent when the server starts, some of it perhaps for the second time.
    Send,
    /// It is not brought back.
    Drop,
}

impl Backup {
    /// Does what was asked for; failure when a backup is not as it should be.
    pub(crate) fn run(self) -> Result<ExitCode> {
        if let Some(source) = &self.verify {
            print!("{}", found(source, &backup::verify(source, None, VERSION)?));
        } else if let Some(file) = &self.key {
            self.write_key(file)?;
        } else if let Some(target) = &self.target {
            self.make(target)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn write_key(&self, file: &Path) -> Result<()> {
        let key = DataKey::copy(&self.data.join("keys/data.key"), file)?;
        println!(
            "The data key with the fingerprint {} was written to {} (mode 0600).\n\
             Keep it apart from the backups: whoever has both can read every secret; whoever has only a backup cannot \
             restore it.",
            key.fingerprint(),
            file.display()
        );
        Ok(())
    }

    fn make(&self, target: &Path) -> Result<()> {
        let config = config_in(self.config.as_deref(), false)?;
        let now = SystemClock.now();
        let source = Source {
            data: self.data.clone(),
            server: server_name(&config, &self.data)?,
            settings: self.settings(&config),
            mailboxes: !self.without_mailboxes,
            logs: self.with_logs,
            moves: self.moves,
            version: VERSION,
            now,
        };
        let at = match self.keep {
            Some(_) => backup::name_at(target, now),
            None => target.to_owned(),
        };
        let made = backup::make(&source, &at)?;
        for what in &made.left_out {
            eprintln!("relais: left out: {what}");
        }
        print!("{}", made_text(&at, &made.manifest));
        if let Some(keep) = self.keep {
            for gone in backup::forget_old(target, usize::try_from(keep)?)? {
                println!("Deleted, since {keep} are kept: {}", gone.display());
            }
        }
        Ok(())
    }

    fn settings(&self, config: &Config) -> Settings {
        let usual = Path::new(DEFAULT_CONFIG);
        let file = self.config.clone().or_else(|| usual.exists().then(|| usual.to_owned()));
        Settings { file, named: config.named_files() }
    }
}

/// The name that the server finds for itself at its start.
fn server_name(config: &Config, data: &Path) -> Result<String> {
    let joined = EngineFile::read(data)?.and_then(|file| file.server);
    let name = config.server.clone().or(joined);
    let name = name.map_or_else(host_name, Ok).context("the server's name is not known")?;
    // A data directory of one server knows it by the name it was made under.
    let known = directory::file_facts(&data.join("directory.db"))?.servers;
    let is_known = known.iter().any(|other| other.eq_ignore_ascii_case(name.as_str()));
    Ok(match known.as_slice() {
        [only] if !is_known => only.clone(),
        _ => name.to_string(),
    })
}

fn made_text(at: &Path, manifest: &Manifest) -> String {
    let mut text = format!(
        "Backup of {} in {}: {} files, {}; {} messages in the spool.\n\
         To restore it the data key with the fingerprint {} is needed, which is not in it (relais backup --key FILE).\n",
        manifest.server,
        at.display(),
        manifest.files,
        ByteSize::bytes(manifest.bytes),
        manifest.spool.messages,
        manifest.key
    );
    if !manifest.spool.damaged.is_empty() {
        text.push_str(&format!(
            "The content of these messages is damaged in the server's spool and was copied as it is: {}. See relais spool \
             verify.\n",
            manifest.spool.damaged.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ));
    }
    if manifest.state == State::Moved {
        text.push_str("The server does not start here any more: its mail is sent where this backup is restored.\n");
    }
    text
}

/// What a good backup holds.
fn found(source: &Path, verified: &Verified) -> String {
    let Verified { manifest, spool, problems, key_fits } = verified;
    let mut text: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
    let with = |is_in: bool| if is_in { "with" } else { "without" };
    text.push_str(&format!(
        "{}: backup of {} made at {} by Relais {}, {} mailboxes, {} logs{}\n\
         {} files, {}; {} messages with {} recipients not finished\n",
        source.display(),
        manifest.server,
        manifest.made,
        manifest.relais,
        with(manifest.mailboxes),
        with(manifest.logs),
        if manifest.state == State::Moved { ", with which the server was moved" } else { "" },
        manifest.files,
        ByteSize::bytes(manifest.bytes),
        spool.messages,
        spool.recipients,
    ));
    if !problems.is_empty() {
        text.push_str(&format!(
            "{} problems in the spool: so it was on the server; they keep nothing else from being restored.\n",
            problems.len()
        ));
    }
    text.push_str(&if *key_fits {
        "Everything is as it was written, and the key opens it: it can be restored.\n".to_owned()
    } else {
        format!(
            "Everything is as it was written. It can be restored with the key of the fingerprint {}.\n",
            manifest.key
        )
    });
    text
}

impl Restore {
    /// Brings it back, or checks that it could be.
    pub(crate) fn run(self) -> Result<ExitCode> {
        if self.check {
            let verified = backup::verify(&self.source, Some(&self.key), VERSION)?;
            print!("{}", found(&self.source, &verified));
            return Ok(ExitCode::SUCCESS);
        }
        let target = Target {
            data: self.data.clone(),
            config: self.config.clone(),
            mail: self.mail.map(|word| match word {
                MailWord::Hold => Mail::Hold,
                MailWord::Send => Mail::Send,
                MailWord::Drop => Mail::Drop,
            }),
            queue: QueueKey::poison().to_string(),
            now: SystemClock.now(),
            version: VERSION,
        };
        let restored = backup::restore(&self.source, &self.key, &target)?;
        print!("{}", self.next_steps(&restored));
        Ok(ExitCode::SUCCESS)
    }

    /// What was done, and what the administrator does now.
    fn next_steps(&self, restored: &Restored) -> String {
        let Restored { verified, brought, mail, settings } = restored;
        let manifest = &verified.manifest;
        let mut text = format!(
            "Restored to {}: {} as it was at {}. {} messages with {} recipients waited.\n",
            self.data.display(),
            manifest.server,
            manifest.made,
            brought.messages,
            brought.recipients
        );
        let mut steps = Vec::new();
        if manifest.state == State::GoesOn {
            steps.push("See to it that the old server does not run, and will not.".to_owned());
        }
        steps.extend(settings_steps(self, manifest, settings));
        steps.push(format!(
            "Everything below {} must belong to the user of the service; then start it: systemctl start relais.",
            self.data.display()
        ));
        steps.extend(mail_step(*mail, manifest, brought.messages));
        if manifest.spool.among_others {
            steps.push(
                "This server is one of several: start it while the engine can be reached. It compares its mail with the \
                 engine and drops what is finished or another server's by now."
                    .to_owned(),
            );
        }
        text.push_str("What to do now:\n");
        for (number, step) in steps.iter().enumerate() {
            text.push_str(&format!("{}. {step}\n", number + 1));
        }
        text
    }
}

fn settings_steps(
    options: &Restore,
    manifest: &Manifest,
    written: &[(PathBuf, String)],
) -> Vec<String> {
    if written.is_empty() {
        return vec![format!(
            "Settings: look at {} and put them in their place, with server = \"{}\".",
            options.source.join("config").display(),
            manifest.server
        )];
    }
    let others = written.iter().filter(|(path, _)| Some(path) != options.config.as_ref());
    let mut steps: Vec<String> =
        others.map(|(path, was)| format!("{} was {was}: put it there.", path.display())).collect();
    steps.push(format!(
        "Look through the settings (addresses of this machine; server = \"{}\" if its host name is another one).",
        manifest.server
    ));
    steps
}

fn mail_step(mail: Mail, manifest: &Manifest, messages: u64) -> Option<String> {
    let server = &manifest.server;
    match mail {
        _ if messages == 0 => None,
        Mail::Hold => Some(format!(
            "The {messages} messages are held in the queue {server}\\Poison: what was delivered after {} would arrive \
             twice. Look at them (Get-Message -Queue \"{server}\\Poison\"), then Resume-Message what is to be sent and \
             Remove-Message the rest (docs/backup.md).",
            manifest.made
        )),
        Mail::Send if manifest.state == State::GoesOn => Some(format!(
            "The {messages} messages are sent when the server starts, as you asked: those that were delivered after {} \
             arrive twice.",
            manifest.made
        )),
        Mail::Send => Some(format!(
            "The {messages} messages are sent when the server starts. Restore this backup once only."
        )),
        Mail::Drop => Some(format!(
            "The {messages} messages were not brought back. They are in the backup (relais spool export)."
        )),
    }
}
