//! A connector and a next hop, turned into what a connection needs to know. What a connector
//! asks for and this version cannot do yet is refused here: mail waits rather than leave with
//! less than was configured.

use std::{net::IpAddr, sync::Arc, time::Duration};

use directory::{
    ErrorPolicies, ProtocolLoggingLevel, SendConnector, Server, SmartHost, SmartHostAuthMechanism,
    TlsAuthLevel,
};
use dns::Resolver;
use model::{AddressDomain, DomainName, DomainPattern, TlsRequirement};
use tls::ClientSide;

use crate::{
    OtherServer, Passage,
    oauth::Grant,
    permit::{AdministratorsWord, SealedSecret},
};

/// The connector between the organization's servers, which nobody makes and no list shows.
pub const BETWEEN_SERVERS: &str = "Intra-Organization SMTP Send Connector";
/// How long a connection between servers is kept without work.
const INACTIVITY: Duration = Duration::from_secs(600);

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The mail exchangers of a domain.
    Domain(DomainName),
    /// An address literal.
    Literal(IpAddr),
    /// A connector's smart hosts.
    SmartHosts(Vec<SmartHost>),
    /// Other Mailbox servers of the organization.
    Servers(Relay),
}

/// Servers of the organization that take messages for a next hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// The kind of delivery, as queues name it.
    pub kind: &'static str,
    /// The queue's NextHopDomain.
    pub next_hop: String,
    /// Any of these may have it.
    pub servers: Vec<OtherServer>,
}

impl Destination {
    /// The kind of delivery, as queues name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Domain(_) | Self::Literal(_) => "DnsConnectorDelivery",
            Self::SmartHosts(_) => "SmartHostConnectorDelivery",
            Self::Servers(relay) => relay.kind,
        }
    }
}

impl Destination {
    /// The domain, where mail goes to its mail exchangers.
    pub(crate) fn domain(&self) -> Option<&DomainName> {
        match self {
            Self::Domain(domain) => Some(domain),
            Self::Literal(_) | Self::SmartHosts(_) | Self::Servers(_) => None,
        }
    }
}

impl std::fmt::Display for Destination {
    /// As a queue's NextHopDomain.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Domain(name) => name.fmt(f),
            Self::Literal(address) => write!(f, "[{address}]"),
            Self::SmartHosts(hosts) => {
                let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
                f.write_str(&hosts.join(","))
            }
            Self::Servers(relay) => f.write_str(&relay.next_hop),
        }
    }
}

/// What a connector says of encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsUse {
    /// Encrypted when offered, any certificate; in clear otherwise. The DNS may demand more.
    Opportunistic,
    /// Encrypted or not at all.
    Required(Assurance),
    /// STARTTLS is not used (IgnoreSTARTTLS, or HELO only).
    Never,
}

/// What must be known of the other side where encryption is required (send-connectors.md section 5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assurance {
    /// Nothing. The DNS may demand more.
    Encryption,
    /// A trusted authority vouches for it, whoever it is (TlsAuthLevel CertificateValidation).
    Authority,
    /// The same, and it is one of these domains (TlsAuthLevel DomainValidation).
    Domains(Vec<DomainPattern>),
    /// The same, and both sides show who they are (DomainSecureEnabled).
    Mutual(Vec<DomainPattern>),
    /// The same, and it is the host that is connected to (BasicAuthRequireTLS, OAuth2,
    /// ClientCertificate).
    HostName,
    /// It is the server of the organization that is meant, with the role Mailbox.
    Server,
}

/// How connections leave.
#[derive(Clone)]
pub enum Way {
    /// From this server.
    Direct,
    /// Through Front End Transport (FrontendProxyEnabled), and never otherwise; nothing leaves
    /// before [`Route::through`] has said how.
    FrontEnd(Option<Arc<Passage>>),
}

/// The two sets of DNS servers (routing.md section 5.1).
#[derive(Clone)]
pub struct Resolvers {
    /// InternalDNS*.
    pub internal: Resolver,
    /// ExternalDNS*, used by connectors with UseExternalDNSServersEnabled.
    pub external: Resolver,
}

