//! A connector and a next hop, turned into what a connection needs to know. What a connector
//! asks for and this version cannot do yet is refused here: mail waits rather than leave with
//! less than was configured.

use std::{net::IpAddr, sync::Arc, time::Duration};

use directory::{
    Credential, ErrorPolicies, ProtocolLoggingLevel, SendConnector, SmartHost,
    SmartHostAuthMechanism, TlsAuthLevel,
};
use dns::Resolver;
use model::{AddressDomain, DomainName};

use crate::Passage;

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The mail exchangers of a domain.
    Domain(DomainName),
    /// An address literal.
    Literal(IpAddr),
    /// A connector's smart hosts.
    SmartHosts(Vec<SmartHost>),
}

impl Destination {
    /// The kind of delivery, as queues name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Domain(_) | Self::Literal(_) => "DnsConnectorDelivery",
            Self::SmartHosts(_) => "SmartHostConnectorDelivery",
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
        }
    }
}

/// What is done about encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsUse {
    /// Encrypted when offered, any certificate; in clear otherwise.
    Opportunistic,
    /// Encrypted or not at all; any certificate.
    Required,
    /// Encrypted, with a certificate of a trusted authority for the smart host's own name, or not
    /// at all.
    Verified,
    /// STARTTLS is not used (IgnoreSTARTTLS, or HELO only).
    Never,
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
    /// BasicAuth or BasicAuthRequireTLS.
    pub mechanism: SmartHostAuthMechanism,
    /// The user's name and the sealed password.
    pub credential: Credential,
    /// What the password is sealed for.
    pub context: String,
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
    /// The route of mail for `domain` through `connector`, sent by the server `fqdn`.
    ///
    /// # Errors
    /// A setting that cannot be honoured yet.
    pub fn new(
        connector: &SendConnector,
        domain: &AddressDomain,
        fqdn: &DomainName,
        resolvers: &Resolvers,
    ) -> Result<Self, Unavailable> {
        check(connector)?;
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
            tls: tls_use(connector),
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

    /// The same through front ends, where the connector asks for them.
    #[must_use]
    pub fn through(mut self, passage: impl FnOnce() -> Passage) -> Self {
        if let Way::FrontEnd(way) = &mut self.way {
            *way = Some(Arc::new(passage()));
        }
        self
    }

    /// The way through front ends, when that is the route's.
    pub(crate) fn passage(&self) -> Option<&Arc<Passage>> {
        match &self.way {
            Way::FrontEnd(passage) => passage.as_ref(),
            Way::Direct => None,
        }
    }
}

fn tls_use(connector: &SendConnector) -> TlsUse {
    if connector.smart_host_auth_mechanism == SmartHostAuthMechanism::BasicAuthRequireTls {
        TlsUse::Verified
    } else if connector.require_tls {
        TlsUse::Required
    } else if connector.ignore_start_tls || connector.force_helo {
        TlsUse::Never
    } else {
        TlsUse::Opportunistic
    }
}

fn logon(connector: &SendConnector) -> Result<Option<Logon>, Unavailable> {
    let mechanism = connector.smart_host_auth_mechanism;
    match mechanism {
        // The link is deemed secure by other means: nothing to sign in with.
        SmartHostAuthMechanism::None | SmartHostAuthMechanism::ExternalAuthoritative => Ok(None),
        SmartHostAuthMechanism::BasicAuth | SmartHostAuthMechanism::BasicAuthRequireTls => {
            let credential = connector.authentication_credential.clone();
            let credential = credential.ok_or(Unavailable {
                property: "AuthenticationCredential",
                value: "(none)".to_owned(),
            })?;
            Ok(Some(Logon { mechanism, credential, context: connector.header.guid.to_string() }))
        }
        SmartHostAuthMechanism::ExchangeServer => {
            Err(Unavailable { property: "SmartHostAuthMechanism", value: mechanism.to_string() })
        }
    }
}

/// Everything that is configured but cannot be honoured yet fails closed.
fn check(connector: &SendConnector) -> Result<(), Unavailable> {
    let refuse = |property, value: String| Err(Unavailable { property, value });
    if let Some(level) = connector.tls_auth_level
        && level != TlsAuthLevel::EncryptionOnly
    {
        return refuse("TlsAuthLevel", level.to_string());
    }
    if connector.domain_secure_enabled {
        return refuse("DomainSecureEnabled", "True".to_owned());
    }
    if let Some(name) = &connector.tls_certificate_name {
        return refuse("TlsCertificateName", name.to_string());
    }
    Ok(())
}
