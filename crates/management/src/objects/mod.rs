//! Cmdlets that work on directory objects: one module per family.

pub(crate) mod accepted_domains;
pub(crate) mod ad_permissions;
pub(crate) mod auth_servers;
pub(crate) mod by_name;
pub(crate) mod distribution_groups;
pub(crate) mod dkim_signing_configs;
pub(crate) mod exchange_certificates;
pub(crate) mod ldap_directories;
pub(crate) mod mail_contacts;
pub(crate) mod mailboxes;
pub(crate) mod receive_connectors;
pub(crate) mod recipients;
pub(crate) mod remote_domains;
pub(crate) mod role_groups;
pub(crate) mod send_connectors;
pub(crate) mod servers;
pub(crate) mod transport_config;
mod usage;

use model::ObjectName;
use serde_json::Value;

use crate::call::Call;
use crate::output::Output;
use crate::problem::Problem;
use crate::queues::result_size;

/// The parameter `Name` of a `New-` cmdlet (SC-02).
fn name(call: &Call<'_>) -> Result<ObjectName, Problem> {
    let text = call.bound.text("Name").unwrap_or_default();
    text.parse().map_err(|error| Problem::value("Name", &error).rule("SC-02"))
}

/// As many of `items` as ResultSize allows, as `shown`, with a warning when there are more.
fn limited<T>(call: &Call<'_>, items: &[T], shown: impl Fn(&T) -> Value) -> Output {
    let size = result_size(call.bound);
    let objects = items.iter().take(size).map(shown).collect();
    let mut output = Output { objects, ..Output::default() };
    let left = items.len() - output.objects.len();
    if left > 0 {
        output
            .warnings
            .push(format!("There are {left} more results. Use ResultSize to see more at once."));
    }
    output
}