/// With what we sign in at smart hosts.
#[derive(Debug, Clone)]
pub struct Logon {
    /// BasicAuth, BasicAuthRequireTLS, OAuth2 or ClientCertificate.
    pub mechanism: SmartHostAuthMechanism,
    /// Who; empty where the certificate says it.
    pub user: String,
    /// Whether the password may go to a host that has not proved who it is.
    pub(crate) word: Option<AdministratorsWord>,
    /// What is shown, and to whom.
    pub(crate) with: With,
}

/// What a logon shows.
#[derive(Debug, Clone)]
pub(crate) enum With {
    /// A password, to the smart host.
    Password(SealedSecret),
    /// An access token to the smart host, which a token endpoint gives out for this.
    Token(Grant),
    /// Nothing: the certificate of the TLS session says who we are.
    Certificate,
}

/// A connector setting that this version stores and shows but cannot honour yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// The property.
    pub property: &'static str,
    /// Its value.
    pub value: String,
}

impl std::fmt::Display for Unavailable {
    /// The LastError of everything that waits for it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "451 4.4.0 {} {}: this version cannot do this yet; the message waits rather than \
             leave with less than was configured",
            self.property, self.value
        )
    }
}

/// How one next hop is reached.
#[derive(Clone)]
pub struct Route {
    /// The connector's name.
    pub connector: String,
    /// Whether its conversations are logged (ProtocolLoggingLevel Verbose).
    pub verbose: bool,
    /// Where to.
    pub destination: Destination,
    /// The port of the hosts.
    pub port: u16,
    /// Our name in EHLO.
    pub hello: String,
    /// How connections leave.
    pub way: Way,
    /// HELO instead of EHLO.
    pub force_helo: bool,
    /// Encryption.
    pub tls: TlsUse,
    /// What we show of ourselves (TlsCertificateName), and which versions and suites are spoken.
    pub side: ClientSide,
    /// What the messages themselves want of TLS (RFC 8689).
    pub requirement: TlsRequirement,
    /// Whether TLSA records count (RFC 7672).
    pub dane: bool,
    /// Whether MTA-STS policies count (RFC 8461).
    pub sts: bool,
    /// Signing in; without success nothing is sent.
    pub logon: Option<Logon>,
    /// Who resolves names.
    pub resolver: Resolver,
    /// How errors are judged.
    pub error_policies: ErrorPolicies,
    /// Names that are ours: an MX with one of them is a loop.
    pub own_names: Vec<DomainName>,
    /// The address that a translating router in front of this server has (ExternalIPAddress): an
    /// MX that resolves to it is a loop too.
    pub own_external_address: Option<IpAddr>,
    /// Messages before a connection is closed and opened anew.
    pub messages_per_connection: u32,
    /// How long a connection without work is kept.
    pub inactivity: Duration,
}

impl Route {
    /// The route of mail for `domain` through `connector`, sent by the server `fqdn`, which shows
    /// `side` of itself.
    ///
    /// # Errors
    /// A setting that cannot be honoured yet.
    pub fn new(
        connector: &SendConnector,
        domain: &AddressDomain,
        fqdn: &DomainName,
        resolvers: &Resolvers,
        side: ClientSide,
    ) -> Result<Self, Unavailable> {
        let destination = match domain {
            _ if !connector.dns_routing_enabled => {
                Destination::SmartHosts(connector.smart_hosts.clone())
            }
            AddressDomain::Name(name) => Destination::Domain(name.clone()),
            AddressDomain::Literal(address) => Destination::Literal(*address),
        };
        let hello = connector.fqdn.as_ref().unwrap_or(fqdn);
        let external = connector.use_external_dns_servers_enabled;
        Ok(Self {
            connector: connector.name.to_string(),
            verbose: connector.protocol_logging_level == ProtocolLoggingLevel::Verbose,
            destination,
            port: connector.port,
            hello: hello.to_string(),
            way: if connector.frontend_proxy_enabled { Way::FrontEnd(None) } else { Way::Direct },
            force_helo: connector.force_helo,
            tls: tls_use(connector, domain),
            side,
            requirement: TlsRequirement::Default,
            dane: true,
            sts: true,
            logon: logon(connector)?,
            resolver: if external {
                resolvers.external.clone()
            } else {
                resolvers.internal.clone()
            },
            error_policies: connector.error_policies,
            own_names: vec![fqdn.clone(), hello.clone()],
            own_external_address: None,
            messages_per_connection: connector.smtp_max_messages_per_connection.max(1),
            inactivity: connector.connection_inactivity_time_out.as_duration(),
        })
    }

