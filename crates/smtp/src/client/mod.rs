//! The client side of one connection: bytes in, steps and commands out.
//!
//! The driver calls [`Client::next`] until it says what to do. Between transactions it says
//! [`ClientStep::Ready`]; then the driver starts TLS, a logon, a transaction or the end. With
//! PIPELINING the commands of a transaction go out as one group. Whatever the server sends, each
//! recipient gets exactly one final reply, or the connection is given up.

mod capabilities;
mod commands;
mod delivery;
mod logon;
mod scram;
#[cfg(test)]
mod tests;
mod types;

use std::fmt;

use bytes::{BufMut, BytesMut};
use model::{Reply, Severity};

use crate::reply::{ReplyReader, ServerReply};
pub use capabilities::Capabilities;
use commands::Manner;
use delivery::{Delivery, Outcome};
use logon::{Logon, LogonProgress, fits_plain};
use scram::ClientFirst;
pub use scram::{KeyWork, SaltedPassword};
pub use types::{
    ClientSettings, ClientStep, NotPossible, Phase, SessionFailure, Stage, Transaction,
    TransactionResult,
};

/// Room made in the input, in bytes.
const ROOM: usize = 4 * 1024;

/// One connection's machine.
#[derive(Debug)]
pub struct Client {
    settings: ClientSettings,
    input: BytesMut,
    output: BytesMut,
    reader: ReplyReader,
    capabilities: Capabilities,
    state: State,
    /// The server may still hold a transaction that came to nothing: RSET before the next.
    needs_reset: bool,
    /// What the driver is told before anything else.
    pending: Option<ClientStep>,
    failure: Option<SessionFailure>,
}

/// What the next reply answers.
enum State {
    Greeting,
    /// EHLO or LHLO.
    Ehlo,
    Helo,
    StartTls,
    /// The driver does the handshake.
    Handshake,
    Logon(Logon),
    Delivery(Box<Delivery>),
    Reset,
    Quit,
    Idle,
}

impl Client {
    /// A new connection; the server's greeting is expected first.
    pub fn new(settings: ClientSettings) -> Self {
        Self {
            settings,
            input: BytesMut::new(),
            output: BytesMut::new(),
            reader: ReplyReader::default(),
            capabilities: Capabilities::default(),
            state: State::Greeting,
            needs_reset: false,
            pending: None,
            failure: None,
        }
    }

    /// Where the driver puts what it reads. When [`Client::next`] says
    /// [`ClientStep::NeedInput`] there is spare capacity in it, which bounds a read.
    pub fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    /// What the driver sends now, and takes out as it does.
    pub fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// Goes on as far as possible and says what to do.
    #[allow(clippy::should_implement_trait)] // A connection is no iterator: it has no end.
    pub fn next(&mut self) -> ClientStep {
        loop {
            if let Some(step) = self.pending.take() {
                return step;
            }
            if let Some(failure) = &self.failure {
                return ClientStep::Failed(failure.clone());
            }
            if matches!(self.state, State::Handshake) {
                return ClientStep::StartTls;
            }
            match self.reader.read(&mut self.input) {
                Ok(Some(reply)) => self.reply(reply),
                Ok(None) if matches!(self.state, State::Idle) => return ClientStep::Ready,
                Ok(None) => {
                    self.input.reserve(ROOM);
                    return ClientStep::NeedInput;
                }
                Err(error) => self.failure = Some(SessionFailure::Protocol(error.to_string())),
            }
        }
    }

    /// What the server can do; empty before the first [`ClientStep::Ready`].
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Sends STARTTLS. Only when ready.
    pub fn start_tls(&mut self) {
        if self.is_ready("STARTTLS") {
            self.output.put_slice(b"STARTTLS\r\n");
            self.state = State::StartTls;
        }
    }

    /// After [`ClientStep::StartTls`] and a finished handshake: what was said in clear is
    /// forgotten, EHLO is sent again (RFC 3207 section 4.2). With implicit TLS this is not
    /// called.
    pub fn tls_started(&mut self) {
        self.input.clear();
        self.reader = ReplyReader::default();
        self.capabilities = Capabilities::default();
        self.say_hello();
    }

