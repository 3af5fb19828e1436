//! The server side of one session: bytes in, steps and replies out.
//!
//! The driver calls [`Server::next`] until it says what to do, does it, answers where the step
//! asks, and calls again. Replies gather in the output until the machine needs input, so that a
//! pipelined group is answered in one write. Commands are strict (CRLF, bounded lines); content
//! ends only at CRLF.CRLF or with the last chunk.

mod auth;
mod bearer;
mod dialogue;
mod line;
mod logon;
mod mailing;
mod replies;
mod scram;
mod settings;
mod step;
#[cfg(test)]
mod tests;
mod transaction;

use bytes::{Buf, BytesMut};
use model::Reply;

use crate::{
    content::DataDecoder,
    grammar::{Command, CommandError, MailRequest, RcptCommand, parse_command},
    transcript::SpokenLine,
};
use auth::AuthExchange;
use dialogue::{Dialogue, Hello};
use line::{CRLF, Line, LineKind, LineReader};
use logon::LogonQuestion;
use mailing::{Chunk, Mailing};
pub use scram::{ScramKeys, TlsBinding};
pub use settings::{AuthOffer, BearerOffer, ServerSettings, SizeMode};
pub use step::{Answer, ReceivedMessage, Secret, Step};

/// Room made in the input for commands, and for content, in bytes.
const COMMAND_ROOM: usize = 4 * 1024;
const CONTENT_ROOM: usize = 32 * 1024;

/// One session's machine.
#[derive(Debug)]
pub struct Server {
    dialogue: Dialogue,
    input: BytesMut,
    /// The input's buffer has been made large for content.
    has_content_room: bool,
    lines: LineReader,
    state: State,
    mailing: Mailing,
    /// What the driver has been asked and has not answered.
    question: Option<Question>,
}

/// What the next bytes are.
#[derive(Debug)]
enum State {
    Command,
    Auth(AuthExchange),
    Data(DataDecoder),
    Chunk(Chunk),
    /// The driver does the handshake.
    Handshake,
}

#[derive(Debug)]
enum Question {
    Logon(LogonQuestion),
    Mail(MailRequest),
    Recipient(RcptCommand),
    Message,
}

/// What a look at the input has led to.
enum Progress {
    Step(Step),
    Again,
    Wait,
}

impl Server {
    /// A new session; `tls` when it is under TLS from its first byte. The greeting is not yet in
    /// the output: see [`Server::greet`] and [`Server::refuse`].
    pub fn new(settings: ServerSettings, tls: bool) -> Self {
        Self {
            dialogue: Dialogue::new(settings, tls),
            input: BytesMut::new(),
            has_content_room: false,
            lines: LineReader::default(),
            state: State::Command,
            mailing: Mailing::default(),
            question: None,
        }
    }

    /// Keeps what is said from now on, for [`Server::take_transcript`].
    pub fn keep_transcript(&mut self) {
        self.dialogue.keep_transcript();
    }

    /// The lines said since the last call, commands and replies in the order in which they were
    /// understood, fit for a log: bounded, without what a logon carries, content as its size.
    /// Empty unless they are kept. Take them before every input, so that they stay few.
    pub fn take_transcript(&mut self) -> Vec<SpokenLine> {
        self.dialogue.take_transcript()
    }

    /// Puts the greeting into the output.
    pub fn greet(&mut self) {
        let greeting = replies::greeting(&self.dialogue.settings);
        self.dialogue.say(&greeting);
    }

    /// Refuses the session: `reply` (421 or 554) takes the place of the greeting, then
    /// [`Step::Close`].
    pub fn refuse(&mut self, reply: Reply) {
        self.close(reply);
    }

    /// Where the driver puts what it reads. When [`Server::next`] says [`Step::NeedInput`] there
    /// is spare capacity in it, which bounds how much one read takes.
    pub fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    /// What the driver writes, and takes out as it does.
    pub fn output(&mut self) -> &mut BytesMut {
        &mut self.dialogue.output
    }

