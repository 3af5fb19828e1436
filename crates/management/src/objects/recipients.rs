//! What mailboxes, distribution groups and mail contacts have in common: one is found among all of them, an address
//! belongs to one of them, and one that goes leaves no name behind. And `Get-Recipient`.

use std::sync::Arc;

use directory::{Change, DistributionGroup, Mailbox, Object, Recipient, Snapshot};
use model::{Address, AddressDomain, Guid};
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::lookup::{Named, one, some, text_of};
use crate::output::Output;
use crate::problem::Problem;

/// `Get-Recipient`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let snapshot = &call.snapshot;
    let kinds = call.bound.words("RecipientType");
    let wanted = match call.bound.some("Identity") {
        None => snapshot.recipients().collect(),
        Some(identity) => matching(snapshot, identity)?,
    };
    let is_of_kind = |recipient: &Recipient<'_>| {
        kinds.is_empty() || kinds.iter().any(|kind| kind.eq_ignore_ascii_case(recipient.kind()))
    };
    let typed = lower_words(&call.bound.text("Anr").unwrap_or_default());
    let is_meant =
        |recipient: &Recipient<'_>| is_of_kind(recipient) && is_found_by(*recipient, &typed);
    let mut found: Vec<Recipient<'_>> = wanted.into_iter().filter(is_meant).collect();
    found.sort_by_cached_key(|recipient| recipient.name().key());
    Ok(super::limited(call, &found, |recipient| row(*recipient)))
}

/// Whether each of the words typed begins a word of its names or addresses; no word finds everybody.
fn is_found_by(recipient: Recipient<'_>, typed: &[String]) -> bool {
    if typed.is_empty() {
        return true;
    }
    let names = std::iter::once(recipient.name().as_str()).chain(recipient.display_name());
    let texts = names.chain(recipient.addresses().map(Address::as_str));
    let words: Vec<String> = texts.flat_map(lower_words).collect();
    typed.iter().all(|begun| words.iter().any(|word| word.starts_with(begun.as_str())))
}

/// Its words in lower case: what stands between signs and spaces.
fn lower_words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Those that an identity or a pattern names; refuses where there is none.
fn matching<'a>(snapshot: &'a Snapshot, identity: &Value) -> Result<Vec<Recipient<'a>>, Problem> {
    let guids = [
        guids_of(some(&snapshot.mailboxes, "Identity", Some(identity)))?,
        guids_of(some(&snapshot.distribution_groups, "Identity", Some(identity)))?,
        guids_of(some(&snapshot.mail_contacts, "Identity", Some(identity)))?,
    ]
    .concat();
    if guids.is_empty() && !crate::binding::scalar_text(identity).is_some_and(|t| t.contains('*')) {
        return Err(nobody("Identity", identity));
    }
    Ok(guids.into_iter().filter_map(|guid| snapshot.recipient_by_guid(guid)).collect())
}

fn guids_of<T: Named>(found: Result<Vec<Arc<T>>, Problem>) -> Result<Vec<Guid>, Problem> {
    match found {
        Ok(found) => Ok(found.iter().map(|object| object.header().guid).collect()),
        Err(problem) if problem.status == 404 => Ok(Vec::new()),
        Err(problem) => Err(problem),
    }
}

/// A recipient in a list of several kinds.
pub(crate) fn row(recipient: Recipient<'_>) -> Value {
    let name = recipient.name().as_str();
    let addresses: Vec<&str> = recipient.addresses().map(Address::as_str).collect();
    json!({
        "Name": name,
        "RecipientType": recipient.kind(),
        "PrimarySmtpAddress": recipient.primary_smtp_address().as_str(),
        "EmailAddresses": addresses,
        "Identity": name,
        "Guid": recipient.guid().to_string(),
    })
}

/// The one recipient that `identity` names.
pub(crate) fn named<'a>(
    snapshot: &'a Snapshot,
    parameter: &str,
    identity: &Value,
) -> Result<Recipient<'a>, Problem> {
    if let Some(only) = by_guid_or_address(snapshot, identity) {
        return Ok(only);
    }
    let guids = [
        guid_of(one(&snapshot.mailboxes, parameter, identity))?,
        guid_of(one(&snapshot.distribution_groups, parameter, identity))?,
        guid_of(one(&snapshot.mail_contacts, parameter, identity))?,
    ];
    let mut found = guids.into_iter().flatten().filter_map(|g| snapshot.recipient_by_guid(g));
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(nobody(parameter, identity)),
        (Some(first), Some(second)) => Err(Problem::bad(format!(
            "'{}' is the name of a {} and of a {}: give an address.",
            first.name(),
            first.noun(),
            second.noun()
        ))
        .about(parameter)
        .with_value(first.name().as_str())
        .allowing("an address or GUID")),
    }
}

/// Whoever has this GUID or address, whatever others are called. It is known without looking at each recipient: a list
/// of members may name thousands.
fn by_guid_or_address<'a>(snapshot: &'a Snapshot, identity: &Value) -> Option<Recipient<'a>> {
    let text = text_of(identity);
    match Guid::try_parse(&text) {
        Ok(guid) => snapshot.recipient_by_guid(guid),
        Err(_) => snapshot.recipient_by_address(&text.parse().ok()?),
    }
}

fn guid_of<T: Named>(found: Result<Arc<T>, Problem>) -> Result<Option<Guid>, Problem> {
    guids_of(found.map(|object| vec![object])).map(|guids| guids.first().copied())
}

