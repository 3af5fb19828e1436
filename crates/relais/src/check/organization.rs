//! What the directory says of this server, read without opening it: where it listens, from where and under which names it
//! sends, what it shows. Before the first start: what that would make.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use acme::Challenge;
use base64::{Engine, engine::general_purpose::STANDARD};
use directory::{ExchangeCertificate, ReceiveConnector, SendConnector, Server, Snapshot};
use doctor::{
    Finding,
    certificates::{Facts as Certificate, Key, judge, own_only},
    plain,
    ports::Wanted,
    sending::Sender,
};
use model::{Clock, DomainName, ObjectName, SystemClock};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject};
use texts::{Sentence, Text, checks};
use tls::Identity;
use vault::DataKey;

use super::{admin, trust};
use crate::{config::Config, membership::EngineFile, serve::host_name};

/// How the directory was read.
enum Source {
    /// From this file.
    Read(Box<Snapshot>, PathBuf),
    /// There is none yet.
    FirstStart,
    /// It is not to be seen, and why.
    Hidden(String),
}

/// What is known of this server.
pub(super) struct Organization {
    source: Source,
    /// The name of the server, in the directory or for the first start; and why it is none.
    name: Result<ObjectName, String>,
    /// Its full name.
    pub(super) fqdn: Option<DomainName>,
    /// From where and under which names it sends.
    pub(super) senders: Vec<Sender>,
    /// Connections that are allowed, in and out; `None` where a limit is lifted or not known.
    pub(super) connections: Option<u64>,
}

impl Organization {
    /// Of the server whose data directory this is.
    pub(super) fn of(config: &Config, data: &Path) -> Self {
        let source = read(data);
        let joined_as = EngineFile::read(data).ok().flatten().and_then(|file| file.server);
        let name = config.server.clone().or(joined_as).map_or_else(host_name, Ok);
        let name = name.map_err(|error| format!("{error:#}"));
        let mut organization =
            Self { source, name, fqdn: None, senders: Vec::new(), connections: None };
        organization.fqdn = match (&organization.source, organization.server()) {
            (Source::Read(..), server) => server.map(|server| server.fqdn.clone()),
            _ => organization.first_fqdn(config),
        };
        organization.senders = organization.senders();
        organization.connections = organization.connections();
        organization
    }

    fn snapshot(&self) -> Option<&Snapshot> {
        match &self.source {
            Source::Read(snapshot, _) => Some(snapshot),
            Source::FirstStart | Source::Hidden(_) => None,
        }
    }

    fn server(&self) -> Option<&Server> {
        let name = self.name.as_ref().ok()?;
        self.snapshot()?.server(name.as_str()).map(AsRef::as_ref)
    }

    /// As the first start makes it of the settings.
    fn first_fqdn(&self, config: &Config) -> Option<DomainName> {
        let (name, domain) = (self.name.as_ref().ok()?, config.domain.as_ref()?);
        format!("{}.{domain}", name.as_str().to_lowercase()).parse().ok()
    }

    /// Whether it could be read, knows this server, and agrees with the settings.
    pub(super) fn findings(&self, config: &Config, has_unit: bool) -> Vec<Finding> {
        let name = match &self.name {
            Ok(name) => name,
            Err(why) => {
                let text = Sentence::new(checks::SERVER_WITHOUT_NAME).with_phrase(why);
                return vec![Finding::bad(checks::DIRECTORY, text).remedy(checks::SET_SERVER)];
            }
        };
        match &self.source {
            Source::FirstStart => vec![self.before_first_start(config, has_unit)],
            Source::Hidden(why) => {
                let text = Sentence::new(checks::DIRECTORY_HIDDEN).with_phrase(why);
                vec![Finding::notice(checks::DIRECTORY, text).remedy(checks::AS_ROOT_OR_SERVER)]
            }
            Source::Read(snapshot, file) => match self.server() {
                Some(server) => {
                    let text = Sentence::new(checks::DIRECTORY_KNOWS)
                        .with(file.display())
                        .with(&server.name)
                        .with(&server.fqdn);
                    let mut findings = vec![Finding::good(checks::DIRECTORY, text)];
                    findings.extend(self.not_obeyed(config));
                    findings
                }
                None => {
                    let known: Vec<String> =
                        snapshot.servers.iter().map(|server| server.name.to_string()).collect();
                    let text = Sentence::new(checks::DIRECTORY_KNOWS_NOT)
                        .with(file.display())
                        .with(name)
                        .with(known.join(", "));
                    vec![Finding::bad(checks::DIRECTORY, text).remedy(checks::SET_SERVER_TO_KNOWN)]
                }
            },
        }
    }

