//! One inbound session in its connector's protocol log: what both sides say, who signed in, why
//! something was refused. Where ProtocolLoggingLevel is None there is none of it and nothing is
//! allocated. Lines come from the `smtp` machine, which keeps secrets out of them.

use std::{net::SocketAddr, sync::Arc};

use directory::{ProtocolLoggingLevel, ReceiveConnector, TransportRole};
use model::session_log::{ProtocolEvent, ProtocolSession, Service, SessionId, SessionLog, Side};
use smtp::{Server, SpokenLine};

/// A session's rows. The last is written when it is dropped.
pub(crate) struct Conversation(Option<Box<Rows>>);

struct Rows {
    session: ProtocolSession,
    /// Why the next reply refuses.
    reason: Option<String>,
    /// By whom and why the session ends.
    ending: (&'static str, String),
}

impl Conversation {
    /// A connection was made to `connector`.
    pub(crate) fn begin(
        log: &Arc<dyn SessionLog>,
        connector: &ReceiveConnector,
        local: Option<SocketAddr>,
        remote: SocketAddr,
    ) -> Self {
        if connector.protocol_logging_level != ProtocolLoggingLevel::Verbose {
            return Self(None);
        }
        let service = match connector.transport_role {
            TransportRole::FrontendTransport => Service::FrontEnd,
            TransportRole::HubTransport => Service::Hub,
        };
        let which = (service, Side::Receive);
        let id = SessionId::fresh();
        let mut session = ProtocolSession::new(Arc::clone(log), which, connector.identity(), id);
        session.set_ends(local, Some(remote));
        session.row(ProtocolEvent::Connect, "", "");
        Self(Some(Box::new(Rows { session, reason: None, ending: ("Local", String::new()) })))
    }

    /// Has the machine keep what is said, where that is wanted.
    pub(crate) fn listen(&self, machine: &mut Server) {
        if self.0.is_some() {
            machine.keep_transcript();
        }
    }

    /// Writes what was said since the last call.
    pub(crate) fn catch_up(&mut self, machine: &mut Server) {
        let Some(rows) = &mut self.0 else { return };
        for SpokenLine { by_client, text } in machine.take_transcript() {
            if by_client {
                rows.session.row(ProtocolEvent::Received, &text, "");
                continue;
            }
            let refuses = text.starts_with(['4', '5']);
            let reason = if refuses { rows.reason.take() } else { None };
            rows.session.row(ProtocolEvent::Sent, &text, reason.as_deref().unwrap_or_default());
        }
        rows.reason = None;
    }

    /// Something was said that the machine does not know of.
    pub(crate) fn said(&mut self, line: &str, context: &str) {
        if let Some(rows) = &mut self.0 {
            rows.session.row(ProtocolEvent::Sent, line, context);
        }
    }

    /// Something happened that no line tells.
    pub(crate) fn information(&mut self, context: impl FnOnce() -> String) {
        if let Some(rows) = &mut self.0 {
            rows.session.row(ProtocolEvent::Information, "", &context());
        }
    }

    /// Why the next reply is a refusal.
    pub(crate) fn set_reason(&mut self, reason: impl FnOnce() -> String) {
        if let Some(rows) = &mut self.0 {
            rows.reason = Some(reason());
        }
    }

    /// The client, or the network, ended the session.
    pub(crate) fn ended_by_remote(&mut self, why: impl FnOnce() -> String) {
        if let Some(rows) = &mut self.0 {
            rows.ending = ("Remote", why());
        }
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        let (by, why) = &self.ending;
        self.session.row(ProtocolEvent::Disconnect, why, by);
    }
}
