//! What is said and done in SMTP sessions, as typed rows: the protocol log holds the conversation
//! line by line, the connectivity log how next hops are looked up and reached (transport.md
//! sections 11 and 12).
//!
//! Rooms that hold sessions make rows; who writes them stands above and implements
//! [`SessionLog`]. Nobody makes a row that is not wanted: a [`ProtocolSession`] exists only where
//! the connector's ProtocolLoggingLevel is Verbose. Rows carry a peer's text as it came; whoever
//! writes them bounds and cleans it. Secrets never get this far.

use std::{fmt, net::SocketAddr, sync::Arc};

use crate::Guid;

/// Which service of the server a session belongs to; its logs have a folder of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// The Transport service: folder `Hub`.
    Hub,
    /// Front End Transport: folder `FrontEnd`.
    FrontEnd,
}

/// Which side of SMTP the session is for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// A Send connector's.
    Send,
    /// A Receive connector's.
    Receive,
}

/// The identity of a session: 16 hexadecimal digits, the same in both logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(u64);

impl SessionId {
    /// A new one, random.
    pub fn fresh() -> Self {
        Self(Guid::new_v4().as_u64_pair().0)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

/// What a row of the protocol log tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtocolEvent {
    /// `+`: the connection is there.
    Connect,
    /// `-`: it is over; the context says by whom.
    Disconnect,
    /// `>`: a line we sent.
    Sent,
    /// `<`: a line we received.
    Received,
    /// `*`: information.
    Information,
}

impl ProtocolEvent {
    /// The sign in the log's field `event`.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Connect => "+",
            Self::Disconnect => "-",
            Self::Sent => ">",
            Self::Received => "<",
            Self::Information => "*",
        }
    }
}

/// One row of a protocol log.
#[derive(Debug, Clone, Copy)]
pub struct ProtocolRow<'a> {
    /// Whose session it is.
    pub service: Service,
    /// Which of the service's two logs.
    pub side: Side,
    /// The connector: `Name`, or `Server\Name` of a Receive connector.
    pub connector: &'a str,
    /// The session.
    pub session: SessionId,
    /// Counts the session's rows, from 0.
    pub sequence: u64,
    /// Our end, once there is a connection.
    pub local: Option<SocketAddr>,
    /// The other end.
    pub remote: Option<SocketAddr>,
    /// What happened.
    pub event: ProtocolEvent,
    /// The line, without its end.
    pub data: &'a str,
    /// What else is to be said.
    pub context: &'a str,
}

/// Where in its session a row of the connectivity log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `+`: the session begins.
    Start,
    /// `>`: something was done.
    Progress,
    /// `-`: the session is over.
    End,
}

impl Direction {
    /// The sign in the log's field `direction`.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Start => "+",
            Self::Progress => ">",
            Self::End => "-",
        }
    }
}

/// One row of a connectivity log.
#[derive(Debug, Clone, Copy)]
pub struct ConnectivityRow<'a> {
    /// Whose session it is.
    pub service: Service,
    /// The session.
    pub session: SessionId,
    /// What the session is for: `SMTP`, or the source server for a front end.
    pub source: &'a str,
    /// Where it goes.
    pub destination: &'a str,
    /// Where in the session.
    pub direction: Direction,
    /// What happened.
    pub description: &'a str,
}

