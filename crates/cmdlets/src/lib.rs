//! The cmdlets as data: names, parameters, types, roles, help.
//!
//! One declaration per cmdlet; from it come the permission check and the binding of parameters
//! (`management`), the HTTP end points (`admin`), completion, `Get-Help` and the default table of
//! the shell, and the reference of the book. What a cmdlet does is in `management`. Everything here is `const`, so that looking a
//! cmdlet up costs nothing and two views can never disagree about it.

mod catalogue;
mod declaration;
mod help;
mod kind;
mod roles;
mod standard;

mod accepted_domains;
mod ad_permissions;
mod auth_servers;
mod back_pressure;
mod cluster;
mod component_state;
mod distribution_groups;
mod dkim_signing_configs;
mod domain_publishing;
mod exchange_certificates;
mod ldap_directories;
mod mail_contacts;
mod mailboxes;
mod message_tracking;
mod messages;
mod queue_actions;
mod queue_digest;
mod queues;
mod receive_connectors;
mod remote_domains;
mod role_groups;
mod send_connectors;
mod servers;
mod test_message;
mod tls_reports;
mod transport_config;
mod transport_security;
mod transport_service;

pub use catalogue::{Family, all, families, find};
pub use declaration::{Availability, Cmdlet, Output, Parameter, Pipeline, Text};
pub use help::Fact;
pub use kind::Kind;
pub use roles::{BUILT_IN_ROLE_GROUPS, BuiltInRoleGroup, role_groups_holding};

#[cfg(test)]
mod tests;
