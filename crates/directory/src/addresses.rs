//! What recipients of all kinds do with their addresses and names.

use model::Address;
use serde_json::Value;

use crate::{properties::Listing, rule::RuleError, values::External};

/// The first address, and the others without it.
pub(crate) fn addresses_of<'a>(
    first: &'a Address,
    others: &'a [Address],
) -> impl Iterator<Item = &'a Address> {
    std::iter::once(first).chain(others.iter().filter(move |address| *address != first))
}

/// MB-03: an address is named once.
pub(crate) fn named_once(addresses: &[Address]) -> Result<(), RuleError> {
    for (i, address) in addresses.iter().enumerate() {
        if addresses[..i].contains(address) {
            return Err(RuleError::new(
                "MB-03",
                "EmailAddresses",
                address,
                format!("the address {address} is there twice"),
                "Name each address once",
            ));
        }
    }
    Ok(())
}

/// People see the name where there is no `DisplayName`.
pub(crate) fn shown_by_name(listing: &mut Listing, name: &str) {
    let display_names = listing.iter_mut().filter(|(property, _)| *property == "DisplayName");
    for (_, value) in display_names.filter(|(_, value)| value.is_null()) {
        *value = Value::from(name);
    }
}

/// Whether a recipient comes from an LDAP directory, and who it is there.
pub(crate) fn origin(external: Option<&External>) -> [(&'static str, Value); 2] {
    [
        ("IsDirSynced", Value::Bool(external.is_some())),
        ("ExternalDirectoryObjectId", Value::from(external.map(|e| e.id.as_str()))),
    ]
}
