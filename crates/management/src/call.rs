//! One call of a cmdlet that works on directory objects, and what all of these do alike: set the
//! properties that were given, check the rules, say what would be done, change, write the audit.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use directory::{
    Audit, Change, Directory, DirectoryError, Header, Object, PasswordRecord, Properties,
    PropertyError, RuleError, Snapshot,
};
use identity::{IssuerState, TokenVerifier};
use model::{Guid, ObjectName, Timestamp};
use rustls::RootCertStore;
use serde_json::Value;

use crate::binding::Bound;
use crate::key_records::Published;
use crate::lookup::{Named, one};
use crate::new_certificates::NewMaterial;
use crate::new_keys::NewKeys;
use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;

/// One call of a cmdlet that works on directory objects.
pub(crate) struct Call<'a> {
    /// Where changes go.
    pub(crate) directory: &'a Directory,
    /// What the call sees.
    pub(crate) snapshot: Arc<Snapshot>,
    /// The server the command runs on.
    pub(crate) server: &'a ObjectName,
    /// Who runs it.
    pub(crate) caller: &'a Caller,
    /// The parameters.
    pub(crate) bound: &'a Bound,
    /// The parameter `Password`, hashed.
    pub(crate) password: Option<PasswordRecord>,
    /// What took long and was done before.
    pub(crate) prepared: Prepared,
    /// The version of the object that the caller knows.
    pub(crate) expected: Expected,
}

/// What a command needs that takes long: done before it holds others up.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// When the command was given.
    pub(crate) now: Timestamp,
    /// New DKIM keys.
    pub(crate) keys: Option<NewKeys>,
    /// What the DNS holds of DKIM records.
    pub(crate) published: Published,
    /// A certificate that was made or read.
    pub(crate) certificate: Option<NewMaterial>,
    /// Who is trusted to vouch for certificates; nobody where that is not asked.
    pub(crate) roots: Arc<RootCertStore>,
    /// Who judges access tokens, where the command is about that.
    pub(crate) tokens: Option<TokenVerifier>,
    /// What is known of the keys of those who issue them.
    pub(crate) issuers: HashMap<Guid, IssuerState>,
    /// What is known of the readings of LDAP directories.
    pub(crate) ldap_states: HashMap<Guid, ldap::State>,
}

/// The version that an object has to have for a command to change it; compared when the command
/// has found its object.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    version: Option<u64>,
    compared: Cell<bool>,
}

impl Expected {
    pub(crate) fn new(version: Option<u64>) -> Self {
        Self { version, compared: Cell::new(false) }
    }

    /// Whether nothing is expected, or that has been looked at.
    fn is_settled(&self) -> bool {
        self.version.is_none() || self.compared.get()
    }
}

impl Call<'_> {
    /// Whether the command is only to say what it would do.
    pub(crate) fn is_what_if(&self) -> bool {
        self.bound.is_true("WhatIf")
    }

    /// The object the command is about has been found: refuses when it is not the version that the
    /// caller knows.
    pub(crate) fn expect(&self, kind: &str, name: &str, header: &Header) -> Result<(), Problem> {
        self.expected.compared.set(true);
        match self.expected.version {
            Some(known) if known != header.version => Err(changed(kind, name, known, header)),
            _ => Ok(()),
        }
    }

    /// Finds the one object that `Identity` names, in the version that the caller knows.
    pub(crate) fn identified<T: Named>(&self, objects: &[Arc<T>]) -> Result<Arc<T>, Problem> {
        let identity = self.bound.value("Identity").unwrap_or(&Value::Null);
        self.found(one(objects, "Identity", identity)?)
    }

    /// What the command is about, in the version that the caller knows.
    pub(crate) fn found<T: Named>(&self, object: Arc<T>) -> Result<Arc<T>, Problem> {
        self.expect(T::KIND, &object.full_name(), object.header())?;
        Ok(object)
    }

    /// Sets those properties of `object` that were given as parameters of the same name, except
    /// those in `except`, which the cmdlet sets itself.
    pub(crate) fn set_properties<T: Properties>(
        &self,
        object: &mut T,
        except: &[&str],
    ) -> Result<(), Problem> {
        for (parameter, value) in self.bound.given() {
            let is = |name: &&str| name.eq_ignore_ascii_case(parameter.name);
            if T::names().iter().any(is) && !except.iter().any(is) {
                set(object, parameter.name, value)?;
            }
        }
        Ok(())
    }

    /// Makes `changes` atomically and writes them to the audit log, or says what would be done.
    pub(crate) fn change(
        &self,
        changes: Vec<Change>,
        doing: impl Into<String>,
        warnings: Vec<String>,
    ) -> Result<Output, Problem> {
        if !self.expected.is_settled() {
            return Err(unversioned(self.bound));
        }
        let warnings = if self.bound.is_true("Force") { Vec::new() } else { warnings };
        if self.is_what_if() {
            let what_if = Some(format!("What if: {}.", doing.into()));
            return Ok(Output { objects: Vec::new(), warnings, what_if });
        }
        self.directory.apply(changes, audit(self.caller, self.bound)).map_err(refused)?;
        Ok(Output { objects: Vec::new(), warnings, what_if: None })
    }

    /// Creates an object, and gives it out as `shown` shows it then.
    pub(crate) fn create(
        &self,
        object: Object,
        doing: impl Into<String>,
        shown: impl FnOnce(&Snapshot, Guid) -> Option<Value>,
    ) -> Result<Output, Problem> {
        let guid = object.header().guid;
        let mut output = self.change(vec![Change::Create(object)], doing, Vec::new())?;
        output.objects.extend(shown(&self.directory.snapshot(), guid));
        Ok(output)
    }

    /// What a `Set-` cmdlet answers when everything is as it is already; nothing is written.
    pub(crate) fn unchanged(&self, identity: &str) -> Output {
        let text = format!(
            "The command completed successfully but no settings of '{identity}' have been modified."
        );
        Output { warnings: vec![text], ..Output::default() }
    }
}

