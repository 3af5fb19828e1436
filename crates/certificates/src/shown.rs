//! Which certificate is shown where, by the directory as it is at that moment: a certificate that is
//! imported, enabled or removed counts from the next connection on, without a restart.
//!
//! To clients of a Receive connector: that of its TlsCertificateName; else that which is for whom the client
//! asks (SNI), for the connector's Fqdn, any that is enabled for SMTP, and where there is none the one that
//! the organization's own authority has issued. To hosts of a Send connector: that of its TlsCertificateName,
//! with DomainSecureEnabled else that for its Fqdn. To browsers: that which is for whom they ask, enabled for IIS.

use std::{
    collections::HashMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use base64::{Engine, engine::general_purpose::STANDARD};
use directory::{
    CertificateName, CertificateServices, Directory, ExchangeCertificate, ReceiveConnector,
    SendConnector, Snapshot, TlsVersion,
};
use model::{Clock, Guid, ObjectName, Timestamp};
use parking_lot::Mutex;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tls::{ClientSide, Identity, ShownCertificate, ShownChain, TlsError, TlsTerms};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use crate::Facts;

/// After this long the dates of certificates are looked at again.
const FRESH: Duration = Duration::from_secs(3600);

/// What is needed to show certificates.
pub struct ShownSettings {
    /// Certificates, connectors, and the key that opens private keys.
    pub directory: Directory,
    /// This server.
    pub server: ObjectName,
    /// Its name.
    pub fqdn: String,
    /// What is shown where nothing else is: issued by the organization's own authority.
    pub issued: Identity,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What this server shows.
pub struct Shown {
    directory: Directory,
    server: ObjectName,
    fqdn: String,
    clock: Arc<dyn Clock>,
    issued: ArcSwap<ShownCertificate>,
    current: ArcSwap<Current>,
    /// Held while something new is made ready.
    renewing: Mutex<()>,
}

/// What is shown at one revision of the directory.
struct Current {
    revision: Option<u64>,
    made: Instant,
    opened: Vec<Arc<Opened>>,
    receiving: HashMap<Guid, (u64, Arc<ServerConfig>)>,
    https: Option<Arc<ServerConfig>>,
}

/// A certificate whose key has been opened.
struct Opened {
    guid: Guid,
    version: u64,
    services: CertificateServices,
    facts: Facts,
    shown: ShownCertificate,
}

/// A Send connector's certificate cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which was wanted.
    pub wanted: String,
}

impl Shown {
    /// Begins to show.
    ///
    /// # Errors
    /// When the issued certificate cannot be used.
    pub fn new(settings: ShownSettings) -> Result<Self, TlsError> {
        let issued = as_issued(settings.issued)?;
        let current = Current {
            revision: None,
            made: Instant::now(),
            opened: Vec::new(),
            receiving: HashMap::new(),
            https: None,
        };
        Ok(Self {
            directory: settings.directory,
            server: settings.server,
            fqdn: settings.fqdn,
            clock: settings.clock,
            issued: ArcSwap::from_pointee(issued),
            current: ArcSwap::from_pointee(current),
            renewing: Mutex::new(()),
        })
    }

    /// Shows this one from now on where nothing else is shown.
    ///
    /// # Errors
    /// When it cannot be used; the old one stays.
    pub fn replace_issued(&self, identity: Identity) -> Result<(), TlsError> {
        let issued = as_issued(identity)?;
        let renewing = self.renewing.lock();
        self.issued.store(Arc::new(issued));
        let forgotten = Current {
            revision: None,
            made: Instant::now(),
            opened: self.current.load().opened.clone(),
            receiving: HashMap::new(),
            https: None,
        };
        self.current.store(Arc::new(forgotten));
        drop(renewing);
        Ok(())
    }

    /// Accepts one connection of a Receive connector. Ask again for every connection.
    ///
    /// # Errors
    /// When the connector's versions and suites leave nothing to speak.
    pub fn acceptor(&self, connector: &ReceiveConnector) -> Result<TlsAcceptor, TlsError> {
        let current = self.current();
        let known = current.receiving.get(&connector.header.guid);
        if let Some((version, config)) = known
            && *version == connector.header.version
        {
            return Ok(TlsAcceptor::from(Arc::clone(config)));
        }
        // One that has been removed, or changed since the session began.
        Ok(TlsAcceptor::from(self.receiving(&current.opened, connector)?))
    }

    /// Accepts one connection of a browser or a shell: offers ALPN `http/1.1` (RFC 7301) and refuses clients
    /// that offer only other protocols.
    pub fn https_acceptor(&self) -> Option<TlsAcceptor> {
        self.current().https.clone().map(TlsAcceptor::from)
    }

    /// Accepts one connection of a server that wants to join the organization: it believes the organization's own
    /// authority alone. `None` where its certificate cannot be shown.
    pub fn join_acceptor(&self) -> Option<TlsAcceptor> {
        let terms = TlsTerms::default();
        let config = tls::server_config(Vec::new(), &self.issued.load(), false, &terms).ok()?;
        let mut config = ServerConfig::clone(&config);
        config.alpn_protocols = vec![tls::JOIN_PROTOCOL.to_vec()];
        Some(TlsAcceptor::from(Arc::new(config)))
    }

    /// What is shown to hosts of a Send connector, and on which terms.
    ///
    /// # Errors
    /// When the certificate that is to be shown is not here: nothing is to be sent without it.
    pub fn sending(&self, connector: &SendConnector) -> Result<ClientSide, Missing> {
        let terms = terms(connector.tls_minimum_version, connector.tls_cipher_suites.names());
        let current = self.current();
        let certificate = match &connector.tls_certificate_name {
            Some(name) => {
                let found =
                    best(&current.opened, self.clock.now(), |one| is_named(&one.facts, name));
                let wanted = || Missing { wanted: format!("TlsCertificateName {name}") };
                Some(found.ok_or_else(wanted)?)
            }
            None if connector.domain_secure_enabled => {
                let hello =
                    connector.fqdn.as_ref().map_or(self.fqdn.as_str(), |name| name.as_str());
                let is_for = |one: &Opened| {
                    one.services.contains(CertificateServices::SMTP) && one.facts.is_for(hello)
                };
                let wanted = || Missing { wanted: format!("DomainSecureEnabled True, {hello}") };
                Some(best(&current.opened, self.clock.now(), is_for).ok_or_else(wanted)?)
            }
            None => None,
        };
        Ok(ClientSide { certificate: certificate.map(|one| one.shown.clone()), terms })
    }

    /// What clients of this server are shown who ask for `name`, by SNI or because it is the Fqdn of a connector;
    /// and whether that is what the organization's own authority has issued.
    pub fn chain_for(&self, name: &str) -> (ShownChain, bool) {
        let current = self.current();
        let for_smtp = |one: &Opened| one.services.contains(CertificateServices::SMTP);
        let now = self.clock.now();
        let found = best(&current.opened, now, |one| for_smtp(one) && one.facts.is_for(name))
            .or_else(|| best(&current.opened, now, for_smtp));
        match found {
            Some(one) => (one.shown.chain(), false),
            None => (self.issued.load().chain(), true),
        }
    }

    fn current(&self) -> Arc<Current> {
        let snapshot = self.directory.snapshot();
        let current = self.current.load_full();
        let is_fresh = |current: &Current| {
            current.revision == Some(snapshot.revision) && current.made.elapsed() < FRESH
        };
        if is_fresh(&current) {
            return current;
        }
        let renewing = self.renewing.lock();
        let current = self.current.load_full();
        if is_fresh(&current) {
            return current;
        }
        let renewed = Arc::new(self.renewed(&current, &snapshot));
        self.current.store(Arc::clone(&renewed));
        drop(renewing);
        renewed
    }

    /// The same for another revision. What has not changed keeps its sessions.
    fn renewed(&self, old: &Current, snapshot: &Snapshot) -> Current {
        let ours = snapshot.certificates.iter().filter(|one| self.server.is(&one.server));
        let opened: Vec<_> = ours.filter_map(|one| self.opened(old, one)).collect();
        let same = old.made.elapsed() < FRESH
            && opened.len() == old.opened.len()
            && opened.iter().zip(&old.opened).all(|(new, old)| Arc::ptr_eq(new, old));
        let mut receiving = HashMap::new();
        for connector in &snapshot.receive_connectors {
            if !self.server.is(&connector.server) {
                continue;
            }
            let guid = connector.header.guid;
            let version = connector.header.version;
            let kept = old.receiving.get(&guid).filter(|(of, _)| same && *of == version);
            let config = match kept {
                Some((_, config)) => Ok(Arc::clone(config)),
                None => self.receiving(&opened, connector),
            };
            match config {
                Ok(config) => drop(receiving.insert(guid, (version, config))),
                Err(error) => {
                    tracing::error!(connector = %connector.name, %error, "a Receive connector has no TLS");
                }
            }
        }
        let https = match &old.https {
            Some(https) if same => Some(Arc::clone(https)),
            _ => self.https(&opened),
        };
        Current {
            revision: Some(snapshot.revision),
            made: if same { old.made } else { Instant::now() },
            opened,
            receiving,
            https,
        }
    }

    fn opened(&self, old: &Current, certificate: &ExchangeCertificate) -> Option<Arc<Opened>> {
        let header = &certificate.header;
        let kept =
            old.opened.iter().find(|one| one.guid == header.guid && one.version == header.version);
        if let Some(kept) = kept {
            return Some(Arc::clone(kept));
        }
        if certificate.is_request() {
            return None;
        }
        certificate.material.private_key.as_ref()?;
        let thumbprint = &certificate.thumbprint;
        let Some(key) = private_key(&self.directory, certificate) else {
            tracing::error!(%thumbprint, "the private key of a certificate cannot be opened");
            return None;
        };
        let chain = certificate.material.chain.iter();
        let chain: Vec<_> = chain.map(|one| CertificateDer::from(one.clone())).collect();
        let facts = Facts::of(chain.first()?).ok()?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_vec()));
        let identity = Identity { chain, key };
        let shown = match ShownCertificate::new(identity, &facts.domains) {
            Ok(shown) => shown,
            Err(error) => {
                tracing::error!(%thumbprint, %error, "a certificate cannot be shown");
                return None;
            }
        };
        Some(Arc::new(Opened {
            guid: header.guid,
            version: header.version,
            services: certificate.services,
            facts,
            shown,
        }))
    }

    fn receiving(
        &self,
        opened: &[Arc<Opened>],
        connector: &ReceiveConnector,
    ) -> Result<Arc<ServerConfig>, TlsError> {
        let now = self.clock.now();
        let for_smtp = |one: &Opened| one.services.contains(CertificateServices::SMTP);
        let hello = connector.fqdn.as_ref().map_or(self.fqdn.as_str(), |name| name.as_str());
        let named = connector.tls_certificate_name.as_ref().and_then(|name| {
            let found = best(opened, now, |one| is_named(&one.facts, name));
            if found.is_none() {
                tracing::warn!(connector = %connector.name, certificate = %name,
                    "the certificate of TlsCertificateName is not here; another is shown");
            }
            found
        });
        let by_name = if named.is_some() { Vec::new() } else { in_order(opened, now, for_smtp) };
        let otherwise = named
            .or_else(|| best(opened, now, |one| for_smtp(one) && one.facts.is_for(hello)))
            .or_else(|| best(opened, now, for_smtp))
            .map_or_else(|| ShownCertificate::clone(&self.issued.load()), |one| one.shown.clone());
        let terms = terms(connector.tls_minimum_version, connector.tls_cipher_suites.names());
        tls::server_config(by_name, &otherwise, connector.domain_secure_enabled, &terms)
    }

    fn https(&self, opened: &[Arc<Opened>]) -> Option<Arc<ServerConfig>> {
        let for_browsers = |one: &Opened| one.services.contains(CertificateServices::IIS);
        let by_name = in_order(opened, self.clock.now(), for_browsers);
        let config = tls::server_config(by_name, &self.issued.load(), false, &TlsTerms::default());
        match config {
            Ok(config) => {
                let mut config = ServerConfig::clone(&config);
                config.alpn_protocols = vec![b"http/1.1".to_vec()];
                Some(Arc::new(config))
            }
            Err(error) => {
                tracing::error!(%error, "the admin center has no TLS");
                None
            }
        }
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").field("server", &self.server).finish_non_exhaustive()
    }
}

