//! What a change makes of which object: versions are compared, headers set.

use std::collections::HashSet;

use model::{Guid, Timestamp};

use crate::{
    error::DirectoryError,
    object::{Change, Object},
    snapshot::{Snapshot, Step},
};

/// Compares versions and sets headers: what is to become of which object.
pub(super) fn plan(
    present: &Snapshot,
    changes: Vec<Change>,
    now: Timestamp,
) -> Result<Vec<Step>, DirectoryError> {
    let mut seen = HashSet::new();
    changes
        .into_iter()
        .map(|change| {
            let step = step(present, change, now)?;
            let object = step.after.as_ref().or(step.before.as_ref());
            match object {
                Some(object) if !seen.insert(object.header().guid) => Err(conflict(object)),
                _ => Ok(step),
            }
        })
        .collect()
}

fn step(present: &Snapshot, change: Change, now: Timestamp) -> Result<Step, DirectoryError> {
    match change {
        Change::Create(mut object) => {
            let header = object.header_mut();
            if present.object(header.guid).is_some() || header.guid.is_nil() {
                return Err(DirectoryError::Exists(header.guid));
            }
            (header.version, header.when_created, header.when_changed) = (1, now, now);
            Ok(Step { before: None, after: Some(object) })
        }
        Change::Update { mut object } => {
            let before = at_version(present, object.header().guid, object.header().version)?;
            if before.class() != object.class() {
                return Err(conflict(&before));
            }
            let when_created = before.header().when_created;
            let header = object.header_mut();
            (header.version, header.when_created, header.when_changed) =
                (header.version + 1, when_created, now);
            Ok(Step { before: Some(before), after: Some(object) })
        }
        Change::Remove { guid, version } => {
            let before = at_version(present, guid, version)?;
            Ok(Step { before: Some(before), after: None })
        }
    }
}

/// The object, if it is still the version that was read.
fn at_version(present: &Snapshot, guid: Guid, version: u64) -> Result<Object, DirectoryError> {
    let object = present.object(guid).ok_or(DirectoryError::NotFound(guid))?;
    if object.header().version == version { Ok(object) } else { Err(conflict(&object)) }
}

fn conflict(object: &Object) -> DirectoryError {
    DirectoryError::Conflict { class: object.class(), name: object.name() }
}
