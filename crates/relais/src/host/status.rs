//! Exit statuses that callers of `sendmail` know (sysexits.h), and what goes with them.

use std::{fmt, io, process::ExitCode};

use rustix::io::Errno;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// EX_USAGE: the command line is wrong.
    Usage = 64,
    /// EX_DATAERR: the message is.
    Data = 65,
    /// EX_UNAVAILABLE: what is asked for is not offered here.
    Unavailable = 69,
    /// EX_IOERR: the message could not be read.
    Io = 74,
    /// EX_CANTCREAT: there is nowhere to put it.
    CannotCreate = 73,
    /// EX_TEMPFAIL: another time it may work.
    Temporary = 75,
    /// EX_NOPERM: this user may not.
    NoPermission = 77,
}

/// Why a message was not taken, or something was not shown.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) status: Status,
    pub(super) text: String,
}

impl Trouble {
    pub(super) fn new(status: Status, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// What the system says about something that was to be written to the maildrop.
    pub(super) fn writing(place: &std::path::Path, error: &io::Error) -> Self {
        let place = place.display();
        let (status, what) = match Errno::from_io_error(error) {
            Some(Errno::NOENT | Errno::NOTDIR) => (
                Status::CannotCreate,
                "it is not there: the package relais makes it, \"systemd-tmpfiles --create relais.conf\" once more",
            ),
            Some(Errno::ACCESS | Errno::PERM) => {
                (Status::NoPermission, "this user may not put files there. Needed: mode 3733")
            }
            Some(Errno::ROFS) => (
                Status::NoPermission,
                "it is read-only here. A service that systemd confines needs ReadWritePaths=/var/spool/relais/maildrop",
            ),
            Some(Errno::NOSPC | Errno::DQUOT) => (Status::Temporary, "the disk is full"),
            _ => (Status::Temporary, "the message is not accepted"),
        };
        Self::new(status, format!("{place}: {what} ({error})"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