/// The private key of a certificate (PKCS #8), opened; `None` where it is not here or cannot be opened with
/// this server's key.
pub fn private_key(
    directory: &Directory,
    certificate: &ExchangeCertificate,
) -> Option<Zeroizing<Vec<u8>>> {
    let sealed = certificate.material.private_key.as_ref()?;
    let text = directory.unseal(sealed, &certificate.context()).ok()?;
    STANDARD.decode(text.as_bytes()).ok().map(Zeroizing::new)
}

fn as_issued(identity: Identity) -> Result<ShownCertificate, TlsError> {
    ShownCertificate::new(identity, &[])
}

fn terms(oldest: TlsVersion, suites: Vec<String>) -> TlsTerms {
    TlsTerms { only_tls13: oldest == TlsVersion::Tls13, suites }
}

fn is_named(facts: &Facts, name: &CertificateName) -> bool {
    facts.issuer.to_string() == name.issuer && facts.subject.to_string() == name.subject
}

/// Those that fit, the best first: what counts now, what an authority has issued, what counts longest.
fn in_order(
    opened: &[Arc<Opened>],
    now: Timestamp,
    fits: impl Fn(&Opened) -> bool,
) -> Vec<ShownCertificate> {
    ranked(opened, now, fits).into_iter().map(|one| one.shown.clone()).collect()
}

fn best(
    opened: &[Arc<Opened>],
    now: Timestamp,
    fits: impl Fn(&Opened) -> bool,
) -> Option<&Arc<Opened>> {
    ranked(opened, now, fits).into_iter().next()
}

fn ranked(
    opened: &[Arc<Opened>],
    now: Timestamp,
    fits: impl Fn(&Opened) -> bool,
) -> Vec<&Arc<Opened>> {
    let mut fitting: Vec<_> = opened.iter().filter(|one| fits(one)).collect();
    fitting.sort_by_key(|one| {
        let facts = &one.facts;
        let counts = (facts.not_before..=facts.not_after).contains(&now);
        std::cmp::Reverse((counts, !facts.is_self_signed, facts.not_after))
    });
    fitting
}
