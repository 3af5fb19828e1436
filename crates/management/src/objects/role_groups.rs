//! `Get-RoleGroup` and `*-RoleGroupMember` (management.md section 9.3).

use std::sync::Arc;

use directory::{Change, Header, Mailbox, Object, Properties, RoleGroup};
use model::ObjectName;
use serde_json::{Map, Value, json};

use super::mailboxes::keep_an_administrator;
use crate::call::Call;
use crate::lookup::{Named, one, some};
use crate::output::Output;
use crate::permission::ORGANIZATION_MANAGEMENT;
use crate::problem::Problem;
use crate::queues::{Column, Field, Filter, Read, Type, row};

impl Named for RoleGroup {
    const KIND: &'static str = "role group";
    const NAME_RULE: &'static str = "RG-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    fn is_also_called(&self, _: &str) -> bool {
        false
    }
}

/// What a filter may ask of role groups.
const COLUMNS: &[Column<Read<Arc<RoleGroup>>>] = &[
    Column::new("Name", Type::Text, |group| Field::text(group.name.as_str())),
    Column::new("DisplayName", Type::Text, |group| Field::text(group.name.as_str())),
    Column::new("Description", Type::Text, |group| Field::optional(group.description.as_deref())),
    Column::new("Guid", Type::Word, |group| Field::made(group.header.guid.to_string())),
];

row!(Arc<RoleGroup>, COLUMNS);

/// `Get-RoleGroup`. Groups come by name, and the display name is the name.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let mut found = some(&call.snapshot.role_groups, "Identity", call.bound.some("Identity"))?;
    if let Some(text) = call.bound.text("Filter") {
        let filter = Filter::parse::<Arc<RoleGroup>>(&text, call.caller.dates)
            .map_err(|error| Problem::value("Filter", &error))?;
        found.retain(|group| filter.matches(group));
    }
    Ok(super::limited(call, &found, |group| Value::Object(shown(call, group))))
}

/// `Get-RoleGroupMember`.
pub(crate) fn members(call: &Call<'_>) -> Result<Output, Problem> {
    let group = named(call)?;
    let found = group.members.iter().filter_map(|guid| call.snapshot.mailbox_by_guid(*guid));
    let mut members: Vec<&Arc<Mailbox>> = found.collect();
    members.sort_by_key(|mailbox| mailbox.name.key());
    Ok(super::limited(call, &members, |mailbox| {
        json!({
            "Name": mailbox.name.as_str(),
            "RecipientType": "UserMailbox",
            "PrimarySmtpAddress": mailbox.primary_smtp_address.as_str(),
            "Identity": mailbox.name.as_str(),
            "Guid": mailbox.header.guid.to_string(),
        })
    }))
}

/// `Add-RoleGroupMember`.
pub(crate) fn add(call: &Call<'_>) -> Result<Output, Problem> {
    let (group, mailbox) = (named(call)?, member(call)?);
    let guid = mailbox.header.guid;
    if group.members.contains(&guid) {
        return Err(about_member(409, "is a member of", "already", &group, &mailbox));
    }
    let mut changed = RoleGroup::clone(&group);
    changed.members.push(guid);
    let doing = format!("Adding \"{}\" to role group \"{}\"", mailbox.name, group.name);
    call.change(vec![Change::Update { object: Object::RoleGroup(changed) }], doing, Vec::new())
}

/// `Remove-RoleGroupMember`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let (group, mailbox) = (named(call)?, member(call)?);
    let guid = mailbox.header.guid;
    if !group.members.contains(&guid) {
        return Err(about_member(404, "is not a member of", "", &group, &mailbox));
    }
    if group.name.is(ORGANIZATION_MANAGEMENT) {
        keep_an_administrator(call, guid)?;
    }
    let mut changed = RoleGroup::clone(&group);
    changed.members.retain(|member| *member != guid);
    let doing = format!("Removing \"{}\" from role group \"{}\"", mailbox.name, group.name);
    call.change(vec![Change::Update { object: Object::RoleGroup(changed) }], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<RoleGroup>, Problem> {
    call.identified(&call.snapshot.role_groups)
}

fn member(call: &Call<'_>) -> Result<Arc<Mailbox>, Problem> {
    let identity = call.bound.value("Member").unwrap_or(&Value::Null);
    one(&call.snapshot.mailboxes, "Member", identity)
}

fn about_member(
    status: u16,
    relation: &str,
    end: &str,
    group: &RoleGroup,
    mailbox: &Mailbox,
) -> Problem {
    let text = format!("'{}' {relation} '{}' {end}", mailbox.name, group.name);
    Problem::new(status, format!("{}.", text.trim_end()))
        .about("Member")
        .with_value(mailbox.name.as_str())
}

/// A role group as shown: members by name, and who may change it.
fn shown(call: &Call<'_>, group: &RoleGroup) -> Map<String, Value> {
    let mut view = group.view();
    let names: Vec<&str> = group
        .members
        .iter()
        .filter_map(|guid| call.snapshot.mailbox_by_guid(*guid))
        .map(|mailbox| mailbox.name.as_str())
        .collect();
    view.insert("Members".to_owned(), json!(names));
    view.insert("ManagedBy".to_owned(), json!([ORGANIZATION_MANAGEMENT]));
    view
}
