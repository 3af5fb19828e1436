//! Mail contacts: people elsewhere who have an address of ours, or are members of our groups (routing.md section 2.1).

use model::{Address, ObjectName};
use serde_json::Value;

use crate::{
    addresses::{addresses_of, named_once, origin, shown_by_name},
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    values::External,
};

properties! {
    /// A recipient whose mail goes to an address elsewhere.
    pub struct MailContact, view;
    fixed {
        header: Header, "Header";
    }
    given {
        name: ObjectName, "Name";
        /// Where its mail goes.
        external_email_address: Address, "ExternalEmailAddress";
    }
    kept {
        /// Who it is in the LDAP directory that it comes from: it is as it is there.
        external: Option<External> = None, "External";
    }
    settings {
        display_name: Option<String> = None, "DisplayName";
        /// Addresses of ours that mean it; none unless given.
        email_addresses: Vec<Address> = Vec::new(), "EmailAddresses";
    }
}

impl MailContact {
    /// All its addresses, the one elsewhere first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        addresses_of(&self.external_email_address, &self.email_addresses)
    }

    /// Checks everything that concerns more than one value: MB-03, an address is named once.
    ///
    /// # Errors
    /// The broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        named_once(&self.email_addresses)
    }

    /// The contact's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Users")
    }
}

fn view(contact: &MailContact, mut listing: Listing) -> Listing {
    let name = contact.name.as_str();
    shown_by_name(&mut listing, name);
    let elsewhere = contact.external_email_address.as_str();
    let alias = contact.email_addresses.first().unwrap_or(&contact.external_email_address);
    listing.extend([
        ("Alias", Value::from(alias.local_part())),
        ("PrimarySmtpAddress", Value::from(elsewhere)),
        ("RecipientType", Value::from("MailContact")),
        ("RecipientTypeDetails", Value::from("MailContact")),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(origin(contact.external.as_ref()));
    listing.extend(boilerplate(
        &contact.header,
        name,
        contact.distinguished_name(),
        &["top", "person", "organizationalPerson", "contact"],
    ));
    listing
}
