//! What a session says, and what it knows of the client: replies and their counting, the name
//! from EHLO, TLS, logon. Ends the session after too many errors.

use bytes::BytesMut;
use model::{Reply, Severity};

use super::{replies, settings::ServerSettings};
use crate::reply::{write_hello, write_reply};

/// Most bytes of replies that wait for the driver; only a peer that sends thousands of commands
/// at once comes near.
const MAX_OUTPUT: usize = 128 * 1024;

/// One side of the conversation: ours.
#[derive(Debug)]
pub(super) struct Dialogue {
    pub(super) settings: ServerSettings,
    pub(super) tls: bool,
    pub(super) hello: Option<Hello>,
    pub(super) authenticated: bool,
    pub(super) output: BytesMut,
    errors: usize,
    logon_failures: usize,
    tarpit: bool,
    closing: bool,
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
            hello: None,
            authenticated: false,
            output: BytesMut::new(),
            errors: 0,
            logon_failures: 0,
            tarpit: false,
            closing: false,
        }
    }

    /// Replies. A 421 also ends the session, a 5yz may be tarpitted.
    pub(super) fn say(&mut self, reply: &Reply) {
        if self.closing {
            return;
        }
        write_reply(&mut self.output, reply, self.settings.enhanced_status_codes);
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
        let lines = replies::ehlo(&self.settings, self.tls);
        let shown = if hello.esmtp { lines.len() } else { 1 };
        write_hello(&mut self.output, lines[..shown].iter().map(String::as_str));
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
