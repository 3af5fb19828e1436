//! Distribution groups: one address for many recipients (routing.md section 2.2). Who is meant is decided when a message
//! is accepted.

use model::{Address, ByteSize, Guid, ObjectName, Unlimited};
use serde_json::Value;

use crate::{
    addresses::{addresses_of, named_once, origin, shown_by_name},
    mailbox::MAX_SIZE,
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    values::External,
};

properties! {
    /// A recipient that stands for others.
    pub struct DistributionGroup, view;
    fixed {
        header: Header, "Header";
    }
    given {
        name: ObjectName, "Name";
        /// The address that mail to it bears.
        primary_smtp_address: Address, "PrimarySmtpAddress";
    }
    kept {
        /// Who it is in the LDAP directory that it comes from: its members are those it has there.
        external: Option<External> = None, "External";
        /// GUIDs of mailboxes, mail contacts and other groups.
        members: Vec<Guid> = Vec::new(), "Members";
        /// GUIDs of those who alone may send to it, or members of the groups among them; anybody where there is none.
        accepts_only: Vec<Guid> = Vec::new(), "AcceptMessagesOnlyFromSendersOrMembers";
    }
    settings {
        display_name: Option<String> = None, "DisplayName";
        /// Other addresses of it; the primary one need not be among them.
        email_addresses: Vec<Address> = Vec::new(), "EmailAddresses";
        max_receive_size: Unlimited<ByteSize> = Unlimited::Unlimited, "MaxReceiveSize" in (ByteSize::bytes(0), MAX_SIZE);
        notes: Option<String> = None, "Notes";
        /// Whether strangers may not send to it.
        require_sender_authentication_enabled: bool = true, "RequireSenderAuthenticationEnabled";
    }
}

impl DistributionGroup {
    /// Most members of one group. Groups may be members.
    pub const MOST_MEMBERS: usize = 10_000;

    /// All its addresses, the primary one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        addresses_of(&self.primary_smtp_address, &self.email_addresses)
    }

    /// Whether the recipient is a member, directly.
    pub fn has_member(&self, recipient: Guid) -> bool {
        self.members.contains(&recipient)
    }

    /// Names nobody any more of whom `is_gone` is true; whether it did.
    pub fn forget(&mut self, is_gone: impl Fn(&Guid) -> bool) -> bool {
        let before = (self.members.len(), self.accepts_only.len());
        self.members.retain(|guid| !is_gone(guid));
        self.accepts_only.retain(|guid| !is_gone(guid));
        before != (self.members.len(), self.accepts_only.len())
    }

    /// Checks everything that concerns more than one value: MB-03, an address is named once; DG-03, there are at most
    /// [`DistributionGroup::MOST_MEMBERS`].
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        named_once(&self.email_addresses)?;
        if self.members.len() <= Self::MOST_MEMBERS {
            return Ok(());
        }
        Err(RuleError::new(
            "DG-03",
            "Members",
            self.members.len(),
            format!("the group would have {} members", self.members.len()),
            "At most 10000; groups may be members of a group",
        ))
    }

    /// The group's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Users")
    }
}

fn view(group: &DistributionGroup, mut listing: Listing) -> Listing {
    let name = group.name.as_str();
    shown_by_name(&mut listing, name);
    listing.extend([
        // By name, which whoever shows it knows.
        ("AcceptMessagesOnlyFromSendersOrMembers", Value::Array(Vec::new())),
        ("Alias", Value::from(group.primary_smtp_address.local_part())),
        ("GroupType", Value::from("Universal")),
        ("RecipientType", Value::from("MailUniversalDistributionGroup")),
        ("RecipientTypeDetails", Value::from("MailUniversalDistributionGroup")),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(origin(group.external.as_ref()));
    listing.extend(boilerplate(&group.header, name, group.distinguished_name(), &["top", "group"]));
    listing
}