    /// Goes on as far as possible and says what to do. A question that was not answered counts
    /// as refused for now (451).
    #[allow(clippy::should_implement_trait)] // A session is no iterator: steps need answers.
    pub fn next(&mut self) -> Step {
        if self.question.is_some() {
            self.answer(Answer::Refuse(replies::local_error()));
        }
        loop {
            if self.dialogue.take_tarpit() {
                return Step::Tarpit;
            }
            self.dialogue.bound_output();
            if self.dialogue.is_closing() {
                return Step::Close;
            }
            match self.advance() {
                Progress::Step(step) => return step,
                Progress::Again => {}
                Progress::Wait => {
                    self.make_room();
                    return Step::NeedInput;
                }
            }
        }
    }

    /// The driver's answer to a step that asks. An answer that does not fit the question refuses
    /// for now (451); one without a question does nothing.
    pub fn answer(&mut self, answer: Answer) {
        let Some(question) = self.question.take() else { return };
        let talk = &mut self.dialogue;
        match (question, answer) {
            (Question::Logon(question), answer) => self.logon_answer(question, answer),
            (Question::Mail(request), Answer::Accept) => self.mailing.accept_mail(talk, request),
            (Question::Mail(_), answer) => self.mailing.refuse_mail(talk, &refusal(answer)),
            (Question::Recipient(rcpt), Answer::AcceptAs(address)) => {
                self.mailing.accept_rcpt(talk, rcpt, address);
            }
            (Question::Recipient(rcpt), answer) => match (answer, rcpt.address.clone()) {
                (Answer::Accept, Some(address)) => self.mailing.accept_rcpt(talk, rcpt, address),
                (answer, _) => self.mailing.refuse_rcpt(talk, &refusal(answer)),
            },
            (Question::Message, Answer::Accepted(reply)) => talk.say(&reply),
            (Question::Message, Answer::Accept) => talk.say(&replies::queued()),
            (Question::Message, answer) => talk.say(&refusal(answer)),
        }
    }

    /// Says what a logon can be bound to in the TLS session there is now; SCRAM-SHA-256-PLUS is then offered
    /// (RFC 5802). After [`Server::tls_started`], or before [`Server::greet`] under TLS from the first byte.
    pub fn bind_to(&mut self, bindings: Vec<TlsBinding>) {
        self.dialogue.bindings = bindings;
    }

    /// Says that the client has proved by a certificate that it is another server of our organization: it needs no
    /// logon, is offered XATTR and every extension by which something of a message would else be lost, and, with
    /// `unlimited`, may send messages of any size. After [`Server::tls_started`], or before [`Server::greet`]
    /// under TLS from the first byte.
    pub fn admit_peer(&mut self, unlimited: bool) {
        self.dialogue.is_peer = true;
        let settings = &mut self.dialogue.settings;
        settings.require_auth = false;
        settings.auth = AuthOffer::Never;
        settings.pipelining = true;
        settings.eight_bit_mime = true;
        settings.dsn = true;
        settings.smtputf8 = true;
        settings.offer_require_tls = true;
        settings.size = SizeMode::Enabled;
        if unlimited {
            settings.max_message_size = u64::MAX;
            settings.max_header_size = u64::MAX;
        }
    }

    /// After [`Step::StartTls`] and a finished handshake. Everything learnt in clear is
    /// forgotten, bytes that came in clear behind STARTTLS above all (RFC 3207 section 4.2).
    pub fn tls_started(&mut self) {
        self.dialogue.tls = true;
        self.dialogue.bindings.clear();
        self.dialogue.hello = None;
        self.input.clear();
        self.lines = LineReader::default();
        self.mailing.reset();
        self.state = State::Command;
    }

    /// Ends the session with `reply`, a 421 as a rule; then [`Step::Close`]. What was under way
    /// is dropped. Does nothing when the session is ending already.
    pub fn close(&mut self, reply: Reply) {
        self.dialogue.say_last(&reply);
        self.question = None;
        self.mailing.reset();
        self.state = State::Command;
    }

    /// Whether the session is under TLS.
    pub fn is_tls(&self) -> bool {
        self.dialogue.tls
    }

    /// The name the client gave itself with EHLO or HELO: printable ASCII, at most 255 bytes.
    pub fn hello(&self) -> Option<&str> {
        self.dialogue.hello.as_ref().map(|hello| hello.name.as_str())
    }

