//! What a session offers and allows, as its connector says.

use directory::ReceiveConnector;
use identity::TokenVerifier;
use smtp::{AuthOffer, BearerOffer, ServerSettings};

use crate::{policy::Policy, shared::Shared};

/// That tokens are taken, where an enabled AuthServer is there to judge them by. Where there are several, none is
/// the one that a client is to ask.
fn bearer_offer(shared: &Shared) -> Option<BearerOffer> {
    let snapshot = shared.directory.snapshot();
    let mut servers = TokenVerifier::taken_from(&snapshot);
    let first = servers.next()?;
    let only = servers.next().is_none();
    Some(BearerOffer { configuration: only.then(|| first.to_string()) })
}

/// Whether SCRAM is offered. Not where an LDAP directory verifies passwords: clients that prefer it would get no further
/// by it, and would not try what works.
fn offers_scram(shared: &Shared) -> bool {
    let snapshot = shared.directory.snapshot();
    !snapshot.ldap_directories.iter().any(|d| d.enabled && d.password_verification_enabled)
}

/// The settings of the machine that speaks for the connector.
pub(super) fn machine_settings(shared: &Shared, connector: &ReceiveConnector) -> ServerSettings {
    let limited = |limit: model::Unlimited<u32>| limit.limit().map(|n| n as usize);
    let fqdn = connector.fqdn.as_ref().map_or_else(|| shared.fqdn.clone(), ToString::to_string);
    ServerSettings {
        fqdn,
        banner: connector.greeting().map(str::to_owned),
        max_message_size: connector.max_message_size.as_u64(),
        max_header_size: connector.max_header_size.as_u64(),
        max_recipients: connector.max_recipients_per_message as usize,
        max_hops: connector.max_hop_count as usize,
        max_protocol_errors: limited(connector.max_protocol_errors),
        max_logon_failures: (connector.max_logon_failures > 0)
            .then_some(connector.max_logon_failures as usize),
        pipelining: connector.pipelining_enabled,
        chunking: connector.chunking_enabled,
        eight_bit_mime: connector.eight_bit_mime_enabled,
        dsn: connector.delivery_status_notification_enabled,
        enhanced_status_codes: connector.enhanced_status_codes_enabled,
        smtputf8: connector.smtp_utf8_enabled,
        offer_require_tls: true,
        size: size_mode(connector),
        start_tls: connector.auth_mechanism.contains(directory::AuthMechanisms::TLS),
        require_tls: connector.require_tls,
        auth: if Policy::offers_auth(connector) { AuthOffer::UnderTls } else { AuthOffer::Never },
        scram: offers_scram(shared),
        bearer: bearer_offer(shared),
        require_hello_name: connector.require_ehlo_domain,
        require_auth: Policy::requires_auth(connector),
    }
}

fn size_mode(connector: &ReceiveConnector) -> smtp::SizeMode {
    match connector.size_enabled {
        directory::SizeMode::Enabled => smtp::SizeMode::Enabled,
        directory::SizeMode::Disabled => smtp::SizeMode::Disabled,
        directory::SizeMode::EnabledWithoutValue => smtp::SizeMode::EnabledWithoutValue,
    }
}
