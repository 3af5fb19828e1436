//! Delivery status notifications: who is told, in which language, and the report as a message
//! of its own that is stored in the same commit as the outcome it reports.

use std::sync::Arc;

use bytes::Bytes;
use directory::{RemoteDomain, Snapshot, TransportConfig};
use dsn::{Kind, Options, RecipientReport, Report};
use model::{
    Address, AddressDomain, EnhancedCode, Envelope, EventSource, Guid, Notify, Recipient, Timestamp,
};
use queue::Priority;
use spool::{MessageRecord, Origin, SpoolError};
use texts::Language;

use crate::{
    categorizer::Categorizer,
    core::Core,
    known::Mark,
    queued::QueuedMessage,
    resolver::{self, Facts},
};

/// What is to be said of one recipient.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) index: u32,
    pub(crate) status: EnhancedCode,
    /// The reply or reason, verbatim.
    pub(crate) text: String,
    /// The host that said it, when one did.
    pub(crate) remote: Option<String>,
    /// Which part of the server decided.
    pub(crate) source: EventSource,
}

/// A report ready to be stored.
pub(crate) struct NewReport {
    pub(crate) record: Arc<MessageRecord>,
    pub(crate) content: Bytes,
    /// Held from before it is stored: a crash right after must not leave it unseen.
    pub(crate) mark: Arc<Mark>,
}

impl Core {
    /// Whether anybody is told of these recipients by a report of `kind`.
    pub(crate) fn is_told(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        kind: Kind,
        recipients: &[u32],
    ) -> bool {
        let record = &message.record;
        let Some(to) = record.envelope.sender.address() else { return false };
        recipients.iter().any(|index| wants(kind, notify(record, *index)))
            && remote_domain(snapshot, to).is_none_or(|domain| may_be_told(kind, domain))
    }

    /// The report of failures and the copy of it, as far as anybody is told.
    ///
    /// # Errors
    /// When the original, which belongs into it, cannot be read.
    pub(crate) async fn failure_reports(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        failed: &[Finding],
    ) -> Result<Vec<NewReport>, SpoolError> {
        if !tells_anybody(message, Kind::Failure, failed) {
            return Ok(Vec::new());
        }
        let original = self.content(message).await?;
        Ok(self.failure_reports_with(snapshot, message, failed, &original))
    }

    /// The same without the original.
    pub(crate) fn bare_failure_reports(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        failed: &[Finding],
    ) -> Vec<NewReport> {
        self.failure_reports_with(snapshot, message, failed, &Bytes::new())
    }

    /// The same with an original at hand.
    pub(crate) fn failure_reports_with(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        failed: &[Finding],
        original: &Bytes,
    ) -> Vec<NewReport> {
        let report = self.report_with(snapshot, message, (Kind::Failure, failed), original);
        let copy = report.as_ref().and_then(|report| self.copy_of(snapshot, report, failed));
        report.into_iter().chain(copy).collect()
    }

    /// The report of a delay, as far as anybody is told.
    ///
    /// # Errors
    /// When the original cannot be read.
    pub(crate) async fn delay_report(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        late: &[Finding],
    ) -> Result<Option<NewReport>, SpoolError> {
        if !tells_anybody(message, Kind::Delay, late) {
            return Ok(None);
        }
        let original = self.content(message).await?;
        Ok(self.report_with(snapshot, message, (Kind::Delay, late), &original))
    }

    /// The report of a success, as far as anybody is told. It is one without the original too.
    pub(crate) async fn success_report(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        kind: Kind,
        delivered: &[Finding],
    ) -> Option<NewReport> {
        let original = self.content(message).await.unwrap_or_default();
        self.report_with(snapshot, message, (kind, delivered), &original)
    }

