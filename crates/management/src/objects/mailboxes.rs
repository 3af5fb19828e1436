//! `*-Mailbox`.
//!
//! Two things are guarded here beside the rules of a mailbox: an address belongs to one mailbox
//! and to an accepted domain; and nobody gains rights or locks the organization out through a
//! mailbox: who may change mailboxes cannot take over one whose owner may do more than himself,
//! and at least one member of Organization Management can sign in.

use std::collections::HashSet;
use std::sync::Arc;

use directory::{Change, Header, Mailbox, Object, Properties, Recipient, RoleGroup, Snapshot};
use model::{Guid, ObjectName};
use serde_json::{Map, Value};

use super::recipients::{self, at_default_domain, check_addresses, with_names};
use crate::call::{Call, broken};
use crate::lookup::{Named, refuse_same_name, some};
use crate::output::Output;
use crate::permission::{ORGANIZATION_MANAGEMENT, roles_of};
use crate::problem::Problem;

/// The mailbox made at first start, which is never removed.
pub(crate) const ADMINISTRATOR: &str = "Administrator";

/// What an LDAP directory says of the mailboxes that come from it.
const OF_ORIGIN: [&str; 3] = ["Name", "PrimarySmtpAddress", "EmailAddresses"];

impl Named for Mailbox {
    const KIND: &'static str = "mailbox";
    const NAME_RULE: &'static str = "MB-01";

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

/// `Get-Mailbox`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let found = some(&call.snapshot.mailboxes, "Identity", call.bound.some("Identity"))?;
    Ok(super::limited(call, &found, |mailbox| shown(&call.snapshot, mailbox)))
}

/// A mailbox as shown: where its mail goes by name.
fn shown(snapshot: &Snapshot, mailbox: &Mailbox) -> Value {
    let to = mailbox.forwarding_address.and_then(|guid| snapshot.recipient_by_guid(guid));
    let name = to.map_or(Value::Null, |recipient| Value::from(recipient.name().as_str()));
    with_names(mailbox.view(), &[("ForwardingAddress", name)])
}

/// `New-Mailbox`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let name: ObjectName = super::name(call)?;
    let primary = match call.bound.text("PrimarySmtpAddress").filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map_err(|error| Problem::value("PrimarySmtpAddress", &error))?,
        None => at_default_domain(call, "PrimarySmtpAddress", name.as_str())?,
    };
    let mut mailbox = Mailbox::with_defaults(Header::fresh(), name, primary);
    mailbox.password = call.password.clone();
    check(call, &mailbox)?;
    let doing = format!(
        "Creating mailbox \"{}\" with address \"{}\"",
        mailbox.name, mailbox.primary_smtp_address
    );
    call.create(Object::Mailbox(mailbox), doing, |snapshot, guid| {
        snapshot.mailbox_by_guid(guid).map(|mailbox| shown(snapshot, mailbox))
    })
}

/// `Set-Mailbox`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    recipients::keep_origin(call, Recipient::Mailbox(&present), &OF_ORIGIN)?;
    if call.bound.has("Password") && call.snapshot.password_verifier(&present).is_some() {
        recipients::keep_origin(call, Recipient::Mailbox(&present), &["Password"])?;
    }
    let mut mailbox = Mailbox::clone(&present);
    call.set_properties(&mut mailbox, &["Password"])?;
    if call.bound.has("Password") {
        mailbox.password = call.password.clone();
    }
    if call.bound.has("ForwardingAddress") {
        mailbox.forwarding_address = forwarded_to(call, &present)?;
    }
    let former = &present.primary_smtp_address;
    if !call.bound.has("EmailAddresses") && !mailbox.addresses().any(|address| address == former) {
        // Mail to the address known so far still arrives.
        mailbox.email_addresses.push(former.clone());
    }
    if mailbox == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    let signs_in_otherwise = mailbox.password != present.password
        || mailbox.name != present.name
        || !mailbox.addresses().eq(present.addresses());
    if signs_in_otherwise {
        refuse_take_over(call, &present)?;
    }
    if is_administrator(&present) && mailbox.name.key() != present.name.key() {
        return Err(protected(&present, "renamed: it is the built-in administrator"));
    }
    if mailbox.password.is_none() && present.password.is_some() {
        keep_an_administrator(call, present.header.guid)?;
    }
    check(call, &mailbox)?;
    let doing = format!("Changing mailbox \"{}\"", present.name);
    call.change(vec![Change::Update { object: Object::Mailbox(mailbox) }], doing, Vec::new())
}