    fn before_first_start(&self, config: &Config, has_unit: bool) -> Finding {
        match (&config.domain, &self.fqdn) {
            (Some(_), Some(fqdn)) => {
                Finding::good(checks::DIRECTORY, Sentence::new(checks::FIRST_START).with(fqdn))
            }
            (Some(domain), None) => {
                let text = Sentence::new(checks::NO_HOST_NAME).with(domain);
                Finding::bad(checks::DIRECTORY, text).remedy(checks::SET_SERVER)
            }
            (None, _) => {
                let told = if has_unit { Finding::bad } else { Finding::notice };
                told(checks::DIRECTORY, checks::NO_DOMAIN).remedy(checks::NO_DOMAIN_REMEDY)
            }
        }
    }

    /// Addresses in `[listen]` that no Receive connector has: the section counts at the first start only.
    fn not_obeyed(&self, config: &Config) -> Option<Finding> {
        let listen = &config.listen;
        let sections = [
            &listen.default_frontend,
            &listen.client_frontend,
            &listen.client_frontend_implicit_tls,
            &listen.outbound_proxy,
            &listen.server_to_server,
        ];
        let bound: Vec<SocketAddr> = self.receiving().flat_map(bindings).collect();
        let set = sections.into_iter().flatten().flatten();
        let unheard: Vec<String> =
            set.filter(|address| !bound.contains(address)).map(ToString::to_string).collect();
        (!unheard.is_empty()).then(|| {
            let text = Sentence::new(checks::LISTEN_NOT_OBEYED).with(unheard.join(", "));
            Finding::notice(checks::SETTINGS, text).remedy(checks::LISTEN_NOT_OBEYED_REMEDY)
        })
    }

    /// The enabled Receive connectors of this server.
    fn receiving(&self) -> impl Iterator<Item = &ReceiveConnector> {
        let name = self.name.as_ref().map(ObjectName::as_str).unwrap_or_default();
        let all = self.snapshot().into_iter().flat_map(|snapshot| &snapshot.receive_connectors);
        all.map(AsRef::as_ref).filter(move |connector: &&ReceiveConnector| {
            connector.enabled && connector.server.eq_ignore_ascii_case(name)
        })
    }

    /// The enabled Send connectors that this server is a source of.
    fn sending(&self) -> impl Iterator<Item = &SendConnector> {
        let name = self.name.as_ref().map(ObjectName::as_str).unwrap_or_default();
        let all = self.snapshot().into_iter().flat_map(|snapshot| &snapshot.send_connectors);
        all.map(AsRef::as_ref).filter(move |connector: &&SendConnector| {
            let sources = &connector.source_transport_servers;
            connector.enabled && sources.iter().any(|source| source.eq_ignore_ascii_case(name))
        })
    }