    /// The report of `kind` about the recipients in `findings` whose sender wants it. `None`
    /// when nobody is to be told: no sender, or nobody asked.
    fn report_with(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        (kind, findings): (Kind, &[Finding]),
        original: &Bytes,
    ) -> Option<NewReport> {
        let record = &message.record;
        let to = record.envelope.sender.address()?;
        let wanted: Vec<&Finding> = wanted(record, kind, findings).collect();
        let first = wanted.first()?;
        let remote = remote_domain(snapshot, to);
        if !remote.is_none_or(|domain| may_be_told(kind, domain)) {
            tracing::info!(message = %record.id, domain = %to.domain(), report = tag(kind),
                "the settings of the remote domain keep a report from its sender");
            return None;
        }
        let diagnostics = remote.is_none_or(|domain| domain.ndr_diagnostic_info_enabled);
        let fqdn =
            self.here(snapshot).map_or_else(|| self.server.to_string(), |s| s.fqdn.to_string());
        let config = &snapshot.organization.transport;
        let categorizer = Categorizer::new(snapshot, &self.server);
        let internal = snapshot.is_internal(to.domain());
        let id = self.spool.next_id();
        let now = self.now();
        let reporting_mta = reporting_mta(snapshot, internal).unwrap_or_else(|| fqdn.clone());
        // The name of a server where servers may be named.
        let own_name = if diagnostics { &fqdn } else { &reporting_mta };
        // Derived, so that the same report made again after a crash is recognisable as such.
        let message_id = format!("<{}.{}.{}@{}>", record.id, first.index, tag(kind), own_name);
        let postmaster = postmaster(snapshot, internal).unwrap_or_else(|| to.clone());
        let options = Options { html: send_html(config, internal), diagnostics };
        let report = Report {
            kind,
            language: language(config, internal, categorizer.mailbox_of(to), original),
            reporting_mta: &reporting_mta,
            server: &fqdn,
            postmaster: &postmaster,
            to,
            message_id: &message_id,
            now,
            arrival: record.accepted_at,
            envelope: &record.envelope,
            original,
            max_attach: max_attach(config, internal),
            original_message_id: record.internet_message_id.as_deref(),
            will_retry_until: (kind == Kind::Delay).then(|| self.expires_at(snapshot, record)),
            smtputf8: record.envelope.smtputf8 || to.is_internationalized(),
            recipients: wanted.iter().map(|f| recipient_report(f, kind, now)).collect(),
        };
        let notification = dsn::notification(&report, &options);
        let content = Bytes::from(notification.content);
        let record = MessageRecord {
            id,
            network_id: Guid::new_v4(),
            accepted_at: now,
            band: Priority::Normal.band() as u8,
            stranger: false,
            tls_not_required: false,
            size: content.len() as u64,
            eight_bit: message::is_eight_bit(&content),
            origin: Origin::Dsn { about: record.id },
            subject: message::subject(&content),
            internet_message_id: Some(message_id.clone()),
            trace: String::new(),
            envelope: Arc::new(to_whom_it_goes(snapshot, notification.envelope)),
        };
        let mark = self.known.mark(record.id);
        Some(NewReport { record: Arc::new(record), content, mark })
    }

    /// The postmaster's copy of a report of failure, where one of the statuses is among
    /// `GenerateCopyOfDSNFor`. Exchange gives it to the mailbox of its own recipient, to which
    /// none is assigned at first; here that is the mailbox of `ExternalPostmasterAddress`, empty
    /// at first too: nobody reads other people's mail because of a default.
    pub(crate) fn copy_of(
        &self,
        snapshot: &Snapshot,
        report: &NewReport,
        findings: &[Finding],
    ) -> Option<NewReport> {
        let config = &snapshot.organization.transport;
        let postmaster = config.external_postmaster_address.clone()?;
        let codes = &config.generate_copy_of_dsn_for;
        if !findings.iter().any(|finding| codes.contains(&finding.status)) {
            return None;
        }
        let categorizer = Categorizer::new(snapshot, &self.server);
        let store = categorizer.mailbox_of(&postmaster)?;
        let mut envelope = Envelope::clone(&report.record.envelope);
        let is_told = |recipient: &Recipient| {
            categorizer
                .mailbox_of(&recipient.address)
                .is_some_and(|mailbox| mailbox.header.guid == store.header.guid)
        };
        if envelope.recipients.iter().any(is_told) {
            return None;
        }
        let never = Some(Notify::Never);
        envelope.recipients = vec![Recipient { notify: never, ..Recipient::plain(postmaster) }];
        let record = MessageRecord {
            id: self.spool.next_id(),
            network_id: Guid::new_v4(),
            envelope: Arc::new(envelope),
            ..MessageRecord::clone(&report.record)
        };
        let mark = self.known.mark(record.id);
        Some(NewReport { record: Arc::new(record), content: report.content.clone(), mark })
    }
}

