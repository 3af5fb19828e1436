//! What programs on the same host call: `/usr/sbin/sendmail`, `mailq` and `newaliases` (docs/sendmail.md), which are this
//! program under another name, or `relais sendmail` and so on.

mod mailq;
mod options;
mod place;
mod put;
mod status;
mod user;
mod waiting;

use std::{
    ffi::OsString,
    io::{self, BufRead, Read},
    path::Path,
    process::ExitCode,
};

use message::{LocalAddress, MaildropHeader};

pub(crate) use self::{mailq::Mailq, options::Options, place::Sendmail, waiting::Waiting};
use self::{
    options::Wish,
    status::{Status, Trouble},
};

/// The largest message that is taken, in bytes: what the server reads of a file, less the envelope.
const LARGEST: u64 = 99 << 20;

/// The names under which the program is one of these.
pub(crate) const NAMES: [&str; 3] = ["sendmail", "mailq", "newaliases"];

/// Nothing to give.
#[derive(Debug, clap::Args)]
pub(crate) struct Newaliases {
    /// Taken and read over.
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    ignored: Vec<OsString>,
}

/// A command line as it can be read, when the program is called by one of these names or with one as its command.
pub(crate) fn as_typed(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let named = |word: Option<&OsString>| {
        let file = Path::new(word?).file_name()?;
        NAMES.into_iter().find(|name| *name == file)
    };
    let (name, rest) = match named(arguments.first()) {
        Some(name) => (name, arguments.get(1..)?),
        None => {
            let command = arguments.get(1).filter(|word| !word.as_encoded_bytes().contains(&b'/'));
            (named(command)?, arguments.get(2..)?)
        }
    };
    let (rest, is_queue_run) = match name {
        "sendmail" => options::as_typed(rest),
        _ => (rest.to_vec(), false),
    };
    let mut typed: Vec<OsString> = vec!["relais".into(), name.into()];
    if is_queue_run {
        typed.push("-bq".into());
    }
    typed.extend(rest);
    Some(typed)
}

/// A command line that cannot be read: said, with the status that callers know.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    // Where it cannot be said, the status says it.
    let _ = error.print();
    if error.use_stderr() { Status::Usage.into() } else { ExitCode::SUCCESS }
}

impl Newaliases {
    /// `newaliases`: packages call it when they are installed, so that nothing fails.
    pub(crate) fn run(&self) -> ExitCode {
        explain_aliases()
    }
}

fn explain_aliases() -> ExitCode {
    println!(
        "Relais has no alias file, and /etc/aliases is not read. Further addresses of a mailbox:\n  \
         relais shell -c 'Set-Mailbox anna -EmailAddresses @{{Add=\"root@contoso.com\"}}'"
    );
    ExitCode::SUCCESS
}

impl Options {
    /// `sendmail`.
    pub(crate) fn run(&self) -> ExitCode {
        match self.mode.as_str() {
            "m" => match self.send() {
                Ok(()) => ExitCode::SUCCESS,
                Err(trouble) => said(&trouble),
            },
            "p" => Mailq::default().run(),
            "i" => explain_aliases(),
            "q" => {
                println!(
                    "Nothing to do: the server tries by itself what waits. To have it try now:\n  \
                     Retry-Queue -Filter \"Status -eq 'Retry'\"        (in relais shell)"
                );
                ExitCode::SUCCESS
            }
            other => said(&not_offered(other)),
        }
    }

    fn send(&self) -> Result<(), Trouble> {
        let data = |error: model::ValueError| Trouble::new(Status::Data, error.to_string());
        let wish = self.wish().map_err(|error| Trouble::new(Status::Usage, error.to_string()))?;
        if wish.recipients.is_empty() && !self.from_header {
            return Err(Trouble::new(
                Status::Usage,
                "nobody is named. Needed: recipients on the command line, or -t and a To, Cc or Bcc in the message",
            ));
        }
        let content = read(&mut io::stdin().lock(), self.dot_ends())?;
        let content = message::with_header(content);
        let named = match self.from_header {
            true => message::named_recipients(&content).map_err(data)?,
            false => Vec::new(),
        };
        let header = self.header(wish, named)?;
        let directory = place::maildrop();
        put::put(&directory, &header.write(content.len() as u64), &content)
            .map_err(|error| Trouble::writing(&directory, &error))
    }

    fn header(&self, wish: Wish, named: Vec<LocalAddress>) -> Result<MaildropHeader, Trouble> {
        let caller = user::Caller::here();
        let recipients = each_once(wish.recipients.into_iter().chain(named));
        if recipients.is_empty() {
            return Err(Trouble::new(
                Status::Data,
                "nobody is named. Needed with -t: an address in To, Cc or Bcc of the message",
            ));
        }
        if recipients.len() > MaildropHeader::MOST_RECIPIENTS {
            return Err(Trouble::new(
                Status::Data,
                format!(
                    "the message has {} recipients. Allowed: at most {}.",
                    recipients.len(),
                    MaildropHeader::MOST_RECIPIENTS
                ),
            ));
        }
        let name = self.name.as_deref().or(caller.name.as_deref());
        Ok(MaildropHeader {
            sender: wish.sender.unwrap_or(Some(caller.address)),
            name: name.and_then(MaildropHeader::clean_name),
            ret: wish.ret,
            envid: wish.envid,
            notify: wish.notify,
            recipients,
        })
    }
}

