//! Mailboxes that another program of this machine keeps, such as Dovecot: messages are given to it by LMTP
//! (RFC 2033), with a reply for each recipient.

use std::{fmt, io, net::SocketAddr, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use model::{ValueError, session_log::SessionLog};
use smtp::ClientSettings;
use tokio::{
    net::UnixStream,
    time::{sleep, timeout},
};

use crate::{
    ConnectFailure, Connection, Dialer, DirectDialer,
    connection::{Lost, Stream, Terms},
    judgement::Judgement,
    patience,
    record::Record,
    tap::Tap,
};

/// Messages for which one connection is used: a server that renews its processes now and then may do so.
const MESSAGES: u32 = 1_000;
/// The longest silence. A mailbox may be locked for minutes by whoever reads it.
const INACTIVITY: Duration = Duration::from_secs(300);
/// How long a socket at which many wait is left alone.
const CROWDED: Duration = Duration::from_millis(100);
/// Bytes that a Unix socket's path may have (sockaddr_un).
const LONGEST_PATH: usize = 107;

/// Where an LMTP server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LmtpAddress {
    /// At a Unix socket.
    Unix(PathBuf),
    /// At a port of this machine.
    Tcp(SocketAddr),
}

impl FromStr for LmtpAddress {
    type Err = ValueError;

    /// What goes over TCP is neither encrypted nor does the server prove who it is: it stays on this machine.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem| {
            let allowed = "the absolute path of a Unix socket, such as /run/dovecot/lmtp, or a loopback address \
                           with a port, such as 127.0.0.1:24 or [::1]:24";
            Err(ValueError::new(text, problem, allowed))
        };
        if text.starts_with('/') {
            return match text.len() <= LONGEST_PATH && !text.contains(char::is_control) {
                true => Ok(Self::Unix(text.into())),
                false => refuse("is too long for a Unix socket or has control characters"),
            };
        }
        match text.parse::<SocketAddr>() {
            Ok(address) if address.port() == 0 => refuse("has no port"),
            Ok(address) if address.ip().to_canonical().is_loopback() => Ok(Self::Tcp(address)),
            Ok(_) => refuse("is not on this machine"),
            Err(_) => refuse("is no address of an LMTP server"),
        }
    }
}

impl fmt::Display for LmtpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => path.display().fmt(f),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

/// The LMTP server that has the mailboxes of this one.
#[derive(Clone)]
pub struct LmtpServer {
    address: LmtpAddress,
    log: Arc<dyn SessionLog>,
}

impl LmtpServer {
    /// The server at this address.
    pub fn new(address: LmtpAddress, log: Arc<dyn SessionLog>) -> Self {
        Self { address, log }
    }

    /// Connects, and introduces us as `hello`.
    ///
    /// # Errors
    /// When it does not listen or does not greet: always for now. A server of this machine that is
    /// down comes back.
    pub async fn connect(&self, hello: String) -> Result<Connection, ConnectFailure> {
        let record = Record::begin_lmtp(&self.log, &self.address.to_string());
        self.open(hello, &record).await.map_err(|Lost(why)| {
            record.set_ending(&why);
            ConnectFailure::Transient(why)
        })
    }

    async fn open(&self, hello: String, record: &Record) -> Result<Connection, Lost> {
        let failed =
            |why: &str| Lost(format!("421 4.4.1 Connection to {} failed: {why}", self.address));
        let stream = match timeout(patience::CONNECT, self.dial()).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(failed(&error.to_string())),
            Err(_) => return Err(failed("timed out")),
        };
        record.progress(|| format!("connected to {}", self.address));
        let settings = ClientSettings { hello, force_helo: false, lmtp: true };
        let terms = Terms {
            messages: MESSAGES,
            inactivity: INACTIVITY,
            judgement: Judgement::default(),
            tagged: false,
        };
        let tap = Tap::deaf(record.clone());
        Connection::open(stream, settings, self.address.to_string(), terms, tap).await
    }

    async fn dial(&self) -> io::Result<Box<dyn Stream>> {
        let path = match &self.address {
            LmtpAddress::Tcp(address) => {
                return Ok(Box::new(DirectDialer.dial(*address, None).await?));
            }
            LmtpAddress::Unix(path) => path,
        };
        loop {
            match UnixStream::connect(path).await {
                // As many wait already as may: unlike TCP's, such a socket says so at once.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => sleep(CROWDED).await,
                connected => return Ok(Box::new(connected?)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
