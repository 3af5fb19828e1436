//! All cmdlets, how one is found by its name, and what of them stands on a page of the reference.

use crate::declaration::{Cmdlet, Text};
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

/// Cmdlets that an administrator looks for in one place: a page of the reference.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What its page is called in an address, the same in every language.
    pub slug: &'static str,
    /// What it is about.
    pub title: Text,
    parts: &'static [&'static [Cmdlet]],
}

impl Family {
    /// Its cmdlets, noun by noun.
    pub fn cmdlets(&self) -> impl Iterator<Item = &'static Cmdlet> + use<> {
        self.parts.iter().copied().flatten()
    }
}

const PAGES: &[Family] = &[
    Family {
        slug: "send-connectors",
        title: Text { en: "Send connectors", fr: "Connecteurs d’envoi" },
        parts: &[send_connectors::CMDLETS],
    },
    Family {
        slug: "receive-connectors",
        title: Text {
            en: "Receive connectors and their permissions",
            fr: "Connecteurs de réception et leurs permissions",
        },
        parts: &[receive_connectors::CMDLETS, ad_permissions::CMDLETS],
    },
    Family {
        slug: "domains",
        title: Text {
            en: "Accepted and remote domains",
            fr: "Domaines acceptés et domaines distants",
        },
        parts: &[accepted_domains::CMDLETS, remote_domains::CMDLETS],
    },
    Family {
        slug: "recipients",
        title: Text { en: "Recipients", fr: "Destinataires" },
        parts: &[
            mailboxes::CMDLETS,
            distribution_groups::CMDLETS,
            mail_contacts::CMDLETS,
            ldap_directories::CMDLETS,
        ],
    },
    Family {
        slug: "queues",
        title: Text { en: "Queues", fr: "Files d’attente" },
        parts: &[queues::CMDLETS, queue_actions::CMDLETS, queue_digest::CMDLETS],
    },
    Family {
        slug: "messages",
        title: Text {
            en: "Messages and what became of them",
            fr: "Messages et ce qu’ils sont devenus",
        },
        parts: &[messages::CMDLETS, message_tracking::CMDLETS, test_message::CMDLETS],
    },
    Family {
        slug: "transport",
        title: Text {
            en: "Transport settings of organization and servers",
            fr: "Paramètres de transport de l’organisation et des serveurs",
        },
        parts: &[transport_config::CMDLETS, transport_service::CMDLETS],
    },
    Family {
        slug: "servers",
        title: Text { en: "State of servers", fr: "État des serveurs" },
        parts: &[servers::CMDLETS, component_state::CMDLETS, back_pressure::CMDLETS],
    },
    Family {
        slug: "certificates",
        title: Text { en: "Certificates", fr: "Certificats" },
        parts: &[exchange_certificates::CMDLETS],
    },
    Family {
        slug: "dkim",
        title: Text {
            en: "DKIM and what domains publish",
            fr: "DKIM et ce que publient les domaines",
        },
        parts: &[dkim_signing_configs::CMDLETS, domain_publishing::CMDLETS],
    },
    Family {
        slug: "transport-security",
        title: Text { en: "Transport security", fr: "Sécurité du transport" },
        parts: &[transport_security::CMDLETS, tls_reports::CMDLETS],
    },
    Family {
        slug: "role-groups",
        title: Text {
            en: "Role groups and sign-in servers",
            fr: "Groupes de rôles et serveurs d’authentification",
        },
        parts: &[role_groups::CMDLETS, auth_servers::CMDLETS],
    },
    Family {
        slug: "several-servers",
        title: Text { en: "Several servers", fr: "Plusieurs serveurs" },
        parts: &[cluster::CMDLETS],
    },
];

/// The pages of the reference, in their order. Every cmdlet is on one.
#[must_use]
pub fn families() -> &'static [Family] {
    PAGES
}
