//! Who may send what through a Receive connector: sender rules, relay permission, recipients.
//! Pure decisions over a directory snapshot; the session asks and answers the client.

use directory::{
    AccessControlled, AuthMechanisms, DistributionGroup, DomainType, ExtendedRight,
    ReceiveConnector, Recipient, SecurityPrincipal, Snapshot,
};
use identity::Principal;
use message::Authors;
use model::{Address, AddressDomain, DomainName, DomainPattern, ObjectName, Reply, ReversePath};

/// Who is at the other end.
#[derive(Clone)]
pub(crate) enum Client {
    /// Nobody we know.
    Anonymous,
    /// A server that has proved by a certificate that it is one of these domains'.
    Partner(Vec<DomainName>),
    /// A mailbox user who signed in.
    User(Principal),
    /// A Mailbox server of the organization, of this name, which has proved it by its certificate.
    Server(ObjectName),
}

/// Those that a Mailbox server of the organization is one of.
const SERVERS: [SecurityPrincipal; 2] =
    [SecurityPrincipal::ExchangeServers, SecurityPrincipal::HubTransportServers];

/// What holds for one session at one moment.
pub(crate) struct Policy<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) connector: &'a ReceiveConnector,
    pub(crate) client: &'a Client,
}

impl Policy<'_> {
    /// Whether the connector admits anybody at all.
    pub(crate) fn serves_anybody(connector: &ReceiveConnector) -> bool {
        connector.grants(ExtendedRight::Submit)
            || Self::admits_servers(connector)
            || Self::admits_users(connector)
            || Self::admits_partners(connector)
    }

    /// Whether AUTH may be offered (always under TLS only).
    pub(crate) fn offers_auth(connector: &ReceiveConnector) -> bool {
        let mechanisms = &connector.auth_mechanism;
        Self::admits_users(connector)
            && (mechanisms.contains(AuthMechanisms::BASIC_AUTH)
                || mechanisms.contains(AuthMechanisms::BASIC_AUTH_REQUIRE_TLS))
    }

    /// Whether a client must sign in before MAIL.
    pub(crate) fn requires_auth(connector: &ReceiveConnector) -> bool {
        !connector.grants(ExtendedRight::Submit) && !Self::admits_partners(connector)
    }

    /// Whether who proves by a certificate whose server it is may send without signing in.
    fn admits_partners(connector: &ReceiveConnector) -> bool {
        connector.domain_secure_enabled
            && connector.permits(SecurityPrincipal::PartnerServers, ExtendedRight::Submit)
    }

    /// Whether servers of the organization are known there by their certificates.
    pub(crate) fn admits_servers(connector: &ReceiveConnector) -> bool {
        connector.auth_mechanism.contains(AuthMechanisms::EXCHANGE_SERVER)
            && SERVERS.iter().any(|group| connector.permits(*group, ExtendedRight::Submit))
    }

    fn admits_users(connector: &ReceiveConnector) -> bool {
        connector.permits(SecurityPrincipal::AuthenticatedUsers, ExtendedRight::Submit)
    }

    /// Whether the client holds the right on this connector.
    pub(crate) fn holds(&self, right: ExtendedRight) -> bool {
        let has = |principal| self.connector.permits(principal, right);
        match self.client {
            Client::Anonymous => has(SecurityPrincipal::AnonymousLogon),
            // Nobody loses rights by saying who he is.
            Client::Partner(_) => {
                has(SecurityPrincipal::PartnerServers) || has(SecurityPrincipal::AnonymousLogon)
            }
            Client::User(_) => has(SecurityPrincipal::AuthenticatedUsers),
            Client::Server(_) => SERVERS.into_iter().any(has),
        }
    }

    /// Whether the client may use this sender address though it is none of his own.
    fn may_send_as(&self, address: &Address) -> bool {
        self.holds(ExtendedRight::AcceptAnySender)
            && (!self.is_authoritative(address)
                || self.holds(ExtendedRight::AcceptAuthoritativeDomainSender))
    }

    /// MAIL FROM: a user sends as himself; a stranger does not send as one of us.
    pub(crate) fn sender(&self, sender: &ReversePath) -> Result<(), Reply> {
        if !self.holds(ExtendedRight::Submit) {
            return Err(Reply::new(530, (5, 7, 57), "Client was not authenticated to send mail"));
        }
        let Some(address) = sender.address() else { return Ok(()) };
        self.secured(address.domain())?;
        match self.client {
            Client::User(principal) if is_own(principal, address) => Ok(()),
            // Of the domains that it has proved to be.
            Client::Partner(domains) if is_of(domains, address) => Ok(()),
            _ if self.may_send_as(address) => Ok(()),
            _ => Err(not_your_sender()),
        }
    }

    /// Mail from a domain in TLSReceiveDomainSecureList comes from who proves to be of it, or not at all.
    fn secured(&self, domain: &AddressDomain) -> Result<(), Reply> {
        let AddressDomain::Name(domain) = domain else { return Ok(()) };
        let list = &self.snapshot.organization.transport.tls_receive_domain_secure_list;
        let is_listed = || list.contains(&DomainPattern::Exact(domain.clone()));
        let is_proved = match self.client {
            Client::User(_) | Client::Server(_) => true,
            Client::Partner(domains) => domains.contains(domain),
            Client::Anonymous => false,
        };
        if is_proved || !self.connector.domain_secure_enabled || !is_listed() {
            return Ok(());
        }
        Err(Reply::new(
            451,
            (4, 7, 5),
            format!("Mail from {domain} is taken only under TLS with a certificate of that domain"),
        ))
    }

    /// The From field of a user's message names one of his own addresses.
    /// One that cannot be read could be anybody's.
    pub(crate) fn author(&self, from: &Authors) -> Result<(), Reply> {
        let Client::User(principal) = self.client else { return Ok(()) };
        if from.unreadable == 0
            && from.addresses.iter().all(|a| is_own(principal, a) || self.may_send_as(a))
        {
            Ok(())
        } else {
            Err(not_your_sender())
        }
    }

    /// RCPT TO: our own recipients must exist; others need the permission to relay.
    pub(crate) fn recipient(&self, address: &Address) -> Result<(), Reply> {
        // Whoever answers for a recipient that cannot be delivered has been told so by now: it is ours to do.
        if self.is_server() && self.may_relay() {
            return Ok(());
        }
        match self.snapshot.accepted_domain(address.domain()) {
            Some(domain) if domain.domain_type == DomainType::Authoritative => {
                match self.snapshot.recipient_by_address(address) {
                    Some(Recipient::Group(group)) => self.group(group),
                    Some(_) => Ok(()),
                    None if address.is_postmaster() => Ok(()),
                    None if self.snapshot.may_lack_recipients => Err(Reply::new(
                        451,
                        (4, 4, 3),
                        "The directory that may know this user cannot be read now; try again later",
                    )),
                    None => Err(Reply::new(550, (5, 1, 1), "User unknown")),
                }
            }
            // `*` names every domain there is: that must not open the way to all of them.
            Some(domain) if domain.domain_name != DomainPattern::Any => Ok(()),
            _ if self.may_relay() => Ok(()),
            _ => Err(Reply::new(
                550,
                (5, 7, 54),
                "SMTP; Unable to relay recipient in non-accepted domain",
            )),
        }
    }

    /// A group that strangers may not send to is said at once, before they send anything.
    fn group(&self, group: &DistributionGroup) -> Result<(), Reply> {
        if group.require_sender_authentication_enabled && !self.is_submission() {
            let text = "RESOLVER.RST.AuthRequired; authentication required";
            return Err(Reply::new(550, (5, 7, 1), text));
        }
        Ok(())
    }

    /// RCPT TO:<postmaster>: the postmaster of the default domain.
    pub(crate) fn postmaster(&self) -> Result<Address, Reply> {
        self.snapshot
            .default_domain()
            .and_then(|domain| {
                Address::new("postmaster", &AddressDomain::Name(domain.clone())).ok()
            })
            .ok_or_else(|| Reply::new(550, (5, 1, 1), "User unknown"))
    }

    /// How many recipients a message of this client may have beside the connector's limit.
    pub(crate) fn recipient_limit(&self) -> Option<u32> {
        match self.client {
            Client::User(principal) => principal.mailbox.recipient_limits.limit(),
            Client::Anonymous | Client::Partner(_) | Client::Server(_) => None,
        }
    }

    /// Whether we are the client's submission service (RFC 6409): it signed in, or relays. What another server of
    /// ours hands on has been submitted before.
    pub(crate) fn is_submission(&self) -> bool {
        matches!(self.client, Client::User(_)) || (self.may_relay() && !self.is_server())
    }

    fn is_server(&self) -> bool {
        matches!(self.client, Client::Server(_))
    }

    /// Whether the client may send to anywhere.
    pub(crate) fn may_relay(&self) -> bool {
        self.holds(ExtendedRight::AcceptAnyRecipient)
    }

    fn is_authoritative(&self, address: &Address) -> bool {
        self.snapshot
            .accepted_domain(address.domain())
            .is_some_and(|domain| domain.domain_type == DomainType::Authoritative)
    }
}

fn is_of(domains: &[DomainName], address: &Address) -> bool {
    matches!(address.domain(), AddressDomain::Name(name) if domains.contains(name))
}

fn is_own(principal: &Principal, address: &Address) -> bool {
    let mailbox = &principal.mailbox;
    mailbox.primary_smtp_address == *address || mailbox.email_addresses.contains(address)
}

fn not_your_sender() -> Reply {
    Reply::new(550, (5, 7, 60), "SMTP; Client does not have permissions to send as this sender")
}
