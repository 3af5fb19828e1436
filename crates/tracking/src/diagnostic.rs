//! The diagnostic log on standard error, where each step of a message's life is a line with the
//! message's number. What goes well is logged at `debug`, what waits or fails at `info` and
//! `warn`, so that an idle look at the log shows what matters.

use std::fmt;

use model::{
    Event, EventSink, MessageEvent, MessageEventKind, NewMail, PressureLevel, RecipientResult,
    Resource, Timestamp,
};

/// Writes events to the program's diagnostic log.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiagnosticLog;

impl EventSink for DiagnosticLog {
    fn emit(&self, _at: Timestamp, event: &Event<'_>) {
        match event {
            Event::Message(event) => step(event),
            Event::RoutingChanged { revision, moved } => {
                tracing::info!(revision, moved, "routing computed again");
            }
            Event::SignIn { user, client, success: true } => {
                tracing::debug!(user, ?client, "signed in");
            }
            Event::SignIn { user, client, success: false } => {
                tracing::warn!(user, ?client, "sign-in failed");
            }
            Event::Pressure { resource, level, before, new_mail, detail } => {
                pressure(*resource, (*before, *level), *new_mail, detail);
            }
            Event::QueueRetry { next_hop, error, next_retry, .. } => {
                tracing::info!(next_hop, error, %next_retry, "next hop not reached");
            }
        }
    }
}

/// One change of pressure, under the documented event ids: 15004 up, 15005 down; 15006 and 15007
/// when a disk or memory makes new mail refused.
fn pressure(
    resource: Resource,
    (before, level): (PressureLevel, PressureLevel),
    new_mail: NewMail,
    detail: &str,
) {
    let is_refused = new_mail >= NewMail::RefusedFromOthers;
    let event_id = match resource {
        _ if level < before => "15005",
        Resource::DatabaseDisk | Resource::LogDisk if is_refused => "15004 15006",
        Resource::ProcessMemory if is_refused => "15004 15007",
        _ => "15004",
    };
    if level < before {
        let text = match new_mail {
            NewMail::Accepted => "back pressure is over: mail is accepted again",
            NewMail::Delayed => "back pressure eases; new mail is still delayed",
            _ => "back pressure eases; new mail is still refused",
        };
        tracing::warn!(event_id, %resource, %before, %level, detail, "{text}");
    } else {
        match new_mail {
            NewMail::Accepted => {
                let text = "back pressure: cached content leaves memory";
                tracing::warn!(event_id, %resource, %before, %level, detail, "{text}");
            }
            NewMail::Delayed => {
                let text = "back pressure: new mail is delayed";
                tracing::warn!(event_id, %resource, %before, %level, detail, "{text}");
            }
            _ => {
                let text = "back pressure: new mail is refused with 452 4.3.1";
                tracing::error!(event_id, %resource, %before, %level, detail, "{text}");
            }
        }
    }
}

/// One step of a message's life.
fn step(event: &MessageEvent<'_>) {
    let MessageEvent { kind, message, connector, server, reference, .. } = event;
    let (id, recipients, connector) = (message.id, Listed(&event.recipients), *connector);
    match kind {
        MessageEventKind::Receive => {
            let (client, size) = (event.client.address, message.size);
            tracing::debug!(%id, ?client, connector, sender = message.sender, %recipients, size, "RECEIVE");
        }
        MessageEventKind::Send => {
            tracing::debug!(%id, connector, remote = server.name, %recipients, "SEND");
        }
        MessageEventKind::Deliver => tracing::debug!(%id, %recipients, "DELIVER"),
        MessageEventKind::Defer => tracing::info!(%id, %recipients, "DEFER"),
        MessageEventKind::Fail => {
            tracing::warn!(%id, source = event.source.name(), %recipients, "FAIL");
        }
        MessageEventKind::Dsn => tracing::info!(%id, about = reference, "DSN"),
        // Whoever sets a file or a message aside logs why.
        MessageEventKind::BadMail => tracing::debug!(%id, reference, "BADMAIL"),
        MessageEventKind::PoisonMessage => tracing::debug!(%id, %recipients, "POISONMESSAGE"),
        MessageEventKind::Expand | MessageEventKind::Resolve | MessageEventKind::Redirect => {
            let from = event.related_recipient.map(model::Address::as_str);
            tracing::debug!(%id, from, %recipients, "{}", kind.name());
        }
        MessageEventKind::Load | MessageEventKind::Resubmit => {
            tracing::debug!(%id, %recipients, "{}", kind.name());
        }
    }
}

/// The first few recipients with what was said of each.
struct Listed<'a>(&'a [RecipientResult<'a>]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        for (i, result) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            let blank = if result.status.is_empty() { "" } else { " " };
            write!(f, "{separator}<{}>{blank}{}", result.recipient, result.status)?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
