//! `Start-LdapSynchronization`: an LDAP directory is read now, and what it holds brought in.

use std::sync::Arc;

use directory::{LdapDirectory, Snapshot};
use ldap::{Done, LdapError, Synchronizer, SynchronizerError, Wish};
use serde_json::{Value, json};

use crate::binding::Bound;
use crate::call::{audit, refused};
use crate::lookup::one;
use crate::objects::ldap_directories::told;
use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;

/// The cmdlet.
pub(crate) const START_LDAP_SYNCHRONIZATION: &str = "Start-LdapSynchronization";

/// Reads the directory that `Identity` names, as the parameters say.
pub(crate) async fn start(
    synchronizer: Option<Synchronizer>,
    snapshot: &Snapshot,
    caller: &Caller,
    bound: &Bound,
) -> Result<Output, Problem> {
    let identity = bound.value("Identity").unwrap_or(&Value::Null);
    let directory = one(&snapshot.ldap_directories, "Identity", identity)?;
    let synchronizer = synchronizer
        .ok_or_else(|| Problem::new(503, "There is nobody here who reads LDAP directories."))?;
    let wish = Wish { force: bound.is_true("Force"), only_look: bound.is_true("WhatIf") };
    let done = synchronizer
        .synchronize(directory.header.guid, wish, audit(caller, bound))
        .await
        .map_err(|error| problem(error, &directory))?;
    Ok(output(&directory, &done, wish))
}

fn problem(error: SynchronizerError, directory: &LdapDirectory) -> Problem {
    match error {
        SynchronizerError::Gone => {
            Problem::new(404, format!("The LDAP directory '{}' is gone.", directory.name))
                .about("Identity")
        }
        SynchronizerError::Ldap(LdapError(why)) => Problem::new(
            503,
            format!("The LDAP directory '{}' cannot be read: {why}.", directory.name),
        )
        .about("Identity")
        .with_value(directory.name.as_str()),
        SynchronizerError::Directory(error) => refused(error),
    }
}

fn output(directory: &Arc<LdapDirectory>, done: &Done, wish: Wish) -> Output {
    let counts = done.counts;
    let name = directory.name.as_str();
    let mut warnings = Vec::new();
    if done.withheld > 0 {
        warnings.push(format!(
            "{} recipients are gone there at once, more than MaximumRemovals ({}) lets go: they stay until \
             Start-LdapSynchronization -Force.",
            done.withheld, directory.maximum_removals
        ));
    }
    let what_if = wish.only_look.then(|| {
        let mut text = format!(
            "What if: Reading LDAP directory \"{name}\": {} recipients; {} created, {} changed, {} removed, {} left out.",
            counts.recipients, counts.created, counts.changed, counts.removed, counts.left_out
        );
        for one in &done.left_out {
            text.push_str(&format!("\n  {}: {}", one.distinguished_name, one.why));
        }
        text
    });
    let row = json!({
        "Identity": name,
        "Recipients": counts.recipients,
        "Created": counts.created,
        "Changed": counts.changed,
        "Removed": counts.removed,
        "Withheld": done.withheld,
        "LeftOutCount": counts.left_out,
        "LeftOut": told(&done.left_out),
    });
    let objects = if wish.only_look { Vec::new() } else { vec![row] };
    Output { objects, warnings, what_if }
}