/// What the audit log keeps of a call.
pub(crate) fn audit(caller: &Caller, bound: &Bound) -> Audit {
    Audit {
        user: caller.user.clone(),
        client: caller.client.map(|address| address.to_canonical()),
        cmdlet: bound.cmdlet().name.to_owned(),
        parameters: bound.for_audit(),
    }
}

/// Sets one property of `object` and tells a refusal.
pub(crate) fn set<T: Properties>(
    object: &mut T,
    property: &str,
    value: &Value,
) -> Result<(), Problem> {
    object.set(property, value).map_err(|error| match error {
        PropertyError::Unknown(name) => {
            Problem::internal(format!("There is no property '{name}'.")).about(property)
        }
        PropertyError::Invalid { error, id, .. } => {
            let problem = Problem::value(property, &error);
            match id {
                Some(id) => problem.rule(id),
                None => problem,
            }
        }
    })
}

/// Rules about what else is there: the command could be right at another time.
const STANDING_AGAINST: [&str; 29] = [
    "AS-01", "AS-04", "LD-01", "LD-05", "EC-01", "EC-05", "DK-01", "DK-06", "RD-01", "RD-02",
    "RD-03", "RD-07", "SC-01", "AD-01", "AD-02", "AD-05", "AD-06", "MB-01", "MB-02", "RC-01",
    "RC-05", "RC-06", "RC-16", "RC-18", "RG-01", "RG-02", "SV-01", "SV-02", "SV-03",
];

/// Tells that somebody was faster.
fn changed(kind: &str, name: &str, known: u64, header: &Header) -> Problem {
    Problem::new(
        412,
        format!(
            "The {kind} \"{name}\" has been changed by somebody else meanwhile: read it again."
        ),
    )
    .rule("changed")
    .about("Identity")
    .with_value(known.to_string())
    .allowing(format!("version {}", header.version))
}

/// Tells that a command changes no object that has a version.
pub(crate) fn unversioned(bound: &Bound) -> Problem {
    Problem::bad(format!(
        "If-Match is for commands that change an object of the directory: {} is none.",
        bound.cmdlet().name
    ))
}

/// Tells a broken rule.
pub(crate) fn broken(rule: RuleError) -> Problem {
    let conflicts = STANDING_AGAINST.contains(&rule.id);
    Problem::new(if conflicts { 409 } else { 400 }, rule.message)
        .rule(rule.id)
        .about(rule.parameter)
        .with_value(rule.value)
        .allowing(rule.allowed)
}

/// Tells why the directory refused a change.
pub(crate) fn refused(error: DirectoryError) -> Problem {
    let text = format!("The change was not made: {error}.");
    match error {
        DirectoryError::Rule(rule) => broken(rule),
        DirectoryError::Conflict { .. } | DirectoryError::NotFound(_) => Problem::new(409, text),
        DirectoryError::ReadOnly(_) | DirectoryError::Busy => Problem::new(503, text),
        DirectoryError::InDoubt(reason) => Problem::internal(format!(
            "It is not known whether the change was made: look before you ask for it again. The \
             engine failed meanwhile: {reason}."
        )),
        other => {
            tracing::error!(error = %other, "the directory could not be changed");
            Problem::internal(text)
        }
    }
}
