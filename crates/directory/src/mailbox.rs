//! Mailboxes: who receives here and may sign in (DESIGN sections 5 and 12).

use model::{Address, ByteSize, Guid, ObjectName, Unlimited};
use serde_json::Value;

use crate::{
    addresses::{addresses_of, named_once, origin},
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    setting::MAX_INT,
    values::{Culture, External, PasswordRecord},
};

pub(crate) const MAX_SIZE: ByteSize = ByteSize::kb(2_097_151);
/// Two terabytes, as Exchange documents it.
const MAX_QUOTA: ByteSize = ByteSize::mb(2_097_152);

properties! {
    /// A recipient of the organization with a store of its own.
    pub struct Mailbox, view;
    fixed {
        header: Header, "Header";
    }
    given {
        name: ObjectName, "Name";
        /// What its mail is sent from.
        primary_smtp_address: Address, "PrimarySmtpAddress";
    }
    kept {
        /// Who it is in the LDAP directory that it comes from: its password is verified there.
        external: Option<External> = None, "External";
        /// How its password is verified; a mailbox without one only receives.
        password: Option<PasswordRecord> = None, "Password";
        /// GUID of the recipient its mail goes to; before `ForwardingSmtpAddress`.
        forwarding_address: Option<Guid> = None, "ForwardingAddress";
    }
    settings {
        /// Whether its mail is also kept here where it is forwarded.
        deliver_to_mailbox_and_forward: bool = false, "DeliverToMailboxAndForward";
        /// Other addresses it receives at; the primary one need not be among them.
        email_addresses: Vec<Address> = Vec::new(), "EmailAddresses";
        /// The address its mail goes to.
        forwarding_smtp_address: Option<Address> = None, "ForwardingSmtpAddress";
        /// For DSNs, the preferred one first.
        languages: Vec<Culture> = Vec::new(), "Languages";
        max_send_size: Unlimited<ByteSize> = Unlimited::Unlimited, "MaxSendSize" in (ByteSize::bytes(0), MAX_SIZE);
        max_receive_size: Unlimited<ByteSize> = Unlimited::Unlimited, "MaxReceiveSize" in (ByteSize::bytes(0), MAX_SIZE);
        /// What its Maildir may hold; without a limit of its own that of relais.toml counts.
        prohibit_send_receive_quota: Unlimited<ByteSize> = Unlimited::Unlimited, "ProhibitSendReceiveQuota" in (ByteSize::bytes(0), MAX_QUOTA);
        /// Recipients a message of this user may have.
        recipient_limits: Unlimited<u32> = Unlimited::Unlimited, "RecipientLimits" in (0, MAX_INT);
    }
}

impl Mailbox {
    /// All its addresses, the primary one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        addresses_of(&self.primary_smtp_address, &self.email_addresses)
    }

    /// Whether its mail goes elsewhere, be it kept here as well.
    pub fn is_forwarded(&self) -> bool {
        self.forwarding_address.is_some() || self.forwarding_smtp_address.is_some()
    }

    /// Forwards nothing any more to who is gone; whether it did.
    pub fn forget(&mut self, is_gone: impl Fn(&Guid) -> bool) -> bool {
        self.forwarding_address.take_if(|guid| is_gone(guid)).is_some()
    }

    /// Checks everything that concerns more than one value: MB-03, an address is named once.
    /// That addresses are unique in the organization (MB-02) and in its domains is checked by
    /// the store and by management.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        named_once(&self.email_addresses)
    }

    /// The mailbox's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Users")
    }
}

fn view(mailbox: &Mailbox, mut listing: Listing) -> Listing {
    let (name, external) = (mailbox.name.as_str(), mailbox.external.as_ref());
    listing.extend([
        ("Alias", Value::from(mailbox.primary_smtp_address.local_part())),
        ("DisplayName", Value::from(name)),
        // By name, which whoever shows it knows.
        ("ForwardingAddress", Value::Null),
        ("HasPassword", Value::Bool(mailbox.password.is_some())),
        ("SamAccountName", Value::from(external.and_then(|e| e.account.as_deref()))),
        ("UserPrincipalName", Value::from(external.and_then(|e| e.principal.as_deref()))),
        ("RecipientType", Value::from("UserMailbox")),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(origin(external));
    listing.extend(boilerplate(
        &mailbox.header,
        name,
        mailbox.distinguished_name(),
        &["top", "person", "organizationalPerson", "user"],
    ));
    listing
}