/// `Remove-Mailbox`; its role groups lose the member in the same change.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let mailbox = named(call)?;
    recipients::keep_origin(call, Recipient::Mailbox(&mailbox), &["Identity"])?;
    let Header { guid, version, .. } = mailbox.header;
    if is_administrator(&mailbox) {
        return Err(protected(&mailbox, "removed: it is the built-in administrator"));
    }
    refuse_take_over(call, &mailbox)?;
    keep_an_administrator(call, guid)?;
    let mut changes: Vec<Change> = call
        .snapshot
        .role_groups_of(guid)
        .map(|group| {
            let mut group = RoleGroup::clone(group);
            group.members.retain(|member| *member != guid);
            Change::Update { object: Object::RoleGroup(group) }
        })
        .collect();
    recipients::keep_senders(&call.snapshot, guid)?;
    changes.extend(recipients::forget(&call.snapshot, guid));
    changes.push(Change::Remove { guid, version });
    call.change(changes, format!("Removing mailbox \"{}\"", mailbox.name), Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<Mailbox>, Problem> {
    call.identified(&call.snapshot.mailboxes)
}

fn is_administrator(mailbox: &Mailbox) -> bool {
    mailbox.name.is(ADMINISTRATOR)
}

/// Whom `ForwardingAddress` names; nobody for `$null`.
fn forwarded_to(call: &Call<'_>, mailbox: &Mailbox) -> Result<Option<Guid>, Problem> {
    let Some(identity) = call.bound.some("ForwardingAddress") else { return Ok(None) };
    let to = recipients::named(&call.snapshot, "ForwardingAddress", identity)?;
    if to.guid() == mailbox.header.guid {
        return Err(Problem::bad(format!(
            "Mail of mailbox '{}' cannot be forwarded to itself.",
            mailbox.name
        ))
        .about("ForwardingAddress")
        .with_value(mailbox.name.as_str())
        .allowing("another recipient, or $null"));
    }
    Ok(Some(to.guid()))
}

/// The rules of a mailbox, and of its addresses among all others.
fn check(call: &Call<'_>, mailbox: &Mailbox) -> Result<(), Problem> {
    refuse_same_name(&call.snapshot.mailboxes, mailbox)?;
    refuse_mistakable_name(call, mailbox)?;
    mailbox.validate().map_err(broken)?;
    let addresses = mailbox.addresses().map(|address| {
        let is_primary = *address == mailbox.primary_smtp_address;
        (if is_primary { "PrimarySmtpAddress" } else { "EmailAddresses" }, address)
    });
    check_addresses(call, mailbox.header.guid, addresses)
}

/// One signs in with a name or an address: what names one mailbox must not name another.
fn refuse_mistakable_name(call: &Call<'_>, mailbox: &Mailbox) -> Result<(), Problem> {
    let name = mailbox.name.as_str();
    if name.contains('\\') {
        return Err(Problem::bad(format!("The mailbox name '{name}' contains a backslash."))
            .rule("SC-02")
            .about("Name")
            .with_value(name)
            .allowing("a name without \\"));
    }
    let guid = mailbox.header.guid;
    let address_owner = name.parse().ok().and_then(|a| call.snapshot.mailbox_by_address(&a));
    let mistaken = address_owner.filter(|owner| owner.header.guid != guid).or_else(|| {
        call.snapshot.mailboxes.iter().find(|other| {
            other.header.guid != guid && mailbox.addresses().any(|a| other.name.is(a.as_str()))
        })
    });
    match mistaken {
        None => Ok(()),
        Some(other) => Err(Problem::new(
            409,
            format!("'{name}' could be mistaken for mailbox '{}' when signing in.", other.name),
        )
        .rule("MB-01")
        .about("Name")
        .with_value(name)),
    }
}

/// Refuses when the owner of `mailbox` has a role that the caller lacks.
fn refuse_take_over(call: &Call<'_>, mailbox: &Mailbox) -> Result<(), Problem> {
    if call.caller.mailbox == Some(mailbox.header.guid) {
        return Ok(());
    }
    let own = roles_of(&call.snapshot, call.caller);
    let theirs: HashSet<String> = call
        .snapshot
        .role_groups_of(mailbox.header.guid)
        .flat_map(|group| group.roles.iter().map(|role| role.to_lowercase()))
        .collect();
    if theirs.is_subset(&own) {
        return Ok(());
    }
    Err(Problem::new(
        403,
        format!(
            "You may not change how '{}' signs in, nor remove it: its owner holds management \
             roles that you do not hold.",
            mailbox.name
        ),
    )
    .rule("SC-24")
    .about("Identity")
    .with_value(mailbox.name.as_str()))
}

/// Refuses when without `leaving` no member of Organization Management could sign in.
pub(crate) fn keep_an_administrator(call: &Call<'_>, leaving: Guid) -> Result<(), Problem> {
    let Some(group) = call.snapshot.role_group(ORGANIZATION_MANAGEMENT) else { return Ok(()) };
    let can_sign_in = |guid: &Guid| {
        call.snapshot.mailbox_by_guid(*guid).is_some_and(|mailbox| mailbox.password.is_some())
    };
    let others = group.members.iter().filter(|member| **member != leaving);
    if !group.members.contains(&leaving) || others.into_iter().any(can_sign_in) {
        return Ok(());
    }
    Err(Problem::new(
        409,
        format!(
            "This is the last member of {ORGANIZATION_MANAGEMENT} who can sign in: add another \
             one first."
        ),
    )
    .rule("RG-02")
    .about("Identity"))
}

fn protected(mailbox: &Mailbox, what: &str) -> Problem {
    Problem::new(409, format!("Mailbox '{}' cannot be {what}.", mailbox.name))
        .about("Identity")
        .with_value(mailbox.name.as_str())
}
