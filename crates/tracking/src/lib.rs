//! Readers of events. For now one: the diagnostic log on standard error, where each step of a
//! message's life is a line with the message's number. What goes well is logged at `debug`, what
//! waits or fails at `info` and `warn`, so that an idle look at the log shows what matters.

pub mod fields;
pub mod files;
mod session_log;
mod session_rows;

pub use session_log::SessionLogFiles;

use model::{Event, EventSink, PressureLevel, RecipientResult, Timestamp};

/// Writes events to the program's diagnostic log.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiagnosticLog;

impl EventSink for DiagnosticLog {
    fn emit(&self, _at: Timestamp, event: &Event) {
        match event {
            Event::Receive { id, client, source, sender, recipients, size } => {
                tracing::debug!(%id, ?client, source, sender, recipients = recipients.len(), size, "RECEIVE");
            }
            Event::Send { id, connector, remote, recipients } => {
                tracing::debug!(%id, connector, remote, recipients = %Listed(recipients), "SEND");
            }
            Event::Defer { id, recipients } => {
                tracing::info!(%id, recipients = %Listed(recipients), "DEFER");
            }
            Event::Fail { id, recipients } => {
                tracing::warn!(%id, recipients = %Listed(recipients), "FAIL");
            }
            Event::Dsn { id, about } => tracing::info!(%id, %about, "DSN"),
            Event::Remove { id, recipients } => {
                tracing::info!(%id, recipients = recipients.len(), "removed by an administrator");
            }
            Event::RoutingChanged { revision, moved } => {
                tracing::info!(revision, moved, "routing computed again");
            }
            Event::SignIn { user, client, success: true } => {
                tracing::debug!(user, ?client, "signed in");
            }
            Event::SignIn { user, client, success: false } => {
                tracing::warn!(user, ?client, "sign-in failed");
            }
            Event::Pressure { resource, level, before, detail } if level > before => {
                tracing::error!(resource, %before, %level, detail, "back pressure: new mail is refused with 452 4.3.1");
            }
            Event::Pressure { resource, level: PressureLevel::Normal, before, detail } => {
                tracing::warn!(resource, %before, level = %PressureLevel::Normal, detail, "back pressure is over: mail is accepted again");
            }
            Event::Pressure { resource, level, before, detail } => {
                tracing::warn!(resource, %before, %level, detail, "back pressure eases; new mail is still refused");
            }
            Event::QueueRetry { next_hop, error, next_retry, .. } => {
                tracing::info!(next_hop, error, %next_retry, "next hop not reached");
            }
        }
    }
}

/// The first few recipients with what was said of each.
struct Listed<'a>(&'a [RecipientResult]);

impl std::fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN: usize = 5;
        for (i, result) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}<{}> {}", result.recipient, result.status)?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
