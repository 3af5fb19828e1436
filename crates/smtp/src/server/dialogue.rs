//! What a session says, and what it knows of the client: replies and their counting, the name
//! from EHLO, TLS, logon. Ends the session after too many errors.

use bytes::BytesMut;
use model::{Reply, Severity};

use super::{replies, scram::TlsBinding, settings::ServerSettings};
use crate::{
    reply::{write_hello, write_reply},
    transcript::{
        HIDDEN, SpokenLine, is_auth, shown_command, shown_content, shown_logon_line, shown_reply,
    },
};

/// Most bytes of replies that wait for the driver; only a peer that sends thousands of commands
/// at once comes near.
const MAX_OUTPUT: usize = 128 * 1024;

/// One side of the conversation: ours.
#[derive(Debug)]
pub(super) struct Dialogue {
    pub(super) settings: ServerSettings,
    pub(super) tls: bool,
    /// What a logon in this TLS session can be bound to.
    pub(super) bindings: Vec<TlsBinding>,
    pub(super) hello: Option<Hello>,
    pub(super) authenticated: bool,
    /// The client has proved that it is another server of our organization.
    pub(super) is_peer: bool,
    pub(super) output: BytesMut,
    errors: usize,
    logon_failures: usize,
    tarpit: bool,
    closing: bool,
    /// What was said since the driver took it, when it wants to know.
    transcript: Option<Vec<SpokenLine>>,
    /// The client has begun a logon: what is no command may be a password.
    auth_begun: bool,
}

/// How the client introduced itself.
#[derive(Debug)]
pub(super) struct Hello {
    pub(super) name: String,
    pub(super) esmtp: bool,
}

impl Dialogue {
    pub(super) fn new(settings: ServerSettings, tls: bool) -> Self {
        Self {
            settings,
            tls,
            bindings: Vec::new(),
            hello: None,
            authenticated: false,
            is_peer: false,
            output: BytesMut::new(),
            errors: 0,
            logon_failures: 0,
            tarpit: false,
            closing: false,
            transcript: None,
            auth_begun: false,
        }
    }

    /// Replies. A 421 also ends the session, a 5yz may be tarpitted.
    pub(super) fn say(&mut self, reply: &Reply) {
        if self.closing {
            return;
        }
        let from = self.output.len();
        write_reply(&mut self.output, reply, self.settings.enhanced_status_codes);
        self.note_said(from);
        self.closing = reply.code.as_u16() == 421;
        self.tarpit = reply.severity() == Severity::Permanent;
    }

    /// Replies for the last time.
    pub(super) fn say_last(&mut self, reply: &Reply) {
        self.say(reply);
        self.tarpit = false;
        self.closing = true;
    }

    /// Replies to EHLO or HELO.
    pub(super) fn say_hello(&mut self, hello: Hello) {
        let lines =
            replies::ehlo(&self.settings, self.tls, (!self.bindings.is_empty(), self.is_peer));
        let shown = if hello.esmtp { lines.len() } else { 1 };
        let from = self.output.len();
        write_hello(&mut self.output, lines[..shown].iter().map(String::as_str));
        self.note_said(from);
        self.hello = Some(hello);
    }

    /// Replies to something the protocol does not allow.
    pub(super) fn protocol_error(&mut self, reply: &Reply) {
        self.errors += 1;
        if self.settings.max_protocol_errors.is_some_and(|max| self.errors > max) {
            self.say(&replies::too_many_errors());
        } else {
            self.say(reply);
        }
    }

    /// Replies to a logon with wrong credentials.
    pub(super) fn logon_failure(&mut self, reply: &Reply) {
        self.logon_failures += 1;
        if self.settings.max_logon_failures.is_some_and(|max| self.logon_failures > max) {
            self.say(&replies::too_many_errors());
        } else {
            self.say(reply);
        }
    }

    /// Ends the session of a peer that lets replies pile up.
    pub(super) fn bound_output(&mut self) {
        if self.output.len() > MAX_OUTPUT {
            self.say(&replies::too_many_replies());
        }
    }

    /// Whether a 5yz reply was given since the last call.
    pub(super) fn take_tarpit(&mut self) -> bool {
        std::mem::take(&mut self.tarpit)
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing
    }

    /// Whether TLS must come first.
    pub(super) fn lacks_tls(&self) -> bool {
        self.settings.require_tls && !self.tls
    }
}

// === Transcript ===

impl Dialogue {
    /// Keeps what is said from now on.
    pub(super) fn keep_transcript(&mut self) {
        self.transcript = Some(Vec::new());
    }

    /// What was said since the last call.
    pub(super) fn take_transcript(&mut self) -> Vec<SpokenLine> {
        self.transcript.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The client said a command.
    pub(super) fn note_command(&mut self, line: &[u8]) {
        if self.transcript.is_some() {
            let text = shown_command(line, self.auth_begun);
            self.auth_begun |= is_auth(line);
            self.note_heard(text);
        }
    }

    /// The client said a line of a logon.
    pub(super) fn note_logon_line(&mut self, line: &[u8]) {
        if self.transcript.is_some() {
            self.note_heard(shown_logon_line(line));
        }
    }

    /// The client said a line that cannot be read; it is not shown.
    pub(super) fn note_broken_line(&mut self) {
        if self.transcript.is_some() {
            self.note_heard(HIDDEN.to_owned());
        }
    }

    /// The client sent content.
    pub(super) fn note_content(&mut self, bytes: Option<u64>) {
        if self.transcript.is_some() {
            self.note_heard(shown_content(bytes));
        }
    }

    fn note_heard(&mut self, text: String) {
        if let Some(transcript) = &mut self.transcript {
            transcript.push(SpokenLine { by_client: true, text });
        }
    }

    /// What stands in the output from there on was said.
    fn note_said(&mut self, from: usize) {
        let Some(transcript) = &mut self.transcript else { return };
        let said = self.output[from..].split(|b| *b == b'\n').filter(|line| !line.is_empty());
        transcript.extend(said.map(|line| SpokenLine {
            by_client: false,
            text: shown_reply(line.strip_suffix(b"\r").unwrap_or(line)),
        }));
    }
}
