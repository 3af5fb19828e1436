//! What a notification reports.

use model::{Address, DsnReturn, EnhancedCode, Envelope, Timestamp};
use texts::{Language, Notice};

/// What happened to the recipients of one report (RFC 3464 section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Not delivered, and given up.
    Failure,
    /// Not delivered yet; attempts go on.
    Delay,
    /// Delivered to the mailbox.
    Success,
    /// Handed to a server that does not report success itself.
    Relayed,
}

impl Kind {
    /// The value of Action.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Failure => "failed",
            Self::Delay => "delayed",
            Self::Success => "delivered",
            Self::Relayed => "relayed",
        }
    }

    /// The words for people.
    pub(crate) fn notice(self) -> Notice {
        match self {
            Self::Failure => Notice::Failed,
            Self::Delay => Notice::Delayed,
            Self::Success => Notice::Delivered,
            Self::Relayed => Notice::Relayed,
        }
    }
}

/// Everything one notification says. All recipients fared alike: one report, one kind.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// What happened.
    pub kind: Kind,
    /// The language of the part for people.
    pub language: Language,
    /// Under what name it is reported (Reporting-MTA): the authority, which need be no host.
    pub reporting_mta: &'a str,
    /// The server that made the report, for administrators.
    pub server: &'a str,
    /// Who the notification is from.
    pub postmaster: &'a Address,
    /// Who it goes to: the original's envelope sender.
    pub to: &'a Address,
    /// The notification's own Message-ID, with or without angle brackets; derived from
    /// (message, recipient, kind), so that the same report has the same identity.
    pub message_id: &'a str,
    /// The notification's date.
    pub now: Timestamp,
    /// When the original was accepted.
    pub arrival: Timestamp,
    /// The original's envelope.
    pub envelope: &'a Envelope,
    /// The original's content.
    pub original: &'a [u8],
    /// Largest original, in bytes, that comes back whole; of larger ones, and with 0 of all,
    /// only the header does.
    pub max_attach: u64,
    /// The original's Message-ID, with or without angle brackets.
    pub original_message_id: Option<&'a str>,
    /// When attempts end. Told in notifications of delay only.
    pub will_retry_until: Option<Timestamp>,
    /// Whether the notification may need SMTPUTF8 on its way. Where it may not, addresses and
    /// headers that are not ASCII are written in the 7-bit forms of RFC 6533.
    pub smtputf8: bool,
    /// Who it is about.
    pub recipients: Vec<RecipientReport>,
}

/// How one recipient fared.
#[derive(Debug, Clone)]
pub struct RecipientReport {
    /// Index into the envelope's recipients. One that is out of range is passed over.
    pub index: usize,
    /// The enhanced status code.
    pub status: EnhancedCode,
    /// The reply that decided, verbatim (`550 5.1.1 User unknown`): the remote server's, or
    /// what we say in its place (`550 4.4.7 QUEUE.Expired; …`).
    pub diagnostic: Option<String>,
    /// The server that gave the reply.
    pub remote_mta: Option<String>,
    /// When it was tried last.
    pub last_attempt: Timestamp,
    /// Our own account for administrators; may be empty.
    pub reason: String,
}

impl<'a> Report<'a> {
    /// The reported recipients that exist.
    pub(crate) fn concerned(
        &self,
    ) -> impl Iterator<Item = (&'a model::Recipient, &RecipientReport)> {
        let envelope = self.envelope;
        self.recipients
            .iter()
            .filter_map(move |report| Some((envelope.recipients.get(report.index)?, report)))
    }

    /// The same report without what servers said and what they are called. The reporting
    /// server must have a name (RFC 3464 section 2.2.2) and keeps it.
    pub(crate) fn without_diagnostics(&self) -> Self {
        let mut report = self.clone();
        for recipient in &mut report.recipients {
            recipient.diagnostic = None;
            recipient.remote_mta = None;
            recipient.reason.clear();
        }
        report
    }

    /// Whether the original comes back whole: only with failures, and only where its sender
    /// did not ask for less (RFC 3461 sections 4.3 and 6.2). REQUIRETLS asks for less, whatever RET says
    /// (RFC 8689 section 5): a report may have to go where the message would not.
    pub(crate) fn attaches_all(&self) -> bool {
        self.kind == Kind::Failure
            && !self.envelope.require_tls
            && self.envelope.ret != Some(DsnReturn::Headers)
            && self.original.len() as u64 <= self.max_attach
    }
}
