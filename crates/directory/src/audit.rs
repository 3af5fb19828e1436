//! The audit log: who changed what, when, from where, with which command, and what the objects
//! were before and after. Secrets are hidden.

use std::net::IpAddr;

use model::{Guid, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{object::Object, snapshot::Step};

const HIDDEN: &str = "********";

/// Who asks for a change, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The user.
    pub user: String,
    /// Where the user is; absent for the server itself.
    pub client: Option<IpAddr>,
    /// The cmdlet.
    pub cmdlet: String,
    /// Its parameters, secrets already hidden.
    pub parameters: Map<String, Value>,
}

impl Audit {
    /// A change the server makes by itself.
    pub fn system(cmdlet: &str) -> Self {
        Self {
            user: "SYSTEM".to_owned(),
            client: None,
            cmdlet: cmdlet.to_owned(),
            parameters: Map::new(),
        }
    }
}

/// One change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Grows with every record.
    pub id: u64,
    /// The directory's revision after the change.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// Who asked, and how.
    pub audit: Audit,
    /// What became of the objects.
    pub changes: Vec<AuditedChange>,
}

/// What became of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuditedChange {
    /// Its class.
    pub class: String,
    /// Its GUID.
    pub guid: Guid,
    /// Its name, the newer one when it was renamed.
    pub name: String,
    /// As it was; absent when it was created.
    #[serde(default)]
    pub before: Option<Value>,
    /// As it became; absent when it was removed.
    #[serde(default)]
    pub after: Option<Value>,
}

impl AuditedChange {
    pub(crate) fn of(step: &Step) -> Option<Self> {
        let object = step.after.as_ref().or(step.before.as_ref())?;
        Some(Self {
            class: object.class().name().to_owned(),
            guid: object.header().guid,
            name: object.name(),
            before: step.before.as_ref().map(without_secrets),
            after: step.after.as_ref().map(without_secrets),
        })
    }
}

/// Where secrets stand in the stored forms.
const SECRETS: [&str; 6] = [
    "/Password",
    "/AuthenticationCredential/Password",
    "/Selector1/Keys/Rsa/Private",
    "/Selector1/Keys/Ed25519/Private",
    "/Selector2/Keys/Rsa/Private",
    "/Selector2/Keys/Ed25519/Private",
];

/// The stored form without what could be used to sign in, or to sign.
fn without_secrets(object: &Object) -> Value {
    let mut value = object.store();
    for secret in SECRETS {
        if let Some(hidden) = value.pointer_mut(secret).filter(|v| !v.is_null()) {
            *hidden = Value::from(HIDDEN);
        }
    }
    value
}