/// Whether somebody may be there who wants a report of `kind`.
fn tells_anybody(message: &QueuedMessage, kind: Kind, findings: &[Finding]) -> bool {
    let record = &message.record;
    record.envelope.sender.address().is_some() && wanted(record, kind, findings).next().is_some()
}

/// What is to be reported, as the sender has asked.
fn wanted<'a>(
    record: &MessageRecord,
    kind: Kind,
    findings: &'a [Finding],
) -> impl Iterator<Item = &'a Finding> {
    findings.iter().filter(move |f| wants(kind, notify(record, f.index)))
}

/// The remote domain whose settings are for a report to this address; none for one of ours.
fn remote_domain<'a>(snapshot: &'a Snapshot, to: &Address) -> Option<&'a RemoteDomain> {
    let remote = !snapshot.is_internal(to.domain());
    snapshot.remote_domain(to.domain()).filter(|_| remote).map(AsRef::as_ref)
}

/// NDREnabled and DeliveryReportEnabled. Notices of delay have settings of their own.
fn may_be_told(kind: Kind, domain: &RemoteDomain) -> bool {
    match kind {
        Kind::Failure => domain.ndr_enabled,
        Kind::Success | Kind::Relayed => domain.delivery_report_enabled,
        Kind::Delay => true,
    }
}

fn notify(record: &MessageRecord, index: u32) -> Notify {
    record.envelope.recipients.get(index as usize).map_or(Notify::Never, Recipient::notify)
}

fn wants(kind: Kind, notify: Notify) -> bool {
    match kind {
        Kind::Failure => notify.wants_failure(),
        Kind::Delay => notify.wants_delay(),
        Kind::Success | Kind::Relayed => notify.wants_success(),
    }
}

fn tag(kind: Kind) -> &'static str {
    match kind {
        Kind::Failure => "failure",
        Kind::Delay => "delay",
        Kind::Success => "success",
        Kind::Relayed => "relayed",
    }
}

/// The report's envelope with whoever its recipient stands for: a report to a group goes to its members.
fn to_whom_it_goes(snapshot: &Snapshot, envelope: Envelope) -> Envelope {
    let facts = Facts { sender: &envelope.sender, stranger: false, size: 0 };
    match resolver::resolve(snapshot, facts, &envelope.recipients) {
        None => envelope,
        Some(resolution) => Envelope { recipients: resolution.recipients, ..envelope },
    }
}

fn recipient_report(finding: &Finding, kind: Kind, now: Timestamp) -> RecipientReport {
    RecipientReport {
        index: finding.index as usize,
        status: finding.status,
        diagnostic: (kind != Kind::Success && !finding.text.is_empty())
            .then(|| finding.text.clone()),
        remote_mta: finding.remote.as_deref().map(host_name),
        last_attempt: now,
        reason: finding.text.clone(),
    }
}

