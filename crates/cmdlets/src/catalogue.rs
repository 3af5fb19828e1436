//! All cmdlets, and how one is found by its name.

use crate::declaration::Cmdlet;
use crate::standard::{join, total};
use crate::{
    accepted_domains, ad_permissions, auth_servers, back_pressure, cluster, component_state,
    distribution_groups, dkim_signing_configs, domain_publishing, exchange_certificates,
    ldap_directories, mail_contacts, mailboxes, message_tracking, messages, queue_actions,
    queue_digest, queues, receive_connectors, remote_domains, role_groups, send_connectors,
    servers, test_message, tls_reports, transport_config, transport_security, transport_service,
};

const FAMILIES: &[&[Cmdlet]] = &[
    accepted_domains::CMDLETS,
    ad_permissions::CMDLETS,
    auth_servers::CMDLETS,
    back_pressure::CMDLETS,
    cluster::CMDLETS,
    component_state::CMDLETS,
    distribution_groups::CMDLETS,
    dkim_signing_configs::CMDLETS,
    domain_publishing::CMDLETS,
    exchange_certificates::CMDLETS,
    ldap_directories::CMDLETS,
    mail_contacts::CMDLETS,
    mailboxes::CMDLETS,
    message_tracking::CMDLETS,
    messages::CMDLETS,
    queue_actions::CMDLETS,
    queue_digest::CMDLETS,
    queues::CMDLETS,
    receive_connectors::CMDLETS,
    remote_domains::CMDLETS,
    role_groups::CMDLETS,
    send_connectors::CMDLETS,
    servers::CMDLETS,
    test_message::CMDLETS,
    tls_reports::CMDLETS,
    transport_security::CMDLETS,
    transport_config::CMDLETS,
    transport_service::CMDLETS,
];

const COUNT: usize = total(FAMILIES);
static ALL: [Cmdlet; COUNT] = join(FAMILIES, FAMILIES[0][0]);

/// All cmdlets, family by family.
#[must_use]
pub fn all() -> &'static [Cmdlet] {
    &ALL
}

/// The cmdlet of this name, letter case ignored.
#[must_use]
pub fn find(name: &str) -> Option<&'static Cmdlet> {
    all().iter().find(|cmdlet| cmdlet.name.eq_ignore_ascii_case(name))
}
