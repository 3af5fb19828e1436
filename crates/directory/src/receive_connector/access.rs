//! The permissions of a Receive connector (routing.md section 8): those of its permission groups,
//! without what was taken away one by one, with what was granted or refused one by one.

use super::ReceiveConnector;
use crate::{
    access::{AccessControlled, AccessEntry, SecurityPrincipal, add, take},
    values::{ExtendedRight, PermissionGroups},
};

use ExtendedRight as R;
use SecurityPrincipal as P;

/// Anonymous clients get our own domains as senders only where that was granted by itself:
/// this is where the set differs from the documented one.
const ANONYMOUS: &[R] = &[R::Submit, R::AcceptAnySender, R::AcceptHeadersRouting];
const USERS: &[R] = &[R::Submit, R::AcceptAnyRecipient, R::BypassAntiSpam, R::AcceptHeadersRouting];
const SERVERS: &[R] = &[
    R::Submit,
    R::AcceptAnyRecipient,
    R::AcceptAnySender,
    R::AcceptAuthoritativeDomainSender,
    R::AcceptAuthenticationFlag,
    R::AcceptExch50,
    R::BypassAntiSpam,
    R::BypassMessageSizeLimit,
    R::AcceptHeadersRouting,
    R::AcceptHeadersForest,
    R::AcceptHeadersOrganization,
];
/// The last two of the servers' rights are not theirs.
const SECURED: &[R] = SERVERS.split_at(SERVERS.len() - 2).0;
const PARTNERS: &[R] = &[R::Submit, R::AcceptHeadersRouting];

/// Which principals a permission group means, and what they get.
const GROUPS: &[(PermissionGroups, P, &[R])] = &[
    (PermissionGroups::ANONYMOUS_USERS, P::AnonymousLogon, ANONYMOUS),
    (PermissionGroups::EXCHANGE_USERS, P::AuthenticatedUsers, USERS),
    (PermissionGroups::EXCHANGE_SERVERS, P::ExchangeServers, SERVERS),
    (PermissionGroups::EXCHANGE_SERVERS, P::HubTransportServers, SERVERS),
    (PermissionGroups::EXCHANGE_SERVERS, P::EdgeTransportServers, SERVERS),
    (PermissionGroups::EXCHANGE_SERVERS, P::ExternallySecuredServers, SECURED),
    (PermissionGroups::EXCHANGE_LEGACY_SERVERS, P::LegacyExchangeServers, SECURED),
    (PermissionGroups::PARTNERS, P::PartnerServers, PARTNERS),
];

impl ReceiveConnector {
    /// What was granted to anonymous clients is kept under the name of the property that shows
    /// it, everything else among the other entries.
    fn is_extra(entry: &AccessEntry<R>) -> bool {
        entry.user == P::AnonymousLogon && !entry.deny
    }

    fn comes_from_group(&self, entry: &AccessEntry<R>) -> bool {
        let gives = |(group, user, rights): &(PermissionGroups, P, &[R])| {
            *user == entry.user
                && self.permission_groups.contains(*group)
                && rights.contains(&entry.right)
        };
        !entry.deny && GROUPS.iter().any(gives)
    }

    fn has(&self, entry: &AccessEntry<R>) -> bool {
        (self.comes_from_group(entry) && !self.withdrawn_permissions.contains(entry))
            || (Self::is_extra(entry) && self.extra_permissions.contains(&entry.right))
            || self.other_permissions.contains(entry)
    }

    /// Gives the permission groups back what was taken from them one by one: naming the groups
    /// anew means what they mean.
    pub fn restore_groups(&mut self) {
        self.withdrawn_permissions.clear();
    }
}

impl AccessControlled for ReceiveConnector {
    type Right = R;

    fn access(&self) -> Vec<AccessEntry<R>> {
        let groups = GROUPS.iter().filter(|(group, ..)| self.permission_groups.contains(*group));
        let of_groups = groups
            .flat_map(|(_, user, rights)| rights.iter().map(|r| AccessEntry::allow(*user, *r)));
        let extra =
            self.extra_permissions.iter().map(|r| AccessEntry::allow(P::AnonymousLogon, *r));
        let mut all = Vec::new();
        for entry in of_groups
            .filter(|entry| !self.withdrawn_permissions.contains(entry))
            .chain(extra)
            .chain(self.other_permissions.iter().copied())
        {
            add(&mut all, entry);
        }
        all
    }

    fn add_access(&mut self, entry: AccessEntry<R>) -> bool {
        if self.has(&entry) {
            return false;
        }
        if self.comes_from_group(&entry) {
            return take(&mut self.withdrawn_permissions, &entry);
        }
        if Self::is_extra(&entry) {
            add(&mut self.extra_permissions, entry.right)
        } else {
            add(&mut self.other_permissions, entry)
        }
    }

    fn remove_access(&mut self, entry: AccessEntry<R>) -> bool {
        if !self.has(&entry) {
            return false;
        }
        if self.comes_from_group(&entry) {
            add(&mut self.withdrawn_permissions, entry);
        }
        if Self::is_extra(&entry) {
            take(&mut self.extra_permissions, &entry.right);
        }
        take(&mut self.other_permissions, &entry);
        true
    }

    fn permits(&self, user: P, right: R) -> bool {
        self.has(&AccessEntry { user, right, deny: false })
            && !self.has(&AccessEntry { user, right, deny: true })
    }
}