    /// The way from `here` to other servers of the organization, by no connector that anybody has made.
    pub fn between_servers(here: &Server, relay: Relay, resolver: Resolver) -> Self {
        let transport = &here.transport;
        Self {
            connector: BETWEEN_SERVERS.to_owned(),
            verbose: transport.intra_org_connector_protocol_logging_level
                == ProtocolLoggingLevel::Verbose,
            destination: Destination::Servers(relay),
            // Each server has its own.
            port: 0,
            hello: here.fqdn.to_string(),
            way: Way::Direct,
            force_helo: false,
            tls: TlsUse::Required(Assurance::Server),
            side: ClientSide::default(),
            requirement: TlsRequirement::Default,
            dane: false,
            sts: false,
            logon: None,
            resolver,
            error_policies: ErrorPolicies::default(),
            own_names: Vec::new(),
            own_external_address: None,
            messages_per_connection: transport
                .intra_org_connector_smtp_max_messages_per_connection
                .max(1),
            inactivity: INACTIVITY,
        }
    }

    /// Whether the other side is a server of the organization.
    pub(crate) fn is_between_servers(&self) -> bool {
        matches!(self.destination, Destination::Servers(_))
    }

    /// The same through front ends, where the connector asks for them.
    #[must_use]
    pub fn through(mut self, passage: impl FnOnce() -> Passage) -> Self {
        if let Way::FrontEnd(way) = &mut self.way {
            *way = Some(Arc::new(passage()));
        }
        self
    }

    /// The setting by which encryption is required, as it stands in a LastError.
    pub(crate) fn demanding_setting(&self) -> String {
        match (&self.tls, &self.logon) {
            (TlsUse::Required(Assurance::HostName), Some(logon)) => {
                format!("SmartHostAuthMechanism {}", logon.mechanism)
            }
            (TlsUse::Required(Assurance::Authority), _) => {
                "TlsAuthLevel CertificateValidation".to_owned()
            }
            (TlsUse::Required(Assurance::Domains(_)), _) => {
                "TlsAuthLevel DomainValidation".to_owned()
            }
            (TlsUse::Required(Assurance::Mutual(_)), _) => "DomainSecureEnabled True".to_owned(),
            (TlsUse::Required(Assurance::Server), _) => "AuthMechanism ExchangeServer".to_owned(),
            _ => "RequireTLS True".to_owned(),
        }
    }

    /// Whether TLSA records are asked for: a connector that demands a certificate of a trusted authority
    /// is more particular, one that uses no TLS is not to.
    pub(crate) fn asks_for_tlsa(&self) -> bool {
        self.dane && self.leaves_it_to_the_domain()
    }

    /// The domain whose MTA-STS policy is asked for, on the same terms. Of a message that was sent with
    /// REQUIRETLS its hosts' names have to be known too, where the connector asks for any certificate.
    pub(crate) fn asks_for_policy_of(&self) -> Option<&DomainName> {
        let is_to_name = self.requirement == TlsRequirement::Required
            && self.tls == TlsUse::Required(Assurance::Authority);
        let counts = self.sts && (self.leaves_it_to_the_domain() || is_to_name);
        self.destination.domain().filter(|_| counts)
    }