    /// Sends AUTH PLAIN with its credentials. Only when ready, and only under TLS unless somebody
    /// has chosen otherwise.
    pub fn authenticate_plain(&mut self, user: &str, password: &str) {
        if !self.is_ready("AUTH") {
            return;
        }
        if fits_plain(user, password) {
            self.state = State::Logon(Logon::plain(user, password, &mut self.output));
        } else {
            let reply = Reply::new(504, (5, 5, 4), "AUTH PLAIN cannot carry a NUL character");
            self.pending = Some(ClientStep::AuthRefused(reply));
        }
    }

    /// Sends AUTH LOGIN; as [`Client::authenticate_plain`].
    pub fn authenticate_login(&mut self, user: &str, password: &str) {
        if self.is_ready("AUTH") {
            self.state = State::Logon(Logon::login(user, password, &mut self.output));
        }
    }

    /// Sends AUTH SCRAM-SHA-256, which does not show the password to whoever listens, nor to a
    /// server that does not know it already. `nonce` is fresh and random, printable ASCII without
    /// comma. [`ClientStep::Derive`] follows.
    pub fn authenticate_scram_sha_256(&mut self, user: &str, password: &str, nonce: &str) {
        if !self.is_ready("AUTH") {
            return;
        }
        if let Some(first) = ClientFirst::new(user, password, nonce) {
            self.state = State::Logon(Logon::scram(first, &mut self.output));
        } else {
            let text = "AUTH SCRAM-SHA-256 cannot carry this user name or password (RFC 4013)";
            self.pending = Some(ClientStep::AuthRefused(Reply::new(504, (5, 5, 4), text)));
        }
    }

    /// After [`ClientStep::Derive`]: what its work gave. Does nothing at any other time.
    pub fn derived(&mut self, salted: &SaltedPassword) {
        self.state = match std::mem::replace(&mut self.state, State::Idle) {
            State::Logon(logon) => State::Logon(logon.salted(salted, &mut self.output)),
            other => other,
        };
    }

    /// Starts a transaction. Only when ready. A transaction without recipients is finished at
    /// once.
    ///
    /// # Errors
    /// When the server lacks what the message needs; nothing is sent then.
    pub fn begin(&mut self, transaction: Transaction) -> Result<(), NotPossible> {
        let manner = Manner::new(&transaction, &self.capabilities)?;
        if self.is_ready("MAIL") {
            let mut delivery = Box::new(Delivery::new(transaction, manner, self.settings.lmtp));
            let outcome = delivery.start(&mut self.output, self.needs_reset);
            self.delivery_outcome(delivery, outcome);
        }
        Ok(())
    }

    /// Sends RSET. Only when ready. Not needed between transactions.
    pub fn reset(&mut self) {
        if self.is_ready("RSET") {
            self.output.put_slice(b"RSET\r\n");
            self.state = State::Reset;
        }
    }

    /// Sends QUIT; [`ClientStep::Failed`] with [`SessionFailure::Closing`] carries the reply to
    /// it. Does nothing when the connection is of no more use.
    pub fn quit(&mut self) {
        if self.failure.is_none() {
            self.output.put_slice(b"QUIT\r\n");
            self.state = State::Quit;
        }
    }

    /// What is waited for now.
    pub fn waits_for(&self) -> Phase {
        match &self.state {
            State::Greeting => Phase::Greeting,
            State::Ehlo | State::Helo => Phase::Hello,
            State::StartTls | State::Handshake => Phase::StartTls,
            State::Logon(_) => Phase::Auth,
            State::Delivery(delivery) => delivery.phase(self.output.is_empty()),
            State::Reset => Phase::Mail,
            State::Quit => Phase::Quit,
            State::Idle => Phase::Idle,
        }
    }

    /// Whether a command may be sent. One that comes when it may not ends the connection: it
    /// would be our own fault, and mail must not go astray by it.
    fn is_ready(&mut self, command: &str) -> bool {
        let idle = matches!(self.state, State::Idle) && self.pending.is_none();
        if !idle && self.failure.is_none() {
            self.failure = Some(SessionFailure::Protocol(format!("{command} sent out of turn")));
        }
        self.failure.is_none()
    }

    fn say_hello(&mut self) {
        let (verb, state) = if self.settings.lmtp {
            ("LHLO ", State::Ehlo)
        } else if self.settings.force_helo {
            ("HELO ", State::Helo)
        } else {
            ("EHLO ", State::Ehlo)
        };
        self.write_hello(verb);
        self.state = state;
    }