    /// Where this server listens, or would.
    pub(super) fn ports(&self, config: &Config) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut add = |address: SocketAddr, what: Sentence, is_shared: bool, always: bool| {
            if !(is_shared && wanted.iter().any(|one| one.is_shared && one.address == address)) {
                wanted.push(Wanted { address, what, is_shared, always });
            }
        };
        for connector in self.receiving() {
            for address in bindings(connector) {
                let what = Sentence::new(checks::RECEIVE_CONNECTOR).with(&connector.name);
                add(address, what, true, true);
            }
        }
        if self.snapshot().is_none() {
            for (addresses, what) in first_bindings(config) {
                for address in addresses {
                    add(address, Sentence::verbatim(what), true, true);
                }
            }
        }
        add(admin(config), checks::THE_ADMIN_CENTER.into(), false, true);
        if let Ok(Some(settings)) = config.acme.settings()
            && let Challenge::Http01 { listen } = settings.challenge
        {
            for address in listen {
                add(address, checks::PROOFS_OF_NAMES.into(), false, false);
            }
        }
        wanted
    }

    fn connections(&self) -> Option<u64> {
        let server = self.server()?;
        let outward = u64::from(server.transport.max_outbound_connections.limit()?);
        self.receiving().try_fold(outward, |sum, connector| {
            Some(sum + u64::from(connector.max_inbound_connection.limit()?))
        })
    }

    fn senders(&self) -> Vec<Sender> {
        let Some(fqdn) = &self.fqdn else { return Vec::new() };
        let mut senders: Vec<Sender> = Vec::new();
        for connector in self.sending() {
            for sender in self.senders_of(connector, fqdn) {
                let same = |one: &&mut Sender| {
                    one.name == sender.name && one.addresses == sender.addresses
                };
                match senders.iter_mut().find(same) {
                    Some(known) => known.is_direct |= sender.is_direct,
                    None => senders.push(sender),
                }
            }
        }
        if senders.is_empty() {
            senders.push(Sender {
                name: fqdn.clone(),
                by: checks::NAME_OF_SERVER.into(),
                change: checks::NAME_BY_NEW_CONNECTOR.into(),
                addresses: Vec::new(),
                is_direct: false,
            });
        }
        senders
    }

    fn senders_of(&self, connector: &SendConnector, fqdn: &DomainName) -> Vec<Sender> {
        let is_direct = connector.dns_routing_enabled;
        let own = |by: Text| Sender {
            name: connector.fqdn.clone().unwrap_or_else(|| fqdn.clone()),
            by: Sentence::new(by).with(&connector.name),
            change: Sentence::new(checks::NAME_BY_CONNECTOR).with(&connector.name),
            addresses: Some(connector.source_ip_address)
                .into_iter()
                .filter(|ip| !ip.is_unspecified())
                .collect(),
            is_direct,
        };
        if !connector.frontend_proxy_enabled {
            return vec![own(checks::SEND_CONNECTOR)];
        }
        // What leaves by another front end is looked at there.
        let Some(server) = self.server().filter(|server| server.is_client_access_server) else {
            return Vec::new();
        };
        let egress = server.frontend.egress_addresses.iter().map(|egress| Sender {
            name: egress.name.clone(),
            by: Sentence::new(checks::EGRESS_OF).with(&server.name),
            change: Sentence::new(checks::NAME_BY_EGRESS).with(&server.name).with(egress.address),
            addresses: vec![egress.address],
            is_direct,
        });
        let senders: Vec<Sender> = egress.collect();
        if senders.is_empty() {
            return vec![own(checks::SEND_CONNECTOR_BY_FRONT_END)];
        }
        senders
    }

    /// Whom this server trusts, and what it shows.
    pub(super) fn certificates(&self, config: &Config, data: &Path) -> Vec<Finding> {
        let (trusted, anchors) = trust(config);
        let mut findings = vec![trusted];
        let (Some(snapshot), Some(server)) = (self.snapshot(), self.server()) else {
            return findings;
        };
        let now = SystemClock.now();
        let roots = anchors.and_then(|anchors| anchors.authorities().ok());
        let key = data_key(data);
        let mut facts = Vec::new();
        let is_own = |one: &&ExchangeCertificate| {
            one.server.eq_ignore_ascii_case(server.name.as_str()) && !one.is_request()
        };
        for certificate in snapshot.certificates.iter().map(AsRef::as_ref).filter(is_own) {
            let chain: Vec<CertificateDer<'_>> = certificate
                .material
                .chain
                .iter()
                .map(|der| CertificateDer::from(der.as_slice()))
                .collect();
            let opened = opened(certificate, key.as_ref());
            match Certificate::of(&chain, opened, roots.as_deref(), now) {
                Ok(found) => facts.push(Certificate {
                    is_renewed: certificate.acme_directory.is_some(),
                    is_shown: !certificate.services.is_empty(),
                    ..found
                }),
                Err(why) => {
                    let text = Sentence::new(checks::CERTIFICATE_UNREADABLE)
                        .with(&certificate.thumbprint)
                        .with_phrase(plain(&why));
                    findings.push(
                        Finding::bad(checks::CERTIFICATE, text)
                            .remedy(checks::CERTIFICATE_UNREADABLE_REMEDY),
                    );
                }
            }
        }
        let shows = facts.iter().any(|one| one.is_shown);
        facts.extend(authority(data));
        findings.extend(judge(&facts, &self.names(server), now));
        if !shows {
            findings.push(own_only());
        }
        findings
    }

    /// The names that clients may ask for.
    fn names(&self, server: &Server) -> Vec<String> {
        let set = self.receiving().filter_map(|connector| connector.fqdn.as_ref());
        let mut names: Vec<String> =
            std::iter::once(&server.fqdn).chain(set).map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        names
    }
}

