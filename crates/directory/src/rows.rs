//! What a store holds, as plain data: one row per object as readable JSON, one per audited change. A store
//! understands neither objects nor rules; rows are made and read here.

use std::net::IpAddr;

use model::{Guid, Timestamp};
use serde_json::Value;

use crate::{
    audit::{Audit, AuditRecord, AuditedChange},
    error::DirectoryError,
    object::{Class, Object},
    snapshot::{Snapshot, Step},
};

/// One object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectRow {
    /// Its GUID as text: what the row is found by.
    pub guid: String,
    /// The name of its class.
    pub class: String,
    /// Its name, for whoever looks into the store.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// All of it, the header included.
    pub json: String,
}

/// One audited change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The directory's revision after the change.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// The user.
    pub user: String,
    /// The user's address; absent for the server itself.
    pub client: Option<String>,
    /// The cmdlet.
    pub cmdlet: String,
    /// Its parameters: a JSON object.
    pub parameters: String,
    /// What became of the objects: a JSON array.
    pub changes: String,
}

/// All objects at one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The revision.
    pub revision: u64,
    /// The objects, in no order.
    pub objects: Vec<ObjectRow>,
}

/// What is new in a store to who knows a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    Nothing,
    /// What has changed since.
    Since {
        /// The present revision.
        revision: u64,
        /// Objects that are new or different.
        changed: Vec<ObjectRow>,
        /// GUIDs of objects that have gone.
        removed: Vec<String>,
    },
    /// What changed is not known: this is all there is.
    All(Content),
}

/// A change to be written: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The revision it was planned from. Where the store has another one by now, nothing is written.
    pub expected: u64,
    /// The revision after it: the next one, or the same when no object changes.
    pub revision: u64,
    /// Objects that are new or different.
    pub changed: Vec<ObjectRow>,
    /// GUIDs of objects that go.
    pub removed: Vec<String>,
    /// The record of it.
    pub audit: AuditRow,
}

impl ObjectRow {
    pub(crate) fn of(object: &Object) -> Self {
        let header = object.header();
        Self {
            guid: header.guid.to_string(),
            class: object.class().name().to_owned(),
            name: object.name(),
            version: header.version,
            json: object.store().to_string(),
        }
    }

    /// The object. What an older version wrote takes defaults for what it lacks.
    pub(crate) fn object(&self) -> Result<Object, DirectoryError> {
        self.read().map_err(|problem| DirectoryError::Damaged {
            class: self.class.clone(),
            guid: self.guid.clone(),
            problem,
        })
    }

    fn read(&self) -> Result<Object, String> {
        let class = Class::from_name(&self.class).ok_or("its class is unknown")?;
        let value: Value = serde_json::from_str(&self.json).map_err(|e| e.to_string())?;
        Object::load(class, &value).map_err(|e| e.to_string())
    }
}

impl Content {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let objects = snapshot.objects().map(|object| ObjectRow::of(&object)).collect();
        Self { revision: snapshot.revision, objects }
    }

    /// The picture of it.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, DirectoryError> {
        let objects: Result<Vec<Object>, _> = self.objects.iter().map(ObjectRow::object).collect();
        Ok(Snapshot::at(self.revision, objects?))
    }

    /// Whether both hold the same.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let sorted = |content: &Self| {
            let mut rows = content.objects.clone();
            rows.sort_unstable();
            rows
        };
        self.revision == other.revision && sorted(self) == sorted(other)
    }
}

impl Commit {
    pub(crate) fn of(
        (expected, revision): (u64, u64),
        steps: &[Step],
        audit: &Audit,
        at: Timestamp,
    ) -> Self {
        let changed = steps.iter().filter_map(|step| step.after.as_ref()).map(ObjectRow::of);
        let removed = steps.iter().filter(|step| step.after.is_none());
        let removed = removed.filter_map(|step| step.before.as_ref());
        Self {
            expected,
            revision,
            changed: changed.collect(),
            removed: removed.map(|object| object.header().guid.to_string()).collect(),
            audit: AuditRow::of(revision, steps, audit, at),
        }
    }
}

impl AuditRow {
    fn of(revision: u64, steps: &[Step], audit: &Audit, at: Timestamp) -> Self {
        let changes: Vec<AuditedChange> = steps.iter().filter_map(AuditedChange::of).collect();
        Self {
            revision,
            at,
            user: audit.user.clone(),
            client: audit.client.map(|client| client.to_string()),
            cmdlet: audit.cmdlet.clone(),
            parameters: Value::Object(audit.parameters.clone()).to_string(),
            changes: serde_json::to_value(changes).unwrap_or_default().to_string(),
        }
    }

    /// The record, under its number in the store.
    pub(crate) fn record(self, id: u64) -> AuditRecord {
        AuditRecord {
            id,
            revision: self.revision,
            at: self.at,
            audit: Audit {
                user: self.user,
                client: self.client.and_then(|text| text.parse::<IpAddr>().ok()),
                cmdlet: self.cmdlet,
                parameters: serde_json::from_str(&self.parameters).unwrap_or_default(),
            },
            changes: serde_json::from_str(&self.changes).unwrap_or_default(),
        }
    }
}

/// The steps that lead from a picture to one with these rows.
pub(crate) fn steps(
    present: &Snapshot,
    changed: &[ObjectRow],
    removed: &[String],
) -> Result<Vec<Step>, DirectoryError> {
    let known = |guid: &str| present.object(guid.parse::<Guid>().ok()?);
    let gone = removed.iter().filter_map(|guid| known(guid));
    let mut steps: Vec<Step> =
        gone.map(|object| Step { before: Some(object), after: None }).collect();
    for row in changed {
        steps.push(Step { before: known(&row.guid), after: Some(row.object()?) });
    }
    Ok(steps)
}
