//! `*-MailContact`.

use std::sync::Arc;

use directory::{Change, Header, MailContact, Object, Properties, Recipient};
use model::{Address, ObjectName};
use serde_json::{Map, Value};

use super::recipients::{self, check_addresses};
use crate::call::{Call, broken};
use crate::lookup::{Named, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;

/// What an LDAP directory says of the contacts that come from it.
const OF_ORIGIN: [&str; 4] = ["Name", "DisplayName", "ExternalEmailAddress", "EmailAddresses"];

impl Named for MailContact {
    const KIND: &'static str = "mail contact";
    const NAME_RULE: &'static str = "MC-01";

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

/// `Get-MailContact`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let found = some(&call.snapshot.mail_contacts, "Identity", call.bound.some("Identity"))?;
    Ok(super::limited(call, &found, |contact| Value::Object(contact.view())))
}

/// `New-MailContact`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let name: ObjectName = super::name(call)?;
    let text = call.bound.text("ExternalEmailAddress").unwrap_or_default();
    let external: Address =
        text.parse().map_err(|error| Problem::value("ExternalEmailAddress", &error))?;
    let mut contact = MailContact::with_defaults(Header::fresh(), name, external);
    call.set_properties(&mut contact, &["Name", "ExternalEmailAddress"])?;
    check(call, &contact)?;
    let doing = format!(
        "Creating mail contact \"{}\" with address \"{}\"",
        contact.name, contact.external_email_address
    );
    call.create(Object::MailContact(contact), doing, |snapshot, guid| {
        let created = snapshot.mail_contacts.iter().find(|contact| contact.header.guid == guid);
        created.map(|contact| Value::Object(contact.view()))
    })
}

/// `Set-MailContact`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    recipients::keep_origin(call, Recipient::Contact(&present), &OF_ORIGIN)?;
    let mut contact = MailContact::clone(&present);
    call.set_properties(&mut contact, &[])?;
    if contact == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    check(call, &contact)?;
    let doing = format!("Changing mail contact \"{}\"", present.name);
    call.change(vec![Change::Update { object: Object::MailContact(contact) }], doing, Vec::new())
}

/// `Remove-MailContact`; groups and mailboxes that name it do so no more.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let contact = named(call)?;
    recipients::keep_origin(call, Recipient::Contact(&contact), &["Identity"])?;
    let Header { guid, version, .. } = contact.header;
    recipients::keep_senders(&call.snapshot, guid)?;
    let mut changes = recipients::forget(&call.snapshot, guid);
    changes.push(Change::Remove { guid, version });
    call.change(changes, format!("Removing mail contact \"{}\"", contact.name), Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<MailContact>, Problem> {
    call.identified(&call.snapshot.mail_contacts)
}

/// The rules of a contact, and of its addresses among all others.
fn check(call: &Call<'_>, contact: &MailContact) -> Result<(), Problem> {
    refuse_same_name(&call.snapshot.mail_contacts, contact)?;
    contact.validate().map_err(broken)?;
    let addresses = contact.addresses().map(|address| {
        let is_external = *address == contact.external_email_address;
        (if is_external { "ExternalEmailAddress" } else { "EmailAddresses" }, address)
    });
    check_addresses(call, contact.header.guid, addresses)
}
