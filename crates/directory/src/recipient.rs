//! Whoever has an address: a mailbox, a distribution group or a mail contact.

use std::sync::Arc;

use model::{Address, Guid, ObjectName};

use crate::{
    addresses::addresses_of, distribution_group::DistributionGroup, mail_contact::MailContact,
    mailbox::Mailbox, properties::Header, values::External,
};

/// A recipient of the organization.
#[derive(Debug, Clone, Copy)]
pub enum Recipient<'a> {
    /// It has its mail here.
    Mailbox(&'a Arc<Mailbox>),
    /// It stands for others.
    Group(&'a Arc<DistributionGroup>),
    /// It has its mail elsewhere.
    Contact(&'a Arc<MailContact>),
}

impl<'a> Recipient<'a> {
    /// Identity and version.
    pub fn header(self) -> &'a Header {
        match self {
            Self::Mailbox(mailbox) => &mailbox.header,
            Self::Group(group) => &group.header,
            Self::Contact(contact) => &contact.header,
        }
    }

    /// What never changes.
    pub fn guid(self) -> Guid {
        self.header().guid
    }

    /// Its name.
    pub fn name(self) -> &'a ObjectName {
        match self {
            Self::Mailbox(mailbox) => &mailbox.name,
            Self::Group(group) => &group.name,
            Self::Contact(contact) => &contact.name,
        }
    }

    /// The name that people see, where it is another one.
    pub fn display_name(self) -> Option<&'a str> {
        match self {
            Self::Mailbox(_) => None,
            Self::Group(group) => group.display_name.as_deref(),
            Self::Contact(contact) => contact.display_name.as_deref(),
        }
    }

    /// The address that mail to it bears: of a contact the one elsewhere.
    pub fn primary_smtp_address(self) -> &'a Address {
        match self {
            Self::Mailbox(mailbox) => &mailbox.primary_smtp_address,
            Self::Group(group) => &group.primary_smtp_address,
            Self::Contact(contact) => &contact.external_email_address,
        }
    }

    /// All its addresses.
    pub fn addresses(self) -> impl Iterator<Item = &'a Address> {
        let others = match self {
            Self::Mailbox(mailbox) => &mailbox.email_addresses,
            Self::Group(group) => &group.email_addresses,
            Self::Contact(contact) => &contact.email_addresses,
        };
        addresses_of(self.primary_smtp_address(), others)
    }

    /// Who it is in the LDAP directory that it comes from; nobody where it is the organization's own.
    pub fn external(self) -> Option<&'a External> {
        match self {
            Self::Mailbox(mailbox) => mailbox.external.as_ref(),
            Self::Group(group) => group.external.as_ref(),
            Self::Contact(contact) => contact.external.as_ref(),
        }
    }

    /// `RecipientType`, as Exchange names it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Mailbox(_) => "UserMailbox",
            Self::Group(_) => "MailUniversalDistributionGroup",
            Self::Contact(_) => "MailContact",
        }
    }

    /// The same in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Mailbox(_) => "mailbox",
            Self::Group(_) => "distribution group",
            Self::Contact(_) => "mail contact",
        }
    }
}
