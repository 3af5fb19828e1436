//! The client side of one connection: bytes in, steps and commands out.
//!
//! The driver calls [`Client::next`] until it says what to do. Between transactions it says
//! [`ClientStep::Ready`]; then the driver starts TLS, a logon, a transaction or the end. With
//! PIPELINING the commands of a transaction go out as one group. Whatever the server sends, each
//! recipient gets exactly one final reply, or the connection is given up.
//!
//! A reply counts only for a command that has been sent: one that comes while the command is still
//! in the output was said about something else, and taking it for an answer could lose mail.

mod ahead;
mod authenticate;
mod capabilities;
mod commands;
mod cram;
mod delivery;
mod early;
mod logon;
mod scram;
#[cfg(test)]
mod tests;
mod types;

use std::fmt;

use bytes::{BufMut, BytesMut};
use model::{Reply, Severity};

use crate::reply::{MAX_KEPT, MAX_LINES, MAX_TEXT, ReplyReader, ServerReply};
pub use capabilities::Capabilities;
use commands::Manner;
pub use delivery::LONGEST_FOLLOWED;
use delivery::{Delivery, Outcome};
use logon::{Logon, LogonProgress};
pub use scram::{ChannelBinding, KeyWork, SaltedPassword};
pub use types::{
    ClientSettings, ClientStep, ContentSent, NotPossible, Phase, SessionFailure, Stage,
    Transaction, TransactionResult,
};

/// Room made in the input, in bytes.
const ROOM: usize = 4 * 1024;
/// Most bytes of a server's that one connection holds between two reads: the lines of one reply, the
/// beginning of a long line, and what was read last.
pub const MAX_HELD: usize = MAX_KEPT + MAX_LINES * size_of::<String>() + 2 * MAX_TEXT + 4 * ROOM;

