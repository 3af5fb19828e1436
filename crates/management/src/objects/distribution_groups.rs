//! `*-DistributionGroup` and `*-DistributionGroupMember`.

use std::sync::Arc;

use directory::{Change, DistributionGroup, Header, Object, Properties, Recipient, Snapshot};
use model::{Guid, ObjectName};
use serde_json::{Map, Value};

use super::recipients::{self, at_default_domain, check_addresses, listed, names, with_names};
use crate::call::{Call, broken};
use crate::lookup::{Named, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;

/// What an LDAP directory says of the groups that come from it.
const OF_ORIGIN: [&str; 6] =
    ["Name", "DisplayName", "PrimarySmtpAddress", "EmailAddresses", "Member", "Members"];

impl Named for DistributionGroup {
    const KIND: &'static str = "distribution group";
    const NAME_RULE: &'static str = "DG-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    /// One of its addresses.
    fn is_also_called(&self, text: &str) -> bool {
        self.addresses().any(|address| address.as_str().to_lowercase() == text)
    }
}

/// `Get-DistributionGroup`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let identity = call.bound.some("Identity");
    let found = some(&call.snapshot.distribution_groups, "Identity", identity)?;
    Ok(super::limited(call, &found, |group| shown(&call.snapshot, group)))
}

/// `New-DistributionGroup`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let name: ObjectName = super::name(call)?;
    let primary = match call.bound.text("PrimarySmtpAddress").filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map_err(|error| Problem::value("PrimarySmtpAddress", &error))?,
        None => match call.bound.text("Alias") {
            Some(alias) => at_default_domain(call, "Alias", &alias)?,
            None => at_default_domain(call, "PrimarySmtpAddress", name.as_str())?,
        },
    };
    let mut group = DistributionGroup::with_defaults(Header::fresh(), name, primary);
    call.set_properties(&mut group, &["Name", "PrimarySmtpAddress"])?;
    group.members = listed(call, "Members")?;
    check(call, &group)?;
    let doing = format!(
        "Creating distribution group \"{}\" with address \"{}\"",
        group.name, group.primary_smtp_address
    );
    call.create(Object::DistributionGroup(group), doing, |snapshot, guid| {
        let created = snapshot.distribution_groups.iter().find(|group| group.header.guid == guid);
        created.map(|group| shown(snapshot, group))
    })
}

/// `Set-DistributionGroup`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut group = DistributionGroup::clone(&present);
    call.set_properties(&mut group, &[])?;
    if call.bound.has("AcceptMessagesOnlyFromSendersOrMembers") {
        group.accepts_only = listed(call, "AcceptMessagesOnlyFromSendersOrMembers")?;
    }
    let former = &present.primary_smtp_address;
    if !call.bound.has("EmailAddresses") && !group.addresses().any(|address| address == former) {
        // Mail to the address known so far still arrives.
        group.email_addresses.push(former.clone());
    }
    update(call, &present, group, format!("Changing distribution group \"{}\"", present.name))
}

/// `Remove-DistributionGroup`; groups and mailboxes that name it do so no more.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let group = named(call)?;
    recipients::keep_origin(call, Recipient::Group(&group), &["Identity"])?;
    let Header { guid, version, .. } = group.header;
    recipients::keep_senders(&call.snapshot, guid)?;
    let mut changes = recipients::forget(&call.snapshot, guid);
    // Of itself it is a member no more by going.
    changes.retain(
        |change| !matches!(change, Change::Update { object } if object.header().guid == guid),
    );
    changes.push(Change::Remove { guid, version });
    call.change(changes, format!("Removing distribution group \"{}\"", group.name), Vec::new())
}

/// `Get-DistributionGroupMember`.
pub(crate) fn members(call: &Call<'_>) -> Result<Output, Problem> {
    let group = named(call)?;
    let found = group.members.iter().filter_map(|guid| call.snapshot.recipient_by_guid(*guid));
    let mut members: Vec<Recipient<'_>> = found.collect();
    members.sort_by_cached_key(|recipient| recipient.name().key());
    Ok(super::limited(call, &members, |recipient| recipients::row(*recipient)))
}

/// `Add-DistributionGroupMember`.
pub(crate) fn add(call: &Call<'_>) -> Result<Output, Problem> {
    let (present, member) = (named(call)?, member(call)?);
    if present.has_member(member.guid()) {
        return Err(about_member(409, "is a member of", "already", &present, member));
    }
    if member.guid() == present.header.guid {
        return Err(about_member(409, "cannot be a member of", "itself", &present, member));
    }
    let mut group = DistributionGroup::clone(&present);
    group.members.push(member.guid());
    let doing = format!("Adding \"{}\" to distribution group \"{}\"", member.name(), group.name);
    update(call, &present, group, doing)
}

/// `Remove-DistributionGroupMember`.
pub(crate) fn remove_member(call: &Call<'_>) -> Result<Output, Problem> {
    let (present, member) = (named(call)?, member(call)?);
    if !present.has_member(member.guid()) {
        return Err(about_member(404, "is not a member of", "", &present, member));
    }
    let mut group = DistributionGroup::clone(&present);
    group.members.retain(|guid| *guid != member.guid());
    let doing =
        format!("Removing \"{}\" from distribution group \"{}\"", member.name(), group.name);
    update(call, &present, group, doing)
}

/// `Update-DistributionGroupMember`.
pub(crate) fn update_members(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut group = DistributionGroup::clone(&present);
    group.members = listed(call, "Members")?;
    let doing = format!("Changing the members of distribution group \"{}\"", group.name);
    update(call, &present, group, doing)
}

fn update(
    call: &Call<'_>,
    present: &Arc<DistributionGroup>,
    group: DistributionGroup,
    doing: String,
) -> Result<Output, Problem> {
    recipients::keep_origin(call, Recipient::Group(present), &OF_ORIGIN)?;
    if group == **present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    check(call, &group)?;
    let change = Change::Update { object: Object::DistributionGroup(group) };
    call.change(vec![change], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<DistributionGroup>, Problem> {
    call.identified(&call.snapshot.distribution_groups)
}

fn member<'a>(call: &'a Call<'_>) -> Result<Recipient<'a>, Problem> {
    let identity = call.bound.value("Member").unwrap_or(&Value::Null);
    recipients::named(&call.snapshot, "Member", identity)
}

/// The rules of a group, and of its addresses among all others.
fn check(call: &Call<'_>, group: &DistributionGroup) -> Result<(), Problem> {
    refuse_same_name(&call.snapshot.distribution_groups, group)?;
    group.validate().map_err(broken)?;
    let own: Guid = group.header.guid;
    let addresses = group.addresses().map(|address| {
        let is_primary = *address == group.primary_smtp_address;
        (if is_primary { "PrimarySmtpAddress" } else { "EmailAddresses" }, address)
    });
    check_addresses(call, own, addresses)
}

fn about_member(
    status: u16,
    relation: &str,
    end: &str,
    group: &DistributionGroup,
    member: Recipient<'_>,
) -> Problem {
    let text = format!("'{}' {relation} '{}' {end}", member.name(), group.name);
    Problem::new(status, format!("{}.", text.trim_end()))
        .about("Member")
        .with_value(member.name().as_str())
}

/// A group as shown: who may send to it by name.
fn shown(snapshot: &Snapshot, group: &DistributionGroup) -> Value {
    let senders = names(snapshot, &group.accepts_only);
    with_names(group.view(), &[("AcceptMessagesOnlyFromSendersOrMembers", senders)])
}