/// Takes rows. Must not block: a writer that does slow things queues them itself.
pub trait SessionLog: Send + Sync {
    /// Takes one row of a conversation.
    fn protocol(&self, row: &ProtocolRow<'_>);

    /// Takes one row of the search for a next hop.
    fn connectivity(&self, row: &ConnectivityRow<'_>);

    /// Whether the service's connectivity log is on.
    fn wants_connectivity(&self, service: Service) -> bool;
}

/// A log that keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSessionLog;

impl SessionLog for NoSessionLog {
    fn protocol(&self, _row: &ProtocolRow<'_>) {}

    fn connectivity(&self, _row: &ConnectivityRow<'_>) {}

    fn wants_connectivity(&self, _service: Service) -> bool {
        false
    }
}

/// One session's rows in a protocol log: numbers them and says what all have in common.
pub struct ProtocolSession {
    log: Arc<dyn SessionLog>,
    service: Service,
    side: Side,
    connector: String,
    session: SessionId,
    sequence: u64,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
}

impl ProtocolSession {
    /// A session that has written nothing yet.
    pub fn new(
        log: Arc<dyn SessionLog>,
        (service, side): (Service, Side),
        connector: String,
        session: SessionId,
    ) -> Self {
        Self { log, service, side, connector, session, sequence: 0, local: None, remote: None }
    }

    /// The ends of the connection that the next rows are about.
    pub fn set_ends(&mut self, local: Option<SocketAddr>, remote: Option<SocketAddr>) {
        self.local = local;
        self.remote = remote;
    }

    /// Writes one row.
    pub fn row(&mut self, event: ProtocolEvent, data: &str, context: &str) {
        self.log.protocol(&ProtocolRow {
            service: self.service,
            side: self.side,
            connector: &self.connector,
            session: self.session,
            sequence: self.sequence,
            local: self.local,
            remote: self.remote,
            event,
            data,
            context,
        });
        self.sequence += 1;
    }
}

/// One session's rows in a connectivity log. Its last row is written when it is dropped.
pub struct ConnectivitySession {
    log: Arc<dyn SessionLog>,
    service: Service,
    session: SessionId,
    source: String,
    destination: String,
    ending: String,
}

impl ConnectivitySession {
    /// Begins a session; `None` when the service's connectivity log is off.
    pub fn start(
        log: &Arc<dyn SessionLog>,
        service: Service,
        session: SessionId,
        (source, destination): (&str, &str),
        description: &str,
    ) -> Option<Self> {
        if !log.wants_connectivity(service) {
            return None;
        }
        let begun = Self {
            log: Arc::clone(log),
            service,
            session,
            source: source.to_owned(),
            destination: destination.to_owned(),
            ending: String::new(),
        };
        begun.row(Direction::Start, description);
        Some(begun)
    }

    /// Something was done.
    pub fn progress(&self, description: &str) {
        self.row(Direction::Progress, description);
    }

    /// What the last row will say.
    pub fn set_ending(&mut self, description: String) {
        self.ending = description;
    }

    fn row(&self, direction: Direction, description: &str) {
        self.log.connectivity(&ConnectivityRow {
            service: self.service,
            session: self.session,
            source: &self.source,
            destination: &self.destination,
            direction,
            description,
        });
    }
}

impl Drop for ConnectivitySession {
    fn drop(&mut self) {
        self.row(Direction::End, &self.ending);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Rows(Mutex<Vec<String>>);

    impl SessionLog for Rows {
        fn protocol(&self, row: &ProtocolRow<'_>) {
            let line = format!("{} {} {}", row.sequence, row.event.sign(), row.data);
            self.0.lock().unwrap().push(line);
        }

        fn connectivity(&self, row: &ConnectivityRow<'_>) {
            let line = format!("{} {}", row.direction.sign(), row.description);
            self.0.lock().unwrap().push(line);
        }

        fn wants_connectivity(&self, service: Service) -> bool {
            service == Service::FrontEnd
        }
    }

    #[test]
    fn rows_are_counted_and_the_end_is_never_missing() {
        let rows = Arc::new(Rows::default());
        let log: Arc<dyn SessionLog> = rows.clone();
        let id = SessionId::fresh();
        assert_eq!(id.to_string().len(), 16);
        let mut talk =
            ProtocolSession::new(Arc::clone(&log), (Service::Hub, Side::Send), "All".into(), id);
        talk.row(ProtocolEvent::Connect, "", "");
        talk.row(ProtocolEvent::Received, "220 ready", "");
        let start =
            |service| ConnectivitySession::start(&log, service, id, ("MBX01", "mx.test"), "begins");
        assert!(start(Service::Hub).is_none());
        let mut search = start(Service::FrontEnd).unwrap();
        search.progress("tried");
        search.set_ending("over".into());
        drop(search);
        assert_eq!(
            *rows.0.lock().unwrap(),
            ["0 + ", "1 < 220 ready", "+ begins", "> tried", "- over"]
        );
    }
}