fn read(data: &Path) -> Source {
    let file = data.join("directory.db");
    match file.try_exists() {
        Ok(false) => Source::FirstStart,
        Err(error) => Source::Hidden(error.to_string()),
        Ok(true) => match Snapshot::look(&file) {
            Ok(snapshot) if snapshot.is_empty() => Source::FirstStart,
            Ok(snapshot) => Source::Read(Box::new(snapshot), file),
            Err(error) => Source::Hidden(plain(&error.to_string())),
        },
    }
}

fn bindings(connector: &ReceiveConnector) -> impl Iterator<Item = SocketAddr> {
    connector.bindings.iter().chain(&connector.implicit_tls_bindings).copied()
}

/// What the first start makes of `[listen]`.
fn first_bindings(config: &Config) -> [(Vec<SocketAddr>, &'static str); 5] {
    let listen = &config.listen;
    let of = |set: &Option<Vec<SocketAddr>>, port| Config::addresses(set.as_ref(), port);
    [
        (of(&listen.default_frontend, 25), "[listen] default_frontend"),
        (of(&listen.client_frontend, 587), "[listen] client_frontend"),
        (of(&listen.client_frontend_implicit_tls, 465), "[listen] client_frontend_implicit_tls"),
        (of(&listen.outbound_proxy, 717), "[listen] outbound_proxy"),
        (of(&listen.server_to_server, 2525), "[listen] server_to_server"),
    ]
}

/// The key of what is sealed; it is never made here.
fn data_key(data: &Path) -> Result<DataKey, String> {
    let file = data.join("keys/data.key");
    match std::fs::metadata(&file) {
        Ok(_) => DataKey::load_or_create(&file).map_err(|error| error.to_string()),
        Err(error) => Err(format!("{}: {error}", file.display())),
    }
}

/// The private key of a certificate, held against it.
fn opened(certificate: &ExchangeCertificate, key: Result<&DataKey, &String>) -> Key {
    let Some(sealed) = &certificate.material.private_key else { return Key::Missing };
    let key = match key {
        Ok(key) => key,
        Err(why) => return Key::Unknown(Sentence::phrase(why)),
    };
    let Ok(text) = key.open(sealed, &certificate.context()) else {
        return Key::Wrong(checks::KEY_OTHER_DATA_KEY.into());
    };
    let Ok(der) = STANDARD.decode(&*text).map(zeroize::Zeroizing::new) else {
        return Key::Wrong(checks::KEY_DAMAGED.into());
    };
    let chain = certificate.material.chain.iter().map(|der| CertificateDer::from(der.clone()));
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(der.to_vec()));
    Key::of(Identity { chain: chain.collect(), key })
}

/// The organization's own authority, whose certificate is in a file.
fn authority(data: &Path) -> Option<Certificate> {
    let pem = std::fs::read(data.join("keys/authority.pem")).ok()?;
    let certificate = CertificateDer::from_pem_slice(&pem).ok()?;
    let found = Certificate::of(&[certificate], Key::Matches, None, SystemClock.now()).ok()?;
    let what = Some(checks::OWN_AUTHORITY);
    Some(Certificate { id: "keys/authority.pem".to_owned(), what, is_shown: false, ..found })
}
