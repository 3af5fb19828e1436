//! The organization's objects, their rules, and the embedded store.
//!
//! A [`Snapshot`] is an immutable picture of all objects, shared and never locked. A
//! [`Directory`] holds the present one and changes it: atomically, with optimistic locking and
//! an audit record for every change (DESIGN section 5). Objects are typed structs whose
//! properties are set and shown by their documented names ([`Properties`]); what a single value
//! may be is the business of its type ([`values`]), what goes together is checked by `validate`
//! of the object, and what concerns several objects by [`Directory::apply`].
//!
//! Beneath it is a [`Store`]: the embedded one, or one that several servers share ([`SharedStore`],
//! implemented by a higher room), of which the file keeps a copy.

mod accepted_domain;
mod access;
mod addresses;
mod audit;
mod auth_server;
pub mod bootstrap;
mod certificate;
mod component_state;
mod copy;
mod database;
mod directory;
mod distribution_group;
mod dkim_signing_config;
mod error;
mod frontend_service;
mod integrity;
mod ldap_directory;
mod look;
mod mail_contact;
mod mailbox;
mod object;
mod organization;
mod properties;
mod receive_connector;
mod recipient;
mod remote_domain;
mod role_group;
mod rows;
mod rule;
mod send_connector;
mod server;
mod setting;
mod snapshot;
mod store;
mod transport_service;
pub mod values;

#[cfg(test)]
mod tests;

pub use accepted_domain::AcceptedDomain;
pub use access::{AccessControlled, AccessEntry, SecurityPrincipal};
pub use audit::{Audit, AuditRecord, AuditedChange};
pub use auth_server::AuthServer;
pub use certificate::ExchangeCertificate;
pub use copy::{FileFacts, NEWEST_FILE_FORMAT, copy_file, file_facts};
pub use directory::Directory;
pub use distribution_group::DistributionGroup;
pub use dkim_signing_config::DkimSigningConfig;
pub use error::{DirectoryError, StoreError};
pub use frontend_service::FrontendTransportService;
pub use ldap_directory::LdapDirectory;
pub use mail_contact::MailContact;
pub use mailbox::Mailbox;
pub use object::{Change, Class, Object};
pub use organization::{Organization, TransportConfig};
pub use properties::{Header, Properties, PropertyError};
pub use receive_connector::ReceiveConnector;
pub use recipient::Recipient;
pub use remote_domain::RemoteDomain;
pub use role_group::RoleGroup;
pub use rows::{AuditRow, Commit, Content, News, ObjectRow};
pub use rule::RuleError;
pub use send_connector::SendConnector;
pub use server::Server;
pub use snapshot::Snapshot;
pub use store::{SharedStore, Store};
pub use transport_service::TransportService;
pub use values::{
    AddressSpace, AllowedOofType, AuthMechanisms, Binding, ByteEncoder, CertificateMaterial,
    CertificateName, CertificateServices, Component, ContentType, Cost, Credential, Culture,
    DkimAlgorithms, DkimCanonicalization, DkimKey, DkimKeys, DkimRotation, DkimSelector, DnsServer,
    DomainType, DsnConversionMode, Egress, ErrorPolicies, ExtendedProtectionPolicy, ExtendedRight,
    External, HeaderPromotionMode, IpRange, LdapSchema, LdapServer, LocalPath, MessageRateSource,
    OAuthGrantType, PasswordRecord, PermissionGroups, ProtocolLoggingLevel, ProtocolOption,
    RequestedState, Requester, ScramRecord, SendRight, ServiceState, ShadowMessagePreference,
    ShiftJisCodePage, SizeMode, SmartHost, SmartHostAuthMechanism, TlsAuthLevel, TlsCipherSuites,
    TlsVersion, TransportRole, Usage,
};
