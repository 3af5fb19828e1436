//! The permissions of a Send connector (send-connectors.md section 2.1): what may be said to whom
//! it sends to. Every usage begins with the same documented set.

use super::SendConnector;
use crate::{
    access::{AccessControlled, AccessEntry, SecurityPrincipal, add, take},
    values::{SendRight, SmartHostAuthMechanism},
};

/// The documented holders of each right.
pub(super) fn documented() -> Vec<AccessEntry<SendRight>> {
    use SecurityPrincipal as P;
    const SERVERS: [P; 3] = [P::ExchangeServers, P::EdgeTransportServers, P::HubTransportServers];
    const EXCH50: [P; 5] = [
        P::ExchangeServers,
        P::EdgeTransportServers,
        P::ExternallySecuredServers,
        P::HubTransportServers,
        P::LegacyExchangeServers,
    ];
    const ROUTING: [P; 7] = [
        P::AnonymousLogon,
        P::ExchangeServers,
        P::EdgeTransportServers,
        P::ExternallySecuredServers,
        P::HubTransportServers,
        P::LegacyExchangeServers,
        P::PartnerServers,
    ];
    let holders: [(SendRight, &[P]); 5] = [
        (SendRight::HeadersOrganization, &SERVERS),
        (SendRight::HeadersForest, &SERVERS),
        (SendRight::HeadersRouting, &ROUTING),
        (SendRight::Exch50, &EXCH50),
        (SendRight::XShadow, &SERVERS),
    ];
    let entries = |(right, users): (SendRight, &[P])| -> Vec<AccessEntry<SendRight>> {
        users.iter().map(|user| AccessEntry::allow(*user, right)).collect()
    };
    holders.into_iter().flat_map(entries).collect()
}

impl SendConnector {
    /// Whom the other side counts as: known only where the connector's settings say how.
    pub fn destination(&self) -> SecurityPrincipal {
        match self.smart_host_auth_mechanism {
            SmartHostAuthMechanism::ExternalAuthoritative => {
                SecurityPrincipal::ExternallySecuredServers
            }
            SmartHostAuthMechanism::ExchangeServer => SecurityPrincipal::ExchangeServers,
            _ if self.domain_secure_enabled => SecurityPrincipal::PartnerServers,
            _ => SecurityPrincipal::AnonymousLogon,
        }
    }

    /// Whether what `right` protects may be said to the other side.
    pub fn may_send(&self, right: SendRight) -> bool {
        self.permits(self.destination(), right)
    }
}

impl AccessControlled for SendConnector {
    type Right = SendRight;

    fn access(&self) -> Vec<AccessEntry<SendRight>> {
        self.permissions.clone()
    }

    fn add_access(&mut self, entry: AccessEntry<SendRight>) -> bool {
        add(&mut self.permissions, entry)
    }

    fn remove_access(&mut self, entry: AccessEntry<SendRight>) -> bool {
        take(&mut self.permissions, &entry)
    }

    fn permits(&self, user: SecurityPrincipal, right: SendRight) -> bool {
        let there = |deny| self.permissions.contains(&AccessEntry { user, right, deny });
        there(false) && !there(true)
    }
}