fn nobody(parameter: &str, identity: &Value) -> Problem {
    let text = match identity {
        Value::Object(fields) => fields.get("Identity").and_then(crate::binding::scalar_text),
        other => crate::binding::scalar_text(other),
    };
    let text = crate::problem::shortened(&text.unwrap_or_default());
    Problem::new(
        404,
        format!("There is no mailbox, distribution group or mail contact called '{text}'."),
    )
    .about(parameter)
    .with_value(text)
}

/// The recipients that a list names; none for `$null`.
pub(crate) fn listed(call: &Call<'_>, parameter: &str) -> Result<Vec<Guid>, Problem> {
    let mut guids = Vec::new();
    let values = match call.bound.some(parameter) {
        None => return Ok(guids),
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
    };
    for value in values {
        let guid = named(&call.snapshot, parameter, value)?.guid();
        if !guids.contains(&guid) {
            guids.push(guid);
        }
    }
    Ok(guids)
}

/// Names of recipients, as lists of them are shown.
pub(crate) fn names(snapshot: &Snapshot, guids: &[Guid]) -> Value {
    let found = guids.iter().filter_map(|guid| snapshot.recipient_by_guid(*guid));
    found.map(|recipient| Value::from(recipient.name().as_str())).collect()
}

/// `Alias`, else the name, at the default domain.
pub(crate) fn at_default_domain(
    call: &Call<'_>,
    parameter: &str,
    local: &str,
) -> Result<Address, Problem> {
    let domain = call.snapshot.default_domain().ok_or_else(|| {
        Problem::bad("There is no default accepted domain: PrimarySmtpAddress is needed.")
            .about("PrimarySmtpAddress")
    })?;
    Address::new(local, &AddressDomain::Name(domain.clone()))
        .map_err(|error| Problem::value(parameter, &error))
}

/// The rules of a recipient's addresses among all others: each in an accepted domain, but for the one elsewhere of a
/// contact, and nobody else's (MB-02). `addresses` come with the parameters that are about them.
pub(crate) fn check_addresses<'a>(
    call: &Call<'_>,
    own: Guid,
    addresses: impl IntoIterator<Item = (&'static str, &'a Address)>,
) -> Result<(), Problem> {
    for (parameter, address) in addresses {
        let is_ours = call.snapshot.accepted_domain(address.domain()).is_some();
        if !is_ours && parameter != "ExternalEmailAddress" {
            return Err(Problem::bad(format!(
                "'{address}' is in no accepted domain: add its domain with New-AcceptedDomain first."
            ))
            .about(parameter)
            .with_value(address.as_str())
            .allowing("an address in an accepted domain"));
        }
        let owner = call.snapshot.recipient_by_address(address);
        if let Some(owner) = owner.filter(|owner| owner.guid() != own) {
            return Err(Problem::new(
                409,
                format!(
                    "The address '{address}' is used by {} '{}' already.",
                    owner.noun(),
                    owner.name()
                ),
            )
            .rule("MB-02")
            .about(parameter)
            .with_value(address.as_str()));
        }
    }
    Ok(())
}

/// Refuses to change what an LDAP directory says of a recipient: the next reading would undo it.
pub(crate) fn keep_origin(
    call: &Call<'_>,
    recipient: Recipient<'_>,
    parameters: &[&str],
) -> Result<(), Problem> {
    let Some(external) = recipient.external() else { return Ok(()) };
    let Some(parameter) = parameters.iter().find(|parameter| call.bound.has(parameter)) else {
        return Ok(());
    };
    let directory = call.snapshot.ldap_directory(external.directory);
    Err(Problem::new(
        409,
        format!(
            "The {} '{}' comes from the LDAP directory '{}': change it there ({}).",
            recipient.noun(),
            recipient.name(),
            directory.map_or("", |directory| directory.name.as_str()),
            external.distinguished_name
        ),
    )
    .rule("LD-06")
    .about(parameter)
    .with_value(recipient.name().as_str()))
}

/// What has to change so that nobody names this recipient any more, who is about to go.
pub(crate) fn forget(snapshot: &Snapshot, gone: Guid) -> Vec<Change> {
    let is_gone = |guid: &Guid| *guid == gone;
    let groups = snapshot.distribution_groups.iter().filter_map(|group| {
        let mut group = DistributionGroup::clone(group);
        group.forget(is_gone).then_some(Object::DistributionGroup(group))
    });
    let forwards = |mailbox: &&Arc<Mailbox>| {
        mailbox.forwarding_address == Some(gone) && mailbox.header.guid != gone
    };
    let mailboxes = snapshot.mailboxes.iter().filter(forwards).filter_map(|mailbox| {
        let mut mailbox = Mailbox::clone(mailbox);
        mailbox.forget(is_gone).then_some(Object::Mailbox(mailbox))
    });
    groups.chain(mailboxes).map(|object| Change::Update { object }).collect()
}

/// Refuses where a group would then take mail from everybody.
pub(crate) fn keep_senders(snapshot: &Snapshot, gone: Guid) -> Result<(), Problem> {
    let is_last =
        |group: &&Arc<DistributionGroup>| group.header.guid != gone && group.accepts_only == [gone];
    let Some(group) = snapshot.distribution_groups.iter().find(is_last) else { return Ok(()) };
    Err(Problem::new(
        409,
        format!(
            "It is the only one who may send to the distribution group '{}', which would then take mail from everybody: \
             change AcceptMessagesOnlyFromSendersOrMembers of that group first.",
            group.name
        ),
    )
    .rule("DG-04")
    .about("Identity"))
}

/// A view with names in place of GUIDs.
pub(crate) fn with_names(mut view: Map<String, Value>, named: &[(&str, Value)]) -> Value {
    for (property, value) in named {
        view.insert((*property).to_owned(), value.clone());
    }
    Value::Object(view)
}