fn each_once(addresses: impl Iterator<Item = LocalAddress>) -> Vec<LocalAddress> {
    let mut seen = std::collections::HashSet::new();
    addresses.filter(|address| seen.insert(address.clone())).collect()
}

/// What other systems' `sendmail` does and this one does not.
fn not_offered(mode: &str) -> Trouble {
    let (status, text) = match mode {
        "s" => (
            Status::Unavailable,
            "-bs (SMTP on standard input) is not offered. Speak SMTP to port 25 of this machine, or give the message with -t",
        ),
        "d" | "D" => (
            Status::Unavailable,
            "-bd (a daemon) is not offered: the server is started by systemctl start relais",
        ),
        "v" => (
            Status::Unavailable,
            "-bv (is an address good?) is not offered. The server knows: relais shell -c 'Get-Mailbox NAME'",
        ),
        _ => {
            let error = model::ValueError::new(
                mode,
                "is nothing to do (-b)",
                "m (send a message), p (show what waits), i (newaliases)",
            );
            return Trouble::new(Status::Usage, error.to_string());
        }
    };
    Trouble::new(status, text)
}

fn said(trouble: &Trouble) -> ExitCode {
    eprintln!("sendmail: {trouble}");
    trouble.status.into()
}

/// The message, to its end or to a line with a dot alone.
fn read(input: &mut dyn BufRead, dot_ends: bool) -> Result<Vec<u8>, Trouble> {
    let failed = |error: io::Error| {
        Trouble::new(Status::Io, format!("the message cannot be read from standard input: {error}"))
    };
    let mut content = Vec::new();
    let mut input = input.take(LARGEST + 1);
    if dot_ends {
        loop {
            let begins = content.len();
            let length = input.read_until(b'\n', &mut content).map_err(failed)?;
            if matches!(&content[begins..], b".\n" | b".\r\n" | b".") {
                content.truncate(begins);
                break;
            }
            if length == 0 {
                break;
            }
        }
    } else {
        input.read_to_end(&mut content).map_err(failed)?;
    }
    if content.len() as u64 > LARGEST {
        return Err(Trouble::new(
            Status::Data,
            format!("the message is larger than what is taken. Allowed: at most {LARGEST} bytes."),
        ));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &[&str]) -> Option<String> {
        let line: Vec<OsString> = line.iter().map(Into::into).collect();
        let words = as_typed(&line)?.into_iter().map(|word| word.into_string().unwrap());
        Some(words.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_name_says_what_is_meant() {
        for (line, expected) in [
            (&["/usr/sbin/sendmail", "-t"][..], Some("relais sendmail -t")),
            (&["/usr/lib/sendmail", "-q15m"], Some("relais sendmail -bq")),
            (&["mailq"], Some("relais mailq")),
            (&["newaliases"], Some("relais newaliases")),
            (&["relais", "sendmail", "a@b.c"], Some("relais sendmail a@b.c")),
            (&["/usr/bin/relais", "mailq"], Some("relais mailq")),
            (&["relais", "serve"], None),
            (&["relais", "/usr/sbin/sendmail"], None),
            (&["relais"], None),
            (&[], None),
        ] {
            assert_eq!(typed(line).as_deref(), expected, "{line:?}");
        }
    }

    #[test]
    fn a_dot_alone_ends_the_message_where_it_may() {
        let of = |text: &str, dot_ends| {
            String::from_utf8(read(&mut text.as_bytes(), dot_ends).unwrap()).unwrap()
        };
        assert_eq!(of("a\n.\nb\n", true), "a\n");
        assert_eq!(of("a\r\n.\r\nb", true), "a\r\n");
        assert_eq!(of("a\n.", true), "a\n");
        assert_eq!(of("a\n..\n. \nb", true), "a\n..\n. \nb");
        assert_eq!(of("a\n.\nb\n", false), "a\n.\nb\n");
        let refused = read(&mut io::repeat(b'x').take(LARGEST + 5).into_buf(), true).unwrap_err();
        assert_eq!(refused.status, Status::Data);
        assert!(refused.text.contains("Allowed: at most "), "{refused}");
    }

    trait IntoBuf: Read + Sized {
        fn into_buf(self) -> io::BufReader<Self> {
            io::BufReader::new(self)
        }
    }
    impl<R: Read> IntoBuf for R {}

    #[test]
    fn what_is_not_offered_is_explained() {
        for (mode, status) in [
            ("s", Status::Unavailable),
            ("d", Status::Unavailable),
            ("v", Status::Unavailable),
            ("t", Status::Usage),
        ] {
            let refused = not_offered(mode);
            assert_eq!(refused.status, status);
            assert!(
                refused.text.contains(&format!("-b{mode}")) || refused.text.contains("Allowed: m"),
                "{refused}"
            );
        }
    }
}
