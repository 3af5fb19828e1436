//! Any object of the directory, and a change of one.

use std::sync::Arc;

use model::Guid;
use serde_json::Value;

use crate::{
    accepted_domain::AcceptedDomain, auth_server::AuthServer, certificate::ExchangeCertificate,
    distribution_group::DistributionGroup, dkim_signing_config::DkimSigningConfig,
    ldap_directory::LdapDirectory, mail_contact::MailContact, mailbox::Mailbox,
    organization::Organization, properties::Header, receive_connector::ReceiveConnector,
    remote_domain::RemoteDomain, role_group::RoleGroup, rule::Refused,
    send_connector::SendConnector, server::Server, setting::Stored,
};

/// What all objects have in common.
pub(crate) trait Entry {
    /// Identity and version.
    fn header(&self) -> &Header;
    /// What is unique in the class, lower case.
    fn key(&self) -> String;
}

macro_rules! objects {
    ($( $(#[$doc:meta])* $class:ident, $noun:literal, |$object:ident| $name:expr; )+) => {
        /// The classes of objects.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Class { $( $(#[$doc])* $class, )+ }

        impl Class {
            /// The name in the store.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$class => stringify!($class),)+ }
            }

            /// The name in sentences.
            pub const fn noun(self) -> &'static str {
                match self { $(Self::$class => $noun,)+ }
            }

            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($class) => Some(Self::$class),)+ _ => None }
            }
        }

        /// One object.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "only on its way into or out of the store")]
        pub enum Object { $( $(#[$doc])* $class($class), )+ }

        impl Object {
            /// Its class.
            pub fn class(&self) -> Class {
                match self { $(Self::$class(_) => Class::$class,)+ }
            }

            /// Identity and version.
            pub fn header(&self) -> &Header {
                match self { $(Self::$class(object) => &object.header,)+ }
            }

            pub(crate) fn header_mut(&mut self) -> &mut Header {
                match self { $(Self::$class(object) => &mut object.header,)+ }
            }

            /// Its name; for a Receive connector `Server\Name`.
            pub fn name(&self) -> String {
                match self { $(Self::$class($object) => $name,)+ }
            }

            pub(crate) fn store(&self) -> Value {
                match self { $(Self::$class(object) => object.store(),)+ }
            }

            pub(crate) fn load(class: Class, value: &Value) -> Result<Self, Refused> {
                match class { $(Class::$class => $class::load(value).map(Self::$class),)+ }
            }
        }

        $(
            impl Entry for $class {
                fn header(&self) -> &Header {
                    &self.header
                }
                fn key(&self) -> String {
                    let $object = self;
                    let name: String = $name;
                    name.to_lowercase()
                }
            }

            impl From<$class> for Object {
                fn from(object: $class) -> Self {
                    Self::$class(object)
                }
            }

            impl From<&Arc<$class>> for Object {
                fn from(object: &Arc<$class>) -> Self {
                    Self::$class($class::clone(object))
                }
            }
        )+
    };
}

objects! {
    /// The organization.
    Organization, "organization", |o| o.name.clone();
    /// A server.
    Server, "server", |o| o.name.to_string();
    /// An accepted domain.
    AcceptedDomain, "accepted domain", |o| o.name.to_string();
    /// A Send connector.
    SendConnector, "Send connector", |o| o.name.to_string();
    /// A Receive connector.
    ReceiveConnector, "Receive connector", |o| o.identity();
    /// A mailbox.
    Mailbox, "mailbox", |o| o.name.to_string();
    /// A remote domain.
    RemoteDomain, "remote domain", |o| o.name.to_string();
    /// A role group.
    RoleGroup, "role group", |o| o.name.to_string();
    /// How mail from a domain is signed.
    DkimSigningConfig, "DKIM signing configuration", |o| o.domain.to_string();
    /// A certificate of a server.
    ExchangeCertificate, "certificate", |o| o.identity();
    /// Who issues access tokens.
    AuthServer, "authorization server", |o| o.name.to_string();
    /// A distribution group.
    DistributionGroup, "distribution group", |o| o.name.to_string();
    /// A mail contact.
    MailContact, "mail contact", |o| o.name.to_string();
    /// Another directory whose people are recipients here.
    LdapDirectory, "LDAP directory", |o| o.name.to_string();
}

/// One step of a change; several are applied all or none.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A new object. Version and times of its header are set by the store.
    Create(Object),
    /// A changed object.
    Update {
        /// The object; its header's version is the one it was read with.
        object: Object,
    },
    /// An object goes.
    Remove {
        /// Which.
        guid: Guid,
        /// The version it was read with.
        version: u64,
    },
}