    /// Whether the client introduced itself with EHLO.
    pub fn is_esmtp(&self) -> bool {
        self.dialogue.hello.as_ref().is_some_and(|hello| hello.esmtp)
    }

    /// Whether a logon has succeeded.
    pub fn is_authenticated(&self) -> bool {
        self.dialogue.authenticated
    }

    /// Whether the next bytes are content, for the time-outs of RFC 5321 section 4.5.3.2.
    pub fn in_data(&self) -> bool {
        matches!(self.state, State::Data(_) | State::Chunk(_))
    }

    /// Bytes of memory held for content that is arriving.
    pub fn content_buffered(&self) -> usize {
        let data = match &self.state {
            State::Data(decoder) => decoder.buffered(),
            _ => 0,
        };
        data + self.mailing.buffered()
    }
}

/// The reply of a refusal; an answer that does not fit its question is our own fault.
fn refusal(answer: Answer) -> Reply {
    match answer {
        Answer::Refuse(reply) => reply,
        _ => replies::local_error(),
    }
}

// === Input ===

impl Server {
    /// Looks at the input once.
    fn advance(&mut self) -> Progress {
        match &mut self.state {
            State::Command => self.command_line(),
            State::Auth(_) => self.auth_line(),
            State::Data(decoder) => {
                if decoder.decode(&mut self.input) {
                    self.end_of_content()
                } else {
                    Progress::Wait
                }
            }
            State::Chunk(chunk) => {
                if self.mailing.chunk_bytes(chunk, &mut self.input) {
                    self.end_of_content()
                } else {
                    Progress::Wait
                }
            }
            State::Handshake => Progress::Step(Step::StartTls),
        }
    }

    fn command_line(&mut self) -> Progress {
        let length = match self.lines.next(&mut self.input, LineKind::Command) {
            Line::Unfinished => return Progress::Wait,
            Line::TooLong => return self.broken_line(&replies::line_too_long()),
            Line::BareNewline => return self.bare_newline(),
            Line::Whole(length) => length,
        };
        self.dialogue.note_command(&self.input[..length]);
        let command = parse_command(&self.input[..length]);
        let verb = self.input.get(..4).map(<[u8]>::to_ascii_uppercase);
        self.input.advance(length + CRLF);
        match command {
            Ok(command) => self.command(command),
            Err(CommandError::ChunkSize) => {
                // Where the chunk ends is not known: what follows cannot be read as commands.
                self.close(CommandError::ChunkSize.reply());
                Progress::Again
            }
            // A client that sends many commands at once has not seen the refusal of this one yet:
            // what follows from it is no fault of its own.
            Err(error) if verb.as_deref() == Some(b"RCPT") => {
                self.mailing.malformed_rcpt(&mut self.dialogue, &error.reply());
                Progress::Again
            }
            Err(error) => {
                if verb.as_deref() == Some(b"MAIL") {
                    self.mailing.malformed_mail();
                }
                self.protocol_error(&error.reply())
            }
        }
    }

    fn auth_line(&mut self) -> Progress {
        let line = match self.lines.next(&mut self.input, LineKind::AuthResponse) {
            Line::Unfinished => return Progress::Wait,
            line => line,
        };
        let State::Auth(exchange) = std::mem::replace(&mut self.state, State::Command) else {
            return Progress::Again;
        };
        match line {
            Line::Whole(length) => {
                self.dialogue.note_logon_line(&self.input[..length]);
                let progress = exchange.respond(&self.input[..length]);
                self.input.advance(length + CRLF);
                self.auth_progress(progress)
            }
            Line::BareNewline => self.bare_newline(),
            Line::TooLong | Line::Unfinished => self.broken_line(&replies::line_too_long()),
        }
    }

    fn end_of_content(&mut self) -> Progress {
        let talk = &mut self.dialogue;
        let message = match std::mem::replace(&mut self.state, State::Command) {
            State::Data(decoder) => {
                let content = decoder.finish();
                talk.note_content(content.as_ref().ok().map(|(bytes, _)| bytes.len() as u64));
                self.mailing.content_complete(talk, content)
            }
            State::Chunk(chunk) => {
                talk.note_content(Some(chunk.size()));
                self.mailing.end_of_chunk(talk, chunk)
            }
            State::Command | State::Auth(_) | State::Handshake => None,
        };
        match message {
            Some(message) => self.ask(Question::Message, Step::Message(message)),
            None => Progress::Again,
        }
    }

