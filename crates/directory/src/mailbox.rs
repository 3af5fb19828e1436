//! Mailboxes: who receives here and may sign in (DESIGN sections 5 and 12).

use model::{Address, ByteSize, ObjectName, Unlimited};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    setting::MAX_INT,
    values::{Culture, PasswordRecord},
};

const MAX_SIZE: ByteSize = ByteSize::kb(2_097_151);

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
        /// How its password is verified; a mailbox without one only receives.
        password: Option<PasswordRecord> = None, "Password";
    }
    settings {
        /// Other addresses it receives at; the primary one need not be among them.
        email_addresses: Vec<Address> = Vec::new(), "EmailAddresses";
        /// For DSNs, the preferred one first.
        languages: Vec<Culture> = Vec::new(), "Languages";
        max_send_size: Unlimited<ByteSize> = Unlimited::Unlimited, "MaxSendSize" in (ByteSize::bytes(0), MAX_SIZE);
        max_receive_size: Unlimited<ByteSize> = Unlimited::Unlimited, "MaxReceiveSize" in (ByteSize::bytes(0), MAX_SIZE);
        /// Recipients a message of this user may have.
        recipient_limits: Unlimited<u32> = Unlimited::Unlimited, "RecipientLimits" in (0, MAX_INT);
    }
}

impl Mailbox {
    /// All its addresses, the primary one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        let primary = &self.primary_smtp_address;
        let others = self.email_addresses.iter().filter(move |address| *address != primary);
        std::iter::once(primary).chain(others)
    }

    /// Checks everything that concerns more than one value: MB-03, an address is named once.
    /// That addresses are unique in the organization (MB-02) and in its domains is checked by
    /// the store and by management.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        for (i, address) in self.email_addresses.iter().enumerate() {
            if self.email_addresses[..i].contains(address) {
                return Err(RuleError::new(
                    "MB-03",
                    "EmailAddresses",
                    address,
                    format!("the address {address} is there twice"),
                    "Name each address once",
                ));
            }
        }
        Ok(())
    }

    /// The mailbox's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Users")
    }
}

fn view(mailbox: &Mailbox, mut listing: Listing) -> Listing {
    let name = mailbox.name.as_str();
    listing.extend([
        ("Alias", Value::from(mailbox.primary_smtp_address.local_part())),
        ("DisplayName", Value::from(name)),
        ("HasPassword", Value::Bool(mailbox.password.is_some())),
        ("RecipientType", Value::from("UserMailbox")),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(boilerplate(
        &mailbox.header,
        name,
        mailbox.distinguished_name(),
        &["top", "person", "organizationalPerson", "user"],
    ));
    listing
}
