//! What callers of `sendmail` say on the command line: the options that Sendmail, Postfix and Exim have (sendmail(1) of
//! each), as far as they mean something here. The rest is taken and read over, so that no caller stumbles.

use std::ffi::OsString;

use clap::{ArgAction, Args};
use message::{LocalAddress, addresses_of_list};
use model::{DsnReturn, EnvelopeId, Notify, ValueError};

/// Put a message of a program on this host on its way: /usr/sbin/sendmail.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    disable_version_flag = true,
    args_override_self = true,
    after_help = "Exit status (sysexits.h): 0 the message is safe on the disk, 64 wrong command line, 65 wrong message, 69 not offered, 73 no maildrop, 74 it could not be read, 75 try again, 77 not permitted."
)]
pub(crate) struct Options {
    /// Recipients are those of To, Cc and Bcc, besides those that are given here.
    #[arg(short = 't')]
    pub(super) from_header: bool,
    /// A line with a dot alone does not end the message.
    #[arg(short = 'i')]
    pub(super) dots_stay: bool,
    /// The envelope sender: an address, or a name that gets the default domain; "" or <> is nobody. Without it: who
    /// calls.
    #[arg(short = 'f', short_alias = 'r', value_name = "ADDRESS", allow_hyphen_values = true)]
    sender: Option<String>,
    /// The sender's name, for a From field that is missing.
    #[arg(short = 'F', value_name = "NAME", allow_hyphen_values = true)]
    pub(super) name: Option<String>,
    /// What to do: m send a message, p show what waits (mailq), i newaliases.
    #[arg(short = 'b', value_name = "MODE", default_value = "m")]
    pub(super) mode: String,
    /// What the sender wants to be told: never, or a list of success, failure, delay (RFC 3461).
    #[arg(short = 'N', value_name = "DSN")]
    notify: Option<String>,
    /// What of the message a report has: full or hdrs (RFC 3461).
    #[arg(short = 'R', value_name = "RETURN")]
    ret: Option<String>,
    /// The envelope identifier that a report has (RFC 3461): 1 to 100 printable ASCII characters.
    #[arg(short = 'V', value_name = "ENVID")]
    envid: Option<String>,
    /// An option: i is -i; others (-odi, -odb, -odq, -oem, -oep, …) are taken and read over.
    #[arg(short = 'o', value_name = "OPTION", action = ArgAction::Append)]
    options: Vec<String>,
    /// Taken and read over: what the message is, 7BIT or 8BITMIME, is seen.
    #[arg(short = 'B', value_name = "BODY")]
    body: Option<String>,
    /// Taken and read over, as are -A, -C, -e, -G, -h, -L, -m, -n, -O, -p, -U, -v, -X and -d.
    #[arg(short = 'v')]
    verbose: bool,
    #[command(flatten)]
    ignored: Ignored,
    /// Show this help.
    #[arg(long, action = ArgAction::HelpLong)]
    help: Option<bool>,
    /// Whom it is for: addresses, with commas and display names or without; a name gets the default domain.
    #[arg(value_name = "RECIPIENT")]
    recipients: Vec<String>,
}

/// What is taken and read over.
#[derive(Debug, Args)]
struct Ignored {
    #[arg(short = 'A', value_name = "FILE", hide = true)]
    which_file: Option<String>,
    #[arg(short = 'C', value_name = "FILE", hide = true)]
    file: Option<String>,
    #[arg(short = 'e', value_name = "MODE", hide = true)]
    errors: Option<String>,
    #[arg(short = 'G', hide = true)]
    gateway: bool,
    #[arg(short = 'h', value_name = "HOPS", hide = true)]
    hops: Option<String>,
    #[arg(short = 'L', value_name = "TAG", hide = true)]
    tag: Option<String>,
    #[arg(short = 'm', hide = true)]
    me_too: bool,
    #[arg(short = 'n', hide = true)]
    no_aliases: bool,
    #[arg(short = 'O', value_name = "OPTION=VALUE", action = ArgAction::Append, hide = true)]
    long_options: Vec<String>,
    #[arg(short = 'p', value_name = "PROTOCOL", hide = true)]
    protocol: Option<String>,
    #[arg(short = 'U', hide = true)]
    user: bool,
    #[arg(short = 'X', value_name = "FILE", hide = true)]
    log: Option<String>,
}

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// The envelope sender; `None` is who calls, `Some(None)` is `<>`.
    pub(super) sender: Option<Option<LocalAddress>>,
    pub(super) ret: Option<DsnReturn>,
    pub(super) envid: Option<EnvelopeId>,
    pub(super) notify: Option<Notify>,
    pub(super) recipients: Vec<LocalAddress>,
}