    fn write_hello(&mut self, verb: &str) {
        self.output.put_slice(verb.as_bytes());
        let name = self.settings.hello.bytes().filter(u8::is_ascii_graphic).take(255);
        self.output.extend(name);
        self.output.put_slice(b"\r\n");
    }
}

// === Replies ===

impl Client {
    fn reply(&mut self, raw: ServerReply) {
        let lines = match self.state {
            State::Ehlo | State::Helo => raw.lines.clone(),
            _ => Vec::new(),
        };
        let reply = Reply::from(raw);
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Delivery(mut delivery) => {
                let outcome = delivery.reply(reply, &mut self.output);
                self.delivery_outcome(delivery, outcome);
            }
            State::Greeting if reply.code.as_u16() == 220 => self.say_hello(),
            State::Greeting => self.failure = Some(SessionFailure::Greeting(reply)),
            _ if reply.code.as_u16() == 421 => self.failure = Some(SessionFailure::Closing(reply)),
            State::Ehlo if reply.is_positive() => {
                self.capabilities = Capabilities::from_ehlo(&lines);
            }
            State::Helo if reply.is_positive() => {
                self.capabilities = Capabilities::from_helo(&lines);
            }
            State::Ehlo if reply.severity() == Severity::Permanent && !self.settings.lmtp => {
                self.write_hello("HELO ");
                self.state = State::Helo;
            }
            State::Ehlo | State::Helo => self.failure = Some(SessionFailure::Hello(reply)),
            State::StartTls if reply.code.as_u16() == 220 => self.tls_offered(),
            State::StartTls => self.pending = Some(ClientStep::TlsRefused(reply)),
            State::Logon(logon) => self.logon_reply(logon, reply),
            State::Reset if reply.is_positive() => self.needs_reset = false,
            State::Quit => self.failure = Some(SessionFailure::Closing(reply)),
            State::Idle | State::Handshake | State::Reset => {
                self.failure = Some(SessionFailure::Protocol(format!(
                    "the remote server sent a reply out of place: \"{reply}\""
                )));
            }
        }
    }

    /// Bytes behind the reply would be taken for the server's words under TLS although anybody
    /// can have put them there.
    fn tls_offered(&mut self) {
        if self.input.is_empty() {
            self.state = State::Handshake;
        } else {
            self.failure = Some(SessionFailure::Protocol(
                "the remote server sent more than its reply to STARTTLS".to_owned(),
            ));
        }
    }

    fn logon_reply(&mut self, logon: Logon, reply: Reply) {
        match logon.reply(reply, &mut self.output) {
            LogonProgress::Continues(logon) => self.state = State::Logon(logon),
            LogonProgress::Works(logon, work) => {
                self.state = State::Logon(logon);
                self.pending = Some(ClientStep::Derive(work));
            }
            LogonProgress::Authenticated => self.pending = Some(ClientStep::Authenticated),
            LogonProgress::Refused(reply) => self.pending = Some(ClientStep::AuthRefused(reply)),
            LogonProgress::Failed(failure) => self.failure = Some(failure),
        }
    }

    fn delivery_outcome(&mut self, delivery: Box<Delivery>, outcome: Outcome) {
        if !matches!(outcome, Outcome::Continues) && self.output.is_empty() {
            // A connection that is kept open does not keep the memory of the content sent.
            self.output = BytesMut::new();
        }
        match outcome {
            Outcome::Continues => self.state = State::Delivery(delivery),
            Outcome::Finished { result, needs_reset } => {
                self.needs_reset = needs_reset;
                self.pending = Some(ClientStep::Finished(result));
            }
            Outcome::Failed(result, failure) => {
                self.pending = result.map(ClientStep::Finished);
                self.failure = Some(failure);
            }
        }
    }
}

impl fmt::Debug for State {
    /// Without what a logon carries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "Greeting",
            Self::Ehlo => "Ehlo",
            Self::Helo => "Helo",
            Self::StartTls => "StartTls",
            Self::Handshake => "Handshake",
            Self::Logon(_) => "Logon",
            Self::Delivery(_) => "Delivery",
            Self::Reset => "Reset",
            Self::Quit => "Quit",
            Self::Idle => "Idle",
        })
    }
}
