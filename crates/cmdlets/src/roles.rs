//! Management roles and the role groups that hold them at first start (management.md section 9.3).
//!
//! A cmdlet names the roles that permit it; a role group of the directory holds roles. The table
//! here is what a new organization starts with, and what messages about missing permission name.

use serde::Serialize;

/// A role group that every organization has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BuiltInRoleGroup {
    /// Its name.
    pub name: &'static str,
    /// What its members do, one sentence.
    pub description: &'static str,
    /// The management roles it holds.
    pub roles: &'static [&'static str],
}

pub(crate) const SEND_CONNECTORS: &str = "Send Connectors";
pub(crate) const RECEIVE_CONNECTORS: &str = "Receive Connectors";
pub(crate) const DOMAINS: &str = "Remote and Accepted Domains";
pub(crate) const TRANSPORT_SETTINGS: &str = "Organization Transport Settings";
pub(crate) const EXCHANGE_SERVERS: &str = "Exchange Servers";
pub(crate) const TRANSPORT_HYGIENE: &str = "Transport Hygiene";
pub(crate) const TRANSPORT_QUEUES: &str = "Transport Queues";
pub(crate) const MAIL_RECIPIENTS: &str = "Mail Recipients";
pub(crate) const MAIL_RECIPIENT_CREATION: &str = "Mail Recipient Creation";
pub(crate) const ROLE_MANAGEMENT: &str = "Role Management";
pub(crate) const VIEW_ONLY_CONFIGURATION: &str = "View-Only Configuration";
pub(crate) const VIEW_ONLY_RECIPIENTS: &str = "View-Only Recipients";
pub(crate) const MESSAGE_TRACKING: &str = "Message Tracking";
const EXCHANGE_CONNECTORS: &str = "Exchange Connectors";
pub(crate) const MONITORING: &str = "Monitoring";
const USER_OPTIONS: &str = "User Options";

/// The role groups of a new organization.
pub const BUILT_IN_ROLE_GROUPS: &[BuiltInRoleGroup] = &[
    BuiltInRoleGroup {
        name: "Organization Management",
        description: "Members may do everything in the organization.",
        roles: &[
            SEND_CONNECTORS,
            RECEIVE_CONNECTORS,
            DOMAINS,
            TRANSPORT_SETTINGS,
            EXCHANGE_SERVERS,
            EXCHANGE_CONNECTORS,
            TRANSPORT_HYGIENE,
            TRANSPORT_QUEUES,
            MESSAGE_TRACKING,
            MAIL_RECIPIENTS,
            MAIL_RECIPIENT_CREATION,
            ROLE_MANAGEMENT,
            MONITORING,
            USER_OPTIONS,
            VIEW_ONLY_CONFIGURATION,
            VIEW_ONLY_RECIPIENTS,
        ],
    },
    BuiltInRoleGroup {
        name: "Server Management",
        description: "Members configure servers, Receive connectors and queues.",
        roles: &[
            RECEIVE_CONNECTORS,
            EXCHANGE_SERVERS,
            EXCHANGE_CONNECTORS,
            TRANSPORT_QUEUES,
            MONITORING,
            VIEW_ONLY_CONFIGURATION,
        ],
    },
    BuiltInRoleGroup {
        name: "Hygiene Management",
        description: "Members configure Receive connectors and the transport services.",
        roles: &[
            RECEIVE_CONNECTORS,
            TRANSPORT_HYGIENE,
            VIEW_ONLY_CONFIGURATION,
            VIEW_ONLY_RECIPIENTS,
        ],
    },
    BuiltInRoleGroup {
        name: "Recipient Management",
        description: "Members create and change mailboxes and follow messages.",
        roles: &[MAIL_RECIPIENTS, MAIL_RECIPIENT_CREATION, MESSAGE_TRACKING, VIEW_ONLY_RECIPIENTS],
    },
    BuiltInRoleGroup {
        name: "Records Management",
        description: "Members follow messages through the tracking log.",
        roles: &[MESSAGE_TRACKING],
    },
    BuiltInRoleGroup {
        name: "Help Desk",
        description: "Members look at mailboxes to help their users.",
        roles: &[USER_OPTIONS, VIEW_ONLY_RECIPIENTS],
    },
    BuiltInRoleGroup {
        name: "View-Only Organization Management",
        description: "Members look at everything and change nothing.",
        roles: &[MONITORING, VIEW_ONLY_CONFIGURATION, VIEW_ONLY_RECIPIENTS],
    },
];

/// The built-in role groups that hold `role`, letter case ignored.
pub fn role_groups_holding(role: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    BUILT_IN_ROLE_GROUPS
        .iter()
        .filter(move |group| group.roles.iter().any(|r| r.eq_ignore_ascii_case(role)))
        .map(|group| group.name)
}
