//! Role groups: which management roles their members hold (management.md section 9.3).

use model::{Guid, ObjectName};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
};

properties! {
    /// A set of management roles and the mailboxes that hold them.
    pub struct RoleGroup, view;
    fixed {
        header: Header, "Header";
    }
    given {
        name: ObjectName, "Name";
    }
    settings {
        description: Option<String> = None, "Description";
        /// Names of management roles.
        roles: Vec<String> = Vec::new(), "Roles";
        /// GUIDs of mailboxes.
        members: Vec<Guid> = Vec::new(), "Members";
    }
}

impl RoleGroup {
    /// The built-in group whose members may do everything; it cannot lose its last member.
    pub const ORGANIZATION_MANAGEMENT: &'static str = "Organization Management";

    /// Whether the mailbox is a member.
    pub fn has_member(&self, mailbox: Guid) -> bool {
        self.members.contains(&mailbox)
    }

    /// Checks what concerns more than one value: RG-02, nobody may be locked out.
    ///
    /// # Errors
    /// The broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        if self.name.is(Self::ORGANIZATION_MANAGEMENT) && self.members.is_empty() {
            return Err(RuleError::new(
                "RG-02",
                "Members",
                "",
                "the role group \"Organization Management\" would have no member left",
                "Keep at least one member, so that the organization can be administered",
            ));
        }
        Ok(())
    }

    /// The group's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Role Groups,CN=Configuration")
    }
}

fn view(group: &RoleGroup, mut listing: Listing) -> Listing {
    let name = group.name.as_str();
    let assignments: Vec<String> =
        group.roles.iter().map(|role| format!("{role}-{name}")).collect();
    listing.extend([
        ("AssignedRoles", Value::from(group.roles.clone())),
        ("DisplayName", Value::from(name)),
        ("ManagedBy", Value::Array(Vec::new())),
        ("RoleAssignments", Value::from(assignments)),
        ("RoleGroupType", Value::from("Standard")),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(boilerplate(&group.header, name, group.distinguished_name(), &["top", "group"]));
    listing
}
