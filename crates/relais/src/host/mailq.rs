//! `mailq`: what waits on this machine, in the form that administrators know. It asks the server, which tells root and its
//! own user without a password; while none runs it reads the spool itself.

use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{fs::MetadataExt, net::UnixStream, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Duration,
};

use message::MaildropHeader;
use model::Timestamp;
use spool::{Rescue, RescueError, Rescued};
use time::macros::format_description;

use super::{
    place,
    status::{Status, Trouble},
    waiting::{MOST_MESSAGES, Row, SOCKET, bounded},
};
use crate::paths::DEFAULT_DATA;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 256 << 20;
/// How much of a file of the maildrop is read for its envelope, in bytes.
const LARGEST_HEAD: u64 = 1 << 20;

/// Show what waits on this machine.
#[derive(Debug, clap::Args)]
#[command(
    args_override_self = true,
    after_help = "For root and the server's user; others ask an administrator. Exit status: 0, 64 wrong command line, 75 try again, 77 not permitted."
)]
pub(crate) struct Mailq {
    /// Data directory of the server.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Taken and read over, as is -A.
    #[arg(short = 'v')]
    verbose: bool,
    #[arg(short = 'A', value_name = "FILE", hide = true)]
    which_file: Option<String>,
}

impl Default for Mailq {
    fn default() -> Self {
        Self { data: DEFAULT_DATA.into(), verbose: false, which_file: None }
    }
}

impl Mailq {
    /// Shows it; the exit status.
    pub(crate) fn run(&self) -> ExitCode {
        match self.shown() {
            Ok(Shown::Here(text)) => {
                // Whoever has closed the pipe wants no more.
                let _ = io::stdout().write_all(text.as_bytes());
                ExitCode::SUCCESS
            }
            Ok(Shown::AsServer(code)) => code,
            Err(trouble) => {
                eprintln!("mailq: {trouble}");
                trouble.status.into()
            }
        }
    }

    fn shown(&self) -> Result<Shown, Trouble> {
        if let Some(code) = self.as_server()? {
            return Ok(Shown::AsServer(code));
        }
        let mut rows = in_maildrop(&place::maildrop())?;
        rows.extend(self.on_server()?);
        Ok(Shown::Here(table(&rows)))
    }

    /// Root becomes the server's user: nothing that is made here belongs to somebody who keeps the server out.
    fn as_server(&self) -> Result<Option<ExitCode>, Trouble> {
        let Ok(data) = std::fs::metadata(&self.data) else { return Ok(None) };
        if !rustix::process::geteuid().is_root() || data.uid() == 0 {
            return Ok(None);
        }
        let failed = |error: io::Error| Trouble::new(Status::Temporary, error.to_string());
        let status = Command::new(std::env::current_exe().map_err(failed)?)
            .args(["mailq".as_ref(), "--data".as_ref(), self.data.as_os_str()])
            .uid(data.uid())
            .gid(data.gid())
            .current_dir("/")
            .status()
            .map_err(failed)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(Some(code.map_or(Status::Temporary.into(), ExitCode::from)))
    }

    fn on_server(&self) -> Result<Vec<Row>, Trouble> {
        let socket = self.data.join(SOCKET);
        match UnixStream::connect(&socket) {
            Ok(stream) => told(stream).map_err(|error| {
                Trouble::new(Status::Temporary, format!("the server does not answer: {error}"))
            }),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(not_permitted()),
            Err(_) => in_spool(&self.data.join("spool")),
        }
    }
}

enum Shown {
    Here(String),
    /// By this program as another user.
    AsServer(ExitCode),
}

fn not_permitted() -> Trouble {
    Trouble::new(
        Status::NoPermission,
        "what waits is shown to root and the server's user only. Administrators elsewhere: relais shell -c Get-Message",
    )
}

fn told(stream: UnixStream) -> io::Result<Vec<Row>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let lines = BufReader::new(stream.take(LONGEST_ANSWER)).lines();
    lines.map(|line| serde_json::from_str(&line?).map_err(io::Error::other)).collect()
}

/// What no server has taken yet.
fn in_maildrop(directory: &Path) -> Result<Vec<Row>, Trouble> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(not_permitted());
        }
        Err(error) => {
            return Err(Trouble::new(
                Status::Temporary,
                format!("{}: {error}", directory.display()),
            ));
        }
    };
    let is_letter = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "eml");
    let paths = entries.flatten().map(|entry| entry.path()).filter(is_letter);
    // What is gone meanwhile has been taken.
    let mut rows: Vec<Row> =
        paths.take(MOST_MESSAGES + 1).filter_map(|path| waiting_file(&path)).collect();
    rows.sort_by_key(|row| row.at);
    Ok(rows)
}

fn waiting_file(path: &Path) -> Option<Row> {
    let metadata = path.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
    let mut head = Vec::new();
    let opened = std::fs::File::open(path).ok();
    let _ = opened.map(|file| file.take(LARGEST_HEAD).read_to_end(&mut head));
    let envelope = MaildropHeader::peek(&head);
    let user = format!("uid {}", metadata.uid());
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Some(Row {
        id: name.chars().take(8).collect(),
        size: metadata.size(),
        at: metadata.mtime().saturating_mul(1000),
        sender: match envelope.as_ref().map(|envelope| &envelope.sender) {
            Some(Some(sender)) => format!("{sender} ({user})"),
            Some(None) => format!("<> ({user})"),
            None => format!("({user})"),
        },
        error: Some("not yet taken by the server".to_owned()),
        recipients: bounded(
            envelope.map(|e| e.recipients).unwrap_or_default().iter().map(ToString::to_string),
        ),
    })
}