impl Options {
    /// What is asked for, in the form in which it is written down.
    pub(super) fn wish(&self) -> Result<Wish, ValueError> {
        let lists = self.recipients.iter().map(|list| addresses_of_list(list));
        let lists: Vec<Vec<LocalAddress>> = lists.collect::<Result<_, _>>()?;
        Ok(Wish {
            sender: self.sender.as_deref().map(sender).transpose()?,
            ret: self.ret.as_deref().map(returned).transpose()?,
            envid: self.envid.as_deref().map(envelope_id).transpose()?,
            notify: self.notify.as_deref().map(str::parse).transpose()?,
            recipients: lists.concat(),
        })
    }

    /// Whether a line with a dot alone ends the message.
    pub(super) fn dot_ends(&self) -> bool {
        !self.dots_stay && !self.options.iter().any(|option| option == "i")
    }
}

fn sender(text: &str) -> Result<Option<LocalAddress>, ValueError> {
    if matches!(text.trim(), "" | "<>") {
        return Ok(None);
    }
    match <[LocalAddress; 1]>::try_from(addresses_of_list(text)?) {
        Ok([address]) => Ok(Some(address)),
        Err(_) => Err(ValueError::new(
            text,
            "is not one sender",
            "an address, a name that gets the default domain, or <> for nobody",
        )),
    }
}

fn returned(text: &str) -> Result<DsnReturn, ValueError> {
    match text.to_ascii_lowercase().as_str() {
        "full" => Ok(DsnReturn::Full),
        "hdrs" => Ok(DsnReturn::Headers),
        _ => Err(ValueError::new(text, "is nothing that a report has (-R)", "full or hdrs")),
    }
}

