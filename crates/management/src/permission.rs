//! Who may run what (management.md section 9.3): role groups hold management roles, a cmdlet
//! names the roles that permit it.
//!
//! Role groups are read from the directory at every call, so that taking somebody out of a group
//! works at once, whatever his session said when it began.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use cmdlets::Cmdlet;
use directory::{RoleGroup, Snapshot};
use model::Guid;
use texts::Language;

use crate::problem::Problem;
use crate::queues::DateOrder;

/// The group whose members may do everything.
pub(crate) const ORGANIZATION_MANAGEMENT: &str = RoleGroup::ORGANIZATION_MANAGEMENT;

/// Who runs a cmdlet.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Name for the audit log.
    pub user: String,
    /// His mailbox, by which his role groups are found.
    pub mailbox: Option<Guid>,
    /// Names of role groups, which count only for a caller without mailbox: the program itself.
    pub role_groups: Vec<String>,
    /// Where he calls from.
    pub client: Option<IpAddr>,
    /// How he writes dates.
    pub dates: DateOrder,
    /// What he reads.
    pub language: Language,
}

/// The role groups `caller` is a member of now.
pub(crate) fn role_groups_of<'a>(
    snapshot: &'a Snapshot,
    caller: &'a Caller,
) -> impl Iterator<Item = &'a Arc<RoleGroup>> {
    snapshot.role_groups.iter().filter(move |group| match caller.mailbox {
        Some(mailbox) => group.members.contains(&mailbox),
        None => caller.role_groups.iter().any(|name| group.name.is(name)),
    })
}

/// The management roles `caller` has now, in lower case.
pub(crate) fn roles_of(snapshot: &Snapshot, caller: &Caller) -> HashSet<String> {
    role_groups_of(snapshot, caller)
        .flat_map(|group| group.roles.iter().map(|role| role.to_lowercase()))
        .collect()
}

/// Whether one of `roles` permits `cmdlet`.
pub(crate) fn permits(roles: &HashSet<String>, cmdlet: &Cmdlet) -> bool {
    cmdlet.roles.iter().any(|role| roles.contains(&role.to_lowercase()))
}

/// Refuses when `caller` may not run `cmdlet`; names the role and the groups that hold it.
pub(crate) fn require(
    snapshot: &Snapshot,
    caller: &Caller,
    cmdlet: &Cmdlet,
) -> Result<(), Problem> {
    require_one_of(snapshot, caller, cmdlet.name, cmdlet.roles)
}

/// The same for `roles`, where what a cmdlet works on decides.
pub(crate) fn require_one_of(
    snapshot: &Snapshot,
    caller: &Caller,
    cmdlet: &str,
    roles: &[&str],
) -> Result<(), Problem> {
    let held = roles_of(snapshot, caller);
    if roles.iter().any(|role| held.contains(&role.to_lowercase())) {
        return Ok(());
    }
    let holders: Vec<&str> = snapshot
        .role_groups
        .iter()
        .filter(|group| {
            roles.iter().any(|role| group.roles.iter().any(|r| r.eq_ignore_ascii_case(role)))
        })
        .map(|group| group.name.as_str())
        .collect();
    Err(Problem::new(
        403,
        format!(
            "You may not run {cmdlet}: it needs the management role '{}', held by the members of: \
             {}.",
            roles.join("' or '"),
            holders.join(", ")
        ),
    )
    .rule("SC-24")
    .with_value(cmdlet)
    .allowing(roles.join(", ")))
}
