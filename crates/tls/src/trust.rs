//! Whom we trust to vouch for a mail host: the machine's certificate store, as its administrator
//! keeps it, and authorities of his own named in the configuration.
//!
//! The store is read when it is first needed and again after an hour, so that an authority that is
//! added or withdrawn counts without a restart.

use std::{
    fmt,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{ClientPolicy, TlsError, client_config};

/// How long the machine's store is not read again.
const FRESH: Duration = Duration::from_secs(3600);
/// Largest file of authorities, in bytes; the whole world's are a quarter of a megabyte.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// The authorities that count.
#[derive(Default)]
pub struct TrustAnchors {
    own: Vec<CertificateDer<'static>>,
    current: Mutex<Option<Current>>,
}

/// The authorities as they were read.
struct Current {
    read: Instant,
    roots: Arc<RootCertStore>,
    /// Demands one of them, for the server's name.
    config: Arc<ClientConfig>,
}

impl TrustAnchors {
    /// The machine's store, and the authorities in these PEM files. Blocks on the disk.
    ///
    /// # Errors
    /// When a file cannot be read, or holds no certificate or one that cannot be used.
    pub fn with_files(files: &[PathBuf]) -> Result<Self, TlsError> {
        let mut own = Vec::new();
        for path in files {
            own.extend(authorities(path)?);
        }
        Ok(Self { own, ..Self::default() })
    }

    /// Demands a certificate of one of these authorities, for the server's name. Blocks on the
    /// disk now and then.
    ///
    /// # Errors
    /// When there is no authority at all.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, TlsError> {
        Ok(self.current()?.1)
    }

    /// The authorities. Blocks on the disk now and then.
    ///
    /// # Errors
    /// When there is none at all.
    pub fn authorities(&self) -> Result<Arc<RootCertStore>, TlsError> {
        Ok(self.current()?.0)
    }

    fn current(&self) -> Result<(Arc<RootCertStore>, Arc<ClientConfig>), TlsError> {
        let mut current = self.current.lock();
        if let Some(Current { read, roots, config }) = &*current
            && read.elapsed() < FRESH
        {
            return Ok((Arc::clone(roots), Arc::clone(config)));
        }
        let roots = Arc::new(self.roots());
        let config = client_config(ClientPolicy::Authorities(Arc::clone(&roots)))?;
        let fresh = Current { read: Instant::now(), roots, config };
        let both = (Arc::clone(&fresh.roots), Arc::clone(&fresh.config));
        *current = Some(fresh);
        Ok(both)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        // What of the machine's store cannot be read or used is left out: the rest still counts.
        let machine = rustls_native_certs::load_native_certs().certs;
        roots.add_parsable_certificates(machine);
        roots.add_parsable_certificates(self.own.iter().cloned());
        roots
    }
}

impl fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustAnchors").field("own", &self.own.len()).finish_non_exhaustive()
    }
}

fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let refuse =
        |problem: String| TlsError::AuthorityFile { path: path.display().to_string(), problem };
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| refuse(e.to_string()))?;
    file.take(MAX_FILE).read_to_end(&mut text).map_err(|e| refuse(e.to_string()))?;
    let found: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|e| refuse(e.to_string()))?;
    if found.is_empty() {
        return Err(refuse("it holds no certificate in PEM format".to_owned()));
    }
    for certificate in &found {
        RootCertStore::empty().add(certificate.clone()).map_err(|e| refuse(e.to_string()))?;
    }
    Ok(found)
}