/// Mailbox languages, then the message's own, then the default, then English
/// (DESIGN section 12).
fn language(
    config: &TransportConfig,
    internal: bool,
    mailbox: Option<&directory::Mailbox>,
    original: &[u8],
) -> Language {
    let (detect, default) = if internal {
        (config.internal_dsn_language_detection_enabled, &config.internal_dsn_default_language)
    } else {
        (config.external_dsn_language_detection_enabled, &config.external_dsn_default_language)
    };
    let own = mailbox.into_iter().flat_map(|m| &m.languages).map(ToString::to_string);
    let theirs = if detect { message::languages(original) } else { Vec::new() };
    let default = default.iter().map(ToString::to_string);
    Language::choose(own.chain(theirs).chain(default))
}

/// The host's name without the address that is shown beside it.
fn host_name(remote: &str) -> String {
    remote.split(' ').next().unwrap_or_default().to_owned()
}

fn send_html(config: &TransportConfig, internal: bool) -> bool {
    if internal { config.internal_dsn_send_html } else { config.external_dsn_send_html }
}

fn max_attach(config: &TransportConfig, internal: bool) -> u64 {
    let limit = if internal {
        config.internal_dsn_max_message_attach_size
    } else {
        config.external_dsn_max_message_attach_size
    };
    limit.as_u64()
}

/// The configured authority, else the default domain (transport.md section 8.2).
fn reporting_mta(snapshot: &Snapshot, internal: bool) -> Option<String> {
    let config = &snapshot.organization.transport;
    let configured = if internal {
        &config.internal_dsn_reporting_authority
    } else {
        &config.external_dsn_reporting_authority
    };
    configured.as_ref().or(snapshot.default_domain()).map(ToString::to_string)
}

/// Who reports are from: for people outside ExternalPostmasterAddress, where it is set.
fn postmaster(snapshot: &Snapshot, internal: bool) -> Option<Address> {
    let configured = &snapshot.organization.transport.external_postmaster_address;
    configured.clone().filter(|_| !internal).or_else(|| default_postmaster(snapshot))
}

fn default_postmaster(snapshot: &Snapshot) -> Option<Address> {
    let domain = AddressDomain::Name(snapshot.default_domain()?.clone());
    Address::new("postmaster", &domain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mailbox, message, setting, English: each decides where those before say nothing usable.
    #[test]
    fn language_has_an_order() {
        let content = b"Accept-Language: fr;q=0.5, en-GB\r\nContent-Language: fr\r\n\r\n";
        let french = b"Content-Language: fr\r\n\r\n";
        let mailbox = |languages: &[&str]| {
            let mut mailbox = directory::Mailbox::with_defaults(
                directory::Header::fresh(),
                "Jean".parse().unwrap(),
                "jean@contoso.com".parse().unwrap(),
            );
            mailbox.languages = languages.iter().map(|l| l.parse().unwrap()).collect();
            mailbox
        };
        let config = |detect: bool, default: &str| TransportConfig {
            internal_dsn_language_detection_enabled: detect,
            internal_dsn_default_language: Some(default.parse().unwrap()),
            external_dsn_language_detection_enabled: !detect,
            external_dsn_default_language: None,
            ..TransportConfig::default()
        };
        for (languages, original, detect, default, internal, expected) in [
            (&["fr-FR"][..], &content[..], true, "en-US", true, Language::French),
            (&["de-DE"], content, true, "fr-FR", true, Language::English),
            (&[], content, true, "fr-FR", true, Language::English),
            (&[], french, true, "en-US", true, Language::French),
            (&[], french, false, "en-US", true, Language::English),
            (&[], b"\r\n", true, "fr-FR", true, Language::French),
            (&[], b"\r\n", true, "de-DE", true, Language::English),
            // The other set of settings: no default there, and detection the other way round.
            (&[], french, true, "fr-FR", false, Language::English),
            (&[], french, false, "en-US", false, Language::French),
        ] {
            let (mailbox, config) = (mailbox(languages), config(detect, default));
            let chosen = language(&config, internal, Some(&mailbox), original);
            assert_eq!(chosen, expected, "{languages:?} {detect} {default} {internal}");
        }
    }
}
