//! Whom to trust: the authority of the local data directory, a fingerprint that was given, a server
//! that was confirmed before. Never anybody silently.

use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tls::{ClientPolicy, Fingerprint};

use super::address::ServerAddress;
use super::known::KnownServers;

/// Data directories looked into when none was given.
const DATA_DIRECTORIES: [&str; 2] = ["./var", "/var/lib/relais"];

/// One reason to trust a server.
#[derive(Debug, Clone)]
pub(crate) enum Anchor {
    /// The organization's authority, read from a file.
    Authority { certificate: CertificateDer<'static>, path: PathBuf },
    /// A fingerprint given by option or environment.
    Given(Fingerprint),
    /// A fingerprint confirmed before.
    Confirmed(Fingerprint),
}

impl Anchor {
    /// What TLS demands.
    pub(crate) fn policy(&self) -> ClientPolicy {
        match self {
            Self::Authority { certificate, .. } => ClientPolicy::Authority(certificate.clone()),
            Self::Given(fingerprint) | Self::Confirmed(fingerprint) => {
                ClientPolicy::Pinned(*fingerprint)
            }
        }
    }

    /// The reason in words.
    pub(crate) fn described(&self) -> String {
        match self {
            Self::Authority { path, .. } => format!("the authority in {}", path.display()),
            Self::Given(fingerprint) => format!("the given fingerprint {fingerprint}"),
            Self::Confirmed(fingerprint) => {
                format!("the fingerprint confirmed before, {fingerprint}")
            }
        }
    }

    /// Whether a server that does not satisfy it must be refused, whatever somebody would answer.
    pub(crate) fn is_binding(&self) -> bool {
        matches!(self, Self::Given(_) | Self::Confirmed(_))
    }
}

/// Where reasons to trust come from.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    /// `--fingerprint`.
    pub(crate) option: Option<Fingerprint>,
    /// `RELAIS_FINGERPRINT`.
    pub(crate) environment: Option<Fingerprint>,
    /// `--data`: only its authority counts then.
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) known: KnownServers,
}

impl Trust {
    /// The reasons to trust a server, in the order they are tried.
    pub(crate) fn anchors(&self, server: &ServerAddress) -> Vec<Anchor> {
        if let Some(fingerprint) = self.option {
            return vec![Anchor::Given(fingerprint)];
        }
        let mut anchors = Vec::new();
        if server.is_loopback() {
            anchors.extend(self.authorities());
        }
        match self.environment {
            Some(fingerprint) => anchors.push(Anchor::Given(fingerprint)),
            None => anchors.extend(self.known.find(server).map(Anchor::Confirmed)),
        }
        anchors
    }

    fn authorities(&self) -> Vec<Anchor> {
        let directories: Vec<PathBuf> = match &self.data_dir {
            Some(directory) => vec![directory.clone()],
            None => DATA_DIRECTORIES.iter().map(PathBuf::from).collect(),
        };
        directories.iter().filter_map(|directory| authority(directory)).collect()
    }
}

fn authority(directory: &Path) -> Option<Anchor> {
    let path = directory.join("keys").join("authority.pem");
    let certificate = CertificateDer::from_pem_file(&path).ok()?;
    Some(Anchor::Authority { certificate, path })
}
