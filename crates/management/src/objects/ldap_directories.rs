//! `*-LdapDirectory`: directories elsewhere whose people are recipients here.

use std::sync::Arc;

use directory::{
    Change, Credential, Header, LdapDirectory, LdapServer, Object, Properties, Recipient,
};
use ldap::{LeftOut, State};
use model::{Guid, ObjectName};
use serde_json::{Map, Value};

use crate::binding::credential;
use crate::call::{Call, broken, set};
use crate::lookup::{Named, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;

impl Named for LdapDirectory {
    const KIND: &'static str = "LDAP directory";
    const NAME_RULE: &'static str = "LD-01";

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

/// `Get-LdapDirectory`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let found = some(&call.snapshot.ldap_directories, "Identity", call.bound.some("Identity"))?;
    let objects = found.iter().map(|directory| shown(call, directory));
    Ok(Output { objects: objects.collect(), ..Output::default() })
}

/// `New-LdapDirectory`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let base = call.bound.text("BaseDN").unwrap_or_default();
    let servers: Vec<LdapServer> = Vec::new();
    let mut directory =
        LdapDirectory::with_defaults(Header::fresh(), super::name(call)?, servers, base);
    configure(call, &mut directory, &["Name", "BaseDN", "Credential"])?;
    let doing = format!("Creating LDAP directory \"{}\"", directory.name);
    call.create(Object::LdapDirectory(directory), doing, |snapshot, guid| {
        snapshot.ldap_directory(guid).map(|created| shown(call, created))
    })
}

/// `Set-LdapDirectory`.
pub(crate) fn set_directory(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut directory = LdapDirectory::clone(&present);
    configure(call, &mut directory, &["Credential"])?;
    if directory == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    let doing = format!("Changing LDAP directory \"{}\"", present.name);
    call.change(
        vec![Change::Update { object: Object::LdapDirectory(directory) }],
        doing,
        Vec::new(),
    )
}

/// `Remove-LdapDirectory`; its recipients become the organization's own.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let directory = named(call)?;
    let Header { guid, version, .. } = directory.header;
    let its = recipients_of(call, guid);
    let own = its.iter().map(|recipient| Change::Update { object: without_origin(*recipient) });
    let mut changes: Vec<Change> = own.collect();
    changes.push(Change::Remove { guid, version });
    let doing = format!(
        "Removing LDAP directory \"{}\"; its {} recipients stay as the organization's own",
        directory.name,
        its.len()
    );
    call.change(changes, doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<LdapDirectory>, Problem> {
    call.identified(&call.snapshot.ldap_directories)
}

/// Sets what was given and checks the rules.
fn configure(
    call: &Call<'_>,
    directory: &mut LdapDirectory,
    except: &[&str],
) -> Result<(), Problem> {
    call.set_properties(directory, except)?;
    // What is empty means the schema's own.
    for filter in ["UserFilter", "GroupFilter", "ContactFilter"] {
        if call.bound.text(filter).is_some_and(|text| text.is_empty()) {
            set(directory, filter, &Value::Null)?;
        }
    }
    match call.bound.value("Credential") {
        Some(Value::Null) => directory.credential = None,
        Some(value) => directory.credential = Some(sealed(call, directory, value)?),
        None => {}
    }
    refuse_same_name(&call.snapshot.ldap_directories, directory)?;
    directory.validate().map_err(broken)
}

fn sealed(
    call: &Call<'_>,
    directory: &LdapDirectory,
    value: &Value,
) -> Result<Credential, Problem> {
    let given =
        credential(value).filter(|(user, password)| !user.is_empty() && !password.is_empty());
    let (user_name, password) = given.ok_or_else(|| {
        Problem::bad("Parameter 'Credential': a user name and a password are needed.")
            .about("Credential")
            .allowing("a PSCredential, made by Get-Credential, or $null")
    })?;
    let password = call
        .directory
        .seal(password, &directory.credential_context())
        .map_err(|_| Problem::internal("The credential could not be encrypted."))?;
    Ok(Credential { user_name: user_name.to_owned(), password })
}

fn recipients_of<'a>(call: &'a Call<'_>, directory: Guid) -> Vec<Recipient<'a>> {
    let is_its =
        |r: &Recipient<'_>| r.external().is_some_and(|external| external.directory == directory);
    call.snapshot.recipients().filter(is_its).collect()
}

fn without_origin(recipient: Recipient<'_>) -> Object {
    let mut object = match recipient {
        Recipient::Mailbox(mailbox) => Object::from(mailbox),
        Recipient::Group(group) => Object::from(group),
        Recipient::Contact(contact) => Object::from(contact),
    };
    match &mut object {
        Object::Mailbox(mailbox) => mailbox.external = None,
        Object::DistributionGroup(group) => group.external = None,
        Object::MailContact(contact) => contact.external = None,
        _ => {}
    }
    object
}

/// The object, with what is known of its readings on this server.
fn shown(call: &Call<'_>, directory: &LdapDirectory) -> Value {
    let mut view = directory.view();
    let count = recipients_of(call, directory.header.guid).len();
    view.insert("RecipientCount".to_owned(), Value::from(count));
    if let Some(State { last_attempt, last_success, failure, left_out, .. }) =
        call.prepared.ldap_states.get(&directory.header.guid)
    {
        let moment =
            |at: &Option<model::Timestamp>| at.map_or(Value::Null, |at| Value::from(at.iso()));
        view.insert("LastAttempt".to_owned(), moment(last_attempt));
        view.insert("LastSuccess".to_owned(), moment(last_success));
        view.insert("LastError".to_owned(), Value::from(failure.as_deref()));
        view.insert("LeftOut".to_owned(), told(left_out));
    }
    Value::Object(view)
}

/// What is left out, one line each.
pub(crate) fn told(left_out: &[LeftOut]) -> Value {
    let line = |one: &LeftOut| Value::from(format!("{}: {}", one.distinguished_name, one.why));
    Value::Array(left_out.iter().map(line).collect())
}