    fn make_room(&mut self) {
        if self.in_data() {
            self.has_content_room = true;
            self.input.reserve(CONTENT_ROOM);
            return;
        }
        if self.has_content_room && self.input.is_empty() {
            // A session that only keeps the connection open does not keep room for content.
            self.has_content_room = false;
            self.input = BytesMut::new();
        }
        self.input.reserve(COMMAND_ROOM);
    }
}

// === Commands ===

impl Server {
    fn command(&mut self, command: Command) -> Progress {
        match command {
            Command::Rcpt(rcpt) => match self.mailing.rcpt(&mut self.dialogue, rcpt) {
                Some(rcpt) => self.ask_about(rcpt),
                None => Progress::Again,
            },
            Command::Mail(mail) => match self.mailing.mail(&mut self.dialogue, mail) {
                Some(request) => self.ask(Question::Mail(request.clone()), Step::Mail(request)),
                None => Progress::Again,
            },
            Command::Data => {
                if let Some(decoder) = self.mailing.data(&mut self.dialogue) {
                    self.state = State::Data(decoder);
                }
                Progress::Again
            }
            Command::Bdat { size, last } => {
                let chunk = self.mailing.bdat(&self.dialogue.settings, size, last);
                self.state = State::Chunk(chunk);
                Progress::Again
            }
            Command::Ehlo(name) | Command::Helo(name)
                if name.is_empty() && self.dialogue.settings.require_hello_name =>
            {
                self.protocol_error(&CommandError::HelloName.reply())
            }
            Command::Ehlo(name) => self.greeted(Hello { name, esmtp: true }),
            Command::Helo(name) => self.greeted(Hello { name, esmtp: false }),
            Command::StartTls => self.start_tls(),
            Command::Auth { mechanism, initial } => self.auth(&mechanism, initial.as_deref()),
            Command::Rset => {
                self.mailing.reset();
                self.say(&replies::reset())
            }
            Command::Quit => {
                self.close(replies::quit());
                Progress::Again
            }
            Command::Noop => self.say(&replies::ok()),
            Command::Help => self.say(&replies::help()),
            Command::Vrfy => self.say(&replies::vrfy()),
            Command::Expn => self.say(&replies::not_implemented()),
        }
    }

    fn greeted(&mut self, hello: Hello) -> Progress {
        self.mailing.reset();
        self.dialogue.say_hello(hello);
        Progress::Again
    }

    fn ask_about(&mut self, rcpt: RcptCommand) -> Progress {
        let step = match rcpt.address.clone() {
            Some(address) => Step::Recipient(rcpt.clone().into_recipient(address)),
            None => Step::Postmaster,
        };
        self.ask(Question::Recipient(rcpt), step)
    }

    fn start_tls(&mut self) -> Progress {
        if !self.dialogue.settings.start_tls {
            return self.protocol_error(&replies::not_implemented());
        }
        if self.dialogue.tls || self.dialogue.hello.is_none() {
            return self.protocol_error(&replies::bad_sequence());
        }
        self.mailing.reset();
        self.state = State::Handshake;
        self.say(&replies::tls_ready())
    }

    fn ask(&mut self, question: Question, step: Step) -> Progress {
        self.question = Some(question);
        Progress::Step(step)
    }

    fn say(&mut self, reply: &Reply) -> Progress {
        self.dialogue.say(reply);
        Progress::Again
    }

    /// A line that cannot be read as one.
    fn broken_line(&mut self, reply: &Reply) -> Progress {
        self.dialogue.note_broken_line();
        self.protocol_error(reply)
    }

    /// One answer, and no command out of what follows.
    fn bare_newline(&mut self) -> Progress {
        self.dialogue.note_broken_line();
        self.close(replies::bare_newline());
        Progress::Again
    }

    fn protocol_error(&mut self, reply: &Reply) -> Progress {
        self.dialogue.protocol_error(reply);
        Progress::Again
    }
}