    /// Not where the sender says that the message is to arrive whatever the domain demands.
    fn leaves_it_to_the_domain(&self) -> bool {
        self.requirement != TlsRequirement::NotRequired
            && matches!(self.tls, TlsUse::Opportunistic | TlsUse::Required(Assurance::Encryption))
    }

    /// The way through front ends, when that is the route's.
    pub(crate) fn passage(&self) -> Option<&Arc<Passage>> {
        match &self.way {
            Way::FrontEnd(passage) => passage.as_ref(),
            Way::Direct => None,
        }
    }
}

fn tls_use(connector: &SendConnector, domain: &AddressDomain) -> TlsUse {
    let signs_in_verified = matches!(
        connector.smart_host_auth_mechanism,
        SmartHostAuthMechanism::BasicAuthRequireTls
            | SmartHostAuthMechanism::OAuth2
            | SmartHostAuthMechanism::ClientCertificate
    );
    if signs_in_verified {
        TlsUse::Required(Assurance::HostName)
    } else if connector.domain_secure_enabled {
        TlsUse::Required(Assurance::Mutual(own_name(domain)))
    } else if connector.require_tls {
        TlsUse::Required(match connector.tls_auth_level {
            None | Some(TlsAuthLevel::EncryptionOnly) => Assurance::Encryption,
            Some(TlsAuthLevel::CertificateValidation) => Assurance::Authority,
            Some(TlsAuthLevel::DomainValidation) => Assurance::Domains(demanded(connector, domain)),
        })
    } else if connector.ignore_start_tls || connector.force_helo {
        TlsUse::Never
    } else {
        TlsUse::Opportunistic
    }
}

/// TlsDomain, or the recipients' domain. An address literal is no domain: nothing is good enough then.
fn demanded(connector: &SendConnector, domain: &AddressDomain) -> Vec<DomainPattern> {
    connector.tls_domain.as_ref().map_or_else(|| own_name(domain), |domain| vec![domain.clone()])
}

fn own_name(domain: &AddressDomain) -> Vec<DomainPattern> {
    match domain {
        AddressDomain::Name(name) => vec![DomainPattern::Exact(name.clone())],
        AddressDomain::Literal(_) => Vec::new(),
    }
}

fn logon(connector: &SendConnector) -> Result<Option<Logon>, Unavailable> {
    let mechanism = connector.smart_host_auth_mechanism;
    match mechanism {
        // The link is deemed secure by other means: nothing to sign in with.
        SmartHostAuthMechanism::None | SmartHostAuthMechanism::ExternalAuthoritative => Ok(None),
        SmartHostAuthMechanism::BasicAuth | SmartHostAuthMechanism::BasicAuthRequireTls => {
            let (user, password) = credential(connector)?;
            let word = AdministratorsWord::of(connector);
            Ok(Some(Logon { mechanism, user, word, with: With::Password(password) }))
        }
        SmartHostAuthMechanism::OAuth2 => {
            let (user, secret) = credential(connector)?;
            let with = With::Token(Grant::new(connector, secret).map_err(missing)?);
            Ok(Some(Logon { mechanism, user, word: None, with }))
        }
        SmartHostAuthMechanism::ClientCertificate => {
            Ok(Some(Logon { mechanism, user: String::new(), word: None, with: With::Certificate }))
        }
        SmartHostAuthMechanism::ExchangeServer => {
            Err(Unavailable { property: "SmartHostAuthMechanism", value: mechanism.to_string() })
        }
    }
}

/// The user's name, and the secret that is stored with it.
fn credential(connector: &SendConnector) -> Result<(String, SealedSecret), Unavailable> {
    let stored = connector.authentication_credential.clone();
    let stored = stored.ok_or_else(|| missing("AuthenticationCredential"))?;
    Ok((stored.user_name, SealedSecret::new(stored.password, connector.header.guid.to_string())))
}

fn missing(property: &'static str) -> Unavailable {
    Unavailable { property, value: "(none)".to_owned() }
}