/// While no server runs.
fn in_spool(directory: &Path) -> Result<Vec<Row>, Trouble> {
    let rescue = match Rescue::open(directory) {
        Ok(rescue) => rescue,
        // No server has been here yet, or this user cannot see it.
        Err(RescueError::Missing(_)) => {
            return match std::fs::read_dir(directory) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    Err(not_permitted())
                }
                _ => Ok(Vec::new()),
            };
        }
        Err(error) => return Err(Trouble::new(Status::Temporary, error.to_string())),
    };
    let mut rows = Vec::new();
    let failures = rescue.ids(&mut |id| {
        if rows.len() <= MOST_MESSAGES {
            rows.extend(rescue.message(id).ok().flatten().and_then(stored));
        }
    });
    match failures.into_iter().next() {
        Some(error) => Err(Trouble::new(Status::Temporary, error.to_string())),
        None => Ok(rows),
    }
}

/// A message of the spool for whom it is not finished.
fn stored(rescued: Rescued) -> Option<Row> {
    let stored = rescued.message.ok()?;
    let record = &stored.record;
    let mut left = Vec::new();
    for (index, recipient) in (0u32..).zip(&record.envelope.recipients) {
        if !stored.finished.contains(&index) {
            left.push(recipient.address.to_string());
        }
    }
    (!left.is_empty()).then(|| Row {
        id: record.id.to_string(),
        size: record.size,
        at: record.accepted_at.as_millis(),
        sender: match record.envelope.sender.as_str() {
            "" => "<>".to_owned(),
            sender => sender.to_owned(),
        },
        error: Some("the server does not run".to_owned()),
        recipients: bounded(left.into_iter()),
    })
}

/// The list, as Postfix and Sendmail show it.
fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "Mail queue is empty\n".to_owned();
    }
    let mut out =
        String::from("-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n");
    let (mut messages, mut bytes, mut last) = (0u64, 0u64, None);
    let shown = &rows[..rows.len().min(MOST_MESSAGES)];
    for row in shown {
        // One that waits in several queues is one message.
        if last != Some(&row.id) {
            messages += 1;
            bytes = bytes.saturating_add(row.size);
            // Writing to a string does not fail.
            let _ = writeln!(
                out,
                "{:<11} {:>8} {:<21} {}",
                row.id,
                row.size,
                arrival(row.at),
                printable(&row.sender)
            );
        }
        last = Some(&row.id);
        if let Some(error) = &row.error {
            let _ = writeln!(out, "    ({})", printable(error));
        }
        for recipient in &row.recipients {
            let _ = writeln!(out, "{:43}{}", "", printable(recipient));
        }
        out.push('\n');
    }
    if rows.len() > shown.len() {
        let _ = writeln!(out, "There is more. All of it: relais shell -c Get-Message");
    }
    let (kilobytes, plural) = (bytes.div_ceil(1024), if messages == 1 { "" } else { "s" });
    let _ = writeln!(out, "-- {kilobytes} Kbytes in {messages} Request{plural}.");
    out
}

/// `Mon Nov 30 22:13:20`, in UTC.
fn arrival(at: i64) -> String {
    let format = format_description!(
        "[weekday repr:short] [month repr:short] [day] [hour]:[minute]:[second]"
    );
    Timestamp::from_millis(at).date_time().format(format).unwrap_or_default()
}

/// Nothing of a message moves the cursor.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, error: Option<&str>, recipients: &[&str]) -> Row {
        Row {
            id: id.to_owned(),
            size: 1000,
            at: 1_700_000_000_000,
            sender: "a@b.c".to_owned(),
            error: error.map(str::to_owned),
            recipients: recipients.iter().map(|&text| text.to_owned()).collect(),
        }
    }

    #[test]
    fn the_list_looks_as_administrators_know_it() {
        assert_eq!(table(&[]), "Mail queue is empty\n");
        let rows = [
            row("7", Some("451 4.4.0 no\u{1b}[2J"), &["d@e.f"]),
            row("7", None, &["g@h.i"]),
            row("8", None, &["j@k.l"]),
        ];
        let blank = " ".repeat(43);
        assert_eq!(
            table(&rows),
            format!(
                "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n\
                 7               1000 Tue Nov 14 22:13:20   a@b.c\n    (451 4.4.0 no\u{fffd}[2J)\n{blank}d@e.f\n\n\
                 {blank}g@h.i\n\n\
                 8               1000 Tue Nov 14 22:13:20   a@b.c\n{blank}j@k.l\n\n\
                 -- 2 Kbytes in 2 Requests.\n"
            )
        );
    }

    #[test]
    fn what_nobody_has_taken_is_seen() {
        let place = tempfile::tempdir().unwrap();
        let head = MaildropHeader {
            sender: Some("alice".parse().unwrap()),
            name: None,
            ret: None,
            envid: None,
            notify: None,
            recipients: vec!["bob".parse().unwrap()],
        };
        std::fs::write(place.path().join("0123456789.eml"), head.write(5) + "hello").unwrap();
        std::fs::write(place.path().join("rubbish.eml"), "x").unwrap();
        std::fs::write(place.path().join("other"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", place.path().join("link.eml")).unwrap();
        let mut rows = in_maildrop(place.path()).unwrap();
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["01234567", "rubbish"]);
        assert!(rows[0].sender.starts_with("alice (uid "), "{rows:?}");
        assert_eq!(rows[0].recipients, ["bob"]);
        assert!(in_maildrop(&place.path().join("none")).unwrap().is_empty());
        assert!(in_spool(&place.path().join("none")).unwrap().is_empty());
    }

    #[test]
    fn long_lists_are_cut() {
        let many = (0..150).map(|number| format!("{number}@b.c"));
        let shown = bounded(many);
        assert_eq!((shown.len(), shown[100].as_str()), (101, "and 50 more"));
    }
}