/// One connection's machine.
#[derive(Debug)]
pub struct Client {
    settings: ClientSettings,
    input: BytesMut,
    output: BytesMut,
    reader: ReplyReader,
    capabilities: Capabilities,
    /// STARTTLS has been done.
    encrypted: bool,
    state: State,
    /// The server may still hold a transaction that came to nothing: RSET before the next.
    needs_reset: bool,
    /// What the driver is told before anything else.
    pending: Option<ClientStep>,
    failure: Option<SessionFailure>,
    /// Commands are sent one by one even where the server offers PIPELINING.
    one_by_one: bool,
    /// The driver could not send all that it took out.
    cut_short: bool,
    /// How many replies have been read.
    replies: u64,
    /// How far the content had come of a transaction that failed without an answer.
    content_sent: ContentSent,
    /// A transaction failed in the middle of a group.
    lost_in_group: bool,
    /// A transaction failed whose first command went out behind a content and was not answered.
    lost_behind_content: bool,
    /// What comes behind the transaction under way.
    following: Option<Box<Delivery>>,
    /// QUIT goes out behind the content of the last transaction there is.
    quits_behind: bool,
    /// Of a transaction that failed before everybody had his answer: whose it was that had come.
    answered: Option<TransactionResult>,
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
            encrypted: false,
            state: State::Greeting,
            needs_reset: false,
            pending: None,
            failure: None,
            one_by_one: false,
            cut_short: false,
            replies: 0,
            content_sent: ContentSent::Nothing,
            lost_in_group: false,
            lost_behind_content: false,
            following: None,
            quits_behind: false,
            answered: None,
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
    #[expect(clippy::should_implement_trait, reason = "a connection is no iterator: it has no end")]
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
                Ok(None) if self.is_spoken_into() => self.spoken_into(),
                Ok(None) if matches!(self.state, State::Idle) => return ClientStep::Ready,
                Ok(None) => {
                    self.input.reserve(ROOM);
                    return ClientStep::NeedInput;
                }
                Err(error) => self.failure = Some(SessionFailure::Protocol(error.to_string())),
            }
        }
    }

    /// The driver could not send all that it took out of the output: from now on the server may
    /// only refuse.
    pub fn cut_short(&mut self) {
        self.cut_short = true;
    }

    /// Sends commands one by one from now on, whatever the server offers.
    pub fn one_by_one(&mut self) {
        self.one_by_one = true;
    }

    /// How many replies have been read; each is waited for anew.
    pub fn replies(&self) -> u64 {
        self.replies
    }

    /// Of a transaction that has ended, or ends now, without an answer: how much of the content the
    /// server may have; `is_writing` while what was taken out of the output is not all sent.
    pub fn content_sent(&self, is_writing: bool) -> ContentSent {
        match &self.state {
            State::Delivery(delivery) => self.content_sent_of(delivery, is_writing),
            _ => self.content_sent,
        }
    }

    fn content_sent_of(&self, delivery: &Delivery, is_writing: bool) -> ContentSent {
        delivery.content_sent(!self.output.is_empty(), is_writing || self.cut_short)
    }

    /// Of a transaction that has failed, or fails now, before everybody had his answer: what was said about
    /// single recipients after the content, which stands (LMTP; RFC 2033 section 4.2). Says so once, and ends the transaction.
    pub fn answered(&mut self) -> Option<TransactionResult> {
        match &mut self.state {
            State::Delivery(delivery) => delivery.take_answered(),
            _ => self.answered.take(),
        }
    }

    /// Whether a transaction has ended, or ends now, with commands of a group unanswered of which
    /// the first was answered: the server may have lost what came behind it.
    pub fn lost_in_group(&self) -> bool {
        match &self.state {
            State::Delivery(delivery) => delivery.is_amid_group(),
            _ => self.lost_in_group,
        }
    }

    /// Bytes of the server's that are held, in the input and of an unfinished reply. At most
    /// [`MAX_HELD`], whatever it sends, where the driver reads no more at once than there is room.
    pub fn held(&self) -> usize {
        self.input.len() + self.reader.held()
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
        self.encrypted = true;
        self.say_hello();
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
        let mut manner = Manner::new(&transaction, &self.capabilities)?;
        manner.pipelining &= !self.one_by_one;
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

    /// Sends QUIT, unless it has gone out behind a content; [`ClientStep::Failed`] with
    /// [`SessionFailure::Closing`] carries the reply to it. Does nothing when the connection is of no more use.
    pub fn quit(&mut self) {
        if self.failure.is_none() && !self.is_quitting() {
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
        self.replies += 1;
        if self.is_unsent() && reply.code.as_u16() != 421 {
            return self.early(reply);
        }
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Delivery(mut delivery) => {
                self.content_sent = self.content_sent_of(&delivery, false);
                self.lost_in_group = delivery.is_amid_group();
                self.lost_behind_content = delivery.is_unheard_behind_content();
                let outcome = delivery.reply(reply, &mut self.output);
                self.delivery_outcome(delivery, outcome);
            }
            State::Greeting if reply.code.as_u16() == 220 => self.say_hello(),
            State::Greeting => self.failure = Some(SessionFailure::Greeting(reply)),
            _ if reply.code.as_u16() == 421 => self.failure = Some(SessionFailure::Closing(reply)),
            State::Ehlo if reply.is_positive() => {
                self.capabilities = Capabilities::from_ehlo(&lines);
                // RFC 8689 section 2: said in clear it means nothing.
                self.capabilities.require_tls &= self.encrypted;
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
            State::StartTls if is_refusal(&reply) => {
                self.pending = Some(ClientStep::TlsRefused(reply))
            }
            State::Logon(logon) => self.logon_reply(logon, reply),
            State::Reset if reply.is_positive() => self.needs_reset = false,
            State::Quit => self.failure = Some(SessionFailure::Closing(reply)),
            State::Idle | State::Handshake | State::Reset | State::StartTls => {
                self.failure = Some(early::out_of_place(&reply));
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

    fn delivery_outcome(&mut self, mut delivery: Box<Delivery>, outcome: Outcome) {
        let is_over = !matches!(outcome, Outcome::Continues) && self.following.is_none();
        if is_over && self.output.is_empty() {
            // A connection that is kept open does not keep the memory of the content sent.
            self.output = BytesMut::new();
        }
        match outcome {
            Outcome::Continues => {
                self.write_following(&mut delivery);
                self.state = State::Delivery(delivery);
            }
            Outcome::Finished { result, needs_reset } => {
                self.needs_reset = needs_reset;
                self.finished(result);
                self.go_on_behind(&delivery);
            }
            Outcome::Failed(Some(result), failure) => {
                self.finished(result);
                self.failure = Some(failure);
            }
            Outcome::Failed(None, failure) => {
                self.answered = delivery.take_answered();
                self.failure = Some(failure);
            }
        }
    }
}

/// Whether the reply says no, for now or for good.
fn is_refusal(reply: &Reply) -> bool {
    matches!(reply.severity(), Severity::Transient | Severity::Permanent)
}

impl Client {
    /// Every recipient has his answer: nothing is in doubt.
    fn finished(&mut self, result: TransactionResult) {
        self.pending = Some(ClientStep::Finished(result));
        self.content_sent = ContentSent::Nothing;
        self.lost_in_group = false;
        self.lost_behind_content = false;
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
