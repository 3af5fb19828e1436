//! Who holds which extended right on a connector (send-connectors.md section 2.1, routing.md
//! section 8): principals, entries, and what the entries of one object say together.
//!
//! A refusal (`Deny`) goes before any grant. Entries are stored with their connector.

use std::{fmt, str::FromStr};

use model::ValueError;
use serde_json::{Value, json};

use crate::{
    rule::Refused,
    setting::{Stored, plain},
    values::enumeration::{not_one_of, text_serde},
};

/// Whom a connector's rights are granted to: well-known clients and groups of servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecurityPrincipal {
    /// Whoever did not sign in, and whoever we send to without knowing him.
    AnonymousLogon,
    /// Users who signed in.
    AuthenticatedUsers,
    /// Servers of the organization.
    ExchangeServers,
    /// Servers of the organization with the Transport service.
    HubTransportServers,
    /// Servers of the organization at its edge.
    EdgeTransportServers,
    /// Servers whose link is secured by other means (ExternalAuthoritative).
    ExternallySecuredServers,
    /// Older servers of the organization.
    LegacyExchangeServers,
    /// Partners, with whom both sides verify certificates.
    PartnerServers,
}

impl SecurityPrincipal {
    /// The names as shown, in the order in which lists show them.
    pub const NAMES: &'static [&'static str] = &[
        "NT AUTHORITY\\ANONYMOUS LOGON",
        "NT AUTHORITY\\Authenticated Users",
        "MS Exchange\\Exchange Servers",
        "MS Exchange\\Hub Transport Servers",
        "MS Exchange\\Edge Transport Servers",
        "MS Exchange\\Externally Secured Servers",
        "MS Exchange\\Legacy Exchange Servers",
        "MS Exchange\\Partner Servers",
    ];

    const ALL: [Self; 8] = [
        Self::AnonymousLogon,
        Self::AuthenticatedUsers,
        Self::ExchangeServers,
        Self::HubTransportServers,
        Self::EdgeTransportServers,
        Self::ExternallySecuredServers,
        Self::LegacyExchangeServers,
        Self::PartnerServers,
    ];

    /// The name as shown.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// With or without what stands before the backslash, letter case ignored: `ANONYMOUS LOGON`,
/// `CONTOSO\Exchange Servers`. `ExchangeLegacyInterop` is another name of the older servers.
impl FromStr for SecurityPrincipal {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let bare = |name: &'static str| name.rsplit('\\').next().unwrap_or(name);
        let (authority, wanted) = text.trim().rsplit_once('\\').unwrap_or(("", text.trim()));
        if wanted.eq_ignore_ascii_case("ExchangeLegacyInterop") {
            return Ok(Self::LegacyExchangeServers);
        }
        let system = |principal: Self| principal.name().starts_with("NT AUTHORITY\\");
        Self::ALL
            .into_iter()
            .find(|principal| wanted.eq_ignore_ascii_case(bare(principal.name())))
            .filter(|principal| {
                authority.is_empty()
                    || system(*principal) == authority.eq_ignore_ascii_case("NT AUTHORITY")
            })
            .ok_or_else(|| not_one_of(text, Self::NAMES))
    }
}

impl fmt::Display for SecurityPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

text_serde!(SecurityPrincipal);

/// One right of one principal, granted or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessEntry<R> {
    /// Whose.
    pub user: SecurityPrincipal,
    /// Which right.
    pub right: R,
    /// Refused rather than granted.
    pub deny: bool,
}

impl<R> AccessEntry<R> {
    /// A grant.
    pub const fn allow(user: SecurityPrincipal, right: R) -> Self {
        Self { user, right, deny: false }
    }
}

impl<R: Copy + fmt::Display + FromStr<Err = ValueError>> Stored for AccessEntry<R> {
    fn store(&self) -> Value {
        json!({
            "User": self.user.name(),
            "ExtendedRight": self.right.to_string(),
            "Deny": self.deny,
        })
    }

    fn load(value: &Value) -> Result<Self, Refused> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let deny = value.get("Deny").and_then(Value::as_bool).ok_or_else(|| {
            ValueError::new(&plain(value), "is not a permission", "a stored permission")
        })?;
        Ok(Self { user: text("User").parse()?, right: text("ExtendedRight").parse()?, deny })
    }
}

/// An object with permissions of its own.
pub trait AccessControlled {
    /// The rights there are on such an object.
    type Right: Copy + PartialEq + fmt::Display + FromStr<Err = ValueError>;

    /// Everything that is granted or refused, in the order shown.
    fn access(&self) -> Vec<AccessEntry<Self::Right>>;

    /// Adds an entry; `false` when it was there already.
    fn add_access(&mut self, entry: AccessEntry<Self::Right>) -> bool;

    /// Removes an entry; `false` when there was none.
    fn remove_access(&mut self, entry: AccessEntry<Self::Right>) -> bool;

    /// Whether `user` holds `right`: it is granted and not refused.
    fn permits(&self, user: SecurityPrincipal, right: Self::Right) -> bool;
}

/// Adds what is not there; says whether it was added.
pub(crate) fn add<T: PartialEq>(list: &mut Vec<T>, item: T) -> bool {
    if list.contains(&item) {
        return false;
    }
    list.push(item);
    true
}

/// Removes what is there; says whether it was.
pub(crate) fn take<T: PartialEq>(list: &mut Vec<T>, item: &T) -> bool {
    let before = list.len();
    list.retain(|present| present != item);
    list.len() < before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::SendRight;

    #[test]
    fn principals_are_read_as_the_documents_write_them() {
        use SecurityPrincipal as P;
        for (text, principal) in [
            ("NT AUTHORITY\\ANONYMOUS LOGON", P::AnonymousLogon),
            ("nt authority\\anonymous logon", P::AnonymousLogon),
            ("ANONYMOUS LOGON", P::AnonymousLogon),
            ("Authenticated Users", P::AuthenticatedUsers),
            ("CONTOSO\\Exchange Servers", P::ExchangeServers),
            ("MS Exchange\\Partner Servers", P::PartnerServers),
            ("CONTOSO\\ExchangeLegacyInterop", P::LegacyExchangeServers),
        ] {
            assert_eq!(text.parse::<P>().unwrap(), principal, "{text}");
            assert_eq!(principal.to_string().parse::<P>().unwrap(), principal);
        }
        for text in ["", "Everyone", "CONTOSO\\ANONYMOUS LOGON", "NT AUTHORITY\\Partner Servers"] {
            let error = text.parse::<P>().unwrap_err();
            assert_eq!(error.value, text);
            assert!(error.allowed.starts_with("NT AUTHORITY\\ANONYMOUS LOGON, "), "{error}");
        }
    }

    #[test]
    fn entries_are_stored_readably() {
        let entry = AccessEntry {
            user: SecurityPrincipal::PartnerServers,
            right: SendRight::HeadersRouting,
            deny: true,
        };
        let stored = entry.store();
        assert_eq!(
            stored,
            json!({
                "User": "MS Exchange\\Partner Servers",
                "ExtendedRight": "ms-Exch-Send-Headers-Routing",
                "Deny": true,
            })
        );
        assert_eq!(AccessEntry::load(&stored).unwrap(), entry);
        assert!(AccessEntry::<SendRight>::load(&json!("rubbish")).is_err());
        assert!(AccessEntry::<SendRight>::load(&json!({ "Deny": false })).is_err());
    }
}
