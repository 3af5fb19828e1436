//! `Get-TransportConfig` and `Set-TransportConfig` (management.md section 8.3).

use directory::{Change, Object, Organization};
use serde_json::Value;

use crate::call::{Call, broken};
use crate::output::Output;
use crate::problem::Problem;

/// `Get-TransportConfig`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let view = call.snapshot.organization.transport_view();
    Ok(Output { objects: vec![Value::Object(view)], ..Output::default() })
}

/// `Set-TransportConfig`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = &call.snapshot.organization;
    call.expect("transport configuration", "Transport Settings", &present.header)?;
    let mut organization = Organization::clone(present);
    call.set_properties(&mut organization.transport, &[])?;
    if organization == **present {
        return Ok(call.unchanged("Transport Settings"));
    }
    organization.validate().map_err(broken)?;
    let change = Change::Update { object: Object::Organization(organization) };
    let doing = "Changing the transport settings of the organization";
    call.change(vec![change], doing, Vec::new())
}