/// As xtext (RFC 3461 section 4).
fn envelope_id(text: &str) -> Result<EnvelopeId, ValueError> {
    let allowed = "1 to 100 printable ASCII characters";
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(ValueError::new(text, "is not an envelope identifier (-V)", allowed));
    }
    let encode = |c: char| match c {
        ' ' | '+' | '=' => format!("+{:02X}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars()
        .map(encode)
        .collect::<String>()
        .parse()
        .map_err(|_| ValueError::new(text, "is not an envelope identifier (-V)", allowed))
}

/// The command line as it can be read: options with a value that may be missing (`-q15m`, `-d0.1`) are taken out.
/// Whether `-q` was among them.
pub(super) fn as_typed(arguments: &[OsString]) -> (Vec<OsString>, bool) {
    let mut is_queue_run = false;
    let mut typed = Vec::with_capacity(arguments.len());
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        let takes_next = ["-f", "-r", "-F"].contains(&text.as_ref());
        if text.starts_with("-q") {
            is_queue_run = true;
        } else if !text.starts_with("-d") {
            typed.push(argument.clone());
        }
        if text == "--" {
            typed.extend(rest.by_ref().cloned());
        } else if takes_next {
            typed.extend(rest.next().cloned());
        }
    }
    (typed, is_queue_run)
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};
    use proptest::prelude::*;

    use super::*;

    fn read(line: &[&str]) -> Result<Options, clap::Error> {
        let arguments: Vec<OsString> = line.iter().map(Into::into).collect();
        let (typed, _) = as_typed(&arguments);
        let command = Options::augment_args(Command::new("sendmail").no_binary_name(true));
        Options::from_arg_matches(&command.try_get_matches_from(typed)?)
    }

    fn wish(line: &[&str]) -> Wish {
        read(line).unwrap().wish().unwrap()
    }

    fn to(line: &[&str]) -> Vec<String> {
        wish(line).recipients.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn callers_are_understood() {
        // cron, PHP, git send-email, mailx, at, logwatch, Nagios, mutt, Python
        for (line, from_header, dot_ends, recipients) in [
            (
                &["-i", "-FCronDaemon", "-B8BITMIME", "-oem", "root"][..],
                false,
                false,
                &["root"][..],
            ),
            (&["-t", "-i"], true, false, &[]),
            (&["-ti"], true, false, &[]),
            (&["-i", "-f", "a@b.c", "--", "d@e.f", "g@h.i"], false, false, &["d@e.f", "g@h.i"]),
            (&["-i", "a@b.c, Anna <d@e.f>"], false, false, &["a@b.c", "d@e.f"]),
            (&["-oi", "-oem", "-odb", "-v", "root"], false, false, &["root"]),
            (&["-t", "-oi", "-oem", "-t"], true, false, &[]),
            (&["-bm", "-U", "-G", "-h", "3", "-L", "tag", "-N", "never", "u"], false, true, &["u"]),
            (&["-q15m", "-d0.1", "-Am", "-O", "X=1", "-O", "Y=2", "-Cx", "u"], false, true, &["u"]),
            (&["--", "-t"], false, true, &["-t"]),
        ] {
            let options = read(line).unwrap();
            assert_eq!(
                (options.from_header, options.dot_ends()),
                (from_header, dot_ends),
                "{line:?}"
            );
            assert_eq!(to(line), recipients, "{line:?}");
        }
    }

    #[test]
    fn senders_and_reports_are_read() {
        let of = |line: &[&str]| wish(line).sender.map(|s| s.map(|a| a.to_string()));
        assert_eq!(of(&["u"]), None);
        for nobody in [&["-f", ""][..], &["-f", "<>"], &["-f<>"], &["-r", "<>"]] {
            assert_eq!(of(nobody), Some(None), "{nobody:?}");
        }
        for (line, sender) in [
            (&["-fa@b.c"][..], "a@b.c"),
            (&["-r", "Anna B. <a@b.c>"], "a@b.c"),
            (&["-f", "-dash"], "-dash"),
            (&["-f", "-q"], "-q"),
            (&["-f", "a@b.c", "-f", "www-data"], "www-data"),
        ] {
            assert_eq!(of(line), Some(Some(sender.to_owned())), "{line:?}");
        }
        let all = wish(&["-N", "success,delay", "-R", "HDRS", "-V", "a+b c", "u"]);
        assert_eq!(all.notify, "SUCCESS,DELAY".parse().ok());
        assert_eq!(all.ret, Some(DsnReturn::Headers));
        assert_eq!(all.envid.unwrap().as_str(), "a+2Bb+20c");
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_allowed() {
        for (line, said) in [
            (&["-f", "a b"][..], "\"a b\" is not an address. Allowed: "),
            (&["-f", "a@b.c,d@e.f"], "\"a@b.c,d@e.f\" is not one sender. Allowed: "),
            (&["-N", "maybe"], "\"maybe\" is not a NOTIFY value. Allowed: NEVER"),
            (&["-R", "all"], "\"all\" is nothing that a report has (-R). Allowed: full or hdrs"),
            (&["-V", ""], "\"\" is not an envelope identifier (-V). Allowed: "),
            (&["-V", "\u{e9}"], "\"\u{e9}\" is not an envelope identifier (-V). Allowed: "),
            (&["a@b@"], "\"a@b@\""),
        ] {
            let refused = read(line).unwrap().wish().unwrap_err().to_string();
            assert!(refused.contains(said), "{line:?}: {refused}");
        }
        assert!(read(&["-Z"]).unwrap_err().to_string().contains("'-Z'"));
    }

    #[test]
    fn runs_of_the_queue_are_seen() {
        let is_run =
            |line: &[&str]| as_typed(&line.iter().map(Into::into).collect::<Vec<OsString>>()).1;
        assert!(is_run(&["-q"]) && is_run(&["-bd", "-q30m"]));
        assert!(!is_run(&["--", "-q"]) && !is_run(&["-f", "-q"]) && !is_run(&["u"]));
    }

    proptest! {
        #[test]
        fn nothing_panics(line in proptest::collection::vec("-?[a-zA-Z]{0,2}\\PC{0,9}", 0..6)) {
            let line: Vec<&str> = line.iter().map(String::as_str).collect();
            if let Ok(options) = read(&line) {
                let _ = options.wish();
            }
        }
    }
}
